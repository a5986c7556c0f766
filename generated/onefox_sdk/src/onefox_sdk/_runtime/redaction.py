"""Keeping credentials out of everything that is shown or kept."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterable, Mapping
from urllib.parse import quote, quote_plus

from .errors import RequestSummary
from .transport import Request

__all__ = ["HIDDEN", "Redactor"]

HIDDEN = "***"

# Everything not named here is hidden.
_SHOWN_HEADERS = frozenset({"accept", "accept-encoding", "content-type", "user-agent"})


def _spellings(secret: str) -> set[str]:
    """A secret as it may be met: as it is, in an address, in JSON."""
    in_urls = {quote(secret), quote(secret, safe=""), quote_plus(secret)}
    return {secret, *in_urls, json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1]}


class Redactor:
    """Knows the secrets of one client and hides them."""

    def __init__(self, shown_parameters: Iterable[str] = ()) -> None:
        # Replaced whole, since other threads may be reading it. Longest first, since one may be part of another.
        self._secrets: tuple[str, ...] = ()
        self._lock = threading.Lock()
        self._shown_parameters = frozenset(shown_parameters)

    def __repr__(self) -> str:
        return "Redactor()"

    def add(self, secret: str) -> None:
        """Hide this text from now on; very short ones are left, since hiding them would garble other text."""
        if len(secret) < 4:
            return
        with self._lock:
            known = {*self._secrets, *_spellings(secret)}
            self._secrets = tuple(sorted(known, key=len, reverse=True))

    def text(self, text: str) -> str:
        """The text with every known secret hidden."""
        for secret in self._secrets:
            if secret in text:
                text = text.replace(secret, HIDDEN)
        return text

    def content(self, content: bytes) -> bytes:
        """The bytes with every known secret hidden; an API may echo what it was sent."""
        for secret in self._secrets:
            raw = secret.encode()
            if raw in content:
                content = content.replace(raw, HIDDEN.encode())
        return content

    def headers(self, headers: Mapping[str, str]) -> dict[str, str]:
        """Response headers with every known secret hidden."""
        return {name: self.text(value) for name, value in headers.items()}

    def summary(self, request: Request) -> RequestSummary:
        """What was sent, by allow-list: named headers and query parameters are shown, all else is hidden."""
        path, mark, query = request.target.partition("?")
        shown = "&".join(self._parameter(pair) for pair in query.split("&")) if mark else ""
        return RequestSummary(
            method=request.method,
            url=self.text(request.origin + path + mark + shown),
            headers={
                name: value if name.lower() in _SHOWN_HEADERS else HIDDEN for name, value in request.headers.items()
            },
            has_body=bool(request.body),
        )

    def _parameter(self, pair: str) -> str:
        name, equals, _ = pair.partition("=")
        return pair if name in self._shown_parameters else f"{name}{equals}{HIDDEN}"
