"""The 1Fox sandbox: what each call answers."""

from __future__ import annotations

import html
import json
import math
import re
from decimal import Decimal
from itertools import islice
from typing import Any, cast
from urllib.parse import parse_qsl

from sandbox.app import Answer, Call, Sandbox, handles
from sandbox.document import Problem

from . import views
from .amounts import btc, ceil_div, iso, iso_seconds, parse_time, percent, plain
from .exchange import Exchange, Ticket
from .feed import STEP
from .markets import MARKETS
from .quota import TOTAL, Quota, cost
from .refusals import Refused
from .state import State

__all__ = ["TOKEN", "OneFoxSandbox"]

TOKEN = "SANDBOXTOKEN0000000000000000000000"  # noqa: S105
_DEPOSIT = 501_116_817
_HISTORY = 7 * 24 * 3600
_MINUTE = 60
_ANCHORS = {"limit_price": "LIMIT", "stop_entry_price": "STOP_ENTRY"}


class _Pretty(dict[str, Any]):
    """An answer for human eyes."""


class OneFoxSandbox(Sandbox[State]):
    """A 1Fox of one account, with 5.01116817 BTC in it.

    Where the documentation is silent, this server does the following.

    - A spent quota is answered with status 429, a Retry-After header and an envelope with the code QUOTA_EXCEEDED, by
      every call until the next full hour. The allowance is 20,000,000 ms, as in the documented example.
    - Every other failure is an envelope with status 200. The codes beside TRADE_DECIMALS_LIMIT_PRICE, which stands for
      every price off the step, are made after its pattern.
    - A market order answers an object with a null `order_id` and its `position_id`.
    - Unknown symbols are left out of `market/ticker`. `market/trades` gives no more than 1,000 trades.
    - `position/history` begins with the position closed last; trades and charges begin with the newest, too. A page of
      `market/index_history` runs from old to new, and the first page ends now.
    - `market/bars` with a `limit` gives the first bars after `date_start`, or, without it, the last ones before
      `date_end`.
    - A market that is ORDERS_ONLY takes limit and stop entry orders and executes none of them.
    - Prices move every ten seconds; funding is at 04:00, 12:00 and 20:00, LONG pays where the rate is positive.
    """

    api = "onefox"
    name = "onefox"
    port = 8703
    prefix = "/api/v1"
    state_type = State
    credentials = {"token": TOKEN}  # noqa: RUF012

    _exchange: Exchange | None = None

    @classmethod
    def base_url(cls, port: int) -> str:
        """Address for clients."""
        return f"http://127.0.0.1:{port}{cls.prefix}"

    def fresh_state(self) -> State:
        """A new account, and markets that are a week old."""
        opened = int(self.now()) // STEP * STEP
        started = opened - _HISTORY
        return State(started=started, opened=opened, step=_HISTORY // STEP, unlocked=_DEPOSIT, deposited=_DEPOSIT)

    @property
    def exchange(self) -> Exchange:
        """The account in its markets, over the state of now."""
        if self._exchange is None or self._exchange.state is not self.state:
            self._exchange = Exchange(self.state)
        return self._exchange

    @property
    def quota(self) -> Quota:
        """The allowances of the state of now."""
        return Quota(self.state.allowances)

    # Around every call

    def advance(self, now: float) -> None:
        """Let prices move, orders fill, funding be charged."""
        self.exchange.advance(now)

    def authenticate(self, call: Call) -> Answer | None:
        """The quota comes before everything else; then the token, for the calls that need one."""
        if not self.quota.left(call.client, call.now):
            return self._refusal(_quota_exceeded(3600 - int(call.now) % 3600))
        if call.operation.data["security"]:
            given = dict(parse_qsl(call.target.partition("?")[2])).get("token")
            if given is None:
                return self._refusal(Refused("TOKEN_MISSING", "This call needs an API token."))
            if given != TOKEN:
                return self._refusal(Refused("INVALID_TOKEN", "There is no such API token."))
        return None

    def invalid(self, call: Call, problems: list[Problem]) -> Answer:
        """The first problem, by the name of its parameter."""
        problem = problems[0]
        if problem.name:
            code = "MISSING_PARAMETER" if problem.name not in call.parameters else "INVALID_PARAMETER"
            return self._refusal(Refused(code, f"{problem.name}: {problem.reason[:200]}", parameter=problem.name))
        if call.operation.id == "order.create":
            for name, order_type in _ANCHORS.items():
                given, meant = name in call.parameters, call.parameters["order_type"] == order_type
                if given != meant:
                    code = f"TRADE_{'UNUSED' if given else 'MISSING'}_{name.upper()}"
                    return self._refusal(Refused(code, f"{name} belongs to {order_type} orders.", parameter=name))
        return self._refusal(Refused("MISSING_PARAMETER", problem.reason))

    def _answer(self, call: Call, problems: list[Problem]) -> Answer:
        try:
            return super()._answer(call, problems)
        except Refused as refused:
            return self._refusal(refused)

    def rate_limited(self, seconds: int) -> Answer:
        """As when the quota is spent."""
        refused = self._refusal(_quota_exceeded(seconds))
        return Answer(self._envelope(refused.body, None, self.now()), refused.status, refused.headers)

    def _refusal(self, refused: Refused) -> Answer:
        seconds = refused.data.get("seconds_until_reset")
        return Answer(refused, refused.status, {"retry-after": str(seconds)} if seconds else {})

    def _envelope(self, refused: Refused | None, response: Any, now: float) -> dict[str, Any]:
        envelope: dict[str, Any] = {"server_time": iso(now), "error": refused is not None}
        if refused is not None:
            envelope |= {"error_code": refused.code, "error_message": refused.message}
            if refused.data:
                envelope["error_data"] = refused.data
        envelope["warning"] = self.state.warning is not None
        if self.state.warning is not None:
            envelope["warning_message"] = self.state.warning
        envelope["response"] = response
        return envelope

    def succeeded(self, answer: Answer) -> bool:
        """Failures have a good status, too."""
        return not isinstance(answer.body, Refused)

    def finish(self, call: Call | None, answer: Answer) -> Answer:
        """Put the envelope around an answer, and take its cost off the quota."""
        if call is None:
            return answer
        refused = answer.body if isinstance(answer.body, Refused) else None
        envelope = self._envelope(refused, None if refused is not None else answer.body, call.now)
        spent = 0 if answer.status == 429 else cost(call.operation.id, envelope["response"])
        self.quota.spend(call.client, call.now, spent)
        if call.parameters.get("execution_time") == 1:
            envelope["execution_time_milliseconds"] = plain(Decimal(spent) / 1000)
        pretty = call.parameters.get("pretty") is True
        return Answer(_Pretty(envelope) if pretty else envelope, answer.status, answer.headers)

    def dump(self, body: Any) -> bytes:
        """With line breaks and indents, if that was asked for."""
        text = super().dump(body)
        return json.dumps(json.loads(text), indent=4).encode() if isinstance(body, _Pretty) else text

    def no_route(self, method: str, path: str, headers: dict[str, str], now: float) -> Answer:
        """A page of the web server."""
        return _page(404, "Not Found", f"There is nothing at {html.escape(path)} on this server.")

    def wrong_method(self, method: str, path: str, allowed: list[str], headers: dict[str, str], now: float) -> Answer:
        """A page of the web server: every call is a GET."""
        answer = _page(405, "Method Not Allowed", f"{html.escape(method)} cannot be used here.")
        answer.headers["allow"] = ", ".join(allowed)
        return answer

    # Doors

    def door_price(self, asked: Any) -> Any:
        """POST /_sandbox/price {"symbol": ..., "price": ...}: a market is there at once, and moves on from there."""
        symbol, text = str(asked["symbol"]), str(asked["price"])
        if symbol not in MARKETS or MARKETS[symbol].status != "OPEN":
            raise ValueError(f"symbol: {symbol} is not an open market")
        if not re.fullmatch(r"\d{1,7}(\.\d+)?", text, re.ASCII):
            raise ValueError("price: expected a number from 0 to 9999999")
        price, step = Decimal(text), MARKETS[symbol].step
        if price % step or price < 10 * step:
            raise ValueError(f"price: expected a multiple of {step}, at least {10 * step}")
        now = self.now()
        self.advance(now)
        self.exchange.set_price(symbol, price, now)
        bid, ask, last = self.exchange.ticker(symbol, now)
        return {"symbol": symbol, "bid": plain(bid), "ask": plain(ask), "last": plain(last)}

    def door_warning(self, asked: Any) -> Any:
        """POST /_sandbox/warning {"message": ...}: every answer comes with this warning; null ends it."""
        message = asked["message"]
        self.state.warning = None if message is None else str(message)
        return {"message": self.state.warning}

    def door_quota(self, asked: Any) -> Any:
        """POST /_sandbox/quota {"ip": ..., "left": ms}: what an address, or everybody, has left in this hour."""
        address, left = asked.get("ip"), int(asked["left"])
        if left < 0:
            raise ValueError("left: expected 0 or more")
        self.quota.set(None if address is None else str(address), self.now(), left * 1000)
        return {"ip": address, "left": left}

    # Quota and user

    @handles("quota.status")
    def quota_status(self, call: Call) -> Answer:
        """CPU time left."""
        left = self.quota.left(call.client, call.now) // 1000
        return Answer(
            {
                "cpu_time_left": str(left),
                "cpu_time_left_percentage": percent(left, TOTAL, 6),
                "cpu_time_total": str(TOTAL),
            }
        )

    @handles("user.get")
    def user(self, call: Call) -> Answer:
        """The account."""
        return Answer(
            {
                "user_id": "1",
                "username": "user1",
                "email_address": "user1@example.com",
                "date_created": iso_seconds(self.state.opened),
                "pending_deposits": "0",
                "exchange_currency": "USD",
                "exchange_rate": "1",
                "notification_unread_count": "0",
                "profile_image_url": "https://1fox.com/img/trade/profile_default_picture.svg",
            }
        )

    @handles("user.overview")
    def overview(self, call: Call) -> Answer:
        """The balance and what is open."""
        state = self.state
        positions = ((item.id, views.open_position(self.exchange, item, call.now)) for item in state.positions.values())
        return Answer(
            {
                "balance_unlocked": btc(state.unlocked),
                "balance_locked": btc(sum(item.margin for item in state.orders.values())),
                "positions": views.mapped(positions),
                "orders": views.mapped((item.id, views.order(item)) for item in state.orders.values()),
            }
        )

    # Markets

    @handles("market.list")
    def markets(self, call: Call) -> Answer:
        """All markets."""
        return Answer(views.mapped((item.symbol, views.market(item)) for item in MARKETS.values()))

    @handles("market.get")
    def market(self, call: Call) -> Answer:
        """One market."""
        feed = self.exchange.feeds[self._symbol(call)]
        return Answer(views.market_details(self.exchange, feed, call.now))

    @handles("market.bars")
    def bars(self, call: Call) -> Answer:
        """Bars out of the trades."""
        asked = call.parameters
        feed = self.exchange.feeds[self._symbol(call)]
        resolution: int = asked["resolution"]
        start = _moment(asked, "date_start")
        until = _moment(asked, "date_end")
        # A trade of this very moment belongs to it.
        end = math.nextafter(call.now, math.inf)
        if until is not None:
            # A bar that begins before the end is a whole one.
            end = min(end, ceil_div(until, resolution) * resolution)
        limit = asked.get("limit")
        found = feed.bars(resolution, start, end, None if limit is None else min(limit, _MOST))
        return Answer([views.bar(feed, item) for item in found])

    @handles("market.orderbook")
    def orderbook(self, call: Call) -> Answer:
        """The book, with the orders of the account in it."""
        bids, asks = self.exchange.book(self._symbol(call), call.parameters.get("depth", 10), call.now)
        return Answer(
            {
                name: [{"price": plain(price), "contracts": str(size)} for price, size in levels]
                for name, levels in (("bids", bids), ("asks", asks))
            }
        )

    @handles("market.ticker")
    def ticker(self, call: Call) -> Answer:
        """Bid, ask and last price."""
        tickers: dict[str, Any] = {}
        for symbol in call.parameters["symbols"]:
            if symbol in MARKETS:
                bid, ask, last = self.exchange.ticker(symbol, call.now)
                tickers[symbol] = {"bid": plain(bid), "ask": plain(ask), "last": plain(last)}
        return Answer(tickers or [])

    @handles("market.index_history")
    def index_history(self, call: Call) -> Answer:
        """Index prices, one a minute."""
        feed = self.exchange.feeds[self._symbol(call)]
        offset, limit = _page_of(call)
        newest = int(call.now) // _MINUTE - offset
        oldest = max(newest - limit, ceil_div(self.state.started, _MINUTE) - 1)
        return Answer([views.index_point(feed, minute * _MINUTE) for minute in range(oldest + 1, newest + 1)])

    @handles("market.trades")
    def trades(self, call: Call) -> Answer:
        """The latest trades."""
        symbol = self._symbol(call)
        latest = self.exchange.feeds[symbol].latest(call.now)
        return Answer([views.trade(symbol, item) for item in islice(latest, min(_page_of(call)[1], _MOST_TRADES))])

    def _symbol(self, call: Call) -> str:
        return self.exchange.market(call.parameters["symbol"]).symbol

    # Orders

    @handles("order.create")
    def create_order(self, call: Call) -> Answer:
        """Place an order."""
        asked = call.parameters
        order_id, position_id = self.exchange.place(
            Ticket(
                symbol=asked["symbol"],
                type=asked["order_type"],
                direction=asked["direction"],
                margin=Decimal(asked["margin"]),
                leverage=asked["leverage"],
                price=_decimal(asked, "limit_price") or _decimal(asked, "stop_entry_price"),
                stop_loss=_decimal(asked, "stop_loss"),
                take_profit=_decimal(asked, "take_profit"),
                post_only=asked.get("post_only", False),
            ),
            call.now,
        )
        if order_id is None:
            return Answer({"order_id": None, "position_id": str(position_id)})
        return Answer({"order_id": str(order_id)})

    @handles("order.close")
    def close_order(self, call: Call) -> Answer:
        """Withdraw an order."""
        self.exchange.withdraw(call.parameters["order_id"])
        return Answer(None)

    # Positions

    @handles("position.edit")
    def edit_position(self, call: Call) -> Answer:
        """Set stop loss and take profit; the numbers of this answer are bare."""
        asked = call.parameters
        position = self.exchange.edit(
            asked["position_id"], _decimal(asked, "stop_loss"), _decimal(asked, "take_profit"), call.now
        )
        return Answer(
            {"position_id": position.id, "stop_loss": position.stop_loss, "take_profit": position.take_profit}
        )

    @handles("position.history")
    def history(self, call: Call) -> Answer:
        """Closed positions, the last one first."""
        offset, limit = _page_of(call)
        closed = self.state.closed
        found = islice(reversed(closed.values()), min(offset, len(closed)), min(offset + limit, len(closed)))
        return Answer([views.closed_position(item) for item in found])

    @handles("position.close")
    def close_position(self, call: Call) -> Answer:
        """Close a position in the market."""
        self.exchange.close(call.parameters["position_id"], call.now)
        return Answer(None)

    @handles("position.trades")
    def position_trades(self, call: Call) -> Answer:
        """The trades of a position, newest first."""
        offset, limit = _page_of(call)
        position = self.exchange.position(call.parameters["position_id"])
        return Answer([views.own_trade(position, item) for item in position.trades[::-1][offset : offset + limit]])

    @handles("position.fees")
    def position_fees(self, call: Call) -> Answer:
        """The charges of a position, newest first."""
        offset, limit = _page_of(call)
        position = self.exchange.position(call.parameters["position_id"])
        return Answer([views.charge(position, item) for item in position.charges[::-1][offset : offset + limit]])

    @handles("position.merge")
    def merge(self, call: Call) -> Answer:
        """Put positions together."""
        return Answer({"position_id": str(self.exchange.merge(call.parameters["position_ids"]))})


# A limit above this is as good as none.
_MOST = 10**9
_MOST_TRADES = 1_000


def _quota_exceeded(seconds: int) -> Refused:
    words = "The CPU time of this address is spent until the next full hour."
    return Refused("QUOTA_EXCEEDED", words, 429, **({"seconds_until_reset": seconds} if seconds else {}))


def _page_of(call: Call) -> tuple[int, int]:
    """Offset and limit."""
    return call.parameters.get("offset", 0), call.parameters.get("limit", 10)


def _decimal(asked: dict[str, Any], name: str) -> Decimal | None:
    text = asked.get(name)
    return None if text is None else Decimal(text)


def _moment(asked: dict[str, Any], name: str) -> int | None:
    """A time in whole seconds, rounded up."""
    text = cast("str | None", asked.get(name))
    if text is None:
        return None
    try:
        return -int(-parse_time(text) // 1)
    except (ValueError, OverflowError):
        raise Refused("INVALID_PARAMETER", f"{name}: there is no such moment", parameter=name) from None


def _page(status: int, title: str, text: str) -> Answer:
    head = f"<head><title>{status} {title}</title></head>"
    body = f"<body><h1>{title}</h1><p>{text}</p></body>"
    return Answer(f"<!DOCTYPE html>\n<html>{head}{body}</html>\n", status, {}, "text/html; charset=utf-8")
