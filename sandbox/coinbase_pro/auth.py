"""Who may do what: keys, signatures, and the permissions of each operation."""

from __future__ import annotations

import base64
import hashlib
import hmac
import math
import re
from typing import ClassVar

import attrs

from .refusal import Refused

__all__ = ["KEYS", "PASSPHRASE", "SECRET", "Key", "check_permission", "check_signature"]

SECRET = "c2FuZGJveC1zZWNyZXQ="  # noqa: S105 - the sandbox tells everybody
PASSPHRASE = "sandbox"  # noqa: S105
_WINDOW = 30.0
_SECRET_BYTES = base64.b64decode(SECRET)


@attrs.frozen
class Key:
    """An API key."""

    id: str
    permissions: frozenset[str]

    ALL: ClassVar[frozenset[str]] = frozenset({"view", "trade", "transfer"})


# All keys share one secret and one passphrase; they differ in what they may do.
KEYS = {
    key.id: key
    for key in (
        Key("sandbox-key", Key.ALL),
        Key("view-key", frozenset({"view"})),
        Key("trade-key", frozenset({"trade"})),
        Key("transfer-key", frozenset({"transfer"})),
    )
}

_NEEDED: dict[str, frozenset[str]] = {
    **dict.fromkeys(
        [
            "accounts.list",
            "accounts.get",
            "accounts.history",
            "accounts.holds",
            "orders.list",
            "orders.get",
            "fills.list",
            "fees.get",
            "reports.create",
            "reports.status",
            "users.trailing_volume",
        ],
        frozenset({"view", "trade"}),
    ),
    **dict.fromkeys(["orders.place", "orders.cancel", "orders.cancel_all", "conversions.create"], frozenset({"trade"})),
    **dict.fromkeys(
        [
            "payment_methods.list",
            "deposits.payment_method",
            "deposits.coinbase",
            "withdrawals.payment_method",
            "withdrawals.coinbase",
            "withdrawals.crypto",
        ],
        frozenset({"transfer"}),
    ),
    "coinbase_accounts.list": frozenset({"view", "transfer"}),
}


def check_signature(method: str, target: str, headers: dict[str, str], body: bytes, now: float, status: int) -> Key:
    """The key that signed a request. The checks come in the order of the API, each with its own text.

    Args:
        method: In upper case.
        target: Path and query as on the request line.
        headers: By name in lower case.
        body: As received.
        now: The server's time.
        status: Status of a refusal: 401, or 400 as it was until 2020.
    """
    timestamp = headers.get("cb-access-timestamp", "")
    for name in ("key", "sign", "timestamp", "passphrase"):
        if not headers.get(f"cb-access-{name}"):
            # A missing timestamp was seen to be treated like one that is no number.
            text = "invalid timestamp" if name == "timestamp" else f"CB-ACCESS-{name.upper()} header is required"
            raise Refused(text, status)
    if not re.fullmatch(r"\d+(\.\d+)?", timestamp, re.ASCII) or not math.isfinite(float(timestamp)):
        raise Refused("invalid timestamp", status)
    if abs(float(timestamp) - now) > _WINDOW:
        raise Refused("request timestamp expired", status)
    key = KEYS.get(headers["cb-access-key"])
    if key is None:
        raise Refused("Invalid API Key", status)
    if headers["cb-access-passphrase"] != PASSPHRASE:
        raise Refused("Invalid Passphrase", status)
    signed = f"{timestamp}{method}{target}".encode("latin-1") + body
    signature = base64.b64encode(hmac.new(_SECRET_BYTES, signed, hashlib.sha256).digest())
    if not hmac.compare_digest(signature, headers["cb-access-sign"].encode("latin-1")):
        raise Refused("invalid signature", status)
    return key


def check_permission(key: Key, operation: str) -> None:
    """Refuse a key that lacks the permission for an operation."""
    if not key.permissions & _NEEDED[operation]:
        raise Refused("Forbidden", 403)
