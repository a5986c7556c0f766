"""One of the two servers that are compared, and what it answers."""

from __future__ import annotations

import asyncio
import base64
import json
import time
from collections.abc import Callable, Mapping
from typing import Any, Self

import attrs
import httpx
from freqtrade_sdk import AsyncFreqtrade, Freqtrade, errors

__all__ = ["BASIC", "Reply", "Side"]

CREDENTIALS = {"username": "Freqtrader", "password": "SuperSecret1!"}
BASIC = {"Authorization": "Basic " + base64.b64encode(":".join(CREDENTIALS.values()).encode()).decode()}
# How long a bot may take until its main loop has come round.
_PATIENCE = 30.0


@attrs.frozen
class Reply:
    """What came back of one call."""

    call: str
    """What was called, the same text on both servers."""
    operation: str
    """The operation that was called through the package; empty for a plain request."""
    target: tuple[str, str]
    """Method and path."""
    status: int
    headers: Mapping[str, str]
    content: bytes
    outcome: str
    """What the package made of it: the type of its result, or the error it raised. Of a plain request, the reason
    phrase.
    """
    protocol: str = ""
    """Of a plain request: the version of HTTP in which the server answered."""

    @property
    def json(self) -> Any:
        """The body; None where it is no JSON."""
        try:
            return json.loads(self.content)
        except ValueError:
            return None

    @property
    def media(self) -> str:
        """The content type without its charset."""
        return self.headers.get("content-type", "").partition(";")[0]


class Side:
    """A running server, and clients of it."""

    def __init__(self, name: str, url: str, door: str, *, asynchronous: bool) -> None:
        self.name = name
        self.url = url
        self._door_url = door
        self._runner = asyncio.Runner() if asynchronous else None
        options: dict[str, Any] = {"base_url": url, "max_retries": 0, "timeout": 60.0, **CREDENTIALS}
        self._client: Any = AsyncFreqtrade(**options) if asynchronous else Freqtrade(**options)
        self._http = httpx.Client(base_url=url, trust_env=False, timeout=60.0)
        self._calls: dict[str, int] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self._http.close()
        if self._runner is None:
            self._client.close()
        else:
            self._runner.run(self._client.__aexit__(None, None, None))
            self._runner.close()

    # Calls

    def call(self, name: str, *args: Any, **kwargs: Any) -> Reply:
        """Call a method of the package."""
        method: Any = self._client.with_raw_response
        for part in name.split("."):
            method = getattr(method, part)
        words = [*map(repr, args), *(f"{key}={_brief(value)}" for key, value in kwargs.items())]
        call = f"{name}({', '.join(words)})"
        operation = "blacklist_add" if "add" in kwargs else name
        try:
            raw = method(*args, **kwargs)
            if self._runner is not None:
                raw = self._runner.run(raw)
        except errors.SDKError as error:
            told: Any = error
            if getattr(told, "status_code", None) is None:
                raise
            outcome = f"{type(error).__name__}: {getattr(told, 'message', '')}"
            headers = getattr(told, "headers", {})
            target = (told.request.method, httpx.URL(told.request.url).path)
            return self._reply(call, operation, target, told.status_code, headers, told.content, outcome)
        try:
            outcome = _type(raw.parse())
        except errors.InvalidReply as error:
            outcome = f"InvalidReply: {error.path}"
        target = (raw.request.method, httpx.URL(raw.request.url).path)
        return self._reply(call, operation, target, raw.status_code, raw.headers, raw.content, outcome)

    def until(self, test: Callable[[Any], bool], name: str, *args: Any, **kwargs: Any) -> Reply:
        """Call a read again and again until the body passes a test, and give the last reply."""
        end = time.monotonic() + _PATIENCE
        while True:
            try:
                reply = self.call(name, *args, **kwargs)
                if reply.status == 200 and test(reply.json):
                    return reply
            except (errors.RequestNotSent, errors.NoReply):
                reply = None  # The server is away while it reloads.
            if time.monotonic() > end:
                raise RuntimeError(f"{self.name}: {name} never came to what was waited for; last {reply}")
            time.sleep(0.05)

    @staticmethod
    def finish_turn() -> None:
        """Let a turn of the main loop that has begun come to its end."""
        time.sleep(1.0)

    def plain(
        self, method: str, path: str, headers: Mapping[str, str] | None = None, body: Any = None, raw: str | None = None
    ) -> Reply:
        """Send a request past the package; with the password unless headers are given."""
        sent = dict(BASIC if headers is None else headers)
        content = raw if raw is not None else None if body is None else json.dumps(body)
        if content is not None:
            sent.setdefault("Content-Type", "application/json")
        answer = self._http.request(method, path, headers=sent, content=content)
        credentials = "" if headers is None else f" [{_words(headers)}]"
        call = f"{method} {path}{'' if content is None else ' ' + content[:40]}{credentials}"
        reply = self._reply(
            call,
            "",
            (method, answer.url.path),
            answer.status_code,
            answer.headers,
            answer.content,
            answer.reason_phrase,
        )
        return attrs.evolve(reply, protocol=answer.http_version)

    def door(self, name: str, **asked: Any) -> None:
        """Change something on the exchange behind the bot."""
        httpx.post(f"{self._door_url}/{name}", json=asked, trust_env=False).raise_for_status()

    def _reply(
        self,
        call: str,
        operation: str,
        target: tuple[str, str],
        status: int,
        headers: Mapping[str, str],
        content: bytes,
        outcome: str,
    ) -> Reply:
        return Reply(
            call=call,
            operation=operation,
            target=target,
            status=status,
            headers={name.lower(): value for name, value in headers.items()},
            # Unknown paths are repeated with the address of the server.
            content=content.replace(self.url.encode(), b"http://server"),
            outcome=outcome.replace(self.url, "http://server"),
        )


def _brief(value: Any) -> str:
    """An argument; a token is another one on each server."""
    text = repr(value)
    return text if len(text) < 60 else "..."


def _type(result: Any) -> str:
    if isinstance(result, list):
        return f"list[{_type(result[0])}]" if result else "list"
    return type(result).__name__


def _words(headers: Mapping[str, str]) -> str:
    return ", ".join(f"{name}: {value if len(value) < 40 else value[:12] + '...'}" for name, value in headers.items())
