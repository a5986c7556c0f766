"""The Python type of every private format that lowering.py writes."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import contextmanager
from typing import Any, ClassVar

import attrs
import openapi_python_client.parser.properties as parser
from openapi_python_client import schema as oai
from openapi_python_client import strings
from openapi_python_client.config import Config
from openapi_python_client.parser.errors import PropertyError
from openapi_python_client.parser.properties import (
    AnyProperty,
    EnumProperty,
    ModelProperty,
    Property,
)
from openapi_python_client.parser.properties.boolean import BooleanProperty
from openapi_python_client.parser.properties.const import ConstProperty
from openapi_python_client.parser.properties.date import DateProperty
from openapi_python_client.parser.properties.float import FloatProperty
from openapi_python_client.parser.properties.int import IntProperty
from openapi_python_client.parser.properties.list_property import ListProperty
from openapi_python_client.parser.properties.none import NoneProperty
from openapi_python_client.parser.properties.protocol import PropertyProtocol, Value
from openapi_python_client.parser.properties.string import StringProperty
from openapi_python_client.parser.properties.union import UnionProperty
from openapi_python_client.parser.properties.uuid import UuidProperty

WIRE_TYPES = {
    "decimal": "Decimal",
    "number": "Number",
    "quoted-int": "QuotedInt",
    "loose-decimal": "LooseDecimal",
    "loose-int": "LooseInt",
    "number-or-text": "NumberOrText",
    "date-time": "Time",
    "naive-date-time": "NaiveTime",
    "lenient-date-time": "LenientTime",
    "unixtime": "UnixSeconds",
    "unixtime-ms": "UnixMillis",
    "password": "str",
}


@attrs.define
class WireProperty(PropertyProtocol):
    """A value that travels in a form of its own."""

    name: oai.UntrustedString
    required: bool
    default: Value | None
    python_name: strings.PythonIdentifier
    description: oai.UntrustedString | None
    example: oai.UntrustedString | None
    type_name: str
    _type_string: ClassVar[str] = "Any"
    _json_type_string: ClassVar[str] = "Any"
    template: ClassVar[str] = "any_property.py.jinja"

    def convert_value(self, value: Any) -> Value | PropertyError | None:
        """Defaults are documentation: the server fills them in."""
        return None


@contextmanager
def wire_formats() -> Generator[None]:
    """Let the parser know the private formats."""
    original = parser._string_based_property

    def string_based_property(
        name: oai.UntrustedString, required: bool, data: oai.Schema, config: Config
    ) -> Property | PropertyError:
        format_ = data.schema_format.get_untrusted_value() if data.schema_format else ""
        row = format_.removeprefix("row:") if format_.startswith("row:") else ""
        if not row and format_ not in WIRE_TYPES:
            return original(name, required, data, config)
        return WireProperty(  # type: ignore[return-value]
            name=name,
            required=required,
            default=None,
            python_name=strings.PythonIdentifier(value=name, prefix=config.field_prefix),
            description=data.description,
            example=None,
            type_name=row or WIRE_TYPES[format_],
        )

    parser._string_based_property = string_based_property  # type: ignore[assignment]
    try:
        yield
    finally:
        parser._string_based_property = original


_SIMPLE: dict[type, str] = {
    StringProperty: "str",
    IntProperty: "int",
    BooleanProperty: "bool",
    UuidProperty: "UUID",
    DateProperty: "Day",
    AnyProperty: "Any",
    NoneProperty: "None",
    FloatProperty: "Number",
}


def is_map(prop: Any) -> bool:
    """Whether an object has no properties of its own, only values under free keys."""
    return isinstance(prop, ModelProperty) and not prop.data.properties and not prop.data.allOf


def annotation(prop: Any, *, top: bool = False) -> str:
    """The Python type of a property. Lists inside of models are tuples, since models do not change."""
    if isinstance(prop, WireProperty):
        return prop.type_name
    if is_map(prop):
        inner = "Any" if prop.additional_properties is None else annotation(prop.additional_properties)
        extra: dict[str, Any] = prop.data.model_extra or {}
        empty_list = extra.get("x-empty-list")
        return f"PhpMap[{inner}]" if empty_list else f"dict[str, {inner}]"
    if isinstance(prop, ModelProperty | EnumProperty):
        return str(prop.class_info.name)
    if isinstance(prop, ListProperty):
        inner = annotation(prop.inner_property)
        return f"list[{inner}]" if top else f"tuple[{inner}, ...]"
    if isinstance(prop, UnionProperty):
        members = list(dict.fromkeys(annotation(inner, top=top) for inner in prop.inner_properties))
        return " | ".join(sorted(members, key=lambda member: member == "None"))
    if isinstance(prop, ConstProperty):
        return f"Literal[{prop.value.python_code}]"
    return _SIMPLE[type(prop)]


def reached(prop: Any) -> Iterator[Any]:
    """Every property inside of a property, itself included."""
    yield prop
    if is_map(prop):
        yield from reached(prop.additional_properties) if prop.additional_properties is not None else ()
    elif isinstance(prop, ListProperty):
        yield from reached(prop.inner_property)
    elif isinstance(prop, UnionProperty):
        for inner in prop.inner_properties:
            yield from reached(inner)
