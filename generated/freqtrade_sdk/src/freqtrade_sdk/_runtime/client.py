"""The two kinds of client: one waits by blocking, the other by awaiting. All else is in calls.py."""

from __future__ import annotations

import asyncio
import importlib.util
import os
import threading
import time
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, Generic, ParamSpec, Self, TypeVar, cast

from .api import API
from .calls import Answer, Core, Flow, Locked, Send, Sleep
from .credentials import Credentials
from .errors import OutcomeUnknown, RequestSummary
from .operation import Operation
from .pages import AsyncPage, Page
from .transport import AsyncTransport, NotSent, Transport
from .transport_httpx import AsyncHTTPXTransport, AsyncPoolTransport, HTTPXTransport, PoolTransport

if TYPE_CHECKING:
    from .http import httpx

__all__ = ["AsyncClient", "AsyncResource", "RawResponse", "Resource", "SyncClient", "async_raw", "raw"]

T = TypeVar("T")
P = ParamSpec("P")

DEFAULT_TIMEOUT = 10.0
DEFAULT_RETRIES = 2


class RawResponse(Generic[T]):
    """A complete answer whose body has not been read yet."""

    def __init__(self, answer: Answer, request: RequestSummary, parse: Callable[[], T], envelope: Callable[[], Any]):
        self.status_code: int = answer.reply.status
        """HTTP status."""
        self.headers: Mapping[str, str] = answer.reply.headers
        """Response headers, names in lower case."""
        self.content: bytes = answer.reply.content
        """Body as received."""
        self.request: RequestSummary = request
        """What was sent, without secrets."""
        self.elapsed: float = answer.elapsed
        """Seconds that the call took."""
        self._parse = parse
        self._envelope = envelope

    def __repr__(self) -> str:
        return f"<RawResponse [{self.status_code}] {len(self.content)} bytes>"

    def parse(self) -> T:
        """What the call returns without `with_raw_response`; InvalidReply if the body does not fit the document."""
        return self._parse()

    def envelope(self) -> Any:
        """The object around the result, where the API wraps its results; None where it does not."""
        return self._envelope()


class _Client:
    """What both kinds of client are made of."""

    _core: Core
    _timeout: float
    _max_retries: int
    _raw: bool

    def __init__(
        self,
        api: API,
        credentials: Mapping[str, str | None],
        *,
        base_url: str | None,
        timeout: float,
        max_retries: int,
        allow_http: bool,
    ) -> None:
        address = base_url or os.environ.get(f"{api.environment}_BASE_URL") or api.base_url
        self._core = Core(api, Credentials.collect(api, credentials), address)
        if not allow_http:
            self._core.refuse_plain_http()
        self._allow_http = allow_http
        self._timeout = _checked_timeout(timeout)
        self._max_retries = _checked_retries(max_retries)
        self._raw = False

    def __repr__(self) -> str:
        return f"{type(self).__name__}(base_url={self._core.base_url!r}, timeout={self._timeout!r})"

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickled without credentials and connections: the copy takes credentials from its environment."""
        options = {
            "base_url": self._core.base_url,
            "timeout": self._timeout,
            "max_retries": self._max_retries,
            "allow_http": self._allow_http,
        }
        return _rebuild, (type(self), options)

    @property
    def base_url(self) -> str:
        """Address that the paths of the operations are appended to."""
        return self._core.base_url

    @property
    def timeout(self) -> float:
        """Seconds that a whole call may take."""
        return self._timeout

    @property
    def max_retries(self) -> int:
        """How often a call that may be repeated is sent again at most."""
        return self._max_retries

    def with_options(self, *, timeout: float | None = None, max_retries: int | None = None) -> Self:
        """A new client over the same connections and tokens, with other options.

        Args:
            timeout: Seconds that a whole call may take; as before if not given.
            max_retries: How often a call that may be repeated is sent again at most; as before if not given.
        """
        client = self._clone()
        if timeout is not None:
            client._timeout = _checked_timeout(timeout)
        if max_retries is not None:
            client._max_retries = _checked_retries(max_retries)
        return client

    def _clone(self, *, raw: bool = False) -> Self:
        """A client that shares everything but its options."""
        clone = object.__new__(type(self))
        clone.__dict__.update({name: value for name, value in self.__dict__.items() if name.startswith("_")})
        clone._raw = raw
        return clone

    def _raw_response(self, operation: Operation[Any], answer: Answer, parse: Callable[[], Any]) -> Any:
        """An answer that is to be read late."""
        core = self._core
        envelope = partial(core.read_envelope, operation, answer) if core.api.envelope else lambda: None
        return RawResponse(answer, core.redactor.summary(answer.request), parse, envelope)

    def _next_cursor(
        self, operation: Operation[Any], values: Mapping[str, Any], answer: Answer, count: int
    ) -> str | int | None:
        """Where the page after this one starts."""
        paging = operation.pagination
        assert paging is not None
        if count == 0:
            return None
        if paging.style == "cursor":
            return answer.reply.headers.get(paging.header) or None
        limit = values.get(paging.limit) or paging.default_limit
        return (values.get(paging.argument) or 0) + count if count >= limit else None

    def _next_values(self, operation: Operation[Any], values: Mapping[str, Any], cursor: str | int) -> dict[str, Any]:
        """Arguments of the call for the page after this one."""
        paging = operation.pagination
        assert paging is not None
        return {**{k: v for k, v in values.items() if k not in paging.drop}, paging.argument: cursor}


def _default_async_transport() -> AsyncTransport:
    """aiohttp where it is installed, since it stays quick with many calls at once."""
    if importlib.util.find_spec("aiohttp") is None:
        return AsyncPoolTransport()
    from .transport_aiohttp import AiohttpTransport

    return AiohttpTransport()


def _rebuild(kind: Any, options: dict[str, Any]) -> Any:
    return kind(**options)


def _checked_timeout(timeout: float) -> float:
    if isinstance(timeout, bool) or not isinstance(timeout, (int, float)):
        raise TypeError(f"timeout: expected seconds as a number, got {timeout!r}")
    if not 0 < timeout < float("inf"):
        raise ValueError(f"timeout: expected seconds greater than 0, got {timeout!r}")
    return timeout


def _checked_retries(max_retries: int) -> int:
    if isinstance(max_retries, bool) or not isinstance(max_retries, int):
        raise TypeError(f"max_retries: expected int, got {max_retries!r}")
    if max_retries < 0:
        raise ValueError(f"max_retries: expected 0 or more, got {max_retries!r}")
    return max_retries


class SyncClient(_Client):
    """Waits by blocking. Safe to share between threads."""

    def __init__(
        self,
        api: API,
        credentials: Mapping[str, str | None],
        *,
        base_url: str | None = None,
        timeout: float = DEFAULT_TIMEOUT,
        max_retries: int = DEFAULT_RETRIES,
        http_client: httpx.Client | None = None,
        allow_http: bool = False,
    ) -> None:
        super().__init__(
            api, credentials, base_url=base_url, timeout=timeout, max_retries=max_retries, allow_http=allow_http
        )
        self._transport: Transport = PoolTransport() if http_client is None else HTTPXTransport(http_client)
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.close()

    def close(self) -> None:
        """Give back every connection. A client given as `http_client` stays open: it is its owner's."""
        self._transport.close()

    def _call(self, operation: Operation[T], /, **values: Any) -> T:
        answer = self._answer(operation, values)
        if self._raw:
            return cast("T", self._raw_response(operation, answer, lambda: self._core.read(operation, answer)))
        return cast("T", answer.value)

    def _page(self, operation: Operation[list[T]], /, **values: Any) -> Page[T]:
        answer = self._answer(operation, values)
        plain = self._clone()

        def page(items: list[T]) -> Page[T]:
            cursor = self._next_cursor(operation, values, answer, len(items))
            following = partial(self._next_values, operation, values)
            return Page(items, cursor, lambda at: plain._page(operation, **following(at)))

        if self._raw:
            raw_page = self._raw_response(operation, answer, lambda: page(self._core.read(operation, answer)))
            return cast("Page[T]", raw_page)
        return page(answer.value)

    def _answer(self, operation: Operation[Any], values: Mapping[str, Any]) -> Answer:
        try:
            return self._run(self._core.call(operation, values, self._timeout, self._max_retries, late=self._raw))
        except OutcomeUnknown as error:
            error._resolver = partial(self._resolve, operation, error.key)
            raise

    def _resolve(self, operation: Operation[Any], key: str | None, timeout: float | None) -> Any:
        seconds = self._timeout if timeout is None else _checked_timeout(timeout)
        return self._run(self._core.resolve(operation, key, seconds, self._max_retries))

    def _run(self, flow: Flow[T]) -> T:
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
                result = self._do(wanted)
            except Exception as fault:
                error = fault

    def _do(self, wanted: Send | Sleep | Locked) -> object:
        match wanted:
            case Send():
                return self._transport.send(wanted.request, wanted.timeout)
            case Sleep():
                time.sleep(wanted.seconds)
                return None
            case Locked():
                if not self._lock.acquire(timeout=wanted.timeout):
                    raise NotSent("waited too long for another call's login")
                try:
                    return self._run(wanted.flow)
                finally:
                    self._lock.release()


class AsyncClient(_Client):
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
        self._transport: AsyncTransport = (
            _default_async_transport() if http_client is None else (AsyncHTTPXTransport(http_client))
        )
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
            return cast("T", self._raw_response(operation, answer, lambda: self._core.read(operation, answer)))
        return cast("T", answer.value)

    async def _page(self, operation: Operation[list[T]], /, **values: Any) -> AsyncPage[T]:
        answer = await self._answer(operation, values)
        plain = self._clone()

        def page(items: list[T]) -> AsyncPage[T]:
            cursor = self._next_cursor(operation, values, answer, len(items))
            following = partial(self._next_values, operation, values)
            return AsyncPage(items, cursor, lambda at: plain._page(operation, **following(at)))

        if self._raw:
            raw_page = self._raw_response(operation, answer, lambda: page(self._core.read(operation, answer)))
            return cast("AsyncPage[T]", raw_page)
        return page(answer.value)

    async def _answer(self, operation: Operation[Any], values: Mapping[str, Any]) -> Answer:
        try:
            return await self._run(self._core.call(operation, values, self._timeout, self._max_retries, late=self._raw))
        except OutcomeUnknown as error:
            error._resolver = partial(self._resolve, operation, error.key)
            raise

    async def _resolve(self, operation: Operation[Any], key: str | None, timeout: float | None) -> Any:
        seconds = self._timeout if timeout is None else _checked_timeout(timeout)
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
                result = await self._do(wanted)
            except Exception as fault:
                error = fault

    async def _do(self, wanted: Send | Sleep | Locked) -> object:
        match wanted:
            case Send():
                return await self._transport.send(wanted.request, wanted.timeout)
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


class Resource:
    """A group of operations of a blocking client."""

    def __init__(self, client: SyncClient) -> None:
        self._call = client._call
        self._page = client._page


class AsyncResource:
    """A group of operations of an asynchronous client."""

    def __init__(self, client: AsyncClient) -> None:
        self._call = client._call
        self._page = client._page


def raw(method: Callable[P, T]) -> Callable[P, RawResponse[T]]:
    """A method of a raw client, with the type of what it returns there."""
    return cast("Callable[P, RawResponse[T]]", method)


def async_raw(method: Callable[P, Awaitable[T]]) -> Callable[P, Awaitable[RawResponse[T]]]:
    """A method of a raw asynchronous client, with the type of what it returns there."""
    return cast("Callable[P, Awaitable[RawResponse[T]]]", method)
