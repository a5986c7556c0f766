"""The page for everything in a document that has a name."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tradeloom.lowering import Json
from tradeloom.yamlfile import is_array, is_object

from .blocks import fields_table, front, indent, link
from .reading import Api
from .words import example_text, limits, prose, rules, type_text

__all__ = ["schemas_page"]


def schemas_page(api: Api) -> str:
    """Every schema with a name, and where it is used."""
    uses = _uses(api)
    parts = [
        front("Schemas", f"{api.label}: objects, rows and words"),
        "# Schemas\n",
        "Everything that has a name in the document, in alphabetical order. "
        "Fields that are not marked are always there.\n",
    ]
    for name in sorted(api.schemas, key=str.lower):
        schema = api.schemas[name]
        parts.append(f"## {name} {{ #{name} }}\n")
        parts.append(_schema(api, name, schema))
        if found := uses.get(name):
            parts.append(f"In {', '.join(found)}.\n{{ .uses }}\n")
    return "\n".join(parts)


def _schema(api: Api, name: str, schema: Json) -> str:
    text = f"{prose(api.describe(schema))}\n\n"
    whole = [type_text(part, "") for part in schema.get("allOf", []) if "$ref" in part]
    kind = f"object, {' and '.join(whole)} and more" if whole else type_text(schema, "")
    bounds = limits({}, schema)
    text += f"Type: {kind}{f'; {bounds}' if bounds and 'enum' not in schema else ''}\n\n"
    if "enum" in schema:
        text += _values(schema)
    text += fields_table(api, schema, "")
    if found := rules(schema):
        text += "Together:\n\n" + "\n".join(f"- {rule}" for rule in found) + "\n\n"
    for number, example in enumerate(schema.get("examples", [])):
        text += f'??? example "Example{f" {number + 1}" if number else ""}"\n\n'
        text += indent(f"```json\n{example_text(example)}\n```") + "\n\n"
    return text


def _values(schema: Json) -> str:
    """Values that the description does not list by itself."""
    text = str(schema.get("description", ""))
    missing = [
        value
        for value in schema["enum"]
        if value is not None and not re.search(rf"^\s*[-*] `?{re.escape(str(value))}`?(\W|$)", text, re.MULTILINE)
    ]
    return f"Values: {', '.join(f'`{value}`' for value in missing)}\n\n" if missing else ""


def _uses(api: Api) -> dict[str, list[str]]:
    """Schemas and operations that refer to each schema."""
    uses: dict[str, list[str]] = {}

    def note(node: object, place: str) -> None:
        for name in dict.fromkeys(_references(node)):
            uses.setdefault(name, [])
            if place not in uses[name]:
                uses[name].append(place)

    for operation in api.operations:
        good = [item for status, item in operation.node["responses"].items() if status.startswith("2")]
        parameters = [api.resolve(item) for item in operation.node.get("parameters", [])]
        note([good, parameters, operation.node.get("requestBody", {})], link(api, operation.id))
    for name, schema in api.schemas.items():
        note(schema, f"[{name}](#{name})")
    return uses


def _references(node: object) -> Iterator[str]:
    if is_object(node):
        for key, value in node.items():
            if key == "$ref" and str(value).startswith("#/components/schemas/"):
                yield str(value).rpartition("/")[2]
            elif key not in ("example", "examples"):
                yield from _references(value)
    elif is_array(node):
        for item in node:
            yield from _references(item)
