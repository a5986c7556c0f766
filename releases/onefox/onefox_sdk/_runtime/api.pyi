from __future__ import annotations
from collections.abc import Callable, Mapping
from typing import Any
from .auth import Scheme
from .errors import APIError
from .operation import Operation
from .record import Record
__all__ = ['API', 'Clock', 'Envelope', 'ErrorBody']

class ErrorBody(Record, frozen=True):
    message: tuple[str, ...] = ()
    code: tuple[str, ...] = ()
    data: tuple[str, ...] = ()

class Envelope(Record, frozen=True):
    result: str
    error: str
    warning: str = ''
    warning_message: str = ''

class Clock(Record, frozen=True):
    operation: str
    field: str
    statuses: tuple[int, ...]
    message: str

    def complains(self, error: APIError) -> bool:
        ...

class API(Record, frozen=True):
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
