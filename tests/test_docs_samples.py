"""Every sample that the documentation shows runs as it stands, against the sandbox of its API."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import subprocess
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from sandbox.live import LiveSandbox
from tests.commands import shell
from tradeloom.build import Target
from tradeloom.site.reading import Api, Operation, read_api
from tradeloom.site.samples import command_line, samples

SANDBOXES = {"coinbase_pro": "coinbase-pro", "freqtrade": "freqtrade", "onefox": "onefox"}
TABS = ["Python", "Python, async", "Command line", "curl"]

Prepare = Callable[[LiveSandbox, Any], dict[str, str]]
"""Makes what a sample is about, and tells which of its identifiers stand for which of the sandbox."""


def an_account(sandbox: LiveSandbox, client: Any) -> dict[str, str]:
    account = next(account for account in client.accounts.list() if account.currency == "USD")
    return {"9e7d5b3a-1c2f-4e60-8a94-6b5c4d3e2f10": str(account.id)}


def an_order_of_ones_own(sandbox: LiveSandbox, client: Any) -> dict[str, str]:
    client.orders.limit("buy", "BTC-USD", "5000", "0.5", client_oid="4f1c2a90-6f0e-4e43-9d57-2f5b1a7c3e88")
    return {}


def an_order(sandbox: LiveSandbox, client: Any) -> dict[str, str]:
    order = client.orders.limit("buy", "BTC-USD", "5000", "0.5")
    return {"d1f5c6b2-8a3e-4f17-b0c9-62a7e54d3b10": str(order.id)}


def a_report(sandbox: LiveSandbox, client: Any) -> dict[str, str]:
    start, end = datetime(2019, 11, 1, tzinfo=UTC), datetime(2019, 11, 20, tzinfo=UTC)
    receipt = client.reports.create("fills", start, end, product_id="BTC-USD")
    return {"f2807d5e-31b9-4c6a-8e04-a9d5b7c1e362": str(receipt.id)}


def nine_trades(sandbox: LiveSandbox, client: Any) -> dict[str, str]:
    client.forcebuy("LTC/BTC")
    assert client.forcebuy("XRP/BTC").trade_id == 9
    return {}


def edge_on(sandbox: LiveSandbox, client: Any) -> dict[str, str]:
    sandbox.door("edge", enabled=True)
    return {}


def a_resting_order(sandbox: LiveSandbox, client: Any) -> dict[str, str]:
    placed = client.order.create("BTCUSD", "0.1", "LONG", 2, "LIMIT", limit_price="4000")
    return {"18947": str(placed.order_id)}


def positions(*shown: str) -> Prepare:
    def prepare(sandbox: LiveSandbox, client: Any) -> dict[str, str]:
        for _ in shown:
            client.order.create("BTCUSD", "0.1", "LONG", 2, "MARKET")
        return dict(zip(shown, map(str, client.user.overview().positions), strict=True))

    return prepare


PREPARE: dict[str, Prepare] = {
    "accounts.get": an_account,
    "accounts.history": an_account,
    "accounts.holds": an_account,
    "orders.get": an_order_of_ones_own,
    "orders.cancel": an_order,
    "reports.status": a_report,
    "delete_trade": nine_trades,
    "edge": edge_on,
    "order.close": a_resting_order,
    "position.edit": positions("4613"),
    "position.close": positions("4613"),
    "position.fees": positions("4613"),
    "position.trades": positions("22"),
    "position.merge": positions("21", "22", "23"),
}


@cache
def api(name: str) -> Api:
    return read_api(Target(name))


def operations() -> list[Operation]:
    return [operation for name in SANDBOXES for operation in api(name).operations]


@pytest.fixture(scope="module")
def sandboxes() -> Iterator[dict[str, LiveSandbox]]:
    running = {name: LiveSandbox(sandbox) for name, sandbox in SANDBOXES.items()}
    yield running
    for sandbox in running.values():
        sandbox.__exit__()


@pytest.fixture
def ready(sandboxes: dict[str, LiveSandbox], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[..., Any]:
    """Puts a sandbox back to the start, and its address and credentials where samples look for them."""
    # A refusal of the server makes curl fail, which without this only a failed connection does.
    (tmp_path / ".curlrc").write_text("fail-with-body\nnoproxy = *\n")
    monkeypatch.setenv("CURL_HOME", str(tmp_path))

    def start(name: str, prepare: Prepare | None = None) -> tuple[LiveSandbox, dict[str, str]]:
        sandbox = sandboxes[name]
        sandbox.reset()
        sdk = api(name).package.sdk
        for key, value in {"base_url": sandbox.url, **sandbox.credentials}.items():
            monkeypatch.setenv(f"{sdk['environment']}_{key.upper()}", value)
        return sandbox, prepare(sandbox, sandbox.client()) if prepare else {}

    return start


@pytest.mark.parametrize("tab", TABS)
@pytest.mark.parametrize("operation", operations(), ids=lambda operation: f"{operation.api.name}-{operation.id}")
def test_the_sample_of_an_operation_runs(
    operation: Operation,
    tab: str,
    ready: Callable[..., Any],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for call, (_, tabs) in zip(operation.calls, samples(operation), strict=True):
        sandbox, stand_ins = ready(operation.api.name, PREPARE.get(operation.id))
        if operation.id == "token.refresh" and tab in ("Command line", "curl"):
            monkeypatch.setenv("FREQTRADE_REFRESH_TOKEN", sandbox.client().token.login().refresh_token)
        text = next(text for title, _, text in tabs if title == tab)
        if tab == "Command line":
            asked, text = text, command_line(operation, call, yes=True)
            assert text in (asked, f"{asked} --yes")
        for shown, real in stand_ins.items():
            assert shown in text
            text = re.sub(rf"\b{shown}\b", real, text)
        if tab == "curl":
            answer = run_in_shell(text.replace(operation.api.package.base_url, sandbox.url))
            assert operation.api.name != "onefox" or answer["error"] is False
        elif tab == "Command line":
            program, *words = shlex.split(text)
            sdk = operation.api.package.sdk
            assert program == sdk["command"]
            shell(sdk["package"], sandbox.url).run(*words)
        else:
            exec(compile(text, f"{operation.id}, {tab}", "exec"), {"__name__": "__main__"})
            result = operation.calls[0].method.result
            if result != "None" and not result.startswith("list["):
                assert capsys.readouterr().out.strip()


def run_in_shell(text: str) -> Any:
    bash = shutil.which("bash")
    assert bash is not None
    done = subprocess.run([bash, "-euo", "pipefail", "-c", text], capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{text}\n{done.stdout}\n{done.stderr}"
    return json.loads(done.stdout)


def test_every_operation_has_a_sample_of_each_kind() -> None:
    for operation in operations():
        for _, tabs in samples(operation):
            assert [title for title, _, _ in tabs if title in TABS] == TABS


def test_signed_calls_of_curl_carry_what_the_document_asks_for() -> None:
    orders = api("coinbase_pro").by_id("orders.place")
    text = {title: text for title, _, text in samples(orders)[0][1]}["curl"]
    for scheme in api("coinbase_pro").document["components"]["securitySchemes"].values():
        assert f'"{scheme["name"]}: ' in text
