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
from .errors import APIError, APIWarning, InvalidReply, NoReply, NotFoundError, OutcomeUnknown, RateLimitError, RequestNotSent, RequestSummary, RequestTimeout, SDKError, api_error_class
from .operation import Draft, Operation
from .record import Record
from .redaction import HIDDEN, Redactor
from .tokens import Access, Tokens
from .transport import NotSent, Reply, Request, TimedOut, TransportFault
__all__ = ['Answer', 'Core', 'Flow', 'Locked', 'Send', 'Sleep']

class Send(Record, frozen=True):
    request: Request
    timeout: float

class Sleep(Record, frozen=True):
    seconds: float

class Locked(Record, frozen=True):
    flow: Flow[Any]
    timeout: float
Flow = Generator[Send | Sleep | Locked, Any, T]

class Answer(Record, frozen=True):
    reply: Reply
    request: Request
    elapsed: float
    value: Any = None

class Core:

    def __init__(self, api: API, credentials: Credentials, base_url: str) -> None:
        ...

    def __repr__(self) -> str:
        ...

    def refuse_plain_http(self) -> None:
        ...

    def call(self, operation: Operation[Any], values: Mapping[str, Any], timeout: float, max_retries: int, *, late: bool=False) -> Flow[Answer]:
        ...

    def resolve(self, operation: Operation[Any], key: str | None, timeout: float, max_retries: int) -> Flow[Any]:
        ...

    def read_late(self, operation: Operation[T], answer: Answer) -> T:
        ...

    def read_envelope(self, operation: Operation[T], answer: Answer) -> Any:
        ...

class _Call(msgspec.Struct):
    operation: Operation[Any]
    values: Mapping[str, Any]
    timeout: float
    max_retries: int
    started: float = msgspec.field(default_factory=time.monotonic)
    attempts: int = 0
    retries: int = 0
    request: Request | None = None
    key: str | None = None
    unanswered: NoReply | None = None
    doubt: SDKError | None = None
    access: Access | None = None
    clock: int = 0
    mended: set[str] = msgspec.field(default_factory=set[str])

    def __repr__(self) -> str:
        ...

    @property
    def elapsed(self) -> float:
        ...

    @property
    def remaining(self) -> float:
        ...

    def attempt_timeout(self) -> float:
        ...

    def note(self, error: SDKError) -> None:
        ...

    def pause_after(self, error: SDKError) -> float | None:
        ...

def may_repeat(operation: Operation[Any], error: SDKError) -> bool:
    ...

def backoff(retries: int) -> float:
    ...

def retry_after(headers: Mapping[str, str]) -> float | None:
    ...

def is_json(content: bytes) -> bool:
    ...

def is_refusal(operation: Operation[Any], reply: Reply, where: ErrorBody) -> bool:
    ...

def is_loopback(origin: str) -> bool:
    ...

def is_address(parts: SplitResult) -> bool:
    ...

def split_base_url(base_url: str) -> tuple[str, str]:
    ...
