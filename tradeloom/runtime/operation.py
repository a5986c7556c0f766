"""An operation of an API, as the document describes it, and the request that a call of it makes."""

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

__all__ = ["Draft", "Lookup", "Operation", "Pagination", "Parameter"]

T = TypeVar("T")

Effect = Literal["read", "idempotent", "unsafe"]
Place = Literal["path", "query", "header", "body"]


class Parameter(Record, frozen=True):
    """One argument of an operation and its place in the request."""

    name: str
    """Name in Python."""
    place: Place
    kind: Kind
    wire: str = ""
    """Name on the wire, if it differs."""
    required: bool = False
    joined: bool = False
    """Whether a list in the query is joined by commas rather than repeated."""

    @property
    def wire_name(self) -> str:
        """Name on the wire."""
        return self.wire or self.name


class Pagination(Record, frozen=True):
    """How a list continues on the next page."""

    style: Literal["cursor", "offset"]
    argument: str
    """Python name of the argument that takes the cursor or offset."""
    header: str = ""
    """Cursor style: response header that holds the next cursor, in lower case."""
    limit: str = ""
    """Offset style: Python name of the argument for the page size."""
    default_limit: int = 0
    """Offset style: page size where none is asked for."""
    drop: tuple[str, ...] = ()
    """Arguments that hold for the first page only."""


class Lookup(Record, frozen=True):
    """How to find out by its key what became of a request."""

    operation: str
    """Name of the operation that looks it up."""
    argument: str
    """Its argument."""
    value: str
    """What to pass, with `{key}` in the place of the key."""


class Draft(msgspec.Struct):
    """A request before it is signed."""

    method: str
    path: str
    """Path with its parameters filled in, without the base address."""
    query: list[tuple[str, str]] = []
    headers: dict[str, str] = {}
    body: bytes = b""
    given: dict[str, Any] = {}
    """Arguments that were given, by Python name, as they stand on the wire."""

    def __repr__(self) -> str:
        return f"Draft({self.method} {self.path})"


class Operation(Record, Generic[T], frozen=True, dict=True):
    """What the document says about one operation."""

    name: str
    method: str
    path: str
    effect: Effect
    """read: changes nothing; idempotent: may be repeated; unsafe: a repeat may do it twice."""
    result: Any
    """Type of the result."""
    parameters: tuple[Parameter, ...] = ()
    rules: tuple[Rule, ...] = ()
    constants: Mapping[str, Any] = {}
    """Body fields that are always the same."""
    security: tuple[tuple[str, ...], ...] = ((),)
    """Alternatives of security schemes, the preferred one first; an empty one needs no credentials."""
    refusals: tuple[int, ...] = ()
    """5xx statuses by which the API says no, so that nothing was done."""
    pagination: Pagination | None = None
    null_result: bool = False
    """Whether null is a result (of an enveloped reply) rather than a missing one."""
    envelope: Any = None
    """Generic class of the envelope around the result, if there is one."""
    key: str = ""
    """Name of the argument that identifies the request at the API when its outcome is unknown."""
    lookup: Lookup | None = None
    """How the key is looked up."""
    evidence: tuple[str, ...] = ()
    """Reads that tell whether the request was carried out, where there is no key."""

    @cached_property
    def decoder(self) -> Decoder[T]:
        """Reads the result."""
        return decoder_for(self.result)

    @cached_property
    def envelope_decoder(self) -> Decoder[Any]:
        """Reads the whole reply where results come in an envelope."""
        optional = self.result if self.result is None else self.result | None
        return Decoder(self.envelope[optional])

    def draft(self, values: Mapping[str, Any]) -> Draft:
        """The request for these arguments; ValueError or TypeError if the document forbids them."""
        draft = Draft(self.method, self.path)
        fields: dict[str, Any] = {**self.constants}
        for parameter in self.parameters:
            value = values.get(parameter.name)
            if value is None:
                if parameter.required:
                    raise TypeError(f"{parameter.name}: required, got None")
                continue
            wire = draft.given[parameter.name] = parameter.kind.wire(parameter.name, value)
            match parameter.place:
                case "body":
                    fields[parameter.wire_name] = wire
                case "path":
                    segment = _segment(parameter.name, _text(wire))
                    draft.path = draft.path.replace(f"{{{parameter.wire_name}}}", segment)
                case "header":
                    draft.headers[parameter.wire_name] = _text(wire)
                case "query" if _is_list(wire) and not parameter.joined:
                    draft.query.extend((parameter.wire_name, _text(item)) for item in wire)
                case "query":
                    if _is_list(wire):
                        _refuse_commas(parameter.name, wire)
                    draft.query.append((parameter.wire_name, _text(wire)))
        for rule in self.rules:
            rule.check(draft.given)
        if fields:
            draft.headers["Content-Type"] = "application/json"
            draft.body = _body(fields)
        return draft


def _text(wire: Any) -> str:
    """A value as it stands in a path or query."""
    if isinstance(wire, bool):
        return "true" if wire else "false"
    if _is_list(wire):
        return ",".join(map(_text, wire))
    return plain_decimal(wire) if isinstance(wire, Decimal) else str(wire)


def _refuse_commas(argument: str, items: list[Any]) -> None:
    """Items of a list that is joined by commas must not pose as two."""
    for index, item in enumerate(items):
        if "," in _text(item):
            raise ValueError(f"{argument}[{index}]: expected text without a comma, got {item!r}")


def _is_list(wire: object) -> bool:
    return isinstance(wire, list)


_PLAIN_SEGMENT = re.compile(r"[A-Za-z0-9_.~:-]+")


def _segment(argument: str, text: str) -> str:
    """A value as one path segment; it must not lead to another path."""
    if _PLAIN_SEGMENT.fullmatch(text) and ".." not in text and text != ".":
        return text  # Stands for itself.
    if not text or "/" in text or "\\" in text or text in (".", "..") or ".." in text:
        raise ValueError(f"{argument}: expected one path segment without '/', '\\' or '..', got {text!r}")
    return quote(text, safe=":")


def _body(fields: Mapping[str, Any]) -> bytes:
    """The JSON text of a body."""
    # The common case in one go: what the standard encoder writes the same way.
    plain = all(isinstance(value, (str, bool)) for value in fields.values())
    return msgspec.json.encode(fields) if plain else dump_json(fields).encode()
