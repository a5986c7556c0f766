"""Access tokens: log in once, renew before they expire, one renewal for all calls that wait for it."""

from __future__ import annotations

import base64
import binascii
import json
import threading
import time

from .record import Record

__all__ = ["Access", "Tokens", "lifetime"]

# Renew this long before a token expires, so that no call travels with one that dies on the way.
_MARGIN = 30.0


def lifetime(token: str) -> float | None:
    """Seconds that a JWT lives from its issue, from its own claims; None if it does not say.

    A difference of two times of the issuer, so that the clock of this machine does not matter.
    """
    try:
        payload = token.split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
        return float(claims["exp"]) - float(claims["iat"])
    except (IndexError, KeyError, TypeError, ValueError, binascii.Error):
        return None


class Access(Record, frozen=True):
    """An access token and how long it can be used: one value, so that a call uses the token that it checked."""

    __secret_fields__ = ("token",)

    token: str
    generation: int
    """Counts renewals."""
    until: float
    """By the monotonic clock."""


class Tokens:
    """The tokens that a client holds. Safe to share between threads."""

    def __init__(self) -> None:
        self.refresh: str | None = None
        self._access: Access | None = None
        self._refresh_until = 0.0
        self._generation = 0
        self._lock = threading.Lock()

    def __repr__(self) -> str:
        return f"Tokens(logged_in={self._access is not None})"

    def accept(self, access: str, refresh: str | None) -> Access:
        """Take new tokens."""
        now = time.monotonic()
        with self._lock:
            if refresh is not None:
                self._refresh_until = now + self._usable(refresh)
                self.refresh = refresh
            self._generation += 1
            self._access = taken = Access(access, self._generation, now + self._usable(access))
        return taken

    @staticmethod
    def _usable(token: str) -> float:
        seconds = lifetime(token)
        return float("inf") if seconds is None else max(seconds - _MARGIN, seconds / 2)

    @property
    def fresh(self) -> Access | None:
        """The access token, if it can be used."""
        access = self._access
        return access if access is not None and time.monotonic() < access.until else None

    @property
    def can_refresh(self) -> bool:
        """Whether the refresh token can be used."""
        return self.refresh is not None and time.monotonic() < self._refresh_until

    def reject(self, access: Access) -> None:
        """The API refused this access token: do not use it again. A newer one stays."""
        with self._lock:
            if self._access is access:
                self._access = None

    def drop_refresh(self) -> None:
        """The API refused the refresh token."""
        self.refresh = None
