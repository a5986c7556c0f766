"""An exchange inside the bot's own process: fixed prices, orders and balances in memory, no network.

It takes the place of a class of ccxt, so that everything above it is Freqtrade's own.
"""

import asyncio
import copy
import math
import threading
import uuid
from datetime import UTC, datetime

FEE = 0.0025
_STEP_MS = 300_000
# Past prices rise and fall in waves of so many candles, by so much; each day begins alike.
_WAVE = 48
_SWINGS = {"XRP/BTC": 0.18, "LTC/BTC": 0.15, "ETH/BTC": 0.12, "ADA/BTC": 0.1}


class Account:
    """What the exchange knows. All methods are called by several threads; each holds the lock."""

    def __init__(self, prices, balances):
        self.prices = {pair: tuple(quote) for pair, quote in prices.items()}
        self.balances = {currency: [float(amount), 0.0] for currency, amount in balances.items()}
        self.orders = {}
        self.missing = set()
        self.silent = False
        self.waiting = False
        self.lock = threading.RLock()

    # Doors

    def change_prices(self, asked):
        pair = asked.get("pair")
        with self.lock:
            if "fail" not in asked:
                self.prices[pair] = (asked["bid"], asked.get("ask", asked["bid"]))
            elif pair is None:
                self.silent = asked["fail"]
            elif asked["fail"]:
                self.missing.add(pair)
            else:
                self.missing.discard(pair)

    def change_orders(self, asked):
        with self.lock:
            self.waiting = asked["wait"]
            if not self.waiting:
                for order in self.orders.values():
                    self._fill(order)

    # Prices

    def ticker(self, pair):
        bid, ask = self.prices[pair]
        middle = (bid + ask) / 2
        moment = _now()
        return {
            "symbol": pair,
            "timestamp": moment,
            "datetime": _text(moment),
            "bid": bid,
            "ask": ask,
            "last": middle,
            "close": middle,
            "open": middle,
            "high": middle,
            "low": middle,
            "percentage": 0.0,
            "baseVolume": 1000.0,
            "quoteVolume": 1000.0 * middle,
            "info": {},
        }

    def candles(self, pair, since, limit):
        """Waves in which Edge finds the same at every start, and most in the pairs that swing most."""
        newest = _now() // _STEP_MS * _STEP_MS
        count = min(limit or 1000, 1000)
        first = newest - (count - 1) * _STEP_MS if since is None else -(-since // _STEP_MS) * _STEP_MS
        middle, swing = sum(self.prices[pair]) / 2, _SWINGS.get(pair, 0.0)

        def price(moment):
            turn = moment / _STEP_MS / _WAVE
            return middle * (1 + swing * (math.sin(math.tau * (turn - 0.25)) - 1) / 2)

        rows = []
        for moment in range(first, min(newest, first + (count - 1) * _STEP_MS) + 1, _STEP_MS):
            start, end = price(moment), price(moment + _STEP_MS)
            rows.append([moment, start, max(start, end), min(start, end), end, 100.0])
        return rows

    # Orders

    def place(self, pair, kind, side, amount, price):
        moment = _now()
        order = {
            "id": str(uuid.uuid4()),
            "symbol": pair,
            "type": kind,
            "side": side,
            "timestamp": moment,
            "datetime": _text(moment),
            "price": float(price),
            "average": None,
            "amount": float(amount),
            "filled": 0.0,
            "remaining": float(amount),
            "cost": 0.0,
            "status": "open",
            "fee": None,
            "info": {},
        }
        with self.lock:
            self._hold(order, 1)
            self.orders[order["id"]] = order
            if not self.waiting:
                self._fill(order)
            return copy.deepcopy(order)

    def cancel(self, name, errors):
        with self.lock:
            order = self._known(name, errors)
            if order["status"] == "open":
                self._hold(order, -1)
                order["status"] = "canceled"
            return copy.deepcopy(order)

    def order(self, name, errors):
        with self.lock:
            return copy.deepcopy(self._known(name, errors))

    def balance(self):
        with self.lock:
            rows = {
                currency: {"free": total - used, "used": used, "total": total}
                for currency, (total, used) in self.balances.items()
            }
        columns = {part: {currency: row[part] for currency, row in rows.items()} for part in ("free", "used", "total")}
        return {**rows, **columns, "info": {}}

    def _known(self, name, errors):
        if name not in self.orders:
            raise errors.OrderNotFound(name)
        return self.orders[name]

    def _hold(self, order, sign):
        base, quote = order["symbol"].split("/")
        currency, amount = (
            (quote, order["amount"] * order["price"]) if order["side"] == "buy" else (base, order["amount"])
        )
        self.balances.setdefault(currency, [0.0, 0.0])[1] += sign * amount

    def _fill(self, order):
        if order["status"] != "open":
            return
        self._hold(order, -1)
        base, quote = order["symbol"].split("/")
        cost = order["amount"] * order["price"]
        sign = 1 if order["side"] == "buy" else -1
        self.balances.setdefault(base, [0.0, 0.0])[0] += sign * order["amount"]
        self.balances.setdefault(quote, [0.0, 0.0])[0] -= sign * cost
        order.update(
            status="closed",
            filled=order["amount"],
            remaining=0.0,
            average=order["price"],
            cost=cost,
            fee={"currency": quote, "cost": cost * FEE, "rate": FEE},
        )


def market(pair):
    """A pair as ccxt describes it."""
    base, quote = pair.split("/")
    return {
        "id": base + quote,
        "symbol": pair,
        "base": base,
        "quote": quote,
        "baseId": base,
        "quoteId": quote,
        "type": "spot",
        "spot": True,
        "active": True,
        "taker": FEE,
        "maker": FEE,
        "precision": {"amount": 8, "price": 8},
        "limits": {
            "amount": {"min": 1e-6, "max": None},
            "price": {"min": 1e-8, "max": None},
            "cost": {"min": 0.0005 if quote == "BTC" else 5.0, "max": None},
        },
        "info": {},
    }


def local_class(original, account, errors):
    """A subclass of a ccxt exchange that asks the account where the original asks the network."""

    def guard(pair=None):
        if account.silent or pair in account.missing:
            raise errors.NetworkError("the exchange was told to be silent")

    def load_markets(self, reload=False, params=None):
        return self.set_markets([market(pair) for pair in account.prices])

    def fetch_ticker(self, symbol, params=None):
        guard(symbol)
        return account.ticker(symbol)

    def fetch_tickers(self, symbols=None, params=None):
        guard()
        return {pair: account.ticker(pair) for pair in account.prices if pair not in account.missing}

    def fetch_ohlcv(self, symbol, timeframe="5m", since=None, limit=None, params=None):
        return account.candles(symbol, since, limit)

    def fetch_balance(self, params=None):
        guard()
        return account.balance()

    def create_order(self, symbol, type, side, amount, price=None, params=None):
        guard(symbol)
        return account.place(symbol, type, side, amount, price)

    def fetch_order(self, id, symbol=None, params=None):
        return account.order(id, errors)

    def cancel_order(self, id, symbol=None, params=None):
        return account.cancel(id, errors)

    def fetch_my_trades(self, symbol=None, since=None, limit=None, params=None):
        return []

    def fetch(self, *args, **kwargs):
        raise errors.NetworkError("this exchange has no network")

    methods = {name: item for name, item in locals().items() if getattr(item, "__code__", None) and name != "guard"}
    if asyncio.iscoroutinefunction(original.load_markets):
        methods = {name: _awaitable(item) for name, item in methods.items()}
    return type(original.__name__, (original,), methods)


def _awaitable(method):
    async def answer(self, *args, **kwargs):
        return method(self, *args, **kwargs)

    return answer


def _now():
    return int(datetime.now(UTC).timestamp() * 1000)


def _text(moment):
    return datetime.fromtimestamp(moment / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
