"""Which web sites a browser may let talk to the bot."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

__all__ = ["Cors"]

_METHODS = ("DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT")
_MARKS_OF_A_PATTERN = frozenset("*?\\]")


class Cors:
    """The rules for a list of origins; an entry may be a pattern, and a plain `*` is every origin."""

    def __init__(self, origins: Sequence[str]) -> None:
        patterns = [".*" if origin == "*" else origin for origin in origins]
        self._patterns = [re.compile(each, re.IGNORECASE) for each in patterns if _is_pattern(each)]
        self._plain = sorted(each for each in patterns if not _is_pattern(each))
        self._every = ".*" in patterns
        self._varies = len(patterns) > 1 or bool(self._patterns)

    def headers(self, method: str, path: str, request: Mapping[str, str]) -> dict[str, str]:
        """Headers to add to an answer, good or bad. Names of the request's headers are in lower case."""
        origin = self._allowed(request.get("origin", "")) if path.startswith("/api/") else None
        if origin is None:
            return {}
        headers = {"Access-Control-Allow-Origin": origin, "Access-Control-Allow-Credentials": "true"}
        if method == "OPTIONS" and request.get("access-control-request-method", "").upper() in _METHODS:
            asked = request.get("access-control-request-headers", "")
            names = sorted(name.strip().lower() for name in asked.split(",") if name.strip())
            if names:
                headers["Access-Control-Allow-Headers"] = ", ".join(names)
            headers["Access-Control-Allow-Methods"] = ", ".join(_METHODS)
        if self._varies and origin != "*":
            headers["Vary"] = "Origin"
        return headers

    def _allowed(self, origin: str) -> str | None:
        """The origin to name. A request that names none is told of the first one."""
        if not origin:
            return "*" if self._every else next(iter(self._plain), None)
        known = origin.lower() in (each.lower() for each in self._plain)
        return origin if known or any(pattern.match(origin) for pattern in self._patterns) else None


def _is_pattern(origin: str) -> bool:
    return not _MARKS_OF_A_PATTERN.isdisjoint(origin)
