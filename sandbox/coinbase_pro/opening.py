"""The exchange on its first day: a market with a past, and a profile with money in it."""

from __future__ import annotations

import copy
import math

from .bars import MINUTE, history
from .catalogue import CURRENCIES, LINKED_WALLETS, PRODUCTS, SEED_BALANCES
from .crowd import STEP
from .exchange import Exchange
from .state import MarketState, State, identity
from .times import SECOND

__all__ = ["SEED", "open_exchange"]

SEED = 7
# The market runs for some minutes before anybody looks, so that there are trades to be seen.
_HEAD_START = 10 * 60
# The crowd does not move on the full second: times with a fraction are what clients are used to.
_PHASE = 271_828


def open_exchange(now: int, seed: int = SEED) -> State:
    """The state of a new exchange at a time."""
    start = now // SECOND - _HEAD_START
    start -= start % MINUTE
    state = State(
        seed=seed,
        started=start * SECOND + _PHASE,
        time=start * SECOND + _PHASE,
        assets={code: math.log(currency.usd) for code, currency in CURRENCIES.items()},
        wallets={wallet.id: copy.copy(wallet) for wallet in LINKED_WALLETS},
        fills={product_id: [] for product_id in PRODUCTS},
    )
    for index, product in enumerate(PRODUCTS.values()):
        base, quote = CURRENCIES[product.base], CURRENCIES[product.quote]
        price = round(base.usd / quote.usd * 10**product.price_places)
        swing = math.hypot(base.swing, quote.swing)
        minutes, hours = history(
            seed * 1_000_000 + index * 10_000, start, price, swing, _lots_a_minute(product.lot, product.size_places)
        )
        state.markets[product.id] = MarketState(
            product_id=product.id,
            mode=product.mode,
            sequence=11_342_968_174 + index * 1_000_000_000,
            last_trade=78_654_321 - index * 10_000_000,
            minutes=minutes,
            hours=hours,
        )
    exchange = Exchange(state)
    for currency, amount in SEED_BALANCES.items():
        exchange.accounts.open(currency)
        state.last_number += 1
        exchange.accounts.post(currency, amount, "transfer", identity(state.last_number))
    exchange.advance(now)
    return state


def _lots_a_minute(lot: float, places: int) -> int:
    """Usual volume of a minute, as the crowd trades it."""
    return max(1, round(60 / STEP * 0.27 * lot * float(10**places)))
