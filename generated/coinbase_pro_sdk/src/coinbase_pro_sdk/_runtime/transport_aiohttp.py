"""Transport over aiohttp, which stays quick with many calls at once."""

from __future__ import annotations

import asyncio

import aiohttp
from yarl import URL

from .transport import Lost, NotSent, Reply, Request, TimedOut, TransportFault

__all__ = ["AiohttpTransport"]

# Raised while a connection is being made, so that nothing of the request has left.
_NOT_SENT = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError, aiohttp.InvalidURL)


def _fault(error: Exception) -> TransportFault:
    """The fault that an exception of aiohttp stands for."""
    kind = type(error).__name__
    if isinstance(error, _NOT_SENT):
        return NotSent(f"{kind}: {error}")
    if isinstance(error, TimeoutError):
        return TimedOut(kind)
    return Lost(f"{kind}: {error}")


class AiohttpTransport:
    """Not blocking."""

    def __init__(self) -> None:
        self._session: aiohttp.ClientSession | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    def _open(self) -> aiohttp.ClientSession:
        """The session of the running event loop."""
        loop = asyncio.get_running_loop()
        if self._session is None or self._loop is not loop:
            connector = aiohttp.TCPConnector(limit=100, keepalive_timeout=30.0)
            self._session = aiohttp.ClientSession(
                connector=connector,
                cookie_jar=aiohttp.DummyCookieJar(),
                skip_auto_headers=("Content-Type",),
                timeout=aiohttp.ClientTimeout(total=None),
            )
            # aiohttp repeats a GET by itself when a kept connection turns out to be closed, though the server may have
            # carried it out. Whether a call may be repeated is for the document to say.
            self._session._retry_connection = False
            self._loop = loop
        return self._session

    async def send(self, request: Request, timeout: float) -> Reply:
        """The answer, or a TransportFault."""
        # Waiting for a connection ends a little earlier than the whole, so that a request that never left is known
        # as such.
        waits = aiohttp.ClientTimeout(total=None, connect=timeout * 0.99)
        try:
            async with (
                asyncio.timeout(timeout),
                self._open().request(
                    request.method,
                    URL(request.origin + request.target, encoded=True),
                    headers=request.headers,
                    data=request.body or None,
                    allow_redirects=False,
                    timeout=waits,
                ) as response,
            ):
                content = await response.read()
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise _fault(error) from error
        headers = {name.lower(): value for name, value in response.headers.items()}
        return Reply(response.status, headers, content)

    async def close(self) -> None:
        """Close every connection."""
        if self._session is not None:
            await self._session.close()
            self._session = None
