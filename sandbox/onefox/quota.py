"""CPU time per address and hour."""

from __future__ import annotations

from typing import cast

from .state import Allowances

__all__ = ["TOTAL", "Quota", "cost"]

# In milliseconds, as in the documented example.
TOTAL = 20_000_000
# What a call costs, in microseconds, and each entry of an answer that is a list.
_COSTS = {
    "quota.status": 412,
    "user.get": 3_204,
    "user.overview": 18_622,
    "market.list": 2_871,
    "market.get": 4_930,
    "market.bars": 6_215,
    "market.orderbook": 3_518,
    "market.ticker": 1_406,
    "market.index_history": 5_007,
    "market.trades": 4_644,
    "order.create": 24_310,
    "order.close": 9_127,
    "position.edit": 8_755,
    "position.history": 7_348,
    "position.close": 21_936,
    "position.trades": 6_093,
    "position.fees": 6_127,
    "position.merge": 28_451,
}
_ENTRY = 15


def cost(operation: str, answer: object) -> int:
    """CPU time of a call in microseconds. It follows from what was asked, not from this machine."""
    return _COSTS[operation] + _ENTRY * (len(cast("list[object]", answer)) if isinstance(answer, list) else 0)


class Quota:
    """What the addresses have left."""

    def __init__(self, allowances: Allowances) -> None:
        self._allowances = allowances

    def _turn(self, now: float) -> Allowances:
        """A new hour brings everybody the whole allowance."""
        found, hour = self._allowances, int(now // 3600)
        if found.hour != hour:
            found.hour, found.unseen = hour, TOTAL * 1000
            found.left.clear()
        return found

    def left(self, client: str, now: float) -> int:
        """Microseconds that an address has left."""
        allowances = self._turn(now)
        return allowances.left.get(client, allowances.unseen)

    def spend(self, client: str, now: float, amount: int) -> None:
        """Take off what a call cost; the last one of an hour may cost more than is left."""
        self._turn(now).left[client] = max(self.left(client, now) - amount, 0)

    def set(self, client: str | None, now: float, left: int) -> None:
        """Let an address, or all of them, have this left in this hour."""
        allowances = self._turn(now)
        if client is None:
            allowances.left.clear()
            allowances.unseen = left
        else:
            allowances.left[client] = left
