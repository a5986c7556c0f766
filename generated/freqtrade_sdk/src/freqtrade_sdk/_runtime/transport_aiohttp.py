"""Transport over aiohttp, which stays quick with many calls at once."""

from __future__ import annotations

import asyncio

import aiohttp
from yarl import URL

from .transport import Lost, NotSent, Progress, Reply, Request, TransportFault

__all__ = ["AiohttpTransport"]

_LIMIT = 100
_NO_TYPE = ("Content-Type",)

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


# None of its own: the deadline of the whole exchange is kept here.
_NO_TIMEOUT = aiohttp.ClientTimeout(total=None)


class AiohttpTransport:
    """Not blocking. Uses the connections, requests and responses of aiohttp, and not its session.

    A session serves what no call here has: redirects, cookies, proxies, traces. It also repeats a GET by itself when a
    kept connection turns out to be closed, though the server may have carried it out; whether a call may be repeated is
    for the document to say.
    """

    def __init__(self) -> None:
        self._connector: aiohttp.TCPConnector | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    async def send(self, request: Request, timeout: float) -> Reply:
        """The answer, or a TransportFault."""
        progress = Progress()
        try:
            async with asyncio.timeout(timeout):
                return await self._exchange(request, progress)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            fault = _fault(error, progress)
        # Raised here, so that the library's exception, which holds the request and its headers, is not chained to it.
        raise fault

    async def _exchange(self, request: Request, progress: Progress) -> Reply:
        loop = asyncio.get_running_loop()
        connector = self._connector
        if connector is None or self._loop is not loop:
            connector = self._connector = aiohttp.TCPConnector(limit=_LIMIT, keepalive_timeout=30.0)
            self._loop = loop
        outgoing = aiohttp.ClientRequest(
            request.method,
            URL(request.origin + request.target, encoded=True),
            headers=request.headers,
            # A body has its type; aiohttp would give one to a POST without a body.
            skip_auto_headers=None if request.body or request.method == "GET" else _NO_TYPE,
            data=request.body or None,
            loop=loop,
        )
        connection = await connector.connect(outgoing, traces=[], timeout=_NO_TIMEOUT)
        try:
            assert connection.protocol is not None
            connection.protocol.set_response_params(skip_payload=request.method == "HEAD", read_until_eof=True)
            progress.sent = True
            response = await outgoing.send(connection)
            try:
                await response.start(connection)
                content = await response.read()
            except BaseException:
                response.close()
                raise
        except BaseException:
            connection.close()
            raise
        return Reply(response.status, {name.lower(): value for name, value in response.headers.items()}, content)

    async def close(self) -> None:
        """Close every connection."""
        if self._connector is not None:
            await self._connector.close()
            self._connector = None
