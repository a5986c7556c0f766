from __future__ import annotations
import sys
from collections.abc import Callable, Iterable
from gettext import gettext
from importlib import import_module
from typing import Any, NoReturn
import click
from .exits import EXIT_CODES, INTERRUPTED, WRONG
from .failures import Failure, one_line
from .settings import Options
from .tree import Command, Parameter, Tree
from .words import word_type
__all__ = ['Application']

class Application(click.Group):

    def __init__(self, tree: Tree) -> None:
        ...

    def list_commands(self, ctx: click.Context) -> list[str]:
        ...

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        ...

    def resolve_command(self, ctx: click.Context, args: list[str]) -> tuple[str | None, click.Command | None, list[str]]:
        ...

    def main(self, *args: Any, **options: Any) -> NoReturn:
        ...

class _Branch(click.Group):

    def __init__(self, tree: Tree, name: str) -> None:
        ...

    def list_commands(self, ctx: click.Context) -> list[str]:
        ...

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        ...

    def resolve_command(self, ctx: click.Context, args: list[str]) -> tuple[str | None, click.Command | None, list[str]]:
        ...

class _Leaf(click.Command):

    def __init__(self, tree: Tree, command: Command) -> None:
        ...

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        ...
