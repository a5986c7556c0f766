from __future__ import annotations
import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping
from typing import Protocol
from urllib.parse import quote, urlencode
import attrs
from .operation import Draft
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

@attrs.frozen
class HeaderKey:
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

@attrs.frozen
class QueryKey:
    parameter: str
    credential: str
    last: bool = False

    @property
    def credentials(self) -> tuple[str, ...]:
        ...

    def apply(self, draft: Draft, credentials: Mapping[str, str], base_path: str, now: float) -> None:
        ...

@attrs.frozen
class Basic:
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

@attrs.frozen
class Bearer:
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

@attrs.frozen
class BearerArgument:
    argument: str
    last: bool = False

    @property
    def credentials(self) -> tuple[str, ...]:
        ...

    def apply(self, draft: Draft, credentials: Mapping[str, str], base_path: str, now: float) -> None:
        ...

@attrs.frozen
class HmacSignature:
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
