from __future__ import annotations
from collections.abc import Mapping
from typing import Any, Protocol
from .record import Record
__all__ = ['AtLeastOne', 'ExactlyOne', 'Needs', 'NotTogether', 'Rule', 'When']

class Rule(Protocol):

    def check(self, given: Mapping[str, Any]) -> None:
        ...

class Needs(Record, frozen=True):
    argument: str
    needed: tuple[str, ...]

    def check(self, given: Mapping[str, Any]) -> None:
        ...

class NotTogether(Record, frozen=True):
    arguments: tuple[str, ...]

    def check(self, given: Mapping[str, Any]) -> None:
        ...

class ExactlyOne(Record, frozen=True):
    groups: tuple[tuple[str, ...], ...]

    def check(self, given: Mapping[str, Any]) -> None:
        ...

class AtLeastOne(Record, frozen=True):
    groups: tuple[tuple[str, ...], ...]

    def check(self, given: Mapping[str, Any]) -> None:
        ...

class When(Record, frozen=True):
    equals: Mapping[str, tuple[Any, ...]]
    required: tuple[str, ...] = ()
    forbidden: tuple[str, ...] = ()
    allowed: Mapping[str, tuple[Any, ...]] = {}
    only: tuple[str, ...] = ()

    def check(self, given: Mapping[str, Any]) -> None:
        ...
