"""Every operation of every API, called by its command, against the sandbox."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from tests.commands import shell

if TYPE_CHECKING:
    from sandbox.pytest_plugin import LiveSandbox

pytest_plugins = ["sandbox.pytest_plugin"]

OID = "4f1c2a90-6f0e-4e43-9d57-2f5b1a7c3e88"

Lines = Mapping[str, str | Callable[[Any], str]]
"""Operation -> words behind the command, or how to find them with a client."""

COINBASE_PRO: Lines = {
    "time": "",
    "products.list": "",
    "products.order_book": "BTC-USD --level 2",
    "products.ticker": "BTC-USD",
    "products.trades": "BTC-USD --limit 3",
    "products.historic_rates": "BTC-USD --granularity 3600 --start -24h --end now",
    "products.stats": "BTC-USD",
    "currencies.list": "",
    "accounts.list": "",
    "accounts.get": lambda client: str(client.accounts.list()[0].id),
    "accounts.history": lambda client: f"{client.accounts.list()[0].id} --limit 5",
    "accounts.holds": lambda client: f"{client.accounts.list()[0].id} --limit 5",
    "orders.limit": f"buy BTC-USD 100 0.5 --post-only --client-oid {OID} --stp dc --yes",
    "orders.market": "buy BTC-USD --funds 50.00 --yes",
    "orders.list": "--status open --status active --product-id BTC-USD --limit 50",
    "orders.get": f"client:{OID}",
    "orders.cancel": f"client:{OID} --product-id BTC-USD",
    "orders.cancel_all": "--product-id BTC-USD --yes",
    "fills.list": "--product-id BTC-USD --limit 25",
    "deposits.payment_method": lambda client: f"100.00 USD {client.payment_methods.list()[0].id} --yes",
    "deposits.coinbase": lambda client: f"0.1 BTC {client.coinbase_accounts.list()[0].id} --yes",
    "withdrawals.payment_method": lambda client: f"50.00 USD {client.payment_methods.list()[0].id} --yes",
    "withdrawals.coinbase": lambda client: f"0.1 BTC {client.coinbase_accounts.list()[0].id} --yes",
    "withdrawals.crypto": "0.25 BTC bc1qexampleexampleexampleexampleexample00 --yes",
    "conversions.create": "USD USDC 250.00 --yes",
    "payment_methods.list": "",
    "fees.get": "",
    "coinbase_accounts.list": "",
    "reports.create": "fills 2019-11-01 2019-11-20T00:00:00Z --product-id BTC-USD --report-format csv --yes",
    "reports.status": lambda client: str(_report(client)),
    "users.trailing_volume": "",
}
FREQTRADE: Lines = {
    "ping": "",
    "stop": "",
    "start": "",
    "trades": "10",
    "delete_trade": "5 --yes",
    "show_config": "",
    "status": "",
    "count": "",
    "profit": "",
    "forcesell": "all --yes",
    "forcebuy": "LTC/BTC 0.00495 --yes",
    "performance": "",
    "balance": "",
    "daily": "14",
    "whitelist": "",
    "blacklist": "BNB/BTC",
    "edge": "",
    "version": "",
    "token.login": "",
    "token.refresh": "",
    "stopbuy": "",
    "reload_config": "",
}
ONEFOX: Lines = {
    "quota.status": "",
    "user.get": "",
    "user.overview": "",
    "market.list": "",
    "market.get": "BTCUSD",
    "market.bars": "BTCUSD 60 --limit 5",
    "market.orderbook": "BTCUSD --depth 2",
    "market.ticker": "BTCUSD BCHUSD",
    "market.index_history": "BTCUSD --limit 5",
    "market.trades": "BTCUSD --limit 5",
    "order.create": "BTCUSD 0.01 SHORT 2 LIMIT --limit-price 90000 --yes",
    "order.close": lambda client: str(next(iter(client.user.overview().orders))),
    "position.edit": lambda client: f"{_position(client)} --take-profit 90000",
    "position.history": "--limit 5 --offset 0",
    "position.close": lambda client: f"{_position(client)} --yes",
    "position.trades": lambda client: f"{_position(client)} --limit 5",
    "position.fees": lambda client: str(_position(client)),
    "position.merge": lambda client: f"{_position(client)} {_position(client)} --yes",
}


def _position(client: Any) -> int:
    """A new position."""
    return client.order.create("BTCUSD", "0.01", "LONG", 2, "MARKET").position_id


def _report(client: Any) -> Any:
    """A new report."""
    days = datetime(2019, 11, 1, tzinfo=UTC), datetime(2019, 11, 20, tzinfo=UTC)
    return client.reports.create("fills", *days, product_id="BTC-USD", report_format="csv").id


@pytest.mark.parametrize(
    ("name", "lines"), [("coinbase_pro", COINBASE_PRO), ("freqtrade", FREQTRADE), ("onefox", ONEFOX)]
)
def test_every_operation_is_a_command_that_works(name: str, lines: Lines, request: pytest.FixtureRequest) -> None:
    sandbox: LiveSandbox = request.getfixturevalue(f"{name}_sandbox")
    client = sandbox.client()
    commands = shell(f"{name}_sdk", sandbox.url)
    assert {command.call for command in commands.tree.commands} == set(lines)
    if name == "freqtrade":
        sandbox.door("edge", enabled=True)
        commands.environment["FREQTRADE_REFRESH_TOKEN"] = client.token.login().refresh_token
    paths = {command.call: command.path for command in commands.tree.commands}
    for call, said in lines.items():
        words = (said if isinstance(said, str) else said(client)).split()
        result = commands.run(*paths[call], *words)
        json.loads(result.stdout)
        assert result.stderr == ""
