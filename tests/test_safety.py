"""Never twice, never silently lost, never late, never told: what the packages promise when things go wrong.

Each test puts a fault on the wire and then asks the server what reached it. `make soak` does the same at random and in
great numbers.
"""

from __future__ import annotations

import asyncio
import importlib
import math
import pickle
import random
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from email.utils import formatdate
from typing import Any

import coinbase_pro_sdk
import freqtrade_sdk
import httpx
import pytest
from coinbase_pro_sdk import CoinbasePro
from freqtrade_sdk import Freqtrade

from tests.faults import worlds
from tests.faults.clients import APIS, KINDS, Caller, SubjectAPI, make
from tests.faults.secrets import canaries, listening, shown
from tests.faults.server import Fault, FaultServer, Planned, Randomly, closed_port, menu

# The promise is 0.1 s, which the soak measures; a busy machine must not fail the suite, and a broken deadline shows in
# seconds.
GRACE = 0.4
"""Seconds that a call may outlive its deadline."""
OWN = {"coinbase_pro": "/time", "freqtrade": "/api/v1/token/", "onefox": "/none"}
"""Paths that clients call by themselves."""
EFFECTS = ("read", "idempotent", "unsafe")

each_api = pytest.mark.parametrize("api", APIS.values(), ids=list(APIS))
each_kind = pytest.mark.parametrize("kind", KINDS)
COINBASE, FREQTRADE, ONEFOX = APIS["coinbase_pro"], APIS["freqtrade"], APIS["onefox"]


class For(Planned):
    """Faults in a fixed order for what the test calls, not for what clients call by themselves."""

    def __init__(self, api: SubjectAPI, *faults: Fault | None) -> None:
        super().__init__(*faults)
        self.own = OWN[api.name]

    def choose(self, arrival: Any) -> Fault | None:
        return None if arrival.path.startswith(self.own) else super().choose(arrival)


class Always:
    """The same fault for every request whose path starts so."""

    def __init__(self, fault: Fault, path: str = "/") -> None:
        self.fault, self.path = fault, path

    def choose(self, arrival: Any) -> Fault | None:
        return self.fault if arrival.path.startswith(self.path) else None


def attempts(api: SubjectAPI, server: FaultServer) -> list[Any]:
    """What arrived of the test's own calls."""
    return [one for one in server.arrivals if not one.path.startswith(OWN[api.name])]


def call_of(api: SubjectAPI, effect: str) -> Callable[[Any, int], Any]:
    """A call with this effect."""
    return {"read": api.read, "idempotent": api.idempotent, "unsafe": api.unsafe[0]}[effect]


def runtime(api: SubjectAPI, module: str) -> Any:
    """A module of the runtime inside an API's package."""
    return importlib.import_module(f"{api.package.__name__}._runtime.{module}")


def runtime_api(api: SubjectAPI) -> Any:
    """What a package knows about its API."""
    return importlib.import_module(f"{api.package.__name__}._api").THE_API


class Jitter:
    """Randomness that always draws the same share of what it may, and notes what it was asked for."""

    def __init__(self, share: float) -> None:
        self.share = share
        self.asked: list[tuple[float, float]] = []

    def uniform(self, low: float, high: float) -> float:
        self.asked.append((low, high))
        return low + self.share * (high - low)


@pytest.fixture(autouse=True)
def full_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Back-off without chance: every pause is as long as it may be."""
    for api in APIS.values():
        monkeypatch.setattr(runtime(api, "calls"), "random", Jitter(1.0))


# Permission to repeat

PASSES = "succeeds"
TABLE = [
    # fault, and for each effect: attempts that the server sees, and the end
    (Fault("close", False), (2, PASSES), (2, PASSES), (1, "OutcomeUnknown")),
    (Fault("close", True), (2, PASSES), (2, "OutcomeUnknown"), (1, "OutcomeUnknown")),
    (Fault("reset", True), (2, PASSES), (2, "OutcomeUnknown"), (1, "OutcomeUnknown")),
    (Fault("hang", False), (2, PASSES), (2, PASSES), (1, "OutcomeUnknown")),
    (Fault("close", True, "body"), (2, PASSES), (2, "OutcomeUnknown"), (1, "OutcomeUnknown")),
    (Fault("bad-gzip", True), (2, PASSES), (2, "OutcomeUnknown"), (1, "OutcomeUnknown")),
    (Fault("html-200"), (2, PASSES), (2, PASSES), (1, "InvalidReply")),
    (Fault("html-200", True), (2, PASSES), (2, "OutcomeUnknown"), (1, "InvalidReply")),
    (Fault("html-502"), (2, PASSES), (2, PASSES), (1, "OutcomeUnknown")),
    (Fault("html-504"), (2, PASSES), (2, PASSES), (1, "OutcomeUnknown")),
    (Fault("json-500"), (2, PASSES), (2, PASSES), (1, "OutcomeUnknown")),
    (Fault("json-503", True), (2, PASSES), (2, "OutcomeUnknown"), (1, "OutcomeUnknown")),
    (Fault("429"), (2, PASSES), (2, PASSES), (2, PASSES)),
    (Fault("408"), (2, PASSES), (2, PASSES), (1, "APIError")),
]


@each_api
@each_kind
@pytest.mark.parametrize("effect", EFFECTS)
@pytest.mark.parametrize("row", TABLE, ids=[str(row[0]) for row in TABLE])
def test_the_effect_alone_permits_a_second_attempt(api: SubjectAPI, kind: str, effect: str, row: Any) -> None:
    fault, (seen, end) = row[0], row[1 + EFFECTS.index(effect)]
    world = api.world()
    with FaultServer(world, For(api, fault)) as server:
        with Caller(api, kind, server.origin, timeout=0.6 if fault.kind == "hang" else 5.0) as caller:
            caller.skip_pauses()
            outcome = caller.call(call_of(api, effect), 77)
        assert len(attempts(api, server)) == seen
        assert len(caller.pauses) == seen - 1
        done = world.processed(77)
        assert done == (0 if effect == "read" else int(fault.done or end == PASSES))
        failed = isinstance(outcome, api.errors.SDKError)
        assert (type(outcome).__name__ if failed else PASSES) == end, outcome


@each_api
@each_kind
@pytest.mark.parametrize("effect", EFFECTS)
def test_what_never_left_is_sent_again_as_it_was(api: SubjectAPI, kind: str, effect: str) -> None:
    world = api.world()
    with FaultServer(world) as server, Caller(api, kind, server.origin) as caller:
        caller.call(api.read, 1)  # Logs in, where that is done.
        server.refuse()
        server.hang_up()
        if kind != "sync":
            caller.do(asyncio.sleep, 0.01)  # An event loop that runs sees that its connections are closed.
        del server.arrivals[:]
        tried = spy(caller)
        caller.skip_pauses(meanwhile=server.listen)
        outcome = caller.call(call_of(api, effect), 5)
        assert not isinstance(outcome, Exception), outcome
        assert len(tried) == 2
        assert len(attempts(api, server)) == 1
        assert world.processed(5) == (effect != "read")
        assert tried[0].body == tried[1].body


@each_api
@each_kind
@pytest.mark.parametrize("effect", EFFECTS)
def test_what_never_leaves_is_not_sent(api: SubjectAPI, kind: str, effect: str) -> None:
    with Caller(api, kind, f"http://127.0.0.1:{closed_port()}", max_retries=3) as caller:
        caller.skip_pauses()
        assert isinstance(caller.call(call_of(api, effect), 5), api.errors.RequestNotSent)
        assert len(caller.pauses) == 3


def spy(caller: Caller) -> list[Any]:
    """Every request that a client hands to its transport."""
    seen: list[Any] = []
    transport = caller.client._transport
    original = transport.send

    def send(request: Any, timeout: float) -> Any:
        seen.append(request)
        return original(request, timeout)

    transport.send = send
    return seen


@each_api
@each_kind
def test_a_read_of_which_only_the_last_attempt_never_left_was_sent(api: SubjectAPI, kind: str) -> None:
    with FaultServer(api.world(), For(api, Fault("close"))) as server, Caller(api, kind, server.origin) as caller:
        caller.skip_pauses(meanwhile=server.refuse)
        assert type(caller.call(api.read, 5)) is api.errors.NoReply
        assert len(caller.pauses) == 2


@each_kind
def test_each_attempt_is_signed_anew_with_the_same_order_id(kind: str) -> None:
    world = worlds.CoinbasePro()
    with (
        FaultServer(world, Planned(Fault("429"), Fault("429"))) as server,
        Caller(COINBASE, kind, server.origin) as caller,
    ):
        caller.skip_pauses()
        assert int(caller.call(COINBASE.unsafe[0], 12).price) == 12
    stamps = [one.headers["cb-access-timestamp"] for one in server.arrivals]
    assert len(set(stamps)) == 3
    assert len({one.headers["cb-access-sign"] for one in server.arrivals}) == 3
    assert len({one.body for one in server.arrivals}) == 1
    assert [entry.mark for entry in world.journal] == [12]


@each_kind
def test_each_attempt_carries_a_signature_that_is_in_time(kind: str) -> None:
    world = worlds.CoinbasePro()
    faults = (Fault("json-503"), Fault("close"))
    with FaultServer(world, Planned(*faults)) as server, Caller(COINBASE, kind, server.origin) as caller:
        caller.skip_pauses()
        assert COINBASE.read_mark(caller.call(COINBASE.read, 9)) == 9
    assert len({one.headers["cb-access-sign"] for one in server.arrivals}) == 3


@each_kind
@pytest.mark.parametrize("call", [FREQTRADE.unsafe[0], FREQTRADE.idempotent], ids=["forcebuy", "delete_trade"])
def test_a_refusal_with_a_502_is_final_and_told_at_once(kind: str, call: Any) -> None:
    world = worlds.Freqtrade()
    world.buys = False
    world.deleted.add(3)
    with FaultServer(world) as server, Caller(FREQTRADE, kind, server.origin) as caller:
        caller.skip_pauses()
        error = caller.call(call, 3)
        assert isinstance(error, freqtrade_sdk.errors.ServerError)
        assert len(attempts(FREQTRADE, server)) == 1
        assert caller.pauses == []


# Pauses


@each_api
@each_kind
def test_the_api_decides_how_long_to_wait(api: SubjectAPI, kind: str) -> None:
    date = formatdate(time.time() + 4, usegmt=True)
    faults = [Fault("429", headers=(("Retry-After", after),)) for after in ("2", date)]
    with FaultServer(api.world(), For(api, *faults)) as server, Caller(api, kind, server.origin) as caller:
        caller.skip_pauses()
        assert api.read_mark(caller.call(api.read, 3)) == 3
        first, second = caller.pauses
        assert first == pytest.approx(2.2)
        assert 2.0 < second - 0.4 <= 4.0


@each_api
@each_kind
@pytest.mark.parametrize("effect", EFFECTS)
def test_no_wait_goes_beyond_the_deadline(api: SubjectAPI, kind: str, effect: str) -> None:
    dates = formatdate(time.time() + 60, usegmt=True)
    for after in ("60", dates, "9" * 400):
        fault = Fault("429", headers=(("Retry-After", after),))
        with FaultServer(api.world(), For(api, fault)) as server, Caller(api, kind, server.origin) as caller:
            caller.skip_pauses()
            error = caller.call(call_of(api, effect), 3)
            assert isinstance(error, api.errors.RateLimitError)
            assert caller.pauses == []
            assert len(attempts(api, server)) == 1


def test_pauses_grow_and_are_drawn_from_their_whole_range(monkeypatch: pytest.MonkeyPatch) -> None:
    jitter = Jitter(0.5)
    monkeypatch.setattr(runtime(COINBASE, "calls"), "random", jitter)
    fault = Always(Fault("json-503"))
    with FaultServer(worlds.CoinbasePro(), fault) as server:
        with Caller(COINBASE, "sync", server.origin, max_retries=8, timeout=60) as caller:
            caller.skip_pauses()
            assert isinstance(caller.call(COINBASE.read, 3), coinbase_pro_sdk.errors.ServerError)
        assert len(server.arrivals) == 9
    assert jitter.asked == [(0, most) for most in (0.2, 0.4, 0.8, 1.6, 3.2, 5.0, 5.0, 5.0)]
    assert caller.pauses == pytest.approx([high / 2 for _, high in jitter.asked])


# Deadlines


def timed(caller: Caller, call: Any, mark: int = 1) -> tuple[Any, float]:
    started = time.monotonic()
    outcome = caller.call(call, mark)
    return outcome, time.monotonic() - started


@each_api
@each_kind
@pytest.mark.parametrize("how", ["hang", "drip"])
@pytest.mark.parametrize("effect", EFFECTS)
def test_all_attempts_together_keep_the_deadline(api: SubjectAPI, kind: str, how: str, effect: str) -> None:
    fault = Always(Fault(how, True, "head", pause=0.01), path="/api/v1" if api is not COINBASE else "/")
    if api is FREQTRADE:
        fault.path = "/api/v1/trades" if effect != "unsafe" else "/api/v1/forcebuy"
    with FaultServer(api.world(), fault) as server, Caller(api, kind, server.origin, timeout=0.3) as caller:
        outcome, elapsed = timed(caller, call_of(api, effect))
        assert elapsed < 0.3 + GRACE
        expected = api.errors.RequestTimeout if effect == "read" else api.errors.OutcomeUnknown
        assert isinstance(outcome, expected)


@each_kind
def test_pauses_count_against_the_deadline(kind: str) -> None:
    with FaultServer(worlds.OneFox(), Always(Fault("json-503"))) as server:
        with Caller(ONEFOX, kind, server.origin, timeout=0.5, max_retries=50) as caller:
            outcome, elapsed = timed(caller, ONEFOX.read)
        assert elapsed < 0.5 + GRACE
        assert isinstance(outcome, ONEFOX.errors.ServerError)
        # Pauses of 0.2 and 0.4 seconds; the second would be too long, and on a busy machine the first one too.
        assert len(server.arrivals) in (1, 2)


@each_kind
def test_logging_in_counts_against_the_deadline(kind: str) -> None:
    world = worlds.Freqtrade()
    with FaultServer(world, Always(Fault("hang"), "/api/v1/token")) as server:
        with Caller(FREQTRADE, kind, server.origin, timeout=0.3) as caller:
            outcome, elapsed = timed(caller, FREQTRADE.unsafe[0])
        assert elapsed < 0.3 + GRACE
        assert isinstance(outcome, FREQTRADE.errors.RequestNotSent)
        assert attempts(FREQTRADE, server) == []


def wait_for_arrival(server: FaultServer) -> None:
    """Until a request has come."""
    until = time.monotonic() + 5
    while not server.arrivals:
        assert time.monotonic() < until
        time.sleep(0.001)


def test_waiting_for_the_login_of_another_thread_counts_against_the_deadline() -> None:
    with (
        FaultServer(worlds.Freqtrade(), Always(Fault("hang"), "/api/v1/token")) as server,
        make(FREQTRADE, "sync", server.origin, timeout=1.0, max_retries=0) as client,
    ):
        first = ThreadPoolExecutor(1).submit(FREQTRADE.read, client, 1)
        wait_for_arrival(server)
        hasty = client.with_options(timeout=0.2)
        started = time.monotonic()
        with pytest.raises(FREQTRADE.errors.RequestNotSent):
            FREQTRADE.read(hasty, 2)
        assert time.monotonic() - started < 0.2 + GRACE
        with pytest.raises(FREQTRADE.errors.RequestNotSent):
            first.result()


async def test_waiting_for_the_login_of_another_task_counts_against_the_deadline() -> None:
    with FaultServer(worlds.Freqtrade(), Always(Fault("hang"), "/api/v1/token")) as server:
        async with make(FREQTRADE, "aiohttp", server.origin, timeout=0.6, max_retries=0) as client:
            first = asyncio.ensure_future(FREQTRADE.read(client, 1))
            await asyncio.sleep(0)
            started = time.monotonic()
            with pytest.raises(FREQTRADE.errors.RequestNotSent):
                await FREQTRADE.read(client.with_options(timeout=0.2), 2)
            assert time.monotonic() - started < 0.2 + GRACE
            with pytest.raises(FREQTRADE.errors.RequestNotSent):
                await first


# The third outcome


@each_api
@each_kind
def test_an_unknown_outcome_says_what_is_known(api: SubjectAPI, kind: str) -> None:
    world = api.world()
    with FaultServer(world, For(api, Fault("close", True))) as server, Caller(api, kind, server.origin) as caller:
        error = caller.call(api.unsafe[0], 41)
    assert type(error) is api.errors.OutcomeUnknown
    assert error.operation == world.journal[0].operation
    assert error.request.method == attempts(api, server)[0].method
    query = error.request.url.partition("?")[2]
    pairs = [pair.split("=") for pair in query.split("&") if pair]
    assert [pair for pair in pairs if pair[1] != "***" and pair[0] not in runtime_api(api).shown_parameters] == []
    assert len(pairs) == len(attempts(api, server)[0].query)
    assert 0 < error.elapsed < 5
    assert error.key == (world.journal[0].key or None)
    assert all(
        value == "***" for name, value in error.request.headers.items() if "auth" in name.lower() or "CB" in name
    )
    named = {"coinbase_pro": "resolve()", "freqtrade": "status", "onefox": "user.overview"}[api.name]
    assert named in str(error)


@each_kind
def test_an_order_that_was_placed_is_found_and_not_placed_again(kind: str) -> None:
    world = worlds.CoinbasePro()
    for mark, call in enumerate(COINBASE.unsafe, 51):
        with (
            FaultServer(world, Planned(Fault("reset", True))) as server,
            Caller(COINBASE, kind, server.origin) as caller,
        ):
            error = caller.call(call, mark)
            found = caller.do(error.resolve if kind == "sync" else error.aresolve)
            assert int(found.price) == mark
            assert [one.method for one in server.arrivals] == ["POST", "GET"]
            assert world.processed(mark) == 1


@each_kind
def test_an_order_that_was_not_placed_is_looked_for_and_not_placed(kind: str) -> None:
    world = worlds.CoinbasePro()
    with FaultServer(world, Planned(Fault("reset"))) as server, Caller(COINBASE, kind, server.origin) as caller:
        error = caller.call(COINBASE.unsafe[0], 61)
        started = time.monotonic()
        assert caller.do(error.resolve if kind == "sync" else error.aresolve, 0.5) is None
        assert time.monotonic() - started < 0.5 + GRACE
        assert [one.method for one in server.arrivals].count("POST") == 1
        assert len(server.arrivals) > 2
        assert world.journal == []


@each_kind
def test_an_order_that_shows_up_late_is_found(kind: str) -> None:
    world = worlds.CoinbasePro()
    with FaultServer(world, Planned(Fault("hang", True))) as server, Caller(COINBASE, kind, server.origin) as caller:
        late: dict[str, Any] = {}
        caller.skip_pauses(meanwhile=lambda: world.orders.update(late))
        error = caller.call(lambda client, mark: COINBASE.unsafe[0](client.with_options(timeout=0.1), mark), 62)
        late[error.key] = world.orders.pop(error.key)
        assert int(caller.do(error.resolve if kind == "sync" else error.aresolve, 5.0).price) == 62
        assert len(caller.pauses) == 1


@pytest.mark.parametrize("api", [FREQTRADE, ONEFOX], ids=["freqtrade", "onefox"])
@each_kind
def test_where_there_is_no_key_nothing_is_looked_up(api: SubjectAPI, kind: str) -> None:
    with FaultServer(api.world(), For(api, Fault("close", True))) as server, Caller(api, kind, server.origin) as caller:
        error = caller.call(api.unsafe[0], 41)
        seen = len(server.arrivals)
        with pytest.raises(LookupError, match="see "):
            caller.do(error.resolve if kind == "sync" else error.aresolve)
        assert len(server.arrivals) == seen


def test_an_error_that_was_pickled_says_that_it_has_lost_its_client() -> None:
    with (
        FaultServer(worlds.CoinbasePro(), Planned(Fault("close", True))) as server,
        Caller(COINBASE, "sync", server.origin) as caller,
    ):
        error = pickle.loads(pickle.dumps(caller.call(COINBASE.unsafe[0], 5)))
    assert error.key
    with pytest.raises(LookupError, match=error.key):
        error.resolve()


# Everything at random


@each_api
@each_kind
def test_under_random_faults_nothing_is_done_twice_and_nothing_is_called_failed_that_was_done(
    api: SubjectAPI, kind: str
) -> None:
    world = api.world()
    errors = api.errors
    faults = [fault for fault in menu() if fault.kind not in ("hang", "drip")]
    with (
        FaultServer(world, Randomly(0.7, faults, start=5)) as server,
        Caller(api, kind, server.origin, timeout=2.0) as caller,
    ):
        caller.skip_pauses()
        outcomes = {mark: caller.call(api.unsafe[mark % 2], mark) for mark in range(1000, 3000, 10)}
    for mark, outcome in outcomes.items():
        done = world.processed(mark)
        assert done <= 1
        if not isinstance(outcome, Exception):
            assert (done, api.unsafe_mark(outcome)) == (1, mark)
        elif isinstance(outcome, (errors.RequestNotSent, errors.APIError)):
            assert done == 0, outcome
        else:
            assert isinstance(outcome, (errors.OutcomeUnknown, errors.InvalidReply))
    assert len({type(outcome) for outcome in outcomes.values()}) >= 3


@each_api
@each_kind
def test_under_random_faults_every_read_succeeds(api: SubjectAPI, kind: str) -> None:
    faults = [fault for fault in menu() if fault.kind not in ("hang", "drip")]
    with (
        FaultServer(api.world(), Randomly(0.3, faults, start=6)) as server,
        Caller(api, kind, server.origin, timeout=30.0, max_retries=15) as caller,
    ):
        caller.skip_pauses()
        for mark in range(1000, 1200):
            outcome = caller.call(api.read, mark)
            assert not isinstance(outcome, Exception), outcome
            assert api.read_mark(outcome) == mark


# Clocks


@each_kind
@pytest.mark.parametrize("skew", [-3600.0, 95.0])
@pytest.mark.parametrize("effect", EFFECTS)
def test_a_clock_that_is_off_is_set_once(kind: str, skew: float, effect: str) -> None:
    world = worlds.CoinbasePro(skew)
    with FaultServer(world) as server, Caller(COINBASE, kind, server.origin) as caller:
        for mark in (5, 6, 7):
            outcome = caller.call(call_of(COINBASE, effect), mark)
            assert not isinstance(outcome, Exception), outcome
            assert world.processed(mark) == (effect != "read")
        assert (world.complaints, world.clock_readings, len(server.arrivals)) == (1, 1, 5)


@each_kind
@pytest.mark.parametrize("effect", EFFECTS)
def test_a_second_complaint_about_the_clock_is_final(kind: str, effect: str) -> None:
    world = worlds.CoinbasePro()
    world.window = -1.0
    with FaultServer(world) as server, Caller(COINBASE, kind, server.origin) as caller:
        error = caller.call(call_of(COINBASE, effect), 5)
        assert isinstance(error, coinbase_pro_sdk.errors.AuthenticationError)
        assert (world.complaints, world.clock_readings, world.journal) == (2, 1, [])


async def test_many_calls_set_the_clock_once() -> None:
    world = worlds.CoinbasePro(skew=500.0)
    with FaultServer(world) as server:
        async with make(COINBASE, "aiohttp", server.origin) as client:
            accounts = await asyncio.gather(*(COINBASE.read(client, mark) for mark in range(50)))
    assert [COINBASE.read_mark(account) for account in accounts] == list(range(50))
    assert world.clock_readings == 1


# Tokens


@each_kind
@pytest.mark.parametrize("effect", EFFECTS)
def test_a_rejected_token_is_refreshed_once(kind: str, effect: str) -> None:
    world = worlds.Freqtrade()
    with FaultServer(world) as server, Caller(FREQTRADE, kind, server.origin) as caller:
        caller.call(FREQTRADE.read, 1)
        world.revoke()
        outcome = caller.call(call_of(FREQTRADE, effect), 5)
        assert not isinstance(outcome, Exception), outcome
        assert (world.logins, world.refreshes, world.processed(5)) == (1, 1, effect != "read")


@each_kind
def test_a_rejected_refresh_token_leads_to_one_login(kind: str) -> None:
    world = worlds.Freqtrade()
    with FaultServer(world) as server, Caller(FREQTRADE, kind, server.origin) as caller:
        caller.call(FREQTRADE.read, 1)
        world.revoke()
        world.accepts_refresh = False
        assert FREQTRADE.read_mark(caller.call(FREQTRADE.read, 5)) == 5
        assert (world.logins, world.refreshes) == (2, 1)


@each_kind
@pytest.mark.parametrize("effect", EFFECTS)
def test_a_rejected_login_is_final(kind: str, effect: str) -> None:
    world = worlds.Freqtrade()
    with FaultServer(world) as server, Caller(FREQTRADE, kind, server.origin) as caller:
        caller.call(FREQTRADE.read, 1)
        world.revoke()
        world.accepts_refresh = world.accepts_login = False
        error = caller.call(call_of(FREQTRADE, effect), 5)
        assert isinstance(error, freqtrade_sdk.errors.AuthenticationError)
        assert (world.logins, world.refreshes, world.journal) == (2, 1, [])


@each_kind
@pytest.mark.parametrize("effect", EFFECTS)
@pytest.mark.parametrize("fault", [Fault("json-503"), Fault("close"), Fault("429")], ids=str)
def test_a_login_that_fails_is_repeated_as_often_as_one_call_may_be(kind: str, effect: str, fault: Fault) -> None:
    with FaultServer(worlds.Freqtrade(), Always(fault, "/api/v1/token")) as server:
        with Caller(FREQTRADE, kind, server.origin, max_retries=2) as caller:
            caller.skip_pauses()
            assert isinstance(caller.call(call_of(FREQTRADE, effect), 5), freqtrade_sdk.errors.SDKError)
        assert len(server.arrivals) == 3


@each_kind
def test_a_refresh_that_is_told_to_slow_down_does_not_throw_its_token_away(kind: str) -> None:
    world = worlds.Freqtrade()
    with FaultServer(world) as server, Caller(FREQTRADE, kind, server.origin, max_retries=0) as caller:
        caller.call(FREQTRADE.read, 1)
        world.revoke()
        server.plan = Planned(None, Fault("429"))
        assert isinstance(caller.call(FREQTRADE.read, 5), freqtrade_sdk.errors.RateLimitError)
        assert FREQTRADE.read_mark(caller.call(FREQTRADE.read, 6)) == 6
        assert (world.logins, world.refreshes) == (1, 1)


@pytest.mark.parametrize("kind", ["aiohttp", "httpx"])
async def test_many_tasks_share_one_refresh_per_rejection(kind: str) -> None:
    world = worlds.Freqtrade()
    marks = range(1000, 1200 if kind == "aiohttp" else 1040)  # The pool of httpx slows down with many at once.
    with FaultServer(world) as server:
        async with make(FREQTRADE, kind, server.origin, timeout=20.0) as client:
            for rejections in range(4):
                results = await asyncio.gather(*(FREQTRADE.read(client, mark) for mark in marks))
                assert [FREQTRADE.read_mark(result) for result in results] == list(marks)
                assert (world.logins, world.refreshes) == (1, rejections)
                world.revoke()


def test_many_threads_share_one_refresh_per_rejection() -> None:
    world = worlds.Freqtrade()
    with (
        FaultServer(world) as server,
        make(FREQTRADE, "sync", server.origin, timeout=20.0) as client,
        ThreadPoolExecutor(32) as threads,
    ):
        for rejections in range(4):
            results = threads.map(lambda mark: FREQTRADE.read(client, mark), range(1000, 1200))
            assert [FREQTRADE.read_mark(result) for result in results] == list(range(1000, 1200))
            assert (world.logins, world.refreshes) == (1, rejections)
            world.revoke()


def test_many_threads_share_one_refresh_per_expiry() -> None:
    world = worlds.Freqtrade(lifetime=0.4)
    started = time.monotonic()
    with (
        FaultServer(world) as server,
        make(FREQTRADE, "sync", server.origin, timeout=20.0) as client,
        ThreadPoolExecutor(32) as threads,
    ):
        results = list(threads.map(lambda mark: FREQTRADE.read(client, mark), range(1000, 2000)))
    assert [FREQTRADE.read_mark(result) for result in results] == list(range(1000, 2000))
    assert world.logins == 1
    assert world.refreshes <= math.floor((time.monotonic() - started) / 0.2)


@each_api
def test_many_threads_never_get_each_others_replies(api: SubjectAPI) -> None:
    with (
        FaultServer(api.world()) as server,
        make(api, "sync", server.origin, timeout=20.0) as client,
        ThreadPoolExecutor(64) as threads,
    ):
        results = list(threads.map(lambda mark: api.read(client, mark), range(1000, 1640)))
    assert [api.read_mark(result) for result in results] == list(range(1000, 1640))


@each_api
@pytest.mark.parametrize("kind", ["aiohttp", "httpx"])
async def test_cancelled_calls_never_mix_replies(api: SubjectAPI, kind: str) -> None:
    chance = random.Random(4)

    async def one(client: Any, mark: int, patience: float) -> bool:
        try:
            async with asyncio.timeout(patience):
                assert api.read_mark(await api.read(client, mark)) == mark
        except TimeoutError:
            return False
        return True

    with FaultServer(api.world()) as server:
        async with make(api, kind, server.origin, timeout=20.0) as client:
            patience = [chance.uniform(0, 0.2) if mark % 3 else 20.0 for mark in range(150)]
            await asyncio.gather(*(one(client, 1000 + mark, patience[mark]) for mark in range(150)))
            assert await one(client, 5, 20.0)


# Secrets


@pytest.fixture
def heard() -> Iterator[list[str]]:
    """Everything that is logged by anybody, at DEBUG."""
    with listening() as lines:
        yield lines


LEAKY = [
    Fault("close", True),
    Fault("hang", True),
    Fault("close", True, "body"),
    Fault("bad-status-line", True),
    Fault("bad-header", True),
    Fault("bad-chunk", True),
    Fault("bad-gzip", True),
    Fault("short-length", True),
    Fault("echo"),
    Fault("redirect", headers=(("Location", "http://localhost:9/"),)),
    Fault("html-200"),
    Fault("json-500"),
    Fault("429"),
]


def own_client(kind: str) -> dict[str, Any]:
    """Options for a client of the caller's own, if this kind is one."""
    made: dict[str, Any] = {"client": httpx.Client, "async-client": httpx.AsyncClient}
    return {"http_client": made[kind]()} if kind in made else {}


@each_api
@pytest.mark.parametrize("kind", [*KINDS, "client", "async-client"])
@pytest.mark.parametrize("fault", LEAKY, ids=str)
def test_no_secret_is_shown_by_anything(api: SubjectAPI, kind: str, fault: Fault, heard: list[str]) -> None:
    world = api.world()
    base = "sync" if kind == "client" else "aiohttp" if kind == "async-client" else kind
    faulty = Always(fault)
    if api is FREQTRADE and fault.kind != "short-length":  # Which strikes the reply that holds the tokens.
        faulty.path = "/api/v1/forcebuy"
    with (
        FaultServer(world, faulty) as server,
        Caller(api, base, server.origin, timeout=0.3, **own_client(kind)) as caller,
    ):
        if caller.runner is not None:
            caller.runner.get_loop().set_debug(True)
        caller.skip_pauses()
        told = [repr(caller.client), str(vars(caller.client)), str(pickle.dumps(caller.client))]
        for effect in EFFECTS:
            outcome = caller.call(call_of(api, effect), 5)
            told.append(shown(outcome) if isinstance(outcome, Exception) else repr(outcome))
        if "client" in kind:
            caller.do(
                caller.client._transport._client.close if base == "sync" else caller.client._transport._client.aclose
            )
    text = "\n".join([*told, *heard])
    assert any(line.startswith(api.package.__name__) for line in heard)
    assert [secret for secret in canaries(api, world) if secret in text] == []


@each_api
@each_kind
@pytest.mark.parametrize("status", [301, 302, 307])
@pytest.mark.parametrize("effect", EFFECTS)
def test_no_redirect_takes_credentials_elsewhere(api: SubjectAPI, kind: str, status: int, effect: str) -> None:
    with FaultServer(api.world()) as other, FaultServer(api.world()) as server:
        away = (("Location", f"http://localhost:{other.port}/"),)
        server.plan = Always(Fault("redirect", status=status, headers=away))
        with Caller(api, kind, server.origin) as caller:
            caller.skip_pauses()
            outcome = caller.call(call_of(api, effect), 5)
        assert isinstance(outcome, api.errors.SDKError)
        assert other.connections == 0


@each_api
@pytest.mark.parametrize("host", ["example.com", "127.0.0.1.example.com", "localhost.example.com", "10.0.0.7:8080"])
def test_credentials_do_not_travel_in_clear_over_a_network(api: SubjectAPI, host: str) -> None:
    for client in (api.sync, api.asynchronous):
        with pytest.raises(ValueError, match="unencrypted"):
            client(base_url=f"http://{host}", **api.credentials)
        client(base_url=f"http://{host}", allow_http=True, **api.credentials)
        client(base_url=f"http://{host}")
        client(base_url=f"https://{host}", **api.credentials)


@pytest.mark.parametrize("host", ["localhost:1", "127.0.0.1", "127.8.8.8:99", "[::1]:8080", "bot.localhost"])
def test_this_machine_may_be_spoken_to_in_clear(host: str) -> None:
    Freqtrade(base_url=f"http://{host}", username="user", password="password")


@pytest.mark.parametrize("address", ["https://h:99999", "https://h:x", "https://" + "a" * 64 + ".com", "https://:80"])
def test_an_address_that_cannot_be_one_is_refused_before_any_call(address: str) -> None:
    with pytest.raises(ValueError, match="base_url"):
        CoinbasePro(base_url=address)


def test_a_secret_that_is_part_of_another_does_not_uncover_it() -> None:
    redactor = runtime(COINBASE, "redaction").Redactor()
    for secret in ("abcd", "abcdefgh", "efghijkl", 'quo"ted\\secret', "päss-wörd"):
        redactor.add(secret)
    assert redactor.text("<abcdefgh> <abcd> <efghijkl>") == "<***> <***> <***>"
    assert (
        redactor.content(b'{"a": "quo\\"ted\\\\secret", "b": "p\\u00e4ss-w\\u00f6rd"}') == b'{"a": "***", "b": "***"}'
    )


def test_what_is_not_named_as_harmless_is_hidden() -> None:
    redaction, transport = runtime(COINBASE, "redaction"), runtime(COINBASE, "transport")
    headers = {"Accept": "application/json", "X-Whatever": "new secret"}
    request = transport.Request("GET", "https://host", "/path?limit=5&whatever=new-secret", headers, b"")
    summary = redaction.Redactor(["limit"]).summary(request)
    assert summary.url == "https://host/path?limit=5&whatever=***"
    assert summary.headers == {"Accept": "application/json", "X-Whatever": "***"}


# Logging


@each_api
@each_kind
def test_nothing_is_logged_unless_asked_for(api: SubjectAPI, kind: str, capfd: pytest.CaptureFixture[str]) -> None:
    with FaultServer(api.world(), For(api, Fault("json-503"))) as server, Caller(api, kind, server.origin) as caller:
        caller.skip_pauses()
        caller.call(api.read, 5)
        caller.call(api.unsafe[0], 5)
    assert capfd.readouterr() == ("", "")


@each_api
@each_kind
def test_each_attempt_is_logged_at_debug(api: SubjectAPI, kind: str, heard: list[str]) -> None:
    faults = (Fault("json-503"), Fault("close"))
    with FaultServer(api.world(), For(api, *faults)) as server, Caller(api, kind, server.origin) as caller:
        caller.skip_pauses()
        caller.call(api.read, 5)
    name = {"coinbase_pro": "accounts.get", "freqtrade": "trades", "onefox": "position.trades"}[api.name]
    start = f"{api.package.__name__}: GET {name} attempt="
    lines = [line.removeprefix(start) for line in heard if line.startswith(start)]
    assert [line.partition(" ms=")[0] for line in lines] == ["1 outcome=503", "2 outcome=Lost", "3 outcome=200"]
    assert lines[2].endswith(" request_id=request-17")
    assert all(float(line.partition(" ms=")[2].partition(" ")[0]) > 0 for line in lines)
