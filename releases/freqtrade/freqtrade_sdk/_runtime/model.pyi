from __future__ import annotations
from functools import cache
from typing import TYPE_CHECKING, Any, ClassVar
import msgspec
from .record import Record
__all__ = ['Model']

class _AttrsFields:

    def __get__(self, instance: object, owner: type[Record]) -> Any:
        ...

class Model(Record, frozen=True):
    if TYPE_CHECKING:
        __attrs_attrs__: ClassVar[Any]
    else:
        __attrs_attrs__ = _AttrsFields()
