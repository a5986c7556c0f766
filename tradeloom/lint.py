"""House rules for a finished document: what the generator, the docs and the sandbox count on.

Every rule is a function from a view of the document to complaints: a location, and what is wrong there.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, TypeAlias
from urllib.parse import quote, unquote

import jsonschema_rs

from tradeloom.overlay import Document
from tradeloom.yamlfile import Pointer, dotted, is_array, is_object


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


EFFECTS = ("read", "idempotent", "unsafe")
OUTCOMES = ("refused", "unknown")
FORMATS = _words(
    "decimal int64 int32 uuid date date-time naive-date-time lenient-date-time unixtime unixtime-ms password uri email"
)
EXTENSIONS = _words(
    "x-effect x-outcome x-constraints x-signature x-clock x-sdk x-error-body x-credential x-sdk-name x-sdk-ignore"
    " x-pagination x-sample x-overloads x-methods x-key x-lookup x-token x-argument x-merge x-evidence x-envelope"
    " x-result-null x-fraction-digits x-command x-columns"
)


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to put right, and the file and line that wrote it."""

    path: Path
    line: int
    pointer: Pointer
    reason: str

    def __str__(self) -> str:
        where = f"{dotted(self.pointer)}: " if self.pointer else ""
        return f"{self.path}:{self.line}: {where}{self.reason}"


def check(document: Document, name: str) -> list[Problem]:
    """Everything wrong with the document of the API of that name, by file and line."""
    view = _View(document.data, name)
    complaints = dict.fromkeys(complaint for rule in _RULES for complaint in rule(view))
    problems = [Problem(*document.locate(pointer), pointer, reason) for pointer, reason in complaints]
    return sorted(problems, key=lambda problem: (str(problem.path), problem.line, str(problem)))


# --- the document, part by part --------------------------------------------------------------------------------------

_METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
_ONE, _LIST, _MAP = "one", "list", "map"

# What each kind of object holds: field -> (one of it, a list of them or a map of them; their kind).
_SHAPES: dict[str, dict[str, tuple[str, str]]] = {
    "document": {
        "info": (_ONE, "info"),
        "servers": (_LIST, "server"),
        "tags": (_LIST, "tag"),
        "paths": (_MAP, "path"),
        "components": (_ONE, "components"),
    },
    "info": {"contact": (_ONE, "contact"), "license": (_ONE, "license")},
    "components": {
        "schemas": (_MAP, "schema"),
        "responses": (_MAP, "response"),
        "parameters": (_MAP, "parameter"),
        "examples": (_MAP, "example"),
        "requestBodies": (_MAP, "body"),
        "headers": (_MAP, "header"),
        "securitySchemes": (_MAP, "scheme"),
        "links": (_MAP, "link"),
        "pathItems": (_MAP, "path"),
    },
    "path": {"parameters": (_LIST, "parameter"), **dict.fromkeys(_METHODS, (_ONE, "operation"))},
    "operation": {
        "parameters": (_LIST, "parameter"),
        "requestBody": (_ONE, "body"),
        "responses": (_MAP, "response"),
    },
    "parameter": {"schema": (_ONE, "schema"), "content": (_MAP, "media"), "examples": (_MAP, "example")},
    "header": {"schema": (_ONE, "schema"), "content": (_MAP, "media"), "examples": (_MAP, "example")},
    "body": {"content": (_MAP, "media")},
    "media": {"schema": (_ONE, "schema"), "examples": (_MAP, "example"), "encoding": (_MAP, "encoding")},
    "encoding": {"headers": (_MAP, "header")},
    "response": {"headers": (_MAP, "header"), "content": (_MAP, "media"), "links": (_MAP, "link")},
    "schema": {
        **dict.fromkeys(("properties", "patternProperties", "dependentSchemas", "$defs"), (_MAP, "schema")),
        **dict.fromkeys(("prefixItems", "allOf", "anyOf", "oneOf"), (_LIST, "schema")),
        **dict.fromkeys(("items", "additionalProperties", "not", "if", "then", "else", "contains"), (_ONE, "schema")),
        **dict.fromkeys(("propertyNames", "unevaluatedItems", "unevaluatedProperties"), (_ONE, "schema")),
    },
}
# Below these a schema states a condition on data that is described elsewhere.
_CONDITIONS = {"not", "if", "then", "else", "dependentSchemas", "contains", "propertyNames"}

_KEYWORDS = frozenset(_SHAPES["schema"]) | _words(
    "$ref $comment $anchor type title description default examples example enum const format pattern minLength"
    " maxLength minimum maximum exclusiveMinimum exclusiveMaximum multipleOf minItems maxItems uniqueItems minContains"
    " maxContains required minProperties maxProperties dependentRequired contentEncoding contentMediaType deprecated"
    " readOnly writeOnly discriminator xml externalDocs"
)

Complaint: TypeAlias = tuple[Pointer, str]


@dataclass(frozen=True, slots=True)
class _Part:
    """One object of the document: its kind, where it stands, and the field that holds it."""

    kind: str
    pointer: Pointer
    value: Any
    field: str = ""
    condition: bool = False

    @property
    def fields(self) -> dict[str, Any]:
        return self.value if is_object(self.value) else {}

    def children(self) -> Iterator[_Part]:
        for field, (how, kind) in _SHAPES.get(self.kind, {}).items():
            if field not in self.fields:
                continue
            condition = self.condition or (self.kind == "schema" and field in _CONDITIONS)
            for place, value in _spread(how, self.fields[field]):
                yield _Part(kind, (*self.pointer, field, *place), value, field, condition)

    def walk(self) -> Iterator[_Part]:
        yield self
        for child in self.children():
            yield from child.walk()


def _spread(how: str, value: Any) -> Iterator[tuple[Pointer, Any]]:
    """The values a field holds, each with the key that leads to it. What is misshapen is left to the validator."""
    if how == _ONE:
        yield (), value
    elif how == _LIST and is_array(value):
        for index, item in enumerate(value):
            yield (index,), item
    elif how == _MAP and is_object(value):
        for key, item in value.items():
            yield (key,), item


class _View:
    """A document with its parts by kind, and its references followed."""

    def __init__(self, data: dict[str, Any], name: str) -> None:
        self.data = data
        self.name = name
        self.parts = list(_Part("document", (), data).walk())

    def of(self, kind: str) -> list[_Part]:
        return [part for part in self.parts if part.kind == kind]

    @cached_property
    def schemas(self) -> list[_Part]:
        """The schemas that are objects."""
        return [part for part in self.of("schema") if is_object(part.value)]

    @cached_property
    def operations(self) -> list[_Part]:
        return [part for part in self.of("operation") if part.pointer[0] == "paths"]

    @cached_property
    def references(self) -> list[tuple[Pointer, str]]:
        """Every reference and where it stands, those inside extensions too."""
        found = [((*part.pointer, "$ref"), part.fields["$ref"]) for part in self.parts if "$ref" in part.fields]
        for part in self.parts:
            for field, value in part.fields.items():
                if field.startswith("x-"):
                    found += _references_in((*part.pointer, field), value)
        return [(pointer, reference) for pointer, reference in found if isinstance(reference, str)]

    @cached_property
    def sound(self) -> bool:
        """Whether every reference leads somewhere; if not, nothing that follows them can be trusted."""
        return all(self.find(reference) is not None for _, reference in self.references)

    def find(self, reference: str) -> Pointer | None:
        """The location a reference names, None if it is not in this document."""
        if not reference.startswith("#/"):
            return None
        value: Any = self.data
        pointer: Pointer = ()
        for step in unquote(reference[2:]).split("/"):
            key = _key(value, step.replace("~1", "/").replace("~0", "~"))
            if key is None:
                return None
            value, pointer = value[key], (*pointer, key)
        return pointer

    def at(self, pointer: Pointer) -> Any:
        value: Any = self.data
        for key in pointer:
            value = value[key]
        return value

    def follow(self, part: _Part) -> _Part:
        """The part itself, or the one its references lead to in the end."""
        seen: set[Pointer] = set()
        while isinstance(reference := part.fields.get("$ref"), str):
            target = self.find(reference)
            if target is None or target in seen:
                break
            seen.add(target)
            part = _Part(part.kind, target, self.at(target), part.field)
        return part

    def described(self, part: _Part, seen: frozenset[Pointer] = frozenset()) -> bool:
        """Whether a schema says what it is: itself, or through everything it stands for."""
        if part.pointer in seen:
            return False
        seen |= {part.pointer}
        if _text(part.fields, "description"):
            return True
        if isinstance(reference := part.fields.get("$ref"), str):
            target = self.find(reference)
            return target is not None and self.described(_Part("schema", target, self.at(target)), seen)
        branches = [child for child in part.children() if child.field in ("allOf", "anyOf", "oneOf")]
        whole = [child for child in branches if child.field == "allOf"]
        choices = [child for child in branches if child.field != "allOf" and child.fields.get("type") != "null"]
        return any(self.described(child, seen) for child in whole) or (
            bool(choices) and all(self.described(child, seen) for child in choices)
        )

    def parameters(self, operation: _Part) -> list[_Part]:
        """The parameters of an operation, its path's included, with references followed."""
        path = _Part("path", operation.pointer[:-1], self.at(operation.pointer[:-1]))
        parts = [*path.children(), *operation.children()]
        return [self.follow(part) for part in parts if part.kind == "parameter"]


def _key(container: Any, name: str) -> str | int | None:
    """One step of a reference as a key of its container, None if the container has no such part."""
    if is_array(container):
        return int(name) if name.isdecimal() and int(name) < len(container) else None
    return name if is_object(container) and name in container else None


def _references_in(pointer: Pointer, value: Any) -> list[tuple[Pointer, Any]]:
    """The references inside an extension, whatever its shape."""
    found: list[tuple[Pointer, Any]] = []
    if is_object(value):
        for key, item in value.items():
            found += [((*pointer, key), item)] if key == "$ref" else _references_in((*pointer, key), item)
    elif is_array(value):
        for index, item in enumerate(value):
            found += _references_in((*pointer, index), item)
    return found


def _text(fields: dict[str, Any], name: str) -> str:
    """A field's text, nothing if it has none: anything else is left to the validator."""
    value = fields.get(name)
    return value.strip() if isinstance(value, str) else ""


def _texts(value: Any) -> list[tuple[int, str]]:
    """The text items of an array, with their indexes."""
    return [(index, item) for index, item in enumerate(value if is_array(value) else []) if isinstance(item, str)]


def _types(schema: dict[str, Any]) -> list[Any]:
    declared = schema.get("type", [])
    return declared if is_array(declared) else [declared]


def _is_json(media_type: str | int) -> bool:
    return bool(re.match(r"application/(?:.+\+)?json\b", str(media_type)))


# --- operations ------------------------------------------------------------------------------------------------------

_WORD = r"[a-z][a-z0-9]*(?:_[a-z0-9]+)*"
_SNAKE_CASE = re.compile(_WORD)
_OPERATION_ID = re.compile(rf"{_WORD}(?:\.{_WORD})?")


def _operation_ids(view: _View) -> Iterator[Complaint]:
    seen: dict[str, Pointer] = {}
    for part in view.operations:
        name = part.fields.get("operationId")
        if not isinstance(name, str):
            yield part.pointer, "missing operationId"
        elif not _OPERATION_ID.fullmatch(name):
            yield (*part.pointer, "operationId"), f"{name} is not of the form name or resource.name in snake_case"
        elif name in seen:
            yield (*part.pointer, "operationId"), f"{name} is taken by {dotted(seen[name])}"
        else:
            seen[name] = part.pointer


def _operation_fields(view: _View) -> Iterator[Complaint]:
    for part in view.operations:
        for field in ("summary", "description"):
            if not _text(part.fields, field):
                yield part.pointer, f"missing {field}"
        if "security" not in part.fields:
            yield part.pointer, "missing security; public operations say security: []"
        effect = part.fields.get("x-effect")
        if effect is None:
            yield part.pointer, "missing x-effect"
        elif effect not in EFFECTS:
            yield (*part.pointer, "x-effect"), f"{effect} is none of {', '.join(EFFECTS)}"


def _tags(view: _View) -> Iterator[Complaint]:
    declared = {_text(part.fields, "name"): part.pointer for part in view.of("tag")}
    used: set[str] = set()
    for part in view.operations:
        tags = _texts(part.fields.get("tags"))
        if len(tags) != 1:
            yield part.pointer, "needs exactly one tag"
        for index, tag in tags:
            used.add(tag)
            if tag not in declared:
                yield (*part.pointer, "tags", index), f"tag {tag} is not declared"
    for name, pointer in declared.items():
        if name not in used:
            yield pointer, f"tag {name} is not used"


def _parameters(view: _View) -> Iterator[Complaint]:
    for part in view.of("parameter"):
        if "$ref" not in part.fields and not _text(part.fields, "description"):
            yield part.pointer, f"parameter {part.fields.get('name')} has no description"


def _responses(view: _View) -> Iterator[Complaint]:
    for part in view.of("response"):
        if "$ref" not in part.fields and not _text(part.fields, "description"):
            yield part.pointer, "response has no description"
        for media in part.children():
            if media.kind == "media" and _is_json(media.pointer[-1]) and not _examples(view, media):
                yield media.pointer, "JSON response has no example"


def _outcomes(view: _View) -> Iterator[Complaint]:
    for operation in view.operations:
        for part in operation.children():
            if part.kind != "response" or not str(part.pointer[-1]).startswith("5"):
                continue
            response = view.follow(part)
            outcome = response.fields.get("x-outcome")
            if outcome is None:
                yield response.pointer, "missing x-outcome"
            elif outcome not in OUTCOMES:
                yield (*response.pointer, "x-outcome"), f"{outcome} is none of {', '.join(OUTCOMES)}"


def _links(view: _View) -> Iterator[Complaint]:
    operations = {_text(part.fields, "operationId"): part for part in view.operations}
    for link in view.of("link"):
        if "$ref" in link.fields:
            continue
        name = _text(link.fields, "operationId")
        if not name or name not in operations:
            yield link.pointer, f"links to the operation {name or '(not named)'}, which does not exist"
            continue
        known = {form for part in view.parameters(operations[name]) for form in _link_names(part)}
        parameters = link.fields.get("parameters")
        for parameter in parameters if is_object(parameters) else ():
            if parameter not in known:
                yield (*link.pointer, "parameters", parameter), f"operation {name} has no parameter {parameter}"


def _link_names(parameter: _Part) -> tuple[str, str]:
    """A link may name a parameter alone or with its place: `id`, `path.id`."""
    name = str(parameter.fields.get("name"))
    return name, f"{parameter.fields.get('in')}.{name}"


# --- schemas ---------------------------------------------------------------------------------------------------------


def _descriptions(view: _View) -> Iterator[Complaint]:
    for part in view.schemas:
        if part.condition or part.field not in ("schemas", "properties") or view.described(part):
            continue
        what = "schema" if part.field == "schemas" else "property"
        yield part.pointer, f"{what} {part.pointer[-1]} has no description"


def _rows(view: _View) -> Iterator[Complaint]:
    """Columns of array rows: each becomes a field of a named tuple."""
    for part in view.schemas:
        if part.condition:
            continue
        columns = [child for child in part.children() if child.field == "prefixItems" and is_object(child.value)]
        titles = Counter(str(column.fields.get("title")) for column in columns)
        for column in columns:
            title = column.fields.get("title")
            if not _text(column.fields, "title"):
                yield column.pointer, "column has no title"
            elif not _SNAKE_CASE.fullmatch(str(title)):
                yield column.pointer, f"title {title} is not in snake_case"
            elif titles[str(title)] > 1:
                yield column.pointer, f"title {title} names more than one column"
            if not view.described(column):
                yield column.pointer, "column has no description"


def _schema_forms(view: _View) -> Iterator[Complaint]:
    for part in view.of("schema"):
        if isinstance(part.value, bool) and (part.value or part.field != "additionalProperties"):
            yield part.pointer, "boolean schema; only additionalProperties: false may be one"
    for part in view.schemas:
        schema = part.value
        if "nullable" in schema:
            yield (*part.pointer, "nullable"), "nullable is not OpenAPI 3.1; write type: [..., 'null']"
        for field in schema.keys() - _KEYWORDS - {"nullable"}:
            if not field.startswith("x-"):
                yield (*part.pointer, field), f"unknown keyword {field}"
        if "array" in _types(schema) and not part.condition and not schema.keys() & {"items", "prefixItems"}:
            yield part.pointer, "array without items or prefixItems"


def _required_names(view: _View) -> Iterator[Complaint]:
    for part in view.schemas:
        declared = part.value.get("properties")
        # A schema made of others, or stating a condition, may require what another one declares.
        if part.condition or not is_object(declared) or part.value.keys() & {"allOf", "anyOf", "oneOf", "$ref"}:
            continue
        for index, name in _texts(part.value.get("required")):
            if name not in declared:
                yield (*part.pointer, "required", index), f"requires {name}, which is not among its properties"


def _formats(view: _View) -> Iterator[Complaint]:
    for part in view.schemas:
        name = _text(part.value, "format")
        if name and name not in FORMATS:
            yield (*part.pointer, "format"), f"unknown format {name}"
        if name == "decimal" and "string" in _types(part.value) and "pattern" not in part.value:
            yield part.pointer, "format: decimal on a string needs a pattern"


# --- the whole -------------------------------------------------------------------------------------------------------


def _extensions(view: _View) -> Iterator[Complaint]:
    for part in view.parts:
        for field in part.fields:
            if field.startswith("x-") and field not in EXTENSIONS:
                yield (*part.pointer, field), f"unknown extension {field}"


def _package(view: _View) -> Iterator[Complaint]:
    sdk = view.data.get("x-sdk")
    if is_object(sdk) and sdk.get("package") != f"{view.name}_sdk":
        yield ("x-sdk", "package"), f"the package of {view.name} must be {view.name}_sdk"


def _references(view: _View) -> Iterator[Complaint]:
    for pointer, reference in view.references:
        if view.find(reference) is None:
            yield pointer, f"{reference} leads nowhere in this document"


def _unused_components(view: _View) -> Iterator[Complaint]:
    used_by: dict[Pointer, set[Pointer]] = {}  # a component, or () for everything outside -> the components it names
    for pointer, reference in view.references:
        target = view.find(reference) or ()
        used_by.setdefault(_component(pointer), set()).add(_component(target))
    used_by.setdefault((), set()).update(("components", "securitySchemes", name) for _, name in _scheme_names(view))

    reached: set[Pointer] = set()
    waiting: list[Pointer] = [()]
    while waiting:
        fresh = used_by.get(waiting.pop(), set()) - reached
        reached |= fresh
        waiting += fresh
    for part in view.parts:
        if part.pointer and part.pointer == _component(part.pointer) and part.pointer not in reached:
            yield part.pointer, "component is not used"


def _component(pointer: Pointer) -> Pointer:
    """The component a location lies in, () if it lies in none."""
    return pointer[:3] if pointer[:1] == ("components",) and len(pointer) > 2 else ()


def _scheme_names(view: _View) -> Iterator[tuple[Pointer, str]]:
    """The security schemes that the document and its operations ask for, each with the place that asks."""
    for part in [_Part("document", (), view.data), *view.operations]:
        security = part.fields.get("security")
        for index, requirement in enumerate(security if is_array(security) else []):
            for name in requirement if is_object(requirement) else ():
                yield (*part.pointer, "security", index, name), name


def _security(view: _View) -> Iterator[Complaint]:
    declared = {part.pointer[-1] for part in view.of("scheme")}
    for pointer, name in _scheme_names(view):
        if name not in declared:
            yield pointer, f"security scheme {name} is not declared"


# --- examples --------------------------------------------------------------------------------------------------------


def _examples(view: _View, part: _Part) -> list[tuple[Pointer, Any]]:
    """The examples of a media type, parameter or header, each with its place."""
    found: list[tuple[Pointer, Any]] = []
    if "example" in part.fields:
        found.append(((*part.pointer, "example"), part.fields["example"]))
    for child in part.children():
        if child.kind == "example":
            example = view.follow(child)
            if "value" in example.fields:
                found.append(((*example.pointer, "value"), example.fields["value"]))
    return found


def _schema_examples(part: _Part) -> list[tuple[Pointer, Any]]:
    found: list[tuple[Pointer, Any]] = []
    for field in ("default", "example"):
        if field in part.fields:
            found.append(((*part.pointer, field), part.fields[field]))
    examples = part.fields.get("examples")
    for index, value in enumerate(examples if is_array(examples) else []):
        found.append(((*part.pointer, "examples", index), value))
    return found


def _valid_examples(view: _View) -> Iterator[Complaint]:
    if not view.sound:
        return
    registry = jsonschema_rs.Registry([(_DOCUMENT, view.data)])
    for part in view.parts:
        if part.kind in ("media", "parameter", "header") and "schema" in part.fields:
            yield from _validate(registry, (*part.pointer, "schema"), _examples(view, part))
        elif part.kind == "schema" and not part.condition:
            yield from _validate(registry, part.pointer, _schema_examples(part))


_DOCUMENT = "urn:document"
_LONGEST_REASON = 300


def _validate(
    registry: jsonschema_rs.Registry, schema: Pointer, values: list[tuple[Pointer, Any]]
) -> Iterator[Complaint]:
    if not values:
        return
    try:
        # By reference into the whole document, so that the schema's own references hold.
        reference = {"$ref": f"{_DOCUMENT}#{_json_pointer(schema)}"}
        validator = jsonschema_rs.Draft202012Validator(reference, registry=registry, validate_formats=True)
    except (ValueError, jsonschema_rs.ReferencingError) as refusal:
        yield schema, _shortened(f"not a usable schema: {refusal}")
        return
    for pointer, value in values:
        for error in validator.iter_errors(value):
            cause = _deepest(error)
            yield (*pointer, *cause.instance_path), _shortened(f"does not fit its schema: {cause.message}")


def _deepest(error: jsonschema_rs.ValidationError) -> jsonschema_rs.ValidationError:
    """Of a choice of schemas that all fail, the error that got furthest: it is the one its author meant."""
    context: list[list[jsonschema_rs.ValidationError]] = getattr(error.kind, "context", [])
    causes = [_deepest(cause) for branch in context for cause in branch]
    return max([error, *causes], key=lambda cause: len(cause.instance_path))


def _json_pointer(pointer: Pointer) -> str:
    return "".join("/" + quote(str(key).replace("~", "~0").replace("/", "~1")) for key in pointer)


def _shortened(reason: str) -> str:
    line = " ".join(reason.split())
    return line if len(line) <= _LONGEST_REASON else line[:_LONGEST_REASON] + " ..."


# --- the standard ----------------------------------------------------------------------------------------------------


def _standard(view: _View) -> Iterator[Complaint]:
    """What openapi-spec-validator has to say."""
    if not view.sound:
        return  # it gives up at the first reference that leads nowhere
    # Imported here: it takes longer than everything else in this module.
    from openapi_spec_validator import OpenAPIV31SpecValidator

    errors: list[Any] = []
    try:
        for error in OpenAPIV31SpecValidator(view.data).iter_errors():
            errors.append(_furthest(error))
    except Exception as stumble:  # its own code fails on a misshapen document, as a rule after saying why
        if not errors:
            yield (), _shortened(f"openapi-spec-validator stumbles over the document: {stumble!r}")
    for error in errors:
        yield _place(view, error), _shortened(error.message.partition("\n")[0])


def _furthest(error: Any) -> Any:
    """Of a choice of schemas that all fail, the error that got furthest (see _deepest)."""
    causes = [_furthest(cause) for cause in error.context]
    return max([error, *causes], key=lambda cause: len(cause.absolute_path))


def _place(view: _View, error: Any) -> Pointer:
    """Where an error lies; the name of a superfluous field, or the path, may only be in its text."""
    place: Pointer = tuple(error.absolute_path)
    if unexpected := re.search(r"\('([^']+)'.* unexpected\)", error.message):
        return (*place, unexpected[1])
    path = re.search(r"in '(/[^']*)'", error.message)
    if not place and path and path[1] in view.data.get("paths", {}):
        return ("paths", path[1])
    return place


_RULES: tuple[Callable[[_View], Iterator[Complaint]], ...] = (
    _standard,
    _references,
    _operation_ids,
    _operation_fields,
    _tags,
    _parameters,
    _responses,
    _outcomes,
    _links,
    _security,
    _descriptions,
    _rows,
    _schema_forms,
    _required_names,
    _formats,
    _extensions,
    _unused_components,
    _valid_examples,
    _package,
)
