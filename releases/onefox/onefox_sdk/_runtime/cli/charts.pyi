from __future__ import annotations
import sys
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from itertools import accumulate
from typing import Any, NamedTuple
from rich.console import Console
from rich.table import Table
from rich.text import Text
from .tables import aligned, flush_right
from .tree import Chart
__all__ = ['draw']

def draw(chart: Chart, result: Any) -> None:
    ...

class Candle(NamedTuple):
    time: datetime
    open: float
    high: float
    low: float
    close: float

class Level(NamedTuple):
    price: Decimal
    size: Decimal
    total: Decimal
