"""Schemathesis against a sandbox in this process: one run of all its phases, with its checks and some of our own.

What differs from API to API stands in `contract_apis.py`. A run is reproducible: the seed is fixed, the sandbox's clock
stands still, and every case meets the same state.
"""

from __future__ import annotations

import copy
import json
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from decimal import Decimal
from functools import cache
from itertools import combinations
from typing import Any, Protocol, cast
from urllib.parse import parse_qs, urlsplit

import attrs
import httpx
import jsonschema_rs
import msgspec
import requests.auth
import schemathesis
from schemathesis.checks import CheckContext
from schemathesis.core import NOT_SET
from schemathesis.core.parameters import ParameterLocation
from schemathesis.core.transport import Response
from schemathesis.engine import events, from_schema
from schemathesis.generation.case import Case
from schemathesis.generation.meta import CoverageScenario, TestPhase
from schemathesis.specs.openapi.checks import negative_data_rejection

from sandbox.app import Sandbox
from sandbox.document import Document
from sandbox.transport import SandboxTransport

__all__ = ["Api", "Attempt", "Finding", "Report", "Stage", "examine", "table"]

NOW = 1_600_000_000.0
ORIGIN = "http://testserver"
PHASES = ("examples", "coverage", "fuzzing", "stateful")
Json = Any
Values = Mapping[str, Sequence[str | int]]


@attrs.frozen
class Attempt:
    """A request that must not be let in: the good one with other credentials."""

    name: str
    target: str
    headers: Mapping[str, str]


class Api(Protocol):
    """What is to be known of an API beside its document."""

    name: str
    """Name of the document, such as coinbase_pro."""
    checks: Mapping[str, Any]
    """Schemathesis's own checks that are set apart from their defaults."""
    takes_nan: bool
    """Whether the bare words NaN and Infinity count as numbers."""
    refuses_bad_data: bool
    """Whether the server checks requests before it carries them out."""
    lenient: Sequence[str]
    """Query parameters of which the server takes more than the document says."""

    def open(self) -> Sandbox[Any]:
        """A new sandbox."""

    def prepare(self, stage: Stage) -> Values:
        """Bring the sandbox into the state that every case meets. Returns existing values by parameter or property."""

    def sign(self, stage: Stage, method: str, target: str, body: bytes) -> tuple[str, dict[str, str]]:
        """Target and headers with credentials."""

    def attempts(self, stage: Stage, method: str, target: str, body: bytes) -> Iterable[Attempt]:
        """Requests like this one that must be turned away; `target` is without credentials."""

    def turned_away(self, reply: httpx.Response) -> bool:
        """Whether a reply says that the credentials are not good."""

    def refusal(self, status: int, body: Json) -> str | None:
        """What a reply says when it is a refusal."""

    def excused(self, operation: str, sent: Sent, reason: str) -> bool:
        """Whether a request that fits the document may be refused with this text."""

    def wrong_method(self, reply: Response) -> bool:
        """Whether a reply is the one to a method that a path does not have."""

    def consequences(self, stage: Stage, operation: str, sent: Sent, body: Json) -> Iterator[str]:
        """What is wrong with the state after a request was carried out."""


@attrs.frozen
class Sent:
    """What a request asked for."""

    path: Mapping[str, Any]
    query: Mapping[str, Any]
    body: Json


class Stage:
    """A sandbox with a clock that stands, in a known state, as an ASGI application."""

    def __init__(self, api: Api, plant: Callable[[Sandbox[Any]], None] | None = None) -> None:
        self.api = api
        self.sandbox: Any = api.open()
        self.sandbox.now = lambda: NOW + self.sandbox.offset
        self.sandbox.reset()
        # A bug may be planted, so a copy: sandboxes share their documents.
        self.document = Document(copy.deepcopy(self.sandbox.document.data))
        self._http = httpx.Client(transport=SandboxTransport(self.sandbox), base_url=ORIGIN)
        self.known = api.prepare(self)
        kept = msgspec.msgpack.encode(self.sandbox.state)
        self.sandbox.fresh_state = lambda: msgspec.msgpack.decode(kept, type=self.sandbox.state_type)
        self.sandbox.reset()
        self.answered: set[tuple[str, str]] = set()
        """Operations and statuses of every answer, also those to the checks' own questions."""
        self._count_answers()
        self.guarded: set[str] = set()
        """Operations that have been seen to turn away those who may not."""
        self.done: Counter[str] = Counter()
        """Requests that were carried out, by operation."""
        if plant is not None:
            plant(self.sandbox)

    def _count_answers(self) -> None:
        process = self.sandbox.process

        def counted(scope: Any, body: bytes) -> Any:
            answer, fault = process(scope, body)
            path = scope["path"].removeprefix(self.sandbox.prefix)
            methods = self.document.methods_of(path)
            # A wrong method is answered for every operation that the path has.
            for method in [scope["method"]] if scope["method"] in methods else methods:
                found = self.document.find(method, path)
                if fault is None and found is not None:
                    self.answered.add((found[0].id, str(answer.status)))
            return answer, fault

        self.sandbox.process = counted

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            await self.sandbox(scope, receive, send)

    def send(self, method: str, target: str, headers: Mapping[str, str], body: bytes = b"") -> httpx.Response:
        """The reply to a request as it is."""
        return self._http.send(
            httpx.Request(
                method,
                ORIGIN + target,
                headers={"user-agent": "contract", **headers},
                content=body,
                extensions={"target": target.encode("ascii")},
            )
        )

    def ask(self, method: str, target: str, body: Json = None) -> Json:
        """The body of the reply to a signed request; None when it was refused."""
        content = b"" if body is None else json.dumps(body).encode()
        signed, headers = self.api.sign(self, method, target, content)
        if body is not None:
            headers["content-type"] = "application/json"
        reply = self.send(method, signed, headers, content)
        found = reply.json() if "json" in reply.headers["content-type"] else reply.text
        return None if self.api.refusal(reply.status_code, found) is not None else found

    def close(self) -> None:
        """Let go of the state: Schemathesis keeps applications for as long as the process lives."""
        self._http.close()
        del self.sandbox, self.document

    def restore(self) -> None:
        """Back to the known state, if anything was done since. Reads leave no trace but the time that they used up."""
        if self.sandbox.journal:
            self.sandbox.reset()


class Signed(requests.auth.AuthBase):
    """Signs the request that really goes out."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        body = request.body or b""
        content = body if isinstance(body, bytes) else str(body).encode()
        target, headers = self._stage.api.sign(self._stage, str(request.method), request.path_url, content)
        assert request.url is not None
        request.url = request.url.removesuffix(request.path_url) + target
        request.headers.update(headers)
        return request


@schemathesis.hook
def before_call(context: Any, case: Case, kwargs: dict[str, Any]) -> None:
    """Put a case into the known state. A chain of calls keeps its state from one to the next."""
    stage = case.operation.app
    if isinstance(stage, Stage) and case.meta is not None and case.meta.phase.name is not TestPhase.STATEFUL:
        stage.restore()


@schemathesis.hook
def map_case(context: Any, case: Case) -> Case:
    """Leave out of good cases what does not go together, but for one in four: `x-constraints` are ours."""
    stage = case.operation.app
    if isinstance(stage, Stage) and _is_positive(case) and case.query:
        rules = _constraints(stage, operation_id(case))
        query = dict(case.query)
        if not rules.is_valid(query) and zlib.crc32(json.dumps(query).encode()) % 4:
            subsets = (set(names) for count in (1, 2) for names in combinations(query, count))
            shorter = ({name: value for name, value in query.items() if name not in left} for left in subsets)
            case.query = next((found for found in shorter if rules.is_valid(found)), query)
    return case


@schemathesis.hook
def after_call(context: Any, case: Case, response: Response) -> None:
    """Count what was carried out. Recorded replies will not do: long ones are cut."""
    stage = case.operation.app
    if isinstance(stage, Stage) and not _is_wrong_method(case) and _refusal(stage, response) is None:
        stage.done[operation_id(case)] += 1


# Findings


@attrs.frozen
class Finding:
    """Something that does not hold."""

    check: str
    operation: str
    text: str
    example: str


@attrs.define
class Report:
    """What a run found."""

    api: str
    cases: Counter[tuple[str, int]] = attrs.field(factory=Counter[tuple[str, int]])
    """Replies by operation and status."""
    done: Counter[str] = attrs.field(factory=Counter[str])
    """Requests that were carried out, by operation."""
    answered: set[tuple[str, str]] = attrs.field(factory=set[tuple[str, str]])
    """Operations and statuses of every answer, also those to the checks' own questions."""
    phases: Counter[str] = attrs.field(factory=Counter[str])
    findings: list[Finding] = attrs.field(factory=list[Finding])
    errors: list[str] = attrs.field(factory=list[str])
    """What kept Schemathesis from doing its work."""

    def statuses(self, operation: str) -> list[int]:
        """Statuses that an operation answered with."""
        return sorted(status for found, status in self.cases if found == operation)


def examine(
    api: Api,
    *,
    examples: int,
    scenarios: int,
    operations: Sequence[str] = (),
    phases: Sequence[str] = PHASES,
    plant: Callable[[Sandbox[Any]], None] | None = None,
) -> Report:
    """Try a sandbox with everything Schemathesis has.

    Args:
        api: What to try.
        examples: Generated cases for an operation, beside those of the document and those of its bounds.
        scenarios: Generated chains of calls along the links of the document.
        operations: Only these; all of them if empty.
        phases: Only these.
        plant: Breaks something in the sandbox beforehand.
    """
    stage = Stage(api, plant)
    config = schemathesis.Config.from_dict(_config(stage, examples, scenarios, phases))
    schema: Any = schemathesis.openapi.from_dict(stage.document.data, config=config)
    schema.app = stage
    schema.auth.set_from_requests(Signed(stage))

    build = schema.build_state_machine

    def build_state_machine(**kwargs: Any) -> type:
        class Afresh(build(**kwargs)):  # type: ignore[misc]
            def __init__(self) -> None:
                super().__init__()
                stage.restore()

        return Afresh

    # The engine leaves no other place for it: it replaces setup() of the machine.
    schema.build_state_machine = build_state_machine
    if operations:
        schema = schema.include(operation_id=list(operations))
        schema.build_state_machine = build_state_machine
    report = _run(api, schema)
    report.done, report.answered = stage.done, stage.answered
    stage.close()
    return report


def _config(stage: Stage, examples: int, scenarios: int, phases: Sequence[str]) -> dict[str, Any]:
    places = {
        f"{place}.{name}": {"dictionary": name, "probability": 0.5}
        for name in stage.known
        for place in ("path", "query", "body")
    }
    return {
        "seed": 1,
        "workers": 1,
        "continue-on-failure": True,
        "generation": {
            "max-examples": examples,
            "deterministic": True,
            "database": "none",
            # Credentials come from `Signed`, and bad ones from the check `auth_enforced`.
            "with-security-parameters": False,
        },
        "phases": {
            # Values seen in replies would crowd out all others; `prepare` gives those that exist.
            **{name: {"enabled": name in phases, "extra-data-sources": {"responses": False}} for name in PHASES[:3]},
            "stateful": {"enabled": "stateful" in phases, "generation": {"max-examples": scenarios}},
        },
        "checks": dict(stage.api.checks),
        "dictionaries": {name: {"values": list(values)} for name, values in stage.known.items()},
        "parameters": places,
    }


def _run(api: Api, schema: Any) -> Report:
    report = Report(api.name)
    seen: set[tuple[str, str, str]] = set()
    for event in from_schema(schema).execute():
        if isinstance(event, events.NonFatalError):
            report.errors.append(f"{event.label}: {event.value!r}")
        elif isinstance(event, events.FatalError):
            report.errors.append(repr(event.exception))
        elif isinstance(event, events.ScenarioFinished):
            recorder = event.recorder
            names = {key: operation_id(node.value) for key, node in recorder.cases.items()}
            for key, interaction in recorder.interactions.items():
                if interaction.response is not None:
                    report.cases[names[key], interaction.response.status_code] += 1
                    report.phases[event.phase.value] += 1
            for key, nodes in recorder.checks.items():
                for node in nodes:
                    if node.failure_info is None:
                        continue
                    failure = node.failure_info.failure
                    text = failure.message or failure.title
                    if (node.name, names[key], text[:40]) not in seen:
                        seen.add((node.name, names[key], text[:40]))
                        report.findings.append(Finding(node.name, names[key], text, node.failure_info.code_sample))
    return report


def operation_id(case: Case) -> str:
    """Name of a case's operation."""
    return str(case.operation.definition.raw["operationId"])


def table(reports: Iterable[Report]) -> str:
    """API, operation, cases sent, statuses seen and findings, one operation a line."""
    lines = [f"{'API':13} {'operation':26} {'cases':>7} {'done':>7}  {'statuses seen (× cases)':64} findings"]
    for report in reports:
        for name in dict.fromkeys(sorted(operation for operation, _ in report.cases)):
            counts = {status: report.cases[name, status] for status in report.statuses(name)}
            seen = "  ".join(f"{status} × {count}" for status, count in counts.items())
            found = sum(finding.operation == name for finding in report.findings)
            lines.append(
                f"{report.api:13} {name:26} {sum(counts.values()):7} {report.done[name]:7}  {seen:64} {found or '-'}"
            )
    return "\n".join(lines)


# Checks. Each holds for every case of every phase; a reply of anything but a Stage is none of their business.


Check = Callable[[CheckContext, Response, Case], "bool | None"]


def house_check(check: Callable[[Stage, Response, Case], None]) -> Check:
    """Register a check with Schemathesis."""

    def called(ctx: CheckContext, response: Response, case: Case) -> bool | None:
        stage = case.operation.app
        if isinstance(stage, Stage):
            check(stage, response, case)
            return None
        return True

    called.__name__ = check.__name__
    return cast("Check", schemathesis.check(called))


def _is_json(response: Response) -> bool:
    return "json" in "".join(response.headers.get("content-type", []))


def _body(response: Response) -> Json:
    """The body as clients read it; text if it is no JSON."""
    if _is_json(response):
        with suppress(ValueError):
            return json.loads(response.content)
    return response.text


def _refusal(stage: Stage, response: Response) -> str | None:
    return stage.api.refusal(response.status_code, _body(response))


def _is_wrong_method(case: Case) -> bool:
    scenario = getattr(case.meta.phase.data, "scenario", None) if case.meta else None
    return scenario is CoverageScenario.UNSPECIFIED_HTTP_METHOD


def _is_positive(case: Case) -> bool:
    return case.meta is not None and case.meta.generation.mode.is_positive


@house_check
def exact_json(stage: Stage, response: Response, case: Case) -> None:
    """JSON is strict: no key twice, no NaN where the API has none, no number that a float would round."""
    if not _is_json(response):
        return

    def number(text: str) -> Decimal:
        exact = Decimal(text)
        assert exact == Decimal(repr(float(text))), f"the number {text} does not survive a float"
        return exact

    def constant(text: str) -> None:
        assert stage.api.takes_nan, f"the word {text} is no JSON"

    def pairs(found: list[tuple[str, Json]]) -> dict[str, Json]:
        assert len(dict(found)) == len(found), f"a key appears twice among {[key for key, _ in found]}"
        return dict(found)

    try:
        json.loads(response.content, parse_float=number, parse_constant=constant, object_pairs_hook=pairs)
    except ValueError as error:
        raise AssertionError(f"no JSON: {error}") from None


@house_check
def declared_properties(stage: Stage, response: Response, case: Case) -> None:
    """A sandbox answers with nothing that the document does not name."""
    if not _is_json(response) or _is_wrong_method(case):
        return
    operation = stage.document.operations[operation_id(case)]
    responses = operation.data["responses"]
    found = stage.document.resolve(responses.get(str(response.status_code)) or responses.get("default") or {})
    content = found.get("content", {}).get("application/json")
    if content is not None:
        strays = list(_undeclared(stage.document, _body(response), [content["schema"]], "$"))
        assert not strays, f"not in the document: {', '.join(strays)}"


def _undeclared(document: Document, value: Json, schemas: Sequence[Json], path: str) -> Iterator[str]:
    """Paths of properties that none of these schemas declares."""
    flat: list[Json] = []
    waiting = list(schemas)
    while waiting:
        schema = document.resolve(waiting.pop())
        flat.append(schema)
        for word in ("allOf", "anyOf", "oneOf"):
            waiting += schema.get(word, [])
        waiting += [schema[word] for word in ("then", "else") if word in schema]
    if isinstance(value, list):
        # Rows are alike; the first ones will do.
        for index, item in enumerate(value[:50]):
            inner = [s["prefixItems"][index] for s in flat if index < len(s.get("prefixItems", []))]
            inner += [s["items"] for s in flat if isinstance(s.get("items"), dict)]
            yield from _undeclared(document, item, inner, f"{path}[{index}]")
    elif isinstance(value, dict):
        for key, item in value.items():
            inner = [s["properties"][key] for s in flat if key in s.get("properties", {})]
            if not inner:
                inner = [s["additionalProperties"] for s in flat if isinstance(s.get("additionalProperties"), dict)]
            open_ended = any("properties" not in s and s.get("type") == "object" for s in flat)
            if inner:
                yield from _undeclared(document, item, inner, f"{path}.{key}")
            elif not open_ended:
                yield f"{path}.{key}"


@house_check
def good_data_taken(stage: Stage, response: Response, case: Case) -> None:
    """What fits the document is refused only for what the document cannot know, and breaks nothing."""
    if not _is_positive(case):
        return
    name = operation_id(case)
    reason = _refusal(stage, response)
    fits = _constraints(stage, name).is_valid(dict(case.query or {}))
    if not fits:
        assert reason is not None, "carried out although the parameters do not go together"
        assert response.status_code < 500, f"{response.status_code} for parameters that do not go together"
    elif reason is not None:
        assert stage.api.excused(name, _sent(case), reason), f"refused although it fits the document: {reason}"


@cache
def _constraints(stage: Stage, name: str) -> Any:
    return jsonschema_rs.Draft202012Validator(stage.document.operations[name].data.get("x-constraints", {}))


def _sent(case: Case) -> Sent:
    body = None if isinstance(case.body, type(NOT_SET)) else case.body
    return Sent(dict(case.path_parameters or {}), dict(case.query or {}), body)


def _bad_data_refused(ctx: CheckContext, response: Response, case: Case) -> bool | None:
    """What does not fit the document is refused, in whichever way the API refuses."""
    stage = case.operation.app
    if not isinstance(stage, Stage) or not stage.api.refuses_bad_data or _refusal(stage, response) is not None:
        return True
    if _is_wrong_method(case):
        return True
    # Schemathesis excuses a query as soon as one of its parameters is good, if the case comes from its coverage phase.
    misfits = list(_misfits(stage, operation_id(case), urlsplit(str(response.request.url)).query))
    assert not misfits, f"carried out with {', '.join(misfits)}"
    elsewhere = (ParameterLocation.BODY, ParameterLocation.PATH)
    if case.meta is None or not any(case.meta.is_negative_at(location) for location in elsewhere):
        # What is unknown in a query is no business of a server.
        return True
    return negative_data_rejection(ctx, response, case)


def _misfits(stage: Stage, name: str, query: str) -> Iterator[str]:
    """Query parameters that do not fit the document as they were sent."""
    sent = parse_qs(query, keep_blank_values=True)
    for parameter, schema, check in _query_checks(stage, name):
        texts = sent.get(parameter["name"])
        if texts is None:
            if parameter.get("required"):
                yield f"no {parameter['name']}"
        elif schema.get("type") == "array":
            items = stage.document.resolve(schema["items"])
            parts = texts if parameter.get("explode", True) else texts[-1].split(",")
            if not check.is_valid([_typed(part, items) for part in parts]):
                yield f"{parameter['name']}={texts}"
        elif len(texts) == 1 and not check.is_valid(_typed(texts[0], schema)):
            # Of several values for one, nobody knows which counts.
            yield f"{parameter['name']}={texts[0]!r}"


@cache
def _query_checks(stage: Stage, name: str) -> list[tuple[Json, Json, Any]]:
    """Parameters of an operation in the query, with their schemas and validators."""
    document = stage.document
    parameters = (document.resolve(item) for item in document.operations[name].data.get("parameters", []))
    queried = [item for item in parameters if item["in"] == "query" and item["name"] not in stage.api.lenient]
    return [(item, document.resolve(item["schema"]), document.validator(item["schema"])) for item in queried]


def _typed(text: str, schema: Json) -> Json:
    """A text of a query as the JSON value that it stands for."""
    if schema.get("type") in ("integer", "number", "boolean"):
        with suppress(ValueError):
            value = {"0": False, "1": True}.get(text) if schema["type"] == "boolean" else None
            return json.loads(text) if value is None else value
    return text


_bad_data_refused.__name__ = "bad_data_refused"
schemathesis.check(_bad_data_refused)


@house_check
def wrong_method_refused(stage: Stage, response: Response, case: Case) -> None:
    """A method that a path does not have is answered as the API answers it."""
    if _is_wrong_method(case) and response.request.method != "OPTIONS":
        assert stage.api.wrong_method(response), f"{response.request.method}: {response.status_code}"


@house_check
def pages_have_cursors(stage: Stage, response: Response, case: Case) -> None:
    """Where pages have cursors in headers, only an empty page comes without."""
    paging = stage.document.operations[operation_id(case)].data.get("x-pagination", {})
    if paging.get("style") != "cursor" or _is_wrong_method(case) or _refusal(stage, response) is not None:
        return
    names = [paging[name] for name in ("previous-header", "next-header")]
    present = [name in response.headers for name in names]
    assert present == [bool(_body(response))] * 2, f"{names} are {present} on a page of {len(_body(response))}"


@house_check
def auth_enforced(stage: Stage, response: Response, case: Case) -> None:
    """Nobody is let in without good credentials, and nothing is done for them."""
    name = operation_id(case)
    if not stage.document.operations[name].data["security"] or name in stage.guarded:
        return
    if _is_wrong_method(case) or _refusal(stage, response) is not None:
        return
    request = response.request
    body = request.body or b""
    content = body if isinstance(body, bytes) else str(body).encode()
    kind = {"content-type": request.headers["content-type"]} if "content-type" in request.headers else {}
    target = str(request.url).removeprefix(ORIGIN)
    done = len(stage.sandbox.journal)
    for attempt in stage.api.attempts(stage, str(request.method), target, content):
        reply = stage.send(str(request.method), attempt.target, {**kind, **attempt.headers}, content)
        assert stage.api.turned_away(reply), f"let in with {attempt.name}: {reply.status_code} {reply.text[:200]}"
    assert len(stage.sandbox.journal) == done, "done for somebody without good credentials"
    stage.guarded.add(name)


@house_check
def consequences(stage: Stage, response: Response, case: Case) -> None:
    """What was carried out can be seen afterwards."""
    name = operation_id(case)
    if _is_wrong_method(case) or stage.document.operations[name].effect == "read":
        return
    if _refusal(stage, response) is None:
        problems = list(stage.api.consequences(stage, name, _sent(case), _body(response)))
        assert not problems, "; ".join(problems)
