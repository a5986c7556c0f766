"""A loopback server of ready replies, so quick that it is not what is measured. It has a process and a core of its own.

python -m benchmarks.server CORE   # prints its port
"""

from __future__ import annotations

import asyncio
import json
import os
import sys

from benchmarks.replies import REPLIES

try:
    from uvloop import run
except ImportError:
    from asyncio import run

NOT_FOUND = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"


def packed(body: object) -> bytes:
    content = body if isinstance(body, bytes) else json.dumps(body, separators=(",", ":")).encode()
    head = (
        "HTTP/1.1 200 OK\r\n"
        "Date: Sat, 21 Nov 2026 12:00:00 GMT\r\n"
        "Content-Type: application/json; charset=utf-8\r\n"
        "Cache-Control: max-age=1\r\n"
        f"Content-Length: {len(content)}\r\n\r\n"
    )
    return head.encode() + content


READY = {path.encode(): packed(body) for path, body in REPLIES.items()}


class Replies(asyncio.Protocol):
    """Answers every request by its path alone."""

    def __init__(self) -> None:
        self.buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        while (end := self.buffer.find(b"\r\n\r\n")) >= 0:
            head = self.buffer[:end]
            length = 0
            if not head.startswith(b"GET"):
                _, found, rest = head.lower().partition(b"content-length:")
                length = int(rest.partition(b"\r")[0]) if found else 0
            if len(self.buffer) < end + 4 + length:
                return
            self.buffer = self.buffer[end + 4 + length :]
            path = head.split(b" ", 2)[1].partition(b"?")[0]
            self.transport.write(READY.get(path, NOT_FOUND))


async def serve() -> None:
    server = await asyncio.get_running_loop().create_server(Replies, "127.0.0.1", 0, backlog=2048)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    os.sched_setaffinity(0, {int(sys.argv[1])})
    run(serve())
