from __future__ import annotations
import json
import os
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple
from .exits import WRONG
from .failures import Failure
from .tree import Tree
__all__ = ['Configuration', 'Options', 'address', 'default_file', 'open_client', 'read_configuration']

class Options(NamedTuple):
    config: str | None = None
    base_url: str | None = None
    timeout: float | None = None
    allow_http: bool | None = None
    verbose: bool | None = None
    yes: bool | None = None
    form: str | None = None
    columns: str | None = None
    chart: bool | None = None
    all: bool | None = None

    def over(self, other: Options) -> Options:
        ...

class Configuration(NamedTuple):
    file: Path | None = None
    base_url: str | None = None
    credentials: Mapping[str, str] = {}

    def __repr__(self) -> str:
        ...

def default_file(tree: Tree) -> Path:
    ...

def read_configuration(tree: Tree, named: str | None) -> Configuration:
    ...

def address(tree: Tree, options: Options, configuration: Configuration) -> tuple[str, str]:
    ...

def open_client(tree: Tree, options: Options, configuration: Configuration) -> Any:
    ...
