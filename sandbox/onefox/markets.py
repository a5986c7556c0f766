"""The markets that there are."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

import attrs

__all__ = ["MARKETS", "MINIMUM_MARGIN", "MINIMUM_MARGIN_PUBLIC", "Market"]

MINIMUM_MARGIN = Decimal("0.001")
MINIMUM_MARGIN_PUBLIC = Decimal("0.1")


@attrs.frozen
class Market:
    """What does not change about a market."""

    number: int
    symbol: str
    decimals: int
    maximum_leverage: int
    status: Literal["OPEN", "CLOSED", "ORDERS_ONLY"]
    price: int
    """Around which the price moves, in quote currency."""
    index_calculation: str

    @property
    def step(self) -> Decimal:
        """Smallest difference between two prices."""
        return Decimal(1).scaleb(-self.decimals)


_ALL = (
    Market(1, "BTCUSD", 0, 10, "OPEN", 10_000, "Last price of a synthetic spot market for BTC in USD."),
    Market(2, "BCHUSD", 0, 5, "OPEN", 1_600, "Last price of a synthetic spot market for BCH in USD."),
    Market(3, "ETHUSD", 2, 5, "OPEN", 850, "Last price of a synthetic spot market for ETH in USD."),
    Market(4, "BTCAUD", -1, 3, "OPEN", 13_000, "Last price of a synthetic spot market for BTC in AUD."),
    Market(5, "BTCEUR", 1, 5, "CLOSED", 8_200, "Last price of a synthetic spot market for BTC in EUR."),
    Market(6, "LTCUSD", 2, 5, "ORDERS_ONLY", 220, "Last price of a synthetic spot market for LTC in USD."),
)
MARKETS = {market.symbol: market for market in _ALL}
