"""Serving sandboxes over HTTP, in this process."""

from __future__ import annotations

import asyncio
import socket
import threading
from typing import Any, Self

import h11
import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

__all__ = ["Running", "serve"]


def _with_transport(application: Any, transport: Any) -> Any:
    """The application, told where faults.py can hang up."""
    # Head and body are written apart. Without this the body waits for the acknowledgement of the head: 40 ms. asyncio
    # sees to it itself only for sockets that name their protocol, which those of socket.create_server() do not.
    transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    async def called(scope: Any, receive: Any, send: Any) -> None:
        scope.setdefault("extensions", {})["sandbox.transport"] = transport
        await application(scope, receive, send)
        if transport.is_closing():
            # Let the server notice that it was hung up on; or else it reports an answer that never came.
            await asyncio.sleep(0)

    return called


class Protocol(HttpToolsProtocol):
    """HTTP/1.1 that lets an application hang up on its caller."""

    def connection_made(self, transport: Any) -> None:
        """Put the connection where faults.py finds it."""
        self.app = _with_transport(self.app, transport)
        super().connection_made(transport)


class UpperCase(h11.Connection):
    """Writes reason phrases as Werkzeug does: `502 BAD GATEWAY`."""

    def send_with_data_passthrough(self, event: h11.Event) -> list[bytes] | None:
        """Bytes of an event."""
        if isinstance(event, h11.Response):
            event = h11.Response(status_code=event.status_code, headers=event.headers, reason=event.reason.upper())
        return super().send_with_data_passthrough(event)


class UpperCaseProtocol(H11Protocol):
    """The same with reason phrases in capitals. It is slower, but its reason phrases can be had at."""

    def connection_made(self, transport: Any) -> None:
        """Put the connection where faults.py finds it."""
        self.app = _with_transport(self.app, transport)
        self.conn = UpperCase(h11.SERVER, self.conn._max_incomplete_event_size)
        super().connection_made(transport)


def _server(application: Any) -> uvicorn.Server:
    config = uvicorn.Config(
        application,
        http=UpperCaseProtocol if getattr(application, "upper_case_reasons", False) else Protocol,
        log_level="error",
        access_log=False,
        lifespan="on",
        timeout_graceful_shutdown=1,
    )
    return uvicorn.Server(config)


async def serve(servers: list[tuple[Any, socket.socket]]) -> None:
    """Serve each application on its socket until one of them is told to stop."""
    running = [(_server(application), listener) for application, listener in servers]
    await asyncio.gather(*(server.serve(sockets=[listener]) for server, listener in running))


class Running:
    """A sandbox on a free port of this machine, for the length of a `with` block."""

    def __init__(self, application: Any, port: int = 0) -> None:
        self.application: Any = application
        self._listener = socket.create_server(("127.0.0.1", port))
        self.port: int = self._listener.getsockname()[1]
        self.url: str = application.base_url(self.port)
        self._server = _server(application)
        self._thread = threading.Thread(target=self._run, daemon=True)

    def _run(self) -> None:
        asyncio.run(self._server.serve(sockets=[self._listener]))

    def __enter__(self) -> Self:
        self._thread.start()
        while not self._server.started:
            if not self._thread.is_alive():
                raise RuntimeError("the sandbox did not start")
            self._thread.join(0.005)
        return self

    def __exit__(self, *exc_info: object) -> None:
        self._server.should_exit = True
        self._thread.join(5)
