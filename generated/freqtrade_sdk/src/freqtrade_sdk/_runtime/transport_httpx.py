"""Transports over httpx: its connection pool, or a client that the caller brings.

The pool is httpcore, the engine of httpx, so that a deadline can be kept over every step of a request and the path is
sent exactly as it was signed.
"""

from __future__ import annotations

import asyncio
import logging
import ssl
import threading
import time
import zlib
from collections.abc import Iterable
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from .http import httpcore, httpx
from .transport import Lost, NotSent, Reply, Request, TimedOut, TransportFault

__all__ = ["AsyncHTTPXTransport", "AsyncPoolTransport", "HTTPXTransport", "PoolTransport"]

_POOL = {"max_connections": 100, "max_keepalive_connections": 20, "keepalive_expiry": 30.0}

# Nothing of the request has left: there was no connection to send it on.
_NOT_SENT = ("ConnectError", "ConnectTimeout", "PoolTimeout", "UnsupportedProtocol")


def _fault(error: Exception) -> TransportFault:
    """The fault that an exception of httpx or httpcore stands for; both name them alike."""
    kind = type(error).__name__
    if kind in _NOT_SENT:
        return NotSent(f"{kind}: {error}")
    if isinstance(error, (httpx.TimeoutException, httpcore.TimeoutException)):
        return TimedOut(kind)
    return Lost(f"{kind}: {error}")


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


def _core_request(request: Request, timeout: float) -> httpcore.Request:
    scheme, host, port, netloc = _origin(request.origin)
    headers = [("Host", netloc), *request.headers.items()]
    if request.body or request.method not in ("GET", "DELETE", "HEAD"):
        headers.append(("Content-Length", str(len(request.body))))
    return httpcore.Request(
        request.method,
        httpcore.URL(scheme=scheme, host=host, port=port, target=request.target),
        headers=headers,
        content=request.body,
        extensions=_extensions(request, timeout),
    )


def _reply(status: int, headers: Iterable[tuple[bytes, bytes]], body: bytes) -> Reply:
    named = {name.decode("ascii").lower(): value.decode("latin-1") for name, value in headers}
    if "gzip" in named.get("content-encoding", ""):
        try:
            body = zlib.decompress(body, wbits=31)
        except zlib.error as error:
            raise Lost(f"body is not gzip: {error}") from error
    return Reply(status, named, body)


class _Deadline(threading.local):
    """When the request that this thread is busy with must be done."""

    at = float("inf")

    def cut(self, timeout: float | None, error: type[Exception]) -> float:
        """What is left of a timeout, or the error if nothing is."""
        left = self.at - time.monotonic()
        if left <= 0:
            raise error("deadline")
        return left if timeout is None else min(left, timeout)


class _Stream(httpcore.NetworkStream):
    """A stream whose every step keeps the deadline, so that a server that drips bytes cannot stretch it."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: _Deadline) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._deadline.cut(timeout, httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._deadline.cut(timeout, httpcore.WriteTimeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        left = self._deadline.cut(timeout, httpcore.ConnectTimeout)
        return _Stream(self._stream.start_tls(ssl_context, server_hostname, left), self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


class _Backend(httpcore.NetworkBackend):
    """Opens streams that keep the deadline."""

    def __init__(self, deadline: _Deadline) -> None:
        self._deadline = deadline
        self._backend = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        left = self._deadline.cut(timeout, httpcore.ConnectTimeout)
        stream = self._backend.connect_tcp(host, port, left, local_address, socket_options)
        return _Stream(stream, self._deadline)


class PoolTransport:
    """Blocking, over connections of its own."""

    def __init__(self) -> None:
        self._deadline = _Deadline()
        self._pools: dict[bool, httpcore.ConnectionPool] = {}
        self._lock = threading.Lock()

    def _pool(self, tls: bool) -> httpcore.ConnectionPool:
        pool = self._pools.get(tls)
        if pool is None:
            with self._lock:
                context = _tls_context() if tls else None
                backend = _Backend(self._deadline)
                pool = httpcore.ConnectionPool(ssl_context=context, network_backend=backend, **_POOL)  # type: ignore[arg-type]
                pool = self._pools.setdefault(tls, pool)
        return pool

    def send(self, request: Request, timeout: float) -> Reply:
        """The answer, or a TransportFault."""
        self._deadline.at = time.monotonic() + timeout
        try:
            response = self._pool(request.origin.startswith("https")).handle_request(_core_request(request, timeout))
            try:
                body = b"".join(response.iter_stream())
            finally:
                response.close()
        except (httpcore.NetworkError, httpcore.ProtocolError, httpcore.TimeoutException, *_OTHER) as error:
            raise _fault(error) from error
        return _reply(response.status, response.headers, body)

    def close(self) -> None:
        """Close every connection."""
        for pool in self._pools.values():
            pool.close()


# What httpcore raises besides its three families.
_OTHER = (httpcore.UnsupportedProtocol, httpcore.ProxyError, httpcore.ConnectionNotAvailable)


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
        try:
            async with asyncio.timeout(timeout):
                pool = self._pool(request.origin.startswith("https"))
                response = await pool.handle_async_request(_core_request(request, timeout))
                try:
                    body = b"".join([part async for part in response.aiter_stream()])
                finally:
                    await response.aclose()
        except TimeoutError as error:
            raise TimedOut("deadline") from error
        except (httpcore.NetworkError, httpcore.ProtocolError, httpcore.TimeoutException, *_OTHER) as error:
            raise _fault(error) from error
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
        deadline = time.monotonic() + timeout
        try:
            response = self._client.send(
                self._client.build_request(
                    request.method,
                    request.origin + request.target,
                    headers=request.headers,
                    content=request.body,
                    extensions=_extensions(request, timeout),
                ),
                stream=True,
                follow_redirects=False,
            )
            try:
                parts: list[bytes] = []
                for part in response.iter_bytes():
                    parts.append(part)
                    if time.monotonic() > deadline:
                        raise httpx.ReadTimeout("deadline", request=response.request)
            finally:
                response.close()
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError) as error:
            raise _fault(error) from error
        headers = {name.lower(): value for name, value in response.headers.items()}
        return Reply(response.status_code, headers, b"".join(parts))

    def close(self) -> None:
        """Nothing: the client is its owner's to close."""


class AsyncHTTPXTransport:
    """Not blocking, over the caller's client with its hooks and proxies."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self._client = client
        logging.getLogger(httpx.__name__).addFilter(_HIDE_QUERY)

    async def send(self, request: Request, timeout: float) -> Reply:
        """The answer, or a TransportFault."""
        try:
            async with asyncio.timeout(timeout):
                response = await self._client.send(
                    self._client.build_request(
                        request.method,
                        request.origin + request.target,
                        headers=request.headers,
                        content=request.body,
                        extensions=_extensions(request, timeout),
                    ),
                    follow_redirects=False,
                )
        except TimeoutError as error:
            raise TimedOut("deadline") from error
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError) as error:
            raise _fault(error) from error
        return _httpx_reply(response)

    async def close(self) -> None:
        """Nothing: the client is its owner's to close."""
