"""What importing and calling cost, by counting: modules, function calls, decoders, memory. No clock decides here."""

from __future__ import annotations

import ast
import asyncio
import gc
import importlib
import json
import subprocess
import sys
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import coinbase_pro_sdk
import msgspec
import onefox_sdk
import pytest
from coinbase_pro_sdk._runtime import decode as coinbase_decode
from coinbase_pro_sdk._runtime.calls import Core
from coinbase_pro_sdk._runtime.transport import Reply, Request
from onefox_sdk._runtime import calls as onefox_calls
from onefox_sdk._runtime.transport import Reply as OneFoxReply

from tests.wires import COINBASE_KEYS, COINBASE_URL, ONEFOX_URL

PACKAGES = ("coinbase_pro_sdk", "freqtrade_sdk", "onefox_sdk")
CLIENTS = {"coinbase_pro_sdk": "CoinbasePro", "freqtrade_sdk": "Freqtrade", "onefox_sdk": "OneFox"}
packages = pytest.mark.parametrize("package", PACKAGES)

TICKER = (
    b'{"trade_id":4729088,"price":"333.99","size":"0.193","bid":"333.98","ask":"333.99",'
    b'"volume":"5957.11914015","time":"2015-11-14T20:46:03.511254Z"}'
)
ORDER = json.dumps(
    {
        "id": "d0c5340b-6d6c-49d9-b567-48c4bfca13d2",
        "price": "0.10000000",
        "size": "0.01000000",
        "product_id": "BTC-USD",
        "side": "buy",
        "stp": "dc",
        "type": "limit",
        "time_in_force": "GTC",
        "post_only": False,
        "created_at": "2016-12-08T20:02:28.53864Z",
        "fill_fees": "0.0000000000000000",
        "filled_size": "0.00000000",
        "executed_value": "0.0000000000000000",
        "status": "pending",
        "settled": False,
    }
).encode()
MARKETS = (
    b'{"server_time":"2018-01-31T13:25:52.748000Z","error":false,"warning":true,"warning_message":"old",'
    b'"response":{},"extra":true}'
)


# Imports


def modules_after(code: str) -> set[str]:
    """Modules that this code loads in a fresh process, beyond those of the interpreter."""
    frame = f"import json, sys\nbefore = set(sys.modules)\n{code}\nprint(json.dumps(sorted(set(sys.modules) - before)))"
    done = subprocess.run([sys.executable, "-c", frame], capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    return set(json.loads(done.stdout))


def outsiders(modules: set[str]) -> set[str]:
    """Those that come from neither the standard library nor the package."""
    roots = {name.partition(".")[0] for name in modules}
    return roots - set(sys.stdlib_module_names) - set(PACKAGES)


@packages
def test_importing_a_package_loads_next_to_nothing(package: str) -> None:
    modules = modules_after(f"import {package}")
    assert outsiders(modules) == set()
    assert {name for name in modules if name.startswith(package)} == {
        package,
        f"{package}._runtime",
        f"{package}._runtime.lazy",
    }
    assert not modules & {"asyncio", "decimal", "datetime", "http", "json.decoder", "logging", "socket", "ssl"}


SYNC_CALL = """
import socket, threading
REPLY = b'HTTP/1.1 200 OK\\r\\nContent-Type: application/json\\r\\nContent-Length: %d\\r\\n\\r\\n%s' % (len(BODY), BODY)
listener = socket.create_server(("127.0.0.1", 0))
def serve():
    connection, _ = listener.accept()
    connection.recv(65536)
    connection.sendall(REPLY)
    connection.close()
threading.Thread(target=serve, daemon=True).start()
url = f"http://127.0.0.1:{listener.getsockname()[1]}"
"""


def test_a_blocking_call_loads_only_what_it_uses() -> None:
    call = (
        f"BODY = {TICKER!r}{SYNC_CALL}"
        "from coinbase_pro_sdk import CoinbasePro\n"
        "with CoinbasePro(base_url=url) as client:\n    assert str(client.products.ticker('BTC-USD').bid) == '333.98'"
    )
    modules = modules_after(call)
    assert not modules & {"aiohttp", "asyncio", "attr", "attrs", "httpx", "httpx2", "click", "rich", "yaml"}
    resources = {name for name in modules if name.startswith("coinbase_pro_sdk.resources.")}
    assert resources == {"coinbase_pro_sdk.resources.products"}
    runtime = {name.rpartition(".")[2] for name in modules if name.startswith("coinbase_pro_sdk._runtime.")}
    assert not runtime & {"async_client", "transport_aiohttp", "transport_async_pool", "transport_httpx"}
    # httpcore asks for anyio, and both for what they offer and this does not use.
    assert outsiders(modules) <= {"anyio", "certifi", "h11", "h2", "hpack", "hyperframe", "httpcore", "msgspec"} | {
        "idna",
        "sniffio",
        "socksio",
        "trio",
        "typing_extensions",
    }


def test_an_asynchronous_client_over_aiohttp_does_not_load_the_other_library() -> None:
    code = (
        "import asyncio, aiohttp\nfrom coinbase_pro_sdk import AsyncCoinbasePro\n"
        "async def main():\n    async with AsyncCoinbasePro() as client:\n        client.products\n"
        "asyncio.run(main())"
    )
    assert not modules_after(code) & {"httpx", "httpcore", "anyio"}


def test_a_client_brought_by_the_caller_is_used_without_loading_another() -> None:
    code = (
        "import httpx\nfrom onefox_sdk import OneFox\n"
        "OneFox(http_client=httpx.Client(transport=httpx.MockTransport(print)))"
    )
    assert not modules_after(code) & {"aiohttp", "onefox_sdk.async_client", "onefox_sdk.models"}


@packages
def test_resources_are_loaded_when_they_are_asked_for_and_kept(package: str) -> None:
    client = getattr(importlib.import_module(package), CLIENTS[package])(base_url="http://127.0.0.1:9")
    name = {"coinbase_pro_sdk": "orders", "freqtrade_sdk": "token", "onefox_sdk": "order"}[package]
    assert getattr(client, name) is getattr(client, name)
    raw = client.with_raw_response
    assert getattr(raw, name) is getattr(raw, name)
    code = f"import {package}\nclient = {package}.{CLIENTS[package]}(base_url='http://127.0.0.1:9')\nclient.with_raw_response"
    assert not {module for module in modules_after(code) if module.startswith(f"{package}.resources.")}


@packages
def test_a_type_checker_sees_the_names_that_are_loaded_late(package: str) -> None:
    module = importlib.import_module(package)
    tree = ast.parse(Path(str(module.__file__)).read_text(encoding="utf-8"))
    choice = next(node for node in tree.body if isinstance(node, ast.If))
    seen = {alias.name for node in choice.body if isinstance(node, ast.ImportFrom) for alias in node.names}
    places = next(node for node in ast.walk(choice) if isinstance(node, ast.Dict))
    late = {ast.literal_eval(key) for key in places.keys if key is not None}
    assert seen == late == set(module.__all__) - {"__version__"} == set(dir(module)) & late
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        module.nonsense  # noqa: B018 (the look is the test)


# Calls


class Ready:
    """A transport that answers at once, without a network, and keeps what it was given."""

    def __init__(self, make: Callable[..., Any], content: bytes) -> None:
        self.reply = make(200, {"content-type": "application/json"}, content)
        self.requests: list[Request] = []

    def send(self, request: Any, timeout: float) -> Any:
        self.requests.append(request)
        return self.reply

    def close(self) -> None:
        """Nothing is open."""


class ReadyAsync(Ready):
    async def send(self, request: Any, timeout: float) -> Any:  # type: ignore[override]
        return super().send(request, timeout)


def coinbase(content: bytes, **keys: str) -> tuple[Any, Ready]:
    client: Any = coinbase_pro_sdk.CoinbasePro(base_url=COINBASE_URL, **keys)
    client._transport = ready = Ready(Reply, content)
    return client, ready


@pytest.fixture(autouse=True)
def _no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("KEY", "SECRET", "PASSPHRASE"):
        monkeypatch.delenv(f"COINBASE_PRO_{name}", raising=False)


def function_calls(action: Callable[[], object]) -> int:
    """Calls of functions, whether of Python or of C, that an action makes when it has been done before."""
    for _ in range(3):
        action()
    count = 0

    def note(frame: object, event: str, argument: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(note)
    try:
        action()
    finally:
        sys.setprofile(None)
    return count


def buy(client: Any) -> object:
    return client.orders.limit("buy", "BTC-USD", "0.1", "0.01")


def test_a_call_takes_few_function_calls_beside_those_of_the_transport() -> None:
    client, _ = coinbase(TICKER)
    assert function_calls(lambda: client.products.ticker("BTC-USD")) <= MOST["ticker"]


def test_an_asynchronous_call_takes_as_few() -> None:
    async def main() -> int:
        client: Any = coinbase_pro_sdk.AsyncCoinbasePro(base_url=COINBASE_URL)
        client._transport = ReadyAsync(Reply, TICKER)

        def step() -> None:
            # Nothing waits, so that the coroutine is over when it is first resumed.
            with pytest.raises(StopIteration):
                client.products.ticker("BTC-USD").send(None)

        return function_calls(step)

    assert asyncio.run(main()) <= MOST["async ticker"]


def test_signing_an_order_takes_few_function_calls(monkeypatch: pytest.MonkeyPatch) -> None:
    client, _ = coinbase(ORDER, **COINBASE_KEYS)
    signed = function_calls(lambda: buy(client))
    orders = importlib.import_module("coinbase_pro_sdk.resources.orders")
    monkeypatch.setattr(orders, "LIMIT", msgspec.structs.replace(orders.LIMIT, security=((),)))
    client, _ = coinbase(ORDER)
    assert signed - function_calls(lambda: buy(client)) <= MOST["signature"]
    assert signed <= MOST["order"]


# What each takes today and a tenth more. More than that is a regression to be explained.
MOST = {"ticker": 60, "async ticker": 89, "order": 200, "signature": 26}


@pytest.fixture
def built(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Any]]:
    """Types that decoders were built for."""
    kinds: list[Any] = []
    build = coinbase_decode.Decoder._build

    def noting(self: Any) -> Any:
        kinds.append(self.kind)
        return build(self)

    monkeypatch.setattr(coinbase_decode.Decoder, "_build", noting)
    return kinds


def test_a_decoder_is_built_once_and_on_first_use(built: list[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    products = importlib.import_module("coinbase_pro_sdk.resources.products")
    monkeypatch.setattr(products, "TICKER", msgspec.structs.replace(products.TICKER))
    client, _ = coinbase(TICKER)
    assert built == []
    for _ in range(20):
        client.products.ticker("BTC-USD")
        coinbase(TICKER)[0].products.ticker("BTC-USD")
    assert built == [coinbase_pro_sdk.models.Ticker]


def test_an_ordinary_reply_is_not_read_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    looks: list[bytes] = []
    monkeypatch.setattr(coinbase_decode.Decoder, "second_look", lambda self, content: looks.append(content))
    client, _ = coinbase(TICKER)
    client.products.ticker("BTC-USD")
    client, _ = coinbase(ORDER, **COINBASE_KEYS)
    buy(client)
    assert looks == []


@pytest.mark.filterwarnings("ignore:old")
def test_an_enveloped_reply_is_read_once_whatever_is_true_in_it(monkeypatch: pytest.MonkeyPatch) -> None:
    untyped: list[bytes] = []
    parse = onefox_calls.parse

    def noting(content: bytes) -> Any:
        untyped.append(content)
        return parse(content)

    monkeypatch.setattr(onefox_calls, "parse", noting)
    client: Any = onefox_sdk.OneFox(base_url=ONEFOX_URL)
    client._transport = Ready(OneFoxReply, MARKETS)
    assert client.market.list() == {}
    assert untyped == []
    assert client.with_raw_response.market.list().parse() == {}
    assert untyped == [MARKETS], "read late, the flag must be looked for before the result is read"


def test_headers_and_signatures_are_prepared_once(monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[str] = []
    find = Core._find_schemes

    def noting(self: Core, operation: Any) -> Any:
        looked.append(operation.name)
        return find(self, operation)

    monkeypatch.setattr(Core, "_find_schemes", noting)
    client, ready = coinbase(ORDER, **COINBASE_KEYS)
    for _ in range(5):
        buy(client)
    assert looked == ["orders.limit"]
    first, *others = ready.requests
    for name in ("Accept", "Accept-Encoding", "User-Agent"):
        assert all(other.headers[name] is first.headers[name] for other in others)


def test_calls_leave_nothing_behind() -> None:
    client, ready = coinbase(TICKER)

    def calls(count: int) -> None:
        for _ in range(count):
            client.products.ticker("BTC-USD")
            ready.requests.clear()
        gc.collect()

    calls(50)
    tracemalloc.start()
    try:
        calls(50)
        before, _ = tracemalloc.get_traced_memory()
        tracemalloc.reset_peak()
        calls(200)
        after, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert after - before < 2_000
    assert peak - before < 40_000
