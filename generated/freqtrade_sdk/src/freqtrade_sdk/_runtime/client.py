"""What the blocking and the asynchronous client have in common. All else is in calls.py."""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, Generic, ParamSpec, Self, TypeVar, cast

from .api import API
from .calls import Answer, Core
from .credentials import Credentials
from .errors import RequestSummary
from .operation import Operation

if TYPE_CHECKING:
    from .async_client import AsyncClient
    from .sync_client import SyncClient

__all__ = ["AsyncResource", "Client", "RawResponse", "Resource", "async_raw", "raw"]

T = TypeVar("T")
P = ParamSpec("P")

DEFAULT_TIMEOUT = 10.0
DEFAULT_RETRIES = 2


class RawResponse(Generic[T]):
    """A complete answer whose body has not been read yet."""

    def __init__(self, answer: Answer, request: RequestSummary, parse: Callable[[], T], envelope: Callable[[], Any]):
        self.status_code: int = answer.reply.status
        """HTTP status."""
        self.headers: Mapping[str, str] = dict(answer.reply.headers)
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


class Client:
    """What both kinds of client are made of; they differ in how they wait."""

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
        self._timeout = checked_timeout(timeout)
        self._max_retries = checked_retries(max_retries)
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
            client._timeout = checked_timeout(timeout)
        if max_retries is not None:
            client._max_retries = checked_retries(max_retries)
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


def _rebuild(kind: Any, options: dict[str, Any]) -> Any:
    return kind(**options)


def checked_timeout(timeout: float) -> float:
    if isinstance(timeout, bool) or not isinstance(timeout, (int, float)):
        raise TypeError(f"timeout: expected seconds as a number, got {timeout!r}")
    if not 0 < timeout < float("inf"):
        raise ValueError(f"timeout: expected seconds greater than 0, got {timeout!r}")
    return timeout


def checked_retries(max_retries: int) -> int:
    if isinstance(max_retries, bool) or not isinstance(max_retries, int):
        raise TypeError(f"max_retries: expected int, got {max_retries!r}")
    if max_retries < 0:
        raise ValueError(f"max_retries: expected 0 or more, got {max_retries!r}")
    return max_retries


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
