from __future__ import annotations
import csv
import io
import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
import click
from ..encode import to_json
from .exits import WRONG
from .failures import Failure
from .records import Cell, Sheet, cut, is_a, wire_text
from .settings import Options
from .tree import Command, Tree
__all__ = ['show']

def show(tree: Tree, command: Command, result: Any, options: Options) -> None:
    ...

def columns_of(known: Sequence[str], wanted: str) -> list[str]:
    ...
