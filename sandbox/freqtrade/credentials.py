"""Who is calling: HTTP Basic, or a token in its place."""

from __future__ import annotations

import base64
import binascii
import hmac
from collections.abc import Mapping
from typing import Any

from sandbox.app import Answer

from .configuration import CREDENTIALS
from .tokens import TokenError, read

__all__ = ["basic", "login", "refresh"]

UNAUTHORIZED: dict[str, Any] = {"error": "Unauthorized"}


def login(headers: Mapping[str, str], secret: str, now: float) -> Answer | None:
    """Why a caller is not let in, if so. A bad token is an error of its own (TokenError), a bad password is not."""
    token = _bearer(headers.get("authorization", ""))
    if token is not None and read(token, "access", secret, now)["identity"]:
        return None
    return None if basic(headers) else Answer(UNAUTHORIZED, 401)


def refresh(headers: Mapping[str, str], secret: str, now: float) -> dict[str, Any]:
    """The claims of the refresh token that a request must carry, and nothing else will do."""
    header = headers.get("authorization", "")
    if not header:
        raise TokenError("Missing Authorization Header", 401)
    token = _bearer(header)
    if token is None:
        raise TokenError("Bad Authorization header. Expected value 'Bearer <JWT>'")
    return read(token, "refresh", secret, now)


def basic(headers: Mapping[str, str]) -> bool:
    """Whether the request carries the right user name and password."""
    scheme, _, value = headers.get("authorization", "").strip().partition(" ")
    if scheme.lower() != "basic":
        return False
    try:
        given = base64.b64decode(value)
    except (binascii.Error, ValueError):
        return False
    return hmac.compare_digest(given, ":".join(CREDENTIALS.values()).encode())


def _bearer(header: str) -> str | None:
    """The token, if the header holds one and nothing more."""
    for field in header.split(","):
        words = field.split()
        if words and words[0] == "Bearer":
            return words[1] if len(words) == 2 else None
    return None
