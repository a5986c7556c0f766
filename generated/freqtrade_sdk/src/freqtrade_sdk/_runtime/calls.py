"""The one path that every call takes: build, sign, send, classify, read.

The path is a generator that yields what it needs done outside (send this, run that under the lock) and is sent the
result, so that the blocking and the asynchronous client share every step of it and differ only in how they wait.
"""

from __future__ import annotations

import ipaddress
import itertools
import logging
import random
import sys
import time
import warnings
from collections.abc import Generator, Mapping, Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, NoReturn, TypeVar, cast
from urllib.parse import SplitResult, quote, urlsplit
from uuid import uuid4

import msgspec

from .api import API, Clock, ErrorBody
from .auth import Basic, Bearer, BearerArgument, HmacSignature, Scheme, target_of
from .credentials import Credentials
from .decode import Misfit, parse
from .errors import (
    APIError,
    APIWarning,
    InvalidReply,
    NoReply,
    NotFoundError,
    OutcomeUnknown,
    RateLimitError,
    RequestNotSent,
    RequestSummary,
    RequestTimeout,
    SDKError,
    api_error_class,
)
from .operation import Draft, Operation
from .record import Record
from .redaction import HIDDEN, Redactor
from .tokens import Access, Tokens
from .transport import NotSent, Reply, Request, TimedOut, TransportFault

__all__ = ["Answer", "Core", "Flow", "Locked", "Send", "Sleep"]

T = TypeVar("T")


class Send(Record, frozen=True):
    """Wanted: this request sent; the Reply or a TransportFault back."""

    request: Request
    timeout: float


class Sleep(Record, frozen=True):
    """Wanted: a pause."""

    seconds: float


class Locked(Record, frozen=True):
    """Wanted: this flow run while no other call of the client runs one; a NotSent fault if that takes too long."""

    flow: Flow[Any]
    timeout: float


Flow = Generator[Send | Sleep | Locked, Any, T]


class Answer(Record, frozen=True):
    """A complete answer to a call that the API did not refuse."""

    reply: Reply
    request: Request
    elapsed: float
    value: Any = None
    """The result, unless it is to be read late."""


class Core:
    """What the blocking and the asynchronous client share: everything but waiting."""

    def __init__(self, api: API, credentials: Credentials, base_url: str) -> None:
        self.api = api
        self.credentials = credentials
        self.origin, self.base_path = split_base_url(base_url)
        self.base_url = self.origin + self.base_path
        self.tokens = Tokens()
        self.clock_offset = 0.0
        """Seconds that the API's clock is ahead of this machine's, as far as it is known."""
        self.clock_readings = 0
        self.log = logging.getLogger(api.package)
        self.redactor = Redactor(api.shown_parameters)
        for secret in credentials.values():
            self.redactor.add(secret)
        for scheme in api.schemes.values():
            if isinstance(scheme, Basic) and credentials:
                self.redactor.add(scheme.proof(credentials))
        bearers = [scheme for scheme in api.schemes.values() if isinstance(scheme, Bearer)]
        self._found_schemes: dict[str, tuple[Scheme, ...]] = {}
        self._headers = {
            "Accept": "application/json",
            "Accept-Encoding": "gzip",
            "User-Agent": f"{api.package.replace('_', '-')}/{api.version} Python/{_PYTHON}",
        }
        self._gives_secrets = {name for bearer in bearers for name in (bearer.login, bearer.refresh)}

    def __repr__(self) -> str:
        return f"Core({self.api.client}, {self.base_url})"

    def refuse_plain_http(self) -> None:
        """Credentials must not travel in clear over a network."""
        if self.credentials and self.origin.startswith("http://") and not is_loopback(self.origin):
            raise ValueError(
                f"base_url: {self.origin} would send credentials unencrypted; use https, or pass allow_http=True"
            )

    def call(
        self,
        operation: Operation[Any],
        values: Mapping[str, Any],
        timeout: float,
        max_retries: int,
        *,
        late: bool = False,
    ) -> Flow[Answer]:
        """Every call of every client goes through here.

        `late` leaves the body unread. All attempts, pauses and waits for connections and tokens share `timeout`.
        """
        draft = operation.draft(_with_key(operation, values))
        call = _Call(operation, values, timeout, max_retries, key=draft.given.get(operation.key))
        schemes = self._schemes(operation)
        while True:
            try:
                return (yield from self._attempt(call, draft, schemes, late))
            except SDKError as error:
                if (yield from self._put_right(call, schemes, error)):
                    continue
                call.note(error)
                pause = call.pause_after(error)
                if pause is None:
                    self._raise_last(call, error)
            yield Sleep(pause)

    def _attempt(self, call: _Call, draft: Draft, schemes: Sequence[Scheme], late: bool) -> Flow[Answer]:
        """Sign, send, classify, read. Every way in which this can fail is an SDKError."""
        for scheme in schemes:
            if isinstance(scheme, Bearer):
                call.access = yield from self._log_in(scheme, call)
        call.clock = self.clock_readings
        call.request = request = self._sign(draft, schemes, call)
        timeout = call.attempt_timeout()
        if timeout <= 0:
            raise self._no_answer(call, NotSent("the time was over before it could be sent"))
        call.attempts += 1
        sent = time.monotonic()
        try:
            reply: Reply = yield Send(request, timeout)
        except TransportFault as fault:
            self._log(call, sent, type(fault).__name__)
            raise self._no_answer(call, fault) from fault
        if self.log.isEnabledFor(logging.DEBUG):
            self._log(call, sent, str(reply.status), reply.headers.get("x-request-id", ""))
        error = self._refusal(call, reply, late)
        if error is not None:
            raise error
        elapsed = call.elapsed
        return Answer(reply, request, elapsed, None if late else self._result(call, request, reply))

    def _log(self, call: _Call, sent: float, outcome: str, request_id: str = "") -> None:
        self.log.debug(
            "%s %s attempt=%d outcome=%s ms=%.1f request_id=%s",
            call.operation.method,
            call.operation.name,
            call.attempts,
            outcome,
            (time.monotonic() - sent) * 1000,
            request_id or "-",
        )

    def _put_right(self, call: _Call, schemes: Sequence[Scheme], error: SDKError) -> Flow[bool]:
        """Whether the API refused for a reason of its own clock or tokens that is mended now; each once a call."""
        if not isinstance(error, APIError) or error.operation != call.operation.name:
            return False
        bearer = any(isinstance(scheme, Bearer) for scheme in schemes)
        if bearer and call.access and "token" not in call.mended and error.status_code in (401, 422):
            call.mended.add("token")
            self.tokens.reject(call.access)
            return True
        clock = self.api.clock
        signed = any(isinstance(scheme, HmacSignature) for scheme in schemes)
        if clock and signed and "clock" not in call.mended and clock.complains(error):
            call.mended.add("clock")
            try:
                yield Locked(self._read_clock(clock, call), call.remaining)
            except (SDKError, NotSent):
                return False
            return True
        return False

    def _read_clock(self, clock: Clock, call: _Call) -> Flow[None]:
        """Measure how far the API's clock is ahead."""
        if self.clock_readings != call.clock:
            return  # Another call has just done it.
        operation = self.api.own_operations()[clock.operation]
        started, before = time.monotonic(), time.time()
        answer = yield from self.call(operation, {}, call.remaining, 0)
        halfway = before + (time.monotonic() - started) / 2
        self.clock_offset = getattr(answer.value, clock.field).timestamp() - halfway
        self.clock_readings += 1

    def resolve(self, operation: Operation[Any], key: str | None, timeout: float, max_retries: int) -> Flow[Any]:
        """What became of a request with a key: the result of looking it up, or None if it was not found in time."""
        lookup = operation.lookup
        if lookup is None or key is None:
            raise LookupError(f"{operation.name}: has no key to look up; see {' and '.join(operation.evidence)}")
        deadline = time.monotonic() + timeout
        values = {lookup.argument: lookup.value.format(key=key)}
        for tries in itertools.count():
            try:
                found = yield from self.call(
                    self.api.own_operations()[lookup.operation],
                    values,
                    max(deadline - time.monotonic(), 0.001),
                    max_retries,
                )
                return found.value
            except NotFoundError:
                # The order may still be on its way to the place where it can be found.
                pause = backoff(tries)
                if time.monotonic() + pause >= deadline:
                    return None
            yield Sleep(pause)
        return None

    # Errors

    def _no_answer(self, call: _Call, fault: TransportFault) -> SDKError:
        """The error for a call without a complete answer."""
        name, reason = call.operation.name, self.redactor.text(str(fault))
        summary = self._summary(call)
        if isinstance(fault, NotSent):
            return RequestNotSent(f"{name}: not sent: {reason}", operation=name, request=summary)
        if call.operation.effect == "read":
            kind = RequestTimeout if isinstance(fault, TimedOut) else NoReply
            return kind(f"{name}: no answer: {reason}", operation=name, request=summary)
        return self._unknown(call, reason)

    def _unknown(self, call: _Call, reason: str, reply: Reply | None = None) -> OutcomeUnknown:
        operation = call.operation
        advice = ""
        if call.key:
            advice = f"; {operation.key}={call.key}: resolve() looks it up"
        elif operation.evidence:
            advice = f"; see {' and '.join(operation.evidence)} before sending it again"
        return OutcomeUnknown(
            f"{operation.name}: sent, but the outcome is unknown: {reason}{advice}",
            operation=operation.name,
            request=self._summary(call),
            key=call.key,
            elapsed=call.elapsed,
            status_code=reply.status if reply else None,
            content=self.redactor.content(reply.content) if reply else b"",
        )

    def _raise_last(self, call: _Call, error: SDKError) -> NoReturn:
        """Raise what the call ends with. What an earlier attempt may have done is not forgotten."""
        if call.unanswered and isinstance(error, RequestNotSent):
            raise call.unanswered from error  # The last attempt did not leave, but the call as a whole did.
        if call.doubt is None or isinstance(error, (OutcomeUnknown, InvalidReply)):
            raise error
        raise self._unknown(call, f"an earlier attempt got no usable answer, and the last one: {error}") from error

    def _summary(self, call: _Call) -> RequestSummary | None:
        return self.redactor.summary(call.request) if call.request else None

    # Signing

    def _schemes(self, operation: Operation[Any]) -> tuple[Scheme, ...]:
        """How this client's calls of an operation are signed; found out once, since credentials do not change."""
        schemes = self._found_schemes.get(operation.name)
        if schemes is None:
            schemes = self._found_schemes[operation.name] = self._find_schemes(operation)
        return schemes

    def _find_schemes(self, operation: Operation[Any]) -> tuple[Scheme, ...]:
        """The first alternative for which this client has every credential, signatures last."""
        for alternative in operation.security:
            schemes = [self.api.schemes[name] for name in alternative]
            if all(name in self.credentials for scheme in schemes for name in scheme.credentials):
                return tuple(sorted(schemes, key=lambda scheme: scheme.last))
        variables = ", ".join(f"{self.api.environment}_{name.upper()}" for name in self.api.credentials)
        raise ValueError(
            f"{operation.name} needs credentials: pass {', '.join(self.api.credentials)} to {self.api.client}, "
            f"or set {variables}"
        )

    def _sign(self, draft: Draft, schemes: Sequence[Scheme], call: _Call) -> Request:
        """The request as it travels, signed now."""
        headers = Credentials(draft.headers, **self._headers)
        signed = Draft(draft.method, draft.path, list(draft.query), headers, draft.body)
        credentials: dict[str, str] = self.credentials
        if call.access is not None:
            credentials = Credentials(credentials, **{"access token": call.access.token})
        for scheme in schemes:
            if isinstance(scheme, BearerArgument):
                token = self._token_argument(scheme.argument, call.values.get(scheme.argument))
                credentials = Credentials(credentials, **{scheme.argument: token})
            scheme.apply(signed, credentials, self.base_path, time.time() + self.clock_offset)
        return Request(signed.method, self.origin, target_of(signed, self.base_path), headers, signed.body)

    def _token_argument(self, argument: str, value: object) -> str:
        token = self.tokens.refresh if value is None else value
        if token is None:
            raise ValueError(f"{argument}: required, since this client has not logged in")
        if not isinstance(token, str):
            raise TypeError(f"{argument}: expected a token as str, got {type(token).__name__}")
        if not (token and token.isascii() and token.isprintable()):
            raise ValueError(f"{argument}: expected a token in printable ASCII characters")
        self.redactor.add(token)
        return token

    def _log_in(self, bearer: Bearer, call: _Call) -> Flow[Access]:
        """A usable access token; however many calls wait for one, one gets it."""
        access = self.tokens.fresh
        if access is not None:
            return access
        try:
            renewed: Access = yield Locked(self._renew(bearer, call), call.remaining)
        except (SDKError, NotSent) as error:
            # The login has been repeated as often as it may be; the call around it must not multiply that.
            call.retries = call.max_retries
            if isinstance(error, APIError):
                raise
            # What was asked for has not left, whatever became of the login.
            raise self._no_answer(call, NotSent(f"could not log in: {error}")) from error
        return renewed

    def _renew(self, bearer: Bearer, call: _Call) -> Flow[Access]:
        access = self.tokens.fresh
        if access is not None:
            return access  # Another call has just got it.
        if self.tokens.can_refresh:
            try:
                return (yield from self._fetch_tokens(bearer.refresh, bearer, call))
            except APIError as error:
                if error.status_code in _PASSING or error.status_code >= 500:
                    raise
                self.tokens.drop_refresh()
        return (yield from self._fetch_tokens(bearer.login, bearer, call))

    def _fetch_tokens(self, name: str, bearer: Bearer, call: _Call) -> Flow[Access]:
        answer = yield from self.call(self.api.own_operations()[name], {}, call.remaining, call.max_retries)
        access: str = getattr(answer.value, bearer.access_field)
        refresh: str | None = getattr(answer.value, bearer.refresh_field, None)
        for token in (access, refresh):
            if token is not None:
                self.redactor.add(token)
        return self.tokens.accept(access, refresh)

    # Reading

    def _refusal(self, call: _Call, reply: Reply, late: bool) -> SDKError | None:
        """The error that an answer stands for, as far as it is to be told without reading its result."""
        operation = call.operation
        if 200 <= reply.status < 300:
            return self._envelope_refusal(call, reply) if late else None
        if reply.status >= 500 and operation.effect != "read" and not is_refusal(operation, reply, self.api.error_body):
            return self._unknown(call, f"HTTP {reply.status}", reply)
        if reply.status >= 400:
            return self._api_error(call, reply)
        return self._invalid(operation, call.request, reply, Misfit(f"unexpected status {reply.status}", "$"))

    def _result(self, call: _Call, request: Request, reply: Reply) -> Any:
        """The typed result; the error inside the envelope, or InvalidReply."""
        try:
            return self._read(call.operation, request, reply)
        except InvalidReply as invalid:
            # A refusal is no result; so that good replies are read once, it is looked for here.
            raise (self._envelope_refusal(call, reply) or invalid) from None

    def _envelope_refusal(self, call: _Call, reply: Reply) -> SDKError | None:
        """The error inside an envelope that came with a good status, whatever its result looks like."""
        if self.api.envelope is None or b"true" not in reply.content:
            return None
        try:
            failed = _first(parse(reply.content), (self.api.envelope.error,)) is True
        except ValueError:
            return None
        return self._api_error(call, reply) if failed else None

    def _api_error(self, call: _Call, reply: Reply) -> APIError:
        kind = api_error_class(reply.status)
        content = self.redactor.content(reply.content)
        try:
            body = parse(content)
        except ValueError:
            body = None
        where = self.api.error_body
        message, code = _first(body, where.message), _first(body, where.code)
        return kind(
            str(message or code or f"HTTP {reply.status}"),
            operation=call.operation.name,
            request=self._summary(call),
            status_code=reply.status,
            code=None if code is None else str(code),
            data=_first(body, where.data),
            headers=self.redactor.headers(reply.headers),
            content=content,
        )

    def _invalid(
        self, operation: Operation[Any], request: Request | None, reply: Reply, misfit: Misfit
    ) -> InvalidReply:
        reason = f"{operation.name}: the reply does not fit the document at {misfit.path}: {misfit.reason}"
        # Tokens that could not be read are secrets that the redactor does not know.
        content = HIDDEN.encode() if operation.name in self._gives_secrets else self.redactor.content(reply.content)
        return InvalidReply(
            self.redactor.text(reason),
            operation=operation.name,
            request=self.redactor.summary(request) if request else None,
            status_code=reply.status,
            headers=self.redactor.headers(reply.headers),
            content=content,
            path=misfit.path,
        )

    def read_late(self, operation: Operation[T], answer: Answer) -> T:
        """The typed result of an answer whose body was left unread, or InvalidReply."""
        return self._read(operation, answer.request, answer.reply)

    def _read(self, operation: Operation[T], request: Request, reply: Reply) -> T:
        try:
            if self.api.envelope is None:
                return operation.decoder.decode(reply.content)
            return self._open(operation, operation.envelope_decoder.decode(reply.content))
        except Misfit as misfit:
            raise self._invalid(operation, request, reply, misfit) from None

    def read_envelope(self, operation: Operation[T], answer: Answer) -> Any:
        """The envelope of an answer with the result in it, or InvalidReply."""
        try:
            return operation.envelope_decoder.decode(answer.reply.content)
        except Misfit as misfit:
            raise self._invalid(operation, answer.request, answer.reply, misfit) from None

    def _open(self, operation: Operation[T], enveloped: Any) -> T:
        """The result inside an envelope; its warning becomes a Python warning."""
        envelope = self.api.envelope
        assert envelope is not None
        if getattr(enveloped, envelope.error):
            # A refusal, or something spelt so oddly ("true" in quotes) that it is not taken for one.
            raise Misfit("an error in a reply that does not look like one", f"$.{envelope.error}")
        if envelope.warning and getattr(enveloped, envelope.warning):
            text = getattr(enveloped, envelope.warning_message, None) or "the API warns, without saying of what"
            warnings.warn(APIWarning(self.redactor.text(text)), stacklevel=_depth_of_caller())
        result = getattr(enveloped, envelope.result)
        if result is None and not operation.null_result:
            raise Misfit("Expected a result, got `null`", f"$.{envelope.result}")
        return cast("T", result)


_PYTHON = ".".join(map(str, sys.version_info[:3]))


class _Call(msgspec.Struct):
    """One call: what it may still do, and what is known of its attempts."""

    operation: Operation[Any]
    values: Mapping[str, Any]
    timeout: float
    max_retries: int
    started: float = msgspec.field(default_factory=time.monotonic)
    attempts: int = 0
    retries: int = 0
    request: Request | None = None
    """The last one signed."""
    key: str | None = None
    """What identifies the request at the API."""
    unanswered: NoReply | None = None
    """That an earlier attempt of a call that changes nothing left and got no answer."""
    doubt: SDKError | None = None
    """Why an earlier attempt of a state-changing call may have been carried out."""
    access: Access | None = None
    """The access token last used."""
    clock: int = 0
    """Reading of the API's clock last used."""
    mended: set[str] = msgspec.field(default_factory=set[str])

    def __repr__(self) -> str:
        return f"_Call({self.operation.name})"

    @property
    def elapsed(self) -> float:
        """Seconds since the call began."""
        return time.monotonic() - self.started

    @property
    def remaining(self) -> float:
        """Seconds that are left of it; never quite none, since a wait of no time means for ever to some libraries."""
        return max(self.timeout - self.elapsed, 0.001)

    def attempt_timeout(self) -> float:
        """Seconds for the next attempt: an equal share for each that may follow, all for the only one."""
        remaining = self.timeout - self.elapsed
        return remaining if self.operation.effect == "unsafe" else remaining / (self.max_retries - self.retries + 1)

    def note(self, error: SDKError) -> None:
        """Remember an attempt that left, and whether it may have been carried out."""
        if isinstance(error, NoReply):
            self.unanswered = error
        answered_oddly = isinstance(error, InvalidReply) and self.operation.effect != "read"
        if (isinstance(error, OutcomeUnknown) or answered_oddly) and self.doubt is None:
            self.doubt = error

    def pause_after(self, error: SDKError) -> float | None:
        """Seconds to wait before the next attempt; None if there must be none."""
        if self.retries >= self.max_retries or not may_repeat(self.operation, error):
            return None
        pause = backoff(self.retries)
        if isinstance(error, APIError) and (wanted := retry_after(error.headers)) is not None:
            pause += wanted
        if pause >= self.timeout - self.elapsed:
            return None
        self.retries += 1
        return pause


def may_repeat(operation: Operation[Any], error: SDKError) -> bool:
    """Whether a failed attempt may be followed by another: the one place where this is decided.

    An unsafe operation only where the attempt was certainly not carried out. All others where another attempt may fare
    better; a refusal that the document names will not.
    """
    if isinstance(error, (RequestNotSent, RateLimitError)):
        return True
    if operation.effect == "unsafe":
        return False
    if isinstance(error, NoReply):
        return True
    if isinstance(error, OutcomeUnknown):
        return error.status_code is None or error.status_code in _PASSING
    if isinstance(error, APIError):
        return error.status_code in _PASSING and error.status_code not in operation.refusals
    return isinstance(error, InvalidReply) and error.path == "$" and not is_json(error.content)


# Statuses of troubles that pass.
_PASSING = frozenset({408, 429, 500, 502, 503, 504})
_BACKOFF_FIRST, _BACKOFF_MOST = 0.2, 5.0


def backoff(retries: int) -> float:
    """Exponential back-off with full jitter."""
    return random.uniform(0, min(_BACKOFF_FIRST * 2**retries, _BACKOFF_MOST))


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds that the API asks to wait: a number or a date."""
    value = headers.get("retry-after", "").strip()
    if value.isdecimal():
        return float(value)
    try:
        return max((parsedate_to_datetime(value) - datetime.now(UTC)).total_seconds(), 0.0)
    except (TypeError, ValueError):
        return None


def is_json(content: bytes) -> bool:
    """Whether a body is JSON at all."""
    try:
        parse(content)
    except ValueError:
        return False
    return True


def is_refusal(operation: Operation[Any], reply: Reply, where: ErrorBody) -> bool:
    """Whether a 5xx is the API's own way of saying no; the answer of a proxy with the same status is not."""
    if reply.status not in operation.refusals:
        return False
    try:
        return _first(parse(reply.content), where.message) is not None
    except ValueError:
        return False


def _with_key(operation: Operation[Any], values: Mapping[str, Any]) -> Mapping[str, Any]:
    """The arguments, with a key if the operation takes one and none was given."""
    if operation.key and values.get(operation.key) is None:
        return {**values, operation.key: uuid4()}
    return values


def _first(body: Any, names: Sequence[str]) -> Any:
    """The first of these properties that a JSON object has."""
    if not isinstance(body, dict):
        return None
    fields = cast("dict[str, Any]", body)
    return next((fields[name] for name in names if fields.get(name) is not None), None)


def _depth_of_caller() -> int:
    """Stack level of the first frame outside of this package, for warnings."""
    package = __name__.partition(".")[0]
    depth, frame = 1, sys._getframe(1)
    while frame.f_back is not None and frame.f_globals.get("__name__", "").partition(".")[0] == package:
        depth, frame = depth + 1, frame.f_back
    return depth


def is_loopback(origin: str) -> bool:
    """Whether an address leads to this machine."""
    host = urlsplit(origin).hostname or ""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def is_address(parts: SplitResult) -> bool:
    """Whether host and port can be connected to, as far as their form goes."""
    try:
        return bool(parts.hostname and parts.hostname.encode("idna")) and parts.port != 0
    except ValueError:
        return False


def split_base_url(base_url: str) -> tuple[str, str]:
    """Origin and path of a base address; ValueError if it is no plain http(s) address."""
    parts = urlsplit(base_url)
    if "@" in base_url:
        raise ValueError("base_url: expected an address without user name and password; pass credentials by name")
    plain = base_url.isprintable() and " " not in parts.netloc and parts.scheme in ("http", "https")
    if not plain or not is_address(parts) or parts.query or parts.fragment:
        shown = f"{parts.scheme}://{parts.netloc}…"
        raise ValueError(f"base_url: expected an address such as https://host/path, got {shown!r}")
    return f"{parts.scheme}://{parts.netloc}", quote(parts.path.rstrip("/"), safe="/:%")
