"""The pytest plugin, and sandboxes in the process of their caller."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from coinbase_pro_sdk import AsyncCoinbasePro, CoinbasePro
from freqtrade_sdk import AsyncFreqtrade, Freqtrade
from onefox_sdk import AsyncOneFox, OneFox, errors

from sandbox.__main__ import APIS, sandbox_class
from sandbox.onefox import OneFoxSandbox
from sandbox.transport import AsyncSandboxTransport, SandboxTransport

if TYPE_CHECKING:
    from sandbox.pytest_plugin import LiveSandbox

pytest_plugins = ["sandbox.pytest_plugin", "pytester"]

ROOT = Path(__file__).resolve().parent.parent


# Fixtures


def test_coinbase_pro_fixture(coinbase_pro_sandbox: LiveSandbox) -> None:
    client = coinbase_pro_sandbox.client()
    assert isinstance(client, CoinbasePro)
    assert "BTC-USD" in {product.id for product in client.products.list()}
    assert client.accounts.list()
    order = client.orders.limit(side="buy", product_id="BTC-USD", price="100", size="0.01")
    (entry,) = coinbase_pro_sandbox.journal()
    assert entry["answer"]["id"] == str(order.id)
    coinbase_pro_sandbox.reset()
    assert coinbase_pro_sandbox.journal() == []


def test_freqtrade_fixture(freqtrade_sandbox: LiveSandbox) -> None:
    client = freqtrade_sandbox.client()
    assert isinstance(client, Freqtrade)
    assert client.ping().status == "pong"
    client.stop()
    assert [entry["operation"] for entry in freqtrade_sandbox.journal()] == ["stop"]


def test_onefox_fixture(onefox_sandbox: LiveSandbox) -> None:
    client = onefox_sandbox.client()
    assert isinstance(client, OneFox)
    assert onefox_sandbox.url.endswith("/api/v1")
    client.order.create("BTCUSD", "0.1", "LONG", 5, "MARKET")
    onefox_sandbox.door("price", symbol="BTCUSD", price=12_000)
    (position,) = client.user.overview().positions.values()
    assert position.profit_loss_unrealized > Decimal("0.05")
    assert len(onefox_sandbox.journal()) == 1


def test_each_test_has_a_sandbox_of_its_own(onefox_sandbox: LiveSandbox) -> None:
    assert onefox_sandbox.journal() == []
    with type(onefox_sandbox)("onefox") as other:
        assert other.url != onefox_sandbox.url
        other.client().order.create("BTCUSD", "0.1", "LONG", 5, "MARKET")
        assert onefox_sandbox.client().user.overview().positions == {}


def test_clock_fault_and_reset(onefox_sandbox: LiveSandbox) -> None:
    client = onefox_sandbox.client(max_retries=0)
    order = client.order.create("BTCUSD", "0.1", "LONG", 1, "MARKET")
    now = onefox_sandbox.clock(24 * 3600)
    assert now == pytest.approx(time.time() + 24 * 3600, abs=5)
    kinds = [fee.type for fee in client.position.fees(order.position_id, limit=100)]
    assert kinds.count("FINANCING") == 3
    onefox_sandbox.fault("position.close", "drop-after")
    with pytest.raises(errors.SDKError):
        client.position.close(order.position_id)
    assert [entry["operation"] for entry in onefox_sandbox.journal()] == ["order.create", "position.close"]
    onefox_sandbox.reset()
    assert onefox_sandbox.clock(0) == pytest.approx(time.time(), abs=5)


@pytest.mark.parametrize(
    ("operation", "kind"), [("order.create", "explode"), ("order.nothing", "delay"), ("market.liste", "drop-after")]
)
def test_a_fault_that_cannot_be_is_an_error(onefox_sandbox: LiveSandbox, operation: str, kind: str) -> None:
    with pytest.raises(ValueError, match=r"there is no|expected one of"):
        onefox_sandbox.fault(operation, kind)


def test_the_options_of_a_client_go_before_those_of_the_sandbox(onefox_sandbox: LiveSandbox) -> None:
    with pytest.raises(errors.APIError) as refused:
        onefox_sandbox.client(token="WRONG").user.get()
    assert refused.value.code == "INVALID_TOKEN"


async def test_a_client_that_does_not_block(onefox_sandbox: LiveSandbox) -> None:
    async with onefox_sandbox.async_client() as client:
        assert isinstance(client, AsyncOneFox)
        found = await asyncio.gather(*(client.market.ticker(["BTCUSD"]) for _ in range(10)))
        assert all(item["BTCUSD"].bid < item["BTCUSD"].ask for item in found)


def test_over_the_network_and_in_process_it_is_the_same_sandbox(onefox_sandbox: LiveSandbox) -> None:
    near, far = onefox_sandbox.in_process(), onefox_sandbox.client()
    near.order.create("BTCUSD", "0.1", "LONG", 5, "MARKET")
    assert list(far.user.overview().positions) == list(near.user.overview().positions) == ["22"]


@pytest.mark.parametrize("fixture", ["coinbase_pro_sandbox", "freqtrade_sandbox", "onefox_sandbox"])
def test_the_plugin_in_somebody_elses_suite(pytester: pytest.Pytester, fixture: str) -> None:
    pytester.makeini("[pytest]\nasyncio_default_fixture_loop_scope = function\n")
    pytester.makepyfile(
        f"""
        def test_it({fixture}):
            assert {fixture}.url.startswith("http://127.0.0.1:")
            assert {fixture}.journal() == []
            assert {fixture}.client() is not None
        """
    )
    result = pytester.runpytest_inprocess("-p", "sandbox.pytest_plugin")
    result.assert_outcomes(passed=1)


def test_the_plugin_imports_nothing_before_it_is_used() -> None:
    code = (
        "import sys, sandbox.pytest_plugin\n"
        "late = [n for n in sys.modules if n.split('.')[0] in ('uvicorn', 'starlette', 'httpx', 'jsonschema_rs')]\n"
        "early = ('sandbox.pytest_plugin', 'sandbox.live')\n"
        "late += [n for n in sys.modules if n.startswith(('sandbox.', 'onefox')) and n not in early]\n"
        "sys.exit(str(late) if late else 0)"
    )
    result = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr


# In process


@pytest.mark.parametrize("name", APIS)
def test_clients_in_process(name: str) -> None:
    sandbox = sandbox_class(name)(check_answers=True)
    with httpx.Client(transport=SandboxTransport(sandbox)) as http:
        if name == "coinbase-pro":
            coinbase = CoinbasePro(http_client=http, **sandbox.credentials)
            assert coinbase.accounts.list()
            assert coinbase.products.ticker("BTC-USD").price > 0
        elif name == "freqtrade":
            freqtrade = Freqtrade(http_client=http, **sandbox.credentials)
            assert freqtrade.version().version
            assert freqtrade.token.login().access_token
        else:
            assert OneFox(http_client=http, **sandbox.credentials).user.get().username == "user1"


@pytest.mark.parametrize("name", APIS)
async def test_clients_in_process_without_blocking(name: str) -> None:
    sandbox = sandbox_class(name)(check_answers=True)
    async with httpx.AsyncClient(transport=AsyncSandboxTransport(sandbox)) as http:
        if name == "coinbase-pro":
            coinbase = AsyncCoinbasePro(http_client=http, **sandbox.credentials)
            assert await coinbase.accounts.list()
        elif name == "freqtrade":
            freqtrade = AsyncFreqtrade(http_client=http, **sandbox.credentials)
            assert (await freqtrade.version()).version
        else:
            onefox = AsyncOneFox(http_client=http, **sandbox.credentials)
            assert (await onefox.user.get()).username == "user1"


async def test_blocking_in_process_inside_an_event_loop() -> None:
    """A blocking client works there, too: no loop of its own is needed."""
    with httpx.Client(transport=SandboxTransport(OneFoxSandbox())) as http:
        assert OneFox(http_client=http).quota.status().cpu_time_total == 20_000_000


def plan(sandbox: Any, kind: str, **more: Any) -> None:
    asked = {"operation": "order.create", "kind": kind} | more
    assert "planned" in sandbox.control._faults(asked)


ORDER = {
    "symbol": "BTCUSD",
    "margin": "0.1",
    "direction": "LONG",
    "leverage": "5",
    "order_type": "MARKET",
    **OneFoxSandbox.credentials,
}
PLACE = "https://1fox.com/api/v1/order/create.php"


@pytest.mark.parametrize(
    ("kind", "processed"), [("drop-before", False), ("drop-after", True), ("truncate", True), ("delay", True)]
)
def test_lost_answers_in_process(kind: str, processed: bool) -> None:
    sandbox = OneFoxSandbox()
    expected = httpx.ReadTimeout if kind == "delay" else httpx.RemoteProtocolError
    with httpx.Client(transport=SandboxTransport(sandbox), timeout=0.05) as http:
        plan(sandbox, kind, seconds=60)
        with pytest.raises(expected):
            http.get(PLACE, params=ORDER)
        assert len(sandbox.journal) == processed
        assert http.get(PLACE, params=ORDER).json()["error"] is False


@pytest.mark.parametrize(
    ("kind", "processed"), [("drop-before", False), ("drop-after", True), ("truncate", True), ("delay", True)]
)
async def test_lost_answers_in_process_without_blocking(kind: str, processed: bool) -> None:
    sandbox = OneFoxSandbox()
    expected = httpx.ReadTimeout if kind == "delay" else httpx.RemoteProtocolError
    async with httpx.AsyncClient(transport=AsyncSandboxTransport(sandbox), timeout=0.05) as http:
        plan(sandbox, kind, seconds=60)
        with pytest.raises(expected):
            await http.get(PLACE, params=ORDER)
        assert len(sandbox.journal) == processed


@pytest.mark.parametrize(("kind", "processed"), [("drop-before", False), ("drop-after", True), ("truncate", True)])
def test_a_lost_order_is_an_unknown_outcome_in_process(kind: str, processed: bool) -> None:
    sandbox = OneFoxSandbox()
    with httpx.Client(transport=SandboxTransport(sandbox)) as http:
        client = OneFox(http_client=http, **sandbox.credentials)
        plan(sandbox, kind)
        with pytest.raises((errors.OutcomeUnknown, errors.InvalidReply)):
            client.order.create("BTCUSD", "0.1", "LONG", 5, "MARKET")
        assert len(client.user.overview().positions) == processed


def test_a_short_delay_is_waited_for() -> None:
    sandbox = OneFoxSandbox()
    with httpx.Client(transport=SandboxTransport(sandbox), timeout=5) as http:
        plan(sandbox, "delay", seconds=0.05)
        began = time.perf_counter()
        assert http.get(PLACE, params=ORDER).json()["error"] is False
        assert time.perf_counter() - began >= 0.05


@pytest.mark.parametrize(("kind", "status", "start"), [("html-502", 502, "<html>"), ("html-200", 200, "<html>")])
def test_pages_of_a_proxy_in_process(kind: str, status: int, start: str) -> None:
    sandbox = OneFoxSandbox()
    with httpx.Client(transport=SandboxTransport(sandbox)) as http:
        plan(sandbox, kind)
        answer = http.get(PLACE, params=ORDER)
        assert (answer.status_code, answer.text[:6]) == (status, start)
        assert answer.headers["content-type"].startswith("text/html")


def test_the_control_door_is_there_in_process() -> None:
    with httpx.Client(transport=SandboxTransport(OneFoxSandbox())) as http:
        assert http.get("http://anywhere/_sandbox/journal").json() == []
        assert http.post("http://anywhere/_sandbox/clock", json={"offset": 60}).json()["offset"] == 60
        assert http.post("http://anywhere/_sandbox/nothing").status_code == 404
