"""Arguments made from the documents: valid ones arrive exactly as given, all others are refused before the network."""

from __future__ import annotations

import base64
import hashlib
import hmac
import inspect
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any, get_type_hints
from urllib.parse import parse_qsl, unquote

import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.documents import (
    APIS,
    SECRET,
    Argument,
    Call,
    Caller,
    Json,
    Server,
    calls,
    choices_of,
    document,
    errors,
    examples,
    methods_of,
    moment_of,
    package,
    shape,
    types_of,
)

# An overload is one way of calling among others; here its operation is called with all of its arguments.
OPERATIONS = tuple(
    call
    for call in calls()
    if not call.fixed or not any(other.name == call.name and not other.fixed for other in calls())
)
CALLS = pytest.mark.parametrize("call", OPERATIONS, ids=lambda call: call.id)
WITH_ARGUMENTS = pytest.mark.parametrize(
    "call", [call for call in OPERATIONS if call.arguments], ids=lambda call: call.id
)


# Valid arguments, each with its value on the wire


def plain(number: Decimal) -> str:
    """A number in plain digits: what Decimal shows, its exponent written out as zeros."""
    sign, digits, exponent = number.as_tuple()
    assert isinstance(exponent, int)
    text = "".join(map(str, digits))
    if exponent >= 0:
        text = text + "0" * exponent if text.strip("0") else "0"
    else:
        text = text.rjust(1 - exponent, "0")
        text = f"{text[:exponent]}.{text[exponent:]}"
    return ("-" if sign else "") + text


AMOUNTS = st.one_of(
    st.sampled_from(
        ["1E-8", "1E+20", "0.10", "7150.250", "1e2", ".5", "0.00000001", "12345678901234567890.12345678901234567890"]
    ),
    st.decimals(Decimal("1e-12"), Decimal("1e12"), allow_nan=False, allow_infinity=False).map(str),
    st.builds("{}E{}".format, st.integers(1, 999), st.integers(-30, 30)),
)
# Everything that may be shown: SDKs take no control characters, and no spaces but the plain one.
PRINTABLE = st.characters(exclude_categories=["C", "Z"], include_characters=" ")
TEXTS = st.one_of(
    st.sampled_from(
        ["a b", "a+b", "a&b=c", "100%", "#1", "?x=y", "%2F", "a;b", '"quoted"', "back\\slash", "../up", "é€😀", "~"]
    ),
    st.text(PRINTABLE, min_size=1, max_size=20),
)
TOKENS = st.text("abcXYZ019-_.~+/=", min_size=1).map(lambda token: (token, token))
OFFSETS = st.integers(-86399, 86399).map(lambda seconds: timezone(timedelta(seconds=seconds)))
# A day away from the ends of the calendar, so that every offset leads to a time that exists.
TIMES = st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30), timezones=st.one_of(st.just(UTC), OFFSETS))
UUIDS = st.builds(
    lambda uid, form: (form(uid), str(uid)),
    st.uuids(),
    st.sampled_from([lambda uid: uid, str, lambda uid: str(uid).upper(), lambda uid: uid.hex]),
)


def amounts(*, quoted: bool) -> st.SearchStrategy[tuple[Any, Any]]:
    def pair(text: str, form: Any) -> tuple[Any, Any]:
        number = max(Decimal(int(Decimal(text))), Decimal(1)) if form is int else Decimal(text)
        value = text if form is str else form(number)
        return value, plain(number) if quoted else number

    return st.builds(pair, AMOUNTS, st.sampled_from([Decimal, Decimal, str, int]))


def written(value: datetime) -> str:
    """A time in UTC as a number of digits that no zone can change."""
    return value.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds")


def values_for(api: str, schema: Json) -> st.SearchStrategy[tuple[Any, Any]]:
    """Valid values of an argument, each with what JSON must hold on the wire (a time: the same instant)."""
    name = schema.get("$ref", "").rpartition("/")[2]
    schema = shape(api, schema)
    if choices_of(schema):
        return st.one_of([values_for(api, choice) for choice in choices_of(schema)])
    match [kind for kind in types_of(schema) if kind != "null"]:
        case ["string"] if "enum" in schema:
            enum = getattr(package(api).models, name)
            return st.sampled_from([(form(word), word) for word in schema["enum"] for form in (str, enum)])
        case ["string"]:
            return texts_for(schema)
        case ["integer"]:
            allowed = [schema["const"]] if "const" in schema else schema.get("enum")
            numbers = st.sampled_from(allowed) if allowed else st.integers(schema.get("minimum"), schema.get("maximum"))
            return numbers.map(lambda number: (number, number))
        case ["number"]:
            return amounts(quoted=False)
        case ["boolean"]:
            return st.booleans().map(lambda flag: (flag, flag))
        case ["array"]:
            items = st.lists(values_for(api, schema["items"]), min_size=schema.get("minItems", 0), max_size=5)
            return st.builds(
                lambda pairs, form: (form(value for value, _ in pairs), [wire for _, wire in pairs]),
                items,
                st.sampled_from([list, tuple]),
            )
        case other:
            raise AssertionError(f"{other}: no values for such an argument yet")


def texts_for(schema: Json) -> st.SearchStrategy[tuple[Any, Any]]:
    match schema.get("format"):
        case "decimal":
            return amounts(quoted=True)
        case "date-time":
            return TIMES.map(lambda time: (time, written(time)))
        case "uuid":
            return UUIDS
        case "email":
            texts = st.sampled_from(["a@example.com", "first.last+tag@example.org"])
        case None if "pattern" in schema:
            texts = st.from_regex(re.compile(schema["pattern"], re.ASCII), fullmatch=True, alphabet=PRINTABLE)
        case None:
            texts = TEXTS
        case other:
            raise AssertionError(f"{other}: no values for such an argument yet")
    return texts.map(lambda text: (text, text))


@st.composite
def arguments_for(draw: st.DrawFn, call: Call, *, wild: bool = False) -> dict[Argument, tuple[Any, Any]]:
    """Arguments of a call that are valid one by one; with `wild` also some that are not, and required ones left out."""
    given_: dict[Argument, tuple[Any, Any]] = {}
    # Seldom enough that some sets of many arguments are all right.
    seldom = st.sampled_from([False] * (2 * len(call.arguments) + 1) + [True])
    for argument in call.arguments:
        # A client that has not logged in needs the token that stands for a login.
        needed = argument.required or argument.place == "authorization"
        if not (needed or draw(st.booleans())) or (wild and draw(seldom)):
            continue
        values = TOKENS if argument.place == "authorization" else values_for(call.api, argument.schema)
        if wild and argument.place != "authorization" and draw(seldom):
            values = strangers_for(call.api, argument.schema)
        if argument.joined:
            values = values.filter(lambda pair: not any("," in str(item) for item in pair[1]))
        given_[argument] = draw(values)
    return given_


def strangers_for(api: str, schema: Json) -> st.SearchStrategy[tuple[Any, Any]]:
    """Values of the right type for an argument that may not be right themselves."""
    schema = shape(api, schema)
    match [kind for kind in types_of(schema) if kind != "null"]:
        case ["integer"]:
            numbers = st.sampled_from([-1, 0, 1, 60, 101, *schema.get("enum", [])])
            return numbers.map(lambda number: (number, number))
        case ["string"] if schema.get("format") == "decimal":
            return st.sampled_from(["0", "0.00", "-1", "-0.5", "1"]).map(lambda text: (Decimal(text), text))
        case ["string"] if "enum" in schema or "pattern" in schema:
            words = st.sampled_from(
                ["surprise", "btc-usd", "BTC", "BTC-USD", "ETH/BTC", "a b/c", *schema.get("enum", [])]
            )
            return words.map(lambda word: (word, word))
        case _:
            return values_for(api, schema)


# What the document says of a request


@cache
def _validator(api: str, schema: str) -> jsonschema_rs.Draft202012Validator:
    components = document(api)["components"]
    return jsonschema_rs.Draft202012Validator({**json.loads(schema), "components": components}, validate_formats=True)


def is_valid(api: str, schema: Json, value: Any) -> bool:
    return _validator(api, json.dumps(schema, sort_keys=True)).is_valid(value)


def parameters_schema(call: Call) -> Json:
    """The parameters of a call as one object, with the rules between them."""
    parameters = [argument for argument in call.arguments if argument.place in ("path", "query")]
    return {
        "type": "object",
        "properties": {argument.wire: argument.schema for argument in parameters},
        "required": [argument.wire for argument in parameters if argument.required],
        "additionalProperties": False,
        "allOf": [call.operation.get("x-constraints", {})],
    }


def body_constants(call: Call) -> Json:
    """Fields of the body that no argument sets."""
    properties = shape(call.api, call.body).get("properties", {})
    return {name: schema["const"] for name, schema in properties.items() if "const" in schema}


def json_number(value: Any) -> Any:
    """A value as validators take it."""
    return float(value) if isinstance(value, Decimal) else value


def is_allowed(call: Call, given_: dict[Argument, tuple[Any, Any]]) -> bool:
    """Whether the document allows these arguments together."""
    parameters: Json = {}
    body: Json = body_constants(call)
    for argument, (_, wire) in given_.items():
        if argument.place in ("path", "query"):
            parameters[argument.wire] = as_rfc3339(call, argument, wire)
        elif argument.place == "body":
            body[argument.wire] = as_rfc3339(call, argument, json_number(wire))
    right = is_valid(call.api, parameters_schema(call), parameters)
    right = right and all(argument in given_ for argument in call.arguments if argument.place == "authorization")
    return right and (not call.body or is_valid(call.api, call.body, body))


def is_time(call: Call, argument: Argument) -> bool:
    return shape(call.api, argument.schema).get("format") == "date-time"


def as_rfc3339(call: Call, argument: Argument, wire: Any) -> Any:
    return f"{wire}Z" if is_time(call, argument) else wire


# What arrived


class Arrival:
    """A request as a server saw it."""

    def __init__(self, method: str, target: str, headers: dict[str, str], body: bytes) -> None:
        self.method, self.target, self.headers, self.body = method, target, headers, body

    @property
    def path(self) -> str:
        """Path without the query."""
        return self.target.partition("?")[0]

    @property
    def query(self) -> list[tuple[str, str]]:
        """Names and values of the query, in order."""
        query = self.target.partition("?")[2]
        return parse_qsl(query, keep_blank_values=True, strict_parsing=bool(query), errors="strict")


RFC3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?Z")


def from_text(api: str, schema: Json, text: str) -> Any:
    """The value that a server reads from a text in the address."""
    schema = shape(api, schema)
    match types_of(schema):
        case ["integer"]:
            assert re.fullmatch(r"-?\d+", text)
            return int(text)
        case ["boolean"]:
            return {"true": True, "false": False}[text]
        case _:
            return text


def check_arrival(call: Call, arrival: Arrival, given_: dict[Argument, tuple[Any, Any]], base_path: str) -> None:
    """The request says what was given, no more and no less, and the document allows it."""
    assert arrival.method == call.http
    names = {argument.wire: argument for argument in call.arguments}
    expected = {
        place: {a.wire: wire for a, (_, wire) in given_.items() if a.place == place}
        for place in ("path", "query", "body", "authorization")
    }

    pattern = re.sub(r"\\{(\w+)\\}", r"(?P<\1>[^/]+)", re.escape(base_path + call.path))
    match = re.fullmatch(pattern, arrival.path)
    assert match is not None, arrival.path
    in_path = {name: from_text(call.api, names[name].schema, unquote(text)) for name, text in match.groupdict().items()}
    assert in_path == expected["path"]

    in_query: Json = {}
    for name, text in arrival.query:
        if name == "token" and call.api == "onefox":
            continue
        argument = names[name]
        schema = shape(call.api, argument.schema)
        if types_of(schema) == ["array"]:
            items = [from_text(call.api, schema["items"], t) for t in (text.split(",") if argument.joined else [text])]
            assert name not in in_query or not argument.joined
            in_query.setdefault(name, []).extend(items)
        else:
            assert name not in in_query
            in_query[name] = from_text(call.api, schema, text)
    assert is_valid(call.api, parameters_schema(call), in_path | in_query)
    check_fields(call, names, in_query, {name: wire for name, wire in expected["query"].items() if wire != []})

    if call.body:
        assert arrival.headers["content-type"] == "application/json"
        # Numbers as they were spelt, so that an exponent would show.
        spelt = json.loads(arrival.body, parse_float=str, parse_int=str)
        body = json.loads(arrival.body, parse_float=Decimal)
        assert is_valid(call.api, call.body, {name: json_number(value) for name, value in body.items()})
        for name, value in expected["body"].items():
            if isinstance(value, Decimal):
                assert spelt[name] == plain(value)
        key = call.operation.get("x-key")
        if key and key not in expected["body"]:
            body.pop(key, None)  # an id that the package may add, so that the request can be found again
        check_fields(call, names, body, expected["body"] | body_constants(call))
    else:
        assert arrival.body == b""
    if expected["authorization"]:
        assert [arrival.headers["authorization"]] == [f"Bearer {token}" for token in expected["authorization"].values()]


def check_fields(call: Call, names: dict[str, Argument], got: Json, expected: Json) -> None:
    """Every field holds its value; times are compared as instants."""
    assert set(got) == set(expected)
    for name, wire in expected.items():
        if name in names and is_time(call, names[name]):
            assert RFC3339.fullmatch(got[name])
            assert moment_of(got[name]) == datetime.fromisoformat(wire).replace(tzinfo=UTC)
        else:
            assert type(got[name]) is type(wire) or isinstance(wire, Decimal)
            assert got[name] == wire


BASE_PATHS = {"coinbase_pro": "", "freqtrade": "", "onefox": "/api/v1"}


def invoke(caller: Caller, call: Call, given_: dict[Argument, tuple[Any, Any]], *, by_position: bool) -> None:
    """Call, the required arguments by position or by name. The server has nothing to say but no."""
    required = [argument for argument in call.arguments if argument.required]
    positional = [given_[a][0] for a in required] if by_position and "x-merge" not in call.operation else []
    named = {a.name: value for a, (value, _) in given_.items() if not positional or not a.required}
    with suppress(errors(call.api).BadRequestError):
        caller(call.name, *positional, **named)


@CALLS
def test_valid_arguments_arrive_exactly_as_given(call: Call) -> None:
    server = Server(call.api)
    server.status, server.logs_in = 400, call.name != "token.login"
    callers = [Caller(call.api, server), Caller(call.api, server, asynchronous=True)]
    sets = arguments_for(call).filter(lambda given_: is_allowed(call, given_))

    @examples(2 if call.arguments else 0.2)
    @given(sets, st.booleans(), st.sampled_from([0, 0, 1]))
    def check(given_: dict[Argument, tuple[Any, Any]], by_position: bool, which: int) -> None:
        server.arrived.clear()
        invoke(callers[which], call, given_, by_position=by_position)
        (request,) = server.arrived
        target = request.extensions["target"].decode("ascii")
        headers = {name.lower(): value for name, value in request.headers.items()}
        arrival = Arrival(request.method, target, headers, request.content)
        check_arrival(call, arrival, given_, BASE_PATHS[call.api])
        # What a transport of the caller's own sees is what travels.
        seen = Arrival(request.method, request.url.raw_path.decode("ascii"), headers, request.content)
        assert (unquote(seen.path), seen.query) == (unquote(arrival.path), arrival.query)

    try:
        check()
    finally:
        for caller in callers:
            caller.close()


# The same over a socket


class Loopback:
    """A server on this machine that refuses everything and keeps what arrived."""

    def __init__(self) -> None:
        arrived: list[Arrival] = []
        self.arrived = arrived

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def answer(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                headers = {name.lower(): value for name, value in self.headers.items()}
                logs_in = self.path.endswith("/token/login")
                if not logs_in:
                    arrived.append(Arrival(self.command, self.path, headers, body))
                content = b'{"access_token": "access-token", "refresh_token": "refresh-token"}' if logs_in else b"{}"
                self.send_response(200 if logs_in else 400)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            do_GET = do_POST = do_DELETE = answer

            def log_message(self, format: str, *args: Any) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})
        self._thread.start()
        self.address = f"http://127.0.0.1:{self._server.server_port}"

    def close(self) -> None:
        """Stop."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@pytest.fixture(scope="module")
def loopback() -> Iterator[Loopback]:
    server = Loopback()
    yield server
    server.close()


@contextmanager
def caller_over_socket(call: Call, loopback: Loopback, *, asynchronous: bool) -> Iterator[Caller]:
    """A caller with a client's own connections."""
    address = loopback.address + BASE_PATHS[call.api]
    caller = Caller(call.api, lambda _: None, asynchronous=asynchronous, http_client=None, base_url=address)
    yield caller
    caller("close")
    caller.close()


def check_signature(arrival: Arrival) -> None:
    """The signature is that of the bytes that arrived."""
    timestamp = arrival.headers["cb-access-timestamp"]
    message = f"{timestamp}{arrival.method}{arrival.target}".encode() + arrival.body
    digest = hmac.new(base64.b64decode(SECRET), message, hashlib.sha256).digest()
    assert arrival.headers["cb-access-sign"] == base64.b64encode(digest).decode()


@pytest.mark.parametrize("asynchronous", [False, True], ids=["blocking", "async"])
@pytest.mark.parametrize("call", [c for c in OPERATIONS if c.name != "token.login"], ids=lambda call: call.id)
def test_valid_arguments_arrive_exactly_over_a_socket(call: Call, asynchronous: bool, loopback: Loopback) -> None:
    sets = arguments_for(call).filter(lambda given_: is_allowed(call, given_))

    with caller_over_socket(call, loopback, asynchronous=asynchronous) as caller:

        @examples(0.4 if call.arguments else 0.1)
        @given(sets)
        def check(given_: dict[Argument, tuple[Any, Any]]) -> None:
            loopback.arrived.clear()
            invoke(caller, call, given_, by_position=False)
            (arrival,) = loopback.arrived
            check_arrival(call, arrival, given_, BASE_PATHS[call.api])
            signed = any("signature" in alternative for alternative in call.operation["security"])
            assert ("cb-access-sign" in arrival.headers) == signed
            if signed:
                check_signature(arrival)

        check()


# What must not leave


def wrong_for(api: str, argument: Argument) -> list[Any]:
    """Values that an argument must not have."""
    schema = shape(api, argument.schema)
    wrong: list[Any] = [None] if argument.required else []
    if argument.place == "authorization":
        return [None, "", 5, b"a-token", ["a-token"], "two\nlines", "tok\u00e9n", "\U0001f600"]
    if argument.place == "path":
        wrong += ["", "a/b", "..", ".", "a\\b", "a/../b", "%2e%2e/", "a\n"]
    if choices_of(schema):  # a number, or a number or word as text
        return [*wrong, 1.5, True, -1, "abc", "", "1/2", "ALL", [], "1 ", Decimal(1)]
    match [kind for kind in types_of(schema) if kind != "null"]:
        case ["string"] if "enum" in schema:
            return [*wrong, "surprise", "", 5, True, 1.5, schema["enum"][0].swapcase(), [schema["enum"][0]], b"x"]
        case ["integer"]:
            bounds = [schema[end] + step for end, step in (("minimum", -1), ("maximum", 1)) if end in schema]
            allowed = [max(schema.get("enum", [schema.get("const")])) + 1] if {"enum", "const"} & set(schema) else []
            return [*wrong, *bounds, *allowed, 1.0, True, "1", Decimal(1), float("nan"), [1]]
        case ["number"]:
            return [*wrong, *WRONG_AMOUNTS]
        case ["boolean"]:
            return [*wrong, 1, 0, "true", "false", 1.0, []]
        case ["array"]:
            inner = Argument(argument.name, argument.wire, argument.place, schema["items"], required=True)
            items = [[value] for value in wrong_for(api, inner)]
            empty: list[Any] = [[], ()] if schema.get("minItems") else []
            return [*wrong, *empty, *items, "BTCUSD", "ETH/BTC", "done", b"ab", 5, 1.5, True]
    match schema.get("format"):
        case "decimal":
            return [*wrong, *WRONG_AMOUNTS]
        case "date-time":
            return [*wrong, datetime(2020, 1, 1), date(2020, 1, 1), "2020-01-01T00:00:00Z", "", 5, 1.5, True]
        case "uuid":
            return [*wrong, "", "abc", "9e7d5b3a-1c2f-4e60-8a94-6b5c4d3e2f1", 5, True, 1.5, b"9e7d5b3a1c2f4e60", "a/b"]
        case _:
            texts = ["", "a\nb", "a\x00b", "\u2028", 5, 1.5, True, b"abc", ["abc"], Decimal(1)]
            return [*wrong, *texts, *(["no such", "/", "a b", "ü", "é/"] if "pattern" in schema else [])]


WRONG_AMOUNTS: list[Any] = [
    *[1.5, 0.0, float("nan"), float("inf"), True, False],
    *[Decimal("NaN"), Decimal("sNaN"), Decimal("Infinity"), Decimal("-Infinity"), "NaN", "inf", "-Infinity", "abc"],
    *["", " 1", "1 ", "1_0", "1,5", "0x10", "\uff11", "+1", "1\n", b"1", [1], ["1"]],
    *[0, -1, "0", "0.00", "-1", "-0", Decimal("-0.5"), Decimal(0), "-1e-8", "0e5"],
]


def refusal_of(caller: Caller, call: Call, arguments: Json) -> Exception | None:
    """The ValueError or TypeError by which a call is refused, or None if it was sent."""
    try:
        caller(call.name, **arguments)
    except errors(call.api).BadRequestError:
        return None  # the server's word
    except (ValueError, TypeError) as refusal:
        return refusal
    raise AssertionError("the server has nothing to say but no")


@WITH_ARGUMENTS
def test_a_wrong_argument_is_refused_before_the_network_and_named(call: Call) -> None:
    server = Server(call.api)
    server.status, server.logs_in = 400, False
    caller = Caller(call.api, server)
    for argument in call.arguments:
        for wrong in wrong_for(call.api, argument):
            if wrong is None and "x-merge" in call.operation:
                continue  # without it, it is the other operation behind the same method
            refusal = refusal_of(caller, call, {**call.example, argument.name: wrong})
            assert refusal is not None, f"{argument.name}={wrong!r} left as {server.arrived[0].url}"
            assert type(refusal) in (ValueError, TypeError), f"{argument.name}={wrong!r}"
            assert argument.place != "authorization" or str(wrong or "?") not in str(refusal)
            assert re.match(rf"{argument.name}(\[\d+\])?:", str(refusal)), f"{wrong!r}: {refusal}"
    assert server.arrived == []


@WITH_ARGUMENTS
def test_exactly_the_combinations_that_the_document_forbids_are_refused(call: Call) -> None:
    server = Server(call.api)
    server.status, server.logs_in = 400, True
    caller = Caller(call.api, server)
    seen = {True: 0, False: 0}

    has_rules = bool(call.body or call.operation.get("x-constraints"))

    @examples(6 if has_rules else 2, least=60 if has_rules else 12)
    @given(arguments_for(call, wild=True))
    def check(given_: dict[Argument, tuple[Any, Any]]) -> None:
        server.arrived.clear()
        allowed = is_allowed(call, given_)
        seen[allowed] += 1
        if "x-merge" in call.operation and not given_:
            return
        values = {argument.name: None for argument in call.arguments if argument.required}
        values |= {argument.name: value for argument, (value, _) in given_.items()}
        refusal = refusal_of(caller, call, values)
        assert (refusal is None) == allowed, f"{values}: {refusal}"
        assert len(server.arrived) == allowed
        assert refusal is None or any(argument.name in str(refusal) for argument in call.arguments)

    check()
    assert seen[True]
    assert seen[False] or not has_rules


@pytest.mark.parametrize(
    ("price", "text"),
    [
        (Decimal("1E-8"), "0.00000001"),
        (Decimal("1E+20"), "100000000000000000000"),
        (Decimal("0.10"), "0.10"),
        (Decimal("7150.2500"), "7150.2500"),
        (
            Decimal("12345678901234567890.123456789012345678901234567890"),
            "12345678901234567890.123456789012345678901234567890",
        ),
        ("1e-8", "0.00000001"),
        ("1E+2", "100"),
        (10**30, "1" + "0" * 30),
    ],
    ids=str,
)
def test_a_price_is_written_in_plain_digits_in_quotes_and_bare(price: Any, text: str) -> None:
    quoted, bare = Server("coinbase_pro"), Server("freqtrade")
    quoted.status = bare.status = 400
    with suppress(errors("coinbase_pro").BadRequestError):
        Caller("coinbase_pro", quoted)("orders.limit", "buy", "BTC-USD", price, price)
    with suppress(errors("freqtrade").BadRequestError):
        Caller("freqtrade", bare)("forcebuy", "ETH/BTC", price=price)
    body = json.loads(quoted.arrived[0].content)
    assert (body["price"], body["size"]) == (text, text)
    assert json.loads(bare.arrived[0].content, parse_float=str, parse_int=str)["price"] == text
    onefox = Server("onefox")
    onefox.status = 400
    with suppress(errors("onefox").BadRequestError):
        Caller("onefox", onefox)("position.edit", 1, stop_loss=price)
    assert onefox.arrived[0].url.params["stop_loss"] == text


def test_an_item_with_a_comma_is_refused_where_items_are_joined_by_commas() -> None:
    server = Server("onefox")
    server.status = 400
    with pytest.raises(ValueError, match=r"^symbols(\[0\])?:"):
        Caller("onefox", server)("market.ticker", ["BTCUSD,ETHUSD"])
    assert server.arrived == []


@pytest.mark.parametrize(
    "time",
    [
        datetime.min.replace(tzinfo=timezone(timedelta(hours=1))),
        datetime.max.replace(tzinfo=timezone(-timedelta(hours=1))),
    ],
    ids=["before the first", "after the last"],
)
def test_a_time_that_utc_does_not_have_is_refused_and_named(time: datetime) -> None:
    server = Server("onefox")
    with pytest.raises(ValueError, match=r"^date_start:"):
        Caller("onefox", server)("market.bars", "BTCUSD", 60, date_start=time)
    assert server.arrived == []


# Nothing is left out


@pytest.mark.parametrize(("api", "count"), [("coinbase_pro", 31), ("freqtrade", 22), ("onefox", 18)])
def test_every_method_of_a_client_is_tried_here_with_every_argument(api: str, count: int) -> None:
    expected: dict[str, dict[str, bool]] = {}
    for call in calls():
        if call.api == api:
            merged = "x-merge" in call.operation
            arguments = {argument.name: argument.required and not merged for argument in call.arguments}
            expected.setdefault(call.name, {}).update(arguments)
    found = {}
    for name, method in methods_of(getattr(package(api), APIS[api])).items():
        parameters = list(inspect.signature(method).parameters.values())[1:]
        found[name] = {parameter.name: parameter.default is parameter.empty for parameter in parameters}
        assert all((p.kind is p.KEYWORD_ONLY) == (p.default is not p.empty) for p in parameters)
        assert set(get_type_hints(method)) == {*found[name], "return"}
    assert found == expected
    assert len(found) == count
