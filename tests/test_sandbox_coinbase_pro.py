"""The Coinbase Pro sandbox: a book with priorities, every kind of order, and money that adds up after each request."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import hmac
import http.client
import json
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal, localcontext
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import quote, urlencode
from uuid import UUID, uuid4

import httpx
import pytest
from coinbase_pro_sdk import AsyncCoinbasePro, CoinbasePro, errors
from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox.coinbase_pro import CoinbaseProSandbox
from sandbox.coinbase_pro.amounts import EXACT
from sandbox.coinbase_pro.audit import audit
from sandbox.coinbase_pro.auth import KEYS, SECRET, check_signature
from sandbox.coinbase_pro.bars import MINUTE
from sandbox.coinbase_pro.book import Book
from sandbox.coinbase_pro.catalogue import PRODUCTS
from sandbox.coinbase_pro.crowd import STEP
from sandbox.coinbase_pro.refusal import Refused
from sandbox.coinbase_pro.state import MAKERS, Quote, Side
from sandbox.serve import Running

# 2019-11-20T09:15:27.48213Z
MOMENT = 1_574_241_327.48213
BTC_WALLET = "86f0b2d5-1a4c-5e97-b3d8-7c2e9f406a1b"
USD_WALLET = "f19d5c7e-08b2-5a64-97e3-b0c4d8a26f15"
BANK = "1d7a93c4-52ef-5b08-9c61-e0b4a8d2f573"
DAY = 86_400

Json = Any


class Frozen(CoinbaseProSandbox):
    """A sandbox whose clock moves by the door only."""

    moment: ClassVar[float] = MOMENT

    def now(self) -> float:
        return self.moment + self.offset


class Reply(tuple[int, Any, dict[str, str]]):
    """Status, body and headers of an answer."""

    @property
    def status(self) -> int:
        return self[0]

    @property
    def body(self) -> Json:
        return self[1]

    @property
    def headers(self) -> dict[str, str]:
        return self[2]


class Caller:
    """Signed requests without a network. The books must balance after each of them."""

    def __init__(self, sandbox: CoinbaseProSandbox | None = None) -> None:
        self.sandbox = sandbox or Frozen(check_answers=True)
        self.audited = True

    def send(
        self,
        method: str,
        target: str,
        body: bytes = b"",
        *,
        headers: dict[str, str] | None = None,
        client: str = "10.0.0.1",
        **signing: Any,
    ) -> Reply:
        path, _, query = target.partition("?")
        given = {"User-Agent": "tests", **(sign(self.sandbox.now(), method, target, body, **signing) or {})}
        given |= headers or {}
        scope = {
            "type": "http",
            "method": method,
            "path": path,
            "raw_path": path.encode(),
            "query_string": query.encode(),
            "headers": [(name.encode(), value.encode()) for name, value in given.items() if value is not None],
            "client": (client, 1),
        }
        answer, _ = self.sandbox.process(scope, body)
        if self.audited:
            self.audit()
        return Reply((answer.status, json.loads(self.sandbox.dump(answer.body), parse_float=Decimal), answer.headers))

    def audit(self) -> None:
        with localcontext(EXACT):
            assert audit(self.sandbox.state) == []

    def get(self, path: str, **query: Any) -> Reply:
        return self.send("GET", path + ("?" + urlencode(query, doseq=True) if query else ""))

    def post(self, path: str, **body: Any) -> Reply:
        return self.send("POST", path, json.dumps(body).encode())

    def delete(self, path: str, **query: Any) -> Reply:
        return self.send("DELETE", path + ("?" + urlencode(query) if query else ""))

    def place(self, **body: Any) -> Json:
        """An order that is taken in, as a later read shows it; None if it was purged."""
        order = {"type": "limit", "side": "buy", "product_id": "BTC-USD", **body}
        status, placed, _ = self.send("POST", "/orders", json.dumps(order).encode())
        assert status == 200, placed
        status, read, _ = self.get(f"/orders/{placed['id']}")
        return read if status == 200 else None

    def refused(self, **body: Any) -> tuple[int, str]:
        order = {"type": "limit", "side": "buy", "product_id": "BTC-USD", **body}
        status, refusal, _ = self.send("POST", "/orders", json.dumps(order).encode())
        assert status >= 400, refusal
        return status, refusal["message"]

    def account(self, currency: str) -> Json:
        return next(account for account in self.get("/accounts").body if account["currency"] == currency)

    def holds(self, currency: str) -> Json:
        return self.get(f"/accounts/{self.account(currency)['id']}/holds").body

    def ledger(self, currency: str, **query: Any) -> Json:
        return self.get(f"/accounts/{self.account(currency)['id']}/ledger", **query).body

    def door(self, name: str, **asked: Any) -> Json:
        answer = self.sandbox.control.answer("POST", f"/_sandbox/{name}", json.dumps(asked).encode())
        assert answer.status == 200, answer.body
        return answer.body

    def later(self, seconds: float) -> None:
        self.door("clock", offset=self.sandbox.offset + seconds)

    def push(self, price: str, product_id: str = "BTC-USD") -> None:
        self.door("price", product_id=product_id, price=price)
        self.audit()

    def clear(self, product_id: str = "BTC-USD") -> None:
        """Take the quotes of the makers off the book, but for two far away: an empty side would call them back."""
        market = self.sandbox.exchange.markets[product_id]
        for resting in [one for one in market.book.resting.values() if one.owner]:
            market.withdraw(resting)
        self.quote("buy", "1", "1", product_id)
        self.quote("sell", "20000", "1", product_id)

    def quote(self, side: Side, price: str, size: str, product_id: str = "BTC-USD") -> int:
        """Put a quote of a maker on the book."""
        product = PRODUCTS[product_id]
        ticks, lots = (
            int(Decimal(text).scaleb(places))
            for text, places in ((price, product.price_places), (size, product.size_places))
        )
        self.sandbox.state.last_number += 1
        number = self.sandbox.state.last_number
        self.sandbox.exchange.markets[product_id].rest(number, MAKERS[0], side, ticks, lots)
        return number


def sign(
    now: float,
    method: str,
    target: str,
    body: bytes,
    *,
    key: str | None = "sandbox-key",
    secret: str = SECRET,
    passphrase: str = "sandbox",
    timestamp: str | None = None,
) -> dict[str, str]:
    if key is None:
        return {}
    timestamp = repr(now) if timestamp is None else timestamp
    text = f"{timestamp}{method}{target}".encode() + body
    digest = hmac.new(base64.b64decode(secret), text, hashlib.sha256).digest()
    return {
        "CB-ACCESS-KEY": key,
        "CB-ACCESS-SIGN": base64.b64encode(digest).decode(),
        "CB-ACCESS-TIMESTAMP": timestamp,
        "CB-ACCESS-PASSPHRASE": passphrase,
    }


def numbers(order: Json, *names: str) -> list[Decimal]:
    return [Decimal(order[name]) for name in names]


@pytest.fixture
def caller() -> Caller:
    return Caller()


@pytest.fixture
def quiet(caller: Caller) -> Caller:
    """A market with two quotes: an ask at 7150.26 and a bid at 7150.25, 10 BTC each."""
    caller.clear()
    caller.quote("sell", "7150.26", "10")
    caller.quote("buy", "7150.25", "10")
    return caller


# Who may call


def test_signatures_are_those_of_the_documents() -> None:
    # Key and values as in the description of the document.
    secret = "DRQbIikwNz5FTFNaYWhvdn2Ei5KZoKeutbzDytHY3+bt9PsCCRAXHiUsMzpBSE9WXWRrcnmAh46VnKOqsbi/xg=="
    target = "/orders?product_id=BTC-USD"
    signed = sign(0, "DELETE", target, b"", secret=secret, timestamp="1577836800.125")
    assert signed["CB-ACCESS-SIGN"] == "dST5A2bPKxHhP5SF6vVhsABR2bcCVJGkjVErs+xR8kc="


ORDERED_CHECKS = [
    ({"CB-ACCESS-KEY": None}, "CB-ACCESS-KEY header is required"),
    ({"CB-ACCESS-SIGN": None}, "CB-ACCESS-SIGN header is required"),
    ({"CB-ACCESS-TIMESTAMP": None}, "invalid timestamp"),
    ({"CB-ACCESS-PASSPHRASE": None}, "CB-ACCESS-PASSPHRASE header is required"),
    ({"CB-ACCESS-TIMESTAMP": "noon"}, "invalid timestamp"),
    ({"CB-ACCESS-TIMESTAMP": "1574241000"}, "request timestamp expired"),
    ({"CB-ACCESS-KEY": "somebody"}, "Invalid API Key"),
    ({"CB-ACCESS-PASSPHRASE": "open sesame"}, "Invalid Passphrase"),
    ({"CB-ACCESS-SIGN": "AAAA"}, "invalid signature"),
]


@pytest.mark.parametrize("first", range(len(ORDERED_CHECKS)))
def test_of_several_mistakes_the_first_is_told(caller: Caller, first: int) -> None:
    wrong: dict[str, Any] = {}
    for change, _ in reversed(ORDERED_CHECKS[first:]):
        wrong |= change
    message = ORDERED_CHECKS[first][1]
    assert caller.send("GET", "/accounts", headers=wrong)[:2] == (401, {"message": message})
    caller.door("options", auth_status=400)
    assert caller.send("GET", "/accounts", headers=wrong)[:2] == (400, {"message": message})


@pytest.mark.parametrize(("seconds", "status"), [(-31, 401), (-29, 200), (0, 200), (29, 200), (31, 401)])
def test_a_signature_is_good_for_thirty_seconds_either_way(caller: Caller, seconds: int, status: int) -> None:
    assert caller.send("GET", "/accounts", timestamp=str(MOMENT + seconds)).status == status
    # The door moves the clock that this is measured with.
    caller.later(1000)
    assert caller.send("GET", "/accounts", timestamp=str(MOMENT + 1000 + seconds)).status == status


def test_everything_that_was_sent_is_signed(caller: Caller) -> None:
    body = b'{"from": "USD", "to": "USDC", "amount": "1"}'
    headers = sign(MOMENT, "POST", "/conversions", body)
    assert caller.send("POST", "/conversions", body, headers=headers, key=None).status == 200
    for method, target, sent in (
        ("POST", "/conversions", body.replace(b"1", b"2")),
        ("POST", "/conversions?x=1", body),
        ("POST", "/deposits/coinbase-account", body),
    ):
        reply = caller.send(method, target, sent, headers=headers, key=None)
        assert reply[:2] == (401, {"message": "invalid signature"})


@pytest.mark.parametrize(
    ("key", "path", "status"),
    [
        ("view-key", "/accounts", 200),
        ("view-key", "/coinbase-accounts", 200),
        ("view-key", "/payment-methods", 403),
        ("trade-key", "/accounts", 200),
        ("trade-key", "/coinbase-accounts", 403),
        ("trade-key", "/payment-methods", 403),
        ("trade-key", "/fills?product_id=BTC-USD", 200),
    ],
)
def test_keys_do_what_they_may(caller: Caller, key: str, path: str, status: int) -> None:
    reply = caller.send("GET", path, key=key)
    assert reply.status == status
    if status == 403:
        assert reply.body == {"message": "Forbidden"}


def test_permission_comes_before_parameters(caller: Caller) -> None:
    assert caller.send("POST", "/orders", b"{}", key="view-key")[:2] == (403, {"message": "Forbidden"})
    assert caller.send("POST", "/orders", b"{}", key="trade-key").status == 400
    assert caller.send("POST", "/withdrawals/crypto", b"{}", key="trade-key").status == 403


@pytest.mark.parametrize("path", ["/time", "/accounts", "/nowhere"])
def test_nobody_goes_without_a_user_agent(caller: Caller, path: str) -> None:
    reply = caller.send("GET", path, headers={"User-Agent": ""})
    assert reply[:2] == (400, {"message": "User-Agent header is required."})


def test_routes_that_are_not_there(caller: Caller) -> None:
    for method, path in (("GET", "/nowhere"), ("PUT", "/orders"), ("POST", "/products")):
        assert caller.send(method, path, key=None)[:2] == (404, {"message": "Route not found"})


def test_market_data_needs_no_signature_and_checks_none(caller: Caller) -> None:
    for path in ("/products", "/currencies", "/time", "/products/BTC-USD/ticker"):
        assert caller.send("GET", path, key=None).status == 200
        assert caller.send("GET", path, headers={"CB-ACCESS-SIGN": "AAAA"}).status == 200


def test_rate_limits_are_off_until_they_are_asked_for(caller: Caller) -> None:
    caller.audited = False
    assert {caller.get("/time").status for _ in range(30)} == {200}
    caller.door("options", rate_limits=True)
    assert [caller.send("GET", "/time", key=None).status for _ in range(8)] == [200] * 6 + [429] * 2
    assert caller.send("GET", "/time", key=None).body == {"message": "Public rate limit exceeded"}
    assert caller.send("GET", "/time", key=None, client="10.0.0.2").status == 200
    caller.later(1)
    assert [caller.send("GET", "/time", key=None).status for _ in range(4)] == [200] * 3 + [429]
    statuses = [caller.get("/fees").status for _ in range(11)]
    assert statuses == [200] * 10 + [429]
    assert caller.get("/accounts").body == {"message": "Private rate limit exceeded"}
    caller.later(1)
    assert [caller.get("/fees").status for _ in range(6)] == [200] * 5 + [429]


# Market data


def test_the_market_moves_and_is_the_same_every_time(caller: Caller) -> None:
    seen = []
    for _ in range(20):
        caller.later(STEP)
        seen.append(caller.get("/products/BTC-USD/ticker").body)
    assert len({ticker["price"] for ticker in seen}) > 8
    assert seen == sorted(seen, key=lambda ticker: (ticker["time"], ticker["trade_id"]))
    again = Caller()
    again.later(20 * STEP)
    assert again.get("/products/BTC-USD/ticker").body == seen[-1]
    for product_id in PRODUCTS:
        books = [one.get(f"/products/{product_id}/book", level=3).body for one in (caller, again)]
        assert books[0] == books[1]
        assert books[0]["bids"]
        assert books[0]["asks"]


def test_the_ticker_agrees_with_book_trades_and_candles(caller: Caller) -> None:
    for product_id in PRODUCTS:
        ticker = caller.get(f"/products/{product_id}/ticker").body
        book = caller.get(f"/products/{product_id}/book").body
        [last] = caller.get(f"/products/{product_id}/trades", limit=1).body
        candles = caller.get(f"/products/{product_id}/candles").body
        stats = caller.get(f"/products/{product_id}/stats").body
        assert (ticker["bid"], ticker["ask"]) == (book["bids"][0][0], book["asks"][0][0])
        assert Decimal(ticker["bid"]) < Decimal(ticker["ask"])
        assert ticker["trade_id"] == last["trade_id"]
        assert Decimal(ticker["price"]) == Decimal(last["price"]) == candles[0][4] == Decimal(stats["last"])
        assert ticker["volume"] == stats["volume"]
        assert Decimal(stats["low"]) <= Decimal(stats["last"]) <= Decimal(stats["high"])
        assert Decimal(stats["volume_30day"]) > Decimal(stats["volume"])


@pytest.mark.parametrize("product_id", ["BTC-USD", "XLM-EUR"])
def test_candles_are_made_of_the_trades(caller: Caller, product_id: str) -> None:
    caller.later(4 * 3600)
    trades = [
        {**trade, "second": int(datetime.fromisoformat(trade["time"]).timestamp()), "price": Decimal(trade["price"])}
        for trade in _walk(caller, f"/products/{product_id}/trades")
    ]
    for width in (60, 300, 900, 3600):
        first = min(trade["second"] for trade in trades)
        by_start: dict[int, list[Json]] = {}
        for trade in reversed(trades):
            by_start.setdefault(trade["second"] // width * width, []).append(trade)
        rows = caller.get(f"/products/{product_id}/candles", granularity=width).body
        checked = [row for row in rows if row[0] > first]
        assert len(checked) > 2
        assert [row[0] for row in checked] == sorted((start for start in by_start if start > first), reverse=True)[
            : len(checked)
        ]
        for start, low, high, opened, close, volume in checked:
            inside = by_start[start]
            prices = [trade["price"] for trade in inside]
            assert (low, high, opened, close) == (min(prices), max(prices), prices[0], prices[-1])
            assert volume == sum(Decimal(trade["size"]) for trade in inside)


def test_candles_of_every_width_tell_one_story(caller: Caller) -> None:
    end = MOMENT - MOMENT % DAY
    span = {"start": _iso(end - DAY), "end": _iso(end - 1)}
    rows = {
        width: caller.get("/products/BTC-USD/candles", granularity=width, **span).body
        for width in (900, 3600, 21600, 86400)
    }
    assert [len(rows[width]) for width in (900, 3600, 21600, 86400)] == [96, 24, 4, 1]
    for finer, coarser in ((900, 3600), (3600, 21600), (21600, 86400)):
        for start, low, high, opened, close, volume in rows[coarser]:
            inside = [row for row in rows[finer] if start <= row[0] < start + coarser]
            assert low == min(row[1] for row in inside)
            assert high == max(row[2] for row in inside)
            assert (opened, close) == (inside[-1][3], inside[0][4])
            assert volume == sum(row[5] for row in inside)


def test_candles_of_a_range(caller: Caller) -> None:
    path = "/products/BTC-USD/candles"
    end = MOMENT - MOMENT % 3600
    rows = caller.get(path, granularity=3600, start=_iso(end - 5 * 3600), end=_iso(end)).body
    assert [row[0] for row in rows] == [end - hours * 3600 for hours in range(6)]
    for start, until in (
        (end - 5 * 3600, end),
        (_iso(end - 5 * 3600).removesuffix("Z"), _iso(end).removesuffix("Z")),
        (f"{_iso(end - 5 * 3600).removesuffix('Z')}+00:00", _iso(end)),
    ):
        assert caller.get(path, granularity=3600, start=start, end=until).body == rows
    for nonsense in ("noon", "9" * 30, "9" * 400, "1.2.3"):
        assert caller.get(path, start=nonsense, end=_iso(end)).status == 400
    for day in ("0001-01-01T00:00:00Z", "0026-02-03T10:00:00+01:00", "9999-12-31T23:59:59Z"):
        assert caller.get(path, start=day, end=day)[:2] == (200, [])
    assert caller.get(path, start="0001-01-01T00:00:00+14:00", end=_iso(end)).status == 400
    assert caller.get(path, start=_iso(end)).status == 400
    assert len(caller.get(path, granularity=3600, start=_iso(end - 300 * 3600), end=_iso(end)).body) == 301
    assert caller.get(path, granularity=3600, start=_iso(end - 301 * 3600), end=_iso(end))[:2] == (
        400,
        {"message": "granularity too small for the requested time range. Count of aggregations requested exceeds 300"},
    )
    assert caller.get(path, granularity=3600, start="2012-01-01T00:00:00Z", end="2012-01-02T00:00:00Z").body == []
    assert len(caller.get(path, granularity=3600).body) == 300
    assert caller.get(path, granularity=120)[:2] == (400, {"message": "Unsupported granularity"})


def _iso(second: float) -> str:
    return datetime.fromtimestamp(second, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def test_books_of_each_level_agree(caller: Caller) -> None:
    caller.place(side="buy", price="6000.01", size="0.5")
    caller.place(side="buy", price="6000.01", size="0.25")
    one, two, three = (caller.get("/products/BTC-USD/book", level=level).body for level in (1, 2, 3))
    for side, sign_of in (("bids", -1), ("asks", 1)):
        assert one[side] == two[side][:1]
        prices = [sign_of * Decimal(row[0]) for row in two[side]]
        assert prices == sorted(set(prices))
        for price, size, count in two[side]:
            single = [row for row in three[side] if row[0] == price]
            assert (len(single), sum(Decimal(row[1]) for row in single)) == (count, Decimal(size))
        assert len({row[2] for row in three[side]}) == len(three[side])
    assert two["bids"][-1] == ["6000.01", "0.75", 2]
    open_orders = [order["id"] for order in caller.get("/orders").body]
    assert [row[2] for row in three["bids"][-2:]] == open_orders[::-1]
    assert caller.get("/products/BTC-USD/book", level=4).status == 400


def test_unknown_products(caller: Caller) -> None:
    for what in ("book", "ticker", "trades", "candles", "stats"):
        for product_id in ("DOGE-USD", "nonsense"):
            assert caller.get(f"/products/{product_id}/{what}")[:2] == (404, {"message": "NotFound"})


def test_time_is_told_twice(caller: Caller) -> None:
    assert caller.get("/time").body == {"iso": "2019-11-20T09:15:27.482Z", "epoch": Decimal("1574241327.482")}
    caller.later(0.51787)
    assert caller.get("/time").body == {"iso": "2019-11-20T09:15:28.000Z", "epoch": 1574241328}


def test_no_cache_and_unknown_parameters_are_ignored(caller: Caller) -> None:
    for path in ("/products/BTC-USD/ticker", "/accounts", "/orders", "/time"):
        assert caller.send("GET", f"{path}?no-cache=1577836800.125").status == 200


# Pages


def _walk(caller: Caller, path: str, **query: Any) -> list[Json]:
    found: list[Json] = []
    reply = caller.get(path, **query)
    while reply.body:
        found += reply.body
        reply = caller.get(path, **query, after=reply.headers["cb-after"])
    assert "cb-after" not in reply.headers
    assert "cb-before" not in reply.headers
    return found


def test_pages_of_trades(caller: Caller) -> None:
    path = "/products/BTC-USD/trades"
    caller.later(300)
    trades = _walk(caller, path, limit=7)
    ids = [trade["trade_id"] for trade in trades]
    assert ids == list(range(ids[0], ids[-1] - 1, -1))
    assert len(ids) > 100
    assert len(caller.get(path).body) == 100
    first = caller.get(path, limit=5)
    assert (first.headers["cb-before"], first.headers["cb-after"]) == (str(ids[0]), str(ids[4]))
    second = caller.get(path, limit=5, after=first.headers["cb-after"])
    assert [trade["trade_id"] for trade in second.body] == ids[5:10]
    assert caller.get(path, limit=5, before=second.headers["cb-before"]).body == first.body
    assert caller.get(path, before=ids[0])[:2] == (200, [])
    # `before` gives the items next to the cursor, not the newest of all.
    assert [trade["trade_id"] for trade in caller.get(path, limit=5, before=ids[20]).body] == ids[15:20]
    assert [trade["trade_id"] for trade in caller.get(path, limit=5, before=1).body] == ids[-5:]


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ({"limit": 101}, "Invalid parameter range - limit"),
        ({"limit": 0}, "Invalid parameter range - limit"),
        ({"limit": "all"}, "Invalid parameter range - limit"),
        ({"after": "yesterday"}, "Invalid positive integer value for parameter - after"),
        ({"before": "-1"}, "Invalid positive integer value for parameter - before"),
        ({"before": "0"}, "Invalid positive integer value for parameter - before"),
        ({"before": "1", "after": "2"}, "These parameters do not go together"),
    ],
)
def test_pages_that_are_not_there(caller: Caller, query: dict[str, Any], message: str) -> None:
    paths = ["/products/BTC-USD/trades", f"/accounts/{caller.account('USD')['id']}/ledger"]
    for path in paths:
        assert caller.get(path, **query)[:2] == (400, {"message": message})
    assert caller.get("/fills", product_id="BTC-USD", **query)[:2] == (400, {"message": message})


def test_pages_of_orders_and_holds_go_by_time(caller: Caller) -> None:
    placed = [caller.place(price="100", size="0.01")["id"] for _ in range(7)][::-1]
    for path, name in (("/orders", "id"), (f"/accounts/{caller.account('USD')['id']}/holds", "ref")):
        assert [item[name] for item in _walk(caller, path, limit=3)] == placed
        first = caller.get(path, limit=3)
        assert first.headers["cb-before"] == first.body[0]["created_at"]
        assert first.headers["cb-after"] == first.body[2]["created_at"]
        second = caller.get(path, limit=3, after=first.headers["cb-after"])
        assert caller.get(path, limit=3, before=second.headers["cb-before"]).body == first.body
        assert [item[name] for item in caller.get(path, limit=2, before="2000-01-01T00:00:00Z").body] == placed[-2:]
        assert caller.get(path, before=first.headers["cb-before"])[:2] == (200, [])
        assert caller.get(path, after="noon").status == 400


# Orders


def test_a_market_buy_by_funds(quiet: Caller) -> None:
    """The worked figures of the reference: funds 50.00 at 7150.26."""
    before = Decimal(quiet.account("USD")["balance"])
    placed = quiet.post("/orders", type="market", side="buy", product_id="BTC-USD", funds="50.00").body
    assert placed["status"] == "pending"
    assert placed["settled"] is False
    assert (placed["funds"], placed["specified_funds"], placed["filled_size"]) == ("49.75124378", "50.00", "0")
    assert "size" not in placed
    order = quiet.get(f"/orders/{placed['id']}").body
    assert (order["status"], order["done_reason"], order["settled"]) == ("done", "filled", True)
    assert order["filled_size"] == "0.00695796"
    assert order["executed_value"] == "49.7512230696000000"
    assert order["fill_fees"] == "0.2487561153480000"
    assert Decimal(quiet.account("USD")["balance"]) == before - Decimal("49.7512230696") - Decimal("0.248756115348")
    assert quiet.account("USD")["hold"] == "0.0000000000000000"
    [fill] = quiet.get("/fills", order_id=placed["id"]).body
    assert (fill["price"], fill["size"], fill["fee"]) == ("7150.26000000", "0.00695796", "0.2487561153480000")
    assert (fill["side"], fill["liquidity"], fill["usd_volume"]) == ("buy", "T", "49.7512230696000000")
    fee, match = quiet.ledger("USD", limit=2)
    assert (fee["type"], fee["amount"]) == ("fee", "-0.2487561153480000")
    assert (match["type"], match["amount"]) == ("match", "-49.7512230696000000")
    assert match["details"] == {
        "order_id": placed["id"],
        "trade_id": str(fill["trade_id"]),
        "product_id": "BTC-USD",
    }
    [trade] = quiet.get("/products/BTC-USD/trades", limit=1).body
    # The side of a trade is the maker's.
    assert (trade["trade_id"], trade["side"]) == (fill["trade_id"], "sell")


def test_a_market_sell_by_size(caller: Caller) -> None:
    caller.clear()
    caller.quote("buy", "7162.10", "1")
    order = caller.place(type="market", side="sell", size="0.04")
    assert numbers(order, "executed_value", "fill_fees") == [Decimal("286.484"), Decimal("1.43242")]
    assert "funds" not in order
    assert "price" not in order
    assert "time_in_force" not in order
    amounts = [entry["amount"] for entry in caller.ledger("USD", limit=2)]
    assert amounts == ["-1.4324200000000000", "286.4840000000000000"]


def test_a_market_sell_by_funds(quiet: Caller) -> None:
    order = quiet.place(type="market", side="sell", funds="100.00")
    assert (order["done_reason"], order["funds"], order["specified_funds"]) == ("filled", *["100.0000000000000000"] * 2)
    assert Decimal(order["size"]) == 10
    value = Decimal(order["executed_value"])
    assert Decimal("100") - Decimal("7150.26") * Decimal("0.00000001") < value <= 100


def test_a_sell_by_funds_offers_whole_lots_of_what_there_is(caller: Caller) -> None:
    caller.place(product_id="ETH-USD", price="190", size="0.01000099")
    assert Decimal(caller.account("ETH")["balance"]) == Decimal("200.01000099")
    order = caller.place(product_id="ETH-BTC", type="market", side="sell", funds="0.01")
    assert (order["size"], order["done_reason"]) == ("200.01000000", "filled")


def test_a_market_buy_by_size_stops_when_the_money_is_gone(caller: Caller) -> None:
    caller.clear()
    caller.quote("sell", "7000", "100")
    placed = caller.post("/orders", type="market", side="buy", product_id="BTC-USD", size="20").body
    assert placed["size"] == "20"
    assert Decimal(placed["funds"]) == Decimal("99502.48756218")
    order = caller.get(f"/orders/{placed['id']}").body
    assert (order["status"], order["done_reason"], order["filled_size"]) == ("done", "canceled", "14.21464108")
    assert 0 < Decimal(caller.account("USD")["balance"]) < Decimal("0.001")
    # With next to nothing it is taken in all the same; it buys nothing, and is forgotten.
    assert caller.place(type="market", side="buy", size="1") is None


def test_a_limit_order_rests_is_read_and_is_cancelled(quiet: Caller) -> None:
    placed = quiet.post(
        "/orders",
        type="limit",
        side="buy",
        product_id="BTC-USD",
        price="7150.25",
        size="0.50000000",
        post_only=True,
        stp="co",
    ).body
    assert list(placed) == [
        "id",
        "price",
        "size",
        "product_id",
        "side",
        "stp",
        "type",
        "time_in_force",
        "post_only",
        "created_at",
        "fill_fees",
        "filled_size",
        "executed_value",
        "status",
        "settled",
    ]
    assert (placed["price"], placed["size"], placed["stp"], placed["status"]) == (
        "7150.25",
        "0.50000000",
        "co",
        "pending",
    )
    order = quiet.get(f"/orders/{placed['id']}").body
    assert (order["status"], order["price"], order["size"]) == ("open", "7150.25000000", "0.50000000")
    [listed] = quiet.get("/orders").body
    assert "stp" not in listed
    assert listed["profile_id"] == quiet.account("USD")["profile_id"]
    account = quiet.account("USD")
    assert (account["hold"], account["available"]) == ("3593.0006250000000000", "96406.999375")
    [hold] = quiet.holds("USD")
    assert (hold["amount"], hold["type"], hold["ref"]) == ("3593.0006250000000000", "order", placed["id"])
    # It stands behind the quote that was there before it.
    assert [row[2] for row in quiet.get("/products/BTC-USD/book", level=3).body["bids"]][1] == placed["id"]
    assert quiet.delete(f"/orders/{placed['id']}")[:2] == (200, placed["id"])
    assert quiet.get(f"/orders/{placed['id']}")[:2] == (404, {"message": "NotFound"})
    assert quiet.delete(f"/orders/{placed['id']}")[:2] == (404, {"message": "order not found"})
    assert quiet.get("/orders", status="all").body == []
    assert quiet.account("USD")["hold"] == "0.0000000000000000"
    assert quiet.holds("USD") == []


def test_a_sell_holds_its_size(caller: Caller) -> None:
    caller.place(side="sell", price="99999.99", size="0.1")
    assert (caller.account("BTC")["hold"], caller.account("BTC")["available"]) == ("0.1000000000000000", "9.9")


def test_a_partly_filled_order_is_kept(quiet: Caller) -> None:
    order = quiet.place(price="7150.26", size="12")
    assert (order["status"], order["filled_size"]) == ("open", "10.00000000")
    # What is left is held, no more.
    left = Decimal("7150.26") * 2 * Decimal("1.005")
    assert Decimal(quiet.account("USD")["hold"]) == left
    assert Decimal(quiet.holds("USD")[0]["amount"]) == left
    assert quiet.delete(f"/orders/{order['id']}").status == 200
    order = quiet.get(f"/orders/{order['id']}").body
    assert (order["status"], order["done_reason"], order["settled"]) == ("done", "canceled", True)
    assert quiet.delete(f"/orders/{order['id']}")[:2] == (400, {"message": "Order already done"})
    assert [item["id"] for item in quiet.get("/orders", status="done").body] == [order["id"]]
    assert quiet.get("/orders").body == []


def test_the_maker_fills_at_its_own_price_and_the_taker_at_the_makers(quiet: Caller) -> None:
    better = quiet.quote("sell", "7000", "0.1")
    assert better
    order = quiet.place(price="7150.26", size="0.3")
    assert order["status"] == "done"
    fills = quiet.get("/fills", order_id=order["id"]).body
    assert [(fill["price"], fill["size"]) for fill in fills] == [
        ("7150.26000000", "0.20000000"),
        ("7000.00000000", "0.10000000"),
    ]


def test_orders_at_one_price_are_filled_by_age(caller: Caller) -> None:
    caller.clear()
    first = caller.place(price="7000", size="0.1")
    caller.quote("buy", "7000", "0.1")
    second = caller.place(price="7000", size="0.1")
    better = caller.place(price="7000.01", size="0.1")
    market = caller.sandbox.exchange.markets["BTC-USD"]

    def sell(size: int) -> list[str]:
        with localcontext(EXACT):
            market.take(9, "sell", 1, size)
        caller.audit()
        orders = [caller.get(f"/orders/{order['id']}").body for order in (first, second, better)]
        return [order["filled_size"][:4] for order in orders]

    assert sell(5_000_000) == ["0.00", "0.00", "0.05"]
    assert sell(10_000_000) == ["0.05", "0.00", "0.10"]
    assert sell(10_000_000) == ["0.10", "0.00", "0.10"]
    assert sell(10_000_000) == ["0.10", "0.05", "0.10"]
    [fill] = caller.get("/fills", order_id=second["id"]).body
    assert (fill["liquidity"], fill["price"]) == ("M", "7000.00000000")


def test_a_push_fills_what_stands_in_its_way(caller: Caller) -> None:
    near = caller.place(side="sell", price="7500", size="0.2")
    far = caller.place(side="sell", price="8000", size="0.2")
    caller.push("7600")
    assert caller.get("/products/BTC-USD/ticker").body["price"] == "7600"
    near, far = (caller.get(f"/orders/{order['id']}").body for order in (near, far))
    assert (near["status"], near["executed_value"]) == ("done", "1500.0000000000000000")
    assert far["status"] == "open"
    book = caller.get("/products/BTC-USD/book", level=2).body
    assert 7500 < Decimal(book["bids"][0][0]) <= Decimal("7600") <= Decimal(book["asks"][0][0]) < 7700
    # It stays there: the makers quote around the new price.
    caller.later(600)
    assert 7400 < Decimal(caller.get("/products/BTC-USD/ticker").body["price"]) < 7800


def test_post_only_is_rejected_with_200(quiet: Caller) -> None:
    reply = quiet.post(
        "/orders", type="limit", side="buy", product_id="BTC-USD", price="7150.26", size="0.01", post_only=True
    )
    assert reply.status == 200
    assert (reply.body["status"], reply.body["reject_reason"], reply.body["settled"]) == ("rejected", "post only", True)
    assert "stp" not in reply.body
    assert quiet.account("USD")["hold"] == "0.0000000000000000"
    kept = quiet.get(f"/orders/{reply.body['id']}").body
    assert (kept["status"], kept["reject_reason"]) == ("rejected", "post only")
    assert quiet.get("/orders").body == []
    assert quiet.delete(f"/orders/{kept['id']}").body == {"message": "Order already done"}


def test_fill_or_kill(quiet: Caller) -> None:
    killed = quiet.place(price="7150.26", size="10.00000001", time_in_force="FOK")
    assert (killed["status"], killed["filled_size"]) == ("rejected", "0.00000000")
    assert killed["reject_reason"]
    assert quiet.get("/products/BTC-USD/book").body["asks"] == [["7150.26", "10", 1]]
    filled = quiet.place(price="7150.26", size="10", time_in_force="FOK")
    assert (filled["status"], filled["done_reason"]) == ("done", "filled")


def test_immediate_or_cancel(quiet: Caller) -> None:
    order = quiet.place(price="7150.26", size="11", time_in_force="IOC")
    assert (order["status"], order["done_reason"], order["filled_size"]) == ("done", "canceled", "10.00000000")
    assert quiet.place(price="7000", size="1", time_in_force="IOC") is None
    assert quiet.account("USD")["hold"] == "0.0000000000000000"


@pytest.mark.parametrize(("cancel_after", "seconds"), [("min", 60), ("hour", 3600), ("day", DAY)])
def test_good_till_time(caller: Caller, cancel_after: str, seconds: int) -> None:
    order = caller.place(price="100", size="1", time_in_force="GTT", cancel_after=cancel_after)
    expires = datetime.fromisoformat(order["expire_time"])
    created = datetime.fromisoformat(order["created_at"])
    assert timedelta(0) <= created + timedelta(seconds=seconds) - expires < timedelta(milliseconds=1)
    caller.later(seconds - 1)
    assert caller.get(f"/orders/{order['id']}").status == 200
    caller.later(1)
    assert caller.get(f"/orders/{order['id']}").status == 404
    assert caller.account("USD")["hold"] == "0.0000000000000000"


# Self-trade prevention


@pytest.mark.parametrize(
    ("stp", "resting", "incoming", "left_resting", "left_incoming"),
    [
        ("dc", "1", "0.4", "0.6", None),
        ("dc", "0.4", "1", None, "0.6"),
        ("dc", "1", "1", None, None),
        ("co", "1", "0.4", None, "0.4"),
        ("cn", "1", "0.4", "1", None),
        ("cb", "1", "0.4", None, None),
    ],
)
def test_self_trade_prevention(
    caller: Caller, stp: str, resting: str, incoming: str, left_resting: str | None, left_incoming: str | None
) -> None:
    caller.clear()
    caller.quote("sell", "7300", "5")
    caller.quote("buy", "7000", "5")
    last = caller.get("/products/BTC-USD/ticker").body["trade_id"]
    older = caller.place(side="sell", price="7100", size=resting)
    newer = caller.place(side="buy", price="7100", size=incoming, stp=stp)
    assert caller.get("/products/BTC-USD/ticker").body["trade_id"] == last
    after = caller.get(f"/orders/{older['id']}")
    assert (after.body["size"] if after.status == 200 else None) == (left_resting and f"{Decimal(left_resting):.8f}")
    assert (newer and newer["size"]) == (left_incoming and f"{Decimal(left_incoming):.8f}")
    assert Decimal(caller.account("BTC")["hold"]) == Decimal(left_resting or 0)
    assert Decimal(caller.account("USD")["hold"]) == Decimal(left_incoming or 0) * 7100 * Decimal("1.005")


def test_self_trade_prevention_between_fills(caller: Caller) -> None:
    caller.clear()
    caller.quote("sell", "7100", "0.5")
    own = caller.place(side="sell", price="7101", size="0.3")
    caller.quote("sell", "7102", "5")
    order = caller.place(side="buy", price="7105", size="2", stp="dc")
    # 0.5 bought, 0.3 set off against the own order, the rest bought.
    assert (order["size"], order["filled_size"], order["done_reason"]) == ("1.70000000", "1.70000000", "filled")
    assert caller.get(f"/orders/{own['id']}").status == 404


def test_a_market_buy_by_funds_sets_funds_off(caller: Caller) -> None:
    caller.clear()
    own = caller.place(side="sell", price="7000", size="0.1")
    caller.quote("sell", "7100", "5")
    order = caller.place(type="market", side="buy", funds="1005")
    assert caller.get(f"/orders/{own['id']}").status == 404
    assert Decimal(order["funds"]) == 1000 - 700
    assert Decimal("299.999") < Decimal(order["executed_value"]) <= 300


def test_fill_or_kill_does_not_count_own_orders(caller: Caller) -> None:
    caller.clear()
    own = caller.place(side="sell", price="7100", size="1")
    caller.quote("sell", "7101", "1")
    order = caller.place(side="buy", price="7101", size="1", time_in_force="FOK", stp="dc")
    assert order["status"] == "rejected"
    order = caller.place(side="buy", price="7101", size="1", time_in_force="FOK", stp="co")
    assert order["done_reason"] == "filled"
    assert caller.get(f"/orders/{own['id']}").status == 404


# Stops


def test_stop_orders_wait_for_their_price(caller: Caller) -> None:
    caller.push("7000")
    loss = caller.place(side="sell", price="6500", size="0.1", stop="loss", stop_price="6800")
    entry = caller.place(side="buy", price="7500", size="0.1", stop="entry", stop_price="7200")
    assert (loss["status"], loss["stop"], loss["stop_price"]) == ("active", "loss", "6800.00000000")
    book = caller.get("/products/BTC-USD/book", level=3).body
    assert {loss["id"], entry["id"]}.isdisjoint(row[2] for row in book["bids"] + book["asks"])
    assert caller.account("BTC")["hold"] == "0.1000000000000000"
    assert Decimal(caller.account("USD")["hold"]) == 750 * Decimal("1.005")
    assert [order["id"] for order in caller.get("/orders").body] == [entry["id"], loss["id"]]
    assert [order["id"] for order in caller.get("/orders", status="active").body] == [entry["id"], loss["id"]]
    assert caller.get("/orders", status="open").body == []
    # Cancelling everything leaves them alone.
    resting = caller.place(price="1000", size="0.1")
    assert caller.delete("/orders").body == [resting["id"]]
    caller.push("6800.01")
    assert caller.get(f"/orders/{loss['id']}").body["status"] == "active"
    caller.push("6800")
    loss = caller.get(f"/orders/{loss['id']}").body
    assert (loss["status"], loss["done_reason"], loss["stop"]) == ("done", "filled", "loss")
    caller.push("7200")
    entry = caller.get(f"/orders/{entry['id']}").body
    assert entry["done_reason"] == "filled"
    assert caller.get("/orders").body == []


def test_a_stop_may_rest_after_its_trigger(caller: Caller) -> None:
    caller.push("7000")
    order = caller.place(side="sell", price="6950", size="0.1", stop="loss", stop_price="6800")
    caller.push("6700")
    assert caller.get(f"/orders/{order['id']}").body["status"] == "open"
    caller.push("6960")
    assert caller.get(f"/orders/{order['id']}").body["executed_value"] == "695.0000000000000000"


def test_a_stop_that_is_reached_already_goes_off_at_once(caller: Caller) -> None:
    caller.push("7000")
    order = caller.place(side="sell", price="6500", size="0.1", stop="loss", stop_price="7000")
    assert order["done_reason"] == "filled"


def test_stops_go_off_on_trades_between_two_looks(caller: Caller) -> None:
    """A low in the candles at or below a stop price means that the stop went off."""
    caller.push("7000")
    stops = [
        caller.place(side="sell", price="5000", size="0.001", stop="loss", stop_price=str(7000 - offset))["id"]
        for offset in range(1, 40)
    ]
    caller.later(180)
    since = MOMENT - MOMENT % MINUTE
    lowest = min(row[1] for row in caller.get("/products/BTC-USD/candles").body if row[0] > since)
    waiting = {order["id"] for order in caller.get("/orders").body}
    assert lowest < 6999
    assert [order in waiting for order in stops] == [7000 - offset < lowest for offset in range(1, 40)]


def test_stops_set_each_other_off(caller: Caller) -> None:
    caller.push("7000")
    caller.clear()
    caller.quote("buy", "6900", "0.1")
    caller.quote("buy", "6800", "0.1")
    caller.quote("buy", "6700", "0.1")
    second = caller.place(side="sell", price="6000", size="0.1", stop="loss", stop_price="6900")
    third = caller.place(side="sell", price="6000", size="0.1", stop="loss", stop_price="6800")
    caller.place(side="sell", price="6900", size="0.1")
    for order, price in ((second, "6800"), (third, "6700")):
        [fill] = caller.get("/fills", order_id=order["id"]).body
        assert Decimal(fill["price"]) == Decimal(price)


def test_market_stops_have_to_be_allowed(caller: Caller) -> None:
    caller.push("7000")
    stop = {"type": "market", "side": "sell", "size": "0.1", "stop": "loss", "stop_price": "6800"}
    assert caller.refused(**stop) == (400, "Invalid order_type market")
    caller.door("options", market_stops=True)
    order = caller.place(**stop)
    assert order["status"] == "active"
    caller.push("6790")
    assert caller.get(f"/orders/{order['id']}").body["done_reason"] == "filled"


# Client ids and cancelling


def test_client_ids_find_orders_and_do_not_keep_them_apart(caller: Caller) -> None:
    oid = str(uuid4())
    orders = [caller.place(price="100", size="0.01", client_oid=oid) for _ in range(2)]
    assert orders[0]["id"] != orders[1]["id"]
    assert len(caller.get("/orders").body) == 2
    assert "client_oid" not in orders[0]
    assert caller.get(f"/orders/client:{oid}").body["id"] == orders[1]["id"]
    assert caller.get(f"/orders/client:{oid.upper()}").body["id"] == orders[1]["id"]
    assert caller.delete(f"/orders/client:{oid}").body == oid
    assert caller.get(f"/orders/client:{oid}").body["id"] == orders[0]["id"]
    assert caller.delete(f"/orders/client:{oid}").status == 200
    assert caller.get(f"/orders/client:{oid}").status == 404
    assert caller.delete(f"/orders/client:{oid}").status == 404


def test_ids_are_taken_with_and_without_dashes(caller: Caller) -> None:
    order = caller.place(price="100", size="0.01")
    account = caller.account("USD")
    assert caller.get(f"/orders/{order['id'].replace('-', '')}").body == order
    assert caller.get(f"/accounts/{account['id'].replace('-', '').upper()}").body == account
    assert caller.delete(f"/orders/{order['id'].replace('-', '')}").body == order["id"]


def test_ids_that_lead_nowhere(caller: Caller) -> None:
    unknown = str(uuid4())
    assert caller.get(f"/orders/{unknown}")[:2] == (404, {"message": "NotFound"})
    assert caller.get("/orders/17")[:2] == (400, {"message": "Invalid order id"})
    assert caller.delete("/orders/17")[:2] == (400, {"message": "Invalid order id"})
    for path in (f"/accounts/{unknown}", "/accounts/17", f"/accounts/{unknown}/holds", f"/reports/{unknown}"):
        assert caller.get(path)[:2] == (404, {"message": "NotFound"})
    order = caller.place(price="100", size="0.01")
    assert caller.delete(f"/orders/{order['id']}", product_id="ETH-USD").status == 404
    assert caller.delete(f"/orders/{order['id']}", product_id="BTC-USD").status == 200


def test_cancelling_answers_the_id_or_a_list_of_it(caller: Caller) -> None:
    caller.door("options", cancel_form="array")
    order = caller.place(price="100", size="0.01")
    assert caller.delete(f"/orders/{order['id']}").body == [order["id"]]


def test_cancelling_everything(caller: Caller) -> None:
    bitcoin = [caller.place(price="100", size="0.01")["id"] for _ in range(3)]
    ether = caller.place(product_id="ETH-USD", price="10", size="1")["id"]
    assert caller.delete("/orders", product_id="DOGE-USD")[:2] == (404, {"message": "ProductNotFound"})
    assert caller.delete("/orders", product_id="BTC-USD").body == bitcoin
    assert caller.delete("/orders").body == [ether]
    assert caller.delete("/orders").body == []


# Refusals


LIMIT = {"price": "7000", "size": "0.01"}


@pytest.mark.parametrize(
    ("order", "refusal"),
    [
        ({"price": "7000", "size": "20"}, (400, "Insufficient funds")),
        ({"side": "sell", "price": "9000", "size": "10.00000001"}, (400, "Insufficient funds")),
        ({"type": "market", "funds": "100000.01"}, (400, "Insufficient funds")),
        ({"price": "7000", "size": "0.00099999"}, (400, "size is too small. Minimum size is 0.00100000")),
        ({"price": "7000", "size": "281"}, (400, "size is too large. Maximum size is 280")),
        ({"price": "7000", "size": "281", "post_only": True}, (400, "Insufficient funds")),
        ({"price": "7000", "size": "0.011111111"}, (400, "size is too accurate. Smallest unit is 0.00000001")),
        ({"price": "7000", "size": "much"}, (400, "size must be a number")),
        ({"price": "7000"}, (400, "size must be a number")),
        ({"price": "7000.001", "size": "0.01"}, (400, "price is too accurate. Smallest unit is 0.01000000")),
        ({"price": "0", "size": "0.01"}, (400, "Invalid price 0")),
        ({"price": "-1", "size": "0.01"}, (400, "Invalid price -1")),
        ({"size": "0.01"}, (400, "Invalid Price")),
        ({"price": "9" * 50, "size": "0.01"}, (400, "Invalid Price")),
        ({"type": "market", "price": 0, "size": "1"}, (400, "Invalid price 0")),
        ({"type": "market", "funds": "4.99"}, (400, "funds is too small. Minimum size is 5.00000000")),
        ({"type": "market", "funds": "5.001"}, (400, "funds is too accurate. Smallest unit is 0.01000000")),
        ({"type": "market", "funds": "1000000.01"}, (400, "funds is too large. Maximum size is 1000000")),
        ({"type": "stop", **LIMIT}, (400, "Invalid order_type stop")),
        ({**LIMIT, "stop": "loss", "stop_price": "0"}, (400, "invalid stop price")),
        ({**LIMIT, "stop": "loss"}, (400, "invalid stop price")),
        ({**LIMIT, "stp": "xx"}, (400, "Invalid stp xx")),
        ({**LIMIT, "client_oid": "mine"}, (400, "Invalid client_oid")),
        ({**LIMIT, "client_oid": 7}, (400, "Invalid client_oid")),
        ({**LIMIT, "product_id": "DOGE-USD"}, (404, "Product not found")),
        ({**LIMIT, "side": "hold"}, (400, "Invalid side hold")),
        ({**LIMIT, "time_in_force": "GTT"}, (400, "Invalid cancel_after")),
        ({**LIMIT, "time_in_force": "GTC", "cancel_after": "min"}, (400, "Invalid cancel_after")),
        ({**LIMIT, "time_in_force": "IOC", "post_only": True}, (400, "Invalid post_only")),
        ({"type": "market", "size": "1", "funds": "100"}, (400, "Either size or funds is required")),
        ({"type": "market"}, (400, "Either size or funds is required")),
        ({"type": "market", "product_id": "XLM-EUR", "size": "1"}, (400, "Limit only mode")),
        (
            {"product_id": "XLM-EUR", "price": "0.1", "size": "1.5"},
            (400, "size is too accurate. Smallest unit is 1.00000000"),
        ),
    ],
)
def test_refusals(caller: Caller, order: dict[str, Any], refusal: tuple[int, str]) -> None:
    assert caller.refused(**order) == refusal
    assert caller.get("/orders", status="all").body == []
    assert caller.sandbox.journal == []


def test_bodies_that_are_no_orders(caller: Caller) -> None:
    for body in (b"", b"{", b"[]", b"null", b'"x"', b"\xff", b"[" * 100_000):
        assert caller.send("POST", "/orders", body).status == 400
        assert caller.send("POST", "/deposits/coinbase-account", body).status == 400


def test_amounts_may_be_bare(caller: Caller) -> None:
    """CoPrA passes on what it was given: a float becomes a bare number."""
    reply = caller.send("POST", "/orders", b'{"side":"buy","product_id":"BTC-USD","price":100.1,"size":1e-2}')
    assert (reply.body["type"], reply.body["price"], reply.body["size"]) == ("limit", "100.1", "0.01")
    for number in (b"1e400", b"1e-400", b"NaN", b"Infinity", b"true", b"null", b"[]", b"9" * 1000):
        body = b'{"side":"buy","product_id":"BTC-USD","price":100.1,"size":' + number + b"}"
        assert caller.send("POST", "/orders", body).status == 400


@pytest.mark.parametrize(
    ("mode", "refused", "text"),
    [
        ("post_only", [{}, {"type": "market"}], "Post only mode"),
        ("limit_only", [{"type": "market"}], "Limit only mode"),
        ("cancel_only", [{}, {"type": "market"}, {"post_only": True}], "Cancel only mode"),
    ],
)
def test_modes(caller: Caller, mode: str, refused: list[dict[str, Any]], text: str) -> None:
    resting = caller.place(price="100", size="0.01")
    caller.door("product", product_id="BTC-USD", mode=mode)
    product = next(product for product in caller.get("/products").body if product["id"] == "BTC-USD")
    assert [name for name in ("post_only", "limit_only", "cancel_only") if product[name]] == [mode]
    for change in refused:
        order = {"size": "0.01"} if change.get("type") == "market" else {"price": "100", "size": "0.01"}
        assert caller.refused(**order, **change) == (400, text)
    if mode != "cancel_only":
        assert caller.place(price="100", size="0.01", post_only=True)["status"] == "open"
    assert caller.delete(f"/orders/{resting['id']}").status == 200


def test_fills_need_an_order_or_a_product(caller: Caller) -> None:
    assert caller.get("/fills")[:2] == (400, {"message": "query must contained either product_id or order_id"})
    assert caller.get("/fills", product_id="BTC-USD", order_id=str(uuid4())).status == 400
    assert caller.get("/fills", order_id=str(uuid4()))[:2] == (200, [])
    assert caller.get("/fills", product_id="DOGE-USD")[:2] == (200, [])


# Money that comes and goes


def test_deposits(caller: Caller) -> None:
    reply = caller.post("/deposits/payment-method", amount="250.50", currency="USD", payment_method_id=BANK)
    assert reply.body["amount"] == "250.50"
    assert reply.body["payout_at"] == "2019-11-21T09:15:27Z"
    assert Decimal(caller.account("USD")["balance"]) == Decimal("100250.50")
    [entry] = caller.ledger("USD", limit=1)
    assert entry["type"] == "transfer"
    assert entry["details"] == {"transfer_id": reply.body["id"], "transfer_type": "deposit"}
    reply = caller.post("/deposits/coinbase-account", amount="0.1", currency="BTC", coinbase_account_id=BTC_WALLET)
    assert (reply.body["amount"], "payout_at" in reply.body) == ("0.10000000", False)
    [wallet] = [item for item in caller.get("/coinbase-accounts").body if item["id"] == BTC_WALLET]
    assert wallet["balance"] == "4.90000000"
    assert Decimal(caller.account("BTC")["balance"]) == Decimal("10.1")


def test_withdrawals_are_held_then_gone(caller: Caller) -> None:
    requests: list[tuple[str, str, dict[str, str], int]] = [
        ("/withdrawals/payment-method", "USD", {"payment_method_id": BANK}, 3600),
        ("/withdrawals/coinbase-account", "USD", {"coinbase_account_id": USD_WALLET}, 5),
        ("/withdrawals/crypto", "BTC", {"crypto_address": "1BoatSLRHtKNngkdXEeobR76b53LETtpyT"}, 60),
    ]
    for path, currency, target, seconds in requests:
        before = Decimal(caller.account(currency)["balance"])
        reply = caller.post(path, amount="0.25", currency=currency, **target)
        assert reply.status == 200
        account = caller.account(currency)
        assert (Decimal(account["balance"]), Decimal(account["hold"])) == (before, Decimal("0.25"))
        [hold] = caller.holds(currency)
        assert (hold["type"], hold["ref"]) == ("transfer", reply.body["id"])
        caller.later(seconds)
        account = caller.account(currency)
        assert (Decimal(account["balance"]), Decimal(account["hold"])) == (before - Decimal("0.25"), 0)
        [entry] = caller.ledger(currency, limit=1)
        assert entry["details"] == {"transfer_id": reply.body["id"], "transfer_type": "withdraw"}
        if path.endswith("crypto"):
            assert (reply.body["fee"], reply.body["subtotal"]) == ("0.0004", "0.2496")
    [wallet] = [item for item in caller.get("/coinbase-accounts").body if item["id"] == USD_WALLET]
    assert wallet["balance"] == "25000.25000000"


ADDRESS = "1BoatSLRHtKNngkdXEeobR76b53LETtpyT"


NO_FUNDS = (400, "Insufficient funds")
NO_AMOUNT = (400, "amount must be a positive number")
NO_ADDRESS = (400, "invalid crypto_address")


@pytest.mark.parametrize(
    ("path", "body", "refusal"),
    [
        ("withdrawals/crypto", {"amount": "11", "currency": "BTC", "crypto_address": ADDRESS}, NO_FUNDS),
        ("withdrawals/crypto", {"amount": "1", "currency": "BTC", "crypto_address": "here"}, NO_ADDRESS),
        ("withdrawals/crypto", {"amount": "1", "currency": "BTC"}, NO_ADDRESS),
        ("withdrawals/crypto", {"amount": "0", "currency": "BTC", "crypto_address": ADDRESS}, NO_AMOUNT),
        ("withdrawals/crypto", {"amount": -1, "currency": "BTC", "crypto_address": ADDRESS}, NO_AMOUNT),
        (
            "withdrawals/coinbase-account",
            {"amount": "1", "currency": "BTC", "coinbase_account_id": "x"},
            (404, "NotFound"),
        ),
        ("withdrawals/payment-method", {"amount": "100000.01", "currency": "USD", "payment_method_id": BANK}, NO_FUNDS),
        (
            "deposits/coinbase-account",
            {"amount": "5.1", "currency": "BTC", "coinbase_account_id": BTC_WALLET},
            NO_FUNDS,
        ),
        (
            "deposits/payment-method",
            {"amount": "1", "currency": "USD", "payment_method_id": USD_WALLET},
            (404, "NotFound"),
        ),
        ("conversions", {"from": "USD", "to": "USDC", "amount": "100000.01"}, NO_FUNDS),
        ("conversions", {"from": "USD", "to": "USDC", "amount": "0"}, NO_AMOUNT),
    ],
)
def test_transfers_that_are_refused(caller: Caller, path: str, body: Json, refusal: tuple[int, str]) -> None:
    assert caller.post(f"/{path}", **body)[:2] == (refusal[0], {"message": refusal[1]})


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("withdrawals/crypto", {"amount": "0.0001", "currency": "BTC", "crypto_address": ADDRESS}),
        ("withdrawals/crypto", {"amount": "10", "currency": "USD", "crypto_address": ADDRESS}),
        ("deposits/payment-method", {"amount": "1", "currency": "EUR", "payment_method_id": BANK}),
        ("deposits/payment-method", {"amount": "1.001", "currency": "USD", "payment_method_id": BANK}),
        ("deposits/payment-method", {"amount": "9" * 30, "currency": "USD", "payment_method_id": BANK}),
        ("deposits/coinbase-account", {"amount": "1", "currency": "USD", "coinbase_account_id": BTC_WALLET}),
        ("conversions", {"from": "USD", "to": "USD", "amount": "1"}),
        ("conversions", {"from": "BTC", "to": "USDC", "amount": "1"}),
    ],
)
def test_transfers_that_make_no_sense(caller: Caller, path: str, body: dict[str, Any]) -> None:
    reply = caller.post(f"/{path}", **body)
    assert (reply.status, list(reply.body)) == (400, ["message"])


def test_conversions(caller: Caller) -> None:
    reply = caller.post("/conversions", **{"from": "USD", "to": "USDC", "amount": "250"})
    assert (reply.body["amount"], reply.body["from"], reply.body["to"]) == ("250.00000000", "USD", "USDC")
    assert reply.body["from_account_id"] == caller.account("USD")["id"]
    assert Decimal(caller.account("USD")["balance"]) == 99750
    assert Decimal(caller.account("USDC")["balance"]) == 10250
    for currency in ("USD", "USDC"):
        [entry] = caller.ledger(currency, limit=1)
        assert (entry["type"], entry["details"]) == ("conversion", {"conversion_id": reply.body["id"]})


def test_money_on_hold_cannot_be_spent_twice(caller: Caller) -> None:
    caller.place(price="100", size="280")
    caller.place(price="100", size="280")
    withdrawal = {"amount": "50000", "currency": "USD", "payment_method_id": BANK}
    assert caller.post("/withdrawals/payment-method", **withdrawal).body == {"message": "Insufficient funds"}
    withdrawal["amount"] = "43720"
    assert caller.post("/withdrawals/payment-method", **withdrawal).status == 200
    assert caller.post("/conversions", **{"from": "USD", "to": "USDC", "amount": "0.01"}).status == 400
    assert caller.account("USD")["available"] == "0"


# Fees and volume


def test_fees_fall_with_volume(caller: Caller) -> None:
    assert caller.get("/fees").body == {"maker_fee_rate": "0.0050", "taker_fee_rate": "0.0050", "usd_volume": None}
    caller.clear()
    caller.quote("sell", "7000", "10")
    caller.place(type="market", side="buy", size="2")
    fees = caller.get("/fees").body
    assert fees == {"maker_fee_rate": "0.0035", "taker_fee_rate": "0.0035", "usd_volume": "14000"}
    order = caller.place(type="market", side="buy", size="1")
    assert Decimal(order["fill_fees"]) == 7000 * Decimal("0.0035")
    caller.later(31 * DAY)
    assert caller.get("/fees").body["usd_volume"] == "0"


def test_orders_keep_the_rate_they_were_placed_at(caller: Caller) -> None:
    caller.push("7000")
    resting = caller.place(side="buy", price="6000", size="1")
    caller.clear()
    caller.quote("sell", "7000", "10")
    caller.place(type="market", side="buy", size="2")
    caller.push("5900")
    assert Decimal(caller.get(f"/orders/{resting['id']}").body["fill_fees"]) == 6000 * Decimal("0.005")


def test_volume_in_usd_of_other_quotes(caller: Caller) -> None:
    caller.place(product_id="ETH-BTC", type="market", side="sell", size="1")
    [fill] = caller.get("/fills", product_id="ETH-BTC").body
    bitcoin = Decimal(caller.get("/products/BTC-USD/ticker").body["price"])
    assert Decimal(fill["usd_volume"]) == Decimal(fill["price"]) * Decimal(fill["size"]) * bitcoin


def test_trailing_volume_is_counted_at_midnight(quiet: Caller) -> None:
    quiet.place(type="market", side="buy", size="0.5")
    assert quiet.get("/users/self/trailing-volume").body == []
    quiet.later(DAY)
    [row] = quiet.get("/users/self/trailing-volume").body
    assert (row["product_id"], row["volume"]) == ("BTC-USD", "0.50000000")
    assert Decimal(row["exchange_volume"]) > 1000
    assert row["recorded_at"].startswith("2019-11-21T00:0")


# Reports


def test_reports_are_made_over_time(caller: Caller) -> None:
    dates = {"start_date": "2019-11-01T00:00:00Z", "end_date": "2019-11-20T00:00:00Z"}
    created = caller.post("/reports", type="fills", product_id="BTC-USD", **dates)
    assert set(created.body) == {"id", "type", "status"}
    seen = []
    for seconds in (0, 1, 2):
        caller.later(seconds)
        report = caller.get(f"/reports/{created.body['id']}").body
        seen.append(report["status"])
        assert (report["file_url"] is not None) == (report["completed_at"] is not None) == (seen[-1] == "ready")
    assert seen == ["pending", "creating", "ready"]
    assert report["params"] == {**dates, "format": "pdf", "product_id": "BTC-USD"}
    caller.later(7 * DAY)
    assert caller.get(f"/reports/{created.body['id']}").body["file_url"] is None


def test_reports_that_are_refused(caller: Caller) -> None:
    dates = {"start_date": "2019-11-01T00:00:00Z", "end_date": "2019-11-20T00:00:00Z"}
    assert caller.post("/reports", type="fills", **dates).status == 400
    assert caller.post("/reports", type="account", **dates).status == 400
    assert caller.post("/reports", type="fills", product_id="DOGE-USD", **dates).status == 404
    assert caller.post("/reports", type="account", account_id=str(uuid4()), **dates).status == 404
    dates["end_date"] = "2018-11-20T00:00:00Z"
    assert caller.post("/reports", type="fills", product_id="BTC-USD", **dates).status == 400


# Time, state and doors


def test_the_world_goes_on_when_the_clock_is_put_back(caller: Caller) -> None:
    caller.later(3600)
    order = caller.place(price="100", size="0.01")
    caller.later(-7200)
    assert caller.get("/time").body["iso"].startswith("2019-11-20T08:15")
    newer = caller.place(price="100", size="0.01")
    assert datetime.fromisoformat(newer["created_at"]) > datetime.fromisoformat(order["created_at"])
    assert [item["id"] for item in caller.get("/orders").body] == [newer["id"], order["id"]]
    before = caller.get("/products/BTC-USD/ticker").body["trade_id"]
    caller.later(60)
    assert caller.get("/products/BTC-USD/ticker").body["trade_id"] > before


def test_a_long_leap_of_the_clock_is_short(caller: Caller) -> None:
    caller.place(price="100", size="0.01", time_in_force="GTT", cancel_after="day")
    before = caller.sandbox.exchange.markets["BTC-USD"].state.last_trade
    caller.later(365 * DAY)
    made = caller.sandbox.exchange.markets["BTC-USD"].state.last_trade - before
    assert 3_000 < made < 60_000
    caller.audit()
    assert caller.get("/orders").body == []
    assert 500 < Decimal(caller.get("/products/BTC-USD/ticker").body["price"]) < 70_000


def test_the_state_survives_a_restart(tmp_path: Path) -> None:
    file = tmp_path / "state.sqlite"
    one = Caller(Frozen(state=file, check_answers=True))
    oid = str(uuid4())
    one.place(price="100", size="0.01", client_oid=oid)
    one.place(price="100", size="0.01", time_in_force="GTT", cancel_after="hour")
    one.place(side="sell", price="5000", size="0.1", stop="loss", stop_price="6000")
    one.place(type="market", side="buy", funds="1000")
    one.post("/withdrawals/payment-method", amount="10", currency="USD", payment_method_id=BANK)
    one.door("options", cancel_form="array")
    one.sandbox.store.save(one.sandbox.state)
    two = Caller(Frozen(state=file, check_answers=True))

    def everything(caller: Caller) -> list[Json]:
        paths = ["/accounts", "/orders?status=all", "/fills?product_id=BTC-USD", f"/orders/client:{oid}", "/fees"]
        paths += [f"/products/{product_id}/book?level=3" for product_id in PRODUCTS]
        paths += [f"/products/{product_id}/ticker" for product_id in PRODUCTS]
        return [caller.send("GET", path)[:2] for path in paths]

    assert everything(one) == everything(two)
    for caller in (one, two):
        caller.later(2 * 3600)
        caller.push("5900")
    assert everything(one) == everything(two)
    assert len(two.get("/orders").body) == 1
    assert two.delete(f"/orders/client:{oid}").body == [oid]


def test_reset_goes_back_to_the_start(caller: Caller) -> None:
    before = caller.get("/accounts").body
    caller.place(type="market", side="buy", funds="1000")
    caller.door("options", rate_limits=True)
    caller.later(3600)
    caller.door("reset")
    assert caller.get("/accounts").body == before
    assert caller.get("/orders", status="all").body == []
    assert caller.sandbox.state.options.rate_limits is False


@pytest.mark.parametrize(
    ("door", "asked"),
    [
        ("price", {"product_id": "BTC-USD", "price": "0"}),
        ("price", {"product_id": "BTC-USD", "price": "1.001"}),
        ("price", {"product_id": "BTC-USD", "price": "NaN"}),
        ("price", {"product_id": "BTC-USD", "price": "1e30"}),
        ("price", {"product_id": "BTC-USD", "price": "much"}),
        ("price", {"product_id": "DOGE-USD", "price": "1"}),
        ("price", {}),
        ("options", {"cancel_form": "tuple"}),
        ("options", {"rate_limit": True}),
        ("product", {"product_id": "BTC-USD", "mode": "closed"}),
        ("clock", {"offset": 1e12}),
        ("clock", {"offset": "nan"}),
    ],
)
def test_doors_say_what_is_wrong(caller: Caller, door: str, asked: dict[str, Any]) -> None:
    answer = caller.sandbox.control.answer("POST", f"/_sandbox/{door}", json.dumps(asked).encode())
    assert answer.status == 400, answer.body
    assert caller.get("/time").body["iso"].startswith("2019-11-20T09:15:27")


def test_the_journal_tells_what_was_done(caller: Caller) -> None:
    caller.place(price="100", size="0.01")
    caller.refused(price="100", size="0")
    caller.get("/orders")
    caller.delete("/orders")
    assert [entry["operation"] for entry in caller.sandbox.journal] == ["orders.place", "orders.cancel_all"]


def test_every_currency_and_product_is_listed(caller: Caller) -> None:
    products = caller.get("/products").body
    assert [product["id"] for product in products] == list(PRODUCTS)
    currencies = {currency["id"] for currency in caller.get("/currencies").body}
    assert {product[name] for product in products for name in ("base_currency", "quote_currency")} <= currencies
    assert {account["currency"] for account in caller.get("/accounts").body} == currencies
    for product in products:
        # Fees of any trade fit the places in which the API writes them.
        places = -sum(
            Decimal(product[name]).normalize().as_tuple().exponent for name in ("quote_increment", "base_increment")
        )
        assert places + 4 <= 16


# Anything at all


class Model:
    """What an account must be, from nothing but fills and receipts."""

    def __init__(self, caller: Caller) -> None:
        self.caller = caller
        self.start = {account["currency"]: Decimal(account["balance"]) for account in caller.get("/accounts").body}
        self.moved: dict[str, Decimal] = {}

    def move(self, currency: str, amount: Decimal) -> None:
        self.moved[currency] = self.moved.get(currency, Decimal(0)) + amount

    def check(self) -> None:
        expected = {currency: balance + self.moved.get(currency, 0) for currency, balance in self.start.items()}
        for product_id in PRODUCTS:
            base, quote_currency = product_id.split("-")
            for fill in _walk(self.caller, "/fills", product_id=product_id):
                size, price, fee = numbers(fill, "size", "price", "fee")
                direction = 1 if fill["side"] == "buy" else -1
                expected[base] += direction * size
                expected[quote_currency] -= direction * size * price + fee
        with localcontext(EXACT):
            for account in self.caller.get("/accounts").body:
                balance, hold, available = numbers(account, "balance", "hold", "available")
                assert balance == expected[account["currency"]]
                assert available == balance - hold
                assert available >= 0
                holds = _walk(self.caller, f"/accounts/{account['id']}/holds")
                assert hold == sum(Decimal(item["amount"]) for item in holds)
                entries = _walk(self.caller, f"/accounts/{account['id']}/ledger")
                assert balance == sum(Decimal(entry["amount"]) for entry in entries)


@pytest.mark.parametrize("seed", range(6))
def test_balances_add_up_whatever_is_asked(seed: int) -> None:
    dice = random.Random(seed)
    caller = Caller()
    caller.door("options", market_stops=True)
    with localcontext(EXACT):
        model = Model(caller)
    placed: list[str] = []
    statuses: dict[int, int] = {}

    def order() -> Reply:
        product_id = dice.choice(list(PRODUCTS))
        product = PRODUCTS[product_id]
        last = Decimal(caller.get(f"/products/{product_id}/ticker").body["price"])
        price = round(last * Decimal(dice.uniform(0.995, 1.005)), product.price_places)
        size = round(Decimal(product.lot * dice.choice([0.01, 0.3, 2, 20])), product.size_places) or product.size(1)
        body: dict[str, Any] = {"side": dice.choice(["buy", "sell"]), "product_id": product_id}
        body["stp"] = dice.choice(["dc", "dc", "co", "cn", "cb"])
        if dice.random() < 0.3:
            body |= {"type": "market"}
            body |= {"funds": f"{round(price * size, 2):f}"} if dice.random() < 0.5 else {"size": f"{size:f}"}
        else:
            force = dice.choice(["GTC", "GTC", "GTC", "GTT", "IOC", "FOK"])
            body |= {"type": "limit", "price": f"{price:f}", "size": f"{size:f}", "time_in_force": force}
            if force == "GTT":
                body["cancel_after"] = dice.choice(["min", "hour"])
            if force in ("GTC", "GTT") and dice.random() < 0.2:
                body["post_only"] = True
        if dice.random() < 0.2 and not body.get("post_only"):
            stop_price = round(last * Decimal(dice.uniform(0.997, 1.003)), product.price_places)
            body |= {"stop": dice.choice(["loss", "entry"]), "stop_price": f"{stop_price:f}"}
        reply = caller.post("/orders", **body)
        if reply.status == 200:
            placed.append(reply.body["id"])
        return reply

    def transfer() -> Reply:
        amount = dice.choice(["0.5", "20", "7000", "150000"])
        path, currency, more, sign_of = dice.choice(
            [
                ("/deposits/payment-method", "USD", {"payment_method_id": BANK}, 1),
                ("/deposits/coinbase-account", "BTC", {"coinbase_account_id": BTC_WALLET}, 1),
                ("/withdrawals/coinbase-account", "USD", {"coinbase_account_id": USD_WALLET}, -1),
                ("/withdrawals/crypto", "BTC", {"crypto_address": ADDRESS}, -1),
            ]
        )
        reply = caller.post(path, amount=amount, currency=currency, **more)
        if reply.status == 200:
            model.move(currency, sign_of * Decimal(amount))
            if sign_of < 0:
                caller.later(60)
        return reply

    def convert() -> Reply:
        source, target = dice.sample(["USD", "USDC"], 2)
        amount = dice.choice(["1.5", "4000"])
        reply = caller.post("/conversions", **{"from": source, "to": target, "amount": amount})
        if reply.status == 200:
            model.move(source, -Decimal(amount))
            model.move(target, Decimal(amount))
        return reply

    def cancel() -> Reply:
        return caller.delete(f"/orders/{dice.choice(placed) if placed else uuid4()}")

    def cancel_all() -> Reply:
        return caller.delete("/orders")

    def wait() -> Reply:
        caller.later(dice.choice([1, 7, 30, 90]))
        return caller.get("/orders")

    def push() -> Reply:
        last = Decimal(caller.get("/products/BTC-USD/ticker").body["price"])
        caller.push(f"{last * Decimal(dice.uniform(0.98, 1.02)):.2f}")
        return caller.get("/products/BTC-USD/book", level=2)

    actions = [order] * 12 + [transfer, convert, cancel, cancel, wait, wait, push]
    for _ in range(250):
        reply = dice.choice([*actions, cancel_all] if dice.random() < 0.1 else actions)()
        statuses[reply.status] = statuses.get(reply.status, 0) + 1
    caller.later(3600)
    with localcontext(EXACT):
        model.check()
    # The requests were not all refused, and the orders not all of one fate.
    assert statuses[200] > 150
    assert statuses.get(400, 0) > 0
    fates = {(item["status"], item.get("done_reason")) for item in caller.get("/orders", status="all").body}
    assert {("done", "filled"), ("done", "canceled")} <= fates


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_a_book_is_a_sorted_list(data: st.DataObject) -> None:
    book = Book({})
    quotes: list[Quote] = []
    for number in range(data.draw(st.integers(1, 40))):
        if quotes and data.draw(st.booleans()):
            gone = data.draw(st.sampled_from(quotes))
            quotes.remove(gone)
            book.remove(gone)
        else:
            side: Side = data.draw(st.sampled_from(["buy", "sell"]))
            price = data.draw(st.integers(1, 5)) + (5 if side == "sell" else 0)
            quotes.append(Quote(number, 1, side, price, 1))
            book.add(quotes[-1])
        limit = data.draw(st.integers(1, 10))
        asks = sorted((q for q in quotes if q.side == "sell" and q.price <= limit), key=lambda q: (q.price, q.number))
        bids = sorted((q for q in quotes if q.side == "buy" and q.price >= limit), key=lambda q: (-q.price, q.number))
        assert list(book.facing_all("buy", limit)) == asks
        assert list(book.facing_all("sell", limit)) == bids
        assert book.facing("buy", limit) == (asks[0] if asks else None)
        assert book.facing("sell", limit) == (bids[0] if bids else None)
    copy = Book(book.resting)
    assert [list(level.values()) for _, level in copy.bids.rows()] == [
        list(level.values()) for _, level in book.bids.rows()
    ]


def test_an_audit_finds_what_was_taken() -> None:
    for spoil, word in (
        (lambda state: setattr(state.accounts["USD"], "balance", Decimal(1)), "sum of the ledger"),
        (lambda state: setattr(state.accounts["USD"], "hold", Decimal(1)), "sum of the holds"),
        (lambda state: setattr(state.markets["BTC-USD"].makers, "base", 17), "out of nothing"),
        (lambda state: state.fees.update(USD=Decimal(3)), "fees"),
    ):
        sandbox = Frozen()
        spoil(sandbox.state)
        with localcontext(EXACT):
            assert any(word in problem for problem in audit(sandbox.state))


def test_a_signature_needs_its_key() -> None:
    headers = {name.lower(): value for name, value in sign(100.0, "GET", "/accounts", b"").items()}
    assert check_signature("GET", "/accounts", headers, b"", 100.0, 401) is KEYS["sandbox-key"]
    with pytest.raises(Refused, match="invalid signature"):
        check_signature("GET", "/accounts", headers, b" ", 100.0, 401)


# Over HTTP, and through the package


@pytest.fixture(scope="module")
def running() -> Iterator[Running]:
    with Running(CoinbaseProSandbox(check_answers=True)) as server:
        yield server


@pytest.fixture
def url(running: Running) -> str:
    httpx.post(f"{running.url}/_sandbox/reset").raise_for_status()
    return running.url


CREDENTIALS = CoinbaseProSandbox.credentials


def test_the_wire(url: str) -> None:
    host = url.removeprefix("http://")
    connection = http.client.HTTPConnection(host)
    with contextlib.closing(connection):
        connection.request("GET", "/products/BTC-USD/trades?limit=2&no-cache=1", headers={"User-Agent": "x"})
        response = connection.getresponse()
        body = response.read()
        assert response.status == 200
        names = {name for name, _ in response.getheaders()}
        # CoPrA looks cursors up in lower case only.
        assert {"cb-before", "cb-after"} <= names
        assert response.getheader("content-type") == "application/json; charset=utf-8"
        assert len(json.loads(body)) == 2
        connection.request("GET", f"/orders/client%3A{uuid4()}", headers={"User-Agent": "x"})
        assert connection.getresponse().read() == b'{"message":"CB-ACCESS-KEY header is required"}'


def test_an_escaped_target_is_signed_as_it_was_sent(url: str) -> None:
    now = httpx.get(f"{url}/time").json()["epoch"]
    target = f"/orders/{quote('client:' + str(uuid4()), safe='')}?product_id=BTC%2DUSD"
    headers = sign(now, "DELETE", target, b"")
    assert httpx.delete(url + target, headers=headers).json() == {"message": "order not found"}


def test_every_operation_through_the_package(url: str) -> None:
    with CoinbasePro(base_url=url, max_retries=0, **CREDENTIALS) as client:
        assert client.time().iso.tzinfo is not None
        assert client.currencies.list()
        product = client.products.list()[0]
        assert client.products.order_book(product.id).bids
        assert client.products.order_book(product.id, level=3).bids
        ticker = client.products.ticker(product.id)
        assert len(client.products.trades(product.id, limit=5)) == 5
        assert client.products.historic_rates(product.id, granularity=3600)
        assert client.products.stats(product.id).last == ticker.price
        accounts = {account.currency: account for account in client.accounts.list()}
        assert client.accounts.get(accounts["USD"].id) == accounts["USD"]
        oid = uuid4()
        placed = client.orders.limit("buy", product.id, "100", "0.5", client_oid=oid, stp="cn")
        assert placed.status == "pending"
        order = client.orders.get(f"client:{oid}")
        assert (order.id, order.status, order.price) == (placed.id, "open", 100)
        assert [item.id for item in client.orders.list(product_id=product.id)] == [placed.id]
        [hold] = client.accounts.holds(accounts["USD"].id)
        assert hold.amount == Decimal("50.25")
        assert client.orders.cancel(str(placed.id)) == str(placed.id)
        with pytest.raises(errors.NotFoundError):
            client.orders.get(str(placed.id))
        assert client.orders.cancel_all() == []
        bought = client.orders.get(str(client.orders.market("buy", product.id, funds="500").id))
        assert bought.done_reason == "filled"
        assert sum(fill.size for fill in client.fills.list(order_id=bought.id)) == bought.filled_size
        history = list(client.accounts.history(accounts["USD"].id, limit=2).all())
        assert sum(entry.amount for entry in history) == client.accounts.get(accounts["USD"].id).balance
        method = client.payment_methods.list()[0]
        wallet = next(item for item in client.coinbase_accounts.list() if item.currency == "BTC")
        assert client.deposits.payment_method("10", "USD", method.id).amount == 10
        assert client.deposits.coinbase("0.1", "BTC", wallet.id).amount == Decimal("0.1")
        assert client.withdrawals.payment_method("10", "USD", method.id).payout_at
        assert client.withdrawals.coinbase("0.1", "BTC", wallet.id).amount == Decimal("0.1")
        assert client.withdrawals.crypto("0.1", "BTC", ADDRESS).subtotal == Decimal("0.0996")
        assert client.conversions.create("USD", "USDC", "5").amount == 5
        assert client.fees.get().maker_fee_rate == Decimal("0.005")
        moment = datetime(2020, 1, 1, tzinfo=UTC)
        report = client.reports.create("fills", moment, moment, product_id=product.id)
        assert client.reports.status(report.id).status == "pending"
        assert client.users.trailing_volume() == []
    assert httpx.post(f"{url}/_sandbox/audit", json={}).json() == {"problems": []}


async def test_every_operation_through_the_asynchronous_package(url: str) -> None:
    async with AsyncCoinbasePro(base_url=url, max_retries=0, **CREDENTIALS) as client:
        assert (await client.time()).iso.tzinfo is not None
        assert await client.currencies.list()
        product = (await client.products.list())[0]
        assert (await client.products.order_book(product.id)).bids
        assert (await client.products.order_book(product.id, level=3)).bids
        ticker = await client.products.ticker(product.id)
        assert len(await client.products.trades(product.id, limit=5)) == 5
        assert await client.products.historic_rates(product.id, granularity=3600)
        assert (await client.products.stats(product.id)).last == ticker.price
        accounts = {account.currency: account for account in await client.accounts.list()}
        assert await client.accounts.get(accounts["USD"].id) == accounts["USD"]
        oid = uuid4()
        placed = await client.orders.limit("sell", product.id, "90000", "0.5", client_oid=oid)
        order = await client.orders.get(f"client:{oid}")
        assert (order.id, order.status) == (placed.id, "open")
        assert [item.id for item in await client.orders.list()] == [placed.id]
        [hold] = await client.accounts.holds(accounts["BTC"].id)
        assert hold.amount == Decimal("0.5")
        assert await client.orders.cancel(f"client:{oid}") == str(oid)
        assert await client.orders.cancel_all() == []
        bought = await client.orders.market("buy", product.id, size="0.1")
        [*fills] = await client.fills.list(product_id=product.id)
        assert sum(fill.size for fill in fills) == Decimal("0.1")
        assert (await client.orders.get(str(bought.id))).settled
        page = await client.accounts.history(accounts["USD"].id, limit=2)
        history = [entry async for entry in page.all()]
        assert sum(entry.amount for entry in history) == (await client.accounts.get(accounts["USD"].id)).balance
        method = (await client.payment_methods.list())[0]
        wallet = next(item for item in await client.coinbase_accounts.list() if item.currency == "BTC")
        assert (await client.deposits.payment_method("10", "USD", method.id)).amount == 10
        assert (await client.deposits.coinbase("0.1", "BTC", wallet.id)).amount == Decimal("0.1")
        assert (await client.withdrawals.payment_method("10", "USD", method.id)).payout_at
        assert (await client.withdrawals.coinbase("0.1", "BTC", wallet.id)).amount == Decimal("0.1")
        assert (await client.withdrawals.crypto("0.1", "BTC", ADDRESS)).subtotal == Decimal("0.0996")
        assert (await client.conversions.create("USD", "USDC", "5")).amount == 5
        assert (await client.fees.get()).taker_fee_rate == Decimal("0.005")
        moment = datetime(2020, 1, 1, tzinfo=UTC)
        report = await client.reports.create("account", moment, moment, account_id=accounts["USD"].id)
        assert (await client.reports.status(report.id)).status == "pending"
        assert await client.users.trailing_volume() == []


async def test_in_process_over_asgi() -> None:
    sandbox = CoinbaseProSandbox(check_answers=True)
    transport = httpx.ASGITransport(app=sandbox)
    async with httpx.AsyncClient(transport=transport) as http_client:
        client = AsyncCoinbasePro(base_url="http://127.0.0.1:8701", http_client=http_client, **CREDENTIALS)
        placed = await client.orders.limit("buy", "BTC-USD", "100", "0.5")
        assert isinstance(placed.id, UUID)
        assert (await client.orders.get(str(placed.id))).status == "open"


def test_a_lost_reply_is_found_by_its_client_id(url: str) -> None:
    fault = {"operation": "orders.limit", "kind": "drop-after", "times": 1}
    httpx.post(f"{url}/_sandbox/faults", json=fault).raise_for_status()
    with CoinbasePro(base_url=url, **CREDENTIALS) as client:
        oid = uuid4()
        with pytest.raises(errors.OutcomeUnknown):
            client.orders.limit("buy", "BTC-USD", "100", "0.5", client_oid=oid)
        assert client.orders.get(f"client:{oid}").status == "open"
        assert len(client.orders.list()) == 1
    journal = httpx.get(f"{url}/_sandbox/journal").json()
    assert [entry["operation"] for entry in journal] == ["orders.place"]


def test_errors_have_their_types(url: str) -> None:
    with CoinbasePro(base_url=url, max_retries=0, **CREDENTIALS) as client:
        with pytest.raises(errors.BadRequestError, match="Insufficient funds"):
            client.orders.limit("buy", "BTC-USD", "7000", "100")
        with pytest.raises(errors.NotFoundError, match="NotFound"):
            client.products.ticker("DOGE-USD")
        with pytest.raises(errors.PermissionDeniedError, match="Forbidden"):
            CoinbasePro(base_url=url, **{**CREDENTIALS, "key": "view-key"}).orders.cancel_all()
        with pytest.raises(errors.AuthenticationError, match="Invalid Passphrase"):
            CoinbasePro(base_url=url, **{**CREDENTIALS, "passphrase": "wrong"}).accounts.list()
        httpx.post(f"{url}/_sandbox/options", json={"rate_limits": True}).raise_for_status()
        for _ in range(6):
            client.products.ticker("BTC-USD")
        with pytest.raises(errors.RateLimitError, match="Public rate limit exceeded"):
            client.products.ticker("BTC-USD")
