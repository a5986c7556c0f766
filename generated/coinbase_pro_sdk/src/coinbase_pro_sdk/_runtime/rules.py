"""What the document says about arguments together, such as "GTT needs cancel_after".

Each rule looks at the arguments that were given (None counts as not given) by name, with their wire values.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from .record import Record

__all__ = ["AtLeastOne", "ExactlyOne", "Needs", "NotTogether", "Rule", "When"]


class Rule(Protocol):
    """A condition on several arguments."""

    def check(self, given: Mapping[str, Any]) -> None:
        """Raise ValueError if the arguments break the rule."""
        ...


def _both(names: tuple[str, ...]) -> str:
    return " and ".join(names) if len(names) < 3 else ", ".join(names[:-1]) + " and " + names[-1]


class Needs(Record, frozen=True):
    """With one argument, others must come too (dependentRequired)."""

    argument: str
    needed: tuple[str, ...]

    def check(self, given: Mapping[str, Any]) -> None:
        """Refuse the argument without the others."""
        missing = tuple(name for name in self.needed if name not in given)
        if self.argument in given and missing:
            raise ValueError(f"{_both(missing)}: required together with {self.argument}={given[self.argument]!r}")


class NotTogether(Record, frozen=True):
    """Arguments that exclude each other (not required)."""

    arguments: tuple[str, ...]

    def check(self, given: Mapping[str, Any]) -> None:
        """Refuse all of them at once."""
        if all(name in given for name in self.arguments):
            shown = ", ".join(f"{name}={given[name]!r}" for name in self.arguments)
            raise ValueError(f"{_both(self.arguments)}: give only one of them, got {shown}")


class ExactlyOne(Record, frozen=True):
    """One group of arguments, and only one (oneOf required)."""

    groups: tuple[tuple[str, ...], ...]

    def check(self, given: Mapping[str, Any]) -> None:
        """Refuse none and refuse more than one."""
        complete = [group for group in self.groups if all(name in given for name in group)]
        if len(complete) != 1:
            names = " or ".join(map(_both, self.groups))
            shown = ", ".join(f"{n}={given[n]!r}" for group in complete for n in group) or "neither"
            raise ValueError(f"{names}: give exactly one, got {shown}")


class AtLeastOne(Record, frozen=True):
    """One group of arguments or more (anyOf required)."""

    groups: tuple[tuple[str, ...], ...]

    def check(self, given: Mapping[str, Any]) -> None:
        """Refuse none."""
        if not any(all(name in given for name in group) for group in self.groups):
            raise ValueError(f"{' or '.join(map(_both, self.groups))}: give at least one")


class When(Record, frozen=True):
    """A rule that depends on the values of other arguments (if, then, else)."""

    equals: Mapping[str, tuple[Any, ...]]
    """Arguments with the values that make the condition true; an empty tuple means given at all."""
    required: tuple[str, ...] = ()
    """Arguments that must be given when it is true."""
    forbidden: tuple[str, ...] = ()
    """Arguments that must not be given when it is true."""
    allowed: Mapping[str, tuple[Any, ...]] = {}
    """Values that given arguments may have when it is true."""
    only: tuple[str, ...] = ()
    """Arguments that may be given only when it is true."""

    def check(self, given: Mapping[str, Any]) -> None:
        """Refuse what the matching branch forbids."""
        if not all(name in given and (not values or given[name] in values) for name, values in self.equals.items()):
            self._refuse_only(given)
            return
        reason = " and ".join(f"{name}={given[name]!r}" for name in self.equals)
        for name in self.required:
            if name not in given:
                raise ValueError(f"{name}: required with {reason}")
        for name in self.forbidden:
            if name in given:
                raise ValueError(f"{name}: not allowed with {reason}, got {given[name]!r}")
        for name, values in self.allowed.items():
            if name in given and given[name] not in values:
                expected = ", ".join(map(repr, values))
                raise ValueError(f"{name}: expected {expected} with {reason}, got {given[name]!r}")

    def _refuse_only(self, given: Mapping[str, Any]) -> None:
        for name in self.only:
            if name in given:
                raise ValueError(f"{name}: only allowed with {self._condition()}, got {given[name]!r}")

    def _condition(self) -> str:
        return " and ".join(
            f"{name}={' or '.join(map(repr, values))}" if values else name for name, values in self.equals.items()
        )
