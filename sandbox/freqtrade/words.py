"""Times as the bot writes them: in digits for machines, in words for people."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

__all__ = ["ago", "day", "duration", "milliseconds", "moment", "text"]

_MINUTE, _HOUR, _DAY, _WEEK, _YEAR = 60, 3600, 86400, 604800, 31536000


def moment(seconds: float) -> datetime:
    """A time in UTC from seconds since 1970."""
    return datetime.fromtimestamp(seconds, UTC)


def text(seconds: float) -> str:
    """`2020-08-10 07:05:00`, UTC without saying so."""
    return moment(seconds).strftime("%Y-%m-%d %H:%M:%S")


def day(seconds: float) -> str:
    """`2020-08-10`."""
    return moment(seconds).strftime("%Y-%m-%d")


def milliseconds(seconds: float) -> int:
    """Milliseconds since 1970."""
    return round(seconds * 1000)


def duration(seconds: float) -> str:
    """`4:24:00`, `2 days, 0:10:00`; no fraction."""
    return str(timedelta(seconds=int(seconds)))


def ago(then: float, now: float) -> str:
    """`just now`, `2 hours ago`, `a week ago`. The steps are those of the library that the bot used."""
    seconds = round(now - then)
    if abs(seconds) < 10:
        return "just now"
    words = _distance(abs(seconds), then, now)
    return f"{words} ago" if seconds > 0 else f"in {words}"


def _distance(seconds: int, then: float, now: float) -> str:
    if seconds < 45:
        return f"{seconds} seconds"
    steps = (
        (90, "a minute", 0),
        (2700, "minutes", _MINUTE),
        (5400, "an hour", 0),
        (79200, "hours", _HOUR),
        (2 * _DAY, "a day", 0),
        (554400, "days", _DAY),
        (907200, "a week", 0),
        (2419200, "weeks", _WEEK),
        (3888000, "a month", 0),
    )
    for limit, unit, length in steps:
        if seconds < limit:
            return f"{max(seconds // length, 2)} {unit}" if length else unit
    if seconds < 29808000:
        # Months are counted by the calendar, not by their length.
        first, last = moment(min(then, now)), moment(max(then, now))
        return f"{max((last.year - first.year) * 12 + last.month - first.month, 2)} months"
    return "a year" if seconds < 47304000 else f"{max(seconds // _YEAR, 2)} years"
