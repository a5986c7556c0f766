"""Replies to read: the examples of the documents, as they are and with their lists made long."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from benchmarks.measure import ROOT
from tradeloom.yamlfile import load

LONG = 50


def payloads(api: str) -> dict[str, dict[str, str]]:
    """JSON texts by name, with the operation that they answer."""
    document: Any = load(ROOT / "generated" / f"{api}_sdk" / "openapi.yaml").data
    found: dict[str, dict[str, str]] = {}
    for path, item in document["paths"].items():
        for method, operation in item.items():
            if not isinstance(operation, dict) or "operationId" not in operation:
                continue
            for number, example in enumerate(_examples(document, operation), 1):
                name = operation["operationId"] + (f" {number}" if number > 1 else "")
                of = {"operation": operation["operationId"], "request": f"{method.upper()} {path}"}
                found[name] = {**of, "json": _text(example)}
                long = _long(example)
                if long != example:
                    found[f"{name}, long"] = {**of, "json": _text(long)}
    return found


def _text(value: object) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False, default=str)


def _examples(document: Any, operation: Any) -> Iterator[Any]:
    for status, response in operation["responses"].items():
        media = _resolved(document, response).get("content", {}).get("application/json")
        if media is None or not str(status).startswith("2"):
            continue
        if "example" in media:
            yield media["example"]
        for example in media.get("examples", {}).values():
            yield _resolved(document, example)["value"]


def _resolved(document: Any, node: Any) -> Any:
    """What a node refers to, or itself."""
    if "$ref" not in node:
        return node
    kind, name = node["$ref"].split("/")[-2:]
    return document["components"][kind][name]


def _long(value: Any, depth: int = 0) -> Any:
    """The value with lists of objects or rows repeated."""
    if isinstance(value, list) and value and isinstance(value[0], (dict, list)):
        return (value * LONG)[:LONG]
    if isinstance(value, dict) and depth < 2:
        return {key: _long(item, depth + 1) for key, item in value.items()}
    return value
