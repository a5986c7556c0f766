"""What the runtime and the results are made of: values that do not change, cheap to make and to import."""

from __future__ import annotations

from typing import ClassVar

import msgspec

__all__ = ["Record"]


class Record(msgspec.Struct, frozen=True):
    """A value that does not change."""

    __secret_fields__: ClassVar[tuple[str, ...]] = ()
    """Fields that `repr` leaves out."""

    def __repr__(self) -> str:
        shown = (name for name in self.__struct_fields__ if name not in self.__secret_fields__)
        return f"{type(self).__name__}({', '.join(f'{name}={getattr(self, name)!r}' for name in shown)})"
