from __future__ import annotations
from collections.abc import Mapping
from typing import Any, Protocol
import attrs
__all__ = ['AtLeastOne', 'ExactlyOne', 'Needs', 'NotTogether', 'Rule', 'When']

class Rule(Protocol):

    def check(self, given: Mapping[str, Any]) -> None:
        ...

@attrs.frozen
class Needs:
    argument: str
    needed: tuple[str, ...]

    def check(self, given: Mapping[str, Any]) -> None:
        ...

@attrs.frozen
class NotTogether:
    arguments: tuple[str, ...]

    def check(self, given: Mapping[str, Any]) -> None:
        ...

@attrs.frozen
class ExactlyOne:
    groups: tuple[tuple[str, ...], ...]

    def check(self, given: Mapping[str, Any]) -> None:
        ...

@attrs.frozen
class AtLeastOne:
    groups: tuple[tuple[str, ...], ...]

    def check(self, given: Mapping[str, Any]) -> None:
        ...

@attrs.frozen
class When:
    equals: Mapping[str, tuple[Any, ...]]
    required: tuple[str, ...] = ()
    forbidden: tuple[str, ...] = ()
    allowed: Mapping[str, tuple[Any, ...]] = attrs.field(factory=dict[str, tuple[Any, ...]])
    only: tuple[str, ...] = ()

    def check(self, given: Mapping[str, Any]) -> None:
        ...
