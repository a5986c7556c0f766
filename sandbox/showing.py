"""Calls of a client, shown as they are made: a line for each with the type and the most telling facts of its result."""

from __future__ import annotations

import asyncio
import re
import textwrap
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from enum import Enum
from functools import partial
from typing import Any, ParamSpec, TypeVar, cast
from uuid import UUID

import attrs
from coinbase_pro_sdk import AsyncPage as AsyncCoinbasePage
from coinbase_pro_sdk import Page as CoinbasePage
from onefox_sdk import AsyncPage as AsyncOneFoxPage
from onefox_sdk import Page as OneFoxPage

__all__ = ["WIDTH", "Tour"]

P = ParamSpec("P")
T = TypeVar("T")
E = TypeVar("E", bound=Exception)

WIDTH = 100
_CALL, _TYPE = 40, 21
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
# Fields that say which one it is, and fields worth showing before others.
_NAMES = ("symbol", "pair", "product_id", "id", "order_id", "position_id", "currency")
_BEST = ("price", "amount", "available", "entry_price", "profit", "current_rate", "close", "funds", "total")


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else text[: width - 1] + "…"


def _name(method: Callable[..., object]) -> str:
    """The name of a bound method as a caller writes it: `orders.limit`."""
    owner = type(cast("Any", method).__self__).__name__
    resource = re.fullmatch(r"(?:Async)?(\w+)Resource", owner)
    own = cast("str", cast("Any", method).__name__)
    if resource is None:
        return own
    return re.sub(r"(?<!^)(?=[A-Z])", "_", resource.group(1)).lower() + "." + own


def _argument(value: object, name: str = "") -> str:
    match value:
        case datetime():
            return f"{value:%Y-%m-%d %H:%M}"
        case Decimal():
            return f"Decimal('{value}')"
        case UUID() | str() if _UUID.fullmatch(str(value)):
            return f"'{str(value)[:8]}…'"
        case _:
            return "'***'" if name.endswith("token") else repr(value)


def _type(value: object) -> str:
    """The type of a result in words: `list[Product]`."""
    match value:
        case dict():
            items = cast("Mapping[str, object]", value)
            return f"dict[str, {_type(next(iter(items.values())))}]" if items else "dict"
        case list() | CoinbasePage() | AsyncCoinbasePage() | OneFoxPage() | AsyncOneFoxPage():
            rows = cast("Sequence[object]", value)
            return f"{type(rows).__name__}[{_type(rows[0])}]" if rows else type(rows).__name__
        case _:
            return type(value).__name__ if value is not None else "None"


def _plain(value: object) -> str:
    match value:
        case datetime():
            text = f"{value.astimezone(UTC):%Y-%m-%d %H:%M:%S.%f}"
            return text.rstrip("0").rstrip(".") + "Z"
        case UUID():
            return f"{str(value)[:8]}…"
        case Enum():
            return str(value.value)
        case Decimal():
            return format(value, "f")
        case _:
            return str(value)


def _facts(value: object, width: int) -> str:
    """What fits of a result: the first item of a list or map; name and a few fields of an object, exact ones first."""
    match value:
        case None:
            return "done"
        case dict():
            items = cast("Mapping[str, object]", value)
            start = f"{len(items)}: "
            key, item = next(iter(items.items()), ("", None))
            text = _facts(item, width - len(start))
            return (
                (start + text if text.startswith(key) else f"{start}{key}  {_facts(item, width - 10)}")
                if items
                else "empty"
            )
        case list() | CoinbasePage() | AsyncCoinbasePage() | OneFoxPage() | AsyncOneFoxPage():
            rows = cast("Sequence[object]", value)
            start = f"{len(rows)}: "
            return start + _facts(rows[0], width - len(start)) if rows else "empty"
        case _ if attrs.has(type(value)):
            return _fields(value, width) or _cut(repr(value), width)
        case tuple():
            return _fitting(map(_plain, cast("tuple[object, ...]", value)), width)
        case _:
            return _cut(_plain(value), width)


def _fields(value: Any, width: int) -> str:
    """The name of an object and a few fields."""
    fields = {name: field for name, field in attrs.asdict(value, recurse=False).items() if f"{name}=" in repr(value)}
    name = next((fields.pop(key) for key in _NAMES if isinstance(fields.get(key), (str, UUID))), None)
    ordered = sorted(fields, key=lambda key: (_rank(fields[key]), key not in _BEST))
    first = [] if name is None else [_plain(name)]
    return _fitting([*first, *(_field(key, fields[key]) for key in ordered if _rank(fields[key]) < 5)], width)


def _field(name: str, value: object) -> str:
    return f"{name} {len(cast('tuple[object, ...]', value)) if isinstance(value, tuple) else _plain(value)}"


def _rank(value: object) -> int:
    """What to show first: exact numbers, times, words of a set, counts, text."""
    kinds = ((Decimal,), (datetime,), (Enum,), (int, tuple), (str,))
    return next((rank for rank, kind in enumerate(kinds) if isinstance(value, kind)), len(kinds))


def _fitting(parts: Iterable[str], width: int) -> str:
    """As many parts as fit."""
    text = ""
    for part in parts:
        longer = f"{text}  {part}" if text else part
        if len(longer) <= width:
            text = longer
    return text


class Tour:
    """Calls methods and prints what they return."""

    def __init__(self) -> None:
        self.called: dict[str, set[str]] = {}
        """Names of the operations called, by API."""
        self._api = ""

    def section(self, title: str, url: str) -> None:
        """Begin with an API."""
        self._api = title
        self.called[title] = set()
        print(f"\n{title}  {url}\n{'─' * WIDTH}")

    def topic(self, text: str) -> None:
        """Begin with something special."""
        print(f"\n  {text}")

    def call(self, method: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Call a method and print a line about it."""
        result = method(*args, **kwargs)
        self._line(_name(method), args, kwargs, result)
        return result

    async def called_later(
        self, method: Callable[P, Awaitable[object]], *args: P.args, **kwargs: P.kwargs
    ) -> Callable[[], None]:
        """Call an asynchronous method; what is returned prints the line about it."""
        result = await method(*args, **kwargs)
        return partial(self._line, _name(method), args, kwargs, result, awaited=True)

    async def together(self, *calls: Awaitable[Callable[[], None]]) -> None:
        """Make calls at the same time and print their lines in order."""
        for show in await asyncio.gather(*calls):
            show()

    def refused(self, error: type[E], method: Callable[P, object], *args: P.args, **kwargs: P.kwargs) -> E:
        """Call a method that must fail in a certain way, print how it does and return the error."""
        call = self._call(_name(method), args, kwargs)
        try:
            method(*args, **kwargs)
        except error as raised:
            self._wrapped("    ", call)
            self._message(raised)
            return raised
        raise AssertionError(f"{call} did not raise {error.__name__}")

    def fact(self, what: str, value: str) -> None:
        """Print something about a result."""
        self._wrapped(f"    {what:<28} ", value)

    def _call(self, name: str, args: Sequence[object], kwargs: Mapping[str, object]) -> str:
        given = [*map(_argument, args), *(f"{key}={_argument(value, key)}" for key, value in kwargs.items())]
        return f"{name}({', '.join(given)})"

    def _line(
        self, name: str, args: Sequence[object], kwargs: Mapping[str, object], result: object, *, awaited: bool = False
    ) -> None:
        # Reading and adding to the blacklist are two operations under one name.
        self.called[self._api].add(f"{name}(add)" if "add" in kwargs else name)
        call = self._call(name, args, kwargs)
        text = f"  {_cut(('await ' if awaited else '') + call, _CALL):<{_CALL}} {_cut(_type(result), _TYPE):<{_TYPE}} "
        print(text + _facts(result, WIDTH - len(text)))

    def _message(self, error: Exception) -> None:
        self._wrapped("      ", f"{type(error).__name__}: {error}", indent="        ")

    def _wrapped(self, start: str, text: str, indent: str | None = None) -> None:
        print(
            textwrap.fill(
                text, WIDTH, initial_indent=start, subsequent_indent=indent or " " * len(start), break_on_hyphens=False
            )
        )
