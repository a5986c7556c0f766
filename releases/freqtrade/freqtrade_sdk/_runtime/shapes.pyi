from __future__ import annotations
import types
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Annotated, Any, TypeVar, Union, cast, get_args, get_origin, get_type_hints
from .model import Model
__all__ = ['alternatives', 'fields', 'is_model', 'is_row', 'unwrap', 'walk']

def unwrap(annotation: Any) -> tuple[Any, str]:
    ...

def alternatives(annotation: Any) -> tuple[Any, ...]:
    ...

def is_model(kind: Any) -> bool:
    ...

def is_row(kind: Any) -> bool:
    ...

def fields(kind: Any) -> tuple[tuple[str, str, Any], ...]:
    ...

def walk(annotation: Any, seen: set[Any] | None=None) -> Iterator[tuple[Any, str]]:
    ...
