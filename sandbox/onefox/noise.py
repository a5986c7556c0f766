"""Seeded noise that can be read at any place: the same seed gives the same course of a market, wherever one looks."""

from __future__ import annotations

__all__ = ["Noise", "mix"]

_MASK = (1 << 64) - 1
# Knots are kept so that a walk along the noise does not make them anew.
_KEPT = 20_000


def mix(*numbers: int) -> int:
    """64 bits that look random, from whole numbers."""
    state = 0x9E3779B97F4A7C15
    for number in numbers:
        state = (state ^ number) * 0xBF58476D1CE4E5B9 & _MASK
        state = (state ^ state >> 27) * 0x94D049BB133111EB & _MASK
        state ^= state >> 31
    return state


class Noise:
    """A sum of smooth waves, each with knots at its own distance."""

    def __init__(self, seed: int, waves: tuple[tuple[int, float], ...]) -> None:
        self._seed = seed
        self._waves = tuple(enumerate(waves))
        self._knots: dict[tuple[int, int], float] = {}

    def at(self, place: int) -> float:
        """The noise at a place; its size is at most the sum of all heights."""
        total = 0.0
        for wave, (distance, height) in self._waves:
            knot, rest = divmod(place, distance)
            left, right = self._knot(wave, knot), self._knot(wave, knot + 1)
            way = rest / distance
            total += height * (left + (right - left) * way * way * (3.0 - 2.0 * way))
        return total

    def _knot(self, wave: int, knot: int) -> float:
        """A height between -1 and 1."""
        found = self._knots.get((wave, knot))
        if found is None:
            if len(self._knots) > _KEPT:
                self._knots.clear()
            found = self._knots[wave, knot] = mix(self._seed, wave, knot) / 2**63 - 1.0
        return found
