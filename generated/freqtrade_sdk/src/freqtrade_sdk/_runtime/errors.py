"""Everything that can go wrong with a call, in one tree.

SDKError
├── RequestNotSent       nothing left this process: safe to send again
├── OutcomeUnknown       a state-changing request left, and no usable answer came back
├── NoReply              a request that changes nothing got no usable answer
│   └── RequestTimeout       ... in the time that the call was given
├── InvalidReply         an answer came, but it does not fit the document
└── APIError             the API said no
    ├── BadRequestError        400
    ├── AuthenticationError    401
    ├── PermissionDeniedError  403
    ├── NotFoundError          404
    ├── UnprocessableError     422
    ├── RateLimitError         429
    └── ServerError            5xx

Arguments that the document forbids never get this far: they raise ValueError or TypeError before anything is sent.
Every error can be pickled and copied, and none of them holds a credential.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from .record import Record

__all__ = [
    "APIError",
    "APIWarning",
    "AuthenticationError",
    "BadRequestError",
    "InvalidReply",
    "NoReply",
    "NotFoundError",
    "OutcomeUnknown",
    "PermissionDeniedError",
    "RateLimitError",
    "RequestNotSent",
    "RequestSummary",
    "RequestTimeout",
    "SDKError",
    "ServerError",
    "UnprocessableError",
]


class RequestSummary(Record, frozen=True):
    """What was sent, without its secrets: hidden values read `***`."""

    method: str
    """HTTP method."""
    url: str
    """Address with path and query; the values of secret query parameters are hidden."""
    headers: Mapping[str, str] = {}
    """Headers by name; only those known to be harmless show their value."""
    has_body: bool = False
    """Whether a body was sent. The body itself is not kept."""


class APIWarning(UserWarning):
    """The API did what was asked and warned about something, such as its own deprecation."""


class SDKError(Exception):
    """Base of every error that an SDK raises for a call that could not be completed."""

    operation: str
    """Name of the operation, such as `orders.limit`."""
    request: RequestSummary | None
    """What was sent or would have been sent."""

    def __init__(self, message: str, *, operation: str = "", request: RequestSummary | None = None) -> None:
        super().__init__(message)
        self.operation = operation
        self.request = request

    def __reduce__(self) -> tuple[Callable[..., SDKError], tuple[type[SDKError], tuple[Any, ...], dict[str, Any]]]:
        state = {name: value for name, value in self.__dict__.items() if name != "_resolver"}
        return _restore, (type(self), self.args, state)


def _restore(kind: type[SDKError], args: tuple[Any, ...], state: dict[str, Any]) -> SDKError:
    """Rebuild a pickled or copied error without running its constructor."""
    error = kind.__new__(kind, *args)
    error.__dict__.update(state)
    return error


class RequestNotSent(SDKError):
    """Nothing left this process (connection refused, unknown host, no free connection in time): safe to send again."""


class NoReply(SDKError):
    """A call that changes nothing got no usable answer: safe to send again."""


class RequestTimeout(NoReply):
    """A call that changes nothing got no usable answer in the time it was given."""


class OutcomeUnknown(SDKError):
    """A state-changing request left this process and no usable answer came back.

    The API may or may not have acted on it. Look before sending it again.
    """

    key: str | None
    """What identifies the request at the API (such as a client order id), where the API knows such a key."""
    elapsed: float
    """Seconds between the start of the call and this error."""
    status_code: int | None
    """Status of an answer that does not tell the outcome (a proxy's 504); None if there was no answer."""
    content: bytes
    """Body of that answer."""
    _resolver: Callable[[float | None], Any] | None = None

    def __init__(
        self,
        message: str,
        *,
        operation: str = "",
        request: RequestSummary | None = None,
        key: str | None = None,
        elapsed: float = 0.0,
        status_code: int | None = None,
        content: bytes = b"",
    ) -> None:
        super().__init__(message, operation=operation, request=request)
        self.key = key
        self.elapsed = elapsed
        self.status_code = status_code
        self.content = content

    def resolve(self, timeout: float | None = None) -> Any:
        """Look up by its key what became of the request. Sends nothing again.

        Args:
            timeout: Seconds to go on looking; as long as a call may take if not given.

        Returns:
            What was found, such as the order; None if it was not found so far, which is no proof that it will not be.

        Raises:
            LookupError: The API knows no key for such requests, or this error has been pickled or copied.
            SDKError: The lookup itself failed.
        """
        return self._look_up(timeout)

    async def aresolve(self, timeout: float | None = None) -> Any:
        """`resolve` for errors of an asynchronous client."""
        return await self._look_up(timeout)

    def _look_up(self, timeout: float | None) -> Any:
        if self._resolver is None:
            raise LookupError(
                f"{self.operation}: this error has lost its client; look {self.key or 'it'} up with a new one"
            )
        return self._resolver(timeout)


class InvalidReply(SDKError):
    """An answer came, but it does not fit the document. It is kept whole."""

    status_code: int
    """HTTP status."""
    headers: Mapping[str, str]
    """Response headers, names in lower case."""
    content: bytes
    """Body as received."""
    path: str
    """Where the body stops fitting, such as `$[0].price`; `$` is the body as a whole."""

    def __init__(
        self,
        message: str,
        *,
        operation: str = "",
        request: RequestSummary | None = None,
        status_code: int = 0,
        headers: Mapping[str, str] | None = None,
        content: bytes = b"",
        path: str = "$",
    ) -> None:
        super().__init__(message, operation=operation, request=request)
        self.status_code = status_code
        self.headers = headers or {}
        self.content = content
        self.path = path


class APIError(SDKError):
    """The API answered that it did not do what was asked."""

    status_code: int
    """HTTP status."""
    code: str | None
    """The API's own error code, where it has one."""
    message: str
    """The API's own words, or the status where it gave none."""
    data: Any
    """More that the API said about the error (numbers as Decimal), or None."""
    headers: Mapping[str, str]
    """Response headers, names in lower case."""
    content: bytes
    """Body as received."""
    request_id: str | None
    """Identifier of the request at the API, for its support desk, where it gave one."""

    def __init__(
        self,
        message: str,
        *,
        operation: str = "",
        request: RequestSummary | None = None,
        status_code: int = 0,
        code: str | None = None,
        data: Any = None,
        headers: Mapping[str, str] | None = None,
        content: bytes = b"",
    ) -> None:
        label = f"{operation}: {message} [{status_code}]" if operation else f"{message} [{status_code}]"
        super().__init__(label if code in (None, message) else f"{label} {code}", operation=operation, request=request)
        self.status_code = status_code
        self.code = code
        self.message = message
        self.data = data
        self.headers = headers or {}
        self.content = content
        self.request_id = self.headers.get("x-request-id")


class BadRequestError(APIError):
    """400: the request was refused as it stands."""


class AuthenticationError(APIError):
    """401: credentials are missing, wrong or expired."""


class PermissionDeniedError(APIError):
    """403: the credentials do not allow this."""


class NotFoundError(APIError):
    """404: no such thing."""


class UnprocessableError(APIError):
    """422: the request was understood but cannot be followed."""


class RateLimitError(APIError):
    """429: too many requests; this one was not processed."""

    @property
    def retry_after(self) -> float | None:
        """Seconds to wait, where the API says so in `Retry-After` as a number; None otherwise."""
        value = self.headers.get("retry-after", "")
        return float(value) if value.isdecimal() else None


class ServerError(APIError):
    """5xx: the API failed, or (where the document says so) refused."""


_BY_STATUS: dict[int, type[APIError]] = {
    400: BadRequestError,
    401: AuthenticationError,
    403: PermissionDeniedError,
    404: NotFoundError,
    422: UnprocessableError,
    429: RateLimitError,
}


def api_error_class(status: int) -> type[APIError]:
    """The error class for an HTTP status."""
    return _BY_STATUS.get(status) or (ServerError if status >= 500 else APIError)
