"""Seeded noise that can be read at any place: the same seed gives the same course of a market, wherever one looks."""

from __future__ import annotations

__all__ = ["Noise", "mix"]

_MASK = (1 << 64) - 1


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
        self._waves = [_Wave(mix(seed, number), *wave) for number, wave in enumerate(waves)]

    def at(self, place: int) -> float:
        """The noise at a place; its size is at most the sum of all heights."""
        return sum([wave.at(place) for wave in self._waves])


class _Wave:
    """Heights at knots, and a smooth way between them."""

    def __init__(self, seed: int, distance: int, height: float) -> None:
        self._seed, self._distance, self._height = seed, distance, height
        # Who walks along a wave stays between two knots for a while.
        self._knot, self._left, self._right = 0, self._at_knot(0), self._at_knot(1)

    def at(self, place: int) -> float:
        knot, rest = divmod(place, self._distance)
        if knot != self._knot:
            self._left = self._right if knot == self._knot + 1 else self._at_knot(knot)
            self._right = self._at_knot(knot + 1)
            self._knot = knot
        if not rest:
            return self._left
        way = rest / self._distance
        return self._left + (self._right - self._left) * way * way * (3.0 - 2.0 * way)

    def _at_knot(self, knot: int) -> float:
        return self._height * (mix(self._seed, knot) / 2**63 - 1.0)
