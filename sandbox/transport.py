"""Sandboxes in the process of their caller: transports for httpx that lead into an application instead of a network.

    sandbox = OneFoxSandbox()
    client = OneFox(token=..., http_client=httpx.Client(transport=SandboxTransport(sandbox)))

The host of an address does not matter. Faults look to httpx as they do on a network.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any
from urllib.parse import unquote

import httpx

__all__ = ["AsyncSandboxTransport", "SandboxTransport"]

Sleep = Callable[[float], Awaitable[None]]


class SandboxTransport(httpx.BaseTransport):
    """Blocking."""

    def __init__(self, sandbox: Any) -> None:
        self.sandbox = sandbox

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """The answer of the sandbox, or what httpx raises when there is none."""
        exchange = _Exchange(request, request.read(), _sleep)
        _finish(exchange.run(self.sandbox))
        return exchange.response()


class AsyncSandboxTransport(httpx.AsyncBaseTransport):
    """Not blocking."""

    def __init__(self, sandbox: Any) -> None:
        self.sandbox = sandbox

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """The answer of the sandbox, or what httpx raises when there is none."""
        exchange = _Exchange(request, await request.aread(), asyncio.sleep)
        await exchange.run(self.sandbox)
        return exchange.response()


async def _sleep(seconds: float) -> None:
    time.sleep(seconds)  # noqa: ASYNC251


def _finish(coroutine: Coroutine[Any, Any, None]) -> None:
    """Run a coroutine that never really waits: so no event loop is needed, and one that runs already does no harm."""
    try:
        coroutine.send(None)
    except StopIteration:
        return
    coroutine.close()
    raise RuntimeError("a sandbox waited for something")


class _Exchange:
    """One request, and what came back of its answer."""

    def __init__(self, request: httpx.Request, body: bytes, sleep: Sleep) -> None:
        self._request = request
        self._body = body
        self._sleep = sleep
        self._dropped = False
        self._status = 0
        self._headers: list[tuple[bytes, bytes]] = []
        self._received = b""

    async def run(self, sandbox: Any) -> None:
        """Let the sandbox answer."""
        raw: bytes = self._request.extensions.get("target", self._request.url.raw_path)
        path, _, query = raw.partition(b"?")
        scope: dict[str, Any] = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": self._request.method,
            "scheme": self._request.url.scheme,
            "path": unquote(path.decode("ascii")),
            "raw_path": path,
            "query_string": query,
            "root_path": "",
            "headers": [(name.lower(), value) for name, value in self._request.headers.raw],
            "client": ("127.0.0.1", 0),
            "server": (self._request.url.host, self._request.url.port),
            "extensions": {"sandbox.transport": self, "sandbox.sleep": self._wait},
        }
        await sandbox(scope, self._receive, self._send)

    def close(self) -> None:
        """The sandbox hangs up."""
        self._dropped = True

    async def _wait(self, seconds: float) -> None:
        """The sandbox takes its time; the caller may lose patience."""
        patience: float | None = self._request.extensions.get("timeout", {}).get("read")
        if patience is not None and seconds > patience:
            await self._sleep(patience)
            raise httpx.ReadTimeout("timed out", request=self._request)
        await self._sleep(seconds)

    async def _receive(self) -> dict[str, Any]:
        return {"type": "http.request", "body": self._body, "more_body": False}

    async def _send(self, message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            self._status = message["status"]
            self._headers = list(message.get("headers", []))
        else:
            self._received += message.get("body", b"")

    def response(self) -> httpx.Response:
        """What came back."""
        if self._dropped and not self._status:
            raise httpx.RemoteProtocolError("Server disconnected without sending a response.", request=self._request)
        if self._dropped:
            raise httpx.RemoteProtocolError(
                "peer closed connection without sending complete message body", request=self._request
            )
        if not self._status:
            raise httpx.ReadError("no answer", request=self._request)
        content = b"" if self._request.method == "HEAD" else self._received
        return httpx.Response(self._status, headers=self._headers, content=content, request=self._request)
