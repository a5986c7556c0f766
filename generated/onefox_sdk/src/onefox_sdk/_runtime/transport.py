"""What every transport does: bytes in, bytes out, and one right class for each fault."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Protocol

from .record import Record

__all__ = [
    "AsyncTransport",
    "Lost",
    "LowerCase",
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


class LowerCase(Mapping[str, str]):
    """Headers with their names in lower case. They are made so on the first look, which most replies never get."""

    def __init__(self, received: Mapping[str, str]) -> None:
        self._received = received

    @cached_property
    def _named(self) -> dict[str, str]:
        return {name.lower(): value for name, value in self._received.items()}

    def __getitem__(self, name: str) -> str:
        return self._named[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._named)

    def __len__(self) -> int:
        return len(self._named)


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
