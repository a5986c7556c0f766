from __future__ import annotations
import enum
import sys
from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text
from .failures import one_line
from .output import columns_of
from .records import Cell, Row, Sheet, cut, is_a, wire_text
from .tree import Command, Tree
__all__ = ['aligned', 'draw_tables', 'flush_right', 'relative']

def draw_tables(tree: Tree, command: Command, result: Any, wanted: str | None) -> None:
    ...

def flush_right(texts: Sequence[Text]) -> list[Text]:
    ...

def aligned(texts: Sequence[Text]) -> list[Text]:
    ...

def relative(moment: datetime, now: datetime) -> str:
    ...
