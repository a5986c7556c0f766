"""What stands on a command line, read as what methods take. The rest is for the methods' own checks."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

import click

from .tree import Parameter

__all__ = ["word_type"]

_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


class _Word(click.ParamType[Any]):
    """Text as it is."""

    name = "text"

    def get_metavar(self, param: click.Parameter, ctx: click.Context) -> str:
        """The name in usage lines."""
        return self.name.upper()


class _Uuid(_Word):
    name = "uuid"


class _Decimal(_Word):
    """A number, handed on as text, so that no digit is lost."""

    name = "number"


class _Whole(_Word):
    name = "integer"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The integer."""
        if re.fullmatch(r"[-+]?\d{1,64}", value, re.ASCII) is None:
            self.fail(f"expected an integer, got {value!r}", param, ctx)
        return int(value)


class _WholeOrText(_Word):
    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The integer, where it is one."""
        return int(value) if re.fullmatch(r"\d{1,64}", value, re.ASCII) else value


class _Time(_Word):
    name = "time"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """An aware time."""
        if value == "now":
            return datetime.now(UTC)
        if match := re.fullmatch(r"-(\d{1,6})([smhdw])", value, re.ASCII):
            return datetime.now(UTC) - timedelta(**{_UNITS[match[2]]: int(match[1])})
        try:
            time = datetime.fromisoformat(value)
        except ValueError:
            self.fail(
                f"expected a time such as 2020-01-31T09:30:00Z, 2020-01-31, -24h or now, got {value!r}", param, ctx
            )
        if re.fullmatch(r"\d{4}-\d\d-\d\d", value, re.ASCII):
            return time.replace(tzinfo=UTC)
        if time.utcoffset() is None:
            self.fail(f"expected a time with its zone, such as {value}Z for UTC, got {value!r}", param, ctx)
        return time


class _Day(_Word):
    name = "day"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The day."""
        try:
            return date.fromisoformat(value)
        except ValueError:
            self.fail(f"expected a day such as 2020-01-31, got {value!r}", param, ctx)


class _Choice(click.Choice[str]):
    """One of a few words, which a shell completes."""

    def __init__(self, choices: tuple[str, ...], whole: bool) -> None:
        super().__init__(choices)
        self.whole = whole

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The word, or the integer that it stands for."""
        if value not in self.choices:
            self.fail(f"expected one of {', '.join(self.choices)}, got {value!r}", param, ctx)
        return int(value) if self.whole else value


_TYPES: dict[str, type[_Word]] = {
    "text": _Word,
    "uuid": _Uuid,
    "whole": _Whole,
    "whole or text": _WholeOrText,
    "decimal": _Decimal,
    "time": _Time,
    "day": _Day,
}


def word_type(parameter: Parameter) -> click.ParamType[Any]:
    """How the words of a parameter are read."""
    if parameter.choices:
        return _Choice(parameter.choices, parameter.kind == "whole")
    return _TYPES[parameter.kind]()
