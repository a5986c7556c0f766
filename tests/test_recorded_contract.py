"""Every recorded reply fits the document: its status, its content type, its body. And one that would not is seen."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import attrs
import jsonschema_rs
import pytest

from sandbox.replay import APIS, Recording
from tests.replies import document, recordings

ALL = [(api, recording) for api in APIS for recording in recordings(api)]
# JSON knows no such words; Freqtrade writes them where a number is not known, and the document has null there.
_WORDS = {"NaN": None, "Infinity": 1.7976931348623157e308, "-Infinity": -1.7976931348623157e308}


@cache
def contents(api: str, identifier: str) -> Mapping[str, Mapping[str, Any]]:
    """Validators of an operation's answers by status and content type."""
    whole = document(api)
    # One for all validators: each would keep a copy of what it is given.
    registry = jsonschema_rs.Registry([("urn:document", whole.data)])
    operation = next(item for item in whole.operations if item.identifier == identifier)
    return {
        status: {
            media: jsonschema_rs.Draft202012Validator(
                json.loads(json.dumps(content["schema"]).replace('"$ref": "#/', '"$ref": "urn:document#/')),
                registry=registry,
                validate_formats=True,
            )
            for media, content in whole.deref(response).get("content", {}).items()
        }
        for status, response in operation.item["responses"].items()
    }


def misfit(api: str, recording: Recording) -> str | None:
    """How a recorded reply goes against the document; None if it does not."""
    found = document(api).find(recording)
    assert found is not None
    by_status = contents(api, found[0].identifier)
    by_media = by_status.get(str(recording.status), by_status.get("default"))
    if by_media is None:
        return f"status {recording.status} is not documented"
    headers = {name.lower(): value for name, value in recording.headers}
    media = headers["content-type"].partition(";")[0]
    if media not in by_media:
        return f"{media} is not documented for {recording.status}"
    if not media.endswith("json"):
        return None
    try:
        body = json.loads(recording.content, parse_constant=_WORDS.__getitem__)
    except ValueError as error:
        return f"no JSON: {error}"
    errors = [f"$.{'.'.join(map(str, e.instance_path))}: {e.message}" for e in by_media[media].iter_errors(body)]
    return "; ".join(errors) or None


def has_operation(api: str, recording: Recording) -> bool:
    return document(api).find(recording) is not None


OF_OPERATIONS = [case for case in ALL if has_operation(*case)]
OTHERS = [case for case in ALL if not has_operation(*case)]


# The page of a proxy with status 200: nothing that an exchange means to say.
ASTRAY = {("onefox", "market.ticker-proxy-page-200"): "text/html is not documented for 200"}


@pytest.mark.parametrize(("api", "recording"), OF_OPERATIONS, ids=[f"{api}:{r.name}" for api, r in OF_OPERATIONS])
def test_a_recorded_reply_fits_the_document(api: str, recording: Recording) -> None:
    assert misfit(api, recording) == ASTRAY.get((api, recording.name))


def test_the_recordings_have_every_status_that_freqtrade_was_seen_to_answer_with() -> None:
    statuses = {recording.status for api, recording in OF_OPERATIONS if api == "freqtrade"}
    assert statuses == {200, 400, 401, 404, 422, 500, 502}
    assert {recording.status for _, recording in OTHERS} == {200, 401, 404, 405}


@pytest.mark.parametrize(("api", "recording"), OTHERS, ids=[f"{api}:{r.name}" for api, r in OTHERS])
def test_a_reply_to_what_is_no_operation_is_one_that_the_document_has_for_others(
    api: str, recording: Recording
) -> None:
    if recording.status == 200:
        # HEAD and OPTIONS: there is nothing in them.
        assert recording.method in ("HEAD", "OPTIONS")
        assert recording.content == b""
        return
    # Of the operations that document this status, `stop` has all of them, and shares its answers with the others.
    standing_in = attrs.evolve(recording, method="POST", path="/api/v1/stop")
    assert misfit(api, standing_in) is None


def _without(name: str) -> Callable[[Any], Any]:
    return lambda body: {key: value for key, value in body.items() if key != name}


def _with(name: str, value: Any) -> Callable[[Any], Any]:
    return lambda body: {**body, name: value}


DEVIATIONS: Mapping[str, tuple[str, int, Callable[[Any], Any]]] = {
    "a missing field": ("show_config", 200, _without("state")),
    "a null": ("show_config", 200, _with("max_open_trades", None)),
    "a number in quotes": ("count", 200, _with("current", "1")),
    "an object for a list": ("whitelist", 200, _with("whitelist", {})),
    "a list for an object": ("profit", 200, lambda body: [body]),
    "an error without its text": ("forcesell", 502, _without("error")),
    "an error of another kind": ("token.refresh", 422, lambda body: {"error": body["msg"]}),
    "a number for a text": ("version", 200, _with("version", 2020.8)),
}


def _recorded(operation: str, status: int) -> Recording:
    return next(
        recording
        for api, recording in OF_OPERATIONS
        if api == "freqtrade" and recording.status == status and _identifier(recording) == operation
    )


def _identifier(recording: Recording) -> str:
    found = document("freqtrade").find(recording)
    assert found is not None
    return found[0].identifier


@pytest.mark.parametrize("name", DEVIATIONS)
def test_a_body_that_deviates_is_seen(name: str) -> None:
    operation, status, change = DEVIATIONS[name]
    recording = _recorded(operation, status)
    assert misfit("freqtrade", recording) is None
    changed = change(json.loads(recording.content))
    assert misfit("freqtrade", attrs.evolve(recording, content=json.dumps(changed).encode())) is not None


@pytest.mark.parametrize(("api", "recording"), OF_OPERATIONS, ids=[f"{api}:{r.name}" for api, r in OF_OPERATIONS])
def test_another_status_or_content_type_is_seen(api: str, recording: Recording) -> None:
    # 1Fox documents every status, by `default`.
    if api != "onefox":
        assert misfit(api, attrs.evolve(recording, status=418)) == "status 418 is not documented"
    others = [pair for pair in recording.headers if pair[0].lower() != "content-type"]
    retyped = attrs.evolve(recording, headers=[*others, ("Content-Type", "text/csv")])
    assert misfit(api, retyped) == f"text/csv is not documented for {recording.status}"
