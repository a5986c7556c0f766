"""The document of an API as a server needs it: routes, and validators of requests and answers."""

from __future__ import annotations

import json
import re
from functools import cache, cached_property
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import attrs
import jsonschema_rs
import yaml

__all__ = ["Document", "Operation", "Problem", "Route"]

ROOT = Path(__file__).resolve().parent.parent
METHODS = ("get", "put", "post", "delete", "patch")
Json = dict[str, Any]


@attrs.frozen
class Problem:
    """One way in which a request does not fit the document."""

    place: str
    """path, query or body."""
    name: str
    """Parameter or property; empty for the body as a whole."""
    reason: str
    given: Any = None


@attrs.define(slots=False)
class Operation:
    """One operation: what its requests and answers must look like."""

    id: str
    method: str
    path: str
    data: Json
    document: Document = attrs.field(repr=False)

    @property
    def effect(self) -> str:
        """read, idempotent or unsafe."""
        return str(self.data["x-effect"])

    @cached_property
    def parameters(self) -> list[Json]:
        """Parameters with their references followed."""
        return [self.document.resolve(item) for item in self.data.get("parameters", [])]

    @cached_property
    def _checks(self) -> dict[tuple[str, str], tuple[Json, Any]]:
        """Schema and validator of each parameter."""
        return {
            (item["in"], item["name"]): (self.document.resolve(item["schema"]), self.document.validator(item["schema"]))
            for item in self.parameters
        }

    @cached_property
    def _together(self) -> Any:
        constraints = self.data.get("x-constraints")
        return self.document.validator(constraints) if constraints else None

    @cached_property
    def _body(self) -> Any:
        body = self.document.resolve(self.data.get("requestBody", {}))
        return self.document.validator(body["content"]["application/json"]["schema"]) if body else None

    @cached_property
    def _answers(self) -> dict[tuple[str, str], Any]:
        """Validator of each answer by status and media type."""
        found: dict[tuple[str, str], Any] = {}
        for status, item in self.data["responses"].items():
            for media, content in self.document.resolve(item).get("content", {}).items():
                found[status, media] = self.document.validator(content["schema"])
        return found

    def read_parameters(
        self, path: dict[str, str], query: list[tuple[str, str]]
    ) -> tuple[dict[str, Any], list[Problem]]:
        """Typed parameters by wire name, and what is wrong with them. Unknown query parameters are left alone."""
        values: dict[str, Any] = {}
        problems: list[Problem] = []
        given: dict[str, list[str]] = {}
        for name, text in query:
            given.setdefault(name, []).append(text)
        for item in self.parameters:
            place, name = item["in"], item["name"]
            if place == "path":
                texts = [path[name]]
            elif place == "query" and name in given:
                texts = given[name]
            else:
                if item.get("required") and place == "query":
                    problems.append(Problem(place, name, "is required"))
                continue
            schema, check = self._checks[place, name]
            value = _read(self.document, schema, texts, explode=item.get("explode", True))
            values[name] = value
            error = next(iter(check.iter_errors(value)), None)
            if error is not None:
                problems.append(Problem(place, name, error.message, value))
        if not problems and self._together is not None:
            queried = {name: value for name, value in values.items() if name not in path}
            problems += [Problem("query", "", error.message) for error in self._together.iter_errors(queried)]
        return values, problems

    def check_body(self, body: Any) -> list[Problem]:
        """What is wrong with a parsed request body."""
        if self._body is None:
            return []
        return [
            Problem("body", ".".join(map(str, error.instance_path)), error.message)
            for error in self._body.iter_errors(body)
        ]

    def check_answer(self, status: int, media: str, body: Any) -> list[str]:
        """What is wrong with an answer of ours."""
        media = media.partition(";")[0]
        by_status = {key: check for key, check in self._answers.items() if key[0] in (str(status), "default")}
        if not by_status:
            return [f"{self.id}: status {status} is not documented"]
        check = by_status.get((str(status), media)) or by_status.get(("default", media))
        if check is None:
            return [f"{self.id}: {media} is not documented for status {status}"]
        if not media.endswith("json"):
            return []
        return [
            f"{self.id}: {status}: $.{_dotted(error.instance_path)}: {error.message}"
            for error in check.iter_errors(body)
        ]


def _dotted(path: list[str | int]) -> str:
    return ".".join(map(str, path))


def _read(document: Document, schema: Json, texts: list[str], *, explode: bool) -> Any:
    """A parameter's text as the JSON value that its schema means; text that does not fit stays text."""
    schema = document.resolve(schema)
    kind = schema.get("type")
    if kind == "array":
        items = texts if explode else texts[-1].split(",")
        return [_read(document, schema["items"], [text], explode=True) for text in items]
    text = texts[-1]
    if kind == "integer" and re.fullmatch(r"-?\d{1,4000}", text, re.ASCII):
        return int(text)
    if kind == "number" and re.fullmatch(r"-?\d+(\.\d+)?([eE][-+]?\d+)?", text, re.ASCII):
        return float(text)
    if kind == "boolean" and text in ("true", "false", "1", "0"):
        return text in ("true", "1")
    return text


@attrs.frozen
class Route:
    """A way to an operation."""

    pattern: re.Pattern[str]
    operation: Operation


class Document:
    """A finished document (spec and overlays)."""

    def __init__(self, data: Json) -> None:
        self.data = data
        self.operations = {
            operation["operationId"]: Operation(operation["operationId"], method.upper(), path, operation, self)
            for path, item in data["paths"].items()
            for method, operation in item.items()
            if method in METHODS
        }
        self._plain: dict[tuple[str, str], Operation] = {}
        self._routes: list[Route] = []
        for operation in self.operations.values():
            if "{" in operation.path:
                pattern = re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>[^/]+)", re.escape(operation.path))
                self._routes.append(Route(re.compile(pattern), operation))
            else:
                self._plain[operation.method, operation.path] = operation

    @classmethod
    @cache
    def load(cls, api: str) -> Document:
        """The document that lies beside the package of an API. Sandboxes share it: reading one takes a while."""
        text = (ROOT / "generated" / f"{api}_sdk" / "openapi.yaml").read_text(encoding="utf-8")
        loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        return cls(yaml.load(text, loader))

    def resolve(self, node: Json) -> Json:
        """What a reference leads to; any other node is itself."""
        while "$ref" in node:
            target: Any = self.data
            for part in node["$ref"].removeprefix("#/").split("/"):
                target = target[part.replace("~1", "/").replace("~0", "~")]
            node = target
        return node

    def validator(self, schema: Json) -> Any:
        """Checks values against a schema of this document."""
        # A validator keeps a copy of all it is given: the components of a large document take megabytes, each time.
        whole = {**schema, "components": {"schemas": self._reached(schema)}}
        return jsonschema_rs.Draft202012Validator(whole, validate_formats=True)

    def _reached(self, schema: Json) -> Json:
        """The named schemas that a schema refers to, and those that they refer to."""
        found: Json = {}
        unread = [schema]
        while unread:
            for name in re.findall(r'"\$ref": "#/components/schemas/([^"/]+)', json.dumps(unread.pop())):
                if name not in found:
                    found[name] = self.data["components"]["schemas"][name]
                    unread.append(found[name])
        return found

    def find(self, method: str, path: str) -> tuple[Operation, dict[str, str]] | None:
        """The operation of a request, and its path parameters."""
        operation = self._plain.get((method, path))
        if operation is not None:
            return operation, {}
        for route in self._routes:
            match = route.pattern.fullmatch(path)
            if match and route.operation.method == method:
                return route.operation, {name: unquote(text) for name, text in match.groupdict().items()}
        return None

    def methods_of(self, path: str) -> list[str]:
        """Methods that a path has."""
        found = [method for (method, known) in self._plain if known == path]
        return found + [route.operation.method for route in self._routes if route.pattern.fullmatch(path)]
