"""The client that waits by blocking."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast

from .api import API
from .calls import Answer, Flow, Locked, Send, Sleep
from .client import DEFAULT_RETRIES, DEFAULT_TIMEOUT, Client, checked_timeout
from .errors import OutcomeUnknown
from .operation import Operation
from .pages import Page
from .transport import NotSent, Transport

if TYPE_CHECKING:
    from .http import httpx

__all__ = ["SyncClient"]

T = TypeVar("T")


class SyncClient(Client):
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
        self._transport = _transport(http_client)
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
            return cast("T", self._raw_response(operation, answer, partial(self._core.read_late, operation, answer)))
        return cast("T", answer.value)

    def _page(self, operation: Operation[list[T]], /, **values: Any) -> Page[T]:
        answer = self._answer(operation, values)
        plain = self._clone()

        def page(items: list[T]) -> Page[T]:
            cursor = self._next_cursor(operation, values, answer, len(items))
            following = partial(self._next_values, operation, values)
            return Page(items, cursor, lambda at: plain._page(operation, **following(at)))

        if self._raw:
            raw_page = self._raw_response(operation, answer, lambda: page(self._core.read_late(operation, answer)))
            return cast("Page[T]", raw_page)
        return page(answer.value)

    def _answer(self, operation: Operation[Any], values: Mapping[str, Any]) -> Answer:
        try:
            return self._run(self._core.call(operation, values, self._timeout, self._max_retries, late=self._raw))
        except OutcomeUnknown as error:
            error._resolver = partial(self._resolve, operation, error.key)
            raise

    def _resolve(self, operation: Operation[Any], key: str | None, timeout: float | None) -> Any:
        seconds = self._timeout if timeout is None else checked_timeout(timeout)
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
                if isinstance(wanted, Send):  # First, since each call does it.
                    result = self._transport.send(wanted.request, wanted.timeout)
                else:
                    result = self._do(wanted)
            except Exception as fault:
                error = fault

    def _do(self, wanted: Sleep | Locked) -> object:
        match wanted:
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


def _transport(http_client: httpx.Client | None) -> Transport:
    """A pool, unless the caller brings a client. Each is imported only where it is used."""
    if http_client is None:
        from .transport_pool import PoolTransport

        return PoolTransport()
    from .transport_httpx import HTTPXTransport

    return HTTPXTransport(http_client)
