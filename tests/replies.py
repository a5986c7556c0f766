"""From recordings to calls of the packages, by the documents; and exact comparison of JSON."""

from __future__ import annotations

import asyncio
import json
import re
import warnings
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache
from importlib import import_module
from typing import Any
from urllib.parse import parse_qsl, unquote

import attrs
import jsonschema_rs

from sandbox.replay import APIS, RECORDINGS, Recording, recordings_in
from tradeloom.build import Target
from tradeloom.overlay import build

CREDENTIALS: Mapping[str, Mapping[str, str]] = {
    "coinbase-pro": {"key": "sandbox-key", "secret": "c2FuZGJveC1zZWNyZXQ=", "passphrase": "sandbox"},
    "freqtrade": {"username": "Freqtrader", "password": "SuperSecret1!"},
    "onefox": {"token": "SANDBOXTOKEN0000000000000000000000"},
}
CLIENTS = {"coinbase-pro": "CoinbasePro", "freqtrade": "Freqtrade", "onefox": "OneFox"}

EMPTY_MAP = object()
"""Stands for an empty map that was recorded as `[]`."""


def parse(text: str | bytes) -> Any:
    """JSON with exact numbers, NaN as None."""
    constants = {"NaN": None, "Infinity": Decimal("Infinity"), "-Infinity": Decimal("-Infinity")}
    return json.loads(text, parse_float=Decimal, parse_constant=constants.__getitem__)


def difference(got: Any, expected: Any, path: str = "$") -> str:
    """Where two JSON values differ; empty if they do not. Numbers are compared as exact decimals."""
    if expected is EMPTY_MAP:
        return "" if got in ({}, []) else f"{path}: {got!r} for an empty map"
    if isinstance(expected, dict) and isinstance(got, dict):
        if got.keys() != expected.keys():
            return f"{path}: missing {expected.keys() - got.keys()}, unexpected {got.keys() - expected.keys()}"
        return next((d for k in expected if (d := difference(got[k], expected[k], f"{path}.{k}"))), "")
    if isinstance(expected, list) and isinstance(got, list):
        if len(got) != len(expected):
            return f"{path}: {len(got)} items for {len(expected)}"
        pairs = enumerate(zip(got, expected, strict=True))
        return next((d for i, (g, e) in pairs if (d := difference(g, e, f"{path}[{i}]"))), "")
    numbers = (int, Decimal)
    if isinstance(expected, numbers) and isinstance(got, numbers) and not isinstance(expected, bool):
        same = got == expected and not isinstance(got, bool)
    else:
        same = type(got) is type(expected) and got == expected
    return "" if same else f"{path}: {got!r} for {expected!r}"


def leaves(value: Any) -> Iterator[Any]:
    """Every plain value in a result."""
    if attrs.has(type(value)):
        for field in attrs.fields(type(value)):
            yield from leaves(getattr(value, field.name))
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from leaves(item)
    elif not isinstance(value, (str, bytes)) and hasattr(value, "__iter__"):
        for item in value:
            yield from leaves(item)
    else:
        yield value


@attrs.frozen
class Operation:
    """One operation of a document under the name that the package has for it."""

    name: str
    identifier: str
    method: str
    path: str
    """Template, the path of the base address included."""
    item: Mapping[str, Any] = attrs.field(repr=False)
    parameters: tuple[Mapping[str, Any], ...] = attrs.field(repr=False)
    body: Mapping[str, Any] | None = attrs.field(repr=False)
    """Schema of the request body."""
    sample: Mapping[str, Any] = attrs.field(repr=False)

    @property
    def effect(self) -> str:
        """read, idempotent or unsafe."""
        effect: str = self.item["x-effect"]
        return effect


@attrs.frozen
class Call:
    """A call of the package that makes the recorded request."""

    operation: Operation
    arguments: Mapping[str, Any]
    query: tuple[tuple[str, str], ...]
    """The query that should arrive, sorted."""
    body: Any
    """The JSON body that should arrive."""
    allowed: bool
    """Whether the document allows these arguments."""


class Document:
    """The document of one API."""

    def __init__(self, api: str) -> None:
        target = Target(APIS[api].spec)
        self.data: Any = build(target.spec, target.overlays).data
        self.base_path = "/api/v1" if api == "onefox" else ""
        self.operations = tuple(self._operations())

    def deref(self, node: Any) -> Any:
        """The object that a reference leads to; what stands beside the reference overrides it."""
        while "$ref" in node:
            target = self.data
            for part in node["$ref"].removeprefix("#/").split("/"):
                target = target[part.replace("~1", "/").replace("~0", "~")]
            node = {**target, **{k: v for k, v in node.items() if k != "$ref"}}
        return node

    def _operations(self) -> Iterator[Operation]:
        for path, item in self.data["paths"].items():
            for method in ("get", "post", "put", "delete"):
                if method not in item:
                    continue
                operation = item[method]
                listed = [*item.get("parameters", []), *operation.get("parameters", [])]
                parameters = tuple(p for p in map(self.deref, listed) if not p.get("x-sdk-ignore"))
                body = operation.get("requestBody")
                schema = self.deref(body)["content"]["application/json"]["schema"] if body else None
                for name, variant, sample in self._variants(operation, schema):
                    yield Operation(
                        name=name,
                        identifier=operation["operationId"],
                        method=method.upper(),
                        path=self.base_path + path,
                        item=operation,
                        parameters=parameters,
                        body=variant,
                        sample=sample,
                    )

    def _variants(self, operation: Any, schema: Any) -> Iterator[tuple[str, Any, Any]]:
        if "x-methods" in operation:
            for method in operation["x-methods"]:
                yield method["name"], self.data["components"]["schemas"][method["schema"]], method["x-sample"]
        else:
            name = operation.get("x-merge", {}).get("into", operation["operationId"])
            yield name, schema, operation["x-sample"]

    def outcome(self, operation: Operation, status: int) -> str:
        """What the document says a 5xx of the operation means."""
        responses = operation.item["responses"]
        response = self.deref(responses.get(str(status)) or responses.get("default") or {})
        return str(response.get("x-outcome", "unknown"))

    def named(self, value: Any, schema: Any) -> Any:
        """A JSON value without what the document does not name."""
        schema = self.deref(schema)
        choices = schema.get("oneOf") or schema.get("anyOf")
        if choices and not schema.get("properties"):
            choices = [self.deref(choice) for choice in choices]
            if value == [] and any("object" in _types(choice) for choice in choices):
                return EMPTY_MAP
            fitting = [choice for choice in choices if self._fits(value, choice)]
            return self.named(value, fitting[0]) if fitting else value
        if isinstance(value, dict):
            properties = self._properties(schema)
            more = schema.get("additionalProperties")
            if isinstance(more, dict) and not properties:
                return {key: self.named(item, more) for key, item in value.items()}
            return {key: self.named(item, properties[key]) for key, item in value.items() if key in properties}
        if isinstance(value, list):
            columns = schema.get("prefixItems")
            if columns:
                return [self.named(item, column) for item, column in zip(value, columns, strict=False)]
            return [self.named(item, schema["items"]) for item in value]
        return value

    def _properties(self, schema: Any) -> dict[str, Any]:
        found = dict(schema.get("properties", {}))
        for part in schema.get("allOf", []):
            found.update(self._properties(self.deref(part)))
        return found

    def _fits(self, value: Any, schema: Any) -> bool:
        kinds = _types(schema)
        if isinstance(value, dict):
            return "object" in kinds and all(key in value for key in schema.get("required", []))
        kind = {bool: "boolean", str: "string", list: "array", type(None): "null"}.get(type(value), "number")
        return kind in kinds or (kind == "number" and "integer" in kinds)

    def reply_schema(self, operation: Operation) -> Any:
        """Schema of the body of a 200 reply."""
        return self.deref(operation.item["responses"]["200"])["content"]["application/json"]["schema"]

    def allows(self, value: Any, schema: Any) -> bool:
        """Whether a value fits a schema."""
        whole = {**schema, "components": self.data["components"]}
        plain = json.loads(json.dumps(value, default=float))
        return jsonschema_rs.Draft202012Validator(whole).is_valid(plain)

    def find(self, recording: Recording) -> tuple[Operation, dict[str, str]] | None:
        """The operation that a recorded request belongs to, and its path parameters."""
        for operation in self.operations:
            pattern = re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>[^/]+)", re.escape(operation.path))
            match = re.fullmatch(pattern, recording.path)
            if match is None or operation.method != recording.method:
                continue
            if operation.identifier == operation.name or "x-methods" not in operation.item:
                return operation, {k: unquote(v) for k, v in match.groupdict().items()}
            assert operation.body is not None
            if json.loads(recording.request_body or "{}").get("type") == operation.body["properties"]["type"]["const"]:
                return operation, match.groupdict()
        return None

    def call(self, recording: Recording) -> Call | None:
        """The call that makes a recorded request; None if no operation has its method and path."""
        found = self.find(recording)
        if found is None:
            return None
        operation, path = found
        arguments: dict[str, Any] = {}
        query: list[tuple[str, str]] = []
        asked: dict[str, Any] = {}
        sent = parse_qsl(recording.query, keep_blank_values=True)
        allowed = True
        for parameter in operation.parameters:
            name, schema = parameter["name"], self.deref(parameter["schema"])
            texts = [path[name]] if name in path else [text for key, text in sent if key == name]
            if not texts:
                continue
            if parameter["in"] == "query":
                query.extend((name, text) for text in texts)
            values = self._list(texts, parameter) if "array" in _types(schema) else texts
            inner = self.deref(schema["items"]) if "array" in _types(schema) else schema
            typed = [self._typed(text, inner) for text in values]
            plain = [_plain(value) for value in typed]
            asked[name] = plain if inner is not schema else plain[0]
            arguments[parameter.get("x-sdk-name", name)] = typed if inner is not schema else typed[0]
            allowed = allowed and self.allows(asked[name], schema)
        allowed = allowed and self.allows(asked, operation.item.get("x-constraints", {}))
        for scheme in (self.data["components"]["securitySchemes"][n] for s in operation.item["security"] for n in s):
            if "x-argument" in scheme:
                # Where something else was sent than a bearer token, any token has to do.
                arguments[scheme["x-argument"]] = recording.bearer or "a.b.c"
        body = None
        if operation.body is not None:
            fields, body = self._body(recording, operation)
            arguments.update(fields)
            allowed = allowed and self.allows(body, operation.body)
        return Call(operation, arguments, tuple(sorted(query)), body, allowed)

    def _body(self, recording: Recording, operation: Operation) -> tuple[dict[str, Any], Any]:
        """Arguments that make the recorded body, and the body as the document writes it."""
        try:
            body = parse(recording.request_body or "null")
        except ValueError:
            return {}, None
        if not isinstance(body, dict):
            return {}, body
        arguments: dict[str, Any] = {}
        for name, value in body.items():
            assert operation.body is not None
            schema = self.deref(self.deref(operation.body)["properties"][name])
            if "const" in schema:
                continue
            typed = self._typed(value, schema) if isinstance(value, str) else value
            arguments[schema.get("x-sdk-name", name)] = typed
            # Numbers that were sent in quotes by mistake, and times without a zone, are mended by the package.
            if isinstance(typed, datetime):
                body[name] = value if value.endswith("Z") else f"{value}Z"
            elif isinstance(typed, Decimal) and "string" not in _types(schema):
                body[name] = typed
        return arguments, body

    def _list(self, texts: list[str], parameter: Mapping[str, Any]) -> list[str]:
        return texts if parameter.get("explode", True) else texts[0].split(",")

    def _typed(self, text: Any, schema: Any) -> Any:
        """A text of the wire as the argument a caller would give; the text itself if it is none."""
        kinds = _types(schema)
        if schema.get("format") == "date-time":
            time = datetime.fromisoformat(text)
            return time if time.tzinfo else time.replace(tzinfo=UTC)
        if "integer" in kinds and re.fullmatch(r"-?\d+", text):
            return int(text)
        if "boolean" in kinds:
            return {"true": True, "1": True, "false": False, "0": False}.get(text, text)
        if "number" in kinds or "integer" in kinds or schema.get("format") == "decimal":
            return Decimal(text) if re.fullmatch(r"-?\d+(\.\d+)?", text) else text
        return text

    def argument_names(self, operation: Operation) -> list[str]:
        """Python names of everything that can be passed."""
        return list(self._argument_schemas(operation))

    def sample(self, operation: Operation) -> dict[str, Any]:
        """Arguments of the document's own example of a call."""
        schemas = self._argument_schemas(operation)
        return {
            name: self._typed(value, schemas[name]) if isinstance(value, str) else value
            for name, value in operation.sample.items()
        }

    def _argument_schemas(self, operation: Operation) -> dict[str, Any]:
        schemas = {p.get("x-sdk-name", p["name"]): self.deref(p["schema"]) for p in operation.parameters}
        for name, schema in self.deref(operation.body or {}).get("properties", {}).items():
            full = self.deref(schema)
            schemas[full.get("x-sdk-name", name)] = full
        return schemas


def _types(schema: Any) -> list[str]:
    kinds = schema.get("type", [])
    return [kinds] if isinstance(kinds, str) else kinds


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else str(value) if isinstance(value, Decimal) else value


@cache
def document(api: str) -> Document:
    """The document of an API."""
    return Document(api)


def recordings(api: str) -> tuple[Recording, ...]:
    """Every recording of an API."""
    return recordings_in(RECORDINGS / APIS[api].folder)


@attrs.frozen
class Outcome:
    """What a call came to."""

    result: Any
    error: Exception | None
    warnings: tuple[str, ...]


def resolve(client: Any, name: str) -> Callable[..., Any]:
    """The method of a client by its dotted name."""
    for part in name.split("."):
        client = getattr(client, part)
    assert callable(client)
    method: Callable[..., Any] = client
    return method


class Asker:
    """Calls methods by name: of blocking clients, or of asynchronous ones on an event loop of its own."""

    def __init__(self, urls: Mapping[str, str], *, asynchronous: bool) -> None:
        self._loop = asyncio.new_event_loop() if asynchronous else None
        self._clients: dict[str, Any] = {}
        for api, url in urls.items():
            name = f"Async{CLIENTS[api]}" if asynchronous else CLIENTS[api]
            client = getattr(import_module(f"{APIS[api].spec}_sdk"), name)
            self._clients[api] = client(**CREDENTIALS[api], base_url=url, max_retries=0)

    def __call__(self, api: str, name: str, arguments: Mapping[str, Any], *, raw: bool = False) -> Outcome:
        """What a call comes to."""
        client = self._clients[api]
        method = resolve(client.with_raw_response if raw else client, name)
        result, error = None, None
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            try:
                result = self._wait(method, arguments)
            except Exception as raised:
                error = raised
        return Outcome(result, error, tuple(str(warning.message) for warning in caught))

    def close(self) -> None:
        """Close every client."""
        for client in self._clients.values():
            self._wait(client.close, {})
        if self._loop is not None:
            self._loop.run_until_complete(self._loop.shutdown_asyncgens())
            self._loop.close()

    def _wait(self, method: Callable[..., Any], arguments: Mapping[str, Any]) -> Any:
        if self._loop is None:
            return method(**arguments)

        async def call() -> Any:
            # Called inside: a wrong signature is then an error of the call, as it is for the blocking client.
            return await method(**arguments)

        return self._loop.run_until_complete(call())
