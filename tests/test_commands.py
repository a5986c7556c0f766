"""Operations written as command lines, and documents that no command line can be made of."""

from __future__ import annotations

import shlex
from functools import cache
from typing import Any

import pytest

from sandbox.replay import Replay
from tests.commands import shell
from tradeloom.build import APIS, Target
from tradeloom.commands import command_line, command_tree
from tradeloom.model import Package
from tradeloom.overlay import build
from tradeloom.project import package_of
from tradeloom.yamlfile import SourceError


@cache
def package(name: str, change: Any = None) -> Package:
    """The package of an API, its document changed by a function first."""
    target = Target(name)
    document = build(target.spec, target.overlays)
    if change is not None:
        change(document.data)
    return package_of(document, target.spec)


@pytest.mark.parametrize(
    ("name", "operation", "arguments", "line"),
    [
        (
            "coinbase_pro",
            "products.trades",
            {"product_id": "BTC-USD", "limit": 25},
            "products trades BTC-USD --limit 25",
        ),
        (
            "coinbase_pro",
            "orders.limit",
            {"side": "buy", "product_id": "BTC-USD", "price": "7150.25", "size": "0.5", "post_only": True},
            "orders limit buy BTC-USD 7150.25 0.5 --post-only --yes",
        ),
        (
            "coinbase_pro",
            "orders.list",
            {"status": ["open", "active"], "limit": None},
            "orders list --status open --status active",
        ),
        ("onefox", "market.ticker", {"symbols": ["BTCUSD", "BCHUSD"]}, "market ticker BTCUSD BCHUSD"),
        ("onefox", "position.merge", {"position_ids": [21, 22]}, "position merge 21 22 --yes"),
        ("freqtrade", "forcebuy", {"pair": "ETH/BTC", "price": "0.02"}, "forcebuy ETH/BTC 0.02 --yes"),
        ("freqtrade", "forcesell", {"tradeid": "all"}, "forcesell all --yes"),
        ("freqtrade", "daily", {"timescale": 14}, "daily 14"),
        ("freqtrade", "blacklist", {"add": ["BNB/BTC"]}, "blacklist BNB/BTC"),
        ("freqtrade", "delete_trade", {"trade_id": 5}, "delete_trade 5 --yes"),
        ("freqtrade", "token.refresh", {"refresh_token": "secret"}, "token refresh"),
    ],
)
def test_a_call_is_written_as_a_shell_takes_it(name: str, operation: str, arguments: dict[str, Any], line: str) -> None:
    made = package(name)
    method = next(method for method in made.methods if method.operation == operation)
    assert command_line(made, method, arguments, yes=True) == f"{made.sdk['command']} {line}"
    assert "--yes" not in command_line(made, method, arguments)


@pytest.mark.parametrize("name", APIS)
def test_every_sample_is_a_command_line_that_is_understood(name: str) -> None:
    made = package(name)
    with Replay(name.replace("_", "-")) as server:
        commands = shell(made.sdk["package"], server.url)
        for method in made.methods:
            names = {argument.name for argument in method.all_arguments}
            sample = {key: value for key, value in method.sample.items() if key in names}
            if method.operation == "token.refresh":
                continue
            words = shlex.split(command_line(made, method, sample, yes=True))[1:]
            # The recorded bot has no edge, and says so.
            commands.run(*words, code=3 if method.operation == "edge" else 0)


@pytest.mark.parametrize("name", APIS)
def test_the_committed_commands_are_those_of_the_document(name: str) -> None:
    made = package(name)
    assert shell(made.sdk["package"], "").tree == command_tree(made)


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ({"positional": ["nonsense"]}, "no such argument: nonsense"),
        ({"nonsense": 1}, "no such setting: nonsense"),
    ],
)
def test_a_document_that_asks_for_what_is_not_there_is_refused(said: dict[str, Any], reason: str) -> None:
    def change(data: dict[str, Any]) -> None:
        data["paths"]["/api/v1/forcebuy"]["post"]["x-command"] = said

    with pytest.raises(SourceError, match=reason):
        package("freqtrade", change)


def test_an_argument_must_not_take_the_name_of_a_common_option() -> None:
    def change(data: dict[str, Any]) -> None:
        data["paths"]["/api/v1/daily"]["get"]["parameters"][0]["x-sdk-name"] = "verbose"
        del data["paths"]["/api/v1/daily"]["get"]["x-command"]

    with pytest.raises(SourceError, match="--verbose is an option of every command"):
        package("freqtrade", change)


def test_a_column_must_be_a_property() -> None:
    def change(data: dict[str, Any]) -> None:
        data["components"]["schemas"]["OpenTrade"]["x-columns"] = ["pair", "nonsense"]

    with pytest.raises(SourceError, match="no such property: nonsense"):
        package("freqtrade", change)
