"""Security schemes: what a credential adds to a request."""

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

__all__ = ["Basic", "Bearer", "BearerArgument", "HeaderKey", "HmacSignature", "QueryKey", "Scheme", "target_of"]


def target_of(draft: Draft, base_path: str) -> str:
    """Path and query exactly as they stand on the request line."""
    if not draft.query:
        return base_path + draft.path
    return f"{base_path}{draft.path}?{urlencode(draft.query, safe=':,', quote_via=quote)}"


class Scheme(Protocol):
    """A way to prove who is calling."""

    @property
    def credentials(self) -> tuple[str, ...]:
        """Names of the credentials that it takes."""
        ...

    @property
    def last(self) -> bool:
        """Whether it signs what the other schemes wrote, and so comes after them."""
        ...

    def apply(self, draft: Draft, credentials: Mapping[str, str], base_path: str, now: float) -> None:
        """Add the proof to the request. `now` is the API's time in seconds since 1970, as far as it is known."""
        ...


class HeaderKey(Record, frozen=True):
    """A credential sent as it is in a header."""

    header: str
    credential: str
    last: bool = False

    @property
    def credentials(self) -> tuple[str, ...]:
        """The one credential."""
        return (self.credential,)

    def apply(self, draft: Draft, credentials: Mapping[str, str], base_path: str, now: float) -> None:
        """Set the header."""
        draft.headers[self.header] = credentials[self.credential]

    def check(self, credentials: Mapping[str, str]) -> None:
        """Refuse what no header can carry, without showing it."""
        if not credentials[self.credential].isascii():
            raise ValueError(f"{self.credential}: expected ASCII characters only, since it is sent in a header")


class QueryKey(Record, frozen=True):
    """A credential sent as it is in the query."""

    parameter: str
    credential: str
    last: bool = False

    @property
    def credentials(self) -> tuple[str, ...]:
        """The one credential."""
        return (self.credential,)

    def apply(self, draft: Draft, credentials: Mapping[str, str], base_path: str, now: float) -> None:
        """Append the parameter."""
        draft.query.append((self.parameter, credentials[self.credential]))


class Basic(Record, frozen=True):
    """HTTP Basic."""

    username: str
    """Name of the credential."""
    password: str
    """Name of the credential."""
    last: bool = False

    @property
    def credentials(self) -> tuple[str, ...]:
        """User name and password."""
        return (self.username, self.password)

    def apply(self, draft: Draft, credentials: Mapping[str, str], base_path: str, now: float) -> None:
        """Set the Authorization header."""
        draft.headers["Authorization"] = f"Basic {self.proof(credentials)}"

    def proof(self, credentials: Mapping[str, str]) -> str:
        """User name and password as they travel."""
        pair = f"{credentials[self.username]}:{credentials[self.password]}"
        return base64.b64encode(pair.encode()).decode()


class Bearer(Record, frozen=True):
    """A token that the client gets by logging in and renews before it expires (see tokens.py)."""

    login: str
    """Name of the operation that gives the tokens."""
    refresh: str
    """Name of the operation that renews the access token."""
    access_field: str
    """Python name of the result's field with the access token."""
    refresh_field: str
    """Python name of the result's field with the refresh token."""
    login_credentials: tuple[str, ...]
    last: bool = False

    @property
    def credentials(self) -> tuple[str, ...]:
        """What logging in takes."""
        return self.login_credentials

    def apply(self, draft: Draft, credentials: Mapping[str, str], base_path: str, now: float) -> None:
        """Set the Authorization header."""
        draft.headers["Authorization"] = f"Bearer {credentials['access token']}"


class BearerArgument(Record, frozen=True):
    """A token that the caller passes, or else the refresh token that the client holds."""

    argument: str
    last: bool = False

    @property
    def credentials(self) -> tuple[str, ...]:
        """None of the client's own."""
        return ()

    def apply(self, draft: Draft, credentials: Mapping[str, str], base_path: str, now: float) -> None:
        """Set the Authorization header."""
        draft.headers["Authorization"] = f"Bearer {credentials[self.argument]}"


class HmacSignature(Record, frozen=True):
    """HMAC-SHA256 over the request, keyed with a base64 secret; digest in base64."""

    header: str
    """Header of the signature."""
    timestamp_header: str
    """Header of the time that is part of the signed text."""
    credential: str
    message: tuple[str, ...] = ("timestamp", "method", "target", "body")
    """Parts of the signed text in order."""
    last: bool = True

    @property
    def credentials(self) -> tuple[str, ...]:
        """The secret."""
        return (self.credential,)

    def apply(self, draft: Draft, credentials: Mapping[str, str], base_path: str, now: float) -> None:
        """Set the two headers. The signature covers the query, so every parameter must be in place."""
        timestamp = f"{now:.6f}"
        draft.headers[self.timestamp_header] = timestamp
        draft.headers[self.header] = self.sign(credentials[self.credential], timestamp, draft, base_path)

    def sign(self, secret: str, timestamp: str, draft: Draft, base_path: str) -> str:
        """The signature of a request at a time."""
        parts = {
            "timestamp": timestamp,
            "method": draft.method,
            "target": target_of(draft, base_path),
            "body": draft.body.decode(),
        }
        message = "".join([parts[name] for name in self.message]).encode()
        return b2a_base64(hmac.digest(a2b_base64(secret), message, "sha256"), newline=False).decode()

    def check(self, credentials: Mapping[str, str]) -> None:
        """Refuse a secret that is not base64, without showing it."""
        try:
            base64.b64decode(credentials[self.credential], validate=True)
        except (binascii.Error, ValueError):
            raise ValueError(f"{self.credential}: expected base64 text as issued by the API") from None
