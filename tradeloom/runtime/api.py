"""What a package knows about its API as a whole, as the document describes it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs

from .auth import Scheme
from .operation import Operation

__all__ = ["API", "Envelope", "ErrorBody"]


@attrs.frozen
class ErrorBody:
    """Where an error body says what went wrong: JSON properties, tried in order."""

    message: tuple[str, ...] = ()
    code: tuple[str, ...] = ()
    data: tuple[str, ...] = ()


@attrs.frozen
class Envelope:
    """The object that wraps every result. Names are Python names of its fields."""

    result: str
    error: str
    """Boolean field that is true when the call failed."""
    warning: str = ""
    """Boolean field that is true when there is a warning."""
    warning_message: str = ""


@attrs.frozen
class API:
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
    token_operations: tuple[Operation[Any], ...] = ()
    """The operations by which the client logs in by itself."""
