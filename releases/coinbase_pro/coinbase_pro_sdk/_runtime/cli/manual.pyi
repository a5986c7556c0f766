from __future__ import annotations
import os
import textwrap
from .exits import WRONG
from .failures import Failure
from .settings import Options, address, read_configuration
from .tree import Command, Parameter, Tree
__all__ = ['manual', 'settings']

def manual(tree: Tree, words: tuple[str, ...]) -> str:
    ...

def settings(tree: Tree, options: Options) -> str:
    ...
