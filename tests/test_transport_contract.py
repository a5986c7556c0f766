"""Every transport names every fault alike: NotSent only if nothing can have arrived, else Lost or TimedOut.

A retry rule may trust the word of a transport only because this table holds for it. Each row is one fault of the
network or of a proxy; the faults come from a server of the tests' own, that also counts what reached it.
"""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import json
import random
import shutil
import ssl
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.faults.server import (
    CUTS,
    POSITIONS,
    Fault,
    FaultServer,
    Planned,
    closed_port,
    full_backlog,
    silent,
)
from tests.faults.worlds import CoinbasePro
from tradeloom.project import over_httpx2

HERE = Path(__file__).parent
RUNTIME = HERE.parent / "tradeloom" / "runtime"
SHORT = 0.25
# The promise is 0.1 s, which the soak measures; a busy machine must not fail the suite, and a broken deadline shows in
# seconds.
GRACE = 0.4
"""Seconds that a call may outlive its deadline."""


@dataclass(frozen=True)
class Kind:
    """One way to send requests."""

    name: str
    library: str
    module: str
    """Name of the transport's module."""
    maker: str
    """Name of the transport class."""
    brought: str = ""
    """Class of the caller's own client that it goes through, if it does."""

    def __str__(self) -> str:
        return f"{self.name}-{self.library}" if self.library != "aiohttp" else self.name


KINDS = [
    Kind("aiohttp", "aiohttp", "transport_aiohttp", "AiohttpTransport"),
    *(
        kind
        for library in ("httpx", "httpx2")
        for kind in (
            Kind("pool", library, "transport_pool", "PoolTransport"),
            Kind("async-pool", library, "transport_async_pool", "AsyncPoolTransport"),
            Kind("client", library, "transport_httpx", "HTTPXTransport", "Client"),
            Kind("async-client", library, "transport_httpx", "AsyncHTTPXTransport", "AsyncClient"),
        )
    ),
]
ASYNC = [kind for kind in KINDS if "async" in kind.name or kind.name == "aiohttp"]


@pytest.fixture(scope="session")
def runtimes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """The runtime over each library: the copy over httpx2 is made as the generator makes it."""
    folder = tmp_path_factory.mktemp("over_httpx2")
    copy = folder / "runtime_over_httpx2"
    shutil.copytree(RUNTIME, copy, ignore=shutil.ignore_patterns("__pycache__"))
    names = copy / "http.py"
    names.write_text(over_httpx2(names.read_text(encoding="utf-8")), encoding="utf-8")
    sys.path.insert(0, str(folder))
    yield {"httpx": "tradeloom.runtime", "aiohttp": "tradeloom.runtime", "httpx2": copy.name}
    sys.path.remove(str(folder))


class Subject:
    """A transport of some kind, called alike whether it blocks or not."""

    def __init__(self, kind: Kind, runtime: str, limit: int | None, monkeypatch: pytest.MonkeyPatch) -> None:
        self.kind = kind
        self.contract = importlib.import_module(f"{runtime}.transport")
        module = importlib.import_module(f"{runtime}.{kind.module}")
        self.http = importlib.import_module(f"{runtime}.http").httpx
        if limit is not None:
            if kind.name == "aiohttp":
                monkeypatch.setattr(module, "_LIMIT", limit)
            else:
                pools = importlib.import_module(f"{runtime}.transport_pool")
                monkeypatch.setitem(pools.POOL, "max_connections", limit)
        maker = getattr(module, kind.maker)
        self.client: Any = None
        if kind.brought:
            limits = self.http.Limits(max_connections=limit or 100)
            self.client = getattr(self.http, kind.brought)(limits=limits, follow_redirects=True)
        self.transport = maker(self.client) if self.client else maker()
        self.blocking = kind not in ASYNC
        self.runner = None if self.blocking else asyncio.Runner()

    def request(self, origin: str, mark: int = 1, method: str = "GET") -> Any:
        """A request that carries a mark."""
        body = b'{"mark":1}' if method == "POST" else b""
        return self.contract.Request(method, origin, f"/products/M{mark}-USD/ticker", {"X-Own": "1"}, body)

    def send(self, origin: str, mark: int = 1, *, timeout: float = 5.0, method: str = "GET") -> Any:
        """The reply, or the fault."""
        request = self.request(origin, mark, method)
        try:
            if self.runner is None:
                return self.transport.send(request, timeout)
            return self.runner.run(self.transport.send(request, timeout))
        except self.contract.TransportFault as fault:
            return fault

    def name(self, outcome: Any) -> str:
        """Name of the outcome's class; anything that is no class of the contract keeps its own."""
        return type(outcome).__name__

    def close(self) -> None:
        """Give everything back."""
        if self.runner is None:
            self.transport.close()
            if self.client:
                self.client.close()
            return
        self.runner.run(self.transport.close())
        if self.client:
            self.runner.run(self.client.aclose())
        self.runner.close()


Make = Callable[..., Subject]


@pytest.fixture
def make(runtimes: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Iterator[Make]:
    made: list[Subject] = []

    def build(kind: Kind, limit: int | None = None) -> Subject:
        made.append(Subject(kind, runtimes[kind.library], limit, monkeypatch))
        return made[-1]

    yield build
    for subject in made:
        subject.close()


def every_kind(function: Any) -> Any:
    """The test for each transport."""
    return pytest.mark.parametrize("kind", KINDS, ids=str)(function)


def mark_of(reply: Any) -> int:
    return int(json.loads(reply.content)["trade_id"])


# Faults after which something may have been done


def cuts() -> list[Fault]:
    found = []
    for at in POSITIONS:
        for kind in CUTS:
            if at == "last" and kind == "drip":
                continue  # One late byte is no fault.
            found.append(Fault(kind, True, at, pause=0.01))
            if at in ("body", "last"):
                found.append(Fault(kind, True, at, "chunked", pause=0.01))
    return found


SPOILT = ("bad-status-line", "bad-header", "bad-chunk", "bad-gzip", "long-length")


@every_kind
@pytest.mark.parametrize("fault", [*cuts(), *(Fault(name, True) for name in SPOILT)], ids=str)
def test_what_may_have_been_done_is_lost_or_timed_out(kind: Kind, fault: Fault, make: Make) -> None:
    subject = make(kind)
    method = "POST" if fault.at == "request" else "GET"
    slow = fault.kind in ("hang", "drip")
    with FaultServer(CoinbasePro(), Planned(None, fault)) as server:
        assert mark_of(subject.send(server.origin, 7)) == 7
        started = time.monotonic()
        outcome = subject.send(server.origin, 8, timeout=SHORT if slow else 5.0, method=method)
        elapsed = time.monotonic() - started
        assert subject.name(outcome) == ("TimedOut" if slow else "Lost"), outcome
        assert elapsed < (SHORT + GRACE if slow else 2.0)
        assert len(server.arrivals) == 2, "sent more than once"
        assert mark_of(subject.send(server.origin, 9)) == 9, "the next caller got the rest of this reply"


@every_kind
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
@pytest.mark.parametrize("how", ["close", "reset"])
def test_a_stale_connection_does_not_make_a_transport_send_twice(kind: Kind, method: str, how: str, make: Make) -> None:
    subject = make(kind)
    with FaultServer(CoinbasePro(), Planned(None, Fault(how, True, "nothing"))) as server:
        subject.send(server.origin, 1)
        outcome = subject.send(server.origin, 2, method=method)
        assert subject.name(outcome) == "Lost"
        assert [(one.method, one.earlier) for one in server.arrivals] == [("GET", 0), (method, 1)]


@every_kind
@pytest.mark.parametrize("how", ["close-after", "reset-after"])
def test_a_connection_closed_while_idle_costs_at_most_the_next_request(kind: Kind, how: str, make: Make) -> None:
    subject = make(kind)
    with FaultServer(CoinbasePro(), Planned(Fault(how, True))) as server:
        assert mark_of(subject.send(server.origin, 1)) == 1
        outcome = subject.send(server.origin, 2)
        # Whether the client sees it in time is a race; what it may not do is to send again by itself.
        assert subject.name(outcome) == "Lost" or mark_of(outcome) == 2
        assert len(server.arrivals) <= 2


# Replies


@every_kind
@pytest.mark.parametrize(
    ("fault", "status"),
    [("html-200", 200), ("html-502", 502), ("html-504", 504), ("json-500", 500), ("json-503", 503), ("429", 429)],
)
def test_a_whole_reply_is_a_reply_whatever_it_says(kind: Kind, fault: str, status: int, make: Make) -> None:
    subject = make(kind)
    with FaultServer(CoinbasePro(), Planned(Fault(fault, True, headers=(("Retry-After", "7"),)))) as server:
        reply = subject.send(server.origin, 1)
        assert (reply.status, reply.headers["retry-after"]) == (status, "7")
        assert len(server.arrivals) == 1
        assert mark_of(subject.send(server.origin, 2)) == 2


@every_kind
@pytest.mark.parametrize("fault", ["short-length", "extra-reply"])
def test_what_follows_a_reply_is_nobodys(kind: Kind, fault: str, make: Make) -> None:
    subject = make(kind)
    with FaultServer(CoinbasePro(), Planned(Fault(fault, True))) as server:
        first = subject.send(server.origin, 1)
        assert subject.name(first) in ("Reply", "Lost")
        for mark in (2, 3):
            assert mark_of(subject.send(server.origin, mark)) == mark


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind.name != "aiohttp"], ids=str)
@pytest.mark.parametrize("fault", ["short-length", "extra-reply"])
def test_a_connection_on_which_more_came_is_closed_at_once(kind: Kind, fault: str, make: Make) -> None:
    """Another thread may have been given it already: it writes in vain, and reads what is left in the buffer."""
    subject = make(kind)
    with FaultServer(CoinbasePro(), Planned(None, Fault(fault, True))) as server:
        pool = subject.client._transport._pool if subject.client else subject.transport._pool(False)
        subject.send(server.origin, 1)
        (kept,) = pool.connections
        assert kept.is_idle()
        subject.send(server.origin, 2)
        assert kept.is_closed()


@every_kind
def test_a_compressed_reply_is_unpacked_even_if_there_is_nothing_in_it(kind: Kind, make: Make) -> None:
    subject = make(kind)
    empty = Fault("redirect", True, headers=(("Content-Encoding", "gzip"),))
    with FaultServer(CoinbasePro(), Planned(empty)) as server:
        assert subject.send(server.origin, 1).content == b""


@every_kind
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_no_redirect_is_followed(kind: Kind, status: int, make: Make) -> None:
    subject = make(kind)
    with FaultServer(CoinbasePro()) as other, FaultServer(CoinbasePro()) as server:
        away = f"http://localhost:{other.port}/products/M1-USD/ticker"
        server.plan = Planned(Fault("redirect", True, status=status, headers=(("Location", away),)))
        assert subject.send(server.origin, 1).status == status
        assert len(server.arrivals) == 1
        assert other.connections == 0


# Faults before anything left


@every_kind
def test_a_refused_connection_is_not_sent(kind: Kind, make: Make) -> None:
    subject = make(kind)
    assert subject.name(subject.send(f"http://127.0.0.1:{closed_port()}")) == "NotSent"


@every_kind
def test_an_unknown_host_is_not_sent(kind: Kind, make: Make) -> None:
    subject = make(kind)
    assert subject.name(subject.send("http://nowhere.invalid")) == "NotSent"


@every_kind
def test_a_connection_that_is_never_made_is_not_sent(kind: Kind, make: Make) -> None:
    subject = make(kind)
    with full_backlog() as port:
        started = time.monotonic()
        outcome = subject.send(f"http://127.0.0.1:{port}", timeout=SHORT)
        assert time.monotonic() - started < SHORT + GRACE
    assert subject.name(outcome) == "NotSent"


@every_kind
def test_a_tls_handshake_that_gets_no_answer_is_not_sent(kind: Kind, make: Make) -> None:
    subject = make(kind)
    subject.send(f"https://127.0.0.1:{closed_port()}")  # Loads the trusted certificates, which takes a while.
    with silent() as port:
        started = time.monotonic()
        outcome = subject.send(f"https://127.0.0.1:{port}", timeout=SHORT)
        assert time.monotonic() - started < SHORT + GRACE
    assert subject.name(outcome) == "NotSent"


@every_kind
def test_a_server_that_does_not_speak_tls_is_not_sent(kind: Kind, make: Make) -> None:
    subject = make(kind)
    with FaultServer(CoinbasePro()) as server:
        outcome = subject.send(server.origin.replace("http:", "https:"), timeout=1.0)
        assert server.arrivals == []
    assert subject.name(outcome) == "NotSent"


@every_kind
def test_a_certificate_that_nobody_vouches_for_is_not_sent(kind: Kind, make: Make) -> None:
    subject = make(kind)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(HERE / "faults" / "localhost.pem")
    with FaultServer(CoinbasePro(), tls=context) as server:
        outcome = subject.send(server.origin.replace("127.0.0.1", "localhost"))
        assert server.arrivals == []
    assert subject.name(outcome) == "NotSent"


@every_kind
def test_a_call_that_waits_in_vain_for_a_connection_is_not_sent(kind: Kind, make: Make) -> None:
    subject = make(kind, limit=1)
    with FaultServer(CoinbasePro(), Planned(Fault("hang", True))) as server:
        if subject.runner is None:
            first = threading.Thread(target=subject.send, args=(server.origin,), kwargs={"timeout": 4 * SHORT})
            first.start()
            wait_for(lambda: len(server.arrivals) == 1)
            started = time.monotonic()
            outcome = subject.send(server.origin, 2, timeout=SHORT)
            elapsed = time.monotonic() - started
            first.join()
        else:
            outcome, elapsed = subject.runner.run(_second_in_line(subject, server))
        assert subject.name(outcome) == "NotSent"
        assert elapsed < SHORT + GRACE
        assert len(server.arrivals) == 1
        assert mark_of(subject.send(server.origin, 3)) == 3


async def _second_in_line(subject: Subject, server: FaultServer) -> tuple[Any, float]:
    first = asyncio.create_task(subject.transport.send(subject.request(server.origin), 4 * SHORT))
    await arrivals(server, 1)
    started = time.monotonic()
    try:
        await subject.transport.send(subject.request(server.origin, 2), SHORT)
        pytest.fail("there was no connection for it")
    except subject.contract.TransportFault as fault:
        elapsed = time.monotonic() - started
        with pytest.raises(subject.contract.TimedOut):
            await first
        return fault, elapsed


def wait_for(condition: Callable[[], bool]) -> None:
    """Until it holds."""
    until = time.monotonic() + 5
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.001)


async def arrivals(server: FaultServer, count: int) -> None:
    """Until so many requests have come."""
    await asyncio.to_thread(wait_for, lambda: len(server.arrivals) >= count)


# Cancellation


@pytest.mark.parametrize("kind", ASYNC, ids=str)
@pytest.mark.parametrize("at", ["request", "nothing", "status", "head", "head-end", "body", "last"])
@pytest.mark.parametrize("how", ["cancel", "timeout"])
def test_a_cancelled_call_leaves_nothing_behind(kind: Kind, at: str, how: str, make: Make) -> None:
    # One connection in all: if the cancelled call kept it, or left a reply on it, the next one would tell.
    subject = make(kind, limit=1)
    method = "POST" if at == "request" else "GET"

    async def scenario(server: FaultServer) -> None:
        assert mark_of(await subject.transport.send(subject.request(server.origin, 1), 5.0)) == 1
        sending = subject.transport.send(subject.request(server.origin, 2, method), 5.0)
        if how == "cancel":
            task = asyncio.create_task(sending)
            await arrivals(server, 2)
            await asyncio.sleep(0.01)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
        else:
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.03):
                    await sending
        for mark in range(3, 8):
            assert mark_of(await subject.transport.send(subject.request(server.origin, mark), 5.0)) == mark

    with FaultServer(CoinbasePro(), Planned(None, Fault("hang", True, at))) as server:
        assert subject.runner is not None
        subject.runner.run(scenario(server))


@pytest.mark.parametrize("kind", ASYNC, ids=str)
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_call_cancelled_while_it_connects_leaves_nothing_behind(kind: Kind, scheme: str, make: Make) -> None:
    subject = make(kind, limit=1)

    async def scenario(port: int) -> None:
        for _ in range(3):
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.03):
                    await subject.transport.send(subject.request(f"{scheme}://127.0.0.1:{port}"), 5.0)

    opened = full_backlog() if scheme == "http" else silent()
    assert subject.runner is not None
    with opened as port:
        subject.runner.run(scenario(port))
    with FaultServer(CoinbasePro()) as server:
        assert mark_of(subject.send(server.origin, 5)) == 5


@pytest.mark.parametrize("kind", ASYNC, ids=str)
def test_calls_cancelled_while_they_wait_for_a_connection_leave_nothing_behind(kind: Kind, make: Make) -> None:
    subject = make(kind, limit=1)

    async def scenario(server: FaultServer) -> None:
        first = asyncio.create_task(subject.transport.send(subject.request(server.origin), 5.0))
        await arrivals(server, 1)
        others = [asyncio.create_task(subject.transport.send(subject.request(server.origin, 2), 5.0)) for _ in range(5)]
        await asyncio.sleep(0.01)
        for task in (*others, first):
            task.cancel()
        await asyncio.gather(first, *others, return_exceptions=True)
        assert len(server.arrivals) == 1
        for mark in range(3, 6):
            assert mark_of(await subject.transport.send(subject.request(server.origin, mark), 5.0)) == mark

    with FaultServer(CoinbasePro(), Planned(Fault("hang", True))) as server:
        assert subject.runner is not None
        subject.runner.run(scenario(server))


@pytest.mark.parametrize("kind", ASYNC, ids=str)
def test_calls_cancelled_at_any_moment_never_mix_replies(kind: Kind, make: Make) -> None:
    subject = make(kind, limit=8)
    chance = random.Random(20)

    async def one(server: FaultServer, mark: int, patience: float) -> int:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(patience):
                assert mark_of(await subject.transport.send(subject.request(server.origin, mark), 20.0)) == mark
                return 1
        return 0

    async def scenario(server: FaultServer) -> int:
        patience = [chance.uniform(0.0, 0.3) if mark % 2 else 20.0 for mark in range(300)]
        return sum(await asyncio.gather(*(one(server, 1000 + mark, patience[mark]) for mark in range(300))))

    with FaultServer(CoinbasePro()) as server:
        assert subject.runner is not None
        assert 150 <= subject.runner.run(scenario(server)) <= 300


class Slow:
    """A server that takes its time, in the event loop of the test."""

    def __init__(self) -> None:
        self.chance = random.Random(7)

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                await asyncio.sleep(self.chance.choice((0.0, 0.001, 0.005, 0.02)))
                mark = head.split(b"/M")[1].split(b"-")[0]
                body = b'{"trade_id":%s}' % mark
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
        writer.close()


@pytest.mark.parametrize("kind", ASYNC, ids=str)
def test_bursts_of_late_and_cancelled_calls_cost_no_connection(kind: Kind, make: Make) -> None:
    subject = make(kind, limit=8)
    chance = random.Random(21)

    async def scenario() -> None:
        server = await asyncio.start_server(Slow().answer, "127.0.0.1", 0)
        origin = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"

        async def one(mark: int, timeout: float) -> None:
            with contextlib.suppress(subject.contract.TransportFault):
                assert mark_of(await subject.transport.send(subject.request(origin, mark), timeout)) == mark

        for _ in range(4):
            # Many are late at the same moment: one that waits gets the place of another when its own time is over.
            await asyncio.gather(*(one(mark, 0.003) for mark in range(100)))
            await asyncio.gather(*(one(mark, chance.choice((0.0005, 0.002, 0.006, 0.02))) for mark in range(60)))
            tasks = [asyncio.create_task(one(mark, 5.0)) for mark in range(30)]
            await asyncio.sleep(chance.uniform(0.0, 0.02))
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        calls = [subject.transport.send(subject.request(origin, mark), 3.0) for mark in range(40)]
        assert [mark_of(reply) for reply in await asyncio.gather(*calls)] == list(range(40))
        server.close()

    assert subject.runner is not None
    subject.runner.run(scenario())


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind.name == "pool"], ids=str)
def test_a_place_given_to_a_thread_that_stopped_waiting_is_given_back(kind: Kind, make: Make) -> None:
    subject = make(kind, limit=1)
    with FaultServer(CoinbasePro()) as server:
        assert mark_of(subject.send(server.origin)) == 1
        pool = subject.transport._pool(False)
        pool.close()
        # What the engine leaves behind when a time is over at the moment in which a place becomes free.
        pool._connections.append(pool.create_connection(httpcore_origin(subject, server.origin)))
        # An engine that sees to it itself needs no call that notices.
        assert subject.name(subject.send(server.origin, timeout=0.05)) in ("NotSent", "Reply")
        assert mark_of(subject.send(server.origin, 2)) == 2


def httpcore_origin(subject: Subject, origin: str) -> Any:
    core = importlib.import_module(subject.contract.__package__ + ".http").httpcore
    return core.URL(origin).origin


# Whose word counts


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind.brought], ids=str)
def test_the_word_of_a_foreign_transport_that_nothing_was_sent_is_not_taken(kind: Kind, make: Make) -> None:
    """There are adapters that report a dropped connection as ConnectTimeout."""
    subject = make(kind)
    http = subject.http
    base = http.BaseTransport if subject.blocking else http.AsyncBaseTransport

    class Foreign(base):  # type: ignore[misc,valid-type]
        def handle_request(self, request: Any) -> Any:
            raise http.ConnectTimeout("the connection was dropped, in truth")

        async def handle_async_request(self, request: Any) -> Any:
            raise http.ConnectTimeout("the connection was dropped, in truth")

    subject.client._transport = Foreign()
    subject.client._mounts = {}
    assert subject.name(subject.send("http://127.0.0.1:1")) == "TimedOut"


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind.name == "client"], ids=str)
def test_a_callers_client_keeps_its_own_timeouts_for_its_own_requests(kind: Kind, make: Make) -> None:
    subject = make(kind)
    with FaultServer(CoinbasePro(), Planned(Fault("drip", True, "head", pause=0.01))) as server:
        assert subject.name(subject.send(server.origin, 1, timeout=SHORT)) == "TimedOut"
        assert subject.client.get(f"{server.origin}/products/M4-USD/ticker", timeout=None).json()["trade_id"] == 4
