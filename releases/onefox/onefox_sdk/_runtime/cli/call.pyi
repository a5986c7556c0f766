from __future__ import annotations
import gc
import logging
import os
import sys
import warnings
from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
import click
from .exits import MISFIT, NOT_CONFIRMED, UNKNOWN, WRONG
from .failures import Failure, failure_of, one_line
from .settings import Options, address, open_client, read_configuration
from .tree import Command, Tree
if TYPE_CHECKING:
    from ..operation import Draft, Operation
__all__ = ['call']

class Plan:
    operation: Operation[Any]
    draft: Draft

def call(tree: Tree, command: Command, values: Mapping[str, Any], options: Options) -> None:
    ...
