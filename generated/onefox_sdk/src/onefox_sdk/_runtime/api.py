"""What a package knows about its API as a whole, as the document describes it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from .auth import Scheme
from .errors import APIError
from .operation import Operation
from .record import Record

__all__ = ["API", "Clock", "Envelope", "ErrorBody"]


class ErrorBody(Record, frozen=True):
    """Where an error body says what went wrong: JSON properties, tried in order."""

    message: tuple[str, ...] = ()
    code: tuple[str, ...] = ()
    data: tuple[str, ...] = ()


class Envelope(Record, frozen=True):
    """The object that wraps every result. Names are Python names of its fields."""

    result: str
    error: str
    """Boolean field that is true when the call failed."""
    warning: str = ""
    """Boolean field that is true when there is a warning."""
    warning_message: str = ""


class Clock(Record, frozen=True):
    """How the API complains about the time of a signature, and where its own time can be read."""

    operation: str
    """Name of the operation that reads the API's clock."""
    field: str
    """Python name of the result's field with the time."""
    statuses: tuple[int, ...]
    """Statuses of the complaint."""
    message: str
    """Text of the complaint, in any case of letters."""

    def complains(self, error: APIError) -> bool:
        """Whether an error is that complaint. Then the API has not done what was asked."""
        return error.status_code in self.statuses and self.message.lower() in error.message.lower()


class API(Record, frozen=True):
    """Constants of one API."""

    package: str
    version: str
    client: str
    """Name of the client class."""
    base_url: str
    environment: str
    """Prefix of environment variables."""
    credentials: tuple[str, ...]
    schemes: Mapping[str, Scheme]
    error_body: ErrorBody
    shown_parameters: tuple[str, ...] = ()
    """Query parameters that may be shown in errors and logs."""
    envelope: Envelope | None = None
    clock: Clock | None = None
    own_operations: Callable[[], Mapping[str, Operation[Any]]] = dict[str, Operation[Any]]
    """Operations that the client calls by itself, by name: to log in, to read the clock, to look up a key."""
