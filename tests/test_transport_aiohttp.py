"""What the transport over aiohttp does by itself: writes the request, passes over interim replies, keeps deadlines."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from typing import Any

import pytest

from tradeloom.runtime import async_client
from tradeloom.runtime.transport import LowerCase, Reply, Request, TimedOut
from tradeloom.runtime.transport_aiohttp import AiohttpTransport, _Deadlines

OK = b"HTTP/1.1 200 OK\r\nX-Request-ID: 7\r\nContent-Length: 2\r\n\r\n{}"


async def exchange(answer: bytes, *requests: Callable[[str], Request]) -> tuple[list[bytes], list[Reply]]:
    """What a server received that gives this answer to each request, and what the transport made of it."""
    received: list[bytes] = []

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.closing(writer):
            while head := (await reader.read(65536)):
                received.append(head)
                writer.write(answer)

    async with await asyncio.start_server(talk, "127.0.0.1", 0) as server:
        origin = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        transport = AiohttpTransport()
        try:
            replies = [await transport.send(request(origin), 5.0) for request in requests]
            assert transport._lines is not None
            assert transport._lines.deadlines._open == {}, "a deadline outlives its call"
        finally:
            await transport.close()
        return [one.replace(origin.removeprefix("http://").encode(), b"HOST") for one in received], replies


def asked(method: str, body: bytes = b"", **headers: str) -> Callable[[str], Request]:
    return lambda origin: Request(method, origin, "/a%20b?c=%2F", headers, body)


@pytest.mark.parametrize(
    ("request_", "written"),
    [
        (asked("GET", Accept="x"), b"GET /a%20b?c=%2F HTTP/1.1\r\nHost: HOST\r\nAccept: x\r\n\r\n"),
        (asked("DELETE"), b"DELETE /a%20b?c=%2F HTTP/1.1\r\nHost: HOST\r\nContent-Length: 0\r\n\r\n"),
        (asked("POST"), b"POST /a%20b?c=%2F HTTP/1.1\r\nHost: HOST\r\nContent-Length: 0\r\n\r\n"),
        (
            asked("POST", b"{}", A="1"),
            b"POST /a%20b?c=%2F HTTP/1.1\r\nHost: HOST\r\nA: 1\r\nContent-Length: 2\r\n\r\n{}",
        ),
    ],
    ids=["get", "delete", "post", "post-body"],
)
def test_a_request_leaves_as_it_was_signed_in_one_piece(request_: Callable[[str], Request], written: bytes) -> None:
    received, (reply,) = asyncio.run(exchange(OK, request_))
    assert received == [written]
    assert (reply.status, reply.content, reply.headers["x-request-id"]) == (200, b"{}", "7")


@pytest.mark.parametrize("value", ["a\r\nB: c", "a\nb", "a\x00b"])
def test_a_header_that_would_be_two_is_not_written(value: str) -> None:
    async def main() -> None:
        with pytest.raises(ValueError, match="header"):
            await exchange(OK, asked("GET", A=value))

    asyncio.run(main())


@pytest.mark.parametrize("interim", [b"100 Continue", b"103 Early Hints"])
def test_interim_replies_are_passed_over(interim: bytes) -> None:
    answer = b"HTTP/1.1 " + interim + b"\r\nLink: x\r\n\r\n" + OK
    _, replies = asyncio.run(exchange(answer, asked("GET"), asked("POST", b"{}")))
    assert [(reply.status, reply.content) for reply in replies] == [(200, b"{}")] * 2


def test_all_calls_share_one_timer(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[float] = []
    wake = _Deadlines._wake

    def noting(self: _Deadlines, when: float) -> None:
        made.append(when)
        wake(self, when)

    monkeypatch.setattr(_Deadlines, "_wake", noting)
    asyncio.run(exchange(OK, *[asked("GET")] * 50))
    assert len(made) == 1


def test_no_timer_outlives_the_transport() -> None:
    async def main() -> list[Any]:
        await exchange(OK, asked("GET"))
        timers: list[asyncio.TimerHandle] = asyncio.get_running_loop()._scheduled  # type: ignore[attr-defined]
        return [timer for timer in timers if not timer.cancelled() and "_Deadlines" in repr(timer)]

    assert asyncio.run(main()) == []


def test_a_call_that_is_out_of_time_does_not_touch_the_next() -> None:
    async def main() -> None:
        async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            with contextlib.closing(writer):
                if b"/hang" not in await reader.read(65536):
                    writer.write(OK)
                await reader.read()

        async with await asyncio.start_server(talk, "127.0.0.1", 0) as server:
            origin = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
            transport = AiohttpTransport()
            for timeout in (0.05, 0.02):
                with pytest.raises(TimedOut):
                    await transport.send(Request("GET", origin, "/hang", {}, b""), timeout)
                assert (await transport.send(Request("GET", origin, "/", {}, b""), 5.0)).status == 200
            task = asyncio.current_task()
            assert task is not None
            assert task.cancelling() == 0
            await transport.close()

    asyncio.run(main())


def test_a_body_that_is_being_written_when_the_time_is_over_may_have_been_received() -> None:
    async def main() -> None:
        over = asyncio.Event()

        async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            with contextlib.closing(writer):
                await over.wait()  # Reads no more than fits into the buffers.

        async with await asyncio.start_server(talk, "127.0.0.1", 0) as server:
            origin = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
            transport = AiohttpTransport()
            with pytest.raises(TimedOut):
                await transport.send(Request("POST", origin, "/", {}, bytes(64_000_000)), 0.5)
            over.set()
            await transport.close()

    asyncio.run(main())


# Deadlines, by a clock that is set by hand


class Clock:
    """As much of an event loop as deadlines need."""

    def __init__(self) -> None:
        self.now = 100.0
        self.timers: list[Timer] = []

    def time(self) -> float:
        return self.now

    def call_at(self, when: float, action: Callable[[], None]) -> Timer:
        self.timers.append(Timer(self, when, action))
        return self.timers[-1]

    def go(self, to: float) -> None:
        """Let the time pass, and everything happen in it that is due."""
        while due := [timer for timer in self.timers if timer.at <= to]:
            first = min(due, key=Timer.when)
            self.timers.remove(first)
            self.now = max(self.now, first.at)
            first.action()
        self.now = to


class Timer:
    def __init__(self, clock: Clock, at: float, action: Callable[[], None]) -> None:
        self.clock, self.at, self.action = clock, at, action

    def when(self) -> float:
        return self.at

    def cancel(self) -> None:
        self.clock.timers.remove(self)


class Limit:
    """A timeout that notes when it was made to expire."""

    def __init__(self) -> None:
        self.expired: list[float] = []

    def reschedule(self, when: float) -> None:
        self.expired.append(when)


@pytest.mark.parametrize(
    "seconds", [(5.0,), (5.0, 3.0), (3.0, 5.0), (5.0, 5.0, 5.0), (4.0, 1.0, 2.0, 3.0, 1.0), (1.0, 9.0, 2.0)], ids=str
)
def test_each_deadline_is_kept_to_the_moment_and_once(seconds: tuple[float, ...]) -> None:
    clock: Any = Clock()
    deadlines = _Deadlines(clock)
    limits: list[Any] = [Limit() for _ in seconds]
    for limit, after in zip(limits, seconds, strict=True):
        deadlines.add(limit, after)
        assert len(clock.timers) == 1
    clock.go(200.0)
    assert [limit.expired for limit in limits] == [[100.0 + after] for after in seconds]
    assert clock.timers == []


def test_what_is_done_in_time_does_not_expire_and_what_comes_later_does() -> None:
    clock: Any = Clock()
    deadlines = _Deadlines(clock)
    done, open_, later, last = (Limit() for _ in range(4))
    limits: Any = done, open_, later, last
    deadlines.add(limits[0], 5.0)
    deadlines.add(limits[1], 6.0)
    deadlines.remove(limits[0])
    clock.go(105.5)
    deadlines.add(limits[2], 0.2)
    clock.go(150.0)
    assert clock.timers == [], "there is nothing to wait for"
    deadlines.add(limits[3], 1.0)
    clock.go(200.0)
    assert [limit.expired for limit in limits] == [[], [106.0], [105.7], [151.0]]


# Headers


def test_headers_are_put_in_lower_case_when_they_are_looked_at() -> None:
    headers = LowerCase({"Retry-After": "secret", "CB-AFTER": "9"})
    assert "_named" not in vars(headers)
    assert (headers["retry-after"], headers.get("Retry-After"), len(headers)) == ("secret", None, 2)
    assert dict(headers) == {"retry-after": "secret", "cb-after": "9"}
    assert "secret" not in repr(headers)


@pytest.mark.parametrize(
    ("version", "transport"),
    [
        ("3.11.18", "AsyncPoolTransport"),
        ("3.12.0", "AiohttpTransport"),
        ("3.14.5", "AiohttpTransport"),
        ("3.15.0a1", "AsyncPoolTransport"),
        ("4.0.0", "AsyncPoolTransport"),
    ],
)
def test_only_a_version_whose_parts_are_known_is_used(
    version: str, transport: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("aiohttp.__version__", version)
    assert type(async_client._transport(None)).__name__ == transport
