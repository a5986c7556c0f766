"""Replies made from the documents: everything valid is read exactly, everything else is an InvalidReply."""

from __future__ import annotations

import json
import re
import warnings
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from functools import cache
from itertools import product
from random import Random
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.documents import (
    EXAMPLES,
    FORMATS,
    Bare,
    Call,
    Caller,
    Server,
    Speller,
    calls,
    difference,
    document,
    errors,
    examples,
    fits,
    is_lax,
    package,
    places_of,
    read_json,
    replaced,
    resolve,
    shape,
    values_of,
    write_json,
    wrong_values,
)

SEEDS = st.integers(0, 2**32)
CALLS = pytest.mark.parametrize("call", calls(), ids=lambda call: call.id)


def server_of(call: Call) -> Server:
    server = Server(call.api)
    server.logs_in = call.name != "token.login"
    return server


def moments(result: Any) -> Iterator[datetime]:
    """Every time inside of a result."""
    if isinstance(result, datetime):
        yield result
    elif attrs.has(type(result)):
        for attribute in attrs.fields(type(result)):
            yield from moments(getattr(result, attribute.name))
    elif isinstance(result, dict):
        for item in result.values():
            yield from moments(item)
    elif not isinstance(result, str) and hasattr(type(result), "__iter__"):
        for item in result:
            yield from moments(item)


def check_read(call: Call, caller: Caller, expected: Any) -> None:
    """The result is what the reply says, and errors and warnings in its envelope are raised."""
    envelope = document(call.api).get("x-envelope")
    if envelope is None:
        result = caller(call.name, **call.example)
        assert not difference(expected, read_json(package(call.api).to_json(result)))
        assert all(moment.utcoffset() == timedelta(0) for moment in moments(result))
        return
    kinds = errors(call.api)
    if expected["error"]:
        with pytest.raises(kinds.APIError) as failure:
            caller(call.name, **call.example)
        assert failure.value.status_code == 200
        assert failure.value.code == expected.get("error_code")
        return
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        if expected["response"] is None and not call.operation.get("x-result-null"):
            with pytest.raises(kinds.InvalidReply) as invalid:
                caller(call.name, **call.example)
            assert invalid.value.path == "$.response"
        else:
            result = caller(call.name, **call.example)
            assert not difference(expected["response"], read_json(package(call.api).to_json(result)))
            assert all(moment.utcoffset() == timedelta(0) for moment in moments(result))
        whole = caller(call.name, raw=True, **call.example).envelope()
        assert not difference(expected, read_json(package(call.api).to_json(whole)))
    texts = [str(item.message) for item in warned if issubclass(item.category, kinds.APIWarning)]
    assert len(texts) == len(warned) == expected["warning"]
    if texts and expected.get("warning_message"):
        assert texts == [expected["warning_message"]]


@CALLS
def test_a_reply_that_fits_the_document_is_read_exactly(call: Call) -> None:
    server = server_of(call)
    callers = [Caller(call.api, server), Caller(call.api, server, asynchronous=True)]

    @examples()
    @given(values_of(call.api, call.reply), SEEDS, st.sampled_from([0.0, 0.1, 0.3, 1.0]), st.sampled_from([0, 0, 1]))
    def check(value: Any, seed: int, oddity: float, which: int) -> None:
        random = Random(seed)
        sent, expected = Speller(call.api, random, oddity).spell(call.reply, value)
        server.content = write_json(sent, random).encode()
        check_read(call, callers[which], expected)

    try:
        check()
    finally:
        for caller in callers:
            caller.close()


def good(call: Call, value: Any) -> bool:
    """Whether a reply has a result: it is no envelope around an error or around nothing."""
    if "x-envelope" not in document(call.api):
        return True
    wanted = value["response"] is not None or call.operation.get("x-result-null", False)
    return not value["error"] and not value["warning"] and wanted


def repaired(call: Call, value: Any) -> Any:
    """A reply whose envelope tells of no error and no warning."""
    return value if "x-envelope" not in document(call.api) else {**value, "error": False, "warning": False}


@pytest.mark.parametrize(
    ("name", "field"),
    [
        ("orders.get", "expire_time"),
        ("orders.get", "created_at"),
        ("orders.get", "price"),
        ("orders.get", "client_oid"),
        ("time", "iso"),
        ("time", "epoch"),
    ],
)
def test_every_spelling_of_a_field_is_read_exactly(name: str, field: str) -> None:
    call = next(call for call in calls() if call.api == "coinbase_pro" and call.name == name)
    schema = shape(call.api, call.reply)["properties"][field]
    server = server_of(call)
    caller = Caller(call.api, server)
    base = corpus(call.id)[0]

    form = shape(call.api, schema)["format"]

    @examples(8)
    @given(FORMATS[form] if form in FORMATS else values_of(call.api, schema), SEEDS)
    def check(value: Any, seed: int) -> None:
        sent, expected = Speller(call.api, Random(seed), 0.3).spell(schema, value)
        server.content = write_json({**base, field: sent}).encode()
        got = read_json(package(call.api).to_json(caller(call.name, **call.example)))
        assert not difference(expected, got[field])

    check()


@cache
def corpus(call_id: str) -> tuple[Any, ...]:
    """Good replies to a call, made once for all tests that break them."""
    call = next(call for call in calls() if call.id == call_id)
    collected: list[Any] = []

    def collect(value: Any) -> None:
        value = repaired(call, value)
        if good(call, value):
            collected.append(value)

    # Few are enough; where none of them is good, many more are tried.
    for scale in (0.5, 10):
        examples(scale)(given(values_of(call.api, call.reply))(collect))()
        if collected:
            break
    return tuple(collected)


def kept(call: Call, content: bytes) -> bytes:
    """What an error keeps of a body: all of it, unless it was to hold tokens, which are secrets."""
    return b"***" if call.name.startswith("token.") else content


def check_refused(call: Call, caller: Caller, content: bytes, paths: set[str], *, raw: bool) -> None:
    """The reply is an InvalidReply that keeps all of it and names one of these places."""

    def read() -> None:
        result = caller(call.name, raw=raw, **call.example)
        pytest.fail(f"read as {result.parse() if raw else result!r}")

    with pytest.raises(errors(call.api).InvalidReply) as failure:
        read()
    error = failure.value
    assert error.path in paths
    assert error.operation == call.operation["operationId"] or "x-methods" in call.operation
    assert error.status_code == 200
    assert error.headers["x-of-the-tests"] == "yes"
    assert error.content == kept(call, content)


@CALLS
def test_a_reply_broken_in_one_place_is_an_invalid_reply_that_names_the_place(call: Call) -> None:
    server = server_of(call)
    callers = [Caller(call.api, server), Caller(call.api, server, asynchronous=True)]
    lax = is_lax(call.api, call.reply)
    random = Random(call.id)
    for value in corpus(call.id):
        places = list(places_of(call.api, call.reply, value))
        spellings = {place.path: place.spellings for place in places}
        for _ in range(EXAMPLES):
            place = random.choice(places)
            candidates = wrong_values(place, lax=lax)
            if not candidates:
                continue
            wrong = random.choice(candidates)
            broken = replaced(value, place.path, wrong)
            unlike = type(wrong) not in (Bare, type(place.value))
            if unlike and fits(call.api, call.reply, broken):
                continue  # another branch of a union takes it
            server.content = write_json(broken, random).encode()
            allowed = {*place.spellings, *spellings[place.path[:-1]]}
            try:
                check_refused(call, random.choice(callers), server.content, allowed, raw=random.random() < 0.5)
            except BaseException as error:
                error.add_note(f"for {wrong!r} at {place.spellings[0]}")
                raise
    for caller in callers:
        caller.close()


NOT_UTF_8 = [b"\xff", b"\xc3", b"\xed\xa0\x80", b"\xf8\x88"]


@CALLS
def test_text_that_is_not_utf_8_is_an_invalid_reply(call: Call) -> None:
    server = server_of(call)
    caller = Caller(call.api, server)
    random = Random(call.id)
    for value in corpus(call.id):
        texts = [place for place in places_of(call.api, call.reply, value) if isinstance(place.value, str)]
        for place in random.sample(texts, min(len(texts), 3)):
            marked = write_json(replaced(value, place.path, "a word to damage")).encode()
            server.content = marked.replace(b"a word to damage", b"a " + random.choice(NOT_UTF_8) + b" word")
            with pytest.raises(errors(call.api).InvalidReply) as failure:
                caller(call.name, **call.example)
            assert failure.value.content == kept(call, server.content)


def test_an_escape_for_half_a_character_is_refused_or_comes_back() -> None:
    server = Server("freqtrade")
    server.content = b'{"status": "\\ud800"}'
    with suppress(errors("freqtrade").InvalidReply):
        result = Caller("freqtrade", server)("ping")
        assert json.loads(package("freqtrade").to_json(result)) == {"status": "\ud800"}


def nested(depth: int, opening: str, closing: str) -> bytes:
    return f"{opening * depth}1{closing * depth}".encode()


DEEP = st.builds(
    nested,
    st.one_of(st.integers(1, 3000), st.just(100_000)),
    st.sampled_from(["[", '{"a":', '{"message":', '{"error": true, "error_code":']),
    st.sampled_from(["]", "}", ""]),
)
PAGES = st.sampled_from(
    [
        b"",
        b" \n",
        b"<html><head><title>502 Bad Gateway</title></head><body>502</body></html>",
        b"OK",
        b"null",
        b"true",
        b"-",
        b"NaN",
        b"[]",
        b"{}",
        b'"',
        b"{'a': 1}",
        b'{"a": 1,}',
        b"\x00",
        b"\xff\xfe{}",
        b"\x1f\x8b\x08\x00",
        b"1e999999999",
        b"9" * 5000,
    ]
)
ANYTHING = st.one_of(PAGES, DEEP, st.binary(max_size=50))


@CALLS
def test_a_damaged_body_is_never_anything_but_an_invalid_reply(call: Call) -> None:
    server = server_of(call)
    caller = Caller(call.api, server)
    kinds = errors(call.api)
    whole_replies = st.sampled_from([write_json(value, Random(call.id)).encode() for value in corpus(call.id)])

    @examples()
    @given(whole_replies, ANYTHING, SEEDS)
    def check(whole: bytes, page: bytes, seed: int) -> None:
        random = Random(seed)
        cut = whole.rstrip()[: random.randrange(len(whole.rstrip()))]
        trailing = whole + random.choice([b"}", b"]", b"1", b"<", b"\x00", whole])
        for content in (cut, trailing):
            server.content = content
            with pytest.raises(kinds.InvalidReply) as failure:
                caller(call.name, **call.example)
            assert failure.value.content == kept(call, content)
        at, length = random.randrange(len(whole)), random.randrange(3)
        for content in (page, whole[:at] + page[:20] + whole[at + length :]):
            server.content = content
            # Damage can also leave, or make, a reply that fits.
            with suppress(kinds.InvalidReply, kinds.APIError, kinds.APIWarning):
                caller(call.name, **call.example)

    check()


ERROR_CLASSES = {
    400: "BadRequestError",
    401: "AuthenticationError",
    403: "PermissionDeniedError",
    404: "NotFoundError",
    422: "UnprocessableError",
    429: "RateLimitError",
}
JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=5)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=5), inner, max_size=3)),
    max_leaves=6,
)
NAMES = st.sampled_from(
    ["message", "error", "msg", "reason", "status", "code", "error_code", "error_message", "error_data"]
)
ERRORS = st.one_of(
    ANYTHING, JSON.map(write_json).map(str.encode), st.dictionaries(NAMES, JSON).map(write_json).map(str.encode)
)


def expected_class(call: Call, status: int, content: bytes) -> str:
    """The class of the error for an answer, from what the document says about it."""
    if status < 500:
        return ERROR_CLASSES.get(status, "APIError") if status >= 400 else "InvalidReply"
    documented = resolve(call.api, call.operation["responses"].get(str(status), {}))
    refused = documented.get("x-outcome") == "refused" and has_message(call, content)
    return "ServerError" if refused or call.operation["x-effect"] == "read" else "OutcomeUnknown"


def has_message(call: Call, content: bytes) -> bool:
    """Whether a body is an error in the API's own words; the page of a proxy is not."""
    try:
        body = json.loads(content.decode())
    except (ValueError, RecursionError):
        return False
    names = document(call.api)["x-error-body"]["message"]
    return isinstance(body, dict) and any(body.get(name) is not None for name in names)


@CALLS
def test_a_bad_status_is_the_error_of_the_status_whatever_the_body(call: Call) -> None:
    server = server_of(call)
    callers = [Caller(call.api, server), Caller(call.api, server, asynchronous=True)]
    statuses = st.one_of(st.sampled_from([304, *ERROR_CLASSES, 500, 502, 503, 504]), st.integers(300, 599))

    @examples()
    @given(ERRORS, statuses, st.sampled_from([0, 0, 1]))
    def check(content: bytes, status: int, which: int) -> None:
        server.content, server.status = content, status
        with pytest.raises(errors(call.api).SDKError) as failure:
            callers[which](call.name, **call.example)
        assert type(failure.value).__name__ == expected_class(call, status, content)
        assert failure.value.status_code == status
        answered = status >= 400  # else it is a reply that was not to be had
        assert failure.value.content == (content if answered else kept(call, content))

    try:
        check()
    finally:
        for caller in callers:
            caller.close()


@pytest.mark.parametrize("call", [call for call in calls() if call.api == "onefox"], ids=lambda call: call.id)
def test_an_envelope_that_tells_of_an_error_in_any_spelling_is_never_a_result(call: Call) -> None:
    """The language that the server is written in spells true in many ways."""
    server = server_of(call)
    caller = Caller(call.api, server)
    for value in corpus(call.id)[:2]:
        for response, flag in product((None, value["response"]), ("true", "1", '"true"', '"1"', "1.0")):
            server.content = write_json({**value, "error": Bare(flag), "response": response}).encode()
            with pytest.raises((errors("onefox").APIError, errors("onefox").InvalidReply)):
                caller(call.name, **call.example)


@pytest.mark.parametrize(
    ("api", "name", "content"),
    [
        ("freqtrade", "count", '{"current": %s, "max": 1, "total_stake": 1}'),
        (
            "freqtrade",
            "daily",
            '{"data": [{"date": "2020-08-10", "abs_profit": 1, "fiat_value": 1, "trade_count": %s}], '
            '"fiat_display_currency": "", "stake_currency": "BTC"}',
        ),
        ("coinbase_pro", "time", '{"iso": "2020-01-01T00:00:00.000Z", "epoch": %s}'),
    ],
)
def test_a_few_bytes_cannot_stand_for_a_number_that_takes_seconds_to_build(api: str, name: str, content: str) -> None:
    server = Server(api)
    server.content = (content % "1e30000").encode()
    with pytest.raises(errors(api).InvalidReply):
        Caller(api, server)(name)


@pytest.mark.parametrize("text", ["0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-00:01"])
def test_a_time_that_is_not_in_the_calendar_in_utc_is_an_invalid_reply(text: str) -> None:
    server = Server("onefox")
    server.content = b'{"server_time": "%s", "error": false, "warning": false, "response": null}' % text.encode()
    caller = Caller("onefox", server)
    with pytest.raises(errors("onefox").InvalidReply) as failure:
        caller("order.close", 1)
    assert failure.value.path == "$.server_time"


def test_the_generated_replies_cover_what_servers_are_known_to_do() -> None:
    """The tests above prove nothing about forms that the generator never makes."""
    texts: list[str] = []
    for call in calls():
        if call.name in ("status", "show_config", "products.historic_rates", "orders.get", "user.overview"):

            @examples(2, least=24)
            @given(values_of(call.api, call.reply), SEEDS)
            def collect(value: Any, seed: int) -> None:
                random = Random(seed)
                texts.append(write_json(Speller(call.api, random, 0.5).spell(call.reply, value)[0], random))  # noqa: B023

            collect()
    together = "\n".join(texts)
    for form in (
        r"\bNaN\b",
        r"\bInfinity\b",
        r"a field of tomorrow",
        r" of tomorrow",
        r"\d\.0\b",
        r"e-\d+",
        r"0\.10\b",
        r'"\.50"',
        r'"column"',
        r":\d\d\.\d{7,9}[Z+-]",
        r":\d\dZ",
        r"[+-]\d\d:\d\d\"",
        r"\\u[0-9a-f]{4}",
        r"\[\s*\]",
        r"null",
    ):
        assert re.search(form, together), form
