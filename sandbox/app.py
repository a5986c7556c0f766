"""What every sandbox does: route by the document, check, handle, remember, and misbehave when told to."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Awaitable, Callable
from decimal import Decimal
from pathlib import Path
from typing import Any, ClassVar, Generic, TypeVar
from urllib.parse import parse_qsl

import attrs

from .control import Control
from .document import Document, Operation, Problem
from .faults import Fault, Faults, spoil
from .store import Store

__all__ = ["Answer", "Call", "Sandbox", "handles"]

S = TypeVar("S")
Json = Any
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]


@attrs.define
class Call:
    """A request that found its operation."""

    operation: Operation
    method: str
    target: str
    """Path and query as on the request line."""
    path: str
    headers: dict[str, str] = attrs.field(repr=False)
    """Names in lower case."""
    raw_body: bytes = attrs.field(repr=False)
    client: str
    """Address of the caller."""
    now: float
    """The sandbox's time, in seconds since 1970."""
    parameters: dict[str, Any]
    """Path and query parameters by wire name, typed by the document."""
    body: Json = None
    user: Any = None
    """What authenticate() found out about the caller."""


@attrs.define
class Answer:
    """What goes back."""

    body: Json
    status: int = 200
    headers: dict[str, str] = attrs.field(factory=dict[str, str])
    media: str = "application/json"


Handler = Callable[[Any, Call], Answer]


def handles(operation: str) -> Callable[[Handler], Handler]:
    """Marks a method as the handler of an operation."""

    def mark(handler: Handler) -> Handler:
        handler.handles = operation  # type: ignore[attr-defined]
        return handler

    return mark


class Sandbox(Generic[S]):
    """An ASGI application that behaves like one API. Subclasses hold the state and the handlers."""

    api: ClassVar[str]
    """Name of the document, such as coinbase_pro."""
    name: ClassVar[str]
    """Name on the command line."""
    port: ClassVar[int]
    prefix: ClassVar[str] = ""
    """What stands before the paths of the document, as in the base URL."""
    state_type: ClassVar[Any]
    """A msgspec.Struct with everything that must survive a restart."""
    credentials: ClassVar[dict[str, str]]
    """Credentials by name, printed at start."""

    def __init__(self, *, state: Path | None = None, check_answers: bool = False) -> None:
        self.document = Document.load(self.api)
        self.check_answers = check_answers
        self.offset = 0.0
        self.faults = Faults()
        self.journal: list[dict[str, Any]] = []
        self.control = Control(self)
        self.store: Store[S] = Store(state, self.state_type)
        self._handlers = self._find_handlers()
        self.state: S = self.store.load() or self.fresh_state()

    def _find_handlers(self) -> dict[str, Handler]:
        """Handlers by operation. One too many or too few is a mistake in the sandbox or in the document."""
        found: dict[str, Handler] = {}
        for base in reversed(type(self).__mro__):
            found |= {item.handles: item for item in vars(base).values() if hasattr(item, "handles")}
        missing = sorted(set(self.document.operations) - set(found))
        unknown = sorted(set(found) - set(self.document.operations))
        if missing or unknown:
            raise RuntimeError(f"{self.name}: operations without a handler: {missing}; handlers without one: {unknown}")
        return found

    # What subclasses say

    def fresh_state(self) -> S:
        """The state of a new sandbox."""
        raise NotImplementedError

    def authenticate(self, call: Call) -> Answer | None:
        """Set call.user, or answer why the caller is not let in. Called for every routed request."""
        raise NotImplementedError

    def no_route(self, method: str, path: str, headers: dict[str, str], now: float) -> Answer:
        """The answer to a request that leads nowhere."""
        raise NotImplementedError

    def wrong_method(self, method: str, path: str, allowed: list[str], headers: dict[str, str], now: float) -> Answer:
        """The answer to a known path with a method that it does not have."""
        return self.no_route(method, path, headers, now)

    def invalid(self, call: Call, problems: list[Problem]) -> Answer:
        """The answer to a request that does not fit the document."""
        raise NotImplementedError

    def read_path(self, values: dict[str, str]) -> dict[str, str]:
        """Spell path parameters as the document does, where the API takes more than one spelling."""
        return values

    def read_query(self, query: list[tuple[str, str]]) -> list[tuple[str, str]]:
        """Spell query parameters as the document does, where the API takes more than one spelling."""
        return query

    def read_body(self, operation: Operation, body: Json) -> Json:
        """Spell a body as the document does, where the API takes more than one spelling."""
        return body

    def before(self, call: Call) -> Answer | None:
        """Anything that comes before routing to the handler: rate limits, quotas. None lets the call through."""
        return None

    def rate_limited(self, seconds: int) -> Answer:
        """The answer of the fault `rate-limit`: come back after some seconds, or at a time that is not said."""
        return Answer({"message": "Rate limit exceeded"}, 429, {"retry-after": str(seconds)} if seconds else {})

    def advance(self, now: float) -> None:
        """Let the world run up to a time. Called before every request and when the clock is set."""

    def finish(self, call: Call | None, answer: Answer) -> Answer:
        """Last touch on every answer: headers of the API, envelopes."""
        return answer

    def dump(self, body: Json) -> bytes:
        """JSON of an answer, in the spelling of the API."""
        return dump(body)

    # Time

    def now(self) -> float:
        """The sandbox's time."""
        return time.time() + self.offset

    def set_offset(self, offset: float) -> None:
        """Move the clock; the world catches up at once."""
        self.offset = offset
        self.advance(self.now())

    def reset(self) -> None:
        """Back to the start: state, journal, faults and clock."""
        self.offset = 0.0
        self.state = self.fresh_state()
        self.journal.clear()
        self.faults.clear()
        self.store.save(self.state)

    # Requests

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] == "lifespan":
            await self._lifespan(receive, send)
            return
        if scope["type"] != "http":
            return
        body = b""
        while True:
            message = await receive()
            body += message.get("body", b"")
            if not message.get("more_body"):
                break
        if scope["path"].startswith("/_sandbox/"):
            # The door speaks plain JSON, however the API spells its own.
            answer = self.control.answer(scope["method"], scope["path"], body)
            await self._write(send, attrs.evolve(answer, body=dump(answer.body)))
            return
        answer, fault = self.process(scope, body)
        await spoil(fault, answer, scope, send, self._write)

    def process(self, scope: dict[str, Any], body: bytes) -> tuple[Answer, Fault | None]:
        """Answer a request, and the fault that the answer is to suffer. Nothing here waits, so requests do not mix."""
        now = self.now()
        method, path = scope["method"], scope["path"]
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
        self.advance(now)
        known = path.startswith(self.prefix)
        found = self.document.find(method, path[len(self.prefix) :]) if known else None
        if found is None:
            allowed = self.document.methods_of(path[len(self.prefix) :]) if known else []
            answer = (
                self.wrong_method(method, path, allowed, headers, now)
                if allowed
                else self.no_route(method, path, headers, now)
            )
            return self.finish(None, answer), None
        operation, path_values = found
        query_text = scope["query_string"].decode("latin-1")
        query = self.read_query(parse_qsl(query_text, keep_blank_values=True))
        parameters, problems = operation.read_parameters(self.read_path(path_values), query)
        call = Call(
            operation=operation,
            method=method,
            target=scope.get("raw_path", path.encode()).decode("latin-1") + ("?" + query_text if query_text else ""),
            path=path,
            headers=headers,
            raw_body=body,
            client=(scope.get("client") or ("", 0))[0],
            now=now,
            parameters=parameters,
        )
        fault = self.faults.take(operation.id, call)
        if fault is not None and not fault.processed:
            return self.rate_limited(int(fault.seconds)) if fault.kind == "rate-limit" else Answer(None), fault
        answer = self._answer(call, problems)
        changed = operation.effect != "read" and answer.status < 400
        if changed and self.succeeded(answer):
            self.journal.append({"operation": operation.id, "time": now, **self.journal_entry(call, answer)})
            self.store.save_soon(self.state)
        answer = self.finish(call, answer)
        if self.check_answers:
            wrong = operation.check_answer(answer.status, answer.media, _plain(answer.body))
            if wrong:
                raise AssertionError("; ".join(wrong))
        return answer, fault

    def _answer(self, call: Call, problems: list[Problem]) -> Answer:
        refused = self.authenticate(call) or self.before(call)
        if refused is not None:
            return refused
        if not call.operation.data.get("requestBody"):
            pass  # A body that nobody asked for is not read.
        elif call.raw_body:
            try:
                call.body = self.read_body(call.operation, json.loads(call.raw_body, parse_float=Decimal))
            except (ValueError, RecursionError):
                problems = [*problems, Problem("body", "", "is not JSON")]
            else:
                problems = [*problems, *call.operation.check_body(_plain(call.body))]
        else:
            problems = [*problems, Problem("body", "", "is required")]
        if problems:
            return self.invalid(call, problems)
        return self._handlers[call.operation.id](self, call)

    def succeeded(self, answer: Answer) -> bool:
        """Whether an answer with a good status says that something was done."""
        return True

    def journal_entry(self, call: Call, answer: Answer) -> dict[str, Any]:
        """What the journal keeps of a request that changed something."""
        return {"parameters": call.parameters, "body": call.body, "answer": answer.body}

    async def _write(self, send: Send, answer: Answer, *, cut: int | None = None) -> None:
        """Send an answer, or only the first bytes of its body. A body that is bytes already goes out as it is."""
        if isinstance(answer.body, bytes):
            body = answer.body
        else:
            body = self.dump(answer.body) if answer.media == "application/json" else str(answer.body).encode()
        headers = {"content-type": answer.media, "content-length": str(len(body)), **answer.headers}
        await send(
            {
                "type": "http.response.start",
                "status": answer.status,
                "headers": [(name.lower().encode(), value.encode("latin-1")) for name, value in headers.items()],
            }
        )
        await send({"type": "http.response.body", "body": body[:cut], "more_body": cut is not None})

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        while True:
            message = await receive()
            await send({"type": f"{message['type']}.complete"})
            if message["type"] == "lifespan.shutdown":
                self.store.save(self.state)
                return


def dump(body: Json) -> bytes:
    """JSON of an answer. Decimals are bare numbers; the tokens NaN and Infinity come out as the standard library writes
    them, since one of the APIs sends them.
    """
    return json.dumps(body, separators=(",", ":"), default=_number).encode()


def _number(value: Any) -> Any:
    if isinstance(value, Decimal):
        # A whole number of a million digits fits into a few characters of a Decimal.
        return int(value) if value.adjusted() < 30 and value == value.to_integral_value() else float(value)
    raise TypeError(f"cannot be written as JSON: {value!r}")


def _plain(body: Json) -> Json:
    """The body as a validator sees it, and as clients read the two tokens that are no JSON."""
    return json.loads(dump(body), parse_constant=_CONSTANTS.__getitem__) if body is not None else None


_CONSTANTS: dict[str, float | None] = {"NaN": None, "Infinity": sys.float_info.max, "-Infinity": -sys.float_info.max}
