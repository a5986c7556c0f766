from __future__ import annotations
import enum
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any, cast, get_args, get_origin
from uuid import UUID
import msgspec
from .shapes import alternatives, fields, is_model, is_row, unwrap
from .wire import Hook, Number, write_micro_time, write_milli_time, write_time, write_unix
__all__ = ['dump_json', 'plain_decimal', 'to_json']

def plain_decimal(value: Decimal) -> str:
    ...

def to_json(value: Any) -> str:
    ...

def dump_json(value: Any) -> str:
    ...
