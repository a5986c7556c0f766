from __future__ import annotations
import asyncio
import logging
import ssl
import threading
import time
import zlib
from collections.abc import AsyncIterator, Iterable, Iterator
from functools import cache
from typing import Any
from urllib.parse import urlsplit
from .http import httpcore, httpx
from .transport import Lost, NotSent, Progress, Reply, Request, TimedOut, TransportFault
__all__ = ['AsyncHTTPXTransport', 'AsyncPoolTransport', 'HTTPXTransport', 'PoolTransport']

class _Deadline(threading.local):
    at = float('inf')

    def cut(self, timeout: float | None, error: type[Exception]) -> float | None:
        ...

class _Stream(httpcore.NetworkStream):

    def __init__(self, stream: httpcore.NetworkStream) -> None:
        ...

    def read(self, max_bytes: int, timeout: float | None=None) -> bytes:
        ...

    def write(self, buffer: bytes, timeout: float | None=None) -> None:
        ...

    def close(self) -> None:
        ...

    def start_tls(self, ssl_context: ssl.SSLContext, server_hostname: str | None=None, timeout: float | None=None) -> httpcore.NetworkStream:
        ...

    def get_extra_info(self, info: str) -> Any:
        ...

class _Backend(httpcore.NetworkBackend):

    def __init__(self, backend: httpcore.NetworkBackend) -> None:
        ...

    def connect_tcp(self, host: str, port: int, timeout: float | None=None, local_address: str | None=None, socket_options: Iterable[Any] | None=None) -> httpcore.NetworkStream:
        ...

    def connect_unix_socket(self, path: str, timeout: float | None=None, socket_options: Iterable[Any] | None=None) -> httpcore.NetworkStream:
        ...

    def sleep(self, seconds: float) -> None:
        ...

class PoolTransport:

    def __init__(self) -> None:
        ...

    def send(self, request: Request, timeout: float) -> Reply:
        ...

    def close(self) -> None:
        ...

class AsyncPoolTransport:

    def __init__(self) -> None:
        ...

    async def send(self, request: Request, timeout: float) -> Reply:
        ...

    async def close(self) -> None:
        ...

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
