"""What comes out of a command: exact for programs, readable for people."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from decimal import Decimal
from importlib import import_module
from typing import TYPE_CHECKING

import pytest

from sandbox.replay import RECORDINGS, Replay, recordings_in
from tests.commands import Shell, exact, shell

if TYPE_CHECKING:
    from sandbox.pytest_plugin import LiveSandbox

pytest_plugins = ["sandbox.pytest_plugin"]


@pytest.fixture(scope="module")
def exchange() -> Iterator[Shell]:
    with Replay("coinbase-pro") as server:
        yield shell("coinbase_pro_sdk", server.url)


@pytest.fixture(scope="module")
def fox() -> Iterator[Shell]:
    with Replay("onefox") as server:
        yield shell("onefox_sdk", server.url)


@pytest.fixture(scope="module")
def bot() -> Iterator[Shell]:
    with Replay("freqtrade") as server:
        yield shell("freqtrade_sdk", server.url)


def recorded(name: str) -> str:
    """The body of a recorded reply."""
    (file,) = RECORDINGS.rglob(f"{name}.json")
    (recording,) = recordings_in(file)
    return recording.content.decode()


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


# For programs


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("products historic-rates BTC-USD --granularity 3600", "products.historic_rates-hours"),
        ("orders list --status open", "orders.list-page"),
        ("fills list --product-id BTC-USD", "fills.list-one"),
    ],
)
def test_a_pipe_gets_the_json_that_came(exchange: Shell, words: str, name: str) -> None:
    text = exchange.run(*words.split()).stdout
    assert exact(text) == exact(recorded(name))
    assert text.count("\n") == 1


def test_jsonl_is_an_item_a_line(exchange: Shell) -> None:
    words = ["products", "historic-rates", "BTC-USD", "--granularity", "3600"]
    lines = exchange.run(*words, "--jsonl").stdout.splitlines()
    assert [exact(line) for line in lines] == exchange.json(*words)


def test_jsonl_of_a_map_is_an_entry_a_line(fox: Shell) -> None:
    lines = [
        json.loads(line) for line in fox.run("market", "ticker", "BTCUSD", "BCHUSD", "--jsonl").stdout.splitlines()
    ]
    whole = json.loads(fox.run("market", "ticker", "BTCUSD", "BCHUSD").stdout)
    assert lines == [{key: value} for key, value in whole.items()]


def test_csv_keeps_every_digit(exchange: Shell) -> None:
    words = ["products", "historic-rates", "BTC-USD", "--granularity", "3600"]
    text = exchange.run(*words, "--csv").stdout
    assert text.splitlines()[0] == "time,low,high,open,close,volume"
    printed = [list(row.values()) for row in rows(text)]
    assert printed == json.loads(recorded("products.historic_rates-hours"), parse_float=str, parse_int=str)


def test_csv_has_a_line_for_each_record_of_a_result(fox: Shell, bot: Shell) -> None:
    assert list(rows(fox.run("market", "ticker", "BTCUSD", "BCHUSD", "--csv").stdout)[0]) == [
        "key",
        "bid",
        "ask",
        "last",
    ]
    sides = {row["part"] for row in rows(fox.run("market", "orderbook", "BTCUSD", "--csv").stdout)}
    assert sides == {"bids", "asks"}
    trades = exact(bot.run("trades").stdout)["trades"]
    printed = rows(bot.run("trades", "--csv").stdout)
    assert [Decimal(row["open_rate"]) for row in printed] == [trade["open_rate"] for trade in trades]


def test_csv_of_one_object_is_one_line(exchange: Shell) -> None:
    whole = exchange.json("products", "ticker", "BTC-USD")
    (row,) = rows(exchange.run("products", "ticker", "BTC-USD", "--csv").stdout)
    assert {name: str(value) for name, value in whole.items()} == row


def test_columns_choose(exchange: Shell) -> None:
    text = exchange.run("products", "list", "--csv", "--columns", "id,quote_increment").stdout
    assert text.splitlines()[0] == "id,quote_increment"
    refused = exchange.run("products", "list", "--csv", "--columns", "nonsense", code=2).stderr
    assert "no column nonsense; there are id, base_currency" in refused


def test_options_stand_before_or_behind_the_command(exchange: Shell) -> None:
    behind = exchange.run("products", "list", "--csv").stdout
    assert exchange.run("--csv", "products", "list").stdout == behind
    assert exchange.run("--json", "products", "list", "--csv").stdout == behind


@pytest.mark.parametrize("form", ["json", "jsonl", "csv"])
def test_all_walks_every_page(onefox_sandbox: LiveSandbox, form: str) -> None:
    client = onefox_sandbox.client()
    opened = [client.order.create("BTCUSD", "0.01", "LONG", 2, "MARKET").position_id for _ in range(5)]
    for position in opened:
        client.position.close(position)
    text = (
        shell("onefox_sdk", onefox_sandbox.url).run("position", "history", "--limit", "2", "--all", f"--{form}").stdout
    )
    found = {"json": exact, "jsonl": lambda text: list(map(exact, text.splitlines())), "csv": rows}[form](text)
    assert sorted(int(item["position_id"]) for item in found) == sorted(opened)


# For people


def test_tables_set_points_below_each_other(exchange: Shell) -> None:
    lines = exchange.run("products", "list", "--table", "--columns", "id,quote_increment").stdout.splitlines()
    increments = [item["quote_increment"] for item in exchange.json("products", "list")]
    assert [line.split()[1] for line in lines[2:]] == increments
    assert len({line.rindex(".") for line in lines[2:]}) == 1


def test_tables_give_times_in_utc_and_how_long_ago(exchange: Shell) -> None:
    text = exchange.run("products", "historic-rates", "BTC-USD", "--granularity", "3600", "--table").stdout
    assert re.search(r"\n2019-11-20 \d\d:00:00Z \d+y ago ", text)


def test_tables_fit_the_width_and_name_what_they_leave_out(bot: Shell) -> None:
    bot.environment["COLUMNS"] = "80"
    text = bot.run("status", "--table").stdout
    assert max(map(len, text.splitlines())) <= 80
    assert "more columns (--columns): " in text
    wide = bot.run("status", "--columns", "trade_id,current_rate").stdout
    assert wide.split()[:2] == ["trade_id", "current_rate"]


def test_tables_hide_secrets(bot: Shell) -> None:
    token = bot.json("token", "login")["access_token"]
    # A long text is broken into lines.
    text = re.sub(r"\s", "", bot.run("token", "login", "--table").stdout)
    assert token[:12] not in text
    assert "***" in text


def test_servers_cannot_steer_the_terminal() -> None:
    tables = import_module("coinbase_pro_sdk._runtime.cli.tables")
    records = import_module("coinbase_pro_sdk._runtime.cli.records")
    assert "\x1b" not in tables._cell(records.Cell("\x1b[2Jgone")).plain


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("0.00000001", "0.00000001"),
        ("7162.09000000", "7162.09000000"),
        ("10.000000000000000000", "10.00000000"),
        ("0.123456789012345678", "0.12345678…"),
        ("0.000000000000123456789", "0.0000000000001234…"),
        ("-1E-7", "-0.0000001"),
        ("12E3", "12000"),
        ("Infinity", "∞"),
    ],
)
def test_numbers_in_tables_are_plain_and_a_cut_is_marked(number: str, shown: str) -> None:
    tables = import_module("coinbase_pro_sdk._runtime.cli.tables")
    assert tables._number(Decimal(number)).plain == shown


def test_candles_are_drawn(exchange: Shell, fox: Shell) -> None:
    for text in (
        exchange.run("products", "historic-rates", "BTC-USD", "--granularity", "3600", "--chart").stdout,
        fox.run("market", "bars", "BTCUSD", "60", "--chart").stdout,
    ):
        assert len(text.splitlines()) == 22
        assert set("┃│┤") <= set(text)
        assert " candles, from " in text.splitlines()[-1]


def test_the_book_is_drawn_with_totals_and_spread(exchange: Shell) -> None:
    lines = exchange.run("products", "order-book", "BTC-USD", "--level", "2", "--chart").stdout.splitlines()
    book = exchange.json("products", "order-book", "BTC-USD", "--level", "2")
    middle = next(i for i, line in enumerate(lines) if "spread" in line)
    best_ask, best_bid = Decimal(book["asks"][0][0]), Decimal(book["bids"][0][0])
    assert Decimal(lines[middle].split()[1]) == best_ask - best_bid
    assert Decimal(lines[middle - 1].split()[0]) == best_ask
    assert Decimal(lines[middle + 1].split()[0]) == best_bid
    below = [line.split() for line in lines[middle + 1 :]]
    assert Decimal(below[-1][2]) == sum(Decimal(size) for _, size, *_ in below)


def test_there_are_charts_for_candles_and_books_alone(exchange: Shell, fox: Shell, bot: Shell) -> None:
    drawn = {command.call for each in (exchange, fox, bot) for command in each.tree.commands if command.chart}
    assert drawn == {"products.historic_rates", "products.order_book", "market.bars", "market.orderbook"}


@pytest.mark.parametrize("chart", [False, True])
def test_points_stand_below_each_other(coinbase_pro_sandbox: LiveSandbox, chart: bool) -> None:
    shown = shell("coinbase_pro_sdk", coinbase_pro_sandbox.url)
    words = ["products", "order-book", "BTC-USD", "--level", "2", "--chart" if chart else "--table"]
    lines = [line for line in shown.run(*words).stdout.splitlines() if re.match(r" *\d+\.\d", line)]
    # Sizes have from three to eight digits behind the point.
    assert len({line.index(".", line.index(".") + 1) for line in lines}) == 1
    assert len({line.index(".") for line in lines}) == 1
    assert len({len(line.split()[1]) for line in lines}) > 1
