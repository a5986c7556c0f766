"""The three documents as property tests need them: their calls, values that fit their schemas, clients to call with.

Nothing here but `methods_of` looks into the generator or the packages: what a call takes and answers is read from the
documents alone, so that it can be held against what the packages do.
"""

from __future__ import annotations

import asyncio
import base64
import importlib
import inspect
import json
import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import cache, cached_property
from pathlib import Path
from random import Random
from types import ModuleType
from typing import Any

import jsonschema_rs
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st

from tradeloom.overlay import build

Json = dict[str, Any]

ROOT = Path(__file__).resolve().parent.parent
APIS = {"coinbase_pro": "CoinbasePro", "freqtrade": "Freqtrade", "onefox": "OneFox"}

# The secrets are words that no generated reply contains, since errors hide them wherever they occur.
SECRET = base64.b64encode(b"no reply has this secret").decode()
CREDENTIALS: dict[str, dict[str, str]] = {
    "coinbase_pro": {"key": "key-of-the-tests", "secret": SECRET, "passphrase": "passphrase-of-the-tests"},
    "freqtrade": {"username": "user-of-the-tests", "password": "password-of-the-tests"},
    "onefox": {"token": "TokenOfTheTests"},
}
LOGIN = b'{"access_token": "access-token-of-the-tests", "refresh_token": "refresh-token-of-the-tests"}'

EXAMPLES = int(os.environ.get("TRADELOOM_EXAMPLES", "12"))
# A failure names the place where a value differs. Making the value small as well takes long for large schemas.
PHASES = (Phase.generate, Phase.shrink) if "TRADELOOM_SHRINK" in os.environ else (Phase.generate,)


def examples(share: float = 1.0, least: int = 1) -> settings:
    """Settings of a property test; TRADELOOM_EXAMPLES makes all of them try more, or less."""
    return settings(
        max_examples=max(int(EXAMPLES * share), least),
        derandomize=True,
        database=None,
        deadline=None,
        phases=PHASES,
        suppress_health_check=list(HealthCheck),
    )


# Documents


@cache
def document(api: str) -> Json:
    """A spec with its overlays applied."""
    return build(ROOT / "specs" / f"{api}.yaml", sorted((ROOT / "overlays" / api).glob("*.yaml"))).data


def resolve(api: str, node: Json) -> Json:
    """What a node says, references followed; what stands beside a reference adds to it."""
    while "$ref" in node:
        target: Any = document(api)
        for part in node["$ref"].removeprefix("#/").split("/"):
            target = target[part.replace("~1", "/").replace("~0", "~")]
        node = {**target, **{key: value for key, value in node.items() if key != "$ref"}}
    return node


def shape(api: str, schema: Json) -> Json:
    """A schema with references followed and the parts of `allOf` put together, if these are objects."""
    schema = resolve(api, schema)
    parts = [shape(api, part) for part in schema.get("allOf", [])]
    if not parts or not all("properties" in part for part in parts):
        return schema
    whole = {**schema, "type": "object", "properties": {}, "required": []}
    for part in [*parts, schema]:
        whole["properties"] |= part.get("properties", {})
        whole["required"] += part.get("required", [])
    return whole


def types_of(schema: Json) -> list[str]:
    """The JSON types that a schema names."""
    types = schema.get("type", [])
    return [types] if isinstance(types, str) else types


def choices_of(schema: Json) -> list[Json]:
    """The branches of a union of schemas (a union of mere `required` is a rule and no union)."""
    branches: list[Json] = schema.get("oneOf") or schema.get("anyOf") or []
    return [] if all(set(branch) <= {"required", "description"} for branch in branches) else branches


@cache
def _validator(api: str, schema: str) -> jsonschema_rs.Draft202012Validator:
    elsewhere = schema.replace('"$ref": "#/', '"$ref": "urn:document#/')
    return jsonschema_rs.Draft202012Validator(json.loads(elsewhere), registry=_registry(api), validate_formats=False)


@cache
def _registry(api: str) -> jsonschema_rs.Registry:
    """The document, once for all validators: each would keep a copy of what it is given."""
    return jsonschema_rs.Registry([("urn:document", document(api))])


def fits(api: str, schema: Json, value: Any) -> bool:
    """Whether a value is valid by a schema of a document."""
    return _validator(api, json.dumps(schema, sort_keys=True)).is_valid(value)


def branch_of(api: str, schema: Json, value: Any) -> Json:
    """The shape of the branch of a schema that a value fits."""
    schema = shape(api, schema)
    while choices_of(schema):
        schema = shape(api, next(branch for branch in choices_of(schema) if fits(api, branch, value)))
    return schema


# Calls


@dataclass(frozen=True, eq=False)
class Argument:
    """An argument of a call, as the document has it."""

    name: str
    wire: str
    place: str
    schema: Json = field(repr=False)
    required: bool
    joined: bool = False


@dataclass(frozen=True, eq=False, repr=False)
class Call:
    """One way to call a method of a client: an operation, or one of several methods or results of an operation."""

    api: str
    name: str
    """Dotted name of the method."""
    http: str
    path: str
    operation: Json
    reply: Json
    """Schema of the good reply."""
    body: Json
    """Schema of the request body, {} where there is none."""
    arguments: tuple[Argument, ...]
    fixed: Json = field(default_factory=dict)
    """Arguments that this way of calling is bound to."""
    sample: Json = field(default_factory=dict)

    def __repr__(self) -> str:
        return self.id

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        """The name is enough in the report of a failure."""
        printer.text(self.id)

    @property
    def id(self) -> str:
        """A short name that no other call has."""
        bound = "".join(f"-{name}-{value}" for name, value in self.fixed.items())
        return f"{self.api}-{self.name}-{self.http.lower()}{bound}"

    @property
    def example(self) -> Json:
        """The arguments of a good call, from the samples of the document."""
        kinds = {argument.name: argument for argument in self.arguments}
        given: Json = {
            argument.name: "a-token-of-the-tests" for argument in self.arguments if argument.place == "authorization"
        }
        for name, value in self.sample.items():
            is_time = shape(self.api, kinds[name].schema).get("format") == "date-time"
            given[name] = moment_of(value) if is_time else value
        return given


@cache
def calls() -> tuple[Call, ...]:
    """Every call of the three documents."""
    return tuple(call for api in APIS for call in _calls(api))


def _calls(api: str) -> Iterator[Call]:
    for path, item in document(api)["paths"].items():
        for http, operation in item.items():
            variants = operation.get("x-methods", [])
            for variant in variants:
                schema = {"$ref": f"#/components/schemas/{variant['schema']}"}
                yield from _ways(api, variant["name"], http, path, operation, schema, variant["x-sample"])
            if not variants:
                name = operation.get("x-merge", {}).get("into", operation["operationId"])
                body = resolve(api, operation.get("requestBody", {}))
                schema = body["content"]["application/json"]["schema"] if body else {}
                yield from _ways(api, name, http, path, operation, schema, operation["x-sample"])


def _ways(api: str, name: str, http: str, path: str, operation: Json, body: Json, sample: Json) -> Iterator[Call]:
    arguments = tuple(_arguments(api, operation, body))
    bodies = [
        resolve(api, response)["content"]["application/json"]["schema"]
        for status, response in operation["responses"].items()
        if status.startswith("2")
    ]
    overloads = operation.get("x-overloads")
    for reply in bodies:
        if not overloads:
            yield Call(api, name, http.upper(), path, operation, reply, body, arguments, {}, sample)
            continue
        plain = {key: value for key, value in sample.items() if key != overloads["parameter"]}
        results: list[tuple[str, Json]] = [(overloads["default"], {})]
        for result in overloads["results"]:
            results += [(result["schema"], {overloads["parameter"]: value}) for value in result["values"]]
        for schema, fixed in results:
            ref = {"$ref": f"#/components/schemas/{schema}"}
            yield Call(api, name, http.upper(), path, operation, ref, body, arguments, fixed, {**plain, **fixed})


def _arguments(api: str, operation: Json, body: Json) -> Iterator[Argument]:
    for item in operation.get("parameters", []):
        parameter = resolve(api, item)
        if not parameter.get("x-sdk-ignore"):
            yield Argument(
                name=str(parameter.get("x-sdk-name", parameter["name"])),
                wire=parameter["name"],
                place=parameter["in"],
                schema=parameter["schema"],
                required=parameter.get("required", False),
                joined=parameter.get("explode") is False,
            )
    whole = shape(api, body)
    for wire, schema in whole.get("properties", {}).items():
        if "const" not in schema:
            name = str(resolve(api, schema).get("x-sdk-name", wire))
            yield Argument(name, wire, "body", schema, wire in whole.get("required", []))
    schemes = document(api)["components"]["securitySchemes"]
    for name in operation["security"][0] if operation["security"] else []:
        if "x-argument" in schemes[name]:
            argument = schemes[name]["x-argument"]
            yield Argument(argument, argument, "authorization", {"type": "string"}, required=False)


# Clients


def package(api: str) -> ModuleType:
    """The package made from a document."""
    return importlib.import_module(f"{api}_sdk")


def methods_of(kind: Any) -> dict[str, Any]:
    """Every public operation of a class of clients by its dotted name, found on the classes themselves."""
    client = kind()
    found: dict[str, Any] = {name: item for name, item in vars(kind).items() if inspect.isfunction(item)}
    for resource, item in vars(kind).items():
        if isinstance(item, cached_property) and resource != "with_raw_response":
            owner = type(getattr(client, resource))
            found |= {f"{resource}.{name}": each for name, each in vars(owner).items() if inspect.isfunction(each)}
    return {name: item for name, item in found.items() if not name.rpartition(".")[2].startswith("_")}


def errors(api: str) -> ModuleType:
    """The errors of a package."""
    return importlib.import_module(f"{api}_sdk.errors")


def http_library(api: str) -> Any:
    """The HTTP library that a package is made for."""
    return importlib.import_module(f"{api}_sdk._runtime.http").httpx


class Server:
    """An API inside of this process: gives one answer to everything and keeps what arrived."""

    def __init__(self, api: str) -> None:
        self.httpx = http_library(api)
        self.arrived: list[Any] = []
        self.status = 200
        self.content = b""
        self.logs_in = True
        """Whether it answers a login by itself, which clients of Freqtrade do before other calls."""

    def __call__(self, request: Any) -> Any:
        """Answer one request."""
        if self.logs_in and request.url.path.endswith("/token/login"):
            return self.httpx.Response(200, content=LOGIN)
        self.arrived.append(request)
        headers = {"Content-Type": "application/json", "X-Of-The-Tests": "yes"}
        return self.httpx.Response(self.status, headers=headers, content=self.content)


class Caller:
    """Calls methods of a client by their dotted names, blocking or not, and waits for the result."""

    def __init__(self, api: str, server: Callable[[Any], Any], *, asynchronous: bool = False, **options: Any) -> None:
        # What is sent again after a failure is for other tests.
        options = {"max_retries": 0, **options}
        httpx, kind = http_library(api), APIS[api]
        transport = httpx.MockTransport(server)
        self._runner: asyncio.Runner | None = asyncio.Runner() if asynchronous else None
        if asynchronous:
            options = {"http_client": httpx.AsyncClient(transport=transport), **options}
            self.client = getattr(package(api), f"Async{kind}")(**CREDENTIALS[api], **options)
        else:
            options = {"http_client": httpx.Client(transport=transport), **options}
            self.client = getattr(package(api), kind)(**CREDENTIALS[api], **options)

    def __call__(self, name: str, /, *args: Any, raw: bool = False, **kwargs: Any) -> Any:
        """The result of a method; with `raw` the raw response."""
        method: Any = self.client.with_raw_response if raw else self.client
        for part in name.split("."):
            method = getattr(method, part)
        result = method(*args, **kwargs)
        return result if self._runner is None else self._runner.run(result)

    def close(self) -> None:
        """End the event loop, if there is one."""
        if self._runner is not None:
            self._runner.close()


# Values that fit: what schemathesis makes of the schemas, with text that is right for the formats


def _decimal_text(sign: str, whole: int, fraction: str) -> str:
    return f"{sign}{whole}{'.' if fraction else ''}{fraction}"


def _time_text(moment: datetime, mark: str, fraction: str, zone: str) -> str:
    return f"{moment.replace(microsecond=0).isoformat(sep=mark)}{'.' if fraction else ''}{fraction}{zone}"


# A day away from the ends of the calendar, so that every offset leads to a time that exists.
_MOMENTS = st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30))
_RECENT = st.datetimes(datetime(2015, 1, 1), datetime(2030, 1, 1))
_FRACTIONS = st.text("0123456789", max_size=9)
_OFFSETS = st.builds("{}{:02}:{:02}".format, st.sampled_from("+-"), st.integers(0, 23), st.integers(0, 59))
_DECIMALS = st.builds(
    _decimal_text,
    st.sampled_from(["", "", "-"]),
    st.one_of(st.integers(0, 10**5), st.integers(0, 10**30)),
    st.one_of(st.text("0123456789", max_size=8), st.text("0123456789", max_size=40)),
)

FORMATS: dict[str, st.SearchStrategy[str]] = {
    "decimal": _DECIMALS,
    "int64": st.one_of(st.integers(0, 10**6), st.integers(-(2**63), 2**63 - 1)).map(str),
    "date-time": st.builds(
        _time_text,
        st.one_of(_RECENT, _MOMENTS),
        st.sampled_from("TTTTt"),
        _FRACTIONS,
        st.one_of(st.sampled_from(["Z", "Z", "Z", "z", "+00:00", "-00:00"]), _OFFSETS),
    ),
    "naive-date-time": _MOMENTS.map(lambda moment: moment.isoformat(sep=" ", timespec="seconds")),
    "lenient-date-time": st.builds(
        _time_text,
        st.one_of(_RECENT, _MOMENTS),
        st.sampled_from("T "),
        _FRACTIONS,
        st.one_of(st.sampled_from(["Z", "", "+00", "+00:00", "+0000", "-07"]), _OFFSETS),
    ),
    "date": st.dates().map(date.isoformat),
    "uuid": st.builds(lambda uid, up: str(uid).upper() if up else str(uid), st.uuids(), st.booleans()),
}
for _name, _strategy in FORMATS.items():
    schemathesis.openapi.format(_name, _strategy)

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# Times that exist, in seconds since 1970. Formats say nothing to a generator of numbers, so limits do.
_FIRST, _LAST = -62135596800, 253402300799
_LIMITS = {
    # Read as a binary float, which is exact to the microsecond until the year 2106.
    "unixtime": {"minimum": 0, "maximum": 2**32},
    "unixtime-ms": {"minimum": _FIRST * 1000, "maximum": _LAST * 1000},
}


def _limited(node: Any) -> Any:
    if isinstance(node, list):
        return [_limited(item) for item in node]
    if not isinstance(node, dict):
        return node
    limits: Json = _LIMITS.get(node["format"], {}) if isinstance(node.get("format"), str) else {}
    if node.get("type") == "array" and "items" in node:
        limits = {"maxItems": 4}  # more of the same takes long to make and finds nothing new
    if node.get("type") == "object" and isinstance(node.get("additionalProperties"), dict):
        limits = {"maxProperties": 4}
    return limits | {key: _limited(value) for key, value in node.items()}


@cache
def _generator(api: str, schema: str) -> st.SearchStrategy[Any]:
    synthetic = {
        "openapi": "3.1.0",
        "info": {"title": "Values of one schema", "version": "1"},
        "components": {"schemas": _limited(document(api)["components"]["schemas"])},
        "paths": {
            "/value": {
                "post": {
                    "requestBody": {
                        "required": True,
                        "content": {"application/json": {"schema": _limited(json.loads(schema))}},
                    },
                    "responses": {"200": {"description": ""}},
                }
            }
        },
    }
    operation = schemathesis.openapi.from_dict(synthetic)["/value"]["POST"]
    cases = operation.as_strategy(generation_mode=schemathesis.GenerationMode.POSITIVE)
    return cases.map(lambda case: case.body)


def values_of(api: str, schema: Json) -> st.SearchStrategy[Any]:
    """Values that are valid by a schema. What servers never said cannot fit two branches of a union at once."""
    return _generator(api, json.dumps(schema)).filter(lambda value: fits(api, schema, value))


# Replies: a value as it travels, and what must come of it


class Bare(str):
    """A JSON token, written as it stands."""

    __slots__ = ()


@dataclass(frozen=True)
class Quoted:
    """A number that must come back in quotes."""

    number: Decimal


@dataclass
class Speller:
    """Writes values in the spellings that servers use, and says how each must come back."""

    api: str
    random: Random
    oddity: float = 0.1
    """How often a value takes an unusual form: unknown words and fields, more columns, bare NaN."""

    def odd(self) -> bool:
        """Whether this value takes an unusual form."""
        return self.random.random() < self.oddity

    def spell(self, schema: Json, value: Any) -> tuple[Any, Any]:
        """The value as it travels, and the value to be expected back."""
        schema = branch_of(self.api, schema, value)
        match value:
            case dict():
                return self._object(schema, value)
            case [] if schema.get("maxItems") == 0:
                return [], {}  # an empty map, as PHP writes it
            case list():
                return self._array(schema, value)
            case str():
                return self._text(schema, value)
            case None if {"number", "null"} <= set(types_of(schema)) and self.odd():
                return Bare("NaN"), None
            case bool() | None:
                return value, value
            case _:
                return self._number(schema, value)

    def _object(self, schema: Json, value: Json) -> tuple[Json, Json]:
        known: Json = schema.get("properties", {})
        # What has no documented names is kept whole; of any other object what the document names.
        rest = None if known else schema.get("additionalProperties", {})
        sent: Json = {}
        back: Json = {}
        for name, item in value.items():
            if name in known:
                sent[name], back[name] = self.spell(known[name], item)
            elif rest is not None:
                sent[name], back[name] = self.spell(rest, item)
            else:
                sent[name] = item
        if rest is None and self.odd():
            sent["a field of tomorrow"] = self.random.choice(
                [None, Bare("NaN"), "1_0", Bare("1e999"), [[{"deep": Bare("-Infinity")}]], {"": True}, Bare("0.10")]
            )
        names = list(sent)
        self.random.shuffle(names)
        return {name: sent[name] for name in names}, back

    def _array(self, schema: Json, value: list[Any]) -> tuple[list[Any], list[Any]]:
        columns = schema.get("prefixItems")
        hints = columns or [schema.get("items", {})] * len(value)
        pairs = [self.spell(hint, item) for hint, item in zip(hints, value, strict=True)]
        more: list[Any] = [Bare("7.50"), "column", None, {"x": []}][: self.random.randint(1, 4)]
        return [sent for sent, _ in pairs] + (more if columns and self.odd() else []), [back for _, back in pairs]

    def _text(self, schema: Json, value: str) -> tuple[str, Any]:
        if "enum" in schema:
            word = f"{value} of tomorrow" if self.odd() else value
            return word, word
        match schema.get("format"):
            case "decimal":
                if self.odd() and re.search(schema["pattern"], ".50"):
                    value = ".50"
                return value, Quoted(Decimal(value))
            case "int64":
                return value, Quoted(Decimal(value))
            case "date-time" | "lenient-date-time":
                return value, canonical_time(value, schema.get("x-fraction-digits"))
            case "uuid":
                return value, value.lower()
            case _:
                return value, value

    def _number(self, schema: Json, value: float) -> tuple[Any, Any]:
        bounded = "minimum" in schema or "maximum" in schema
        if "integer" in types_of(schema):
            whole = int(value)
            forms = [str(whole), f"{whole}.0", f"{whole}.000"]
            return Bare(self.random.choice(forms) if self.odd() else forms[0]), Decimal(whole)
        if schema.get("format") == "unixtime":
            seconds, micros = divmod(round(value * 1_000_000), 1_000_000)
            digits = self.random.choice([0, 3, 6]) if self.odd() else 6
            fraction = f"{micros:06}"[:digits]
            text = f"{seconds}{'.' if fraction else ''}{fraction}"
            return Bare(text), Decimal(text).normalize() if fraction.strip("0") else Decimal(seconds)
        text = repr(value)
        if not bounded and self.odd():
            text = self.random.choice(
                ["1e-08", "1E-8", "0.10", "-0.0", "5", "1E+2", "7140.02000000000000000000000000000000001", "1e-30"]
            )
        if schema.get("format") == "decimal" and self.oddity and self.random.random() < self.oddity / 5:
            return Bare("Infinity"), Decimal("Infinity")
        return Bare(text), Decimal(text)


_TIME = re.compile(r"(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d):(\d\d)(?:\.(\d+))?([Zz]|[+-]\d\d(?::?\d\d)?)?")


def moment_of(text: str) -> datetime:
    """The instant that a text names, rounded to microseconds; without a zone it is UTC."""
    match = _TIME.fullmatch(text)
    assert match is not None, text
    *numbers, fraction, zone = match.groups()
    places = f"{fraction or 0:0<7}"
    micros = timedelta(microseconds=int(places[:6]) + (places[6] >= "5"))
    offset = timedelta()
    if zone and zone not in "Zz":
        digits = zone[1:].replace(":", "")
        offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:] or 0)) * (-1 if zone[0] == "-" else 1)
    year, month, day, hour, minute, second = map(int, numbers)
    return datetime(year, month, day, hour, minute, second, tzinfo=UTC) + micros - offset


def canonical_time(text: str, digits: int | None = None) -> str:
    """How a package writes a time back: RFC 3339, UTC, the fraction in a fixed number of digits or without zeros."""
    moment = moment_of(text)
    clock = moment.strftime("%m-%dT%H:%M:%S")
    fraction = f"{moment.microsecond:06}"
    # Six digits stand for a server that leaves out a fraction of zero; three for a clock that always shows them.
    if digits == 6:
        fraction = fraction if moment.microsecond else ""
    else:
        fraction = fraction[:digits] if digits else fraction.rstrip("0")
    return f"{moment.year:04}-{clock}{'.' if fraction else ''}{fraction}Z"


def write_json(value: Any, random: Random | None = None) -> str:
    """JSON text; with `random` in one of the layouts that servers use."""
    space, escaped = "", True
    if random is not None:
        space, escaped = random.choice(["", "", " ", "\n  ", "\t"]), random.random() < 0.5
    return _write(value, space, escaped)


def _write(value: Any, space: str, escaped: bool) -> str:
    match value:
        case Bare():
            return str(value)
        case dict():
            pairs = (
                f"{json.dumps(key, ensure_ascii=escaped)}:{space}{_write(v, space, escaped)}"
                for key, v in value.items()
            )
            return "{" + space + f",{space}".join(pairs) + space + "}"
        case list():
            return "[" + space + f",{space}".join(_write(item, space, escaped) for item in value) + space + "]"
        case _:
            return json.dumps(value, ensure_ascii=escaped)


def read_json(text: str) -> Any:
    """Parsed JSON with every number a Decimal, the bare tokens included."""
    return json.loads(text, parse_float=Decimal, parse_int=Decimal, parse_constant=Decimal)


def difference(expected: Any, got: Any, where: str = "$") -> str:
    """Where and how a value read back differs from what it must be; empty if it does not."""
    match expected:
        case dict():
            if not isinstance(got, dict) or set(got) != set(expected):
                names = sorted(set(got) ^ set(expected)) if isinstance(got, dict) else ""
                return f"{where}: expected an object like {expected!r}, got {got!r} {names}"
            return next(filter(None, (difference(v, got[k], f"{where}[{k!r}]") for k, v in expected.items())), "")
        case list():
            if not isinstance(got, list) or len(got) != len(expected):
                return f"{where}: expected {expected!r}, got {got!r}"
            pairs = enumerate(zip(expected, got, strict=True))
            return next(filter(None, (difference(a, b, f"{where}[{i}]") for i, (a, b) in pairs)), "")
        case Quoted(number):
            if not isinstance(got, str) or re.fullmatch(r"-?\d+(\.\d+)?", got) is None:
                return f"{where}: expected {number:f} in quotes and plain digits, got {got!r}"
            return difference(number, Decimal(got), where)
        case Decimal():
            same = isinstance(got, Decimal) and got == expected and _digits(got) == _digits(expected)
            return "" if same else f"{where}: expected {expected}, got {got!r}"
        case _:
            return (
                ""
                if type(got) is type(expected) and got == expected
                else f"{where}: expected {expected!r}, got {got!r}"
            )


def _digits(number: Decimal) -> int:
    """How many digits stand behind the point: 0.10 has two, though it equals 0.1."""
    exponent = number.as_tuple().exponent
    return max(-exponent, 0) if isinstance(exponent, int) else 0


# Broken replies: one place of a good value made wrong


@dataclass(frozen=True)
class Place:
    """A part of a value that the document describes."""

    path: tuple[str | int, ...]
    spellings: tuple[str, ...]
    """How an error may write the path; under a free key both `[...]` and the key will do."""
    schema: Json
    """Shape of the branch that the part fits."""
    nullable: bool
    value: Any
    required: bool = True
    """Whether the part may not be left out."""
    worded: bool = False
    """Whether a word may stand in the place of a number; any word will do."""


def places_of(
    api: str,
    schema: Json,
    value: Any,
    path: tuple[str | int, ...] = (),
    spellings: tuple[str, ...] = ("$",),
    required: bool = True,
) -> Iterator[Place]:
    """Every part of a value that a schema describes, the value itself first."""
    chosen = branch_of(api, schema, value)
    worded = any("const" in branch for branch in choices_of(shape(api, schema)))
    yield Place(path, spellings, chosen, fits(api, schema, None), value, required, worded)
    if isinstance(value, dict):
        known = chosen.get("properties", {})
        needed = chosen.get("required", [])
        for name, item in value.items():
            if name in known:
                longer = tuple(f"{spelling}.{name}" for spelling in spellings)
                yield from places_of(api, known[name], item, (*path, name), longer, name in needed)
            elif not known and chosen.get("additionalProperties"):
                longer = tuple(f"{spelling}{key}" for spelling in spellings for key in ("[...]", f"[{name!r}]"))
                yield from places_of(api, chosen["additionalProperties"], item, (*path, name), longer)
    elif isinstance(value, list):
        hints = chosen.get("prefixItems") or [chosen.get("items", {})] * len(value)
        for index, (hint, item) in enumerate(zip(hints, value, strict=True)):
            longer = tuple(f"{spelling}[{index}]" for spelling in spellings)
            yield from places_of(api, hint, item, (*path, index), longer)


LEFT_OUT = object()


def replaced(value: Any, path: tuple[str | int, ...], new: Any) -> Any:
    """A copy of a value with another part at a path, or without it."""
    if not path:
        return new
    head, *rest = path
    if new is LEFT_OUT and not rest:
        if isinstance(value, list):
            return [item for index, item in enumerate(value) if index != head]
        return {name: item for name, item in value.items() if name != head}
    copied: Any = list(value) if isinstance(value, list) else dict(value)
    copied[head] = replaced(value[head], tuple(rest), new)
    return copied


def is_lax(api: str, schema: Json) -> bool:
    """Whether a reply holds quoted integers or unix times, for which the runtime reads all of it in a lax mode."""
    seen: set[str] = set()

    def reached(node: Any) -> bool:
        if isinstance(node, list):
            return any(map(reached, node))
        if not isinstance(node, dict):
            return False
        ref = node.get("$ref")
        if isinstance(ref, str):
            if ref in seen:
                return False
            seen.add(ref)
            return reached(resolve(api, node))
        if (node.get("type"), node.get("format")) == ("string", "int64") or node.get("format") == "unixtime":
            return True
        return any(map(reached, node.values()))

    return reached(schema)


def wrong_values(place: Place, *, lax: bool) -> list[Any]:
    """Values that a part must not have.

    Left alone is what the runtime takes on purpose: a number for a decimal in quotes and the other way round (both
    are exact); null where a part may be left out (it counts as left out); unknown words of an enum. In the lax mode
    also words and numbers that stand for a boolean, quoted numbers for integers, and numbers for times.
    """
    schema, types = place.schema, types_of(place.schema)
    wrong: list[Any] = [] if place.nullable or not place.required else [None, Bare("NaN")]
    if place.required and place.path and isinstance(place.path[-1], str) and len(place.spellings) == 1:
        wrong.append(LEFT_OUT)
    if "object" in types or "properties" in schema or "additionalProperties" in schema:
        # An empty list is an empty map where PHP writes it so, which the document says by a branch of its own.
        return [*wrong, "object", 5, True, [1]]
    if schema.get("maxItems") == 0:
        return [*wrong, "map", 5, True, [1]]
    if "array" in types:
        wrong += [{}, {"0": 1}, "array", 5, True]
        return [*wrong, place.value[:-1], []] if "prefixItems" in schema else wrong
    if not types:
        return []
    if "boolean" in types:
        return [*wrong, "yes", "", {}, [], 2, Bare("1.5"), *([] if lax else ["true", "false", 0, 1])]
    wrong += [{}, [], True, False]
    if place.worded:
        return wrong
    match schema.get("format"):
        case "decimal":
            odd = [
                "NaN",
                "-NaN",
                "sNaN",
                "Infinity",
                "-inf",
                "1_0",
                " 1",
                "\t1",
                "+1",
                "",
                "abc",
                "1,5",
            ]
            return [*wrong, *odd]
        case "int64" if "string" in types:
            return [*wrong, "abc", "", "1.5", " 1", "1_0", Bare("1.5"), Bare("Infinity")]
        case "date-time" | "lenient-date-time" | "naive-date-time" | "date":
            odd = ["abc", "", "2020-13-01T00:00:00Z", "2020-01-01T25:00:00Z", "2020-01-01T00:00:00+99:00"]
            return [*wrong, *odd, *([] if lax else [5, "20200101"])]
        case "unixtime" | "unixtime-ms":
            return [*wrong, "abc", Bare("1e300"), Bare("-1e300"), Bare("Infinity"), Bare("1" + "0" * 30)]
        case "uuid":
            return [*wrong, "abc", "", f"{place.value}0", 5]
        case _ if "integer" in types:
            return [
                *wrong,
                "abc",
                "",
                Bare("1.5"),
                Bare("1e-1"),
                Bare("Infinity"),
                *([] if lax else [str(place.value)]),
            ]
        case _ if "string" in types:
            return [*wrong, 5, Bare("1.5")]
        case _:
            return wrong
