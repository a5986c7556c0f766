from __future__ import annotations
import asyncio
from contextvars import ContextVar
import aiohttp
from aiohttp.connector import Connection
from yarl import URL
from .transport import Lost, NotSent, Progress, Reply, Request, TransportFault
__all__ = ['AiohttpTransport']

class _Request(aiohttp.ClientRequest):

    async def send(self, conn: Connection) -> aiohttp.ClientResponse:
        ...

class AiohttpTransport:

    def __init__(self) -> None:
        ...

    async def send(self, request: Request, timeout: float) -> Reply:
        ...

    async def close(self) -> None:
        ...
