from __future__ import annotations
import gc
import sys
from importlib.util import find_spec
from typing import TYPE_CHECKING
if TYPE_CHECKING:
    from .tree import Tree
__all__ = ['run']

def run(tree: Tree) -> None:
    ...
