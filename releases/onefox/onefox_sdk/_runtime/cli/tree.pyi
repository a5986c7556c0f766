from __future__ import annotations
from collections.abc import Mapping
from typing import NamedTuple
__all__ = ['Chart', 'Command', 'Parameter', 'Tree']

class Parameter(NamedTuple):
    name: str
    kind: str
    help: str
    required: bool = False
    positional: bool = False
    many: bool = False
    choices: tuple[str, ...] = ()
    secret: bool = False

class Chart(NamedTuple):
    kind: str
    fields: tuple[str, ...]

class Command(NamedTuple):
    path: tuple[str, ...]
    call: str
    summary: str
    help: str
    effect: str
    parameters: tuple[Parameter, ...] = ()
    confirm: bool = False
    cursor: str = ''
    chart: Chart | None = None

class Tree(NamedTuple):
    program: str
    distribution: str
    package: str
    client: str
    title: str
    summary: str
    base_url: str
    environment: str
    credentials: Mapping[str, str]
    groups: Mapping[str, str]
    commands: tuple[Command, ...]
    columns: Mapping[str, tuple[str, ...]]
    section: str = ''
    address: str = ''
