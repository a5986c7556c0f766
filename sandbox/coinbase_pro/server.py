"""The Coinbase Pro API over the exchange."""

from __future__ import annotations

import json
import re
from decimal import Decimal, localcontext
from typing import Any, ClassVar, cast

import msgspec

from sandbox.app import Answer, Call, Sandbox, handles
from sandbox.document import Operation, Problem
from sandbox.faults import Fault

from . import times
from .accounts import PROFILE, USER_ID, account_view, entry_view, hold_view
from .amounts import EXACT, padded, shortest, steps
from .audit import audit
from .auth import PASSPHRASE, SECRET, check_permission, check_signature
from .catalogue import CURRENCIES, PAYMENT_METHODS, PRODUCTS
from .exchange import Exchange
from .limits import Limits
from .market import Market
from .opening import open_exchange
from .orders import order_view, read_order
from .pages import by_number, by_time, page
from .refusal import Refused
from .reports import report_view
from .state import Account, Fill, Options, Order, Report, State, identity
from .transfers import Transfers
from .wording import refusal_of

__all__ = ["CoinbaseProSandbox"]

Json = Any
_MOST_CANDLES = 300
_AMOUNTS = ("price", "size", "funds", "stop_price", "amount")
_MODES = ("", "post_only", "limit_only", "cancel_only")
# The latest time that a clock can be set to: 2200. Dates end in the year 9999, and nobody needs them.
_LATEST = 7_258_118_400


class CoinbaseProSandbox(Sandbox[State]):
    """Coinbase Pro in the manner of 2020, with play money."""

    api: ClassVar[str] = "coinbase_pro"
    name: ClassVar[str] = "coinbase-pro"
    port: ClassVar[int] = 8701
    state_type: ClassVar[Any] = State
    credentials: ClassVar[dict[str, str]] = {"key": "sandbox-key", "secret": SECRET, "passphrase": PASSPHRASE}

    _open: tuple[State, Exchange, Transfers] | None = None
    _limits: Limits | None = None

    @classmethod
    def base_url(cls, port: int) -> str:
        """Address of the API on a port of this machine."""
        return f"http://127.0.0.1:{port}"

    @property
    def exchange(self) -> Exchange:
        """The exchange over the present state."""
        return self._opened()[1]

    def _opened(self) -> tuple[State, Exchange, Transfers]:
        # The state is replaced by a reset; what is built on it has to be built anew then.
        if self._open is None or self._open[0] is not self.state:
            exchange = Exchange(self.state)
            self._open = self.state, exchange, Transfers(exchange)
            self._limits = Limits()
        return self._open

    # The base's questions

    def fresh_state(self) -> State:
        """A new exchange."""
        with localcontext(EXACT):
            return open_exchange(times.micros(self.now()))

    def advance(self, now: float) -> None:
        """Let the market and everything that waits for a time run up to now."""
        with localcontext(EXACT):
            self.exchange.advance(times.micros(now))

    def set_offset(self, offset: float) -> None:
        """Move the clock, within reason."""
        if not 0 <= self.now() - self.offset + offset <= _LATEST:
            raise ValueError("offset: leads out of the years 1970 to 2199")
        super().set_offset(offset)

    def process(self, scope: dict[str, Any], body: bytes) -> tuple[Answer, Fault | None]:
        """Answer a request, with exact arithmetic."""
        with localcontext(EXACT):
            return super().process(scope, body)

    def _answer(self, call: Call, problems: list[Problem]) -> Answer:
        try:
            return super()._answer(call, problems)
        except Refused as refusal:
            return Answer({"message": refusal.message}, refusal.status)

    def authenticate(self, call: Call) -> Answer | None:
        """A user agent for everybody; a good signature and the permission where an account is concerned."""
        if not call.headers.get("user-agent"):
            raise Refused("User-Agent header is required.")
        if call.operation.data["security"]:
            status = self.state.options.auth_status
            key = check_signature(call.method, call.target, call.headers, call.raw_body, call.now, status)
            check_permission(key, call.operation.id)
            call.user = key
        return None

    def before(self, call: Call) -> Answer | None:
        """Rate limits, if they are switched on."""
        if self.state.options.rate_limits and self._limits is not None:
            public = call.user is None
            if not self._limits.allow(call.client if public else PROFILE, call.now, public=public):
                raise Refused(f"{'Public' if public else 'Private'} rate limit exceeded", 429)
        return None

    def no_route(self, method: str, path: str, headers: dict[str, str], now: float) -> Answer:
        """There is no such path, or not with this method."""
        if not headers.get("user-agent"):
            return Answer({"message": "User-Agent header is required."}, 400)
        return Answer({"message": "Route not found"}, 404)

    def finish(self, call: Call | None, answer: Answer) -> Answer:
        """Headers of every answer."""
        public = call is None or call.user is None
        answer.headers = {
            "content-type": "application/json; charset=utf-8",
            "cache-control": "public, max-age=1, must-revalidate" if public else "no-store",
            "access-control-allow-origin": "*",
            "access-control-expose-headers": "cb-before, cb-after, cb-gdpr",
            **answer.headers,
        }
        return answer

    def read_path(self, values: dict[str, str]) -> dict[str, str]:
        """Ids are taken with and without dashes, in either case."""
        for name in ("account_id", "report_id", "order_id"):
            if name in values:
                prefix, found, written = values[name].rpartition("client:")
                values[name] = prefix + found + _with_dashes(written)
        return values

    def read_query(self, query: list[tuple[str, str]]) -> list[tuple[str, str]]:
        """Times are taken in seconds since 1970 and without a zone, too."""
        return [(name, _with_zone(text) if name in ("start", "end") else text) for name, text in query]

    def read_body(self, operation: Operation, body: Json) -> Json:
        """Amounts are taken bare, times without a zone, and orders without a type."""
        if not isinstance(body, dict):
            return body
        given = cast("dict[str, Any]", body)
        for name in _AMOUNTS:
            value = given.get(name)
            if isinstance(value, int | Decimal) and not isinstance(value, bool):
                given[name] = _spelt_out(value)
        if operation.id == "orders.place":
            given.setdefault("type", "limit")
        for name in ("start_date", "end_date"):
            if name in given:
                given[name] = _with_zone(given[name])
        return given

    def invalid(self, call: Call, problems: list[Problem]) -> Answer:
        """The API's own word for what does not fit the document."""
        message, status = refusal_of(call, problems)
        return Answer({"message": message}, status)

    # Doors

    def door_price(self, asked: Json) -> Json:
        """Push a market to a price: {"product_id": "BTC-USD", "price": "7200"}."""
        with localcontext(EXACT):
            self.advance(self.now())
            product = PRODUCTS[asked["product_id"]]
            written = str(asked["price"])
            known = re.fullmatch(r"\d{1,12}(\.\d{1,12})?", written, re.ASCII)
            ticks = steps(Decimal(written), product.price_places) if known else None
            if not ticks:
                raise ValueError(f"price: expected a multiple of {product.price(1):f}, got {asked['price']!r}")
            self.exchange.push(product.id, ticks)
            market = self.exchange.markets[product.id]
            return {"product_id": product.id, **market.ticker(self._second())}

    def door_options(self, asked: Json) -> Json:
        """Switch something: {"cancel_form": "array", "rate_limits": true}."""
        options = {**msgspec.to_builtins(self.state.options), **asked}
        unknown = sorted(set(asked) - set(msgspec.structs.asdict(self.state.options)))
        if unknown:
            raise ValueError(f"there is no option {unknown[0]!r}")
        self.state.options = msgspec.convert(options, Options)
        return msgspec.to_builtins(self.state.options)

    def door_product(self, asked: Json) -> Json:
        """Put a product into a mode: {"product_id": "BTC-USD", "mode": "post_only"}; "" is the usual one."""
        mode = asked["mode"]
        if mode not in _MODES:
            raise ValueError(f"mode: expected one of {', '.join(map(repr, _MODES))}, got {mode!r}")
        market = self.exchange.markets[asked["product_id"]]
        market.state.mode = mode
        return market.product.view(mode)

    def door_audit(self, asked: Json) -> Json:
        """Whether the books balance: a list of what does not add up."""
        with localcontext(EXACT):
            return {"problems": audit(self.state)}

    # Market data

    def _second(self) -> int:
        return self.state.time // times.SECOND

    def _market(self, call: Call) -> Market:
        market = self.exchange.markets.get(call.parameters["product_id"])
        if market is None:
            raise Refused("NotFound", 404)
        return market

    @handles("products.list")
    def products(self, call: Call) -> Answer:
        """Every product."""
        return Answer([market.product.view(market.state.mode) for market in self.exchange.markets.values()])

    @handles("products.order_book")
    def order_book(self, call: Call) -> Answer:
        """The book of a product."""
        return Answer(self._market(call).book_view(call.parameters.get("level", 1)))

    @handles("products.ticker")
    def ticker(self, call: Call) -> Answer:
        """The last trade and the best prices."""
        return Answer(self._market(call).ticker(self._second()))

    @handles("products.trades")
    def trades(self, call: Call) -> Answer:
        """The latest trades."""
        market = self._market(call)
        found = page(market.state.trades, lambda trade: trade.id, call.parameters, by_number)
        return _paged([market.trade_view(trade) for trade in found], [str(trade.id) for trade in found])

    @handles("products.historic_rates")
    def historic_rates(self, call: Call) -> Answer:
        """Candles."""
        market = self._market(call)
        width = call.parameters.get("granularity", 60)
        end = self._second()
        start = end - end % width - (_MOST_CANDLES - 1) * width
        if "start" in call.parameters:
            first, last = (times.parse(call.parameters[name]) for name in ("start", "end"))
            if first is None or last is None:
                raise Refused("Invalid start or end")
            start, end = first // times.SECOND, last // times.SECOND
            if (end - start) // width > _MOST_CANDLES:
                raise Refused(
                    "granularity too small for the requested time range."
                    f" Count of aggregations requested exceeds {_MOST_CANDLES}"
                )
        return Answer(market.candles(width, start, end))

    @handles("products.stats")
    def stats(self, call: Call) -> Answer:
        """The last 24 hours."""
        return Answer(self._market(call).stats(self._second()))

    @handles("currencies.list")
    def currencies(self, call: Call) -> Answer:
        """Every currency."""
        return Answer([currency.view(order) for order, currency in enumerate(CURRENCIES.values())])

    @handles("time")
    def server_time(self, call: Call) -> Answer:
        """The clock; unlike the market's time it may be put back."""
        millis = times.micros(call.now) // 1000
        whole = times.text_seconds(millis * 1000).removesuffix("Z")
        return Answer({"iso": f"{whole}.{millis % 1000:03d}Z", "epoch": Decimal(millis).scaleb(-3)})

    # Accounts

    def _account(self, call: Call) -> Account:
        account = self.exchange.accounts.by_id(call.parameters["account_id"])
        if account is None:
            raise Refused("NotFound", 404)
        return account

    @handles("accounts.list")
    def accounts(self, call: Call) -> Answer:
        """Every account."""
        return Answer([account_view(account) for account in self.state.accounts.values()])

    @handles("accounts.get")
    def account(self, call: Call) -> Answer:
        """One account."""
        return Answer(account_view(self._account(call)))

    @handles("accounts.history")
    def ledger(self, call: Call) -> Answer:
        """The changes of an account's balance."""
        found = page(self._account(call).ledger, lambda entry: entry.id, call.parameters, by_number)
        return _paged([entry_view(entry) for entry in found], [str(entry.id) for entry in found])

    @handles("accounts.holds")
    def holds(self, call: Call) -> Answer:
        """What is held of an account."""
        holds = list(self._account(call).holds.values())
        found = page(holds, lambda hold: hold.created, call.parameters, by_time)
        return _paged([hold_view(hold) for hold in found], [times.text(hold.created) for hold in found])

    # Orders

    @handles("orders.place")
    def place(self, call: Call) -> Answer:
        """Take an order in. The answer tells nothing of what became of it, unless it was refused by the book."""
        market = self.exchange.markets.get(call.body["product_id"])
        if market is None:
            raise Refused("Product not found", 404)
        new = read_order(call.body, market.state.mode, market_stops=self.state.options.market_stops)
        before = new.size
        order = self.exchange.place(new)
        view = order_view(order)
        if order.status != "rejected":
            for name in ("done_at", "done_reason"):
                view.pop(name, None)
            view |= {"stp": order.stp, "status": "pending", "settled": False}
            if before is not None:
                view["size"] = call.body["size"]
        # New orders show numbers as they were sent, and plain zeros.
        view |= {name: call.body[name] for name in ("price", "size", "stop_price") if name in call.body}
        view |= {"fill_fees": "0", "filled_size": "0", "executed_value": "0"}
        if order.funds is not None:
            view["funds"] = shortest(order.funds)
        if order.specified_funds is not None:
            view["specified_funds"] = call.body["funds"]
        return Answer(view)

    @handles("orders.list")
    def orders(self, call: Call) -> Answer:
        """One's own orders."""
        wanted: set[str] = set(call.parameters.get("status") or ("open", "pending", "active"))
        every = "all" in wanted
        source = self.state.orders.values() if every or "done" in wanted else self.exchange.live_orders()
        product_id = call.parameters.get("product_id")
        orders = [
            order
            for order in source
            if (every or order.status in wanted) and (product_id is None or order.product_id == product_id)
        ]
        found = page(orders, lambda order: order.created, call.parameters, by_time)
        views = [order_view(order, profile=True, stp=False) for order in found]
        return _paged(views, [times.text(order.created) for order in found])

    def _order(self, call: Call, message: str) -> Order:
        written: str = call.parameters["order_id"]
        oid = written.removeprefix("client:")
        order = self.exchange.order(written) if oid == written else self.exchange.order_of_client(oid)
        if order is None or call.parameters.get("product_id", order.product_id) != order.product_id:
            raise Refused(message, 404)
        return order

    @handles("orders.get")
    def order(self, call: Call) -> Answer:
        """One order."""
        return Answer(order_view(self._order(call, "NotFound")))

    @handles("orders.cancel")
    def cancel(self, call: Call) -> Answer:
        """Cancel an order. One that has not filled at all is forgotten."""
        order = self._order(call, "order not found")
        if order.status in ("done", "rejected"):
            raise Refused("Order already done")
        self.exchange.cancel(order)
        written: str = call.parameters["order_id"]
        named = written.removeprefix("client:")
        return Answer([named] if self.state.options.cancel_form == "array" else named)

    @handles("orders.cancel_all")
    def cancel_all(self, call: Call) -> Answer:
        """Cancel what rests on the book; stop orders go on waiting."""
        product_id = call.parameters.get("product_id")
        if product_id is not None and product_id not in PRODUCTS:
            raise Refused("ProductNotFound", 404)
        found = [
            order
            for order in self.exchange.live_orders()
            if order.status == "open" and product_id in (None, order.product_id)
        ]
        for order in found:
            self.exchange.cancel(order)
        return Answer([order.id for order in found])

    @handles("fills.list")
    def fills(self, call: Call) -> Answer:
        """Fills of an order or of a product."""
        if "order_id" in call.parameters:
            order = self.exchange.order(_with_dashes(call.parameters["order_id"]))
            product_id = order.product_id if order else ""
            fills = self.exchange.fills_of(order.id) if order else []
        else:
            product_id = call.parameters["product_id"]
            fills = self.state.fills.get(product_id, [])
        found = page(fills, lambda fill: fill.trade_id, call.parameters, by_number)
        return _paged([_fill_view(fill, product_id) for fill in found], [str(fill.trade_id) for fill in found])

    # Money

    @handles("deposits.payment_method")
    def deposit_payment_method(self, call: Call) -> Answer:
        """Money from the bank."""
        return Answer(self._opened()[2].deposit_payment_method(call.body))

    @handles("deposits.coinbase")
    def deposit_coinbase(self, call: Call) -> Answer:
        """Money from a wallet on coinbase.com."""
        return Answer(self._opened()[2].deposit_coinbase(call.body))

    @handles("withdrawals.payment_method")
    def withdraw_payment_method(self, call: Call) -> Answer:
        """Money to the bank."""
        return Answer(self._opened()[2].withdraw_payment_method(call.body))

    @handles("withdrawals.coinbase")
    def withdraw_coinbase(self, call: Call) -> Answer:
        """Money to a wallet on coinbase.com."""
        return Answer(self._opened()[2].withdraw_coinbase(call.body))

    @handles("withdrawals.crypto")
    def withdraw_crypto(self, call: Call) -> Answer:
        """Coins to an address."""
        return Answer(self._opened()[2].withdraw_crypto(call.body))

    @handles("conversions.create")
    def convert(self, call: Call) -> Answer:
        """USD to USDC or back."""
        return Answer(self._opened()[2].convert(call.body))

    @handles("payment_methods.list")
    def payment_methods(self, call: Call) -> Answer:
        """What is linked to the user."""
        return Answer(list(PAYMENT_METHODS.values()))

    @handles("coinbase_accounts.list")
    def coinbase_accounts(self, call: Call) -> Answer:
        """The user's wallets on coinbase.com."""
        return Answer([wallet.view() for wallet in self.state.wallets.values()])

    # The user

    @handles("fees.get")
    def fees(self, call: Call) -> Answer:
        """The user's fee rates."""
        maker, taker = self.exchange.rates()
        volume = self.exchange.usd_volume()
        return Answer(
            {
                "maker_fee_rate": padded(maker, 4),
                "taker_fee_rate": padded(taker, 4),
                "usd_volume": None if volume is None else shortest(volume),
            }
        )

    @handles("users.trailing_volume")
    def trailing_volume(self, call: Call) -> Answer:
        """The user's volume of 30 days, as it was at midnight."""
        return Answer(self.exchange.trailing_volume())

    @handles("reports.create")
    def create_report(self, call: Call) -> Answer:
        """Start making a statement."""
        body = call.body
        if body.get("product_id", "BTC-USD") not in PRODUCTS:
            raise Refused("NotFound", 404)
        if "account_id" in body and self.exchange.accounts.by_id(_with_dashes(body["account_id"])) is None:
            raise Refused("NotFound", 404)
        first, last = times.parse(body["start_date"]), times.parse(body["end_date"])
        if first is None or last is None or first > last:
            raise Refused("Invalid start_date or end_date")
        self.state.last_number += 1
        # Times come back as they were sent.
        sent = json.loads(call.raw_body)
        params = {"start_date": sent["start_date"], "end_date": sent["end_date"], "format": body.get("format", "pdf")}
        params |= {name: body[name] for name in ("product_id", "account_id", "email") if name in body}
        report = Report(identity(self.state.last_number), body["type"], self.exchange.stamp(), params)
        self.state.reports[report.id] = report
        return Answer({"id": report.id, "type": report.kind, "status": "pending"})

    @handles("reports.status")
    def report_status(self, call: Call) -> Answer:
        """How far a statement is."""
        report = self.state.reports.get(call.parameters["report_id"])
        if report is None:
            raise Refused("NotFound", 404)
        return Answer(report_view(report, self.state.time))


def _with_dashes(written: str) -> str:
    """A UUID as the exchange spells it; any other text as it is."""
    digits = written.replace("-", "").lower()
    if len(digits) != 32 or not all(digit in "0123456789abcdef" for digit in digits):
        return written
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))


def _with_zone(written: Json) -> Json:
    """A time with its zone; what is no time as it is."""
    time = times.parse(written) if isinstance(written, str) else None
    return written if time is None else times.text(time)


def _spelt_out(value: int | Decimal) -> str:
    """A bare number as text. Numbers too long to be amounts stay short, and are refused for their exponent."""
    number = Decimal(value)
    exponent = number.as_tuple().exponent
    return f"{number:f}" if isinstance(exponent, int) and abs(exponent) < 50 else str(value)


def _paged(views: list[Json], cursors: list[str]) -> Answer:
    """A page and its cursors. CoPrA finds them in lower case only."""
    return Answer(views, headers={"cb-before": cursors[0], "cb-after": cursors[-1]} if cursors else {})


def _fill_view(fill: Fill, product_id: str) -> Json:
    product = PRODUCTS[product_id]
    return {
        "created_at": times.text_millis(fill.created),
        "trade_id": fill.trade_id,
        "product_id": product_id,
        "order_id": fill.order_id,
        "user_id": USER_ID,
        "profile_id": PROFILE,
        "liquidity": fill.liquidity,
        "price": padded(product.price(fill.price), 8),
        "size": padded(product.size(fill.size), 8),
        "fee": padded(fill.fee),
        "side": fill.side,
        "settled": True,
        "usd_volume": padded(fill.usd_volume),
    }
