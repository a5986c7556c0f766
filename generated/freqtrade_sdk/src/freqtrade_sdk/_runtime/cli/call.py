"""One command: check, ask where money may move, call, show."""

from __future__ import annotations

import logging
import os
import sys
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from .failures import INTERRUPTED, NOT_CONFIRMED, UNKNOWN, WRONG, Failure, failure_of, one_line
from .settings import Options, address, open_client, read_configuration
from .tree import Command, Tree

if TYPE_CHECKING:
    from ..operation import Draft, Operation

__all__ = ["call"]


class Plan:
    """Stands in for a client: takes down what a method would send, and sends nothing."""

    operation: Operation[Any]
    draft: Draft

    def _call(self, operation: Operation[Any], /, **values: Any) -> None:
        self.operation, self.draft = operation, operation.draft(values)

    _page = _call


def call(tree: Tree, command: Command, values: Mapping[str, Any], options: Options) -> int:
    """Run a command; 0, or a Failure or SystemExit with another code."""
    configuration = read_configuration(tree, options.config)
    arguments = {**values, **_secrets(tree, command)}
    with warnings.catch_warnings(), _explained(tree, options):
        warnings.showwarning = _warn
        warnings.simplefilter("always")
        try:
            with open_client(tree, options, configuration) as client:
                plan = _plan(client, command, arguments)
                if _asks(plan.operation, command) and not options.yes:
                    _confirm(command, plan, address(tree, options, configuration)[0])
                return _made(tree, command, client, plan, arguments, options)
        except (TypeError, ValueError) as error:
            raise Failure(f"{error}{_where_from(tree, command, str(error))}", WRONG) from None


def _secrets(tree: Tree, command: Command) -> dict[str, str]:
    """Arguments that come from the environment alone."""
    names = _secret_variables(tree, command)
    return {name: os.environ[variable] for name, variable in names.items() if variable in os.environ}


def _secret_variables(tree: Tree, command: Command) -> dict[str, str]:
    return {item.name: f"{tree.environment}_{item.name.upper()}" for item in command.parameters if item.secret}


def _where_from(tree: Tree, command: Command, message: str) -> str:
    """Where an argument comes from that a message complains about, if it is not from the command line."""
    variable = _secret_variables(tree, command).get(message.partition(":")[0])
    return f" (it comes from {variable})" if variable else ""


@contextmanager
def _explained(tree: Tree, options: Options) -> Iterator[None]:
    """Let the client say on the standard error stream what it sends, if that was asked for."""
    logger = logging.getLogger(tree.package)
    handler, level = logging.StreamHandler(sys.stderr), logger.level
    if options.verbose:
        logger.addHandler(handler)
        logger.setLevel(logging.DEBUG)
    try:
        yield
    finally:
        logger.removeHandler(handler)
        logger.setLevel(level)


def _owner(client: Any, command: Command) -> Any:
    resource = command.call.rpartition(".")[0]
    return getattr(client, resource) if resource else client


def _plan(client: Any, command: Command, values: Mapping[str, Any]) -> Plan:
    """What would be sent; TypeError or ValueError if the document forbids it."""
    plan = Plan()
    owner: Any = _owner(client, command).__class__
    getattr(owner, command.call.rpartition(".")[2])(plan, **values)
    return plan


def _asks(operation: Operation[Any], command: Command) -> bool:
    return operation.effect == "unsafe" or (command.confirm and operation.effect != "read")


def _confirm(command: Command, plan: Plan, url: str) -> None:
    """Show what will be sent, and where; Failure unless a person agrees."""
    if not _somebody_is_there():
        raise Failure(
            f"{' '.join(command.path)} asks before it acts, and nobody is there to answer; add --yes", NOT_CONFIRMED
        )
    click.echo(click.style(f"{command.summary}", bold=True) + f" at {url}", err=True)
    given = plan.draft.given
    width = max(map(len, given), default=0)
    for name, value in given.items():
        click.echo(f"  {name:<{width}}  {click.style(one_line(_shown(value)), fg='yellow')}", err=True)
    if not click.confirm("Go ahead?", err=True):
        raise Failure("not confirmed; nothing was sent", NOT_CONFIRMED)


def _somebody_is_there() -> bool:
    return sys.stdin.isatty() and sys.stderr.isatty()


def _shown(value: Any) -> str:
    from decimal import Decimal

    from ..encode import plain_decimal
    from .records import is_a

    if is_a(value, list):
        return ", ".join(map(_shown, value))
    return plain_decimal(value) if isinstance(value, Decimal) else str(value)


def _made(tree: Tree, command: Command, client: Any, plan: Plan, values: Mapping[str, Any], options: Options) -> int:
    """Call, and show what comes back."""
    from .. import errors
    from .output import show

    method = getattr(_owner(client, command), command.call.rpartition(".")[2])
    try:
        try:
            result = method(**values)
        except KeyboardInterrupt:
            raise _interrupted(plan) from None
        if options.all:
            result = _walked(result)
        show(tree, command, result, options)
    except errors.SDKError as error:
        failure = failure_of(tree, plan.operation, error)
        if not options.verbose:
            failure.details = ()
        raise failure from None
    except KeyboardInterrupt:
        raise Failure("interrupted", INTERRUPTED) from None
    return 0


def _interrupted(plan: Plan) -> Failure:
    if plan.operation.effect == "read":
        return Failure("interrupted", INTERRUPTED)
    return Failure("interrupted after the request may have left: its outcome is unknown", UNKNOWN)


def _walked(page: Any) -> Iterator[Any]:
    """Items of a page and of all that follow, counted on the standard error stream where a person looks at it."""
    if not sys.stderr.isatty():
        yield from page.all()
        return
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (SpinnerColumn(), TextColumn("{task.completed} items"), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("", total=None)
        for item in page.all():
            progress.advance(task)
            yield item


def _warn(message: Warning | str, category: type[Warning], *_: Any, **__: Any) -> None:
    click.echo(f"warning: {one_line(str(message))}", err=True)
