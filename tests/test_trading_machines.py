"""Programs that trade, made up step by step: what the packages tell of accounts, orders, positions and trades is what a
model in this file reckons with from prices and the rules of the documents alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal, localcontext
from functools import cache
from typing import Any, ClassVar
from uuid import UUID

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from tests.benches import Bench
from tests.documents import errors, examples


@cache
def _bench(api: str) -> tuple[Bench, bytes]:
    """A bench, and its state at the start."""
    more: dict[str, Any] = {}
    if api == "freqtrade":
        # Nothing is bought or sold but by the calls of the test.
        more = {"signals": False, "volatility": 0.0, "minimal_roi": {"0": 100.0}, "stoploss": -0.99}
    bench = Bench(api, **more)
    return bench, bench.snapshot()


class Machine(RuleBasedStateMachine):
    """What the three have in common."""

    api: ClassVar[str]
    asynchronous: ClassVar[bool] = False
    share: ClassVar[float] = 1
    """How many programs are tried, as a share of the examples of other tests."""
    steps: ClassVar[int] = 25

    def __init__(self) -> None:
        super().__init__()
        self.bench, start = _bench(self.api)
        self.bench.restore(start)
        self.errors = errors(self.api)

    def do(self, method: str, *args: Any, **kwargs: Any) -> Any:
        """The result of a method."""
        return self.bench.call(method, *args, asynchronous=self.asynchronous, **kwargs)

    def all(self, method: str, *args: Any, **kwargs: Any) -> list[Any]:
        """Every item of every page."""
        return self.bench.every(self.do(method, *args, **kwargs))

    def refused(self, method: str, *args: Any, **kwargs: Any) -> Any:
        """The error by which the server refuses."""
        with pytest.raises(self.errors.APIError) as failure:
            self.do(method, *args, **kwargs)
        return failure.value

    @property
    def now(self) -> float:
        """The time of the sandbox, in seconds."""
        now: float = self.bench.sandbox.now()
        return now


# Coinbase Pro

TICK, LOT = Decimal("0.01"), Decimal("0.00000001")
BANK_SECONDS = 3600
ADDRESS = "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4"


@dataclass
class Placed:
    """An order as the model has it."""

    id: UUID
    product: str
    side: str
    price: Decimal | None
    size: Decimal | None
    rate: Decimal
    """Taker's rate when it was placed, the greater one of the two."""
    status: str
    expires: float | None = None
    filled: Decimal = Decimal(0)
    value: Decimal = Decimal(0)
    fees: Decimal = Decimal(0)

    @property
    def currency(self) -> str:
        """What it is paid in."""
        base, _, quote = self.product.partition("-")
        return quote if self.side == "buy" else base

    @property
    def hold(self) -> Decimal:
        """What it holds."""
        if self.status == "done":
            return Decimal(0)
        assert self.price is not None
        assert self.size is not None
        left = self.size - self.filled
        return left * self.price * (1 + self.rate) if self.side == "buy" else left


@dataclass
class Fill:
    """A trade of an order's."""

    order: UUID
    price: Decimal
    size: Decimal
    fee: Decimal
    side: str


class CoinbaseProMachine(Machine):
    """Limit orders wait far from the market, where nobody comes by; market orders take what the book shows."""

    api = "coinbase_pro"
    share = 0.4
    steps = 20

    def __init__(self) -> None:
        super().__init__()
        accounts = self.do("accounts.list")
        self.ids = {account.currency: account.id for account in accounts}
        self.start = {account.currency: account.balance for account in accounts}
        self.moves: list[tuple[str, Decimal]] = []
        """Every change of a balance that is no trade, in order."""
        self.orders: list[Placed] = []
        self.fills: list[tuple[str, Fill]] = []
        self.leaving: list[tuple[float, str, Decimal, bool]] = []
        """Withdrawals that are on hold: when they leave, currency, amount, and whether to a wallet."""
        self.bank = {method.currency: method.id for method in reversed(self.do("payment_methods.list"))}
        self.wallets = {wallet.currency: wallet for wallet in self.do("coinbase_accounts.list")}
        self.in_wallet = {currency: wallet.balance for currency, wallet in self.wallets.items()}

    # What the model says

    @property
    def live(self) -> list[Placed]:
        """Orders that are not done, oldest first."""
        return [order for order in self.orders if order.status != "done"]

    def balance(self, currency: str) -> Decimal:
        """Balance of an account."""
        total = self.start[currency] + sum((amount for name, amount in self.moves if name == currency), Decimal(0))
        for product, fill in self.fills:
            base, _, quote = product.partition("-")
            sign = 1 if fill.side == "buy" else -1
            if base == currency:
                total += sign * fill.size
            if quote == currency:
                total -= sign * fill.size * fill.price + fill.fee
        return total

    def hold(self, currency: str) -> Decimal:
        """What is held of an account."""
        held = sum((order.hold for order in self.live if order.currency == currency), Decimal(0))
        return held + sum((amount for _, name, amount, _ in self.leaving if name == currency), Decimal(0))

    def available(self, currency: str) -> Decimal:
        """What can be spent."""
        return self.balance(currency) - self.hold(currency)

    # Steps

    @rule(
        product=st.sampled_from(["BTC-USD", "ETH-USD"]),
        side=st.sampled_from(["buy", "sell"]),
        price=st.integers(100, 5000),
        size=st.sampled_from(["0.01", "0.5", "3", "40", "0.12345678"]),
        way=st.sampled_from(["GTC", "GTT-min", "GTT-hour", "post only", "stop"]),
    )
    def place_limit(self, product: str, side: str, price: int, size: str, way: str) -> None:
        far = Decimal(price) * TICK + (Decimal(10) if side == "buy" else Decimal(50_000))
        rates = self.do("fees.get")
        more: dict[str, Any] = {}
        expires = None
        if way.startswith("GTT"):
            more = {"time_in_force": "GTT", "cancel_after": way[4:]}
        elif way == "post only":
            more = {"post_only": True}
        elif way == "stop":
            # It waits for the market to come where it is not: up to a buyer's price, or down to a seller's.
            waits = Decimal(60_000) if side == "buy" else Decimal(20)
            more = {"stop": "entry" if side == "buy" else "loss", "stop_price": waits}
        order = Placed(UUID(int=0), product, side, far, Decimal(size), rates.taker_fee_rate, "open")
        if order.hold > self.available(order.currency):
            assert self.refused("orders.limit", side, product, far, size, **more).message == "Insufficient funds"
            return
        placed = self.do("orders.limit", side, product, far, size, **more)
        assert (placed.status, placed.price, placed.size) == ("pending", far, order.size)
        found = self.do("orders.get", str(placed.id))
        if way.startswith("GTT"):
            seconds = {"min": 60, "hour": 3600}[way[4:]]
            expires = placed.created_at.timestamp() + seconds
            # One of the two times is cut to milliseconds.
            assert abs(found.expire_time - found.created_at - timedelta(seconds=seconds)) < timedelta(milliseconds=1)
        order.id, order.expires = placed.id, expires
        order.status = "active" if way == "stop" else "open"
        self.orders.append(order)

    @rule(
        product=st.sampled_from(["BTC-USD", "ETH-USD"]),
        side=st.sampled_from(["buy", "sell"]),
        size=st.sampled_from(["0.01", "0.5", "1.25", "0.31415926"]),
    )
    def take_a_size(self, product: str, side: str, size: str) -> None:
        wanted = Decimal(size)
        if side == "sell" and wanted > self.available(product[:3]):
            return
        levels = self.levels(product, side)
        if wanted > sum(size for _, size in levels) or self.available("USD") < wanted * levels[0][0] * 2:
            return  # where a book or a purse ends is another matter
        self.carry_out(product, side, {"size": size}, [(price, min(left, wanted)) for price, left in levels], wanted)

    @rule(product=st.sampled_from(["BTC-USD", "ETH-USD"]), funds=st.sampled_from(["5", "777.77", "5000", "20000.01"]))
    def take_for_funds(self, product: str, funds: str) -> None:
        if Decimal(funds) > self.available("USD"):
            assert self.refused("orders.market", "buy", product, funds=funds).message == "Insufficient funds"
            return
        with localcontext(prec=60):
            left = (Decimal(funds) / (1 + self.do("fees.get").taker_fee_rate)).quantize(LOT, ROUND_DOWN)
            takes = []
            levels = self.levels(product, "buy")
            if left > sum(price * size for price, size in levels):
                return
            for price, size in levels:
                share = min(size, (left / price).quantize(LOT, ROUND_DOWN))
                if not share:
                    break
                takes.append((price, share))
                left -= price * share
        self.carry_out(product, "buy", {"funds": funds}, takes, sum((size for _, size in takes), Decimal(0)))

    def levels(self, product: str, side: str) -> list[tuple[Decimal, Decimal]]:
        """Orders of others that a taker meets, the first one first; one's own stand behind them."""
        book = self.do("products.order_book", product, level=3)
        own = {order.id: order for order in self.live if order.status == "open" and order.product == product}
        rows = {row.order_id: row for row in (*book.bids, *book.asks) if row.order_id in own}
        assert {number: (row.price, row.size) for number, row in rows.items()} == {
            number: (order.price, order.size) for number, order in own.items()
        }
        return [(row.price, row.size) for row in (book.asks if side == "buy" else book.bids) if row.order_id not in own]

    def carry_out(
        self, product: str, side: str, asked: dict[str, str], takes: list[tuple[Decimal, Decimal]], total: Decimal
    ) -> None:
        """Place a market order, and hold its fills against the book."""
        rate = self.do("fees.get").taker_fee_rate
        order = Placed(UUID(int=0), product, side, None, None, rate, "done")
        order.id = self.do("orders.market", side, product, **asked).id
        self.orders.append(order)
        expected: list[Fill] = []
        for price, most in takes:
            size = min(most, total)
            if size:
                expected.append(Fill(order.id, price, size, price * size * rate, side))
                total -= size
        assert total == 0
        fills = self.all("fills.list", order_id=order.id, limit=2)
        assert [Fill(f.order_id, f.price, f.size, f.fee, f.side.value) for f in fills] == expected[::-1]
        order.filled = sum((fill.size for fill in expected), Decimal(0))
        order.value = sum((fill.size * fill.price for fill in expected), Decimal(0))
        order.fees = sum((fill.fee for fill in expected), Decimal(0))
        self.fills += [(product, fill) for fill in expected]

    @precondition(lambda self: self.live)
    @rule(data=st.data())
    def cancel(self, data: st.DataObject) -> None:
        order = data.draw(st.sampled_from(self.live))
        assert self.do("orders.cancel", str(order.id), product_id=order.product) == str(order.id)
        self.orders.remove(order)
        assert isinstance(self.refused("orders.get", str(order.id)), self.errors.NotFoundError)
        assert isinstance(self.refused("orders.cancel", str(order.id)), self.errors.NotFoundError)

    @rule(product=st.sampled_from([None, "BTC-USD", "ETH-USD"]))
    def cancel_all(self, product: str | None) -> None:
        gone = [order for order in self.live if order.status == "open" and product in (None, order.product)]
        assert self.do("orders.cancel_all", product_id=product) == [order.id for order in gone]
        self.orders = [order for order in self.orders if order not in gone]

    @rule(currency=st.sampled_from(["USD", "EUR"]), amount=st.sampled_from(["10", "2500.50"]))
    def deposit_from_the_bank(self, currency: str, amount: str) -> None:
        assert self.do("deposits.payment_method", amount, currency, self.bank[currency]).amount == Decimal(amount)
        self.moves.append((currency, Decimal(amount)))

    @rule(currency=st.sampled_from(["BTC", "USD"]), amount=st.sampled_from(["0.5", "3", "30000"]))
    def deposit_from_a_wallet(self, currency: str, amount: str) -> None:
        arguments = (amount, currency, self.wallets[currency].id)
        if Decimal(amount) > self.in_wallet[currency]:
            assert self.refused("deposits.coinbase", *arguments).message == "Insufficient funds"
            return
        assert self.do("deposits.coinbase", *arguments).currency == currency
        self.in_wallet[currency] -= Decimal(amount)
        self.moves.append((currency, Decimal(amount)))

    @rule(
        currency=st.sampled_from(["USD", "BTC"]),
        amount=st.sampled_from(["0.01", "2", "60000"]),
        to=st.sampled_from(["bank", "wallet", "chain"]),
    )
    def withdraw(self, currency: str, amount: str, to: str) -> None:
        if to == "bank":
            currency = "USD"
            method, arguments, seconds = "payment_method", (amount, currency, self.bank[currency]), BANK_SECONDS
        elif to == "wallet":
            method, arguments, seconds = "coinbase", (amount, currency, self.wallets[currency].id), 5
        else:
            currency = "BTC"
            method, arguments, seconds = "crypto", (amount, currency, ADDRESS), 60
        if Decimal(amount) > self.available(currency):
            assert self.refused(f"withdrawals.{method}", *arguments).message == "Insufficient funds"
            return
        assert self.do(f"withdrawals.{method}", *arguments).amount == Decimal(amount)
        self.leaving.append((self.now + seconds, currency, Decimal(amount), to == "wallet"))

    @rule(there=st.booleans(), amount=st.sampled_from(["0.5", "4000", "90000"]))
    def convert(self, there: bool, amount: str) -> None:
        source, target = ("USD", "USDC") if there else ("USDC", "USD")
        if Decimal(amount) > self.available(source):
            assert self.refused("conversions.create", source, target, amount).message == "Insufficient funds"
            return
        assert self.do("conversions.create", source, target, amount).amount == Decimal(amount)
        self.moves += [(source, -Decimal(amount)), (target, Decimal(amount))]

    @rule(seconds=st.sampled_from([1, 4, 30, 61, 1800, 3601]))
    def wait(self, seconds: int) -> None:
        self.bench.later(seconds)
        self.orders = [order for order in self.orders if order.expires is None or order.expires > self.now]
        gone = [item for item in self.leaving if item[0] <= self.now]
        self.leaving = [item for item in self.leaving if item not in gone]
        for _, currency, amount, to_wallet in gone:
            self.moves.append((currency, -amount))
            self.in_wallet[currency] += amount if to_wallet else 0

    # What must be true after each step

    @invariant()
    def accounts_are_what_the_model_says(self) -> None:
        told = {a.currency: (a.balance, a.hold, a.available) for a in self.do("accounts.list")}
        assert told == {name: (self.balance(name), self.hold(name), self.available(name)) for name in self.start}

    @invariant()
    def pages_of_orders_hold_each_order_once_newest_first(self) -> None:
        told = self.all("orders.list", status=["all"], limit=3)
        assert [(o.id, o.status, o.price, o.filled_size, o.executed_value, o.fill_fees) for o in told] == [
            (o.id, o.status, o.price, o.filled, o.value, o.fees) for o in reversed(self.orders)
        ]
        live = self.all("orders.list", limit=2)
        assert [order.id for order in live] == [o.id for o in reversed(self.live) if o.status in ("open", "active")]

    def teardown(self) -> None:
        """Books of every account, page by page; at the end, since they are long."""
        for product in ("BTC-USD", "ETH-USD"):
            own = [fill for name, fill in self.fills if name == product]
            told = self.all("fills.list", product_id=product, limit=4)
            assert [(f.order_id, f.price, f.size, f.fee) for f in told] == [
                (fill.order, fill.price, fill.size, fill.fee) for fill in reversed(own)
            ]
            assert len({fill.trade_id for fill in told}) == len(told)
        for currency, number in self.ids.items():
            entries = self.all("accounts.history", number, limit=5)
            assert sum((entry.amount for entry in entries), Decimal(0)) == self.balance(currency)
            running = Decimal(0)
            for entry in reversed(entries):
                running += entry.amount
                assert entry.balance == running
            assert len({entry.id for entry in entries}) == len(entries)
            holds = self.all("accounts.holds", number, limit=2)
            assert sum((hold.amount for hold in holds), Decimal(0)) == self.hold(currency)
            refs = [hold.ref for hold in holds if hold.type == "order"]
            assert refs == [order.id for order in reversed(self.live) if order.currency == currency]


# 1Fox

COIN = 100_000_000
RATES = {"FEE_TAKER": Decimal("-0.02"), "SOCIALIZED_LOSS": Decimal("-0.01")}
DEPOSIT = 501_116_817


def unit(price: Decimal, *, up: bool) -> int:
    """Value of one contract at a price, in satoshis."""
    top, bottom = price.as_integer_ratio()
    return -(-COIN * bottom // top) if up else COIN * bottom // top


def up(part: int, whole: int) -> int:
    """A quotient rounded up."""
    return -(-part // whole)


def charge(volume: int, percentage: Decimal) -> int:
    """A share of a volume in satoshis."""
    return int((volume * percentage / 100).to_integral_value(ROUND_HALF_UP))


@dataclass
class Waiting:
    """A limit order that waits."""

    id: int
    symbol: str
    price: Decimal
    contracts: int
    margin: int


@dataclass
class Position:
    """A position as the model has it; amounts in satoshis."""

    id: int
    symbol: str
    direction: str
    leverage: int
    contracts: int
    volume: int
    margin: int
    fees: int
    stop_loss: Decimal | None = None
    take_profit: Decimal | None = None
    profit: int = 0
    merged_into: int | None = None

    @property
    def sign(self) -> int:
        """1 where a rising volume at the exit is a gain: contracts are worth more when the price is low."""
        return 1 if self.direction == "SHORT" else -1


class OneFoxMachine(Machine):
    """Market orders take what the book shows; limit orders and exits stand where the market does not come by itself."""

    api = "onefox"

    def __init__(self) -> None:
        super().__init__()
        self.free = DEPOSIT
        self.waiting: list[Waiting] = []
        self.open: list[Position] = []
        self.closed: list[Position] = []

    def book(self, symbol: str, side: str) -> list[tuple[Decimal, int]]:
        """Levels that a taker meets, the first one first."""
        book = self.do("market.orderbook", symbol, depth=100)
        return [(level.price, level.contracts) for level in (book.asks if side == "BUY" else book.bids)]

    def position(self, data: st.DataObject) -> Position:
        """One of the open positions."""
        return data.draw(st.sampled_from(self.open))

    @rule(
        symbol=st.sampled_from(["BTCUSD", "BTCUSD", "ETHUSD"]),
        margin=st.sampled_from(["0.001", "0.0123", "0.5", "1.3"]),
        direction=st.sampled_from(["LONG", "LONG", "SHORT"]),
        leverage=st.sampled_from([2, 2, 3]),
        guarded=st.booleans(),
    )
    def open_at_the_market(self, symbol: str, margin: str, direction: str, leverage: int, guarded: bool) -> None:
        asked = (symbol, margin, direction, leverage, "MARKET")
        if Decimal(margin) * COIN > self.free:
            assert self.refused("order.create", *asked).code == "TRADE_INSUFFICIENT_BALANCE"
            return
        side = "BUY" if direction == "LONG" else "SELL"
        budget, contracts, volume, fees = int(Decimal(margin) * COIN) * leverage, 0, 0, 0
        for price, size in self.book(symbol, side):
            value = unit(price, up=side == "BUY")
            count = min(size, (budget - volume) // value)
            if not count:
                break
            contracts += count
            volume += count * value
            fees -= charge(count * value, Decimal("0.02"))
        else:
            return  # the last level of the book has no end
        exits: dict[str, Any] = {}
        if guarded:
            low, high = Decimal(10), Decimal(900_000)
            exits = dict(zip(("stop_loss", "take_profit"), (low, high) if side == "BUY" else (high, low), strict=True))
        order = self.do("order.create", *asked, **exits)
        assert order.order_id is None
        taken = up(volume, leverage)
        self.free -= taken
        self.open.append(
            Position(order.position_id, symbol, direction, leverage, contracts, volume, taken, fees, **exits)
        )

    @rule(
        symbol=st.sampled_from(["BTCUSD", "ETHUSD"]),
        margin=st.sampled_from(["0.001", "0.25", "2.5"]),
        price=st.integers(50, 90),
        leverage=st.sampled_from([1, 3]),
        long=st.booleans(),
    )
    def wait_at_a_limit(self, symbol: str, margin: str, price: int, leverage: int, long: bool) -> None:
        limit = Decimal(price) if long else Decimal(price * 5_000)
        asked = (symbol, margin, "LONG" if long else "SHORT", leverage, "LIMIT")
        if Decimal(margin) * COIN > self.free:
            assert self.refused("order.create", *asked, limit_price=limit).code == "TRADE_INSUFFICIENT_BALANCE"
            return
        value = unit(limit, up=True)
        contracts = int(Decimal(margin) * COIN) * leverage // value
        if not contracts:
            assert self.refused("order.create", *asked, limit_price=limit).code == "TRADE_MARGIN_TOO_SMALL"
            return
        order = self.do("order.create", *asked, limit_price=limit, post_only=True)
        assert order.order_id is not None
        bound = up(contracts * value, leverage)
        self.free -= bound
        self.waiting.append(Waiting(order.order_id, symbol, limit, contracts, bound))

    @precondition(lambda self: self.waiting)
    @rule(data=st.data())
    def withdraw(self, data: st.DataObject) -> None:
        order = data.draw(st.sampled_from(self.waiting))
        assert self.do("order.close", order.id) is None
        self.waiting.remove(order)
        self.free += order.margin
        assert self.refused("order.close", order.id).code == "ORDER_NOT_FOUND"

    @precondition(lambda self: self.open)
    @rule(data=st.data(), wrong=st.booleans(), far=st.integers(5, 9))
    def edit(self, data: st.DataObject, wrong: bool, far: int) -> None:
        position = self.position(data)
        below = (position.direction == "LONG") != wrong
        stop = Decimal(far) if below else Decimal(far * 100_000)
        if wrong:
            assert self.refused("position.edit", position.id, stop_loss=stop).code == "TRADE_STOP_LOSS_SIDE"
            return
        told = self.do("position.edit", position.id, stop_loss=stop)
        position.stop_loss = stop
        assert (told.position_id, told.stop_loss, told.take_profit) == (position.id, stop, position.take_profit)

    @precondition(lambda self: self.open)
    @rule(data=st.data())
    def close(self, data: st.DataObject) -> None:
        position = self.position(data)
        side = "SELL" if position.direction == "LONG" else "BUY"
        left, exit_volume, fees = position.contracts, 0, 0
        for price, size in self.book(position.symbol, side):
            count = min(size, left)
            value = count * unit(price, up=side == "BUY")
            left -= count
            exit_volume += value
            fees -= charge(value, Decimal("0.02"))
            if not left:
                break
        if left:
            return
        assert self.do("position.close", position.id) is None
        position.fees += fees
        self.retire(position, exit_volume)
        assert self.refused("position.close", position.id).code == "POSITION_CLOSED"

    def retire(self, position: Position, exit_volume: int) -> None:
        """A position is closed and settled."""
        position.profit = position.sign * (exit_volume - position.volume) + position.fees
        self.free += position.margin + position.profit
        self.open.remove(position)
        self.closed.append(position)

    @precondition(lambda self: len(self.open) > 1)
    @rule(data=st.data())
    def merge(self, data: st.DataObject) -> None:
        chosen = data.draw(st.lists(st.sampled_from(self.open), min_size=2, max_size=3, unique_by=lambda p: p.id))
        for name in ("leverage", "symbol", "direction"):
            if len({getattr(position, name) for position in chosen}) > 1:
                refusal = self.refused("position.merge", [position.id for position in chosen])
                assert refusal.code == f"POSITION_MERGE_{name.upper()}"
                return
        target = max(chosen, key=lambda position: (position.contracts, -position.id))
        assert self.do("position.merge", [position.id for position in chosen]).position_id == target.id
        for other in chosen:
            if other is not target:
                for name in ("contracts", "volume", "margin", "fees"):
                    setattr(target, name, getattr(target, name) + getattr(other, name))
                other.fees, other.merged_into = 0, target.id
                self.open.remove(other)
                self.closed.append(other)

    @precondition(lambda self: self.open)
    @rule(data=st.data())
    def be_stopped(self, data: st.DataObject) -> None:
        """The market leaps to a stop loss: what it does to the one position is told by its trades."""
        position = self.position(data)
        if position.direction != "LONG" or len([p for p in self.open if p.symbol == position.symbol]) > 1:
            return
        if any(order.symbol == position.symbol for order in self.waiting):
            return
        last = self.do("market.ticker", [position.symbol])[position.symbol].last
        stop = (last * Decimal("0.9")).to_integral_value()
        self.do("position.edit", position.id, stop_loss=stop)
        position.stop_loss = stop
        self.bench.door("price", symbol=position.symbol, price=str(stop - 1))
        sales = [trade for trade in self.all("position.trades", position.id, limit=3) if trade.type == "SELL"]
        assert sum(trade.contracts for trade in sales) == position.contracts
        assert all(trade.price < stop for trade in sales)
        for trade in sales:
            assert int(trade.volume * COIN) == trade.contracts * unit(trade.price, up=False)
            position.fees -= charge(int(trade.volume * COIN), Decimal("0.02"))
        self.retire(position, sum(int(trade.volume * COIN) for trade in sales))

    @rule(seconds=st.sampled_from([10, 600, 7200]))
    def wait(self, seconds: int) -> None:
        """Time brings funding, by the rates that are told; no price comes near an order or an exit."""
        self.bench.later(seconds)
        for position in self.open:
            told = self.all("position.fees", position.id, limit=4)
            assert len({fee.transaction_id for fee in told}) == len(told)
            for fee in told:
                if fee.type != "FEE_TAKER":
                    # A merged position was charged for each of its parts.
                    assert abs(fee.amount * COIN) <= abs(charge(position.volume, fee.percentage)) + 1
                assert fee.percentage == RATES.get(fee.type.value, fee.percentage)
            position.fees = int(sum((fee.amount for fee in told), Decimal(0)) * COIN)

    @invariant()
    def the_overview_is_what_the_model_says(self) -> None:
        told = self.do("user.overview")
        assert int(told.balance_unlocked * COIN) == self.free
        assert int(told.balance_locked * COIN) == sum(order.margin for order in self.waiting)
        assert {int(number): order for number, order in told.orders.items()}.keys() == {o.id for o in self.waiting}
        for order in self.waiting:
            shown = told.orders[str(order.id)]
            assert (shown.symbol, shown.price, shown.contracts) == (order.symbol, order.price, order.contracts)
            assert int(shown.margin * COIN) == order.margin
        assert list(told.positions) == [str(position.id) for position in self.open]
        for position in self.open:
            it = told.positions[str(position.id)]
            amounts = [int(amount * COIN) for amount in (it.margin, it.balance, it.fees)]
            assert amounts == [position.margin, position.volume, position.fees], position
            assert (it.symbol, it.direction, it.leverage, it.contracts, it.stop_loss, it.take_profit) == (
                position.symbol,
                position.direction,
                position.leverage,
                position.contracts,
                position.stop_loss,
                position.take_profit,
            )
        whole = self.free + sum(order.margin for order in self.waiting) + sum(p.margin for p in self.open)
        assert whole == DEPOSIT + sum(position.profit for position in self.closed)

    @invariant()
    def pages_of_the_history_hold_each_position_once_the_last_one_first(self) -> None:
        told = self.all("position.history", limit=2)
        assert [
            (p.position_id, p.merged_into, int(p.profit_loss_realized * COIN), int(p.fees * COIN)) for p in told
        ] == [(p.id, p.merged_into, p.profit, p.fees) for p in reversed(self.closed)]


# Freqtrade

FEE = Decimal("0.0025")
STAKE = Decimal("0.05")
ASKS = {"ETH/BTC": "0.0336", "LTC/BTC": "0.00497", "XRP/BTC": "0.0000249", "ADA/BTC": "0.0000122", "NEO/BTC": "0.00122"}
BIDS = {"ETH/BTC": "0.0335", "LTC/BTC": "0.00495", "XRP/BTC": "0.0000248", "ADA/BTC": "0.0000121", "NEO/BTC": "0.00121"}
NEAR = Decimal("0.00000002")
"""The bot reckons with binary fractions and rounds to eight digits."""


@dataclass
class Trade:
    """A trade as the model has it."""

    id: int
    pair: str
    rate: Decimal
    amount: Decimal
    open: bool = True
    selling: bool = False
    profit: Decimal = Decimal(0)


class FreqtradeMachine(Machine):
    """A bot whose market stands still, so that it does what it is told and nothing else."""

    api = "freqtrade"

    def __init__(self) -> None:
        super().__init__()
        self.state = "running"
        self.most: int = 5
        self.black = ["DOGE/BTC"]
        told = self.do("status")
        self.trades = [Trade(t.trade_id, t.pair, t.open_rate, t.amount) for t in told]
        history = self.do("trades").trades
        self.trades += [
            Trade(t.trade_id, t.pair, t.open_rate, t.amount, False, False, t.close_profit_abs) for t in history
        ]
        self.trades.sort(key=lambda trade: trade.id)

    @property
    def open(self) -> list[Trade]:
        """Open trades by their ids."""
        return [trade for trade in self.trades if trade.open]

    def says_no(self, method: str, *args: Any, text: str, **kwargs: Any) -> None:
        """The bot declines in its words, and says so with a status of its own."""
        refusal = self.refused(method, *args, **kwargs)
        assert (refusal.status_code, text in str(refusal.message)) == (502, True), refusal

    @rule(pair=st.sampled_from([*ASKS, "ETH/USDT"]), factor=st.sampled_from([None, "0.9", "1.15"]))
    def forcebuy(self, pair: str, factor: str | None) -> None:
        price = Decimal(BIDS.get(pair, "300")) * Decimal(factor) if factor else None
        if self.state != "running":
            self.says_no("forcebuy", pair, price=price, text="trader is not running")
        elif pair not in ASKS:
            self.says_no("forcebuy", pair, price=price, text="Wrong pair")
        elif any(trade.pair == pair for trade in self.open):
            self.says_no("forcebuy", pair, price=price, text="already open")
        elif sum((STAKE for _ in self.open), STAKE) > self.wealth * Decimal("0.99"):
            self.refused("forcebuy", pair, price=price)
        else:
            rate = price or Decimal(BIDS[pair])
            bought = self.do("forcebuy", pair, price=price)
            number = max((trade.id for trade in self.trades), default=0) + 1
            assert (bought.trade_id, bought.pair, bought.open_rate, bought.is_open) == (number, pair, rate, True)
            self.trades.append(Trade(number, pair, rate, STAKE / rate))

    @property
    def wealth(self) -> Decimal:
        """What the bot has, were it all in its own currency."""
        return 1 + sum((trade.profit for trade in self.trades if not trade.open), Decimal(0))

    @rule(data=st.data(), everything=st.booleans())
    def forcesell(self, data: st.DataObject, everything: bool) -> None:
        known = [trade.id for trade in self.trades]
        wanted: Any = "all" if everything else data.draw(st.sampled_from([*known, max(known, default=0) + 5]))
        if self.state != "running":
            self.says_no("forcesell", wanted, text="trader is not running")
            return
        chosen = [trade for trade in self.open if wanted in ("all", trade.id)]
        if not chosen and wanted != "all":
            self.says_no("forcesell", wanted, text="invalid argument")
            return
        assert "Created sell order" in self.do("forcesell", wanted).result
        for trade in chosen:
            trade.selling = True

    @precondition(lambda self: self.trades)
    @rule(data=st.data())
    def delete_trade(self, data: st.DataObject) -> None:
        trade = data.draw(st.sampled_from(self.trades))
        assert self.do("delete_trade", trade.id).trade_id == trade.id
        self.trades.remove(trade)
        self.says_no("delete_trade", trade.id, text="invalid argument")

    @rule(pairs=st.lists(st.sampled_from(["NEO/BTC", "ADA/BTC", "DOGE/BTC", "NO/PAIR"]), min_size=1, unique=True))
    def blacklist(self, pairs: list[str]) -> None:
        told = self.do("blacklist", add=pairs)
        wrong = {pair for pair in pairs if pair in self.black or pair == "NO/PAIR"}
        self.black += [pair for pair in pairs if pair not in wrong]
        assert (list(told.blacklist), set(told.errors), told.length) == (self.black, wrong, len(self.black))

    @rule()
    def start(self) -> None:
        assert self.do("start").status == ("already running" if self.state == "running" else "starting trader ...")
        self.state = "running"

    @rule()
    def stop(self) -> None:
        assert self.do("stop").status == ("stopping trader ..." if self.state == "running" else "already stopped")
        self.state = "stopped" if self.state == "running" else self.state

    @rule()
    def stopbuy(self) -> None:
        assert "No more buy" in self.do("stopbuy").status
        self.most = 0 if self.state == "running" else self.most

    @rule()
    def reload_config(self) -> None:
        assert self.do("reload_config").status == "reloading config ..."
        self.state = "reload_config"

    @rule(seconds=st.sampled_from([1, 5, 60]))
    def wait(self, seconds: int) -> None:
        """Every five seconds the bot looks around; the first look after a reload is for the configuration alone."""
        turns = int((self.now + seconds - self.bench.sandbox.state.last_turn) // 5)
        self.bench.later(seconds)
        for _ in range(turns):
            if self.state == "stopped":
                return
            if self.state == "reload_config":
                self.state, self.most, self.black = "running", 5, ["DOGE/BTC"]
                for trade in self.open:
                    trade.selling = False  # what was simulated is forgotten
                continue
            for trade in self.open:
                if trade.selling:
                    trade.open = trade.selling = False
                    got = trade.amount * Decimal(ASKS[trade.pair]) * (1 - FEE)
                    trade.profit = got - trade.amount * trade.rate * (1 + FEE)

    @invariant()
    def status_and_trades_are_what_the_model_says(self) -> None:
        told = self.do("status")
        assert [(t.trade_id, t.pair, t.open_rate, t.is_open) for t in told] == [
            (t.id, t.pair, t.rate, True) for t in self.open
        ]
        for shown, trade in zip(told, self.open, strict=True):
            assert abs(shown.amount - trade.amount) <= NEAR
            assert shown.current_rate == Decimal(ASKS[trade.pair])
        closed = [trade for trade in self.trades if not trade.open][::-1]
        for limit in (0, 2):
            page = self.do("trades", limit=limit)
            expected = closed[:limit] if limit else closed
            assert [trade.trade_id for trade in page.trades] == [trade.id for trade in expected]
            assert page.trades_count == len(expected)
            for shown, trade in zip(page.trades, expected, strict=True):
                assert abs(shown.close_profit_abs - trade.profit) <= NEAR, trade

    @invariant()
    def sums_are_what_the_model_says(self) -> None:
        closed = [trade for trade in self.trades if not trade.open]
        earned = sum((trade.profit for trade in closed), Decimal(0))
        told = self.do("profit")
        assert (told.trade_count, told.closed_trade_count) == (len(self.trades), len(closed))
        assert abs(told.profit_closed_coin - earned) <= NEAR * (len(closed) + 1)
        assert told.winning_trades + told.losing_trades == len(closed)
        assert told.winning_trades == sum(trade.profit >= 0 for trade in closed)
        unsold = [t.amount * (Decimal(ASKS[t.pair]) * (1 - FEE) - t.rate * (1 + FEE)) for t in self.open]
        assert abs(told.profit_all_coin - earned - sum(unsold, Decimal(0))) <= NEAR * (len(self.trades) + 1)
        assert self.do("show_config").state == self.state
        assert list(self.do("blacklist").blacklist) == self.black
        if self.state == "running":
            count = self.do("count")
            assert (count.current, count.max) == (len(self.open), self.most)
            assert abs(count.total_stake - sum((t.rate * t.amount for t in self.open), Decimal(0))) <= NEAR
        else:
            self.says_no("count", text="trader is not running")
        held = {row.currency: row.balance for row in self.do("balance").currencies}
        free = 1 + earned - sum((STAKE for _ in self.open), Decimal(0))
        assert abs(held.pop("BTC") - free) <= NEAR * (len(closed) + 1)
        assert sorted(held) == sorted(trade.pair.partition("/")[0] for trade in self.open)


# Running them

MACHINES: list[type[Machine]] = [CoinbaseProMachine, FreqtradeMachine, OneFoxMachine]


@pytest.mark.parametrize("asynchronous", [False, True], ids=["blocking", "async"])
@pytest.mark.parametrize("machine", MACHINES, ids=lambda machine: machine.api)
def test_a_program_that_trades_finds_what_its_model_expects(machine: type[Machine], asynchronous: bool) -> None:
    kind = type(machine.__name__, (machine,), {"asynchronous": asynchronous})
    share = (0.1 if asynchronous else 1) * machine.share
    run_state_machine_as_test(kind, settings=settings(examples(share), stateful_step_count=machine.steps))
