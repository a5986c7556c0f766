"""Sandboxes in this process whose clock stands still, with clients of both kinds and a way to ask without any."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import importlib
import json
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlencode

import msgspec

from sandbox.__main__ import sandbox_class
from sandbox.freqtrade.bot import Bot
from tests.documents import APIS, Json, http_library, package
from tests.replies import CREDENTIALS, resolve

MOMENT = 1_574_241_327.48213
"""2019-11-20T09:15:27.48213Z, when every bench starts."""
MOST_ITEMS = 2000
"""More than any list of a test has."""
PREFIXES = {"coinbase_pro": "", "freqtrade": "", "onefox": "/api/v1"}


@dataclass(frozen=True)
class Request:
    """A request as it travels, but for what proves who asks."""

    method: str
    path: str
    """Escaped, with the prefix of the API."""
    query: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    headers: Mapping[str, str] | None = None


@dataclass(frozen=True)
class Reply:
    """What a sandbox answered."""

    status: int
    headers: Mapping[str, str]
    content: bytes


class Bench:
    """A sandbox, and one client of each kind that leads into it."""

    def __init__(self, api: str, **settings: Any) -> None:
        self.api = api
        name = api.replace("_", "-")
        kind = sandbox_class(name)
        now = property(lambda sandbox: lambda: MOMENT + sandbox.offset)
        self.sandbox: Any = type(f"Frozen{kind.__name__}", (kind,), {"now": now})(check_answers=True, **settings)
        self.credentials = CREDENTIALS[name]
        self.exchanges: list[tuple[Request, Reply]] = []
        """What went over the wire since it was last cleared."""
        self._runner = asyncio.Runner()
        httpx = http_library(api)
        transport = httpx.MockTransport(self._handle)
        options = {**self.credentials, "base_url": f"http://127.0.0.1{PREFIXES[api]}", "max_retries": 0}
        self.client = getattr(package(api), APIS[api])(http_client=httpx.Client(transport=transport), **options)
        self.async_client = getattr(package(api), f"Async{APIS[api]}")(
            http_client=httpx.AsyncClient(transport=transport), **options
        )
        self.tokens: Json = {}
        if api == "freqtrade":
            self.tokens = json.loads(self.ask(Request("POST", "/api/v1/token/login")).content)

    def call(self, name: str, /, *args: Any, asynchronous: bool = False, raw: bool = False, **kwargs: Any) -> Any:
        """The result of a method of a client, by its dotted name; with `raw` the raw response."""
        with self._clock():
            client = self.async_client if asynchronous else self.client
            method = resolve(client.with_raw_response if raw else client, name)
            if not asynchronous:
                return method(*args, **kwargs)

            async def finished() -> Any:
                return await method(*args, **kwargs)

            return self._runner.run(finished())

    def every(self, page: Any) -> list[Any]:
        """The items of a page and of all that follow; an AssertionError if they have no end."""
        found: list[Any] = []

        def keep(item: Any) -> None:
            found.append(item)
            assert len(found) < MOST_ITEMS, "pages without an end"

        async def finished() -> None:
            async for item in page.all():
                keep(item)

        with self._clock():
            if hasattr(page.all(), "__aiter__"):
                self._runner.run(finished())
            else:
                for item in page.all():
                    keep(item)
        return found

    @contextmanager
    def _clock(self) -> Iterator[None]:
        """Let clients sign requests at the sandbox's time."""
        calls = importlib.import_module(f"{self.api}_sdk._runtime.calls")
        calls.time = SimpleNamespace(time=self.sandbox.now, monotonic=time.monotonic)  # type: ignore[attr-defined]
        try:
            yield
        finally:
            calls.time = time  # type: ignore[attr-defined]

    def door(self, name: str, **asked: Any) -> Any:
        """Ask something of the control door."""
        answer = self.sandbox.control.answer("POST", f"/_sandbox/{name}", json.dumps(asked).encode())
        assert answer.status == 200, answer.body
        return answer.body

    def later(self, seconds: float) -> None:
        """Let time go by."""
        self.door("clock", offset=self.sandbox.offset + seconds)

    # State

    def snapshot(self) -> bytes:
        """The state of the sandbox."""
        return msgspec.msgpack.encode(self.sandbox.state)

    def restore(self, snapshot: bytes) -> None:
        """Put a state back, and the clock to the start."""
        self.sandbox.offset = 0.0
        self.sandbox.state = msgspec.msgpack.decode(snapshot, type=self.sandbox.state_type)
        if self.api == "freqtrade":
            self.sandbox.bot = Bot(self.sandbox.configuration, self.sandbox.state)

    # The wire

    def ask(self, request: Request) -> Reply:
        """Send a request with good credentials, made without the package."""
        query = request.query
        if self.api == "onefox":
            query = (*query, ("token", self.credentials["token"]))
        text = urlencode(query, safe=":,", quote_via=quote)
        target = request.path + ("?" if text else "") + text
        headers = {**self._proof(request, target), **(request.headers or {})}
        return self._answer(request.method, target, headers, request.body)

    def _proof(self, request: Request, target: str) -> dict[str, str]:
        sent = {"user-agent": "tests", "content-type": "application/json"}
        match self.api:
            case "coinbase_pro":
                stamp = f"{self.sandbox.now():.6f}"
                message = f"{stamp}{request.method}{target}".encode() + request.body
                digest = hmac.new(base64.b64decode(self.credentials["secret"]), message, hashlib.sha256).digest()
                return {
                    **sent,
                    "cb-access-key": self.credentials["key"],
                    "cb-access-passphrase": self.credentials["passphrase"],
                    "cb-access-timestamp": stamp,
                    "cb-access-sign": base64.b64encode(digest).decode(),
                }
            case "freqtrade":
                pair = f"{self.credentials['username']}:{self.credentials['password']}"
                return {**sent, "authorization": f"Basic {base64.b64encode(pair.encode()).decode()}"}
            case _:
                return sent

    def _answer(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> Reply:
        path, _, query = target.partition("?")
        scope = {
            "type": "http",
            "method": method,
            "path": unquote(path),
            "raw_path": path.encode("ascii"),
            "query_string": query.encode("ascii"),
            "headers": [(name.lower().encode(), value.encode("latin-1")) for name, value in headers.items()],
            "client": ("127.0.0.1", 1),
        }
        answer, _ = self.sandbox.process(scope, body)
        if isinstance(answer.body, bytes):
            content = answer.body
        elif answer.media == "application/json":
            content = self.sandbox.dump(answer.body)
        else:
            content = str(answer.body).encode()
        return Reply(answer.status, {"content-type": answer.media, **answer.headers}, content)

    def _handle(self, request: Any) -> Any:
        """Answer a client, and keep what was said."""
        target = request.extensions.get("target", request.url.raw_path).decode("ascii")
        path, _, query = target.partition("?")
        pairs = parse_qsl(query, keep_blank_values=True)
        seen = Request(
            request.method,
            path,
            tuple(pair for pair in pairs if not (self.api == "onefox" and pair[0] == "token")),
            request.content,
        )
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in request.headers.raw}
        reply = self._answer(request.method, target, headers, seen.body)
        self.exchanges.append((seen, reply))
        return http_library(self.api).Response(reply.status, headers=dict(reply.headers), content=reply.content)
