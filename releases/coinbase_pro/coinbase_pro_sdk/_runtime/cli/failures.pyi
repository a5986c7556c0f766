from __future__ import annotations
from typing import TYPE_CHECKING, Any
import click
from .exits import MISFIT, NO_ANSWER, REFUSED, UNKNOWN
if TYPE_CHECKING:
    from ..errors import SDKError
    from ..operation import Operation
    from .tree import Tree
__all__ = ['Failure', 'failure_of', 'one_line']

class Failure(click.ClickException):

    def __init__(self, message: str, code: int, details: tuple[str, ...]=()) -> None:
        ...

def failure_of(tree: Tree, operation: Operation[Any] | None, error: SDKError) -> Failure:
    ...

def one_line(text: str) -> str:
    ...
