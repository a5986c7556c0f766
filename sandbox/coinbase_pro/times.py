"""Times as the exchange counts and writes them: microseconds since 1970 inside, ISO 8601 outside."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta

__all__ = ["DAY", "SECOND", "micros", "parse", "text", "text_millis", "text_seconds"]

SECOND = 1_000_000
DAY = 86_400 * SECOND
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def micros(seconds: float) -> int:
    """A time in seconds as microseconds."""
    return math.floor(seconds * SECOND)


def _whole(time: int) -> str:
    return (_EPOCH + timedelta(seconds=time // SECOND)).isoformat()[:19]


def text(time: int) -> str:
    """With up to six fraction digits; trailing zeros are cut."""
    fraction = f"{time % SECOND:06d}".rstrip("0")
    return f"{_whole(time)}.{fraction}Z" if fraction else f"{_whole(time)}Z"


def text_millis(time: int) -> str:
    """With up to three fraction digits; trailing zeros are cut."""
    return text(time - time % 1000)


def text_seconds(time: int) -> str:
    """Without a fraction."""
    return f"{_whole(time)}Z"


def parse(written: str) -> int | None:
    """A time in ISO 8601 (no zone means UTC) or in seconds since 1970; None if it is neither."""
    try:
        if written.replace(".", "", 1).isdecimal() and written.isascii():
            moment = _EPOCH + timedelta(microseconds=micros(float(written)))
        else:
            moment = datetime.fromisoformat(written.upper())
        moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
        return (moment - _EPOCH) // timedelta(microseconds=1)
    except (ValueError, OverflowError):
        return None
