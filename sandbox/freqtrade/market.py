"""Prices that move with time, and that can be pinned down or taken away."""

from __future__ import annotations

import hashlib
import math
from typing import Any

import msgspec

__all__ = ["PAIRS", "Market", "PriceUnknown", "Prices", "draw"]

# Bid and ask at the start.
PAIRS: dict[str, tuple[float, float]] = {
    "ETH/BTC": (0.0335, 0.0336),
    "LTC/BTC": (0.00495, 0.00497),
    "XRP/BTC": (0.0000248, 0.0000249),
    "ADA/BTC": (0.0000121, 0.0000122),
    "NEO/BTC": (0.00121, 0.00122),
    "DOGE/BTC": (0.00000029, 0.0000003),
    "ETH/USDT": (390.5, 391.0),
    "BTC/USDT": (11650.0, 11655.0),
    "XRP/USDT": (0.289, 0.2895),
}
# Currencies of the real world by their price of a bitcoin, in the order of magnitude of August 2020.
FIAT = {"USD": 11650.0, "EUR": 9870.0, "GBP": 8900.0, "CHF": 10650.0, "JPY": 1235000.0, "AUD": 16250.0}
# Length in seconds and height of the waves that make up a price.
_WAVES = ((437.0, 0.002), (2749.0, 0.006), (14503.0, 0.015), (61001.0, 0.04), (371003.0, 0.06))
# Prices change at this distance, in seconds.
_STEP = 5.0


class PriceUnknown(Exception):
    """The exchange has no price, or does not answer."""


class Prices(msgspec.Struct):
    """What a market remembers."""

    start: float
    pinned: dict[str, tuple[float, float]] = msgspec.field(default_factory=dict[str, tuple[float, float]])
    missing: list[str] = msgspec.field(default_factory=list[str])
    """Pairs without a price."""
    silent: bool = False
    """Whether the exchange answers nothing at all."""


def draw(seed: int, *parts: object) -> float:
    """A number from 0 up to 1, the same for the same arguments."""
    digest = hashlib.blake2b(repr((seed, *parts)).encode(), digest_size=8).digest()
    return int.from_bytes(digest) / 2**64


class Market:
    """An exchange's prices at any time: a sum of waves for each pair, so that no history has to be kept."""

    def __init__(self, prices: Prices, seed: int, volatility: float) -> None:
        self.prices = prices
        self._volatility = volatility
        self._phases = {
            pair: tuple(math.tau * draw(seed, "phase", pair, number) for number in range(len(_WAVES))) for pair in PAIRS
        }

    def quote(self, pair: str, now: float) -> tuple[float, float]:
        """Bid and ask."""
        prices = self.prices
        if prices.silent or pair in prices.missing:
            raise PriceUnknown(pair)
        if pair in prices.pinned:
            return prices.pinned[pair]
        bid, ask = PAIRS[pair]
        elapsed = (now - prices.start) // _STEP * _STEP
        if elapsed == 0 or self._volatility == 0:
            return bid, ask
        height = sum(
            amplitude * (math.sin(math.tau * elapsed / length + phase) - math.sin(phase))
            for (length, amplitude), phase in zip(_WAVES, self._phases[pair], strict=True)
        )
        factor = math.exp(self._volatility * height)
        low = max(round(bid * factor, 8), 1e-8)
        return low, max(round(ask * factor, 8), round(low + 1e-8, 8))

    def bid(self, pair: str, now: float) -> float:
        """What a buyer offers; the bot buys at this rate."""
        return self.quote(pair, now)[0]

    def ask(self, pair: str, now: float) -> float:
        """What a seller asks; the bot sells at this rate."""
        return self.quote(pair, now)[1]

    def change(self, asked: dict[str, Any]) -> dict[str, Any]:
        """Pin a price, let it move again, or let the exchange fail; for one pair or for all."""
        prices, pair = self.prices, asked.get("pair")
        if pair is not None and pair not in PAIRS:
            raise ValueError(f"pair: there is no {pair!r}")
        if "fail" in asked:
            if pair is None:
                prices.silent = bool(asked["fail"])
                prices.missing = prices.missing if prices.silent else []
            else:
                prices.missing = [each for each in prices.missing if each != pair] + [pair] * bool(asked["fail"])
        elif asked.get("move"):
            for each in [pair] if pair else list(prices.pinned):
                prices.pinned.pop(each, None)
        elif pair is None:
            raise ValueError("expected a pair, fail or move")
        else:
            bid = float(asked["bid"])
            ask = float(asked.get("ask", bid))
            if not 0 < bid <= ask < math.inf:
                raise ValueError("bid and ask: expected two prices, the bid not above the ask")
            prices.pinned[pair] = (bid, ask)
        return {"pinned": prices.pinned, "missing": prices.missing, "silent": prices.silent}
