"""From the document to what openapi-python-client can read.

It knows JSON Schema of a few years ago: tuples become unions, exact numbers floats, and some forms are dropped
without a word. So before it parses, such schemas become strings with a private format; properties.py gives each
format its Python type. What it would not use (rules between fields, errors, links, examples) is left out. Nothing
here names an API.
"""

from __future__ import annotations

from copy import deepcopy
from typing import Any

Json = dict[str, Any]

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")

# Format of a lowered schema -> (types in the document, format in the document)
_EXACT = {
    ("string", "decimal"): "decimal",
    ("number", "decimal"): "number",
    ("string", "int64"): "quoted-int",
    ("string", "date-time"): "date-time",
    ("string", "naive-date-time"): "naive-date-time",
    ("string", "lenient-date-time"): "lenient-date-time",
    ("integer", "unixtime"): "unixtime",
    ("number", "unixtime"): "unixtime",
    ("integer", "unixtime-ms"): "unixtime-ms",
    ("string", "password"): "password",
}
_LOOSE = {"decimal": "loose-decimal", "int64": "loose-int"}
_KEPT = (
    "type",
    "format",
    "enum",
    "const",
    "items",
    "properties",
    "required",
    "additionalProperties",
    "title",
    "description",
)


def lower(document: Json) -> Json:
    """A copy of the document with every schema in the generator's dialect."""
    components = document.get("components", {})
    lowered: Json = {
        "openapi": document["openapi"],
        "info": {key: document["info"][key] for key in ("title", "version")},
        "components": {
            "schemas": {name: _schema(schema, name) for name, schema in components.get("schemas", {}).items()},
            "parameters": {name: _parameter(item) for name, item in components.get("parameters", {}).items()},
        },
        "paths": {},
    }
    for path, item in document["paths"].items():
        lowered["paths"][path] = {
            method: _operation(operation, document) for method, operation in item.items() if method in METHODS
        }
    return lowered


def resolve(document: Json, node: Json) -> Json:
    """What a reference leads to; any other node is itself."""
    while "$ref" in node:
        target: Any = document
        for part in node["$ref"].removeprefix("#/").split("/"):
            target = target[part.replace("~1", "/").replace("~0", "~")]
        node = target
    return node


def types_of(schema: Json) -> list[str]:
    """The types that a schema allows; empty where it names none."""
    types: str | list[str] = schema.get("type", [])
    return [types] if isinstance(types, str) else types


def _operation(operation: Json, document: Json) -> Json:
    lowered: Json = {
        "operationId": operation["operationId"],
        "tags": operation["tags"],
        "parameters": [
            deepcopy(item) if "$ref" in item else _parameter(item) for item in operation.get("parameters", [])
        ],
        "responses": {},
    }
    if "requestBody" in operation:
        body = resolve(document, operation["requestBody"])
        lowered["requestBody"] = {"required": body.get("required", False), "content": _content(body["content"])}
    for status, response in operation["responses"].items():
        if status.startswith("2"):
            resolved = resolve(document, response)
            lowered["responses"][status] = {
                "description": resolved["description"],
                "content": _content(resolved.get("content", {})),
            }
    return lowered


def _content(content: Json) -> Json:
    return {media: {"schema": _schema(item["schema"])} for media, item in content.items() if "json" in media}


def _parameter(parameter: Json) -> Json:
    if "$ref" in parameter:
        return deepcopy(parameter)
    return {
        "name": parameter["name"],
        "in": parameter["in"],
        "required": parameter.get("required", False),
        "schema": _schema(parameter["schema"]),
    }


def _schema(schema: Json, name: str = "") -> Json:
    """One schema in the dialect."""
    if "$ref" in schema:
        return {"$ref": schema["$ref"]}
    if "prefixItems" in schema:
        return {"type": "string", "format": f"row:{name}"}
    choices = schema.get("oneOf") or schema.get("anyOf")
    if choices and not schema.get("properties"):
        return _union(choices, name)
    if "allOf" in schema and not schema.get("properties"):
        return {"allOf": [_schema(part) for part in schema["allOf"]]}
    exact = _exact(types_of(schema), schema.get("format"))
    if exact is not None:
        return exact
    lowered = {key: deepcopy(schema[key]) for key in _KEPT if key in schema}
    if "properties" in lowered:
        lowered["properties"] = {key: _schema(value) for key, value in schema["properties"].items()}
    if isinstance(lowered.get("additionalProperties"), dict):
        lowered["additionalProperties"] = _schema(schema["additionalProperties"])
    if "items" in lowered:
        lowered["items"] = _schema(schema["items"])
    return lowered


def _exact(types: list[str], format_: str | None) -> Json | None:
    """A private string format for what travels exactly, or None."""
    kinds = [kind for kind in types if kind != "null"]
    if len(kinds) == 2 and format_ in _LOOSE and "string" in kinds:
        private = _LOOSE[format_]
    elif len(kinds) == 1 and (kinds[0], format_) in _EXACT:
        private = _EXACT[kinds[0], format_ or ""]
    else:
        return None
    return {"type": ["string", "null"] if "null" in types else "string", "format": private}


def _union(choices: list[Json], name: str) -> Json:
    """A union, unless it is one of the forms that stand for a single type."""
    if any(choice.get("type") == "number" for choice in choices) and any("const" in choice for choice in choices):
        return {"type": "string", "format": "number-or-text"}
    empty = [choice for choice in choices if choice.get("type") == "array" and choice.get("maxItems") == 0]
    if empty:
        maps = [choice for choice in choices if choice is not empty[0] and choice.get("type") != "null"]
        lowered: list[Json] = [{**_schema(item, name), "x-empty-list": True} for item in maps]
        lowered += [_schema(choice) for choice in choices if choice.get("type") == "null"]
        return lowered[0] if len(lowered) == 1 else {"oneOf": lowered}
    return {"oneOf": [_schema(choice) for choice in choices]}
