"""Transport over aiohttp, which stays quick with many calls at once."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, cast

import aiohttp
from aiohttp.http import HttpProcessingError, StreamWriter
from yarl import URL

from .transport import Lost, LowerCase, NotSent, Progress, Reply, Request, TransportFault

if TYPE_CHECKING:
    from multidict import CIMultiDict

__all__ = ["AiohttpTransport"]

_LIMIT = 100

# Raised while a connection is being made, so that nothing of the request has left.
_NOT_SENT = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError, aiohttp.InvalidURL)


def _fault(error: Exception, progress: Progress) -> TransportFault:
    """The fault that an exception of aiohttp stands for."""
    # The texts of most hold the address with its query, or a piece of the reply; either may hold a secret.
    kind = type(error).__name__
    if isinstance(error, aiohttp.ClientConnectorError):
        return NotSent(f"{kind}: {error}")
    if isinstance(error, _NOT_SENT):
        return NotSent(kind)
    if isinstance(error, TimeoutError):
        return progress.out_of_time()
    return Lost(kind)


# None of aiohttp's own: the deadline of the whole exchange is kept here.
_NO_TIMEOUT = aiohttp.ClientTimeout(total=None)
_WITHOUT_BODY = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})


class _Deadlines:
    """Keeps the deadlines of all exchanges with one timer of the event loop.

    A timer for each costs more than most of an exchange: those that were not needed pile up in the loop until their
    time comes.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._open: dict[asyncio.Timeout, float] = {}
        self._timer: asyncio.TimerHandle | None = None

    def add(self, limit: asyncio.Timeout, seconds: float) -> None:
        """Let this expire so many seconds from now, unless it is removed before."""
        self._open[limit] = when = self._loop.time() + seconds
        if self._timer is None or when < self._timer.when():
            self._wake(when)

    def remove(self, limit: asyncio.Timeout) -> None:
        """Its work is over."""
        self._open.pop(limit, None)

    def stop(self) -> None:
        """Leave no timer behind."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _wake(self, when: float) -> None:
        self.stop()
        self._timer = self._loop.call_at(when, self._expire)

    def _expire(self) -> None:
        self._timer = None
        now = self._loop.time()
        for limit in [limit for limit, when in self._open.items() if when <= now]:
            del self._open[limit]
            limit.reschedule(now)
        if self._open:
            self._wake(min(self._open.values()))


class _Lines:
    """The connections of one event loop."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.loop = loop
        self.deadlines = _Deadlines(loop)
        self._connector = aiohttp.TCPConnector(limit=_LIMIT, keepalive_timeout=30.0)
        self._places: dict[str, aiohttp.ClientRequest] = {}

    def place(self, origin: str) -> aiohttp.ClientRequest:
        """What tells the connector where to connect to, and how the host is written; never sent."""
        place = self._places.get(origin)
        if place is None:
            place = self._places[origin] = aiohttp.ClientRequest("GET", URL(origin), loop=self.loop)
        return place

    async def exchange(self, request: Request, progress: Progress) -> Reply:
        """The answer, or an error of aiohttp or the system."""
        place, method, body = self.place(request.origin), request.method, request.body
        headers = {"Host": place.headers["Host"], **request.headers}
        if body or method not in _WITHOUT_BODY:
            headers["Content-Length"] = str(len(body))
        connection = await self._connector.connect(place, traces=[], timeout=_NO_TIMEOUT)
        try:
            protocol = connection.protocol
            assert protocol is not None
            protocol.set_response_params(skip_payload=method == "HEAD", read_until_eof=True)
            progress.sent = True
            writer = StreamWriter(protocol, self.loop)
            # It asks for nothing but the items; those of its own kind of map take longer than writing them.
            await writer.write_headers(f"{method} {request.target} HTTP/1.1", cast("CIMultiDict[str]", headers))
            await writer.write_eof(body)
            while True:
                message, payload = await protocol.read()
                if not 100 <= message.code < 200 or message.code == 101:
                    break
            content = await payload.read()
        except BaseException:
            connection.close()
            raise
        connection.release()
        return Reply(message.code, LowerCase(message.headers), content)

    async def close(self) -> None:
        """Close every connection."""
        self.deadlines.stop()
        await self._connector.close()


class AiohttpTransport:
    """Not blocking. Uses the connections, the writer and the parser of aiohttp, and not its session.

    A session serves what no call here has: redirects, cookies, proxies, traces. It also repeats a GET by itself when a
    kept connection turns out to be closed, though the server may have carried it out; whether a call may be repeated is
    for the document to say.
    """

    def __init__(self) -> None:
        self._lines: _Lines | None = None

    async def send(self, request: Request, timeout: float) -> Reply:
        """The answer, or a TransportFault."""
        lines = self._lines
        loop = asyncio.get_running_loop()
        if lines is None or lines.loop is not loop:
            lines = self._lines = _Lines(loop)
        progress = Progress()
        try:
            async with asyncio.timeout(None) as limit:
                lines.deadlines.add(limit, timeout)
                try:
                    return await lines.exchange(request, progress)
                finally:
                    lines.deadlines.remove(limit)
        except (aiohttp.ClientError, HttpProcessingError, TimeoutError, OSError) as error:
            fault = _fault(error, progress)
        # Raised here, so that the library's exception, which holds the request and its headers, is not chained to it.
        raise fault

    async def close(self) -> None:
        """Close every connection."""
        if self._lines is not None:
            await self._lines.close()
            self._lines = None
