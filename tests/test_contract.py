"""Each sandbox keeps to its document, whatever is asked of it; and where one would not, the tests would see it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any

import attrs
import httpx
import pytest

from sandbox.app import Answer, Sandbox
from sandbox.coinbase_pro.refusal import Refused
from sandbox.document import Operation
from sandbox.faults import Fault
from tests.contract import PHASES, Report, Stage, examine, table
from tests.contract_apis import APIS, CoinbasePro

EXAMPLES = 8
SCENARIOS = 12

# Statuses of a server in trouble, which a sandbox never is: by operation, or of all.
TROUBLE = {"coinbase_pro": {"500", "503", "504"}, "freqtrade": {("status", "500")}, "onefox": set[str]()}


@cache
def examined(name: str) -> Report:
    return examine(APIS[name], examples=EXAMPLES, scenarios=SCENARIOS)


@pytest.mark.parametrize("name", APIS)
def test_a_sandbox_keeps_to_its_document(name: str, record_property: Callable[[str, object], None]) -> None:
    report = examined(name)
    record_property("Sandboxes against their documents", table([report]))
    assert report.errors == []
    assert report.findings == []
    assert set(report.phases) == {*PHASES}
    operations = Stage(APIS[name]).document.operations
    # Every operation was asked for, and carried out at least once.
    assert {operation for operation, _ in report.cases} == set(operations)
    assert [operation for operation in operations if not report.done[operation]] == []


@pytest.mark.parametrize("name", APIS)
def test_every_documented_status_was_seen(name: str) -> None:
    seen = examined(name).answered | set(rare_answers(name))
    operations = Stage(APIS[name]).document.operations
    documented = {(operation.id, status) for operation in operations.values() for status in operation.data["responses"]}
    unseen = {pair for pair in documented - seen if not {pair, pair[1]} & TROUBLE[name]}
    assert unseen == set()


def rare_answers(name: str) -> Iterator[tuple[str, str]]:
    """Answers that take more than an unusual request, by operation and status; each fits the document."""
    stage = Stage(APIS[name])
    for operation in stage.document.operations.values():
        target = re.sub(r"\{\w+\}", "0e04f280-7d5e-41b9-8c6a-a9d5b7c1e362", operation.path)
        if name == "freqtrade":
            target = target.replace("0e04f280-7d5e-41b9-8c6a-a9d5b7c1e362", "1")
        for situation in SITUATIONS[name]:
            stage.sandbox.reset()
            reply = situation(stage, operation, target)
            if reply is None:
                continue
            media = reply.headers["content-type"].partition(";")[0]
            # What is no number in the bot is null in the document.
            body = json.loads(reply.content, parse_constant=lambda word: None) if media.endswith("json") else reply.text
            assert stage.document.operations[operation.id].check_answer(reply.status_code, media, body) == []
            known = str(reply.status_code) in operation.data["responses"]
            yield operation.id, str(reply.status_code) if known else "default"


Situation = Callable[[Stage, Operation, str], "httpx.Response | None"]


def signed(stage: Stage, operation: Operation, target: str) -> httpx.Response:
    where, headers = stage.api.sign(stage, operation.method, target, b"")
    return stage.send(operation.method, where, headers)


def fault(kind: str) -> Situation:
    """Something between the caller and the exchange."""

    def situation(stage: Stage, operation: Operation, target: str) -> httpx.Response:
        stage.sandbox.faults.plan(Fault(operation.id, kind, seconds=5))
        return signed(stage, operation, target)

    return situation


def nameless(stage: Stage, operation: Operation, target: str) -> httpx.Response:
    """A request without a User-Agent."""
    where, headers = stage.api.sign(stage, operation.method, target, b"")
    return stage.send(operation.method, where, {**headers, "user-agent": ""})


def without_permission(stage: Stage, operation: Operation, target: str) -> httpx.Response | None:
    """A request with a key that is good for other things."""
    if not operation.data["security"]:
        return None
    replies = (
        stage.send(operation.method, target, CoinbasePro().headers(stage, operation.method, target, b"", key=key))
        for key in ("transfer-key", "view-key", "trade-key")
    )
    return next(reply for reply in replies if reply.status_code == 403)


def elsewhere(stage: Stage, operation: Operation, target: str) -> httpx.Response | None:
    """The base address is wrong; ping answers nobody then."""
    if operation.id == "ping":
        return None
    where, headers = stage.api.sign(stage, operation.method, "/api/v2", b"")
    if operation.id == "token.refresh":
        where, headers = stage.api.sign(stage, "GET", "/api/v2", b"")
    return stage.send(operation.method, where, headers)


def no_prices(stage: Stage, operation: Operation, target: str) -> httpx.Response | None:
    """The exchange that the bot trades on does not answer."""
    if operation.id not in ("status", "balance"):
        return None
    stage.sandbox.door_prices({"fail": True})
    return signed(stage, operation, target)


def no_edge(stage: Stage, operation: Operation, target: str) -> httpx.Response | None:
    """A bot without Edge."""
    if operation.id != "edge":
        return None
    stage.sandbox.door_edge({"enabled": False})
    return signed(stage, operation, target)


SITUATIONS: Mapping[str, Sequence[Situation]] = {
    "coinbase_pro": (nameless, without_permission, fault("rate-limit"), fault("html-502")),
    "freqtrade": (elsewhere, no_prices, no_edge),
    "onefox": (fault("rate-limit"), fault("html-502")),
}


# Planted bugs

Plant = Callable[[Sandbox[Any]], None]


@attrs.frozen
class Bug:
    """Something that a careless change could do to a sandbox."""

    name: str
    api: str
    operation: str
    plant: Plant
    check: str
    """The check that sees it."""
    phases: Sequence[str] = ("examples", "coverage")
    also: Sequence[str] = ()
    """Other operations that take part."""


def answers(operation: str, change: Callable[[Answer], Answer | None]) -> Plant:
    """Every answer of an operation is changed, in place or by another."""

    def plant(sandbox: Sandbox[Any]) -> None:
        handler = sandbox._handlers[operation]

        def handle(server: Any, call: Any) -> Answer:
            answer = handler(server, call)
            return change(answer) or answer

        sandbox._handlers[operation] = handle

    return plant


def bodies(operation: str, change: Callable[[Any], Any]) -> Plant:
    """The body of every answer of an operation is changed in place."""

    def changed(answer: Answer) -> None:
        change(answer.body)

    return answers(operation, changed)


def forgotten(sandbox: Sandbox[Any]) -> None:
    """An order is taken in, and lost."""
    handler = sandbox._handlers["orders.get"]
    known = set(sandbox.state.orders)

    def handle(server: Any, call: Any) -> Answer:
        answer = handler(server, call)
        if answer.body["id"] not in known:
            raise Refused("NotFound", 404)
        return answer

    sandbox._handlers["orders.get"] = handle


def kept(sandbox: Sandbox[Any]) -> None:
    """A cancelled order stays where it was."""
    sandbox._handlers["orders.cancel"] = lambda server, call: Answer(server._order(call, "order not found").id)


def undeleted(sandbox: Sandbox[Any]) -> None:
    """A trade is said to be deleted."""

    def handle(server: Any, call: Any) -> Answer:
        number = int(call.path.rpartition("/")[2])
        if number not in server.state.trades:
            return Answer({"error": "Error querying _trades_delete: invalid argument"}, 502)
        text = f"Deleted trade {number}. Closed 0 open orders."
        return Answer({"result": "success", "trade_id": number, "result_msg": text, "cancel_order_count": 0})

    sandbox._handlers["delete_trade"] = handle


def paid_twice(sandbox: Any) -> None:
    """A deposit is credited once more, out of nothing."""
    handler = sandbox._handlers["deposits.coinbase"]

    def handle(server: Any, call: Any) -> Answer:
        answer: Answer = handler(server, call)
        server.state.accounts[call.body["currency"]].balance += 1
        return answer

    sandbox._handlers["deposits.coinbase"] = handle


def unchecked(sandbox: Sandbox[Any]) -> None:
    """A parameter is read, and not looked at."""
    invalid = sandbox.invalid

    def lenient(call: Any, problems: Any) -> Answer:
        if {problem.name for problem in problems} == {"depth"}:
            call.parameters["depth"] = 10
            return sandbox._handlers[call.operation.id](sandbox, call)
        return invalid(call, problems)

    sandbox.invalid = lenient  # type: ignore[method-assign]


def together(sandbox: Any) -> None:
    """Parameters that exclude each other are taken."""
    invalid = sandbox.invalid

    def lenient(call: Any, problems: Any) -> Answer:
        if any(problem.place == "query" and not problem.name for problem in problems):
            answer: Answer = sandbox._handlers[call.operation.id](sandbox, call)
            return answer
        refused: Answer = invalid(call, problems)
        return refused

    sandbox.invalid = lenient


def open_door(sandbox: Any) -> None:
    """Nobody is asked who they are."""
    sandbox.authenticate = lambda call: None


def long_window(sandbox: Any) -> None:
    """A signature is good for an hour."""
    authenticate = sandbox.authenticate

    def lenient(call: Any) -> Any:
        try:
            late = float(call.headers["cb-access-timestamp"])
        except (KeyError, ValueError):
            return authenticate(call)
        return authenticate(attrs.evolve(call, now=late) if abs(late - call.now) < 3600 else call)

    sandbox.authenticate = lenient


def any_method(sandbox: Any) -> None:
    """A wrong method is answered as if it were well."""
    sandbox.wrong_method = lambda *args: Answer({"status": "pong"})


def bad_json(sandbox: Any) -> None:
    """A number is written as a word that is no JSON."""
    dump = sandbox.dump
    sandbox.dump = lambda body: dump(body).replace(b'"last":"', b'"last":NaN,"first":"')


def twice_a_key(sandbox: Any) -> None:
    dump = sandbox.dump
    sandbox.dump = lambda body: dump(body).replace(b'{"server_time"', b'{"error":false,"server_time"')


def cut_json(sandbox: Any) -> None:
    dump = sandbox.dump
    sandbox.dump = lambda body: dump(body)[:-2]


def first(change: Callable[[Any], Any]) -> Callable[[Any], None]:
    """Change the first of a list, if there is one."""

    def changed(items: Any) -> None:
        if items:
            change(items[0])

    return changed


BUGS = (
    Bug(
        "a price is a float",
        "coinbase_pro",
        "products.ticker",
        bodies("products.ticker", lambda body: body.update(price=7162.1)),
        "response_schema_conformance",
    ),
    Bug(
        "an amount is no number",
        "coinbase_pro",
        "fees.get",
        bodies("fees.get", lambda body: body.update(maker_fee_rate="5E-3")),
        "response_schema_conformance",
    ),
    Bug(
        "a number is of the wrong type",
        "freqtrade",
        "count",
        bodies("count", lambda body: body.update(current="2")),
        "response_schema_conformance",
    ),
    Bug(
        "a field is missing",
        "coinbase_pro",
        "accounts.list",
        bodies("accounts.list", first(lambda item: item.pop("balance"))),
        "response_schema_conformance",
    ),
    Bug(
        "a value is null where none may be",
        "freqtrade",
        "whitelist",
        bodies("whitelist", lambda body: body.update(length=None)),
        "response_schema_conformance",
    ),
    Bug(
        "a time has no such form",
        "coinbase_pro",
        "products.trades",
        bodies("products.trades", first(lambda item: item.update(time="20 Nov 2019 09:17"))),
        "response_schema_conformance",
    ),
    Bug(
        "a row is too long",
        "coinbase_pro",
        "products.order_book",
        bodies("products.order_book", lambda body: body["bids"][0].append("0")),
        "response_schema_conformance",
    ),
    Bug(
        "an element of a row is of the wrong type",
        "coinbase_pro",
        "products.historic_rates",
        bodies("products.historic_rates", first(lambda row: row.__setitem__(0, "2019-11-20"))),
        "response_schema_conformance",
    ),
    Bug(
        "a property is not in the document",
        "coinbase_pro",
        "products.stats",
        bodies("products.stats", lambda body: body.update(mean="7000")),
        "declared_properties",
    ),
    Bug(
        "a status is not in the document",
        "coinbase_pro",
        "orders.place",
        answers("orders.place", lambda answer: attrs.evolve(answer, status=201)),
        "status_code_conformance",
    ),
    Bug(
        "an error has a status that is not in the document",
        "freqtrade",
        "version",
        answers("version", lambda answer: Answer({"error": "no"}, 418)),
        "status_code_conformance",
    ),
    Bug(
        "a good request ends in a 500",
        "coinbase_pro",
        "time",
        answers("time", lambda answer: Answer({"message": "Internal server error"}, 500)),
        "not_a_server_error",
    ),
    Bug(
        "a good request ends in a 500 that is documented for bad ones",
        "freqtrade",
        "trades",
        answers("trades", lambda answer: Answer("<title>500 Internal Server Error</title>", 500, {}, "text/html")),
        "good_data_taken",
    ),
    Bug(
        "the content type is wrong",
        "freqtrade",
        "balance",
        answers("balance", lambda answer: attrs.evolve(answer, media="text/plain")),
        "content_type_conformance",
    ),
    Bug(
        "a page has no cursors",
        "coinbase_pro",
        "products.trades",
        answers("products.trades", lambda answer: attrs.evolve(answer, headers={})),
        "pages_have_cursors",
    ),
    Bug("JSON has words that are none", "onefox", "market.ticker", bad_json, "exact_json"),
    Bug("JSON has a key twice", "onefox", "quota.status", twice_a_key, "exact_json"),
    Bug("JSON is cut", "freqtrade", "profit", cut_json, "response_schema_conformance"),
    Bug("an order is lost", "coinbase_pro", "orders.place", forgotten, "consequences"),
    Bug("a cancelled order stays", "coinbase_pro", "orders.cancel", kept, "consequences", ("fuzzing",)),
    Bug("money comes out of nothing", "coinbase_pro", "deposits.coinbase", paid_twice, "consequences"),
    Bug(
        "an order is lost where all calls are GETs",
        "onefox",
        "order.create",
        answers("order.create", lambda answer: Answer({"order_id": None, "position_id": "999"})),
        "consequences",
        ("coverage", "fuzzing"),
    ),
    Bug(
        "a trade that was deleted stays",
        "freqtrade",
        "delete_trade",
        undeleted,
        "consequences",
        ("fuzzing",),
    ),
    Bug("nobody is asked for a signature", "coinbase_pro", "accounts.list", open_door, "ignored_auth"),
    Bug("nobody is asked for a password", "freqtrade", "status", open_door, "auth_enforced"),
    Bug("nobody is asked for a token", "onefox", "user.get", open_door, "auth_enforced"),
    Bug("old signatures count", "coinbase_pro", "fees.get", long_window, "auth_enforced"),
    Bug("bad requests are taken", "onefox", "market.orderbook", unchecked, "bad_data_refused"),
    Bug(
        "good requests are refused",
        "coinbase_pro",
        "products.order_book",
        answers("products.order_book", lambda answer: Answer({"message": "Invalid level"}, 400)),
        "good_data_taken",
    ),
    Bug("parameters that exclude each other are taken", "coinbase_pro", "products.trades", together, "good_data_taken"),
    Bug("every method is well", "freqtrade", "ping", any_method, "wrong_method_refused"),
)


@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: bug.name)
def test_a_planted_bug_is_found(bug: Bug, record_property: Callable[[str, object], None]) -> None:
    report = examine(
        APIS[bug.api],
        examples=12,
        scenarios=0,
        operations=[bug.operation, *bug.also],
        phases=bug.phases,
        plant=bug.plant,
    )
    assert report.errors == []
    print([(finding.check, finding.text) for finding in report.findings])
    assert (bug.check, bug.operation) in [(finding.check, finding.operation) for finding in report.findings]
    record_property("Planted bugs, and the check that found each", f"{bug.api:13} {bug.name:60} {bug.check}")
