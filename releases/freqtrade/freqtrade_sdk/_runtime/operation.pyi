from __future__ import annotations
from collections.abc import Mapping
from decimal import Decimal
from functools import cached_property
from typing import Any, Generic, Literal, TypeVar
from urllib.parse import quote
import attrs
from .arguments import Kind
from .decode import Decoder, decoder_for
from .encode import dump_json, plain_decimal
from .rules import Rule
__all__ = ['Draft', 'Lookup', 'Operation', 'Pagination', 'Parameter']

@attrs.frozen
class Parameter:
    name: str
    place: Place
    kind: Kind
    wire: str = ''
    required: bool = False
    joined: bool = False

    @property
    def wire_name(self) -> str:
        ...

@attrs.frozen
class Pagination:
    style: Literal['cursor', 'offset']
    argument: str
    header: str = ''
    limit: str = ''
    default_limit: int = 0
    drop: tuple[str, ...] = ()

@attrs.frozen
class Lookup:
    operation: str
    argument: str
    value: str

@attrs.define
class Draft:
    method: str
    path: str
    query: list[tuple[str, str]] = attrs.field(factory=list[tuple[str, str]], repr=False)
    headers: dict[str, str] = attrs.field(factory=dict[str, str], repr=False)
    body: bytes = attrs.field(default=b'', repr=False)
    given: dict[str, Any] = attrs.field(factory=dict[str, Any], repr=False)

    def copy(self) -> Draft:
        ...

@attrs.frozen(slots=False)
class Operation(Generic[T]):
    name: str
    method: str
    path: str
    effect: Effect
    result: Any
    parameters: tuple[Parameter, ...] = ()
    rules: tuple[Rule, ...] = ()
    constants: Mapping[str, Any] = attrs.field(factory=dict[str, Any])
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
