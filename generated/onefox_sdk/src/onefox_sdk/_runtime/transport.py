"""What every transport does: bytes in, bytes out, and one right class for each fault."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from .record import Record

__all__ = [
    "AsyncTransport",
    "Lost",
    "NotSent",
    "Progress",
    "Reply",
    "Request",
    "TimedOut",
    "Transport",
    "TransportFault",
]


class Request(Record, frozen=True):
    """A signed request, ready to travel. Its representation shows no address, header or body."""

    __secret_fields__ = ("origin", "target", "headers", "body")

    method: str
    origin: str
    """Scheme, host and port."""
    target: str
    """Path and query exactly as on the request line."""
    headers: Mapping[str, str]
    body: bytes


class Reply(Record, frozen=True):
    """A complete answer."""

    __secret_fields__ = ("headers", "content")

    status: int
    headers: Mapping[str, str]
    """Names in lower case."""
    content: bytes


class TransportFault(Exception):
    """No complete answer."""


class NotSent(TransportFault):
    """Nothing left this process."""


class Lost(TransportFault):
    """Something may have left, and no complete answer came back."""


class TimedOut(Lost):
    """Something may have left, and the time was over before the answer was complete."""


class Progress:
    """How far a request has come. A transport that keeps it can tell what being out of time means."""

    def __init__(self) -> None:
        self.sent = False
        """Whether a first byte may have left."""

    def out_of_time(self) -> TransportFault:
        """The fault for a request whose time was over."""
        return TimedOut("out of time") if self.sent else NotSent("out of time before there was a connection")


class Transport(Protocol):
    """Sends requests, one at a time per caller."""

    def send(self, request: Request, timeout: float) -> Reply:
        """The answer, or a TransportFault."""
        ...

    def close(self) -> None:
        """Give back every connection."""
        ...


class AsyncTransport(Protocol):
    """Sends requests without blocking."""

    async def send(self, request: Request, timeout: float) -> Reply:
        """The answer, or a TransportFault."""
        ...

    async def close(self) -> None:
        """Give back every connection."""
        ...
