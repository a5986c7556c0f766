from __future__ import annotations
import re
from datetime import UTC, date, datetime, timedelta
from typing import Any
import click
from .tree import Parameter
__all__ = ['word_type']

class _Word(click.ParamType[Any]):
    name = 'text'

    def get_metavar(self, param: click.Parameter, ctx: click.Context) -> str:
        ...

class _Uuid(_Word):
    name = 'uuid'

class _Decimal(_Word):
    name = 'number'

class _Whole(_Word):
    name = 'integer'

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        ...

class _WholeOrText(_Word):

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        ...

class _Time(_Word):
    name = 'time'

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        ...

class _Day(_Word):
    name = 'day'

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        ...

class _Choice(click.Choice[str]):

    def __init__(self, choices: tuple[str, ...], whole: bool) -> None:
        ...

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        ...

def word_type(parameter: Parameter) -> click.ParamType[Any]:
    ...
