"""Programs that trade, made up step by step: what the packages tell of accounts, orders, positions and trades is what a
model in this file reckons with from prices and the rules of the documents alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from decimal import ROUND_DOWN, Decimal, localcontext
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
        """Orders of others that a taker meets, the first one first; one's own stand behind them, and are in the book."""
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


# Running them

MACHINES: list[type[Machine]] = [CoinbaseProMachine]


@pytest.mark.parametrize("asynchronous", [False, True], ids=["blocking", "async"])
@pytest.mark.parametrize("machine", MACHINES, ids=lambda machine: machine.api)
def test_a_program_that_trades_finds_what_its_model_expects(machine: type[Machine], asynchronous: bool) -> None:
    kind = type(machine.__name__, (machine,), {"asynchronous": asynchronous})
    run_state_machine_as_test(kind, settings=settings(examples(0.1 if asynchronous else 0.5), stateful_step_count=20))
