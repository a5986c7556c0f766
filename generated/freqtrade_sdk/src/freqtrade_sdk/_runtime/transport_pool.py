"""Transport over httpcore, the engine of httpx: blocking, over a pool of its own.

It is used without httpx, so that a deadline can be kept over every step of a request and the path is sent exactly as it
was signed. No exception of these libraries is chained to a fault: they hold the request with its headers, and tools
that report errors would show them.
"""

from __future__ import annotations

import ssl
import threading
import time
import zlib
from collections.abc import Iterable
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from .http import httpcore
from .transport import Lost, NotSent, Reply, Request, TimedOut, TransportFault

__all__ = ["PoolTransport"]

POOL = {"max_connections": 100, "max_keepalive_connections": 20, "keepalive_expiry": 30.0}

# Nothing of the request has left: there was no connection to send it on.
_NOT_SENT = ("ConnectError", "ConnectTimeout", "PoolTimeout", "UnsupportedProtocol")

# What httpcore raises, and what unpacking a body does.
CORE_ERRORS = (
    zlib.error,
    httpcore.NetworkError,
    httpcore.ProtocolError,
    httpcore.TimeoutException,
    httpcore.UnsupportedProtocol,
    httpcore.ProxyError,
    httpcore.ConnectionNotAvailable,
)


def fault_of(error: Exception, *, trusted: bool = True) -> TransportFault:
    """The fault that an exception of httpx or httpcore stands for; both name them alike."""
    kind = type(error).__name__
    # What the parser could not read follows as a bytearray; it is a piece of the reply, and may hold a secret.
    reason = f"{kind}: {error}".partition(": bytearray(")[0]
    if trusted and kind in _NOT_SENT:
        return NotSent(reason)
    if any(base.__name__ == "TimeoutException" for base in type(error).__mro__):
        return TimedOut(kind)
    return Lost(reason)


def extensions_of(timeout: float) -> dict[str, Any]:
    """What the engine is told about a request besides its parts."""
    return {"timeout": {"connect": timeout, "read": timeout, "write": timeout, "pool": timeout}}


@cache
def tls_context() -> ssl.SSLContext:
    """Made once, since it takes longer than a request."""
    from .http import httpx

    return httpx.create_ssl_context()


@cache
def _origin(origin: str) -> tuple[bytes, bytes, int | None, bytes]:
    """Scheme, host, port and Host header of an origin."""
    parts = urlsplit(origin)
    return parts.scheme.encode(), (parts.hostname or "").encode("idna"), parts.port, parts.netloc.encode()


def parts_of(request: Request) -> tuple[httpcore.URL, list[tuple[bytes, bytes]]]:
    """Address and headers of a request as the engine takes them."""
    scheme, host, port, netloc = _origin(request.origin)
    headers = [(b"Host", netloc)]
    headers += [(name.encode("ascii"), value.encode("ascii")) for name, value in request.headers.items()]
    if request.body or request.method not in ("GET", "DELETE", "HEAD"):
        headers.append((b"Content-Length", b"%d" % len(request.body)))
    return httpcore.URL(scheme=scheme, host=host, port=port, target=request.target), headers


class _ReadyRequest(httpcore.Request):
    """A request whose parts are as the engine wants them, so that it need not look at each of them again."""

    def __init__(self, request: Request, timeout: float) -> None:
        self.method = request.method.encode("ascii")
        self.url, self.headers = parts_of(request)
        self.stream = (request.body,) if request.body else ()
        self.extensions = extensions_of(timeout)


def reply_of(status: int, headers: Iterable[tuple[bytes, bytes]], body: bytes) -> Reply:
    """The reply that the engine received, unpacked."""
    named = {name.decode("ascii").lower(): value.decode("latin-1") for name, value in headers}
    if body and "gzip" in named.get("content-encoding", "").lower():
        body = zlib.decompress(body, wbits=31)
    return Reply(status, named, body)


def retire(stream: Any) -> None:
    """Have a connection closed if bytes followed the reply that was just read to its end.

    The engine keeps them for the next reply, where they would be taken for an answer to somebody else, even if that
    request could not be written any more. It shows them nowhere, so this looks at its parser, through the layers that
    httpx and httpcore put around it. A parser that is told of a failure is not used again.
    """
    for name in ("_stream", "_httpcore_stream", "_stream", "_connection", "_h11_state"):
        stream = getattr(stream, name, stream)
    if getattr(stream, "trailing_data", (b"", False))[0]:
        stream.send_failed()


def drop_orphans(pool: Any) -> list[Any]:
    """Take connections out of a pool that are busy with a call which has gone. Returns what is to be closed.

    The engine hands a new connection to a call that waits. If that call is late or cancelled before it wakes up, or for
    a second time while it cleans up, the connection stays in the pool for ever; a hundred of them and it is full.
    """
    used = {id(request.connection) for request in pool._requests}
    orphans = [each for each in pool._connections if not (id(each) in used or each.is_idle() or each.is_closed())]
    for orphan in orphans:
        pool._connections.remove(orphan)
    return [*orphans, *pool._assign_requests_to_connections()] if orphans else []


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
DEADLINE = _Deadline()


class _DeadlineStream(httpcore.NetworkStream):
    """A stream whose every step keeps the deadline, so that a server that drips bytes cannot stretch it."""

    def __init__(self, stream: httpcore.NetworkStream) -> None:
        self._stream = stream

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, DEADLINE.cut(timeout, httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, DEADLINE.cut(timeout, httpcore.WriteTimeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        left = DEADLINE.cut(timeout, httpcore.ConnectTimeout)
        return _DeadlineStream(self._stream.start_tls(ssl_context, server_hostname, left))

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


class DeadlineBackend(httpcore.NetworkBackend):
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
        left = DEADLINE.cut(timeout, httpcore.ConnectTimeout)
        return _DeadlineStream(self._backend.connect_tcp(host, port, left, local_address, socket_options))

    def connect_unix_socket(
        self, path: str, timeout: float | None = None, socket_options: Iterable[Any] | None = None
    ) -> httpcore.NetworkStream:
        left = DEADLINE.cut(timeout, httpcore.ConnectTimeout)
        return _DeadlineStream(self._backend.connect_unix_socket(path, left, socket_options))

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
                context = tls_context() if tls else None
                backend = DeadlineBackend(httpcore.SyncBackend())
                pool = httpcore.ConnectionPool(ssl_context=context, network_backend=backend, **POOL)  # type: ignore[arg-type]
                pool = self._pools.setdefault(tls, pool)
        return pool

    def send(self, request: Request, timeout: float) -> Reply:
        """The answer, or a TransportFault."""
        DEADLINE.at = time.monotonic() + timeout
        try:
            return self._exchange(request, timeout)
        except CORE_ERRORS as error:
            fault = fault_of(error)
        finally:
            DEADLINE.at = float("inf")
        raise fault

    def _exchange(self, request: Request, timeout: float) -> Reply:
        pool = self._pool(request.origin.startswith("https"))
        try:
            response = pool.handle_request(_ReadyRequest(request, timeout))
        except BaseException:
            with pool._optional_thread_lock:
                closing = drop_orphans(pool)
            pool._close_connections(closing)
            raise
        try:
            body = b"".join(response.iter_stream())
            retire(response.stream)
        finally:
            response.close()
        return reply_of(response.status, response.headers, body)

    def close(self) -> None:
        """Close every connection."""
        for pool in self._pools.values():
            pool.close()
