from __future__ import annotations
import ssl
import threading
import time
import zlib
from collections.abc import Iterable
from functools import cache
from typing import Any
from urllib.parse import urlsplit
from .http import httpcore
from .transport import Lost, NotSent, Reply, Request, TimedOut, TransportFault
__all__ = ['PoolTransport']

def fault_of(error: Exception, *, trusted: bool=True) -> TransportFault:
    ...

def extensions_of(timeout: float) -> dict[str, Any]:
    ...

@cache
def tls_context() -> ssl.SSLContext:
    ...

def parts_of(request: Request) -> tuple[httpcore.URL, list[tuple[bytes, bytes]]]:
    ...

class _ReadyRequest(httpcore.Request):

    def __init__(self, request: Request, timeout: float) -> None:
        ...

def reply_of(status: int, headers: Iterable[tuple[bytes, bytes]], body: bytes) -> Reply:
    ...

def retire(stream: Any) -> None:
    ...

def drop_orphans(pool: Any) -> list[Any]:
    ...

class _Deadline(threading.local):
    at = float('inf')

    def cut(self, timeout: float | None, error: type[Exception]) -> float | None:
        ...

class _DeadlineStream(httpcore.NetworkStream):

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

class DeadlineBackend(httpcore.NetworkBackend):

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
