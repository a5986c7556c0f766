"""Transports over httpx: our own connections, or a client that the caller brings."""

from __future__ import annotations

import asyncio
import logging

from .http import httpx
from .transport import Lost, NotSent, Reply, Request, TimedOut, TransportFault

__all__ = ["AsyncHTTPXTransport", "HTTPXTransport"]

_LIMITS = httpx.Limits(max_connections=100, max_keepalive_connections=20, keepalive_expiry=30.0)


def _fault(error: Exception) -> TransportFault:
    """The fault that an httpx exception stands for."""
    kind = type(error).__name__
    if isinstance(error, (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol)):
        return NotSent(f"{kind}: {error}")
    if isinstance(error, httpx.TimeoutException):
        return TimedOut(kind)
    return Lost(f"{kind}: {error}")


def _extensions(request: Request, timeout: float) -> dict[str, object]:
    return {
        "timeout": {"connect": timeout, "read": timeout, "write": timeout, "pool": timeout},
        # The path and query as signed; httpx would normalise them.
        "target": request.target.encode("ascii"),
    }


def _reply(response: httpx.Response) -> Reply:
    return Reply(
        response.status_code, {name.lower(): value for name, value in response.headers.items()}, response.content
    )


class HideQuery(logging.Filter):
    """Keeps query strings out of the log line that httpx.Client writes for each request: credentials may be in them."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Rewrite addresses; let every record through."""
        if isinstance(record.args, tuple):
            record.args = tuple(arg.copy_with(query=None) if isinstance(arg, httpx.URL) else arg for arg in record.args)
        return True


_HIDE_QUERY = HideQuery()


def _hide_query_in_log() -> None:
    logging.getLogger(httpx.__name__).addFilter(_HIDE_QUERY)


class HTTPXTransport:
    """Blocking."""

    def __init__(self, client: httpx.Client | None = None) -> None:
        self._client = client
        self._own = httpx.HTTPTransport(limits=_LIMITS) if client is None else None
        if client is not None:
            _hide_query_in_log()

    def send(self, request: Request, timeout: float) -> Reply:
        """The answer, or a TransportFault."""
        url = request.origin + request.target
        extensions = _extensions(request, timeout)
        try:
            if self._own is not None:
                response = self._own.handle_request(
                    httpx.Request(
                        request.method, url, headers=request.headers, content=request.body, extensions=extensions
                    )
                )
                try:
                    response.read()
                finally:
                    response.close()
            else:
                assert self._client is not None
                response = self._client.send(
                    self._client.build_request(
                        request.method, url, headers=request.headers, content=request.body, extensions=extensions
                    ),
                    follow_redirects=False,
                )
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise _fault(error) from error
        return _reply(response)

    def close(self) -> None:
        """Close our own connections; the caller's client is the caller's."""
        if self._own is not None:
            self._own.close()


class AsyncHTTPXTransport:
    """Not blocking."""

    def __init__(self, client: httpx.AsyncClient | None = None) -> None:
        self._client = client
        self._own = httpx.AsyncHTTPTransport(limits=_LIMITS) if client is None else None
        if client is not None:
            _hide_query_in_log()

    async def send(self, request: Request, timeout: float) -> Reply:
        """The answer, or a TransportFault."""
        try:
            async with asyncio.timeout(timeout):
                response = await self._send(request, timeout)
        except TimeoutError as error:
            raise TimedOut("deadline") from error
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise _fault(error) from error
        return _reply(response)

    async def _send(self, request: Request, timeout: float) -> httpx.Response:
        url = request.origin + request.target
        extensions = _extensions(request, timeout)
        if self._own is None:
            assert self._client is not None
            return await self._client.send(
                self._client.build_request(
                    request.method, url, headers=request.headers, content=request.body, extensions=extensions
                ),
                follow_redirects=False,
            )
        response = await self._own.handle_async_request(
            httpx.Request(request.method, url, headers=request.headers, content=request.body, extensions=extensions)
        )
        try:
            await response.aread()
        finally:
            await response.aclose()
        return response

    async def close(self) -> None:
        """Close our own connections; the caller's client is the caller's."""
        if self._own is not None:
            await self._own.aclose()
