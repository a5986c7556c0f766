from __future__ import annotations
import re
from collections.abc import Mapping
from decimal import Decimal
from functools import cached_property
from typing import Any, Generic, Literal, TypeVar
from urllib.parse import quote
import msgspec
from .arguments import Kind
from .decode import Decoder, decoder_for
from .encode import dump_json, plain_decimal
from .record import Record
from .rules import Rule
__all__ = ['Draft', 'Lookup', 'Operation', 'Pagination', 'Parameter']

class Parameter(Record, frozen=True):
    name: str
    place: Place
    kind: Kind
    wire: str = ''
    required: bool = False
    joined: bool = False

    @property
    def wire_name(self) -> str:
        ...

class Pagination(Record, frozen=True):
    style: Literal['cursor', 'offset']
    argument: str
    header: str = ''
    limit: str = ''
    default_limit: int = 0
    drop: tuple[str, ...] = ()

class Lookup(Record, frozen=True):
    operation: str
    argument: str
    value: str

class Draft(msgspec.Struct):
    method: str
    path: str
    query: list[tuple[str, str]] = []
    headers: dict[str, str] = {}
    body: bytes = b''
    given: dict[str, Any] = {}

    def __repr__(self) -> str:
        ...

class Operation(Record, Generic[T], frozen=True, dict=True):
    name: str
    method: str
    path: str
    effect: Effect
    result: Any
    parameters: tuple[Parameter, ...] = ()
    rules: tuple[Rule, ...] = ()
    constants: Mapping[str, Any] = {}
    security: tuple[tuple[str, ...], ...] = ((),)
    refusals: tuple[int, ...] = ()
    pagination: Pagination | None = None
    null_result: bool = False
    envelope: Any = None
    key: str = ''
    lookup: Lookup | None = None
    evidence: tuple[str, ...] = ()

    @cached_property
    def decoder(self) -> Decoder[T]:
        ...

    @cached_property
    def envelope_decoder(self) -> Decoder[Any]:
        ...

    def draft(self, values: Mapping[str, Any]) -> Draft:
        ...
