"""The commands of the bot's documentation, word for word, with its configuration file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

from sandbox.replay import Replay
from tests.commands import Shell, exact, shell

if TYPE_CHECKING:
    from sandbox.pytest_plugin import LiveSandbox

pytest_plugins = ["sandbox.pytest_plugin"]

# The published table: command, effect as the sandbox's journal tells it.
TABLE = [
    "ping",
    "stop",
    "start",
    "stopbuy",
    "trades",
    "trades 10",
    "delete_trade 5",
    "show_config",
    "status",
    "count",
    "profit",
    "forcebuy LTC/BTC",
    "forcebuy XRP/BTC 0.000024",
    "forcesell 6",
    "forcesell all",
    "performance",
    "balance",
    "daily",
    "daily 14",
    "whitelist",
    "blacklist",
    "blacklist LTC/BTC",
    "edge",
    "version",
    "reload_config",
]


@pytest.fixture
def rest_config(freqtrade_sandbox: LiveSandbox, tmp_path: Path) -> Path:
    where = urlsplit(freqtrade_sandbox.url)
    section = {
        "enabled": True,
        "listen_ip_address": where.hostname,
        "listen_port": where.port,
        "verbosity": "info",
        "jwt_secret_key": "somethingrandom",
        "CORS_origins": [],
        "username": "Freqtrader",
        "password": "SuperSecret1!",
    }
    file = tmp_path / "rest_config.json"
    file.write_text(json.dumps({"max_open_trades": 5, "api_server": section}))
    file.chmod(0o600)
    return file


@pytest.fixture
def bot(freqtrade_sandbox: LiveSandbox) -> Shell:
    """Nothing in the environment: address and password come from the file."""
    nothing = dict.fromkeys(("FREQTRADE_USERNAME", "FREQTRADE_PASSWORD", "FREQTRADE_BASE_URL"))
    freqtrade_sandbox.door("edge", enabled=True)
    return shell("freqtrade_sdk", "", **nothing)


def test_every_command_of_the_table_works_with_the_configuration_file(bot: Shell, rest_config: Path) -> None:
    for line in TABLE:
        result = bot.run("--config", str(rest_config), "--yes", *line.split())
        assert exact(result.stdout) not in (None, ""), line
        assert result.stderr == "", line


def test_commands_do_what_their_words_say(bot: Shell, rest_config: Path, freqtrade_sandbox: LiveSandbox) -> None:
    def ran(line: str) -> Any:
        return exact(bot.run("-c", str(rest_config), "-y", *line.split()).stdout)

    assert ran("ping") == {"status": "pong"}
    assert len(ran("trades 2")["trades"]) == 2
    assert len(ran("daily 3")["data"]) == 3
    bought = ran("forcebuy LTC/BTC 0.00495")
    assert bought["pair"] == "LTC/BTC"
    assert ran("blacklist LTC/BTC")["blacklist"] == ["DOGE/BTC", "LTC/BTC"]
    assert "LTC/BTC" in ran("blacklist")["blacklist"]
    assert ran("forcesell 6")["result"] == "Created sell order for trade 6."
    assert ran("forcesell all")["result"] == "Created sell orders for all open trades."
    assert ran("delete_trade 5")["trade_id"] == 5
    changes = [entry["operation"] for entry in freqtrade_sandbox.journal()]
    assert changes == ["forcebuy", "blacklist_add", "forcesell", "forcesell", "delete_trade"]


@pytest.mark.parametrize("words", ["reload-config", "reload_config"])
def test_dashes_are_as_good_as_underscores(bot: Shell, rest_config: Path, words: str) -> None:
    assert exact(bot.run("-c", str(rest_config), words).stdout) == {"status": "reloading config ..."}


def test_help_lists_every_command_with_its_arguments(bot: Shell) -> None:
    text = bot.run("help").stdout
    assert text.startswith("Possible commands:\n\nbalance\n")
    for line in ("forcebuy <pair> [price]", "forcesell <tradeid>", "daily [timescale]", "blacklist [add…]", "ping"):
        assert f"\n{line}\n    " in text
    assert "    pair: " in text
    assert bot.run("help", "forcebuy").stdout.startswith("Possible commands:\n\nforcebuy <pair> [price]\n")
    assert "no such command: nonsense" in bot.run("help", "nonsense", code=2).stderr


def test_show_tells_the_settings_and_no_secret(bot: Shell, rest_config: Path, freqtrade_sandbox: LiveSandbox) -> None:
    text = bot.run("--config", str(rest_config), "show").stdout
    assert f"address   {freqtrade_sandbox.url}  ({rest_config})" in text
    assert f"password  set  ({rest_config})" in text
    assert "SuperSecret1!" not in text
    assert "Freqtrader" not in text
    assert "http://127.0.0.1:8080  (default)" in bot.run("show").stdout


@pytest.mark.parametrize(
    ("listens", "reached"),
    [("0.0.0.0", "127.0.0.1"), ("::", "[::1]"), ("::1", "[::1]"), ("127.0.0.1", "127.0.0.1")],
)
def test_a_bot_that_listens_everywhere_is_reached_on_this_machine(
    bot: Shell, tmp_path: Path, listens: str, reached: str
) -> None:
    file = tmp_path / "rest_config.json"
    file.write_text(json.dumps({"api_server": {"enabled": True, "listen_ip_address": listens, "listen_port": 8080}}))
    assert f"http://{reached}:8080 " in bot.run("--config", str(file), "show").stdout


def test_the_rate_travels_with_every_digit() -> None:
    with Replay("freqtrade") as server:
        bot = shell("freqtrade_sdk", server.url)
        bot.run("-y", "forcebuy", "LTC/BTC", "0.0049500000000000001")
        assert b'"price":0.0049500000000000001' in server.requests[-1].body


def test_a_trade_number_travels_as_a_number_and_all_as_a_word() -> None:
    with Replay("freqtrade") as server:
        bot = shell("freqtrade_sdk", server.url)
        bot.run("-y", "forcesell", "6")
        assert server.requests[-1].body == b'{"tradeid":6}'
        bot.run("-y", "forcesell", "all")
        assert server.requests[-1].body == b'{"tradeid":"all"}'
