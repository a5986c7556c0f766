"""Transports over a client of httpx that the caller brings, with its hooks and proxies."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Iterator
from typing import Any

from .http import httpcore, httpx
from .transport import Progress, Reply, Request, TransportFault
from .transport_async_pool import watch
from .transport_pool import DEADLINE, DeadlineBackend, drop_orphans, extensions_of, fault_of, retire

__all__ = ["AsyncHTTPXTransport", "HTTPXTransport"]

# What a client of httpx raises.
_CLIENT = (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError)


class HideQuery(logging.Filter):
    """Keeps query strings out of the log line that httpx.Client writes for each request: credentials may be in them."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Rewrite addresses; let every record through."""
        if isinstance(record.args, tuple):
            record.args = tuple(arg.copy_with(query=None) if isinstance(arg, httpx.URL) else arg for arg in record.args)
        return True


_HIDE_QUERY = HideQuery()

# Transports that name every fault as the contract wants it. One from elsewhere may not (there is an adapter that calls
# a dropped connection a ConnectTimeout), so that its word that nothing was sent is not taken.
_TRUSTED = (httpx.HTTPTransport, httpx.AsyncHTTPTransport, httpx.MockTransport)


def _transport_of(client: httpx.Client | httpx.AsyncClient, request: Request) -> object:
    """The transport that a client sends this request through."""
    return client._transport_for_url(httpx.URL(request.origin))


def _keep_deadlines(transport: object) -> None:
    """Make the pool behind a transport of the caller's keep this module's deadlines; other requests have none."""
    pool = getattr(transport, "_pool", None)
    backend = getattr(pool, "_network_backend", None)
    if isinstance(pool, httpcore.ConnectionPool) and not isinstance(backend, DeadlineBackend):
        pool._network_backend = DeadlineBackend(pool._network_backend)


class _Whole(httpx.SyncByteStream):
    """A response's stream that has the connection closed if more came than the reply."""

    def __init__(self, response: httpx.Response) -> None:
        self._inner: Any = response.stream

    def __iter__(self) -> Iterator[bytes]:
        yield from self._inner
        retire(self._inner)

    def close(self) -> None:
        self._inner.close()


class _AsyncWhole(httpx.AsyncByteStream):
    """`_Whole` without blocking."""

    def __init__(self, response: httpx.Response) -> None:
        self._inner: Any = response.stream

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for part in self._inner:
            yield part
        retire(self._inner)

    async def aclose(self) -> None:
        await self._inner.aclose()


def _httpx_request(
    client: httpx.Client | httpx.AsyncClient, request: Request, extensions: dict[str, Any]
) -> httpx.Request:
    return client.build_request(
        request.method,
        request.origin + request.target,
        headers=request.headers,
        content=request.body,
        # The path and query as signed; httpx would normalise them.
        extensions={**extensions, "target": request.target.encode("ascii")},
    )


def _httpx_reply(response: httpx.Response) -> Reply:
    headers = {name.lower(): value for name, value in response.headers.items()}
    return Reply(response.status_code, headers, response.content)


class HTTPXTransport:
    """Blocking, over the caller's client with its hooks and proxies."""

    def __init__(self, client: httpx.Client) -> None:
        self._client = client
        logging.getLogger(httpx.__name__).addFilter(_HIDE_QUERY)

    def send(self, request: Request, timeout: float) -> Reply:
        """The answer, or a TransportFault."""
        transport = _transport_of(self._client, request)
        _keep_deadlines(transport)
        DEADLINE.at = time.monotonic() + timeout
        try:
            return self._exchange(request, timeout)
        except _CLIENT as error:
            fault = fault_of(error, trusted=type(transport) in _TRUSTED)
        finally:
            DEADLINE.at = float("inf")
        raise fault

    def _exchange(self, request: Request, timeout: float) -> Reply:
        sent = _httpx_request(self._client, request, extensions_of(timeout))
        response = self._client.send(sent, stream=True, follow_redirects=False)
        try:
            response.stream = _Whole(response)
            response.read()
        finally:
            response.close()
        return _httpx_reply(response)

    def close(self) -> None:
        """Nothing: the client is its owner's to close."""


class AsyncHTTPXTransport:
    """Not blocking, over the caller's client with its hooks and proxies."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self._client = client
        logging.getLogger(httpx.__name__).addFilter(_HIDE_QUERY)

    async def send(self, request: Request, timeout: float) -> Reply:
        """The answer, or a TransportFault."""
        transport = _transport_of(self._client, request)
        progress = Progress()
        # Only httpx's own transport is known to tell when it begins to send.
        progress.sent = type(transport) is not httpx.AsyncHTTPTransport
        fault: TransportFault
        try:
            async with asyncio.timeout(timeout):
                return await self._exchange(request, {**extensions_of(timeout), "trace": watch(progress)})
        except TimeoutError:
            fault = progress.out_of_time()
        except _CLIENT as error:
            fault = fault_of(error, trusted=type(transport) in _TRUSTED)
        raise fault

    async def _exchange(self, request: Request, extensions: dict[str, Any]) -> Reply:
        sent = _httpx_request(self._client, request, extensions)
        try:
            response = await self._client.send(sent, stream=True, follow_redirects=False)
        except BaseException:
            pool = getattr(_transport_of(self._client, request), "_pool", None)
            if isinstance(pool, httpcore.AsyncConnectionPool):
                await pool._close_connections(drop_orphans(pool))
            raise
        try:
            response.stream = _AsyncWhole(response)
            await response.aread()
        finally:
            # Cancelled half-way, it would keep its place in the pool.
            await asyncio.shield(response.aclose())
        return _httpx_reply(response)

    async def close(self) -> None:
        """Nothing: the client is its owner's to close."""
