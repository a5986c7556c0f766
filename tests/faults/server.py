"""HTTP/1.1 over bare sockets, broken on request: what a network and a proxy can do to a call.

Runs in a thread of its own, on the loopback address only. `arrivals` is what reached it, in order; what was carried out
stands in the journal of its world.
"""

from __future__ import annotations

import asyncio
import gzip
import random
import socket
import ssl
import struct
import threading
from collections.abc import Coroutine, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from typing import Any, Protocol, Self
from urllib.parse import parse_qsl

__all__ = [
    "CUTS",
    "POSITIONS",
    "Answer",
    "Arrival",
    "Fault",
    "FaultServer",
    "Plan",
    "Planned",
    "Randomly",
    "World",
    "closed_port",
    "full_backlog",
    "menu",
    "silent",
]

CUTS = ("reset", "close", "hang", "drip")
"""What can happen from a position on: RST, FIN, silence, or a byte now and then."""
POSITIONS = ("request", "nothing", "status", "head", "head-end", "body", "last")
"""How far an exchange gets: half of the request, or so much of the reply (`last`: all but its last byte)."""

_PAGE = b"<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>"


@dataclass(frozen=True)
class Arrival:
    """A request that reached the server, whole or (if a fault struck while it was read) in part."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes
    connection: int
    """Number of the connection that it came on."""
    earlier: int
    """Requests that came before it on the same connection."""

    @property
    def path(self) -> str:
        """Target without its query."""
        return self.target.partition("?")[0]

    @property
    def query(self) -> dict[str, str]:
        """Query parameters."""
        return dict(parse_qsl(self.target.partition("?")[2]))


@dataclass(frozen=True)
class Answer:
    """A sound reply."""

    status: int
    body: bytes
    headers: tuple[tuple[str, str], ...] = (("Content-Type", "application/json"),)


_NOT_REACHED = Answer(502, _PAGE, (("Content-Type", "text/html"),))


class World(Protocol):
    """What stands behind the server."""

    def answer(self, arrival: Arrival) -> Answer:
        """Do what is asked, and say so."""
        ...


@dataclass(frozen=True)
class Fault:
    """What goes wrong with one request."""

    kind: str
    """One of CUTS, or a name that `_spoilt` or `_whole` knows."""
    done: bool = False
    """Whether the request is carried out all the same."""
    at: str = "nothing"
    """For CUTS: one of POSITIONS."""
    framing: str = "length"
    """How the end of the body is told: length, chunked, or close."""
    pause: float = 0.02
    """For `drip`: seconds between two bytes."""
    headers: tuple[tuple[str, str], ...] = ()
    """More response headers, such as Retry-After."""
    status: int = 302
    """For `redirect`: which one."""

    def __str__(self) -> str:
        place = f"-{self.at}" if self.kind in CUTS else ""
        framing = "" if self.framing == "length" else f"-{self.framing}"
        return f"{self.kind}{place}{framing}{'-done' if self.done else ''}"


class Plan(Protocol):
    """Which fault strikes which request."""

    def choose(self, arrival: Arrival) -> Fault | None:
        """The fault for this request, or None for a sound reply."""
        ...


class Planned:
    """Faults in a fixed order, for requests whose path starts with `path`; sound replies when they are used up."""

    def __init__(self, *faults: Fault | None, path: str = "/") -> None:
        self.faults = list(faults)
        self.path = path

    def choose(self, arrival: Arrival) -> Fault | None:
        """The next one."""
        return self.faults.pop(0) if self.faults and arrival.path.startswith(self.path) else None


class Randomly:
    """Faults at a rate, drawn from a menu by a generator of its own."""

    def __init__(self, rate: float, faults: Sequence[Fault], start: int) -> None:
        self.rate = rate
        self.faults = faults
        self.random = random.Random(start)

    def choose(self, arrival: Arrival) -> Fault | None:
        """A fault, or None."""
        if self.random.random() >= self.rate:
            return None
        fault = self.random.choice(self.faults)
        if arrival.method in ("GET", "DELETE") and fault.at == "request":
            return Fault(fault.kind, at="nothing")
        return fault


def menu(*, slow: int = 1) -> list[Fault]:
    """Every fault, carried out and not; the slow ones, which cost a timeout each, come `slow` in twelve."""
    quick: list[Fault] = []
    late: list[Fault] = []
    for done in (False, True):
        for at in POSITIONS:
            if at == "request" and done:
                continue
            for kind in CUTS:
                framings = ("length", "chunked") if at in ("body", "last") else ("length",)
                found = [Fault(kind, done, at, framing) for framing in framings]
                (late if kind in ("hang", "drip") else quick).extend(found)
        quick += [Fault(kind, done) for kind in (*_SPOILT, *_WHOLE)]
        quick += [Fault("close", done, at, "close") for at in ("body", "last")]
        quick += [Fault(kind, done) for kind in ("close-after", "reset-after")]
    quick += [Fault("429"), Fault("429", headers=(("Retry-After", "0"),))] * 3
    times = len(late) * (12 - slow) // (slow * len(quick)) + 1
    return quick * times + late


class FaultServer:
    """A server in a thread, on a loopback port of its own."""

    def __init__(self, world: World, plan: Plan | None = None, tls: ssl.SSLContext | None = None) -> None:
        self.world = world
        self.plan: Plan = plan or Planned()
        self.arrivals: list[Arrival] = []
        self.connections = 0
        self._tls = tls
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True, name="fault server")
        self._server: asyncio.Server | None = None
        self._open: set[asyncio.Task[None]] = set()
        self._flapping: asyncio.Task[None] | None = None
        self.port = 0

    @property
    def origin(self) -> str:
        """Its address."""
        return f"http{'s' if self._tls else ''}://127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        self._thread.start()
        self.listen()
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.run(self._stop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def run(self, job: Coroutine[Any, Any, Any]) -> Any:
        """Do something on the server's loop and wait for it."""
        return asyncio.run_coroutine_threadsafe(job, self._loop).result(30)

    def listen(self) -> None:
        """Take connections, on the same port as before."""
        self.run(self._listen())

    def refuse(self) -> None:
        """Refuse new connections; those that are open stay."""
        self.run(self._refuse())

    def flap(self, up: float, down: float) -> None:
        """Refuse new connections for a moment, again and again."""

        async def flap() -> None:
            while True:
                await asyncio.sleep(up)
                await self._refuse()
                await asyncio.sleep(down)
                await self._listen()

        async def begin() -> None:
            self._flapping = asyncio.create_task(flap())

        self.run(begin())

    def settle(self) -> None:
        """No more refusals, and no faults."""

        async def settle() -> None:
            if self._flapping is not None:
                self._flapping.cancel()
            if self._server is None:
                await self._listen()

        self.plan = Planned()
        self.run(settle())

    async def _listen(self) -> None:
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        while True:
            try:
                listener.bind(("127.0.0.1", self.port))
                break
            except OSError:  # Somebody's outgoing connection has been given the port for the moment.
                await asyncio.sleep(0.01)
        self.port = listener.getsockname()[1]
        self._server = await asyncio.start_server(self._connected, sock=listener, backlog=2000, ssl=self._tls)

    async def _refuse(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None

    async def _stop(self) -> None:
        if self._flapping is not None:
            self._flapping.cancel()
        await self._refuse()
        for task in list(self._open):
            task.cancel()
        await asyncio.gather(*self._open, return_exceptions=True)

    def hang_up(self) -> None:
        """Close every connection that is open."""

        async def hang_up() -> None:
            for task in list(self._open):
                task.cancel()
            await asyncio.sleep(0)

        self.run(hang_up())

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._open.add(task)
        self.connections += 1
        try:
            await self._serve(reader, writer, self.connections)
        except (asyncio.CancelledError, asyncio.IncompleteReadError, OSError):
            pass
        finally:
            self._open.discard(task)
            writer.transport.abort()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, connection: int) -> None:
        earlier = 0
        while True:
            start = await reader.readexactly(1)
            if start == b"\x16":  # A TLS handshake, on a port that does not speak it.
                writer.write(b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n")
                await _linger(reader, writer)
                return
            head = (start + await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            first, *lines = head.rstrip("\r\n").split("\r\n")
            method, target, _ = first.split(" ")
            headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
            arrival = Arrival(method, target, headers, b"", connection, earlier)
            fault = self.plan.choose(arrival)
            if fault is not None and fault.at == "request":
                self.arrivals.append(arrival)
                await self._end(fault, b"", reader, writer)
                return
            body = await reader.readexactly(int(headers.get("content-length", 0)))
            arrival = Arrival(method, target, headers, body, connection, earlier)
            self.arrivals.append(arrival)
            earlier += 1
            if not await self._reply(fault, arrival, reader, writer):
                return

    async def _reply(
        self, fault: Fault | None, arrival: Arrival, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> bool:
        """Write the reply, as far as the fault lets; whether the connection goes on."""
        # What was not carried out is never said to be: then it is a proxy on the way that answers.
        answer = self.world.answer(arrival) if fault is None or fault.done else _NOT_REACHED
        if fault is None:
            writer.write(_bytes(answer))
            await writer.drain()
            return True
        if fault.kind in (*_WHOLE, *_REFUSALS):
            writer.write(_bytes(_whole(fault, arrival)))
            await writer.drain()
            return True
        if fault.kind in _SPOILT:
            raw, goes_on = _spoilt(fault.kind, answer)
            writer.write(raw)
            await writer.drain()
            if not goes_on:
                await _linger(reader, writer)
            return goes_on
        raw = _bytes(answer, fault.framing)
        if fault.kind in ("close-after", "reset-after"):
            # The reply promises that the connection stays, so that a client may be about to use it again.
            writer.write(raw)
            await writer.drain()
            if fault.kind == "close-after":
                writer.close()
            else:
                await asyncio.sleep(0.002)
                _reset(writer)
            return False
        cut = _cut(raw, fault.at)
        writer.write(raw[:cut])
        await writer.drain()
        await self._end(fault, raw[cut:], reader, writer)
        return False

    async def _end(self, fault: Fault, rest: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """What happens from the cut on."""
        match fault.kind:
            case "reset":
                if rest and fault.at != "nothing":
                    # What was written must reach the client before the reset throws it away.
                    await asyncio.sleep(0.002)
                _reset(writer)
            case "close":
                await _linger(reader, writer)
            case "hang":
                await reader.read()
            case "drip":
                for byte in rest or b"HTTP/1.1 200 OK\r\n" + b"x" * 1000:
                    writer.write(bytes((byte,)))
                    await writer.drain()
                    await asyncio.sleep(fault.pause)
            case kind:
                raise ValueError(f"no such fault: {kind}")


def _reset(writer: asyncio.StreamWriter) -> None:
    writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


async def _linger(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Close with FIN: what is still unread would make it an RST."""
    if writer.can_write_eof():
        writer.write_eof()
        with suppress(TimeoutError):
            await asyncio.wait_for(reader.read(), 0.05)
    writer.close()


def _head(status: int, headers: Iterable[tuple[str, str]]) -> bytes:
    lines = [f"HTTP/1.1 {status} X", *(f"{name}: {value}" for name, value in headers)]
    return "\r\n".join(lines).encode() + b"\r\n\r\n"


def _bytes(answer: Answer, framing: str = "length") -> bytes:
    match framing:
        case "length":
            return _head(answer.status, (*answer.headers, ("Content-Length", str(len(answer.body))))) + answer.body
        case "chunked":
            half = len(answer.body) // 2
            chunks = (answer.body[:half], answer.body[half:], b"")
            body = b"".join(b"%x\r\n%s\r\n" % (len(chunk), chunk) for chunk in chunks)
            return _head(answer.status, (*answer.headers, ("Transfer-Encoding", "chunked"))) + body
        case _:
            return _head(answer.status, (*answer.headers, ("Connection", "close"))) + answer.body


def _cut(raw: bytes, at: str) -> int:
    head = raw.index(b"\r\n\r\n") + 4
    return {
        "nothing": 0,
        "status": 5,
        "head": raw.index(b"\r\n") + 7,
        "head-end": head,
        "body": (head + len(raw)) // 2,
        "last": len(raw) - 1,
    }[at]


# Replies that are whole, but not what the world said; the connection goes on.
_WHOLE = ("html-200", "html-502", "html-504", "json-500", "json-503", "redirect")
# More of them, that are not drawn at random: they are refusals, or too odd.
_REFUSALS = ("429", "408", "echo")


def _whole(fault: Fault, arrival: Arrival) -> Answer:
    html, json = (("Content-Type", "text/html"),), (("Content-Type", "application/json"),)
    found = {
        "html-200": Answer(200, _PAGE, html),
        "html-502": Answer(502, _PAGE, html),
        "html-504": Answer(504, _PAGE, html),
        "json-500": Answer(500, b'{"error":"internal","message":"Internal server error"}', json),
        "json-503": Answer(503, b'{"error":"unavailable","message":"Service unavailable"}', json),
        "408": Answer(408, b'{"error":"too slow","message":"Request timeout"}', json),
        # What a proxy of the chatty kind shows: the request as it came.
        "echo": Answer(502, f"<pre>{arrival.target}\n{arrival.headers}\n".encode() + arrival.body, html),
        "429": Answer(429, b'{"error":"slow down","message":"Public rate limit exceeded"}', json),
        "redirect": Answer(fault.status, b"", ()),
    }[fault.kind]
    return Answer(found.status, found.body, (*found.headers, *fault.headers))


# Replies that are no sound HTTP.
_SPOILT = ("bad-status-line", "bad-header", "bad-chunk", "bad-gzip", "long-length", "short-length", "extra-reply")


def _spoilt(kind: str, answer: Answer) -> tuple[bytes, bool]:
    """The bytes, and whether the connection stays open after them."""
    length = len(answer.body)
    match kind:
        case "bad-status-line":
            return b"ICY 2OO okay\r\n" + _bytes(answer).partition(b"\r\n")[2], True
        case "bad-header":
            return _bytes(answer).replace(b"Content-Length: ", b"Content-Length: x"), True
        case "bad-chunk":
            half = answer.body[: length // 2]
            head = _head(answer.status, (*answer.headers, ("Transfer-Encoding", "chunked")))
            return head + b"%x\r\n%s\r\nzz\r\nrest\r\n0\r\n\r\n" % (len(half), half), True
        case "bad-gzip":
            packed = gzip.compress(answer.body)
            spoilt = packed[:12] + bytes(255 - byte for byte in packed[12:])
            headers = (*answer.headers, ("Content-Encoding", "gzip"), ("Content-Length", str(len(spoilt))))
            return _head(answer.status, headers) + spoilt, True
        case "long-length":
            head = _head(answer.status, (*answer.headers, ("Content-Length", str(length + 10))))
            return head + answer.body, False
        case "short-length":
            head = _head(answer.status, (*answer.headers, ("Content-Length", str(max(length - 10, 0)))))
            return head + answer.body, True
        case "extra-reply":
            # A reply to nobody: whoever uses the connection next must not take it for its own.
            stray = Answer(200, b'{"trade_id":666,"message":"stray"}')
            return _bytes(answer) + _bytes(stray), True
        case _:
            raise ValueError(f"no such fault: {kind}")


def closed_port() -> int:
    """A loopback port on which nothing listens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@contextmanager
def full_backlog() -> Iterator[int]:
    """A loopback port on which no connection is ever made: its queue is full, so that a handshake gets no answer."""
    with ExitStack() as stack:
        listener = stack.enter_context(socket.socket())
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        for _ in range(4):
            filler = stack.enter_context(socket.socket())
            filler.setblocking(False)
            filler.connect_ex(listener.getsockname())
        yield int(listener.getsockname()[1])


@contextmanager
def silent() -> Iterator[int]:
    """A loopback port that takes connections and never says a word, not even of TLS."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(100)
        yield int(listener.getsockname()[1])
