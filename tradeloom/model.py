"""What a package consists of, read from the document and from openapi-python-client's view of it.

The parser gives names and types of models. The document gives the rest: what things mean, effects, errors, security,
paging. The templates only lay out what stands here.
"""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Any

import attrs
from openapi_python_client.parser import GeneratorData
from openapi_python_client.parser.openapi import Endpoint
from openapi_python_client.parser.properties import EnumProperty, ModelProperty

from .kinds import Kind, Unsupported, kind_of, rules_of
from .lowering import METHODS, Json, resolve
from .properties import WIRE_TYPES, annotation, is_map, reached

__all__ = ["Argument", "EnumClass", "Field", "Method", "Model", "Package", "Resource", "read_package"]

_ERRORS = {
    "400": "BadRequestError",
    "401": "AuthenticationError",
    "403": "PermissionDeniedError",
    "404": "NotFoundError",
    "422": "UnprocessableError",
    "429": "RateLimitError",
}


# What a method that shares its operation with others says for itself.
_VARIANT_TEXTS = ("summary", "description", "x-command", "x-sample")


class ModelError(Exception):
    """The document says something that no package can be made of."""

    def __init__(self, pointer: tuple[str | int, ...], reason: str) -> None:
        super().__init__(reason)
        self.pointer = pointer
        self.reason = reason


@attrs.define
class Field:
    """A field of a model, or a column of a row."""

    name: str
    wire: str
    annotation: str
    default: str
    doc: str
    secret: bool = False


@attrs.define
class Model:
    """A class for JSON objects, or for rows."""

    name: str
    doc: str
    fields: list[Field]
    row: bool = False
    generic: bool = False
    columns: list[str] = attrs.field(factory=list[str])
    """Fields that a table of such things shows, where it cannot show all."""

    @property
    def renames(self) -> str:
        """The class argument that tells wire names where they differ, if any does."""
        names = {field.name: field.wire for field in self.fields if field.name != field.wire}
        return f", rename={names}" if names else ""

    @property
    def secrets(self) -> list[Field]:
        """Fields that are not shown."""
        return [field for field in self.fields if field.secret]


@attrs.define
class EnumClass:
    """A class for strings of a known set."""

    name: str
    doc: str
    members: list[tuple[str, str]]


@attrs.define
class Argument:
    """An argument of a method."""

    name: str
    wire: str
    place: str
    kind: Kind
    required: bool
    doc: str
    joined: bool = False

    @property
    def signature(self) -> str:
        """As it stands in the signature."""
        return f"{self.name}: {self.kind.annotation}" + ("" if self.required else " | None = None")


@attrs.define
class Overload:
    """Another result of a method for some values of an argument."""

    argument: str
    values: list[Any]
    rest: list[Any]
    """The other values of the argument."""
    constant: str
    result: str


@attrs.define
class Merge:
    """A second operation behind the same method, taken when an argument is given."""

    method: Method
    argument: str


@attrs.define
class Method:
    """A method, and the operation that it calls."""

    name: str
    operation: str
    constant: str
    http: str
    path: str
    summary: str
    doc: str
    effect: str
    arguments: list[Argument]
    extra_arguments: list[Argument]
    """Arguments that go to a security scheme, not into the request."""
    rules: list[str]
    constants: Json
    security: list[list[str]]
    refusals: list[int]
    errors: list[tuple[str, str]]
    result: str
    wire_result: str
    """The result's type with its wire forms."""
    result_doc: str
    item: str
    """Type of one item of a paged list; empty otherwise."""
    pagination: Json
    null_result: bool
    key: str
    lookup: Json
    evidence: list[str]
    sample: Json
    command: Json
    """What the document says about the method on the command line."""
    overloads: list[Overload] = attrs.field(factory=list[Overload])
    merge: Merge | None = None

    @property
    def all_arguments(self) -> list[Argument]:
        """Everything in the signature."""
        merged = self.merge.method.arguments if self.merge else []
        return [*self.arguments, *self.extra_arguments, *(attrs.evolve(item, required=False) for item in merged)]

    @property
    def positional(self) -> list[Argument]:
        """Arguments that must be given."""
        return [item for item in self.all_arguments if item.required]

    @property
    def optional(self) -> list[Argument]:
        """Arguments that may be given, by keyword."""
        return [item for item in self.all_arguments if not item.required]


@attrs.define
class Resource:
    """A group of methods; the one without a name sits on the client."""

    name: str
    class_name: str
    doc: str
    methods: list[Method]

    def type(self, annotation_: str) -> str:
        """A type as it must be written inside of the class, where a method `list` hides the type."""
        if any(method.name == "list" for method in self.methods):
            return re.sub(r"\blist\[", "builtins.list[", annotation_)
        return annotation_


@attrs.define
class Package:
    """Everything that the templates need."""

    sdk: Json
    title: str
    summary: str
    description: str
    version: str
    base_url: str
    spec: str
    enums: list[EnumClass]
    models: list[Model]
    resources: list[Resource]
    root: Resource
    schemes: list[tuple[str, str, str]]
    """Name, runtime class and the expression that builds it."""
    own_operations: list[Method]
    """Operations that the client calls by itself."""
    clock: Json
    error_body: Json
    envelope: Json
    envelope_name: str
    shown_parameters: list[str]

    @cached_property
    def models_by_name(self) -> dict[str, Model]:
        """The models, to look one up."""
        return {model.name: model for model in self.models}

    @property
    def methods(self) -> list[Method]:
        """Methods of all resources and of the client."""
        return [*self.root.methods, *(method for resource in self.resources for method in resource.methods)]


def plain(annotation_: str) -> str:
    """A type as a reader sees it, without its wire form."""
    return annotation_.replace("PhpMap[", "dict[str, ")


def python_name(wire: str) -> str:
    """A wire name as a Python name: snake case, keywords with an underscore."""
    name = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", wire)
    name = re.sub(r"\W+", "_", name).strip("_").lower()
    return f"{name}_" if keyword.iskeyword(name) else name


def read_package(document: Json, data: GeneratorData, spec: str) -> Package:
    """The package that a document describes."""
    return _Reader(document, data, spec).package()


class _Reader:
    def __init__(self, document: Json, data: GeneratorData, spec: str) -> None:
        self.document = document
        self.data = data
        self.spec = spec
        self.schemas: Json = document.get("components", {}).get("schemas", {})
        self.classes = {str(model.class_info.name): model for model in data.models}
        self.enum_classes = {str(enum.class_info.name): enum for enum in data.enums}
        self.endpoints = {
            str(endpoint.name): endpoint
            for collection in data.endpoint_collections_by_tag.values()
            for endpoint in collection.endpoints
        }
        self.used: dict[str, Any] = {}
        """Models, rows and enums that the package needs, by class name."""

    def package(self) -> Package:
        info, sdk = self.document["info"], self.document["x-sdk"]
        envelope: Json = self.document.get("x-envelope", {})
        methods = list(self._methods())
        envelope_name = "Envelope" if envelope else ""
        models = [*self._models()]
        if envelope:
            for prop in self._properties(self.classes[envelope_name]).values():
                self._use(prop)
            models = [*self._models()]
            models.append(self._envelope(envelope, envelope_name))
        resources = self._resources(methods)
        schemes = list(self._schemes())
        own = set(self._own_operations(methods))
        clocks = [scheme["x-clock"] for scheme in self._security_schemes().values() if "x-clock" in scheme]
        return Package(
            sdk=sdk,
            title=info["title"],
            summary=info.get("summary", ""),
            description=info["description"],
            version=info["version"],
            base_url=self.document["servers"][0]["url"],
            spec=self.spec,
            enums=[self._enum(self.enum_classes[name]) for name in sorted(self.used) if name in self.enum_classes],
            models=_in_order(models),
            resources=[resource for resource in resources if resource.name],
            root=next((r for r in resources if not r.name), Resource("", sdk["client"], "", [])),
            schemes=schemes,
            own_operations=[method for method in methods if method.operation in own],
            clock=clocks[0] if clocks else {},
            error_body=self.document.get("x-error-body", {}),
            envelope={key: python_name(value) for key, value in envelope.items()},
            envelope_name=envelope_name,
            shown_parameters=sorted({a.wire for m in methods for a in m.arguments if a.place == "query"}),
        )

    # Operations

    def _operations(self) -> Iterator[tuple[str, str, Json]]:
        for path, item in self.document["paths"].items():
            for http, operation in item.items():
                if http in METHODS:
                    yield path, http, operation

    def _methods(self) -> Iterator[Method]:
        methods: dict[str, Method] = {}
        merges: list[tuple[str, str, Method]] = []
        for path, http, operation in self._operations():
            pointer = ("paths", path, http)
            try:
                made = list(self._methods_of(path, http, operation))
            except Unsupported as error:
                raise ModelError(pointer, str(error)) from None
            if "x-merge" in operation:
                merges.append((operation["x-merge"]["into"], operation["x-merge"]["when"], made[0]))
            for method in made:
                methods[method.operation] = method
        for into, when, method in merges:
            target = methods[into]
            target.merge = Merge(method, when)
            del methods[method.operation]
        yield from methods.values()

    def _methods_of(self, path: str, http: str, operation: Json) -> Iterator[Method]:
        variants = operation.get("x-methods")
        if not variants:
            yield self._method(path, http, operation, operation, self._body_schema(operation))
            return
        for variant in variants:
            texts = {**operation, **{key: variant[key] for key in _VARIANT_TEXTS if key in variant}}
            texts["operationId"] = variant["name"]
            yield self._method(path, http, operation, texts, self.schemas[variant["schema"]])

    def _body_schema(self, operation: Json) -> Json:
        body = resolve(self.document, operation.get("requestBody", {}))
        return resolve(self.document, body["content"]["application/json"]["schema"]) if body else {}

    def _method(self, path: str, http: str, operation: Json, texts: Json, body: Json) -> Method:
        name = texts["operationId"]
        arguments = [*self._parameters(operation), *self._body_fields(body)]
        names = {argument.wire: argument.name for argument in arguments}
        arguments.sort(key=lambda argument: not argument.required)
        endpoint = self.endpoints[operation["operationId"].replace(".", "_")]
        result, result_doc = self._result(operation, endpoint)
        null = bool(operation.get("x-result-null"))
        constants = {k: v["const"] for k, v in body.get("properties", {}).items() if "const" in v}
        method = Method(
            name=name.rpartition(".")[2],
            operation=name,
            constant=name.rpartition(".")[2].upper(),
            http=http.upper(),
            path=path,
            summary=texts["summary"],
            doc=texts["description"],
            effect=operation["x-effect"],
            arguments=arguments,
            extra_arguments=list(self._extra_arguments(operation)),
            rules=[*rules_of(operation.get("x-constraints", {}), names), *rules_of(body, names)],
            constants=constants,
            security=[self._schemes_of(alternative) for alternative in operation["security"]] or [[]],
            refusals=[
                int(status)
                for status, response in operation["responses"].items()
                if resolve(self.document, response).get("x-outcome") == "refused"
            ],
            errors=list(self._errors(operation)),
            result=plain(f"{result} | None" if null and result != "None" else result),
            wire_result=result,
            result_doc=result_doc,
            item=result.removeprefix("list[").removesuffix("]") if "x-pagination" in operation else "",
            pagination=self._pagination(operation, names),
            null_result=null,
            key=names.get(operation.get("x-key", ""), ""),
            lookup=operation.get("x-lookup", {}),
            evidence=operation.get("x-evidence", []),
            sample=texts.get("x-sample", {}),
            command=texts.get("x-command", {}),
        )
        self._add_overloads(method, operation)
        return method

    def _parameters(self, operation: Json) -> Iterator[Argument]:
        for item in operation.get("parameters", []):
            parameter = resolve(self.document, item)
            if parameter.get("x-sdk-ignore"):
                continue
            kind = kind_of(self.document, parameter["schema"])
            self._use_enums(kind)
            yield Argument(
                name=parameter.get("x-sdk-name") or python_name(parameter["name"]),
                wire=parameter["name"],
                place=parameter["in"],
                kind=kind,
                required=parameter.get("required", False),
                doc=item.get("description") or parameter["description"],
                joined=parameter.get("explode") is False,
            )

    def _body_fields(self, body: Json) -> Iterator[Argument]:
        for wire, schema in body.get("properties", {}).items():
            if "const" in schema:
                continue
            kind = kind_of(self.document, schema)
            self._use_enums(kind)
            yield Argument(
                name=schema.get("x-sdk-name") or python_name(wire),
                wire=wire,
                place="body",
                kind=kind,
                required=wire in body.get("required", []),
                doc=self._describe(schema),
            )

    def _extra_arguments(self, operation: Json) -> Iterator[Argument]:
        for alternative in operation["security"]:
            for name in alternative:
                scheme = self._security_schemes()[name]
                if "x-argument" in scheme:
                    kind = Kind("", "str")
                    doc = f"{_first_sentence(scheme['description'])} The one that this client holds if not given."
                    yield Argument(scheme["x-argument"], "", "", kind, required=False, doc=doc)

    def _use_enums(self, kind: Kind) -> None:
        for name in kind.enums:
            self.used[name] = self.enum_classes[name]

    def _errors(self, operation: Json) -> Iterator[tuple[str, str]]:
        for status, response in operation["responses"].items():
            if status[0] not in "45":
                continue
            kind = _ERRORS.get(status, "ServerError" if status[0] == "5" else "APIError")
            resolved = resolve(self.document, response)
            if kind == "ServerError" and resolved.get("x-outcome") != "refused" and operation["x-effect"] != "read":
                kind = "OutcomeUnknown"
            yield kind, f"{status}: {_first_sentence(resolved['description'])}"

    def _pagination(self, operation: Json, names: dict[str, str]) -> Json:
        paging: Json = operation.get("x-pagination", {})
        if not paging:
            return {}
        if paging["style"] == "cursor":
            drop = [names[paging["previous"]]] if paging.get("previous") in names else []
            return {
                "style": "cursor",
                "argument": names[paging["cursor"]],
                "header": paging["next-header"].lower(),
                "drop": tuple(drop),
            }
        return {
            "style": "offset",
            "argument": names[paging["offset"]],
            "limit": names[paging["limit"]],
            "default_limit": paging["default-limit"],
        }

    def _add_overloads(self, method: Method, operation: Json) -> None:
        spec = operation.get("x-overloads")
        if not spec:
            return
        method.result = method.wire_result = spec["default"]
        for number, item in enumerate(spec["results"], 1):
            constant = f"{method.constant}_{number}"
            parameter = next(p for p in map(self._resolved, operation["parameters"]) if p["name"] == spec["parameter"])
            rest = [value for value in self._resolved(parameter["schema"])["enum"] if value not in item["values"]]
            name = python_name(spec["parameter"])
            method.overloads.append(Overload(name, item["values"], rest, constant, item["schema"]))

    # Results

    def _result(self, operation: Json, endpoint: Endpoint) -> tuple[str, str]:
        responses = [r for r in endpoint.responses.patterns if (r.status_code.range or (0,))[0] // 100 == 2]
        if not responses:
            raise Unsupported("an operation needs a 2xx response")
        prop: Any = responses[0].prop
        document_response = resolve(self.document, operation["responses"][responses[0].status_code.pattern])
        if "x-envelope" in self.document:
            prop = self._properties(prop)[self.document["x-envelope"]["result"]]
        self._use(prop)
        result = annotation(prop, top=True)
        if "x-envelope" in self.document and result != "None":
            result = result.removesuffix(" | None")
        return result, document_response["description"]

    def _use(self, prop: Any) -> None:
        """Note every class that a result is made of."""
        for inner in reached(prop):
            if is_map(inner):
                continue
            name = annotation(inner)
            if isinstance(inner, EnumProperty):
                self.used[name] = inner
            elif isinstance(inner, ModelProperty):
                if name not in self.used:
                    self.used[name] = self.classes[name]
                    for field in self._properties(inner).values():
                        self._use(field)
            elif name in self.schemas and "prefixItems" in self.schemas[name] and name not in self.used:
                self.used[name] = self.schemas[name]

    def _properties(self, model: ModelProperty) -> dict[str, Any]:
        full = self.classes[str(model.class_info.name)]
        return {
            prop.name.get_untrusted_value(): prop
            for prop in [*(full.required_properties or []), *(full.optional_properties or [])]
        }

    def _models(self) -> Iterator[Model]:
        for name, used in self.used.items():
            if isinstance(used, ModelProperty):
                schema = self.schemas[name]
                model = Model(name, self._describe(schema), list(self._fields(name, used)))
                model.columns = list(self._shown(name, model, schema.get("x-columns", [])))
                yield model
            elif name in self.schemas and "prefixItems" in self.schemas[name]:
                row = self.schemas[name]
                yield Model(name, self._describe(row), list(self._columns(row)), row=True)

    def _shown(self, name: str, model: Model, columns: list[str]) -> Iterator[str]:
        names = {field.wire: field.name for field in model.fields}
        for wire in columns:
            if wire not in names:
                raise ModelError(("components", "schemas", name, "x-columns"), f"no such property: {wire}")
            yield names[wire]

    def _fields(self, name: str, model: ModelProperty) -> Iterator[Field]:
        properties = self._properties(model)
        schema_properties, required = self._flat(self.schemas[name])
        ordered = sorted(schema_properties, key=lambda wire: wire not in required)
        for wire in ordered:
            schema = schema_properties[wire]
            kind, default = annotation(properties[wire]), ""
            if kind == "Time":
                kind = self._time(schema)
            if wire not in required:
                default = "UNSET" if kind.endswith("| None") else "None"
                kind = f"{kind} | UnsetType" if default == "UNSET" else f"{kind} | None"
            yield Field(
                name=schema.get("x-sdk-name") or python_name(wire),
                wire=wire,
                annotation=kind,
                default=default,
                doc=self._describe(schema),
                secret=resolve(self.document, schema).get("format") == "password",
            )

    def _time(self, schema: Json) -> str:
        digits: int = {**self._resolved(schema), **schema}.get("x-fraction-digits", 0)
        return {3: "MilliTime", 6: "MicroTime"}.get(digits, "Time")

    def _flat(self, schema: Json) -> tuple[Json, list[str]]:
        """Properties and required names of an object, its allOf parts included."""
        properties: Json = {}
        required: list[str] = []
        for part in [*schema.get("allOf", []), schema]:
            resolved = self._resolved(part)
            if resolved is not schema and ("properties" in resolved or "allOf" in resolved):
                inner, inner_required = self._flat(resolved)
                properties |= inner
                required += inner_required
        return properties | schema.get("properties", {}), required + schema.get("required", [])

    def _columns(self, schema: Json) -> Iterator[Field]:
        for item in schema["prefixItems"]:
            yield Field(item["title"], item["title"], self._column_type(item), "", self._describe(item))

    def _column_type(self, schema: Json) -> str:
        resolved = resolve(self.document, schema)
        format_ = resolved.get("format")
        match resolved.get("type"):
            case "string" if format_ == "decimal":
                return "Decimal"
            case "string" if format_ == "uuid":
                return "UUID"
            case "string" if format_ in WIRE_TYPES:
                return WIRE_TYPES[format_]
            case "string":
                return "str"
            case "number" if format_ == "decimal":
                return "Number"
            case "integer" | "number" if format_ == "unixtime":
                return "UnixSeconds"
            case "integer":
                return "int"
            case other:
                raise Unsupported(f"no column type for {other} {format_ or ''}")

    def _envelope(self, envelope: Json, name: str) -> Model:
        model = self.classes[name]
        fields = list(self._fields(name, model))
        result = Field(envelope["result"], envelope["result"], "T", "", "The result itself; null when the call failed.")
        position = next((i for i, field in enumerate(fields) if field.default), len(fields))
        return Model(
            name, self._describe(self.schemas[name]), [*fields[:position], result, *fields[position:]], generic=True
        )

    def _enum(self, enum: Any) -> EnumClass:
        name = str(enum.class_info.name)
        values = [value for value in self.schemas[name]["enum"] if value is not None]
        return EnumClass(name, self._describe(self.schemas[name]), [(_member(value), value) for value in values])

    def _resolved(self, node: Json) -> Json:
        return resolve(self.document, node)

    def _describe(self, schema: Json) -> str:
        while "description" not in schema and "$ref" in schema:
            schema = resolve(self.document, {"$ref": schema["$ref"]})
        return str(schema.get("description", "")).strip()

    # The API as a whole

    def _resources(self, methods: Iterable[Method]) -> list[Resource]:
        described: Json = self.document["x-sdk"].get("resources", {})
        resources: dict[str, Resource] = {}
        for method in methods:
            name = method.operation.rpartition(".")[0]
            class_name = "".join(part.capitalize() for part in name.split("_")) + "Resource"
            doc = described.get(name, "")
            resources.setdefault(name, Resource(name, class_name, doc, [])).methods.append(method)
        return list(resources.values())

    def _own_operations(self, methods: list[Method]) -> Iterator[str]:
        """Names of the operations that the client calls by itself."""
        for scheme in self._security_schemes().values():
            if "x-token" in scheme:
                yield from (scheme["x-token"]["login"], scheme["x-token"]["refresh"])
            if "x-clock" in scheme:
                yield scheme["x-clock"]["operation"]
        yield from (method.lookup["operation"] for method in methods if method.lookup)

    def _security_schemes(self) -> Json:
        schemes: Json = self.document.get("components", {}).get("securitySchemes", {})
        return schemes

    def _signature_times(self) -> set[str]:
        """Schemes that stand for the header of a signature's time. The signature writes it; they ask for nothing."""
        return {s["x-signature"]["timestamp"] for s in self._security_schemes().values() if "x-signature" in s}

    def _schemes_of(self, alternative: Json) -> list[str]:
        return [name for name in alternative if name not in self._signature_times()]

    def _schemes(self) -> Iterator[tuple[str, str, str]]:
        schemes = self._security_schemes()
        names = [credential["name"] for credential in self.document["x-sdk"]["credentials"]]
        for name, scheme in schemes.items():
            if name in self._signature_times():
                continue
            kind, code = _scheme_code(scheme, schemes, names)
            yield name, kind, code


def _scheme_code(scheme: Json, schemes: Json, credentials: list[str]) -> tuple[str, str]:
    credential = scheme.get("x-credential", "")
    if "x-signature" in scheme:
        sign = scheme["x-signature"]
        supported = (sign["algorithm"], sign["secret-encoding"], sign["digest-encoding"])
        if supported != ("hmac-sha256", "base64", "base64"):
            raise Unsupported(f"no signature by {', '.join(supported)}")
        times = schemes[sign["timestamp"]]["name"]
        message = ", ".join(f'"{part}"' for part in sign["message"])
        return "HmacSignature", f'HmacSignature("{scheme["name"]}", "{times}", "{credential}", ({message}))'
    if "x-token" in scheme:
        token = scheme["x-token"]
        names = (token["login"], token["refresh"], python_name(token["access"]), python_name(token["refresh-token"]))
        return "Bearer", f"Bearer({', '.join(map(repr, names))}, ({', '.join(map(repr, credentials))},))"
    if "x-argument" in scheme:
        return "BearerArgument", f'BearerArgument("{scheme["x-argument"]}")'
    match scheme["type"], scheme.get("in"), scheme.get("scheme"):
        case "apiKey", "header", _:
            return "HeaderKey", f'HeaderKey("{scheme["name"]}", "{credential}")'
        case "apiKey", "query", _:
            return "QueryKey", f'QueryKey("{scheme["name"]}", "{credential}")'
        case "http", _, "basic":
            return "Basic", f'Basic("{credential[0]}", "{credential[1]}")'
        case other:
            raise Unsupported(f"no security scheme of type {other}")


def _member(value: str) -> str:
    """Name of an enum member."""
    name = re.sub(r"\W+", "_", value).strip("_").upper() or "EMPTY"
    return f"VALUE_{name}" if name[0].isdigit() else name


def _first_sentence(text: str) -> str:
    text = " ".join(text.split())
    match = re.match(r"(.+?[.!?])(?:\s|$)", text)
    return match.group(1) if match else text


def _in_order(models: list[Model]) -> list[Model]:
    """Models after those that they are made of."""
    by_name = {model.name: model for model in models}
    ordered: dict[str, Model] = {}

    def place(model: Model) -> None:
        if model.name in ordered:
            return
        for field in model.fields:
            for name in re.findall(r"\w+", field.annotation):
                if name in by_name and name != model.name:
                    place(by_name[name])
        ordered[model.name] = model

    for model in models:
        place(model)
    return list(ordered.values())
