"""Schemas in words: types, limits, and rules between fields, as Markdown."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from tradeloom.lowering import Json, types_of
from tradeloom.yamlfile import is_array, is_object

__all__ = ["cell", "example_text", "first_sentence", "limits", "literal", "prose", "rules", "type_text"]

_FORMATS = {
    ("string", "decimal"): "decimal in quotes",
    ("number", "decimal"): "decimal",
    ("string", "int64"): "whole number in quotes",
    ("string", "date-time"): "time",
    ("string", "naive-date-time"): "time without a zone",
    ("string", "lenient-date-time"): "time",
    ("string", "date"): "date",
    ("string", "uuid"): "UUID",
    ("integer", "unixtime"): "seconds since 1970",
    ("number", "unixtime"): "seconds since 1970",
    ("integer", "unixtime-ms"): "milliseconds since 1970",
    ("string", "email"): "mail address",
    ("string", "uri"): "address",
    ("string", "password"): "secret text",
}
_TYPES = {
    "string": "text",
    "integer": "whole number",
    "number": "number",
    "boolean": "true or false",
    "object": "object",
}


def prose(text: str) -> str:
    """A description as it can stand in a page: what looks like a tag is text."""
    parts = re.split(r"(```.*?```|`[^`\n]*`)", text.strip(), flags=re.DOTALL)
    return "".join(part if part.startswith("`") else re.sub(r"<(?=[a-zA-Z/!])", "&lt;", part) for part in parts)


def cell(text: str) -> str:
    """A description as it can stand in a table."""
    text = prose(text)
    text = re.sub(r"\n\s*\n", "<br>", re.sub(r"\n\s*[-*] ", "<br>• ", text))
    return " ".join(text.split()).replace("|", "\\|")


def first_sentence(text: str) -> str:
    """The first sentence of a description."""
    text = " ".join(text.split())
    match = re.match(r"(.+?[.!?])(?:\s|$)", text)
    return match.group(1) if match else text


def literal(value: Any) -> str:
    """A value as code."""
    return f"`{value if isinstance(value, str) and value else json.dumps(value, ensure_ascii=False)}`"


def type_text(schema: Json, page: str = "schemas.md") -> str:
    """The type of a schema, with links to schemas on `page`."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return f"[{name}]({page}#{name})"
    for keyword in ("oneOf", "anyOf"):
        branches: list[Json] = [part for part in schema.get(keyword, []) if set(part) - {"required", "description"}]
        if branches:
            return " or ".join(dict.fromkeys(type_text(part, page) for part in branches))
    whole = [part for part in schema.get("allOf", []) if "$ref" in part]
    if whole and "properties" not in schema:
        return " with ".join(type_text(part, page) for part in whole)
    names = [_named(kind, schema, page) for kind in types_of(schema)]
    return " or ".join(dict.fromkeys(names)) or ("one value" if "const" in schema or "enum" in schema else "anything")


def _named(kind: str, schema: Json, page: str) -> str:
    if kind == "null":
        return "null"
    if kind == "array":
        if "prefixItems" in schema:
            return "row"
        return f"list of {type_text(schema.get('items', {}), page)}"
    extra = schema.get("additionalProperties")
    if kind == "object" and is_object(extra) and "properties" not in schema:
        return f"map of {type_text(extra, page)}"
    return _FORMATS.get((kind, schema.get("format", "")), _TYPES.get(kind, kind))


def limits(schema: Json, resolved: Json) -> str:
    """What values may be, and what stands for one that is left out. `resolved` is where a reference leads."""
    return ", ".join(text for text in _limits({**resolved, **schema}) if text)


def _limits(schema: Json) -> Iterator[str]:
    if "const" in schema:
        yield f"always {literal(schema['const'])}"
    if "enum" in schema:
        yield f"one of {', '.join(literal(value) for value in schema['enum'] if value is not None)}"
    low, high = schema.get("minimum"), schema.get("maximum")
    if low is not None and high is not None:
        yield f"{low} to {high}"
    elif low is not None:
        yield f"at least {low}"
    elif high is not None:
        yield f"at most {high}"
    if "exclusiveMinimum" in schema:
        yield f"more than {schema['exclusiveMinimum']}"
    if "exclusiveMaximum" in schema:
        yield f"less than {schema['exclusiveMaximum']}"
    if pattern := schema.get("pattern"):
        positive = schema.get("format") == "decimal" and not re.search(pattern, "0")
        if positive or not schema.get("format"):
            yield "more than 0" if positive else f"pattern `{pattern}`"
    for least, most, unit in (("minLength", "maxLength", "character"), ("minItems", "maxItems", "item")):
        yield _count(schema.get(least), schema.get(most), unit)
    inner: Json = schema.get("items", {})
    if inner and "$ref" not in inner:
        yield from (f"each {text}" for text in _limits(inner) if text)
    if "default" in schema:
        yield f"default {literal(schema['default'])}"


def _count(least: int | None, most: int | None, unit: str) -> str:
    if least is None and most is None:
        return ""
    if least == most:
        return f"{least} {unit}{'' if least == 1 else 's'}"
    if most is None:
        return f"at least {least} {unit}{'' if least == 1 else 's'}"
    return f"{least or 0} to {most} {unit}s"


def rules(schema: Json) -> list[str]:
    """What holds between fields, a sentence each."""
    return list(dict.fromkeys(_rules(schema)))


def _rules(schema: Json) -> Iterator[str]:
    for name, needed in schema.get("dependentRequired", {}).items():
        yield f"`{name}` only together with {_and(needed)}."
    for group in _groups(schema.get("not", {})):
        yield f"Not {_and(group)} together." if len(group) > 1 else f"No `{group[0]}`."
    for keyword, word in (("oneOf", "Exactly one of"), ("anyOf", "At least one of")):
        groups = [_and(part["required"]) for part in schema.get(keyword, []) if _only_required(part)]
        if groups:
            yield f"{word} {', '.join(groups)}."
    if "if" in schema:
        then = "; ".join(_demands(schema.get("then", {})))
        otherwise = "; ".join(_demands(schema.get("else", {})))
        yield f"{_condition(schema['if'])}: {then}.{f' Otherwise: {otherwise}.' if otherwise else ''}"
    for part in schema.get("allOf", []):
        yield from _rules(part)


def _only_required(schema: Json) -> bool:
    return "required" in schema and not set(schema) - {"required", "description"}


def _groups(schema: Json) -> list[list[str]]:
    parts: list[Json] = schema.get("anyOf") or ([schema] if schema else [])
    return [part["required"] for part in parts if _only_required(part)]


def _condition(schema: Json) -> str:
    properties: Json = schema.get("properties", {})
    parts = [
        f"`{name}` is {' or '.join(literal(value) for value in part.get('enum', [part.get('const')]))}"
        for name, part in properties.items()
    ]
    parts += [f"`{name}` is given" for name in schema.get("required", []) if name not in properties]
    return f"If {' and '.join(parts)}"


def _demands(schema: Json) -> Iterator[str]:
    if schema.get("required"):
        yield f"{_and(schema['required'])} must be given"
    for group in _groups(schema.get("not", {})):
        yield f"{_and(group)} must not be given"
    for name, part in schema.get("properties", {}).items():
        yield f"`{name}` must be {' or '.join(literal(value) for value in part.get('enum', [part.get('const')]))}"


def _and(names: list[str]) -> str:
    return " and ".join(f"`{name}`" for name in names)


def example_text(value: Any, width: int = 92, indent: str = "") -> str:
    """JSON that keeps small things on one line."""
    flat = json.dumps(value, ensure_ascii=False)
    if not value or not (is_object(value) or is_array(value)) or len(flat) + len(indent) <= width:
        return flat
    inner = indent + "  "
    if is_object(value):
        items = [f"{json.dumps(key)}: {example_text(item, width, inner)}" for key, item in value.items()]
        return "{\n" + ",\n".join(inner + item for item in items) + f"\n{indent}}}"
    entries = [inner + example_text(item, width, inner) for item in value]
    return "[\n" + ",\n".join(entries) + f"\n{indent}]"
