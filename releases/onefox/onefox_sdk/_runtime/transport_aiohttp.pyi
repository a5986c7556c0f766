from __future__ import annotations
import asyncio
from typing import TYPE_CHECKING, cast
import aiohttp
from aiohttp.http import HttpProcessingError, StreamWriter
from yarl import URL
from .transport import Lost, LowerCase, NotSent, Progress, Reply, Request, TransportFault
if TYPE_CHECKING:
    from multidict import CIMultiDict
__all__ = ['AiohttpTransport']

class _Deadlines:

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        ...

    def add(self, limit: asyncio.Timeout, seconds: float) -> None:
        ...

    def remove(self, limit: asyncio.Timeout) -> None:
        ...

    def stop(self) -> None:
        ...

class _Lines:

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        ...

    def place(self, origin: str) -> aiohttp.ClientRequest:
        ...

    async def exchange(self, request: Request, progress: Progress) -> Reply:
        ...

    async def close(self) -> None:
        ...

class AiohttpTransport:

    def __init__(self) -> None:
        ...

    async def send(self, request: Request, timeout: float) -> Reply:
        ...

    async def close(self) -> None:
        ...
