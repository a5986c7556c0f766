"""The one path that every call takes: build, sign, send, classify, read.

The path is a generator that yields what it needs done outside (send this, run that under the lock) and is sent the
result, so that the blocking and the asynchronous client share every step of it and differ only in how they wait.
"""

from __future__ import annotations

import sys
import time
import warnings
from collections.abc import Generator, Mapping, Sequence
from typing import Any, TypeVar, cast
from urllib.parse import quote, urlsplit

import attrs

from .api import API
from .auth import Bearer, BearerArgument, Scheme, target_of
from .credentials import Credentials
from .decode import Misfit, parse
from .errors import (
    APIError,
    APIWarning,
    InvalidReply,
    NoReply,
    OutcomeUnknown,
    RequestNotSent,
    RequestTimeout,
    SDKError,
    api_error_class,
)
from .operation import Draft, Operation
from .redaction import Redactor
from .tokens import Tokens
from .transport import NotSent, Reply, Request, TimedOut, TransportFault

__all__ = ["Answer", "Core", "Flow", "Locked", "Send"]

T = TypeVar("T")


@attrs.frozen
class Send:
    """Wanted: this request sent; the Reply or a TransportFault back."""

    request: Request
    timeout: float


@attrs.frozen
class Locked:
    """Wanted: this flow run while no other call of the client runs one."""

    flow: Flow[None]


Flow = Generator[Send | Locked, Any, T]


@attrs.frozen
class Answer:
    """A complete answer to a call that the API did not refuse."""

    reply: Reply
    request: Request
    elapsed: float


class Core:
    """What the blocking and the asynchronous client share: everything but waiting."""

    def __init__(self, api: API, credentials: Credentials, base_url: str) -> None:
        self.api = api
        self.credentials = credentials
        self.origin, self.base_path = split_base_url(base_url)
        self.base_url = self.origin + self.base_path
        self.tokens = Tokens()
        self.redactor = Redactor(api.shown_parameters)
        for secret in credentials.values():
            self.redactor.add(secret)

    def __repr__(self) -> str:
        return f"Core({self.api.client}, {self.base_url})"

    def call(self, operation: Operation[Any], values: Mapping[str, Any], timeout: float) -> Flow[Answer]:
        """Every call of every client goes through here."""
        started = time.monotonic()
        deadline = started + timeout
        draft = operation.draft(values)
        schemes = self._schemes(operation)
        bearer = next((scheme for scheme in schemes if isinstance(scheme, Bearer)), None)
        # One more try after the API refused an access token, which means that it did nothing.
        renewed = False
        while True:
            if bearer is not None:
                yield from self._log_in(bearer, deadline)
            generation = self.tokens.generation
            request = self._sign(draft, schemes, values)
            reply = yield from self._send(operation, request, started, deadline)
            if bearer is None or renewed or not _token_refused(reply):
                break
            self.tokens.reject(generation)
            renewed = True
        error = self._refusal(operation, request, reply, time.monotonic() - started)
        if error is not None:
            raise error
        return Answer(reply, request, time.monotonic() - started)

    # Sending

    def _send(self, operation: Operation[Any], request: Request, started: float, deadline: float) -> Flow[Reply]:
        """Send once. Trying again, where the effect of the operation allows it, belongs here."""
        try:
            reply: Reply = yield Send(request, max(deadline - time.monotonic(), 0.001))
        except TransportFault as fault:
            raise self._no_answer(operation, request, fault, time.monotonic() - started) from fault
        return reply

    def _no_answer(
        self, operation: Operation[Any], request: Request, fault: TransportFault, elapsed: float
    ) -> SDKError:
        """The error for a call without a complete answer."""
        summary = self.redactor.summary(request)
        reason = self.redactor.text(str(fault))
        if isinstance(fault, NotSent):
            return RequestNotSent(f"{operation.name}: not sent: {reason}", operation=operation.name, request=summary)
        if operation.effect == "read":
            kind = RequestTimeout if isinstance(fault, TimedOut) else NoReply
            return kind(f"{operation.name}: no answer: {reason}", operation=operation.name, request=summary)
        return self._unknown(operation, request, elapsed, reason)

    def _unknown(
        self, operation: Operation[Any], request: Request, elapsed: float, reason: str, reply: Reply | None = None
    ) -> OutcomeUnknown:
        look = f"; see {' and '.join(operation.evidence)} before sending it again" if operation.evidence else ""
        return OutcomeUnknown(
            f"{operation.name}: sent, but the outcome is unknown: {reason}{look}",
            operation=operation.name,
            request=self.redactor.summary(request),
            elapsed=elapsed,
            status_code=reply.status if reply else None,
            content=self.redactor.content(reply.content) if reply else b"",
        )

    # Signing

    def _schemes(self, operation: Operation[Any]) -> tuple[Scheme, ...]:
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

    def _sign(self, draft: Draft, schemes: Sequence[Scheme], values: Mapping[str, Any]) -> Request:
        """The request as it travels, signed now."""
        signed = draft.copy()
        credentials: dict[str, str] = Credentials(self.credentials)
        if self.tokens.access is not None:
            credentials["access token"] = self.tokens.access
        signed.headers.update(
            {
                "Accept": "application/json",
                "Accept-Encoding": "gzip",
                "User-Agent": f"{self.api.package.replace('_', '-')}/{self.api.version} Python/{_PYTHON}",
            }
        )
        for scheme in schemes:
            if isinstance(scheme, BearerArgument):
                credentials[scheme.argument] = self._token_argument(scheme.argument, values.get(scheme.argument))
            scheme.apply(signed, credentials, self.base_path, time.time())
        return Request(
            signed.method, self.origin, target_of(signed, self.base_path), Credentials(signed.headers), signed.body
        )

    def _token_argument(self, argument: str, value: object) -> str:
        token = self.tokens.refresh if value is None else value
        if token is None:
            raise ValueError(f"{argument}: required, since this client has not logged in")
        if not isinstance(token, str) or not token or not token.isprintable():
            raise TypeError(f"{argument}: expected a token as str")
        self.redactor.add(token)
        return token

    def _log_in(self, bearer: Bearer, deadline: float) -> Flow[None]:
        """Make sure that there is a usable access token; however many calls wait, one gets it."""
        if not self.tokens.fresh:
            yield Locked(self._renew(bearer, deadline))

    def _renew(self, bearer: Bearer, deadline: float) -> Flow[None]:
        if self.tokens.fresh:
            return
        operations = {operation.name: operation for operation in self.api.token_operations}
        if self.tokens.can_refresh:
            try:
                yield from self._fetch_tokens(operations[bearer.refresh], bearer, deadline)
                return
            except APIError as error:
                if error.status_code >= 500:
                    raise
                self.tokens.drop_refresh()
        yield from self._fetch_tokens(operations[bearer.login], bearer, deadline)

    def _fetch_tokens(self, operation: Operation[Any], bearer: Bearer, deadline: float) -> Flow[None]:
        answer = yield from self.call(operation, {}, max(deadline - time.monotonic(), 0.001))
        result = self.read(operation, answer)
        access: str = getattr(result, bearer.access_field)
        refresh: str | None = getattr(result, bearer.refresh_field, None)
        for token in (access, refresh):
            if token is not None:
                self.redactor.add(token)
        self.tokens.accept(access, refresh)

    # Reading

    def _refusal(self, operation: Operation[Any], request: Request, reply: Reply, elapsed: float) -> SDKError | None:
        """The error that an answer stands for, if it is one."""
        if 200 <= reply.status < 300:
            return self._envelope_refusal(operation, request, reply) if self.api.envelope else None
        if reply.status >= 500 and operation.effect != "read" and reply.status not in operation.refusals:
            return self._unknown(operation, request, elapsed, f"HTTP {reply.status}", reply)
        if reply.status >= 400:
            return self._api_error(operation, request, reply)
        return self._invalid(operation, request, reply, Misfit(f"unexpected status {reply.status}", "$"))

    def _envelope_refusal(self, operation: Operation[Any], request: Request, reply: Reply) -> SDKError | None:
        """The error inside an envelope that came with a good status."""
        assert self.api.envelope is not None
        # The flag is looked for in the raw bytes first, so that good replies are parsed once.
        if b"true" not in reply.content:
            return None
        try:
            failed = _first(parse(reply.content), (self.api.envelope.error,)) is True
        except ValueError:
            return None
        return self._api_error(operation, request, reply) if failed else None

    def _api_error(self, operation: Operation[Any], request: Request, reply: Reply) -> APIError:
        kind = api_error_class(reply.status)
        try:
            body = parse(self.redactor.content(reply.content))
        except ValueError:
            body = None
        where = self.api.error_body
        message, code = _first(body, where.message), _first(body, where.code)
        return kind(
            str(message or code or f"HTTP {reply.status}"),
            operation=operation.name,
            request=self.redactor.summary(request),
            status_code=reply.status,
            code=None if code is None else str(code),
            data=_first(body, where.data),
            headers=self.redactor.headers(reply.headers),
            content=self.redactor.content(reply.content),
        )

    def _invalid(self, operation: Operation[Any], request: Request, reply: Reply, misfit: Misfit) -> InvalidReply:
        reason = f"{operation.name}: the reply does not fit the document at {misfit.path}: {misfit.reason}"
        return InvalidReply(
            self.redactor.text(reason),
            operation=operation.name,
            request=self.redactor.summary(request),
            status_code=reply.status,
            headers=self.redactor.headers(reply.headers),
            content=self.redactor.content(reply.content),
            path=misfit.path,
        )

    def read(self, operation: Operation[T], answer: Answer) -> T:
        """The typed result of an answer, or InvalidReply."""
        try:
            if self.api.envelope is None:
                return operation.decoder.decode(answer.reply.content)
            return self._open(operation, self.read_envelope(operation, answer))
        except Misfit as misfit:
            raise self._invalid(operation, answer.request, answer.reply, misfit) from None

    def read_envelope(self, operation: Operation[T], answer: Answer) -> Any:
        """The envelope of an answer, with the result in it."""
        return operation.envelope_decoder.decode(answer.reply.content)

    def _open(self, operation: Operation[T], enveloped: Any) -> T:
        """The result inside an envelope; its warning becomes a Python warning."""
        envelope = self.api.envelope
        assert envelope is not None
        if envelope.warning and getattr(enveloped, envelope.warning):
            text = getattr(enveloped, envelope.warning_message, None) or "the API warns, without saying of what"
            warnings.warn(APIWarning(text), stacklevel=_depth_of_caller())
        result = getattr(enveloped, envelope.result)
        if result is None and not operation.null_result:
            raise Misfit("Expected a result, got `null`", f"$.{envelope.result}")
        return cast("T", result)


_PYTHON = ".".join(map(str, sys.version_info[:3]))


def _token_refused(reply: Reply) -> bool:
    """Whether an answer may mean that the access token was not accepted: 401, or 422 for a damaged one."""
    return reply.status in (401, 422)


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


def split_base_url(base_url: str) -> tuple[str, str]:
    """Origin and path of a base address; ValueError if it is no plain http(s) address."""
    parts = urlsplit(base_url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise ValueError(f"base_url: expected an address such as https://host/path, got {base_url.partition('?')[0]!r}")
    if parts.username is not None or parts.password is not None:
        raise ValueError("base_url: expected an address without user name and password; pass credentials by name")
    return f"{parts.scheme}://{parts.netloc}", quote(parts.path.rstrip("/"), safe="/:%")
