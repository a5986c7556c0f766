from __future__ import annotations
from collections.abc import Mapping
from typing import Protocol
import attrs
__all__ = ['AsyncTransport', 'Lost', 'NotSent', 'Progress', 'Reply', 'Request', 'TimedOut', 'Transport', 'TransportFault']

@attrs.frozen
class Request:
    method: str
    origin: str = attrs.field(repr=False)
    target: str = attrs.field(repr=False)
    headers: Mapping[str, str] = attrs.field(repr=False)
    body: bytes = attrs.field(repr=False)

@attrs.frozen
class Reply:
    status: int
    headers: Mapping[str, str] = attrs.field(repr=False)
    content: bytes = attrs.field(repr=False)

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
