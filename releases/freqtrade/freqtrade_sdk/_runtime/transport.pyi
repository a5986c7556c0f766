from __future__ import annotations
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Protocol
from .record import Record
__all__ = ['AsyncTransport', 'Lost', 'LowerCase', 'NotSent', 'Progress', 'Reply', 'Request', 'TimedOut', 'Transport', 'TransportFault']

class Request(Record, frozen=True):
    __secret_fields__ = ('origin', 'target', 'headers', 'body')
    method: str
    origin: str
    target: str
    headers: Mapping[str, str]
    body: bytes

class LowerCase(Mapping[str, str]):

    def __init__(self, received: Mapping[str, str]) -> None:
        ...

    def __getitem__(self, name: str) -> str:
        ...

    def __iter__(self) -> Iterator[str]:
        ...

    def __len__(self) -> int:
        ...

class Reply(Record, frozen=True):
    __secret_fields__ = ('headers', 'content')
    status: int
    headers: Mapping[str, str]
    content: bytes

class TransportFault(Exception):
    ...

class NotSent(TransportFault):
    ...

class Lost(TransportFault):
    ...

class TimedOut(Lost):
    ...

class Progress:

    def __init__(self) -> None:
        ...

    def out_of_time(self) -> TransportFault:
        ...

class Transport(Protocol):

    def send(self, request: Request, timeout: float) -> Reply:
        ...

    def close(self) -> None:
        ...

class AsyncTransport(Protocol):

    async def send(self, request: Request, timeout: float) -> Reply:
        ...

    async def close(self) -> None:
        ...
