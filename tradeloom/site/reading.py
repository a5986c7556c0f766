"""What the pages show, read from the documents: operations with their inputs and methods, and schemas in words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path

import attrs

from tradeloom.build import Target
from tradeloom.lowering import METHODS, Json, resolve
from tradeloom.model import Argument, Merge, Method, Package
from tradeloom.overlay import build
from tradeloom.project import package_of

__all__ = ["Api", "Input", "Operation", "Response", "flat", "read_api", "slug"]


def slug(text: str) -> str:
    """A text as part of an address."""
    return re.sub(r"\W+", "-", text.lower()).strip("-")


@attrs.frozen
class Input:
    """A parameter, or a field of a request body."""

    name: str
    """In Python."""
    wire: str
    place: str
    schema: Json
    required: bool
    text: str
    ignored: bool = False
    """Whether it is missing from the SDK."""
    joined: bool = False


@attrs.frozen
class Response:
    """What one status means."""

    status: str
    text: str
    shared: str
    """Name of the component that it is; empty where the operation has it for itself."""
    content: Json
    headers: Json
    outcome: str

    @property
    def good(self) -> bool:
        """Whether the call was carried out."""
        return self.status.startswith("2")


@attrs.frozen
class Call:
    """A method of the clients, as one operation is called."""

    method: Method
    arguments: list[Argument]
    sample: Json
    merged: Merge | None = None
    """Set where the operation shares the method with another and is chosen by an argument."""

    @property
    def shown(self) -> str:
        """The call with the names of its arguments."""
        names = [argument.name for argument in self.method.positional]
        names += [self.merged.argument] if self.merged else []
        names += ["…"] if self._more(names) else []
        return f"{self.method.operation}({', '.join(names)})"

    def _more(self, names: list[str]) -> bool:
        merged = self.method.merge.argument if self.method.merge else ""
        return any(argument.name not in (*names, merged) for argument in self.method.all_arguments)


@attrs.frozen
class Operation:
    """An operation of a document."""

    api: Api = attrs.field(repr=False)
    path: str
    http: str
    node: Json = attrs.field(repr=False)

    @property
    def id(self) -> str:
        """The name that the document gives it."""
        return str(self.node["operationId"])

    @property
    def anchor(self) -> str:
        """Where it stands on its page. Two operations may go by one method; their ids differ."""
        return slug(self.id)

    @property
    def tag(self) -> str:
        """The page that it stands on."""
        return str(self.node["tags"][0])

    @property
    def effect(self) -> str:
        """read, idempotent or unsafe."""
        return str(self.node["x-effect"])

    @cached_property
    def calls(self) -> list[Call]:
        """The methods that call it."""
        return list(self._calls())

    def _calls(self) -> Iterator[Call]:
        for method in self.api.package.methods:
            if (method.path, method.http) == (self.path, self.http):
                yield Call(method, method.all_arguments, method.sample)
            elif method.merge and (method.merge.method.path, method.merge.method.http) == (self.path, self.http):
                yield Call(method, method.merge.method.arguments, method.merge.method.sample, method.merge)

    @cached_property
    def parameters(self) -> list[Input]:
        """Parameters of the path, the query and the headers."""
        return [
            Input(
                name=str(parameter.get("x-sdk-name", parameter["name"])),
                wire=parameter["name"],
                place=parameter["in"],
                schema=parameter["schema"],
                required=parameter.get("required", False),
                text=item.get("description") or parameter["description"],
                ignored=parameter.get("x-sdk-ignore", False),
                joined=parameter.get("explode") is False,
            )
            for item in self.node.get("parameters", [])
            for parameter in [self.api.resolve(item)]
        ]

    def body_schemas(self) -> list[tuple[str, Json]]:
        """Name and schema of each form that the request body has."""
        if "requestBody" not in self.node:
            return []
        if variants := self.node.get("x-methods"):
            return [(item["schema"], self.api.schemas[item["schema"]]) for item in variants]
        body = self.api.resolve(self.node["requestBody"])
        schema = body["content"]["application/json"]["schema"]
        return [(schema.get("$ref", "").rpartition("/")[2], self.api.resolve(schema))]

    def body_fields(self, schema: Json) -> list[Input]:
        """The fields of a request body."""
        properties, required = flat(self.api, schema)
        return [
            Input(
                name=str({**self.api.resolve(field), **field}.get("x-sdk-name", wire)),
                wire=wire,
                place="body",
                schema=field,
                required=wire in required,
                text=self.api.describe(field),
                ignored="const" in field,
            )
            for wire, field in properties.items()
        ]

    @cached_property
    def responses(self) -> list[Response]:
        """What the server answers."""
        found: list[Response] = []
        for status, item in self.node["responses"].items():
            response = self.api.resolve(item)
            found.append(
                Response(
                    status=status,
                    text=response["description"],
                    shared=item.get("$ref", "").rpartition("/")[2],
                    content=response.get("content", {}),
                    headers=response.get("headers", {}),
                    outcome=response.get("x-outcome", ""),
                )
            )
        return found


@attrs.define
class Api:
    """One API: its document, and the package made from it."""

    name: str
    document: Json
    package: Package

    @property
    def label(self) -> str:
        """Its name without the words that all of them share."""
        return re.sub(r" (REST |HTTPS? )?API\b.*", "", self.package.title)

    @property
    def schemas(self) -> Json:
        """The schemas that have a name."""
        found: Json = self.document["components"]["schemas"]
        return found

    @cached_property
    def operations(self) -> list[Operation]:
        """In the order of the document."""
        return [
            Operation(self, path, http.upper(), node)
            for path, item in self.document["paths"].items()
            for http, node in item.items()
            if http in METHODS
        ]

    @property
    def tags(self) -> list[Json]:
        """The groups of operations."""
        found: list[Json] = self.document["tags"]
        return found

    def by_id(self, name: str) -> Operation:
        """The operation of that name, or the first that the method of that name calls."""
        for operation in self.operations:
            if operation.id == name or any(call.method.operation == name for call in operation.calls):
                return operation
        raise KeyError(name)

    def resolve(self, node: Json) -> Json:
        """A node, references followed."""
        return resolve(self.document, node)

    def describe(self, schema: Json) -> str:
        """The description nearest to a schema."""
        while "description" not in schema and "$ref" in schema:
            schema = self.resolve({"$ref": schema["$ref"]})
        return str(schema.get("description", "")).strip()


def flat(api: Api, schema: Json) -> tuple[Json, list[str]]:
    """Properties and required names of an object, its `allOf` parts included."""
    properties: Json = {}
    required: list[str] = []
    for part in schema.get("allOf", []):
        inner, needed = flat(api, api.resolve(part))
        properties |= inner
        required += needed
    return properties | schema.get("properties", {}), required + schema.get("required", [])


def read_api(target: Target) -> Api:
    """An API from its sources; SourceError if they are wrong."""
    document = build(target.spec, target.overlays)
    return Api(target.name, document.data, package_of(document, Path(target.spec)))
