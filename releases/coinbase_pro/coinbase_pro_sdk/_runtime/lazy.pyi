from __future__ import annotations
import sys
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any
__all__ = ['on_first_use']

def on_first_use(module: str, places: Mapping[str, str]) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    ...
