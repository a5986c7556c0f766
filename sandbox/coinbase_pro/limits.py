"""Rate limits: a bucket of tokens for every caller."""

from __future__ import annotations

import attrs

__all__ = ["Limits"]

# Requests a second, and how many may come at once.
_PUBLIC = (3.0, 6.0)
_PRIVATE = (5.0, 10.0)
_MOST_BUCKETS = 10_000


@attrs.define
class _Bucket:
    tokens: float
    filled: float


class Limits:
    """Counts requests."""

    def __init__(self) -> None:
        self._buckets: dict[tuple[str, str], _Bucket] = {}

    def allow(self, caller: str, now: float, *, public: bool) -> bool:
        """Whether a caller (an address, or a user for signed calls) may send one more request now."""
        rate, burst = _PUBLIC if public else _PRIVATE
        if len(self._buckets) > _MOST_BUCKETS:
            self._buckets.clear()
        bucket = self._buckets.setdefault(("public" if public else "private", caller), _Bucket(burst, now))
        # The clock may have been put back.
        passed = max(0.0, now - bucket.filled)
        bucket.tokens = min(burst, bucket.tokens + passed * rate)
        bucket.filled = now
        if bucket.tokens < 1.0:
            return False
        bucket.tokens -= 1.0
        return True
