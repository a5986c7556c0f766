"""The exchange: time goes by, orders of the user meet the market, and everybody gets what is theirs."""

from __future__ import annotations

import heapq
from bisect import insort
from collections.abc import Callable, Iterable
from decimal import Decimal

from . import bars
from .accounts import Accounts
from .amounts import ZERO, cut, divide, padded
from .catalogue import FEE_TIERS, PRODUCTS
from .crowd import STEP, Crowd
from .market import Market
from .orders import NewOrder
from .refusal import Refused
from .state import USER, Account, Fill, Order, Quote, State, Trade, identity
from .times import DAY, SECOND, text

__all__ = ["Exchange"]

# A leap of the clock is made in this many moves of the crowd at most, so that it never takes long: a day goes by in
# moves of 20 seconds.
_MOST_STEPS = 4320
_DAYS = 30


class Exchange:
    """What can be done on the exchange. The state holds all that lasts; everything here can be built from it."""

    def __init__(self, state: State) -> None:
        self.state = state
        self.accounts = Accounts(state, self.stamp)
        self.markets = {
            product_id: Market(PRODUCTS[product_id], market, state, self._hit)
            for product_id, market in state.markets.items()
        }
        self.crowd = Crowd(state, self.markets)
        self.on_time: Callable[[], None] = lambda: None
        """Called when the world has moved on, for what falls due elsewhere."""
        self._live: dict[int, Order] = {}
        # Price and number of the orders that wait for the market, the next to go first: those that wait for a fall (by
        # falling price, hence the minus sign) and those that wait for a rise.
        self._losses: dict[str, list[tuple[int, int]]] = {product_id: [] for product_id in state.markets}
        self._entries: dict[str, list[tuple[int, int]]] = {product_id: [] for product_id in state.markets}
        self._expiries: list[tuple[int, int]] = []
        self._by_client: dict[str, list[Order]] = {}
        self._fills: dict[str, list[Fill]] = {}
        for order in state.orders.values():
            self._index(order)
        for fill in (fill for fills in state.fills.values() for fill in fills):
            self._fills.setdefault(fill.order_id, []).append(fill)

    def _index(self, order: Order) -> None:
        if order.client_oid:
            self._by_client.setdefault(order.client_oid, []).append(order)
        if order.status in ("active", "open"):
            self._live[order.number] = order
            if order.expires is not None:
                heapq.heappush(self._expiries, (order.expires, order.number))
        if order.status == "active":
            waiting, key = self._waiting(order)
            insort(waiting, key)

    def _waiting(self, order: Order) -> tuple[list[tuple[int, int]], tuple[int, int]]:
        """The list in which a stop order waits, and its place there."""
        assert order.stop_price is not None
        if order.stop == "loss":
            return self._losses[order.product_id], (-order.stop_price, order.number)
        return self._entries[order.product_id], (order.stop_price, order.number)

    # Time

    def stamp(self) -> int:
        """The world's time, never the same twice: times are cursors."""
        self.state.last_stamp = max(self.state.last_stamp + 1, self.state.time)
        return self.state.last_stamp

    def advance(self, now: int) -> None:
        """Let the world run up to the clock. When the clock was put back, the world goes on from where it is."""
        state = self.state
        if now + state.lag < state.time:
            state.lag = state.time - now
        until = now + state.lag
        behind = (until - state.started) // (STEP * SECOND) - state.steps
        if behind > 0:
            stride = -(-behind // _MOST_STEPS)
            while behind > 0:
                width = min(stride, behind)
                behind -= width
                state.steps += width
                self._run_to(state.started + state.steps * STEP * SECOND)
                self.crowd.step(width)
                for market in self.markets.values():
                    self._run_stops(market)
        if until > state.time:
            self._run_to(until)

    def _run_to(self, time: int) -> None:
        self.state.time = time
        while self._expiries and self._expiries[0][0] <= time:
            _, number = heapq.heappop(self._expiries)
            order = self._live.get(number)
            if order is not None:
                self._finish(order, "canceled")
        self.on_time()

    def push(self, product_id: str, ticks: int) -> None:
        """Move a market to a price."""
        market = self.markets[product_id]
        self.crowd.push(market, ticks)
        self._run_stops(market)

    # Looking up

    def order(self, order_id: str) -> Order | None:
        """The order with this id."""
        return self.state.orders.get(order_id)

    def order_of_client(self, client_oid: str) -> Order | None:
        """The latest known order with this id of the client's."""
        known = self._by_client.get(client_oid)
        return known[-1] if known else None

    def live_orders(self) -> Iterable[Order]:
        """Orders that are not done, oldest first."""
        return self._live.values()

    def fills_of(self, order_id: str) -> list[Fill]:
        """Fills of an order, oldest first."""
        return self._fills.get(order_id, [])

    def rates(self) -> tuple[Decimal, Decimal]:
        """The user's maker and taker rate."""
        volume = self.usd_volume() or ZERO
        _, maker, taker = next(tier for tier in reversed(FEE_TIERS) if volume >= tier[0])
        return maker, taker

    def usd_volume(self) -> Decimal | None:
        """What the user traded in 30 days, in USD; None if the user never traded."""
        if not self.state.usd_volume:
            return None
        first = self.state.time // DAY - _DAYS
        return sum((volume for day, volume in self.state.usd_volume.items() if day > first), ZERO)

    def trailing_volume(self) -> list[dict[str, str]]:
        """What the user and everybody traded in the 30 days before the last midnight, per product."""
        today = self.state.time // DAY
        rows: list[dict[str, str]] = []
        for product_id, by_day in self.state.own_volume.items():
            own = sum(lots for day, lots in by_day.items() if today - _DAYS <= day < today)
            if own:
                product, market = PRODUCTS[product_id], self.markets[product_id]
                end = today * DAY // SECOND
                every = bars.volume(market.state.hours, end - _DAYS * 86_400, end)
                rows.append(
                    {
                        "product_id": product_id,
                        "exchange_volume": padded(product.size(every), 8),
                        "volume": padded(product.size(own), 8),
                        "recorded_at": text(today * DAY),
                    }
                )
        return rows

    # Placing and cancelling

    def place(self, new: NewOrder) -> Order:
        """Take an order in, and let it meet the market at once."""
        state, market = self.state, self.markets[new.product.id]
        maker_rate, taker_rate = self.rates()
        state.last_number += 1
        created = self.stamp()
        order = Order(
            number=state.last_number,
            id=identity(state.last_number),
            product_id=new.product.id,
            side=new.side,
            kind=new.kind,
            created=created,
            maker_rate=maker_rate,
            taker_rate=taker_rate,
            stp=new.stp,
            client_oid=new.client_oid,
            price=new.price,
            size=new.size,
            time_in_force=new.time_in_force,
            expires=None if new.seconds is None else created + new.seconds * SECOND,
            post_only=new.post_only,
            stop=new.stop,
            stop_price=new.stop_price,
        )
        if new.kind == "market":
            self._fund(order, new.funds)
        held = self._hold_of(order)
        if held <= 0 or held > self._paying(order).available:
            raise Refused("Insufficient funds")
        if order.post_only and market.book.facing(order.side, order.price) is not None:
            return self._reject(order, "post only")
        waits = bool(order.stop) and not _reached(order, market.last_price)
        if order.time_in_force == "FOK" and not waits and not self._fillable(order):
            return self._reject(order, "fill or kill")
        self.accounts.hold(self._paying(order).currency, held, "order", order.id)
        order.status = "active" if waits else "open"
        state.orders[order.id] = order
        self._index(order)
        if not waits:
            self._execute(order)
            self.crowd.refill(market)
            self._run_stops(market)
        return order

    def cancel(self, order: Order) -> None:
        """Take an order back."""
        self._finish(order, "canceled")

    def _reject(self, order: Order, reason: str) -> Order:
        order.status, order.reject_reason, order.done = "rejected", reason, self.state.time
        self.state.orders[order.id] = order
        self._index(order)
        return order

    def _fund(self, order: Order, funds: Decimal | None) -> None:
        """What a market order may spend or is to obtain."""
        order.specified_funds = funds
        if order.side == "buy":
            spendable = self._paying(order).available if funds is None else funds
            order.funds = divide(spendable, 1 + order.taker_rate, 8)
        elif funds is not None:
            order.funds = funds
            base = cut(self._paying(order).available, PRODUCTS[order.product_id].size_places)
            order.size = int(base.scaleb(PRODUCTS[order.product_id].size_places))

    def _paying(self, order: Order) -> Account:
        """The account that an order is paid from."""
        product = PRODUCTS[order.product_id]
        return self.state.accounts[product.quote if order.side == "buy" else product.base]

    def _hold_of(self, order: Order) -> Decimal:
        """What an order holds that has not traded yet, or not since it came to rest."""
        product = PRODUCTS[order.product_id]
        if order.kind == "limit":
            assert order.price is not None
            assert order.remaining is not None
            if order.side == "sell":
                return product.size(order.remaining)
            return product.value(order.price, order.remaining) * (1 + order.hold_rate)
        if order.side == "sell" and order.specified_funds is None:
            assert order.size is not None
            return product.size(order.size)
        if order.side == "buy" and order.specified_funds is not None:
            return order.specified_funds
        # A market buy by size holds all there is, and so does a market sell by funds.
        return self._paying(order).available

    # Matching

    def _execute(self, order: Order) -> None:
        """Let an order take what it can; what happens to the rest is up to its kind."""
        market = self.markets[order.product_id]
        cancelled = False
        resting = market.book.facing(order.side, order.price)
        while resting is not None and (wanted := self._wanted(order, resting.price)) > 0:
            if resting.owner == USER:
                cancelled = self._prevent(order, resting, wanted)
                if cancelled:
                    break
            else:
                trade = market.trade(resting, min(wanted, resting.size), USER)
                self._settle(order, trade, "T")
            resting = market.book.facing(order.side, order.price)
        if cancelled:
            self._finish(order, "canceled")
        elif order.remaining == 0 or (order.specified_funds is not None and resting is not None and order.filled):
            self._finish(order, "filled")
        elif order.kind == "market" or order.time_in_force in ("IOC", "FOK"):
            self._finish(order, "canceled")
        else:
            assert order.price is not None
            assert order.remaining is not None
            market.rest(order.number, USER, order.side, order.price, order.remaining)
            self.accounts.change_hold(self._paying(order).currency, order.id, self._hold_of(order))

    def _wanted(self, order: Order, price: int) -> int:
        """Lots that an order still takes at a price."""
        wanted = order.remaining
        if order.funds is not None:
            product = PRODUCTS[order.product_id]
            left = order.funds - order.value
            affordable = int(divide(left.scaleb(product.size_places), product.price(price), 0))
            wanted = affordable if wanted is None else min(wanted, affordable)
        assert wanted is not None
        return wanted

    def _fillable(self, order: Order) -> bool:
        """Whether all of an order can be filled at once."""
        assert order.price is not None
        assert order.remaining is not None
        missing = order.remaining
        for quote in self.markets[order.product_id].book.facing_all(order.side, order.price):
            if quote.owner == USER:
                # Of the ways to keep the user's orders apart, only cancelling the older one lets this one be filled.
                if order.stp != "co":
                    return False
                continue
            missing -= quote.size
            if missing <= 0:
                return True
        return False

    def _prevent(self, order: Order, resting: Quote, wanted: int) -> bool:
        """Keep two orders of the user from trading with each other. Returns whether the incoming one is cancelled."""
        older = self._live[resting.number]
        if order.stp == "co":
            self._finish(older, "canceled")
            return False
        if order.stp == "cn":
            return True
        if order.stp == "cb":
            self._finish(older, "canceled")
            return True
        both = min(wanted, resting.size)
        cancelled = wanted <= resting.size
        if resting.size == both:
            self._finish(older, "canceled")
        else:
            resting.size -= both
            assert older.size is not None
            older.size -= both
            self.accounts.change_hold(self._paying(older).currency, older.id, self._hold_of(older))
        if not cancelled:
            if order.size is not None:
                order.size -= both
            elif order.funds is not None:
                order.funds -= PRODUCTS[order.product_id].value(resting.price, both)
        return cancelled

    def _hit(self, number: int, trade: Trade) -> None:
        """Somebody took from a resting order."""
        order = self._live[number]
        self._settle(order, trade, "M")
        if order.remaining == 0:
            self._finish(order, "filled")

    def _settle(self, order: Order, trade: Trade, liquidity: str) -> None:
        """Give and take what a trade is about."""
        state, product = self.state, PRODUCTS[order.product_id]
        value, size = product.value(trade.price, trade.size), product.size(trade.size)
        fee = value * (order.maker_rate if liquidity == "M" else order.taker_rate)
        order.filled += trade.size
        order.value += value
        order.fees += fee
        # The hold gives way first: what is available never falls, not even for a moment.
        paying = self._paying(order).currency
        if liquidity == "M":
            held = self._hold_of(order)
        else:
            held = self.accounts.held(paying, order.id) - (value + fee if order.side == "buy" else size)
        self.accounts.change_hold(paying, order.id, held)
        sign = 1 if order.side == "buy" else -1
        post = self.accounts.post
        post(product.base, sign * size, "match", order.id, trade.id, product.id)
        post(product.quote, -sign * value, "match", order.id, trade.id, product.id)
        if fee:
            post(product.quote, -fee, "fee", order.id, trade.id, product.id)
            state.fees[product.quote] = state.fees.get(product.quote, ZERO) + fee
        usd = self._in_usd(product.quote, value)
        fill = Fill(
            trade.id,
            order.id,
            trade.time,
            trade.price,
            trade.size,
            fee,
            order.side,
            "M" if liquidity == "M" else "T",
            usd,
        )
        state.fills[product.id].append(fill)
        self._fills.setdefault(order.id, []).append(fill)
        day = state.time // DAY
        state.usd_volume[day] = state.usd_volume.get(day, ZERO) + usd
        own = state.own_volume.setdefault(product.id, {})
        own[day] = own.get(day, 0) + trade.size

    def _in_usd(self, currency: str, value: Decimal) -> Decimal:
        """A value in USD, at the latest prices."""
        if currency in ("USD", "USDC"):
            return value
        bitcoin = PRODUCTS["BTC-USD"].price(self.markets["BTC-USD"].last_price)
        if currency == "EUR":
            return divide(value * bitcoin, PRODUCTS["BTC-EUR"].price(self.markets["BTC-EUR"].last_price), 16)
        return cut(value * bitcoin, 16)

    def _finish(self, order: Order, reason: str) -> None:
        """An order is done. One that was cancelled before it filled is forgotten."""
        state = self.state
        market = self.markets[order.product_id]
        quote = market.book.resting.get(order.number)
        if quote is not None:
            market.withdraw(quote)
        if order.status == "active":
            waiting, key = self._waiting(order)
            waiting.remove(key)
        self.accounts.release(self._paying(order).currency, order.id)
        del self._live[order.number]
        order.status, order.done, order.done_reason = "done", state.time, reason
        if not order.filled:
            del state.orders[order.id]
            if order.client_oid:
                known = self._by_client[order.client_oid]
                known.remove(order)
                if not known:
                    del self._by_client[order.client_oid]

    def _run_stops(self, market: Market) -> None:
        """Send off the stop orders whose price was reached; each may move the price on to the next."""
        while (prices := market.extremes()) is not None:
            low, high = prices
            losses, entries = self._losses[market.product.id], self._entries[market.product.id]
            sent: list[Order] = []
            while losses and -losses[0][0] >= low:
                sent.append(self._live[losses.pop(0)[1]])
            while entries and entries[0][0] <= high:
                sent.append(self._live[entries.pop(0)[1]])
            for order in sent:
                order.status = "open"
            for order in sent:
                if order.time_in_force == "FOK" and not self._fillable(order):
                    self._finish(order, "canceled")
                else:
                    self._execute(order)
                    self.crowd.refill(market)


def _reached(order: Order, price: int) -> bool:
    """Whether the price is where a stop order waits for it."""
    assert order.stop_price is not None
    return price <= order.stop_price if order.stop == "loss" else price >= order.stop_price
