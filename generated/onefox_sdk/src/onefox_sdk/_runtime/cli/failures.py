"""How a command fails: an exit code, and one line on the standard error stream."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from .exits import MISFIT, NO_ANSWER, REFUSED, UNKNOWN

if TYPE_CHECKING:
    from ..errors import SDKError
    from ..operation import Operation
    from .tree import Tree

__all__ = ["Failure", "failure_of", "one_line"]


class Failure(click.ClickException):
    """The end of a command that did not do what it was told."""

    def __init__(self, message: str, code: int, details: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.code = code
        self.details = details
        """More lines, shown with `-v`."""


def failure_of(tree: Tree, operation: Operation[Any] | None, error: SDKError) -> Failure:
    """What to say about an error of a call."""
    from .. import errors

    match error:
        case errors.OutcomeUnknown():
            code, message = UNKNOWN, f"{error}{_how_to_look(tree, operation, error.key)}"
        case errors.RequestNotSent() | errors.NoReply():
            code, message = NO_ANSWER, str(error)
        case errors.InvalidReply():
            code, message = MISFIT, str(error)
        case errors.APIError():
            code, message = REFUSED, str(error)
        case _:
            code, message = NO_ANSWER, str(error)
    return Failure(message, code, tuple(_details(error)))


def _how_to_look(tree: Tree, operation: Operation[Any] | None, key: str | None) -> str:
    """The commands that tell what became of a request."""
    if operation is None:
        return ""
    words = {command.call: " ".join((tree.program, *command.path)) for command in tree.commands}
    if key and operation.lookup:
        return f"; to find out: {words[operation.lookup.operation]} {operation.lookup.value.format(key=key)}"
    commands = [words[name] for name in operation.evidence if name in words]
    return f"; to find out: {' and '.join(commands)}" if commands else ""


def _details(error: Any) -> list[str]:
    """Status, request and body; secrets are hidden in all of them already."""
    lines: list[str] = []
    if error.request is not None:
        lines.append(f"request: {error.request.method} {error.request.url}")
    if getattr(error, "status_code", None):
        lines.append(f"status:  {error.status_code}")
    if content := getattr(error, "content", b""):
        lines.append(f"body:    {one_line(content[:4000].decode(errors='replace'))}")
    return lines


def one_line(text: str) -> str:
    """A text that a server may have written, as one line that cannot steer a terminal."""
    return "".join(char if char.isprintable() else "�" for char in " ".join(text.split()))
