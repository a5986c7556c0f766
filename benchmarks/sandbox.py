"""How much a sandbox carries: requests a second, a day of market time, memory of a hundred thousand orders.

    python -m benchmarks.sandbox [--orders N]

Server and load have a core each where there are two. Every figure is printed with its goal.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import gc
import hashlib
import hmac
import json
import os
import subprocess
import sys
from time import perf_counter
from typing import Any

from sandbox.app import Sandbox
from sandbox.coinbase_pro import CoinbaseProSandbox
from sandbox.freqtrade import FreqtradeSandbox
from sandbox.onefox import OneFoxSandbox

CORES = sorted(os.sched_getaffinity(0))
PORT, REQUESTS, CONNECTIONS = 8798, 30_000, 16
DAY = 24 * 60 * 60


class Caller(asyncio.Protocol):
    """A kept connection that asks for a ticker as soon as it has one."""

    request = f"GET /products/BTC-USD/ticker HTTP/1.1\r\nhost: 127.0.0.1:{PORT}\r\nuser-agent: load\r\n\r\n".encode()
    left = 0
    wrong = b""
    done: asyncio.Event

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin."""
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self.received = b""
        transport.write(self.request)

    def data_received(self, data: bytes) -> None:
        """Wait for the whole reply, then ask again."""
        self.received += data
        head, found, body = self.received.partition(b"\r\n\r\n")
        length = int(head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0]) if found else 0
        if not found or len(body) < length:
            return
        if not head.startswith(b"HTTP/1.1 200") or not {"price", "bid", "ask"} <= set(json.loads(body)):
            type(self).wrong = self.received
            self.done.set()
            return
        self.received = b""
        type(self).left -= 1
        if type(self).left <= 0:
            self.done.set()
        self.transport.write(self.request)


async def _load() -> float:
    """Requests a second."""
    Caller.left, Caller.done = REQUESTS, asyncio.Event()
    started = perf_counter()
    loop = asyncio.get_running_loop()
    connections = [await loop.create_connection(Caller, "127.0.0.1", PORT) for _ in range(CONNECTIONS)]
    await Caller.done.wait()
    spent = perf_counter() - started
    if Caller.wrong:
        raise RuntimeError(f"not a ticker: {Caller.wrong!r}")
    for transport, _ in connections:
        transport.abort()
    return REQUESTS / spent


def requests_a_second() -> float:
    """The best of three runs against a server with a core of its own."""
    command = [sys.executable, "-m", "sandbox", "coinbase-pro", "--port", str(PORT)]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        os.sched_setaffinity(server.pid, {CORES[-1]})
        os.sched_setaffinity(0, {CORES[0]})
        assert server.stdout is not None
        server.stdout.readline()
        return max(asyncio.run(_load()) for _ in range(3))
    finally:
        os.sched_setaffinity(0, CORES)
        server.terminate()
        server.wait()


def _open_a_position(sandbox: Sandbox[Any]) -> None:
    """Somebody must have something at stake, or nothing needs to happen."""
    order = "symbol=BTCUSD&margin=0.3&direction=SHORT&leverage=2&order_type=MARKET"
    scope = {
        "type": "http",
        "method": "GET",
        "path": f"{sandbox.prefix}/order/create.php",
        "query_string": f"{order}&token={sandbox.credentials['token']}".encode(),
        "headers": [],
        "client": ("127.0.0.1", 1),
    }
    answer, _ = sandbox.process(scope, b"")
    assert answer.body["error"] is False, answer


def a_day(kind: type[Sandbox[Any]]) -> float:
    """Seconds that 24 hours of market time take."""
    sandbox = kind()
    if kind is OneFoxSandbox:
        _open_a_position(sandbox)
    started = perf_counter()
    answer = sandbox.control.answer("POST", "/_sandbox/clock", json.dumps({"offset": DAY}).encode())
    assert answer.body["offset"] == DAY
    return perf_counter() - started


class Exchange:
    """Coinbase Pro without a network, and somebody who signs."""

    def __init__(self) -> None:
        self.sandbox = CoinbaseProSandbox()
        self.credentials = self.sandbox.credentials

    def ask(self, method: str, path: str, body: dict[str, str] | None = None) -> Any:
        """The body of an answer, which must be good."""
        content = json.dumps(body).encode() if body else b""
        stamp = f"{self.sandbox.now():.3f}"
        key = base64.b64decode(self.credentials["secret"])
        signature = hmac.digest(key, f"{stamp}{method}{path}".encode() + content, hashlib.sha256)
        headers = {
            "cb-access-key": self.credentials["key"],
            "cb-access-passphrase": self.credentials["passphrase"],
            "cb-access-timestamp": stamp,
            "cb-access-sign": base64.b64encode(signature).decode(),
            "content-type": "application/json",
            "user-agent": "load",
        }
        scope = {
            "type": "http",
            "method": method,
            "path": path,
            "query_string": b"",
            "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
            "client": ("127.0.0.1", 1),
        }
        answer, _ = self.sandbox.process(scope, content)
        assert answer.status == 200, answer
        return answer.body


def _memory() -> float:
    """Resident memory in kB."""
    gc.collect()
    with open("/proc/self/statm") as statm:
        return int(statm.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1024


def memory_an_order(orders: int) -> list[float]:
    """Kilobytes that an order leaves behind, in each of five batches: those that are filled stay, with their fills."""
    exchange = Exchange()
    exchange.sandbox.journal = _Nothing()
    found = []
    for _ in range(6):
        before = _memory()
        for index in range(orders // 5):
            side = "sell" if index % 2 else "buy"
            body = {"type": "market", "side": side, "product_id": "BTC-USD", "size": "0.001"}
            exchange.ask("POST", "/orders", body)
        found.append((_memory() - before) / (orders // 5))
    # The first batch warms up.
    return found[1:]


class _Nothing(list[dict[str, Any]]):
    """A journal that keeps nothing, since it is not the memory of the orders."""

    def append(self, entry: dict[str, Any]) -> None:
        """Forget it."""


def main() -> int:
    """Print the figures; 1 if a goal was missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--orders", type=int, default=100_000)
    orders = parser.parse_args().orders
    missed = 0

    def say(what: str, figure: str, goal: str, good: bool) -> None:
        nonlocal missed
        missed += not good
        print(f"  {what:<44} {figure:>14}   goal {goal:<18} {'PASS' if good else 'MISSED'}", flush=True)

    for kind in (CoinbaseProSandbox, FreqtradeSandbox, OneFoxSandbox):
        spent = a_day(kind)
        say(f"{kind.name}: 24 h of market time", f"{spent:.2f} s", "< 10 s", spent < 10)
    rate = requests_a_second()
    say("coinbase-pro: tickers a second, one core", f"{rate:,.0f}", ">= 5,000", rate >= 5000)
    batches = memory_an_order(orders)
    steady = max(batches) <= 1.5 * min(batches) + 0.2
    say(f"coinbase-pro: kB an order, {orders:,} orders", f"{batches[0]:.2f} … {batches[-1]:.2f}", "no growth", steady)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
