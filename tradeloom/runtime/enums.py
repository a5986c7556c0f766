"""Words of a known set that may grow."""

from __future__ import annotations

import enum
from typing import Self

__all__ = ["OpenEnum"]


class OpenEnum(enum.StrEnum):
    """A string enum that keeps values it does not know, so that a new word of the API breaks no running program.

    An unknown value equals its string like every member; `is_known` tells the difference.
    """

    @classmethod
    def _missing_(cls, value: object) -> Self | None:
        if not isinstance(value, str):
            return None
        stranger = str.__new__(cls, value)
        stranger._name_ = "UNKNOWN"
        stranger._value_ = value
        return stranger

    def __reduce_ex__(self, protocol: object) -> tuple[type[Self], tuple[str]]:
        """Pickled and copied by value: early releases of Python 3.11 do it by name, which strangers do not have."""
        return type(self), (self._value_,)

    @property
    def is_known(self) -> bool:
        """Whether the document names this value."""
        return self._name_ in type(self).__members__
