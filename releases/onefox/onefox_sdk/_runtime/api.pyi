from __future__ import annotations
from collections.abc import Callable, Mapping
from typing import Any
import attrs
from .auth import Scheme
from .errors import APIError
from .operation import Operation
__all__ = ['API', 'Clock', 'Envelope', 'ErrorBody']

@attrs.frozen
class ErrorBody:
    message: tuple[str, ...] = ()
    code: tuple[str, ...] = ()
    data: tuple[str, ...] = ()

@attrs.frozen
class Envelope:
    result: str
    error: str
    warning: str = ''
    warning_message: str = ''

@attrs.frozen
class Clock:
    operation: str
    field: str
    statuses: tuple[int, ...]
    message: str

    def complains(self, error: APIError) -> bool:
        ...

@attrs.frozen
class API:
    package: str
    version: str
    client: str
    base_url: str
    environment: str
    credentials: tuple[str, ...]
    schemes: Mapping[str, Scheme]
    error_body: ErrorBody
    shown_parameters: tuple[str, ...] = ()
    envelope: Envelope | None = None
    clock: Clock | None = None
    own_operations: Callable[[], Mapping[str, Operation[Any]]] = dict[str, Operation[Any]]
