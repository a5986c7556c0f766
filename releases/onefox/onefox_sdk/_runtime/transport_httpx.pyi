from __future__ import annotations
import asyncio
import logging
import time
from collections.abc import AsyncIterator, Iterator
from typing import Any
from .http import httpcore, httpx
from .transport import Progress, Reply, Request, TransportFault
from .transport_async_pool import watch
from .transport_pool import DEADLINE, DeadlineBackend, drop_orphans, extensions_of, fault_of, retire
__all__ = ['AsyncHTTPXTransport', 'HTTPXTransport']

class HideQuery(logging.Filter):

    def filter(self, record: logging.LogRecord) -> bool:
        ...

class _Whole(httpx.SyncByteStream):

    def __init__(self, response: httpx.Response) -> None:
        ...

    def __iter__(self) -> Iterator[bytes]:
        ...

    def close(self) -> None:
        ...

class _AsyncWhole(httpx.AsyncByteStream):

    def __init__(self, response: httpx.Response) -> None:
        ...

    async def __aiter__(self) -> AsyncIterator[bytes]:
        ...

    async def aclose(self) -> None:
        ...

class HTTPXTransport:

    def __init__(self, client: httpx.Client) -> None:
        ...

    def send(self, request: Request, timeout: float) -> Reply:
        ...

    def close(self) -> None:
        ...

class AsyncHTTPXTransport:

    def __init__(self, client: httpx.AsyncClient) -> None:
        ...

    async def send(self, request: Request, timeout: float) -> Reply:
        ...

    async def close(self) -> None:
        ...
