"""Transport over aiohttp, which stays quick with many calls at once."""

from __future__ import annotations

import asyncio
from contextvars import ContextVar

import aiohttp
from aiohttp.connector import Connection
from yarl import URL

from .transport import Lost, NotSent, Progress, Reply, Request, TransportFault

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


_PROGRESS: ContextVar[Progress] = ContextVar("progress")


class _Request(aiohttp.ClientRequest):
    """A request that notes when it begins to be written. A trace would tell it too, and a lot besides."""

    async def send(self, conn: Connection) -> aiohttp.ClientResponse:
        _PROGRESS.get().sent = True
        return await super().send(conn)


class AiohttpTransport:
    """Not blocking."""

    def __init__(self) -> None:
        self._session: aiohttp.ClientSession | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    def _open(self) -> aiohttp.ClientSession:
        """The session of the running event loop."""
        loop = asyncio.get_running_loop()
        if self._session is None or self._loop is not loop:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=_LIMIT, keepalive_timeout=30.0),
                cookie_jar=aiohttp.DummyCookieJar(),
                skip_auto_headers=("Content-Type",),
                timeout=aiohttp.ClientTimeout(total=None),
                request_class=_Request,
            )
            # aiohttp repeats a GET by itself when a kept connection turns out to be closed, though the server may have
            # carried it out. Whether a call may be repeated is for the document to say.
            self._session._retry_connection = False
            self._loop = loop
        return self._session

    async def send(self, request: Request, timeout: float) -> Reply:
        """The answer, or a TransportFault."""
        progress = Progress()
        _PROGRESS.set(progress)
        try:
            async with asyncio.timeout(timeout):
                return await self._exchange(request)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            fault = _fault(error, progress)
        # Raised here, so that the library's exception, which holds the request and its headers, is not chained to it.
        raise fault

    async def _exchange(self, request: Request) -> Reply:
        async with self._open().request(
            request.method,
            URL(request.origin + request.target, encoded=True),
            headers=request.headers,
            data=request.body or None,
            allow_redirects=False,
        ) as response:
            content = await response.read()
        headers = {name.lower(): value for name, value in response.headers.items()}
        return Reply(response.status, headers, content)

    async def close(self) -> None:
        """Close every connection."""
        if self._session is not None:
            await self._session.close()
            self._session = None
