"""Every recorded exchange, asked for through the packages over HTTP: what the servers wrote is what comes out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime
from importlib import import_module
from typing import Any

import pytest

from sandbox.replay import APIS, RECORDINGS, Recording, Replay
from tests.replies import (
    Asker,
    Operation,
    Outcome,
    difference,
    document,
    leaves,
    parse,
    recordings,
)

Case = tuple[str, Recording]

ALL: list[Case] = [(api, recording) for api in APIS for recording in recordings(api)]


def kind_of(api: str, recording: Recording) -> str:
    """What is to be expected of a recorded exchange, by the document alone."""
    call = document(api).call(recording)
    reply = reply_kind(api, recording)
    return "no operation" if call is None else f"{'made' if call.allowed else 'refused'}, {reply}"


def reply_kind(api: str, recording: Recording) -> str:
    """What a recorded reply is: a result, an error, or nothing that the document knows."""
    if recording.status != 200:
        return "error"
    try:
        body = parse(recording.content)
    except ValueError:
        return "misfit"
    return "error" if api == "onefox" and body["error"] else "result"


KINDS = {(api, recording.name): kind_of(api, recording) for api, recording in ALL}


def of_kind(*kinds: str) -> pytest.MarkDecorator:
    """Run a test with every recording of these kinds."""
    cases = [case for case in ALL if KINDS[case[0], case[1].name] in kinds]
    return pytest.mark.parametrize(("api", "recording"), cases, ids=[f"{api}:{r.name}" for api, r in cases])


@pytest.fixture(scope="module")
def servers() -> Iterator[Mapping[str, Replay]]:
    running = {api: Replay(api).__enter__() for api in APIS}
    yield running
    for server in running.values():
        server.__exit__()


@pytest.fixture(scope="module", params=[False, True], ids=["sync", "async"])
def ask(request: pytest.FixtureRequest, servers: Mapping[str, Replay]) -> Iterator[Asker]:
    asker = Asker({api: server.url for api, server in servers.items()}, asynchronous=request.param)
    yield asker
    asker.close()


def asked(servers: Mapping[str, Replay], ask: Asker, api: str, recording: Recording, *, raw: bool = False) -> Outcome:
    """The outcome of the call that gets a recorded reply: the recorded call, or the document's example of it."""
    call = document(api).call(recording)
    assert call is not None
    arguments = call.arguments if call.allowed else document(api).sample(call.operation)
    server = servers[api]
    with server.pin(recording.name):
        return ask(api, call.operation.name, arguments, raw=raw)


def operation_of(api: str, recording: Recording) -> Operation:
    found = document(api).find(recording)
    assert found is not None
    return found[0]


def test_every_recording_is_in_exactly_one_of_the_tables_below() -> None:
    assert len(ALL) == len(list(RECORDINGS.rglob("*.json"))) == 317
    assert Counter(api for api, _ in ALL) == {"coinbase-pro": 82, "freqtrade": 187, "onefox": 48}
    assert len({(api, recording.name) for api, recording in ALL}) == 317
    assert Counter(KINDS.values()) == {
        "made, result": 189,
        "made, error": 88,
        "made, misfit": 1,
        "refused, result": 4,
        "refused, error": 19,
        "no operation": 16,
    }


@of_kind("made, result", "made, error", "made, misfit")
def test_the_recorded_request_arrives_as_it_was(
    servers: Mapping[str, Replay], ask: Asker, api: str, recording: Recording
) -> None:
    call = document(api).call(recording)
    assert call is not None
    servers[api].requests.clear()
    asked(servers, ask, api, recording)
    arrived = [r for r in servers[api].requests if r.path == recording.path and r.method == recording.method]
    assert arrived
    request = arrived[-1]
    query = [tuple(pair.split("=", 1)) for pair in request.query.split("&") if pair and not pair.startswith("token=")]
    assert sorted(query) == list(call.query)
    if recording.bearer and "refresh_token" in call.arguments:
        assert request.headers["authorization"] == recording.authorization
    if call.body is None:
        assert request.body == b""
    else:
        body = parse(request.body)
        key = call.operation.item.get("x-key")
        if key is not None and key not in call.body:
            body.pop(key, None)  # the package may add an id of its own
        assert difference(body, call.body) == ""
        assert request.headers["content-type"] == "application/json"


@of_kind("made, result", "refused, result")
def test_a_recorded_result_comes_back_value_by_value(
    servers: Mapping[str, Replay], ask: Asker, api: str, recording: Recording
) -> None:
    outcome = asked(servers, ask, api, recording)
    if outcome.error is not None:
        raise outcome.error
    package = import_module(f"{APIS[api].spec}_sdk")
    schema = document(api).reply_schema(operation_of(api, recording))
    body = parse(recording.content)
    expected = document(api).named(body, schema)
    if api == "onefox":
        assert outcome.warnings == ((body["warning_message"],) if body["warning"] else ())
        raw = asked(servers, ask, api, recording, raw=True)
        assert raw.error is None
        assert difference(parse(package.to_json(raw.result.envelope())), expected) == ""
        expected = expected["response"]
    else:
        assert outcome.warnings == ()
    assert difference(parse(package.to_json(outcome.result)), expected) == ""


@of_kind("made, result", "refused, result")
def test_a_recorded_result_holds_no_float_and_no_naive_time(
    servers: Mapping[str, Replay], ask: Asker, api: str, recording: Recording
) -> None:
    outcome = asked(servers, ask, api, recording)
    values = list(leaves(outcome.result))
    assert not [value for value in values if isinstance(value, float)]
    assert not [value for value in values if isinstance(value, datetime) and value.utcoffset() is None]


@of_kind("made, result")
def test_the_cursor_of_a_page_is_the_one_of_the_reply(
    servers: Mapping[str, Replay], ask: Asker, api: str, recording: Recording
) -> None:
    paging = operation_of(api, recording).item.get("x-pagination", {})
    result = asked(servers, ask, api, recording).result
    assert hasattr(result, "cursor") == bool(paging)
    if paging.get("style") == "cursor":
        headers = {name.lower(): value for name, value in recording.headers}
        assert result.cursor == (headers.get(paging["next-header"]) if len(result) else None)


def expected_error(api: str, operation: Operation | None, recording: Recording) -> str:
    """Name of the error class for a recorded reply."""
    classes = {
        400: "BadRequestError",
        401: "AuthenticationError",
        403: "PermissionDeniedError",
        404: "NotFoundError",
        422: "UnprocessableError",
        429: "RateLimitError",
    }
    if recording.status < 500:
        return classes.get(recording.status, "APIError")
    assert operation is not None
    refused = operation.effect == "read" or document(api).outcome(operation, recording.status) == "refused"
    return "ServerError" if refused else "OutcomeUnknown"


def check_error(api: str, operation: Operation | None, recording: Recording, error: Exception | None) -> None:
    """Check that an error tells what a recorded reply said."""
    assert type(error).__name__ == expected_error(api, operation, recording), error
    assert type(error).__module__.startswith(f"{APIS[api].spec}_sdk")
    told: Any = error
    assert told.status_code == recording.status
    assert told.content == recording.content
    if type(error).__name__ == "OutcomeUnknown":
        return
    names = document(api).data["x-error-body"]
    try:
        body = parse(recording.content)
    except ValueError:
        body = {}
    first = {part: [body[n] for n in names.get(part, []) if body.get(n) is not None] for part in names}
    code = str(first["code"][0]) if first.get("code") else None
    assert told.message == (str(first["message"][0]) if first["message"] else code or f"HTTP {recording.status}")
    assert told.code == code
    assert told.data == (first["data"][0] if first.get("data") else None)
    sent = {name.lower(): value for name, value in recording.headers if name.lower() != "content-length"}
    assert {name: told.headers[name] for name in sent} == sent


@of_kind("made, error", "refused, error")
def test_a_recorded_error_raises_its_class_and_tells_all(
    servers: Mapping[str, Replay], ask: Asker, api: str, recording: Recording
) -> None:
    outcome = asked(servers, ask, api, recording)
    operation = operation_of(api, recording)
    check_error(api, operation, recording, outcome.error)
    assert str(outcome.error).startswith((operation.name, operation.identifier))


@of_kind("made, misfit")
def test_a_reply_that_is_no_json_is_an_invalid_reply(
    servers: Mapping[str, Replay], ask: Asker, api: str, recording: Recording
) -> None:
    error: Any = asked(servers, ask, api, recording).error
    assert type(error).__name__ == "InvalidReply"
    assert (error.status_code, error.content, error.path) == (recording.status, recording.content, "$")
    assert error.headers["content-type"] == "text/html; charset=UTF-8"


@of_kind("refused, result", "refused, error")
def test_a_recorded_request_that_the_document_forbids_is_not_sent(
    servers: Mapping[str, Replay], ask: Asker, api: str, recording: Recording
) -> None:
    call = document(api).call(recording)
    assert call is not None
    server = servers[api]
    server.requests.clear()
    outcome = ask(api, call.operation.name, call.arguments)
    merge = call.operation.item.get("x-merge")
    if merge and merge["when"] not in call.arguments:
        # Without the argument it is another operation, and the recorded request has no call at all.
        assert (call.operation.method, recording.path) not in [(r.method, r.path) for r in server.requests]
        return
    assert isinstance(outcome.error, (ValueError, TypeError))
    assert not isinstance(outcome.error, UnicodeError)
    assert server.requests == []
    # The refusal names an argument.
    assert any(name in str(outcome.error) for name in document(api).argument_names(call.operation))


@of_kind("no operation")
def test_a_recorded_request_without_an_operation_raises_what_its_reply_says(
    servers: Mapping[str, Replay], ask: Asker, api: str, recording: Recording
) -> None:
    # A wrong base address leads to such replies.
    with servers[api].pin(recording.name, anywhere=True):
        outcome = ask(api, "version", {})
    if recording.status == 200:
        error: Any = outcome.error
        assert type(error).__name__ == "InvalidReply"
        assert error.content == recording.content == b""
    else:
        check_error(api, None, recording, outcome.error)
