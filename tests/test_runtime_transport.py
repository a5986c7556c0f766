"""Our own connections, over real sockets on the loopback device: every way in which an answer can fail to come."""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import json
import socket
import threading
from collections.abc import Callable, Iterator
from operator import attrgetter
from typing import Any

import pytest
from freqtrade_sdk import AsyncFreqtrade, Freqtrade
from freqtrade_sdk.errors import NoReply, OutcomeUnknown, RequestNotSent, RequestTimeout, SDKError

from tests.wires import FREQTRADE_LOGIN, both, run, tokens, wait

LOGIN_ANSWER = json.dumps(tokens()).encode()
OK = b'{"status": "pong"}'


def answer(body: bytes, *, length: int | None = None, more: bytes = b"") -> bytes:
    size = len(body) if length is None else length
    head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {size}\r\n"
    return head.encode() + more + b"\r\n" + body


class Server:
    """Accepts connections one after another; what it answers to a request is up to the test."""

    def __init__(self, reply: Callable[[bytes], bytes | None]) -> None:
        self.reply = reply
        self.requests: list[bytes] = []
        self.connections = 0
        self._open: list[socket.socket] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                self.connections += 1
                self._open.append(connection)
                threading.Thread(target=self._talk, args=(connection,), daemon=True).start()

    def _talk(self, connection: socket.socket) -> None:
        with contextlib.suppress(OSError), connection:
            while request := self._read(connection):
                self.requests.append(request)
                reply = self.reply(request)
                if reply is None:
                    connection.recv(1)  # until the client gives up
                    return
                connection.sendall(reply)
                if b"Content-Length" not in reply or b"X-Close" in reply:
                    return

    @staticmethod
    def _read(connection: socket.socket) -> bytes:
        data = b""
        while b"\r\n\r\n" not in data:
            chunk = connection.recv(65536)
            if not chunk:
                return b""
            data += chunk
        head, _, body = data.partition(b"\r\n\r\n")
        sizes = [line.split(b":")[1] for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
        length = int(sizes[0]) if sizes else 0
        while len(body) < length:
            body += connection.recv(65536)
        return head + b"\r\n\r\n" + body

    def close(self) -> None:
        # Closing alone would not wake the thread that waits in accept().
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        for connection in self._open:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        self._thread.join(5)
        self._listener.close()


@contextlib.contextmanager
def serving(reply: Callable[[bytes], bytes | None]) -> Iterator[Server]:
    server = Server(reply)
    try:
        yield server
    finally:
        server.close()


def after_login(reply: bytes) -> Callable[[bytes], bytes]:
    return lambda request: answer(LOGIN_ANSWER) if b"/token/login" in request else reply


def call(url: str, asynchronous: bool, operation: str, *args: Any, **options: Any) -> Any:
    """One call over connections of the client's own, which are closed afterwards."""
    options = {**FREQTRADE_LOGIN, "base_url": url, "max_retries": 0, **options}
    if not asynchronous:
        with Freqtrade(**options) as client:
            return run(client, operation, *args)

    async def once() -> Any:
        async with AsyncFreqtrade(**options) as client:
            return await attrgetter(operation)(client)(*args)

    return wait(once())


@both
def test_a_call_over_a_socket_gets_its_answer(asynchronous: bool) -> None:
    with serving(after_login(answer(OK))) as server:
        assert call(server.url, asynchronous, "stop").status == "pong"
    login, stop = server.requests
    assert stop.startswith(b"POST /api/v1/stop HTTP/1.1\r\n")
    assert b"\r\nAuthorization: Bearer " in stop
    assert b"Basic" in login
    assert server.connections == 1


@both
def test_a_refused_connection_is_not_sent(asynchronous: bool) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    for operation in ("ping", "token.login"):
        with pytest.raises(RequestNotSent):
            call(url, asynchronous, operation)


CUT: dict[str, bytes] = {
    "closed without an answer": b"",
    "cut in the head": b"HTTP/1.1 200 OK\r\nContent-",
    "cut in the body": answer(OK, length=100, more=b"X-Close: 1\r\n"),
    "no http": b"SSH-2.0-OpenSSH\r\n\r\n",
}


@both
@pytest.mark.parametrize("how", list(CUT))
def test_a_lost_answer_leaves_the_outcome_of_a_change_unknown(how: str, asynchronous: bool) -> None:
    with serving(after_login(CUT[how])) as server:
        with pytest.raises(OutcomeUnknown) as caught:
            call(server.url, asynchronous, "forcesell", 5)
        with pytest.raises(NoReply) as read:
            call(server.url, asynchronous, "ping")
    assert caught.value.operation == "forcesell"
    assert type(read.value) is NoReply
    assert sum(b"forcesell" in request for request in server.requests) == 1


@both
def test_an_answer_that_does_not_come_in_time_is_a_timeout(asynchronous: bool) -> None:
    def reply(request: bytes) -> bytes | None:
        return answer(LOGIN_ANSWER) if b"/token/login" in request else answer(OK) if b"/stop" in request else None

    async def late(url: str) -> None:
        async with AsyncFreqtrade(username="u", password="p", base_url=url) as client:
            await client.stop()
            with pytest.raises(RequestTimeout):
                await client.with_options(timeout=0.2, max_retries=0).ping()
            with pytest.raises(OutcomeUnknown):
                await client.with_options(timeout=0.2, max_retries=0).forcesell(5)

    with serving(reply) as server:
        if asynchronous:
            asyncio.run(late(server.url))
            return
        with Freqtrade(username="u", password="p", base_url=server.url) as client:
            client.stop()  # logged in, so that the short time is that of the call alone
            with pytest.raises(RequestTimeout):
                client.with_options(timeout=0.2, max_retries=0).ping()
            with pytest.raises(OutcomeUnknown):
                client.with_options(timeout=0.2, max_retries=0).forcesell(5)


@both
def test_one_connection_serves_many_calls(asynchronous: bool) -> None:
    with serving(lambda request: answer(OK)) as server:
        if asynchronous:

            async def many() -> None:
                async with AsyncFreqtrade(base_url=server.url) as client:
                    for _ in range(3):
                        await client.ping()
                    await client.with_options(timeout=5).ping()

            asyncio.run(many())
        else:
            with Freqtrade(base_url=server.url) as client:
                for _ in range(3):
                    client.ping()
                client.with_options(timeout=5).ping()
    assert (len(server.requests), server.connections) == (4, 1)


@both
def test_a_host_that_does_not_exist_is_not_sent(asynchronous: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*args: Any, **kwargs: Any) -> Any:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with pytest.raises(RequestNotSent):
        call("https://no-such-host.invalid", asynchronous, "ping")


@both
def test_compressed_answers_are_unpacked_and_broken_ones_are_lost(asynchronous: bool) -> None:
    packed = gzip.compress(OK)
    with serving(lambda request: answer(packed, more=b"Content-Encoding: gzip\r\n")) as server:
        assert call(server.url, asynchronous, "ping").status == "pong"
    assert b"\r\nAccept-Encoding: gzip\r\n" in server.requests[0]
    with (
        serving(lambda request: answer(b"no gzip", more=b"Content-Encoding: gzip\r\n")) as server,
        pytest.raises(SDKError) as caught,
    ):
        call(server.url, asynchronous, "ping")
    assert type(caught.value) is NoReply
