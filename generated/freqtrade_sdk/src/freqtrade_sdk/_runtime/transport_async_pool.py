"""Transport over httpcore without blocking."""

from __future__ import annotations

import asyncio
from typing import Any

from .http import httpcore
from .transport import Progress, Reply, Request, TransportFault
from .transport_pool import (
    CORE_ERRORS,
    POOL,
    drop_orphans,
    extensions_of,
    fault_of,
    parts_of,
    reply_of,
    retire,
    tls_context,
)

__all__ = ["AsyncPoolTransport", "watch"]


def watch(progress: Progress) -> Any:
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
            context = tls_context() if tls else None
            pool = self._pools[tls] = httpcore.AsyncConnectionPool(ssl_context=context, **POOL)  # type: ignore[arg-type]
        return pool

    async def send(self, request: Request, timeout: float) -> Reply:
        """The answer, or a TransportFault."""
        progress = Progress()
        fault: TransportFault
        try:
            async with asyncio.timeout(timeout):
                return await self._exchange(request, {**extensions_of(timeout), "trace": watch(progress)})
        except TimeoutError:
            fault = progress.out_of_time()
        except CORE_ERRORS as error:
            fault = fault_of(error)
        raise fault

    async def _exchange(self, request: Request, extensions: dict[str, Any]) -> Reply:
        pool = self._pool(request.origin.startswith("https"))
        url, headers = parts_of(request)
        sent = httpcore.Request(request.method, url, headers=headers, content=request.body, extensions=extensions)
        try:
            response = await pool.handle_async_request(sent)
        except BaseException:
            await pool._close_connections(drop_orphans(pool))
            raise
        try:
            body = b"".join([part async for part in response.aiter_stream()])
            retire(response.stream)
        finally:
            # Cancelled half-way, it would keep its place in the pool.
            await asyncio.shield(response.aclose())
        return reply_of(response.status, response.headers, body)

    async def close(self) -> None:
        """Close every connection."""
        for pool in self._pools.values():
            await pool.aclose()
