"""JSON Web Tokens signed with HS256, and what is said about damaged ones."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
from typing import Any, Literal, cast

__all__ = ["LIFETIMES", "TokenError", "read", "write"]

Kind = Literal["access", "refresh"]
LIFETIMES: dict[Kind, int] = {"access": 15 * 60, "refresh": 30 * 24 * 3600}
_HEADER = {"typ": "JWT", "alg": "HS256"}


class TokenError(Exception):
    """Why a token is not accepted."""

    def __init__(self, message: str, status: int = 422) -> None:
        super().__init__(message)
        self.message = message
        self.status = status


def write(kind: Kind, identity: Any, unique: str, secret: str, now: float) -> str:
    """A new token."""
    start = int(now)
    claims: dict[str, Any] = {"iat": start, "nbf": start, "jti": unique, "exp": start + LIFETIMES[kind]}
    claims["identity"] = identity
    if kind == "access":
        claims["fresh"] = False
    claims["type"] = kind
    signed = b".".join(_encode(json.dumps(part, separators=(",", ":")).encode()) for part in (_HEADER, claims))
    return (signed + b"." + _encode(_sign(signed, secret))).decode()


def read(token: str, kind: Kind, secret: str, now: float) -> dict[str, Any]:
    """The claims of a token that is sound and of this kind. The user it names is not looked at."""
    raw = token.encode("latin-1", "replace")
    signed, dot, signature_part = raw.rpartition(b".")
    header_part, second_dot, claims_part = signed.partition(b".")
    if not dot or not second_dot:
        raise TokenError("Not enough segments")
    header = _object(_decode(header_part, "header"), "header")
    raw_claims = _decode(claims_part, "payload")
    signature = _decode(signature_part, "crypto")
    claims = _object(raw_claims, "payload")
    if header.get("alg") != "HS256":
        raise TokenError("The specified alg value is not allowed")
    if not hmac.compare_digest(signature, _sign(signed, secret)):
        raise TokenError("Signature verification failed")
    _check_times(claims, now)
    if "identity" not in claims:
        raise TokenError("Missing claim: identity")
    # A token that does not say what it is counts as an access token.
    if claims.get("type", "access") != kind:
        raise TokenError(f"Only {kind} tokens are allowed")
    return claims


def _check_times(claims: dict[str, Any], now: float) -> None:
    times: dict[str, int] = {}
    for name, title in (("iat", "Issued At"), ("nbf", "Not Before"), ("exp", "Expiration Time")):
        if name in claims:
            try:
                times[name] = int(claims[name])
            except (TypeError, ValueError):
                raise TokenError(f"{title} claim ({name}) must be an integer.") from None
    if times.get("nbf", 0) > int(now):
        raise TokenError("The token is not yet valid (nbf)")
    if "exp" in times and times["exp"] < int(now):
        raise TokenError("Token has expired", 401)


def _sign(signed: bytes, secret: str) -> bytes:
    return hmac.new(secret.encode(), signed, hashlib.sha256).digest()


def _encode(raw: bytes) -> bytes:
    return base64.urlsafe_b64encode(raw).rstrip(b"=")


def _decode(part: bytes, name: str) -> bytes:
    try:
        return base64.urlsafe_b64decode(part + b"=" * (-len(part) % 4))
    except binascii.Error:
        raise TokenError(f"Invalid {name} padding") from None


def _object(raw: bytes, name: str) -> dict[str, Any]:
    try:
        value: Any = json.loads(raw.decode())
    except (ValueError, RecursionError) as error:
        raise TokenError(f"Invalid {name} string: {error}") from None
    if not isinstance(value, dict):
        raise TokenError(f"Invalid {name} string: must be a json object")
    return cast("dict[str, Any]", value)
