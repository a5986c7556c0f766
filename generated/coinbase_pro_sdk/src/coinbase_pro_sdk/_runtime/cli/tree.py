"""What a package says about its commands: plain data, so that `--help` and completion load nothing heavy."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

__all__ = ["Chart", "Command", "Parameter", "Tree"]


class Parameter(NamedTuple):
    """One argument or option of a command."""

    name: str
    """Python name of the method's argument."""
    kind: str
    """What a word is read as: text, whole, decimal, flag, time, day, uuid; `whole or text` where either fits."""
    help: str
    required: bool = False
    positional: bool = False
    many: bool = False
    """Whether it takes several words."""
    choices: tuple[str, ...] = ()
    secret: bool = False
    """Whether it must not stand on a command line, where shells and other users can see it."""


class Chart(NamedTuple):
    """Which fields of a result a picture is drawn from."""

    kind: str
    """candles: fields are time, open, high, low, close; book: fields are bids, asks and, of each level, price, size."""
    fields: tuple[str, ...]


class Command(NamedTuple):
    """One command, and the method that it calls."""

    path: tuple[str, ...]
    """Words that name it on the command line."""
    call: str
    """The method, such as `orders.limit`."""
    summary: str
    help: str
    effect: str
    parameters: tuple[Parameter, ...] = ()
    confirm: bool = False
    """Whether to ask before an idempotent call; an unsafe one always asks."""
    cursor: str = ""
    """Argument that leads to the next page; empty where the result does not come in pages."""
    chart: Chart | None = None


class Tree(NamedTuple):
    """All commands of a package."""

    program: str
    distribution: str
    package: str
    client: str
    """Name of the client's class."""
    title: str
    summary: str
    base_url: str
    environment: str
    """Prefix of environment variables."""
    credentials: Mapping[str, str]
    """Names, and what they are."""
    groups: Mapping[str, str]
    """Names of groups, and what they are about."""
    commands: tuple[Command, ...]
    columns: Mapping[str, tuple[str, ...]]
    """Fields that a table shows, by name of the model."""
    section: str = ""
    """Object of a configuration file that holds the settings; empty if they stand at the top."""
    address: str = ""
    """How that section gives the address where it has no `base_url`, such as `http://{host}:{port}`."""
