from __future__ import annotations
import enum
from typing import Self
__all__ = ['OpenEnum']

class OpenEnum(enum.StrEnum):

    def __reduce_ex__(self, protocol: object) -> tuple[type[Self], tuple[str]]:
        ...

    @property
    def is_known(self) -> bool:
        ...
