"""What is asked of both servers: a script for each way in which a bot can be set up.

A script is a generator of replies. Two of them run in step, one for each server, so both see the same time.
"""

from __future__ import annotations

import base64
import time
from collections.abc import Callable, Iterator
from typing import Any

import attrs

from sandbox.freqtrade import Configuration, tokens

from .side import BASIC, Reply, Side

__all__ = ["SCENARIOS", "Scenario"]

Script = Callable[[Side], Iterator[Reply]]

_READS = (
    "version",
    "show_config",
    "count",
    "status",
    "profit",
    "performance",
    "balance",
    "daily",
    "trades",
    "whitelist",
    "blacklist",
    "edge",
)
_ROUTES = (
    *(("GET", name) for name in _READS),
    *(("POST", name) for name in ("start", "stop", "stopbuy", "reload_config", "blacklist", "forcebuy", "forcesell")),
    ("DELETE", "trades/1"),
    ("POST", "token/login"),
    ("POST", "token/refresh"),
    ("GET", "ping"),
)
# The number of the first trade that is added to the history; every later one counts on.
_FIRST = 8
_SITE, _OTHER_SITE = "http://localhost:3000", "http://evil.example"
_SECRET = Configuration().jwt_secret_key


@attrs.frozen
class Scenario:
    """A bot as it is set up, and what it is asked."""

    name: str
    script: Script
    settings: dict[str, Any]
    """Settings of sandbox.freqtrade.Configuration."""


def reads(side: Side) -> Iterator[Reply]:
    """Every operation that changes nothing."""
    yield side.call("ping")
    for name in _READS:
        yield side.call(name)


def arguments(side: Side) -> Iterator[Reply]:
    """Good and bad arguments of reads."""
    yield side.call("daily", timescale=3)
    yield side.call("trades", limit=2)
    yield side.call("trades", limit=0)
    for query in ("timescale=0", "timescale=-1", "timescale=abc", "timescale=1.5", "timescale="):
        yield side.plain("GET", f"/api/v1/daily?{query}")
    for query in ("limit=-1", "limit=abc", "limit=2.0", "limit=1&limit=3", f"limit={2**64}"):
        yield side.plain("GET", f"/api/v1/trades?{query}")


def paths(side: Side) -> Iterator[Reply]:
    """Paths and methods that lead nowhere, HEAD, OPTIONS, and what browsers are told."""
    for path in ("/api/v1/nothing", "/", "/api/v1/ping/", "/api/v1/nothing?a=b", "/api/v1/trades/x"):
        yield side.plain("GET", path)
    yield side.plain("GET", "/api/v1/nothing", headers={})
    yield side.plain("DELETE", "/api/v1/trades/-1")
    for method, name in (
        ("GET", "start"),
        ("POST", "ping"),
        ("GET", "trades/1"),
        ("DELETE", "trades"),
        ("PUT", "blacklist"),
        ("GET", "token/login"),
    ):
        yield side.plain(method, f"/api/v1/{name}")
    for name in ("version", "ping", "trades"):
        yield side.plain("HEAD", f"/api/v1/{name}")
    for name in ("version", "blacklist", "trades/1", "start", "nothing"):
        yield side.plain("OPTIONS", f"/api/v1/{name}", headers={})
    for origin in (_SITE, _OTHER_SITE):
        yield side.plain("GET", "/api/v1/version", headers={**BASIC, "Origin": origin})
        yield side.plain("GET", "/api/v1/version", headers={"Origin": origin})
        asked = {
            "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "authorization,content-type",
        }
        yield side.plain("OPTIONS", "/api/v1/forcebuy", headers={"Origin": origin, **asked})


def credentials(side: Side) -> Iterator[Reply]:
    """Everything that can stand in the header for credentials, and tokens through the package."""
    for method, name in _ROUTES:
        yield side.plain(method, f"/api/v1/{name}", headers={})
    wrong = base64.b64encode(b"Freqtrader:wrong").decode()
    for value in (f"Basic {wrong}", "Basic !", "Bearer", "Bearer junk", "Bearer a.b.c", "Token x", "Bearer a b"):
        for method, name in (("GET", "version"), ("POST", "token/login"), ("POST", "token/refresh"), ("GET", "ping")):
            yield side.plain(method, f"/api/v1/{name}", headers={"Authorization": value})
    login = side.call("token.login")
    yield login
    access, refresh = login.json["access_token"], login.json["refresh_token"]
    yield side.call("token.refresh", refresh_token=refresh)
    yield side.call("token.refresh", refresh_token=access)
    for token in (access, refresh):
        for method, name in (("GET", "version"), ("POST", "token/login"), ("POST", "token/refresh")):
            yield side.plain(method, f"/api/v1/{name}", headers={"Authorization": f"Bearer {token}"})
    user, now = {"u": "Freqtrader"}, time.time()
    crafted = {
        "expired": tokens.write("access", user, "1", _SECRET, now - 3600),
        "early": tokens.write("access", user, "1", _SECRET, now + 3600),
        "foreign": tokens.write("access", user, "1", "another", now),
        "other user": tokens.write("access", {"u": "Nobody"}, "1", _SECRET, now),
        "old refresh": tokens.write("refresh", user, "1", _SECRET, now - 40 * 86400),
    }
    for token in crafted.values():
        for method, name in (("GET", "version"), ("POST", "token/refresh"), ("GET", "nothing")):
            yield side.plain(method, f"/api/v1/{name}", headers={"Authorization": f"Bearer {token}"})


def bodies(side: Side) -> Iterator[Reply]:
    """Bodies that are none, or not what they should be."""
    for name in ("blacklist", "forcebuy", "forcesell"):
        for raw in ("", "{", "null", "[]", "{}", '"x"', "5"):
            if (name, raw) != ("forcesell", "{}"):
                yield side.plain("POST", f"/api/v1/{name}", raw=raw)
        yield side.plain("POST", f"/api/v1/{name}", headers={**BASIC, "Content-Type": "text/plain"}, raw='{"a": 1}')
        yield side.plain("POST", f"/api/v1/{name}", headers=BASIC)
    for body in ({"blacklist": "ETH/BTC"}, {"blacklist": []}, {"blacklist": None}, {"blacklist": 5}, {"other": 1}):
        yield side.plain("POST", "/api/v1/blacklist", body=body)
    for body in (
        {"pair": "NEO/BTC", "price": "x"},
        {"pair": None},
        {"pair": 5},
        {"pair": ["NEO/BTC"]},
        {"price": 1},
    ):
        yield side.plain("POST", "/api/v1/forcebuy", body=body)
    for body in ({"tradeid": None}, {"tradeid": "x"}, {"tradeid": 1.5}, {"tradeid": [6]}, {"tradeid": ""}, {"id": 6}):
        yield side.plain("POST", "/api/v1/forcesell", body=body)
    yield side.plain("GET", "/api/v1/version", raw="null")


def pairs(side: Side) -> Iterator[Reply]:
    """The blacklist."""
    yield side.call("blacklist", add=["NEO/BTC"])
    yield side.call("blacklist", add=["NEO/BTC", "ETH/USDT", "NO/SUCH"])
    yield side.call("blacklist")
    yield side.until(lambda body: "NEO/BTC" not in body["whitelist"], "whitelist")


def trading(side: Side) -> Iterator[Reply]:
    """Trades that come and go."""
    yield side.call("forcebuy", "XRP/BTC")
    number = _FIRST
    yield side.until(lambda body: body[-1]["open_order_id"] is None and body[-1]["stop_loss"], "status")
    # The real server shows a trade that it refused something about as it was, until the next call that changes one.
    # So this is about a trade of which nothing is read before such a call.
    yield side.call("forcebuy", "ETH/BTC")
    yield side.call("forcebuy", "LTC/BTC", price="0.0049")
    yield side.call("forcebuy", "NO/SUCH")
    yield side.call("forcebuy", "ETH/USDT")
    yield side.call("forcebuy", "DOGE/BTC")
    yield side.until(lambda body: all(row["open_order_id"] is None and row["stop_loss"] for row in body), "status")
    for name in ("count", "balance", "profit", "whitelist"):
        yield side.call(name)
    yield side.call("forcesell", 999)
    yield side.call("forcesell", 1)
    yield side.call("forcesell", number)
    yield side.until(lambda body: _sold(body, number), "trades", limit=1)
    yield side.call("forcesell", number)
    yield side.call("forcesell", str(number + 1))
    yield side.until(lambda body: _sold(body, number + 1), "trades")
    for name in ("status", "performance", "daily", "balance", "count"):
        yield side.call(name)
    yield side.call("delete_trade", 1)
    yield side.call("delete_trade", 1)
    yield side.call("delete_trade", 0)
    yield side.call("delete_trade", 6)
    yield side.call("trades")


def _sold(body: Any, number: int) -> bool:
    """Whether a trade is among the closed ones, and known as such."""
    return any(row["trade_id"] == number and not row["is_open"] for row in body["trades"])


def missing_prices(side: Side) -> Iterator[Reply]:
    """What is said about a trade without a price, and what an exchange that does not answer leads to."""
    # The bot remembers a price once it has seen it, so this takes a pair that it never looked at.
    side.door("prices", pair="NEO/BTC", fail=True)
    yield side.call("forcebuy", "NEO/BTC")
    bought = side.call("forcebuy", "NEO/BTC", price="0.00121")
    yield bought
    # Nor may it be asked for before it has bought: it would be shown waiting from then on.
    yield side.until(lambda body: "NEO/BTC" in body["whitelist"], "whitelist")
    side.finish_turn()
    yield side.call("status")
    yield side.call("profit")
    yield side.call("balance")
    side.door("prices", pair="NEO/BTC", fail=False)
    # From here on the real server would show the trade as it is now, so nothing more is asked.
    yield side.call("delete_trade", bought.json["trade_id"])


def states(side: Side) -> Iterator[Reply]:
    """Stop buying, stop, start, reload."""
    yield side.call("start")
    yield side.call("stopbuy")
    yield side.call("stopbuy")
    yield side.call("count")
    yield side.call("show_config")
    yield side.call("forcebuy", "LTC/BTC")
    yield side.until(lambda body: body[-1]["open_order_id"] is None and body[-1]["stop_loss"], "status")
    yield side.call("stop")
    yield side.call("stop")
    yield from reads(side)
    yield side.call("stopbuy")
    yield side.call("forcebuy", "XRP/BTC")
    yield side.call("forcesell", "all")
    yield side.call("forcesell", 7)
    yield side.call("delete_trade", 2)
    yield side.call("blacklist", add=["XRP/BTC"])
    yield side.call("start")
    yield side.call("start")
    yield side.until(lambda body: body["state"] == "running", "show_config")
    yield side.call("reload_config")
    yield side.until(lambda body: body["state"] == "running", "show_config")
    for name in ("count", "blacklist", "version"):
        yield side.call(name)


def selling_all(side: Side) -> Iterator[Reply]:
    """The end of every trade."""
    yield side.call("forcesell", "all")
    yield side.until(lambda body: not body, "status")
    # Pairs of trades leave the whitelist a turn later.
    yield side.until(lambda body: "DOGE/BTC" not in body["whitelist"], "whitelist")
    yield side.call("delete_trade", 3)
    for name in _READS:
        yield side.call(name)
    yield side.call("forcesell", "all")


def full(side: Side) -> Iterator[Reply]:
    """A bot in the middle of its work."""
    for part in (reads, arguments, paths, credentials, bodies, trading, pairs, states, selling_all, missing_prices):
        yield from part(side)


def empty(side: Side) -> Iterator[Reply]:
    """A stopped bot without trades, without a currency to show, that buys nothing on demand."""
    yield from reads(side)
    yield side.call("forcebuy", "ETH/BTC")
    yield side.call("forcesell", "all")
    yield side.call("stop")
    yield side.call("stopbuy")
    yield side.call("start")
    yield side.until(lambda body: body["state"] == "running", "show_config")
    yield from reads(side)
    yield side.call("forcebuy", "ETH/BTC")
    yield side.call("forcesell", "all")
    yield side.call("reload_config")
    yield side.until(lambda body: body["state"] == "stopped", "show_config")


def live(side: Side) -> Iterator[Reply]:
    """Real orders on the exchange, which lets them wait."""
    yield from reads(side)
    side.door("orders", wait=True)
    yield side.call("forcebuy", "XRP/BTC", price="0.0000247")
    yield side.call("status")
    yield side.call("count")
    yield side.call("balance")
    yield side.call("forcesell", _FIRST)
    yield side.call("status")
    yield side.call("forcebuy", "LTC/BTC", price="0.0049")
    yield side.call("delete_trade", _FIRST)
    yield side.call("forcebuy", "NEO/BTC", price="0.0012")
    yield side.call("delete_trade", _FIRST + 2)
    yield side.call("forcesell", 6)
    yield side.call("status")
    yield side.call("forcesell", 6)
    side.door("orders", wait=False)
    yield side.until(lambda body: _sold(body, 6), "trades")
    yield side.call("status")
    yield side.call("profit")
    side.door("prices", fail=True)
    yield side.call("forcebuy", "ETH/BTC", price="0.033")
    yield side.call("balance")
    side.door("prices", fail=False)
    yield side.call("status")


def edge(side: Side) -> Iterator[Reply]:
    """Edge chooses pairs and stakes."""
    yield side.until(bool, "edge")
    yield from reads(side)
    for pair in ("XRP/BTC", "LTC/BTC"):
        yield side.call("forcebuy", pair)
    yield side.until(lambda body: all(row["open_order_id"] is None and row["stop_loss"] for row in body), "status")
    for name in ("count", "balance", "show_config", "whitelist"):
        yield side.call(name)


SCENARIOS = (
    Scenario("full", full, {}),
    Scenario(
        "empty",
        empty,
        {"trades": False, "initial_state": "stopped", "forcebuy_enable": False, "fiat_display_currency": ""},
    ),
    Scenario("live", live, {"dry_run": False}),
    Scenario("edge", edge, {"trades": False, "edge": True, "max_open_trades": -1, "stake_amount": "unlimited"}),
)
