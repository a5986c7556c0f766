from __future__ import annotations
import asyncio
from typing import Any
from .http import httpcore
from .transport import Progress, Reply, Request, TransportFault
from .transport_pool import CORE_ERRORS, POOL, drop_orphans, extensions_of, fault_of, parts_of, reply_of, retire, tls_context
__all__ = ['AsyncPoolTransport', 'watch']

def watch(progress: Progress) -> Any:
    ...

class AsyncPoolTransport:

    def __init__(self) -> None:
        ...

    async def send(self, request: Request, timeout: float) -> Reply:
        ...

    async def close(self) -> None:
        ...
