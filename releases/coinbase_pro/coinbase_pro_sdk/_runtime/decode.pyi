from __future__ import annotations
import json
import re
import threading
from contextlib import suppress
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any, Generic, TypeVar, cast, get_args, get_origin
import msgspec
from .shapes import alternatives, fields, is_model, is_row, unwrap, walk
from .wire import EPOCH, read_decimal, read_integer, read_time, whole_number
__all__ = ['Decoder', 'Misfit', 'parse']

class Misfit(Exception):

    def __init__(self, reason: str, path: str) -> None:
        ...

def parse(content: bytes) -> Any:
    ...

class Decoder(Generic[T]):

    def __init__(self, kind: Any) -> None:
        ...

    def decode(self, content: bytes) -> T:
        ...

    def second_look(self, content: bytes) -> T:
        ...

class _Choice(Decoder[T]):
    ...

class FirstThatFits(Decoder[T]):

    def __init__(self, kind: Any) -> None:
        ...

    def decode(self, content: bytes) -> T:
        ...

def decoder_for(kind: Any) -> Decoder[Any]:
    ...

def fit(raw: Any, annotation: Any, path: str) -> Any:
    ...
