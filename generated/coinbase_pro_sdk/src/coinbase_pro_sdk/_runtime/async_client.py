"""The client that waits by awaiting."""

from __future__ import annotations

import asyncio
import importlib.util
from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast

from .api import API
from .calls import Answer, Flow, Locked, Send, Sleep
from .client import DEFAULT_RETRIES, DEFAULT_TIMEOUT, Client, checked_timeout
from .errors import OutcomeUnknown
from .operation import Operation
from .pages import AsyncPage
from .transport import AsyncTransport, NotSent

if TYPE_CHECKING:
    from .http import httpx

__all__ = ["AsyncClient"]

T = TypeVar("T")


class AsyncClient(Client):
    """Waits by awaiting. Safe to share between tasks of one event loop."""

    def __init__(
        self,
        api: API,
        credentials: Mapping[str, str | None],
        *,
        base_url: str | None = None,
        timeout: float = DEFAULT_TIMEOUT,
        max_retries: int = DEFAULT_RETRIES,
        http_client: httpx.AsyncClient | None = None,
        allow_http: bool = False,
    ) -> None:
        super().__init__(
            api, credentials, base_url=base_url, timeout=timeout, max_retries=max_retries, allow_http=allow_http
        )
        self._transport = _transport(http_client)
        self._lock = asyncio.Lock()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *exc_info: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Give back every connection. A client given as `http_client` stays open: it is its owner's."""
        await self._transport.close()

    async def _call(self, operation: Operation[T], /, **values: Any) -> T:
        answer = await self._answer(operation, values)
        if self._raw:
            return cast("T", self._raw_response(operation, answer, partial(self._core.read_late, operation, answer)))
        return cast("T", answer.value)

    async def _page(self, operation: Operation[list[T]], /, **values: Any) -> AsyncPage[T]:
        answer = await self._answer(operation, values)
        plain = self._clone()

        def page(items: list[T]) -> AsyncPage[T]:
            cursor = self._next_cursor(operation, values, answer, len(items))
            following = partial(self._next_values, operation, values)
            return AsyncPage(items, cursor, lambda at: plain._page(operation, **following(at)))

        if self._raw:
            raw_page = self._raw_response(operation, answer, lambda: page(self._core.read_late(operation, answer)))
            return cast("AsyncPage[T]", raw_page)
        return page(answer.value)

    async def _answer(self, operation: Operation[Any], values: Mapping[str, Any]) -> Answer:
        try:
            return await self._run(self._core.call(operation, values, self._timeout, self._max_retries, late=self._raw))
        except OutcomeUnknown as error:
            error._resolver = partial(self._resolve, operation, error.key)
            raise

    async def _resolve(self, operation: Operation[Any], key: str | None, timeout: float | None) -> Any:
        seconds = self._timeout if timeout is None else checked_timeout(timeout)
        return await self._run(self._core.resolve(operation, key, seconds, self._max_retries))

    async def _run(self, flow: Flow[T]) -> T:
        """Do what the flow asks for until it is done."""
        result: object = None
        error: Exception | None = None
        while True:
            try:
                wanted = flow.send(result) if error is None else flow.throw(error)
            except StopIteration as done:
                return cast("T", done.value)
            result = error = None
            try:
                if isinstance(wanted, Send):  # First, since each call does it.
                    result = await self._transport.send(wanted.request, wanted.timeout)
                else:
                    result = await self._do(wanted)
            except Exception as fault:
                error = fault

    async def _do(self, wanted: Sleep | Locked) -> object:
        match wanted:
            case Sleep():
                await asyncio.sleep(wanted.seconds)
                return None
            case Locked():
                try:
                    async with asyncio.timeout(wanted.timeout):
                        await self._lock.acquire()
                except TimeoutError:
                    raise NotSent("waited too long for another call's login") from None
                try:
                    return await self._run(wanted.flow)
                finally:
                    self._lock.release()


def _transport(http_client: httpx.AsyncClient | None) -> AsyncTransport:
    """The caller's client, or aiohttp where it is installed, since it stays quick with many calls at once, or a pool.

    Each is imported only where it is used.
    """
    if http_client is not None:
        from .transport_httpx import AsyncHTTPXTransport

        return AsyncHTTPXTransport(http_client)
    if _aiohttp_is_known():
        from .transport_aiohttp import AiohttpTransport

        return AiohttpTransport()
    from .transport_async_pool import AsyncPoolTransport

    return AsyncPoolTransport()


def _aiohttp_is_known() -> bool:
    """Whether aiohttp is installed in a version whose inner parts are known here."""
    if importlib.util.find_spec("aiohttp") is None:
        return False
    import aiohttp

    major, minor = map(int, aiohttp.__version__.split(".")[:2])
    return (3, 12) <= (major, minor) < (3, 15)
