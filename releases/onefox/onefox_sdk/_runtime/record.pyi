from __future__ import annotations
from typing import ClassVar
import msgspec
__all__ = ['Record']

class Record(msgspec.Struct, frozen=True):
    __secret_fields__: ClassVar[tuple[str, ...]] = ()

    def __repr__(self) -> str:
        ...
