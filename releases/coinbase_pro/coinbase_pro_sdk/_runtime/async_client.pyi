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
__all__ = ['AsyncClient']

class AsyncClient(Client):

    def __init__(self, api: API, credentials: Mapping[str, str | None], *, base_url: str | None=None, timeout: float=DEFAULT_TIMEOUT, max_retries: int=DEFAULT_RETRIES, http_client: httpx.AsyncClient | None=None, allow_http: bool=False) -> None:
        ...

    async def __aenter__(self) -> Self:
        ...

    async def __aexit__(self, *exc_info: object) -> None:
        ...

    async def close(self) -> None:
        ...
