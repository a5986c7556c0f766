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
__all__ = ['AsyncClient', 'AsyncResource', 'RawResponse', 'Resource', 'SyncClient', 'async_raw', 'raw']

class RawResponse(Generic[T]):

    def __init__(self, answer: Answer, request: RequestSummary, parse: Callable[[], T], envelope: Callable[[], Any]):
        ...

    def __repr__(self) -> str:
        ...

    def parse(self) -> T:
        ...

    def envelope(self) -> Any:
        ...

class _Client:

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

class SyncClient(_Client):

    def __init__(self, api: API, credentials: Mapping[str, str | None], *, base_url: str | None=None, timeout: float=DEFAULT_TIMEOUT, max_retries: int=DEFAULT_RETRIES, http_client: httpx.Client | None=None, allow_http: bool=False) -> None:
        ...

    def __enter__(self) -> Self:
        ...

    def __exit__(self, *exc_info: object) -> None:
        ...

    def close(self) -> None:
        ...

class AsyncClient(_Client):

    def __init__(self, api: API, credentials: Mapping[str, str | None], *, base_url: str | None=None, timeout: float=DEFAULT_TIMEOUT, max_retries: int=DEFAULT_RETRIES, http_client: httpx.AsyncClient | None=None, allow_http: bool=False) -> None:
        ...

    async def __aenter__(self) -> Self:
        ...

    async def __aexit__(self, *exc_info: object) -> None:
        ...

    async def close(self) -> None:
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
