"""Pages: newest first, with exclusive cursors towards newer and older items."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from . import times
from .refusal import Refused

__all__ = ["by_number", "by_time", "page"]

T = TypeVar("T")
_LIMIT = 100


def page(
    items: Sequence[T], place: Callable[[T], int], parameters: dict[str, Any], read: Callable[[str, str], int]
) -> list[T]:
    """The items that a request asks for, newest first.

    `before` gives the items next to the cursor on its newer side, not the newest of all.

    Args:
        items: Oldest first.
        place: The number of an item that cursors go by.
        parameters: limit, before and after.
        read: Reads the cursor of this name.
    """
    limit = parameters.get("limit", _LIMIT)
    if "before" in parameters:
        start = bisect_right(items, read("before", parameters["before"]), key=place)
        found = items[start : start + limit]
    elif "after" in parameters:
        end = bisect_left(items, read("after", parameters["after"]), key=place)
        found = items[max(0, end - limit) : end]
    else:
        found = items[-limit:]
    return list(reversed(found))


def by_number(name: str, written: str) -> int:
    """A cursor that is a number."""
    if not re.fullmatch(r"\d{1,19}", written, re.ASCII) or int(written) == 0:
        raise Refused(f"Invalid positive integer value for parameter - {name}")
    return int(written)


def by_time(name: str, written: str) -> int:
    """A cursor that is a time."""
    time = times.parse(written)
    if time is None:
        raise Refused(f"Invalid timestamp value for parameter - {name}")
    return time
