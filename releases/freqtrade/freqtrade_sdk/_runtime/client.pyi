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
__all__ = ['AsyncResource', 'Client', 'RawResponse', 'Resource', 'async_raw', 'raw']

class RawResponse(Generic[T]):

    def __init__(self, answer: Answer, request: RequestSummary, parse: Callable[[], T], envelope: Callable[[], Any]):
        ...

    def __repr__(self) -> str:
        ...

    def parse(self) -> T:
        ...

    def envelope(self) -> Any:
        ...

class Client:

    def __init__(self, api: API, credentials: Mapping[str, str | None], *, base_url: str | None, timeout: float, max_retries: int, allow_http: bool) -> None:
        ...

    def __repr__(self) -> str:
        ...

    def __reduce__(self) -> tuple[Any, ...]:
        ...

    @property
    def base_url(self) -> str:
        ...

    @property
    def timeout(self) -> float:
        ...

    @property
    def max_retries(self) -> int:
        ...

    def with_options(self, *, timeout: float | None=None, max_retries: int | None=None) -> Self:
        ...

def checked_timeout(timeout: float) -> float:
    ...

def checked_retries(max_retries: int) -> int:
    ...

class Resource:

    def __init__(self, client: SyncClient) -> None:
        ...

class AsyncResource:

    def __init__(self, client: AsyncClient) -> None:
        ...

def raw(method: Callable[P, T]) -> Callable[P, RawResponse[T]]:
    ...

def async_raw(method: Callable[P, Awaitable[T]]) -> Callable[P, Awaitable[RawResponse[T]]]:
    ...
