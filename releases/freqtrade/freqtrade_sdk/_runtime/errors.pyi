from __future__ import annotations
from collections.abc import Callable, Mapping
from typing import Any
from .record import Record
__all__ = ['APIError', 'APIWarning', 'AuthenticationError', 'BadRequestError', 'InvalidReply', 'NoReply', 'NotFoundError', 'OutcomeUnknown', 'PermissionDeniedError', 'RateLimitError', 'RequestNotSent', 'RequestSummary', 'RequestTimeout', 'SDKError', 'ServerError', 'UnprocessableError']

class RequestSummary(Record, frozen=True):
    method: str
    url: str
    headers: Mapping[str, str] = {}
    has_body: bool = False

class APIWarning(UserWarning):
    ...

class SDKError(Exception):
    operation: str
    request: RequestSummary | None

    def __init__(self, message: str, *, operation: str='', request: RequestSummary | None=None) -> None:
        ...

    def __reduce__(self) -> tuple[Callable[..., SDKError], tuple[type[SDKError], tuple[Any, ...], dict[str, Any]]]:
        ...

class RequestNotSent(SDKError):
    ...

class NoReply(SDKError):
    ...

class RequestTimeout(NoReply):
    ...

class OutcomeUnknown(SDKError):
    key: str | None
    elapsed: float
    status_code: int | None
    content: bytes

    def __init__(self, message: str, *, operation: str='', request: RequestSummary | None=None, key: str | None=None, elapsed: float=0.0, status_code: int | None=None, content: bytes=b'') -> None:
        ...

    def resolve(self, timeout: float | None=None) -> Any:
        ...

    async def aresolve(self, timeout: float | None=None) -> Any:
        ...

class InvalidReply(SDKError):
    status_code: int
    headers: Mapping[str, str]
    content: bytes
    path: str

    def __init__(self, message: str, *, operation: str='', request: RequestSummary | None=None, status_code: int=0, headers: Mapping[str, str] | None=None, content: bytes=b'', path: str='$') -> None:
        ...

class APIError(SDKError):
    status_code: int
    code: str | None
    message: str
    data: Any
    headers: Mapping[str, str]
    content: bytes
    request_id: str | None

    def __init__(self, message: str, *, operation: str='', request: RequestSummary | None=None, status_code: int=0, code: str | None=None, data: Any=None, headers: Mapping[str, str] | None=None, content: bytes=b'') -> None:
        ...

class BadRequestError(APIError):
    ...

class AuthenticationError(APIError):
    ...

class PermissionDeniedError(APIError):
    ...

class NotFoundError(APIError):
    ...

class UnprocessableError(APIError):
    ...

class RateLimitError(APIError):

    @property
    def retry_after(self) -> float | None:
        ...

class ServerError(APIError):
    ...

def api_error_class(status: int) -> type[APIError]:
    ...
