"""Generated requests as calls of the packages: what a server takes comes back exactly, what it refuses never leaves."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache
from typing import Any
from urllib.parse import unquote
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.benches import PREFIXES, Bench, Reply, Request
from tests.cases import Case, Known, Subject, as_time, cases_for, subjects
from tests.documents import APIS, Json, errors, examples, fits, package, shape
from tests.documents import document as document_of
from tests.replies import difference, document, parse

OID = "2c6f1a57-40f0-4d0b-9f0e-5a4b1f8d7c11"


@dataclass(frozen=True)
class Stage:
    """A bench in the state in which every case finds it, and what there is to ask for."""

    bench: Bench
    start: bytes
    known: Known


@cache
def stage_of(api: str) -> Stage:
    bench = Bench(api, **({"edge": True} if api == "freqtrade" else {}))
    known = SCENES[api](bench)
    return Stage(bench, bench.snapshot(), known)


# A call that has a client renew its token if that is due, so that nothing but the case is said afterwards.
LOGS_IN = {"freqtrade": "version"}


def coinbase_pro(bench: Bench) -> Known:
    """Orders of every status, holds, fills, a report."""
    call = bench.call
    accounts = {account.currency: str(account.id) for account in call("accounts.list")}
    resting = call("orders.limit", "buy", "BTC-USD", "100", "0.5")
    call("orders.limit", "sell", "ETH-USD", "900", "1", client_oid=OID)
    waiting = call("orders.limit", "sell", "BTC-USD", "90", "0.1", stop="loss", stop_price="95")
    done = call("orders.market", "buy", "BTC-USD", funds="500")
    moment = datetime(2019, 11, 1, tzinfo=UTC)
    report = call("reports.create", "fills", moment, moment, product_id="BTC-USD")
    call("withdrawals.payment_method", "10", "USD", call("payment_methods.list")[0].id)
    methods = [str(method.id) for method in call("payment_methods.list")]
    wallets = [str(wallet.id) for wallet in call("coinbase_accounts.list")]
    trades = [str(trade.trade_id) for trade in call("products.trades", "BTC-USD", limit=3)]
    ids = [str(resting.id), f"client:{OID}", str(waiting.id), str(done.id)]
    times = ["2019-11-20T08:00:00Z", "2019-11-20T08:20:00.500Z", "2019-11-20T09:00:00+01:00"]
    return {
        "product_id": ["BTC-USD", "ETH-USD"],
        "account_id": [accounts["USD"], accounts["BTC"]],
        "order_id": ids,
        "fills.list order_id": [str(done.id), str(resting.id)],
        "report_id": [str(report.id)],
        "price": ["100", "101.50", "7000.10"],
        "size": ["0.01", "0.5", "0.10"],
        "funds": ["50", "20.5"],
        "stop_price": ["100", "9000"],
        "stop": ["loss"],
        "amount": ["0.5", "0.10", "1"],
        "currency": ["USD", "BTC"],
        "payment_method_id": methods,
        "coinbase_account_id": wallets,
        "crypto_address": ["bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4"],
        "from": ["USD", "USDC"],
        "to": ["USD", "USDC"],
        "before": trades,
        "after": trades,
        "start": times,
        "end": times,
        "start_date": times,
        "end_date": ["2019-11-20T09:00:00Z", "2019-11-20T09:00:00.25Z"],
    }


def freqtrade(bench: Bench) -> Known:
    """A bot with trades open and closed."""
    return {
        "tradeid": ["1", "6"],
        "forcesell tradeid": ["all", 6, "7"],
        "pair": ["XRP/BTC", "LTC/BTC", "ETH/BTC"],
        "price": [0.0000248, 0.01, 1],
        "blacklist": [["NEO/BTC"], ["ETH/BTC", "DOGE/BTC"]],
        "timescale": ["1", "3"],
        "limit": ["1", "3"],
    }


def onefox(bench: Bench) -> Known:
    """Two positions that can be merged, one that is closed, and two orders."""
    call = bench.call
    orders = [
        call("order.create", "BTCUSD", "0.1", "LONG", 2, "LIMIT", limit_price=price).order_id for price in (8000, 8100)
    ]
    opened = [call("order.create", "BTCUSD", "0.1", "LONG", 2, "MARKET").position_id for _ in range(3)]
    call("position.close", opened[2])
    symbols = ["BTCUSD", "ETHUSD"]
    times = ["2019-11-20T08:00:00Z", "2019-11-20T08:20:00.5Z", "2019-11-20T10:00:00+01:00"]
    return {
        "symbol": symbols,
        "symbols": ["BTCUSD", "BTCUSD,BCHUSD"],
        "order_id": [str(number) for number in orders],
        "position_id": [str(number) for number in opened],
        "position_ids": [f"{opened[0]},{opened[1]}", f"{opened[1]},{opened[0]}"],
        "margin": ["0.1", "0.01", "0.010"],
        "leverage": ["1", "2"],
        "limit_price": ["8000", "9000"],
        "stop_entry_price": ["8000", "30000"],
        "direction": ["LONG", "LONG", "SHORT"],
        "stop_loss": ["700"],
        "take_profit": ["40000"],
        "post_only": ["false", "true"],
        "date_start": times,
        "date_end": times,
        "resolution": ["3600", "14400"],  # a week of minutes is a long answer
        "limit": ["1", "20"],
        "offset": ["0", "1"],
        "depth": ["1", "5"],
    }


SCENES: dict[str, Callable[[Bench], Known]] = {
    "coinbase_pro": coinbase_pro,
    "freqtrade": freqtrade,
    "onefox": onefox,
}


# Where an SDK and a server rightly differ

RESPELLINGS = {
    "date-time": "A time is a datetime in Python, so its spelling is lost; it leaves as UTC, to the microsecond.",
    "uuid": "A UUID leaves in its usual spelling, with dashes and in lower case.",
    "decimal": "Decimal reads more spellings of a number than the wire has; it leaves in plain digits and quotes.",
}


@dataclass(frozen=True)
class Difference:
    """Something that a server takes and an SDK refuses."""

    methods: tuple[str, ...]
    refusal: str
    """How the SDK says it."""
    reason: str


DIFFERENCES = (
    Difference(
        ("trades",),
        "limit: expected an integer of at least 0",
        "The server checks no request and gives every trade for any number below 1; by the document 0 says that.",
    ),
    Difference(
        ("forcebuy",),
        "price: expected",
        "The server takes [], {} and false for no price, as its language does; in the document no price is null.",
    ),
    Difference(
        ("blacklist",),
        "add",
        "The server takes a text for a list of its letters, as its language does, and any item for a pair that is not"
        " there; the document has a list of pairs.",
    ),
    Difference(
        ("order.create",),
        "expected printable characters only",
        "Text that cannot be printed is a mistake of the caller's; the server makes no use of it.",
    ),
)


@pytest.mark.parametrize(
    ("api", "method", "arguments", "body"),
    [
        ("coinbase_pro", "orders.limit", ["buy", "BTC-USD", 100.5, "0.5"], b'{"price":100.5,"size":"0.5"}'),
        ("coinbase_pro", "orders.limit", ["buy", "BTC-USD", "100.5", 0.5], b'{"price":"100.5","size":0.5}'),
        ("freqtrade", "forcebuy", ["XRP/BTC", 0.0000248], b'{"pair":"XRP/BTC","price":0.0000248}'),
    ],
)
def test_a_float_is_refused_by_the_sdk_alone(api: str, method: str, arguments: list[Any], body: bytes) -> None:
    """A type of Python that is not exact, and no matter of the wire: the same digits are taken by the server."""
    stage = stage_of(api)
    stage.bench.restore(stage.start)
    stage.bench.exchanges.clear()
    keywords = {"price": arguments.pop()} if api == "freqtrade" else {}
    with pytest.raises(TypeError, match="float"):
        stage.bench.call(method, *arguments, **keywords)
    assert stage.bench.exchanges == []
    if api == "coinbase_pro":
        body = json.dumps({"side": "buy", "product_id": "BTC-USD", **json.loads(body)}).encode()
    path = "/orders" if api == "coinbase_pro" else "/api/v1/forcebuy"
    assert stage.bench.ask(Request("POST", path, body=body)).status == 200


def test_a_time_without_a_zone_is_refused_by_the_sdk_alone() -> None:
    """In Python it may stand for any zone; the server takes it for UTC."""
    stage = stage_of("coinbase_pro")
    with pytest.raises(ValueError, match="start"):
        stage.bench.call("products.historic_rates", "BTC-USD", start=datetime(2019, 11, 20), end=datetime(2019, 11, 20))
    query = (("start", "2019-11-20T08:00:00"), ("end", "2019-11-20T08:10:00"))
    assert stage.bench.ask(Request("GET", "/products/BTC-USD/candles", query)).status == 200


# One case

CARRIED_OUT = "carried out"
REFUSED_BY_THE_SERVER = "refused by the server, for what it knows and the document does not"
REFUSED_BEFORE = "refused before it was sent, and by the server as well"
RESPELLED = "sent in the spelling of the document, which the case had not"
DIFFERENT = "refused by the SDK alone, for a reason that is listed"
UNSAID = "nothing that a call could say"


def refuses(api: str, reply: Reply) -> bool:
    """Whether a reply says no."""
    return reply.status >= 400 or (api == "onefox" and bool(parse(reply.content)["error"]))


# Reads that leave something behind: what they cost, and the number of the next token.
REMEMBERED = {"quota.status", "token.login", "token.refresh"}


def try_out(stage: Stage, case: Case, kind: str) -> str:
    """Carry a case out through the package and without it, from the same state. What came of it."""
    bench, way = stage.bench, case.way
    assert way is not None
    request, arguments = case.request, case.arguments()
    if any(argument.place == "authorization" for argument in way.arguments):
        token = arguments["refresh_token"] = bench.tokens["refresh_token"]
        request = Request(request.method, request.path, headers={"authorization": f"Bearer {token}"})
    if case.subject.api in LOGS_IN:
        bench.call(LOGS_IN[case.subject.api], asynchronous=kind == "async")
    restored = case.subject.effect != "read" or way.name in REMEMBERED

    if restored:
        bench.restore(stage.start)
    reply = bench.ask(request)
    if restored:
        bench.restore(stage.start)
    bench.exchanges.clear()
    refusal: Exception | None = None
    error: Any = None
    result: Any = None
    try:
        result = bench.call(way.name, asynchronous=kind == "async", raw=kind == "raw", **arguments)
    except errors(case.subject.api).SDKError as raised:
        error = raised
    except (ValueError, TypeError) as raised:
        refusal = raised

    if refusal is not None:
        assert bench.exchanges == [], f"{refusal!r}, after it was sent"
        return judge_refusal(case, arguments, refusal, reply)
    ((sent, answer),) = bench.exchanges
    respelled = meaning(case, sent, exact=True) != meaning(case, request, exact=True)
    assert meaning(case, sent) == meaning(case, request)
    if case.problems:
        assert respelled, f"{arguments} left, though the document says {case.problems}"
        assert refuses(case.subject.api, reply) or has_bare_amount(case)
        return RESPELLED
    no = refuses(case.subject.api, answer)
    if respelled:
        assert answer.status == reply.status
    else:
        assert (answer.status, readable(answer)) == (reply.status, readable(reply))
    if no:
        assert error is not None, f"{result!r} for {answer}"
        assert error.status_code == answer.status
        assert error.content == answer.content
        return REFUSED_BY_THE_SERVER
    assert error is None, repr(error)
    if kind == "raw":
        assert (result.status_code, result.content) == (answer.status, answer.content)
        result = result.parse()
    check_result(case, result, answer)
    return CARRIED_OUT


def judge_refusal(case: Case, arguments: Json, refusal: Exception, reply: Reply) -> str:
    """A refusal of the SDK is one of the server, too, or it has a reason that is known."""
    if refuses(case.subject.api, reply):
        return REFUSED_BEFORE
    assert case.way is not None
    for known in DIFFERENCES:
        if case.way.name in known.methods and known.refusal in str(refusal):
            return DIFFERENT
    raise AssertionError(f"the SDK alone refuses {arguments}: {refusal}; the document: {case.problems}")


def readable(reply: Reply) -> Any:
    """The JSON of a reply, or its text if it is a page."""
    return parse(reply.content) if "json" in reply.headers["content-type"] else reply.content


def has_bare_amount(case: Case) -> bool:
    """Whether an amount stands in a body without its quotes, which the server takes all the same."""
    return any(
        place == "body" and isinstance(value, int | float) and format_of(case, place, name) == "decimal"
        for place, name, value in case.values()
    )


def format_of(case: Case, place: str, name: str) -> str | None:
    """The format of an argument; None of what is no argument."""
    argument = case.subject.arguments.get((place, name))
    found: str | None = shape(case.subject.api, argument.schema).get("format") if argument else None
    return found


def meaning(case: Case, request: Request, *, exact: bool = False) -> Any:
    """What a request says, without the order in which it does; unless exact, whatever the spelling."""
    api, operation = case.subject.api, case.subject.operation
    pattern = re.sub(r"\\{(\w+)\\}", r"(?P<\1>[^/]*)", re.escape(PREFIXES[api] + operation.path))
    match = re.fullmatch(pattern, request.path)
    assert match is not None, request.path
    body = parse(request.body) if request.body else {}
    key = operation.data.get("x-key")
    if key and key not in (case.body or {}):
        body.pop(key, None)  # an id that the package adds, so that the order can be found again
    items = [("path", name, unquote(text)) for name, text in match.groupdict().items()]
    items += [("query", name, text) for name, text in request.query]
    items += [("body", name, value) for name, value in body.items()]
    if not exact:
        items = [(place, name, plain(format_of(case, place, name), value)) for place, name, value in items]
    return request.method, sorted(items, key=lambda item: item[:2])


def plain(form: str | None, value: Any) -> Any:
    """A value whose spelling says nothing any more, where the list of respellings has its format."""
    if form == "decimal":
        return Decimal(value)
    if form == "date-time" and isinstance(value, str):
        return as_time(value)
    return UUID(value) if form == "uuid" and isinstance(value, str) else value


def check_result(case: Case, result: Any, reply: Reply) -> None:
    """The typed result holds every field of the reply that the document has, and nothing else."""
    api, way = case.subject.api, case.way
    assert way is not None
    expected = document(api.replace("_", "-")).named(parse(reply.content), way.reply)
    if api == "onefox":
        expected = expected["response"]
    wrong = difference(parse(package(api).to_json(result)), expected)
    assert not wrong, wrong


@pytest.mark.parametrize("subject", subjects(), ids=lambda subject: f"{subject.api}-{subject.id}")
def test_a_call_says_what_the_request_says_and_gives_what_the_reply_gives(subject: Subject) -> None:
    stage = stage_of(subject.api)
    counts: Counter[tuple[str, str]] = Counter()

    def check(case: Case | None, kind: str) -> None:
        if case is None:
            counts["", UNSAID] += 1
            return
        assert case.way is not None
        try:
            counts[case.way.name, try_out(stage, case, kind)] += 1
        except BaseException as error:
            error.add_note(f"{case.way.name}: {case.arguments()}")
            error.add_note(f"{case.request}")
            raise

    kinds = st.sampled_from(["blocking", "raw", "async"])
    right = cases_for(subject, stage.known, right=True)
    if subject.can_be_wrong:
        # Where many arguments have to go together, few sets of them do.
        share = 3 if len(subject.arguments) > 7 else 1
        examples(share, least=12 * share)(given(right, kinds)(check))()
        examples(1, least=12)(given(cases_for(subject, stage.known, right=False), kinds)(check))()
    else:
        examples(0.4, least=4)(given(right, kinds)(check))()
    for method in subject.methods:
        assert counts[method, CARRIED_OUT], f"{method} was never carried out: {counts}"
        if subject.can_be_wrong:
            refused = counts[method, REFUSED_BEFORE] + counts[method, DIFFERENT]
            assert refused, f"{method} was never refused: {counts}"
    assert counts["", UNSAID] < counts.total() / 2


def test_every_operation_has_its_cases() -> None:
    """And every method of a client one of them."""
    assert Counter(subject.api for subject in subjects()) == {"coinbase_pro": 30, "freqtrade": 23, "onefox": 18}
    methods = {(subject.api, method) for subject in subjects() for method in subject.methods}
    assert len(methods) == 31 + 22 + 18


def patterns_of(node: Any) -> Iterator[str]:
    """Every pattern in a part of a document."""
    if isinstance(node, dict):
        if isinstance(node.get("pattern"), str):
            yield node["pattern"]
        for item in node.values():
            yield from patterns_of(item)
    elif isinstance(node, list):
        for item in node:
            yield from patterns_of(item)


@pytest.mark.parametrize("api", APIS)
def test_a_digit_of_another_script_is_no_digit_to_a_document(api: str) -> None:
    """Where a pattern looks ahead, validators take \\d for the digits of every script, and a server then reads them."""
    patterns = set(patterns_of(document_of(api)))
    assert patterns
    for pattern in patterns:
        assert not fits(api, {"type": "string", "pattern": pattern}, "\uff11"), pattern
