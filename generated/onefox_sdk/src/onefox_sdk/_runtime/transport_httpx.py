"""Transports over httpx: its connection pool, or a client that the caller brings.

The pool is httpcore, the engine of httpx, so that a deadline can be kept over every step of a request and the path is
sent exactly as it was signed. No exception of these libraries is chained to a fault: they hold the request with its
headers, and tools that report errors would show them.
"""

from __future__ import annotations

import asyncio
import logging
import ssl
import threading
import time
import zlib
from collections.abc import AsyncIterator, Iterable, Iterator
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from .http import httpcore, httpx
from .transport import Lost, NotSent, Progress, Reply, Request, TimedOut, TransportFault

__all__ = ["AsyncHTTPXTransport", "AsyncPoolTransport", "HTTPXTransport", "PoolTransport"]

_POOL = {"max_connections": 100, "max_keepalive_connections": 20, "keepalive_expiry": 30.0}

# Nothing of the request has left: there was no connection to send it on.
_NOT_SENT = ("ConnectError", "ConnectTimeout", "PoolTimeout", "UnsupportedProtocol")

# What httpcore raises, and what unpacking a body does.
_CORE = (
    zlib.error,
    httpcore.NetworkError,
    httpcore.ProtocolError,
    httpcore.TimeoutException,
    httpcore.UnsupportedProtocol,
    httpcore.ProxyError,
    httpcore.ConnectionNotAvailable,
)
# What a client of httpx raises.
_CLIENT = (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError)


def _fault(error: Exception, *, trusted: bool = True) -> TransportFault:
    """The fault that an exception of httpx or httpcore stands for; both name them alike."""
    kind = type(error).__name__
    # What the parser could not read follows as a bytearray; it is a piece of the reply, and may hold a secret.
    reason = f"{kind}: {error}".partition(": bytearray(")[0]
    if trusted and kind in _NOT_SENT:
        return NotSent(reason)
    if isinstance(error, (httpx.TimeoutException, httpcore.TimeoutException)):
        return TimedOut(kind)
    return Lost(reason)


def _extensions(request: Request, timeout: float) -> dict[str, Any]:
    return {
        "timeout": {"connect": timeout, "read": timeout, "write": timeout, "pool": timeout},
        # The path and query as signed; httpx would normalise them.
        "target": request.target.encode("ascii"),
    }


@cache
def _tls_context() -> ssl.SSLContext:
    """Made once, since it takes longer than a request."""
    return httpx.create_ssl_context()


@cache
def _origin(origin: str) -> tuple[bytes, bytes, int | None, str]:
    """Scheme, host, port and Host header of an origin."""
    parts = urlsplit(origin)
    return parts.scheme.encode(), (parts.hostname or "").encode("idna"), parts.port, parts.netloc


def _core_request(request: Request, extensions: dict[str, Any]) -> httpcore.Request:
    scheme, host, port, netloc = _origin(request.origin)
    headers = [("Host", netloc), *request.headers.items()]
    if request.body or request.method not in ("GET", "DELETE", "HEAD"):
        headers.append(("Content-Length", str(len(request.body))))
    return httpcore.Request(
        request.method,
        httpcore.URL(scheme=scheme, host=host, port=port, target=request.target),
        headers=headers,
        content=request.body,
        extensions=extensions,
    )


def _reply(status: int, headers: Iterable[tuple[bytes, bytes]], body: bytes) -> Reply:
    named = {name.decode("ascii").lower(): value.decode("latin-1") for name, value in headers}
    if body and "gzip" in named.get("content-encoding", "").lower():
        body = zlib.decompress(body, wbits=31)
    return Reply(status, named, body)


def _retire(stream: Any) -> None:
    """Have a connection closed if bytes followed the reply that was just read to its end.

    The engine keeps them for the next reply, where they would be taken for an answer to somebody else, even if that
    request could not be written any more. It shows them nowhere, so this looks at its parser, through the layers that
    httpx and httpcore put around it. A parser that is told of a failure is not used again.
    """
    for name in ("_stream", "_httpcore_stream", "_stream", "_connection", "_h11_state"):
        stream = getattr(stream, name, stream)
    if getattr(stream, "trailing_data", (b"", False))[0]:
        stream.send_failed()


class _Deadline(threading.local):
    """When the request that this thread is busy with must be done."""

    at = float("inf")

    def cut(self, timeout: float | None, error: type[Exception]) -> float | None:
        """What is left of a timeout, or the error if nothing is."""
        if self.at == float("inf"):
            return timeout
        left = self.at - time.monotonic()
        if left <= 0:
            raise error("deadline")
        return left if timeout is None else min(left, timeout)


# Shared by all pools, so that two clients over one pool do not need to know of each other.
_DEADLINE = _Deadline()


class _Stream(httpcore.NetworkStream):
    """A stream whose every step keeps the deadline, so that a server that drips bytes cannot stretch it."""

    def __init__(self, stream: httpcore.NetworkStream) -> None:
        self._stream = stream

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, _DEADLINE.cut(timeout, httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, _DEADLINE.cut(timeout, httpcore.WriteTimeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        left = _DEADLINE.cut(timeout, httpcore.ConnectTimeout)
        return _Stream(self._stream.start_tls(ssl_context, server_hostname, left))

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


class _Backend(httpcore.NetworkBackend):
    """Opens streams that keep the deadline."""

    def __init__(self, backend: httpcore.NetworkBackend) -> None:
        self._backend = backend

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        left = _DEADLINE.cut(timeout, httpcore.ConnectTimeout)
        return _Stream(self._backend.connect_tcp(host, port, left, local_address, socket_options))

    def connect_unix_socket(
        self, path: str, timeout: float | None = None, socket_options: Iterable[Any] | None = None
    ) -> httpcore.NetworkStream:
        left = _DEADLINE.cut(timeout, httpcore.ConnectTimeout)
        return _Stream(self._backend.connect_unix_socket(path, left, socket_options))

    def sleep(self, seconds: float) -> None:
        self._backend.sleep(seconds)


class PoolTransport:
    """Blocking, over connections of its own."""

    def __init__(self) -> None:
        self._pools: dict[bool, httpcore.ConnectionPool] = {}
        self._lock = threading.Lock()

    def _pool(self, tls: bool) -> httpcore.ConnectionPool:
        pool = self._pools.get(tls)
        if pool is None:
            with self._lock:
                context = _tls_context() if tls else None
                backend = _Backend(httpcore.SyncBackend())
                pool = httpcore.ConnectionPool(ssl_context=context, network_backend=backend, **_POOL)  # type: ignore[arg-type]
                pool = self._pools.setdefault(tls, pool)
        return pool

    def send(self, request: Request, timeout: float) -> Reply:
        """The answer, or a TransportFault."""
        _DEADLINE.at = time.monotonic() + timeout
        try:
            return self._exchange(request, timeout)
        except _CORE as error:
            fault = _fault(error)
        finally:
            _DEADLINE.at = float("inf")
        raise fault

    def _exchange(self, request: Request, timeout: float) -> Reply:
        pool = self._pool(request.origin.startswith("https"))
        response = pool.handle_request(_core_request(request, _extensions(request, timeout)))
        try:
            body = b"".join(response.iter_stream())
            _retire(response.stream)
        finally:
            response.close()
        return _reply(response.status, response.headers, body)

    def close(self) -> None:
        """Close every connection."""
        for pool in self._pools.values():
            pool.close()


def _watch(progress: Progress) -> Any:
    """What the engine calls at each step of a request."""

    async def trace(name: str, info: object) -> None:
        if name.endswith("send_request_headers.started"):
            progress.sent = True

    return trace


class AsyncPoolTransport:
    """Not blocking, over connections of its own."""

    def __init__(self) -> None:
        self._pools: dict[bool, httpcore.AsyncConnectionPool] = {}

    def _pool(self, tls: bool) -> httpcore.AsyncConnectionPool:
        pool = self._pools.get(tls)
        if pool is None:
            context = _tls_context() if tls else None
            pool = self._pools[tls] = httpcore.AsyncConnectionPool(ssl_context=context, **_POOL)  # type: ignore[arg-type]
        return pool

    async def send(self, request: Request, timeout: float) -> Reply:
        """The answer, or a TransportFault."""
        progress = Progress()
        fault: TransportFault
        try:
            async with asyncio.timeout(timeout):
                return await self._exchange(request, {**_extensions(request, timeout), "trace": _watch(progress)})
        except TimeoutError:
            fault = progress.out_of_time()
        except _CORE as error:
            fault = _fault(error)
        raise fault

    async def _exchange(self, request: Request, extensions: dict[str, Any]) -> Reply:
        pool = self._pool(request.origin.startswith("https"))
        response = await pool.handle_async_request(_core_request(request, extensions))
        try:
            body = b"".join([part async for part in response.aiter_stream()])
            _retire(response.stream)
        finally:
            await response.aclose()
        return _reply(response.status, response.headers, body)

    async def close(self) -> None:
        """Close every connection."""
        for pool in self._pools.values():
            await pool.aclose()


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
    if isinstance(pool, httpcore.ConnectionPool) and not isinstance(backend, _Backend):
        pool._network_backend = _Backend(pool._network_backend)


class _Whole(httpx.SyncByteStream):
    """A response's stream that has the connection closed if more came than the reply."""

    def __init__(self, response: httpx.Response) -> None:
        self._inner: Any = response.stream

    def __iter__(self) -> Iterator[bytes]:
        yield from self._inner
        _retire(self._inner)

    def close(self) -> None:
        self._inner.close()


class _AsyncWhole(httpx.AsyncByteStream):
    """`_Whole` without blocking."""

    def __init__(self, response: httpx.Response) -> None:
        self._inner: Any = response.stream

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for part in self._inner:
            yield part
        _retire(self._inner)

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
        extensions=extensions,
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
        _DEADLINE.at = time.monotonic() + timeout
        try:
            return self._exchange(request, timeout)
        except _CLIENT as error:
            fault = _fault(error, trusted=type(transport) in _TRUSTED)
        finally:
            _DEADLINE.at = float("inf")
        raise fault

    def _exchange(self, request: Request, timeout: float) -> Reply:
        sent = _httpx_request(self._client, request, _extensions(request, timeout))
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
                return await self._exchange(request, {**_extensions(request, timeout), "trace": _watch(progress)})
        except TimeoutError:
            fault = progress.out_of_time()
        except _CLIENT as error:
            fault = _fault(error, trusted=type(transport) in _TRUSTED)
        raise fault

    async def _exchange(self, request: Request, extensions: dict[str, Any]) -> Reply:
        sent = _httpx_request(self._client, request, extensions)
        response = await self._client.send(sent, stream=True, follow_redirects=False)
        try:
            response.stream = _AsyncWhole(response)
            await response.aread()
        finally:
            await response.aclose()
        return _httpx_reply(response)

    async def close(self) -> None:
        """Nothing: the client is its owner's to close."""
