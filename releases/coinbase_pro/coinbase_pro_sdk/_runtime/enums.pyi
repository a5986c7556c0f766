from __future__ import annotations
import enum
from typing import Self
__all__ = ['OpenEnum']

class OpenEnum(enum.StrEnum):

    @property
    def is_known(self) -> bool:
        ...
