"""Generated cases of Schemathesis, and the calls of the packages that they stand for.

A case is reduced to what an SDK can say at all: parameters and fields that no method has an argument for are left out,
and so is null where leaving out is allowed, since None means just that. What remains is one request, which is sent as
it stands, and one call with the arguments that stand for it.
"""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from functools import cache
from typing import Any
from urllib.parse import quote, unquote

import schemathesis
from hypothesis import strategies as st

from sandbox.document import Document, Operation
from tests.benches import PREFIXES, Request
from tests.documents import Argument, Call, Json, calls, document, moment_of, shape, types_of
from tests.documents import resolve as deref

# An answer of hundreds of thousands of days takes seconds, and says no more than one of some hundred.
_LIMITS: dict[str, Json] = {"timescale": {"maximum": 400}}


@cache
def _schema(api: str) -> Any:
    """The document as Schemathesis is to read it: without what no method has an argument for, and without secrets."""
    whole = copy.deepcopy(document(api))
    whole.pop("security", None)
    for item in whole["paths"].values():
        for operation in item.values():
            operation["security"] = []
            parameters = [deref(api, parameter) for parameter in operation.get("parameters", [])]
            operation["parameters"] = [
                {**parameter, "schema": {**parameter["schema"], **_LIMITS.get(parameter["name"], {})}}
                for parameter in parameters
                if not parameter.get("x-sdk-ignore")
            ]
    return schemathesis.openapi.from_dict(whole)


@cache
def _generated(api: str, operation_id: str) -> dict[bool, st.SearchStrategy[Any]]:
    """Cases that fit the document, and cases that do not."""
    data = Document.load(api).operations[operation_id]
    operation = _schema(api)[data.path][data.method]
    return {
        right: operation.as_strategy(generation_mode=mode)
        for right, mode in (
            (True, schemathesis.GenerationMode.POSITIVE),
            (False, schemathesis.GenerationMode.NEGATIVE),
        )
    }


@dataclass(frozen=True)
class Subject:
    """An operation of a document, and every way to call it."""

    api: str
    id: str
    ways: tuple[Call, ...] = field(repr=False)

    @property
    def operation(self) -> Operation:
        """The operation as servers read it."""
        return Document.load(self.api).operations[self.id]

    @property
    def effect(self) -> str:
        """read, idempotent or unsafe."""
        return self.operation.effect

    @property
    def arguments(self) -> dict[tuple[str, str], Argument]:
        """Arguments of all ways by place and name on the wire."""
        return {(argument.place, argument.wire): argument for way in self.ways for argument in way.arguments}

    @property
    def methods(self) -> tuple[str, ...]:
        """Names of the methods."""
        return tuple(dict.fromkeys(way.name for way in self.ways))

    @property
    def can_be_wrong(self) -> bool:
        """Whether there is anything that a document could have something against."""
        return any(place != "authorization" for place, _ in self.arguments)


@cache
def subjects() -> tuple[Subject, ...]:
    """Every operation of the three documents."""
    found: dict[tuple[str, str], list[Call]] = {}
    for call in calls():
        found.setdefault((call.api, call.operation["operationId"]), []).append(call)
    return tuple(Subject(api, name, tuple(ways)) for (api, name), ways in found.items())


@dataclass
class Case:
    """A request that a generated case comes down to."""

    subject: Subject
    path: dict[str, str]
    query: dict[str, list[str]]
    body: Any
    """A JSON value; None where the operation has no body."""

    @property
    def request(self) -> Request:
        """As it travels."""
        path = self.subject.operation.path
        for name, text in self.path.items():
            path = path.replace(f"{{{name}}}", quote(text, safe=":"))
        query = tuple((name, text) for name, texts in self.query.items() for text in texts)
        body = b"" if self.body is None else json.dumps(self.body).encode()
        return Request(self.subject.operation.method, PREFIXES[self.subject.api] + path, query, body)

    @property
    def problems(self) -> list[str]:
        """What the document has against it."""
        query = [(name, text) for name, texts in self.query.items() for text in texts]
        _, problems = self.subject.operation.read_parameters(self.path, query)
        if self.body is not None:
            problems += self.subject.operation.check_body(self.body)
        return [f"{problem.place} {problem.name}: {problem.reason}" for problem in problems]

    @property
    def way(self) -> Call | None:
        """The way to call that it asks for; None if its body has no field that tells."""
        given = self.arguments()
        found = None
        for way in self.subject.ways:
            properties = shape(way.api, way.body).get("properties", {})
            constants = {name: item["const"] for name, item in properties.items() if "const" in item}
            if all(self.body.get(name) == value for name, value in constants.items()) and all(
                given.get(name) == value for name, value in way.fixed.items()
            ):
                found = way  # the ways bound to an argument come after the one that is not
        return found

    def arguments(self) -> Json:
        """What the call is given, by its Python names."""
        known = self.subject.arguments
        return {
            known[place, name].name: from_texts(self.subject.api, known[place, name], value)
            if place != "body"
            else from_json(self.subject.api, known[place, name].schema, value)
            for place, name, value in self.values()
        }

    def values(self) -> list[tuple[str, str, Any]]:
        """Place, name on the wire and value of everything that an argument sets."""
        found: list[tuple[str, str, Any]] = [("path", name, [text]) for name, text in self.path.items()]
        found += [("query", name, texts) for name, texts in self.query.items()]
        found += [("body", name, value) for name, value in (self.body or {}).items()]
        return [item for item in found if item[:2] in self.subject.arguments]

    def put(self, place: str, name: str, value: Any) -> None:
        """Say something else in one place."""
        if place == "path":
            self.path[name] = value
        elif place == "query":
            self.query[name] = value if isinstance(value, list) else [value]
        else:
            self.body[name] = value

    def drop(self, place: str, name: str) -> None:
        """Leave something out."""
        del (self.query if place == "query" else self.body)[name]


def from_texts(api: str, argument: Argument, texts: list[str]) -> Any:
    """What a caller would give for texts in the address."""
    schema = shape(api, argument.schema)
    if types_of(schema) == ["array"]:
        return [_from_text(api, schema["items"], t) for t in (texts[-1].split(",") if argument.joined else texts)]
    return _from_text(api, schema, texts[-1])


def _from_text(api: str, schema: Json, text: str) -> Any:
    schema = shape(api, schema)
    kinds = types_of(schema)
    if "integer" in kinds and re.fullmatch(r"-?\d{1,4000}", text, re.ASCII):
        return int(text)
    if "boolean" in kinds:
        return {"true": True, "false": False}.get(text, text)
    return from_json(api, schema, text)


def from_json(api: str, schema: Json, value: Any) -> Any:
    """What a caller would give for a JSON value: exact numbers, and times where the document has them."""
    schema = shape(api, schema)
    if isinstance(value, float):
        return Decimal(repr(value))
    if isinstance(value, str) and schema.get("format") == "date-time":
        return as_time(value)
    return value


def as_time(text: str) -> Any:
    """The time that a text names; the text itself if it names none."""
    zoned = re.fullmatch(r"[^T ]+[Tt ].*([Zz]|[+-]\d\d(:?\d\d)?)", text)
    try:
        return moment_of(text) if zoned else datetime.fromisoformat(text)
    except (ValueError, OverflowError, AssertionError):
        return text


# From what Schemathesis makes to cases

Known = dict[str, list[Any]]
"""Values that a server knows, by their name on the wire, or by operation and name where that is another matter."""

# Numbers in spellings that the wire does not have, or that are no amounts at all.
STRANGE_NUMBERS = [
    *["0", "0.00", "-1", "-0", "1e1", "1E-8", ".5", "1.", "00.10", "+1", " 1", "1 ", "1_0", "1,5", "0x10"],
    *["NaN", "sNaN", "Infinity", "-inf", "", "1e999999", "\u0663", "\uff11", "1/2"],
]


@st.composite
def cases_for(draw: st.DrawFn, subject: Subject, known: Known, *, right: bool) -> Case | None:
    """Cases of an operation that are meant to be right, or wrong; None for those that no call can stand for.

    In most of them the values that are right by themselves are replaced by ones that the server knows: what is wrong
    with a wrong case is then the one thing that was to be, and a right one has a chance to be carried out.
    """
    if right:
        case = reduced(subject, draw(_generated(subject.api, subject.id)[True]))
        if case is not None:
            _leave_out_what_does_not_go_together(draw, case)
    else:
        # Many a wrong case has but a name that no method has; then another one may do.
        for _ in range(4):
            case = reduced(subject, draw(_generated(subject.api, subject.id)[False]))
            if case is not None and case.problems:
                break
        if case is not None and not case.problems:
            _make_a_value_wrong(draw, case)
    if case is not None and draw(st.sampled_from([True, True, True, False])):
        _replace_by_known(draw, case, known)
    if case is not None and draw(st.sampled_from([False, False, False, True])):
        _make_a_number_strange(draw, case)
    return case


def _leave_out_what_does_not_go_together(draw: st.DrawFn, case: Case) -> None:
    """Schemathesis does not read the rules between parameters."""
    optional = [
        (place, name)
        for place, name, _ in case.values()
        if place != "path" and not case.subject.arguments[place, name].required
    ]
    for place, name in draw(st.permutations(optional)):
        if not case.problems:
            return
        case.drop(place, name)


def _replace_by_known(draw: st.DrawFn, case: Case, known: Known) -> None:
    wrong = {problem.partition(":")[0] for problem in case.problems}
    for place, name, _ in case.values():
        options = known.get(f"{case.subject.id} {name}", known.get(name))
        if options and f"{place} {name}" not in wrong:
            case.put(place, name, draw(st.sampled_from(options)))


def _make_a_value_wrong(draw: st.DrawFn, case: Case) -> None:
    texts, values = ["", "no such", "-1", "1.5", "\u00e9"], [5, True, "", [], {}, "no such", -1]
    places = draw(st.permutations([(place, name) for place, name, _ in case.values()]))
    for place, name in places:
        before = copy.deepcopy((case.path, case.query, case.body))
        for wrong in draw(st.permutations(values if place == "body" else texts)):
            case.put(place, name, wrong)
            if case.problems and case.way is not None:
                return
            case.path, case.query, case.body = copy.deepcopy(before)


def _make_a_number_strange(draw: st.DrawFn, case: Case) -> None:
    arguments = case.subject.arguments
    numbers = [
        (place, name)
        for place, name, _ in case.values()
        if shape(case.subject.api, arguments[place, name].schema).get("format") == "decimal"
        and "string" in types_of(shape(case.subject.api, arguments[place, name].schema))
    ]
    if numbers:
        place, name = draw(st.sampled_from(numbers))
        case.put(place, name, draw(st.sampled_from(STRANGE_NUMBERS)))


def reduced(subject: Subject, generated: Any) -> Case | None:
    """What of a generated case can be said in a call."""
    known = subject.arguments
    path = {name: unquote(str(value)) for name, value in generated.path_parameters.items()}
    query: dict[str, list[str]] = {}
    for name, value in generated.query.items():
        texts = list(_texts(value))
        if ("query", name) in known and texts:
            plural = types_of(shape(subject.api, known["query", name].schema)) == ["array"]
            query[name] = texts if plural and not known["query", name].joined else texts[-1:]
    body = None
    if subject.ways[0].body:
        if not isinstance(generated.body, dict):
            return None
        fields = {name for way in subject.ways for name in shape(way.api, way.body)["properties"]}
        body = {
            name: value
            for name, value in generated.body.items()
            if name in fields and (value is not None or _must_be_said(subject, name))
        }
    case = Case(subject, path, query, body)
    # Without arguments a call is that of the other operation behind the same method.
    alone = case.way is not None and "x-merge" in case.way.operation and not case.values()
    return None if case.way is None or alone else case


def _must_be_said(subject: Subject, name: str) -> bool:
    """Whether a field of the body cannot be left out, so that null is another thing."""
    argument = subject.arguments.get(("body", name))
    return argument is not None and argument.required and "x-merge" not in subject.operation.data


def _texts(value: Any) -> Iterator[str]:
    """A generated value as it stands in an address."""
    match value:
        case None:
            return
        case bool():
            yield str(value).lower()
        case list() | dict():
            for item in value:
                yield from _texts(item)
        case _:
            yield str(value)
