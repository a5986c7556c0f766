"""Access tokens: log in once, renew before they expire, one renewal for all calls that wait for it."""

from __future__ import annotations

import base64
import binascii
import json
import time

__all__ = ["Tokens", "lifetime"]

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


class Tokens:
    """The tokens that a client holds."""

    def __init__(self) -> None:
        self.access: str | None = None
        self.refresh: str | None = None
        self._access_until = 0.0
        self._refresh_until = 0.0
        self.generation = 0
        """Counts renewals, so that a call can tell whether the token it used is still the newest."""

    def __repr__(self) -> str:
        return f"Tokens(logged_in={self.access is not None})"

    def accept(self, access: str, refresh: str | None) -> None:
        """Take new tokens."""
        now = time.monotonic()
        self.access = access
        self._access_until = now + self._usable(access)
        if refresh is not None:
            self.refresh = refresh
            self._refresh_until = now + self._usable(refresh)
        self.generation += 1

    @staticmethod
    def _usable(token: str) -> float:
        seconds = lifetime(token)
        return float("inf") if seconds is None else max(seconds - _MARGIN, seconds / 2)

    @property
    def fresh(self) -> bool:
        """Whether the access token can be used."""
        return self.access is not None and time.monotonic() < self._access_until

    @property
    def can_refresh(self) -> bool:
        """Whether the refresh token can be used."""
        return self.refresh is not None and time.monotonic() < self._refresh_until

    def reject(self, generation: int) -> None:
        """The API refused the access token of this generation: do not use it again."""
        if generation == self.generation:
            self.access = None

    def drop_refresh(self) -> None:
        """The API refused the refresh token."""
        self.refresh = None
