"""What results are made of."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, ClassVar

import msgspec

from .record import Record

__all__ = ["Model"]


@cache
def _attrs_fields(cls: type[Record]) -> Any:
    """The fields of a class as attrs describes them."""
    import attrs

    made: dict[str, Any] = {}
    for field in msgspec.structs.fields(cls):
        default = attrs.NOTHING if field.default is msgspec.NODEFAULT else field.default
        shown = field.name not in cls.__secret_fields__
        made[field.name] = attrs.field(default=default, type=field.type, repr=shown)
    described: Any = attrs.make_class(cls.__name__, made, frozen=True, kw_only=True)
    return described.__attrs_attrs__


class _AttrsFields:
    """A class attribute that is made when it is asked for."""

    def __get__(self, instance: object, owner: type[Record]) -> Any:
        return _attrs_fields(owner)


class Model(Record, frozen=True):
    """A result. Functions of attrs (`attrs.asdict`, `evolve`, `fields`) take it like a class of their own."""

    if TYPE_CHECKING:
        __attrs_attrs__: ClassVar[Any]
    else:
        __attrs_attrs__ = _AttrsFields()
