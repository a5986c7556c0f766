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
__all__ = ['SyncClient']

class SyncClient(Client):

    def __init__(self, api: API, credentials: Mapping[str, str | None], *, base_url: str | None=None, timeout: float=DEFAULT_TIMEOUT, max_retries: int=DEFAULT_RETRIES, http_client: httpx.Client | None=None, allow_http: bool=False) -> None:
        ...

    def __enter__(self) -> Self:
        ...

    def __exit__(self, *exc_info: object) -> None:
        ...

    def close(self) -> None:
        ...
