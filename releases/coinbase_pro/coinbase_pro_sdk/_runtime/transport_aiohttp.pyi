from __future__ import annotations
import asyncio
from types import SimpleNamespace
import aiohttp
from yarl import URL
from .transport import Lost, NotSent, Progress, Reply, Request, TransportFault
__all__ = ['AiohttpTransport']

class AiohttpTransport:

    def __init__(self) -> None:
        ...

    async def send(self, request: Request, timeout: float) -> Reply:
        ...

    async def close(self) -> None:
        ...
