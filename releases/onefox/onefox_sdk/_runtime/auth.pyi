from __future__ import annotations
import base64
import binascii
import hmac
from binascii import a2b_base64, b2a_base64
from collections.abc import Mapping
from typing import Protocol
from urllib.parse import quote, urlencode
from .operation import Draft
from .record import Record
__all__ = ['Basic', 'Bearer', 'BearerArgument', 'HeaderKey', 'HmacSignature', 'QueryKey', 'Scheme', 'target_of']

def target_of(draft: Draft, base_path: str) -> str:
    ...

class Scheme(Protocol):

    @property
    def credentials(self) -> tuple[str, ...]:
        ...

    @property
    def last(self) -> bool:
        ...

    def apply(self, draft: Draft, credentials: Mapping[str, str], base_path: str, now: float) -> None:
        ...

class HeaderKey(Record, frozen=True):
    header: str
    credential: str
    last: bool = False

    @property
    def credentials(self) -> tuple[str, ...]:
        ...

    def apply(self, draft: Draft, credentials: Mapping[str, str], base_path: str, now: float) -> None:
        ...

    def check(self, credentials: Mapping[str, str]) -> None:
        ...

class QueryKey(Record, frozen=True):
    parameter: str
    credential: str
    last: bool = False

    @property
    def credentials(self) -> tuple[str, ...]:
        ...

    def apply(self, draft: Draft, credentials: Mapping[str, str], base_path: str, now: float) -> None:
        ...

class Basic(Record, frozen=True):
    username: str
    password: str
    last: bool = False

    @property
    def credentials(self) -> tuple[str, ...]:
        ...

    def apply(self, draft: Draft, credentials: Mapping[str, str], base_path: str, now: float) -> None:
        ...

    def proof(self, credentials: Mapping[str, str]) -> str:
        ...

class Bearer(Record, frozen=True):
    login: str
    refresh: str
    access_field: str
    refresh_field: str
    login_credentials: tuple[str, ...]
    last: bool = False

    @property
    def credentials(self) -> tuple[str, ...]:
        ...

    def apply(self, draft: Draft, credentials: Mapping[str, str], base_path: str, now: float) -> None:
        ...

class BearerArgument(Record, frozen=True):
    argument: str
    last: bool = False

    @property
    def credentials(self) -> tuple[str, ...]:
        ...

    def apply(self, draft: Draft, credentials: Mapping[str, str], base_path: str, now: float) -> None:
        ...

class HmacSignature(Record, frozen=True):
    header: str
    timestamp_header: str
    credential: str
    message: tuple[str, ...] = ('timestamp', 'method', 'target', 'body')
    last: bool = True

    @property
    def credentials(self) -> tuple[str, ...]:
        ...

    def apply(self, draft: Draft, credentials: Mapping[str, str], base_path: str, now: float) -> None:
        ...

    def sign(self, secret: str, timestamp: str, draft: Draft, base_path: str) -> str:
        ...

    def check(self, credentials: Mapping[str, str]) -> None:
        ...
