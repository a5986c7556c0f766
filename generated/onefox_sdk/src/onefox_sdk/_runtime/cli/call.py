"""One command: check, ask where money may move, call, show."""

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

__all__ = ["call"]


class Plan:
    """Stands in for a client: takes down what a method would send, and sends nothing."""

    operation: Operation[Any]
    draft: Draft

    def _call(self, operation: Operation[Any], /, **values: Any) -> None:
        self.operation, self.draft = operation, operation.draft(values)

    _page = _call


def call(tree: Tree, command: Command, values: Mapping[str, Any], options: Options) -> None:
    """Run a command; Failure if it does not do what it was told."""
    configuration = read_configuration(tree, options.config)
    arguments = {**values, **_secrets(tree, command)}
    with warnings.catch_warnings(), _explained(tree, options):
        warnings.showwarning = _warn
        warnings.simplefilter("always")
        with _refused(tree, command):
            client = open_client(tree, options, configuration)
        with client:
            with _refused(tree, command):
                plan = _plan(client, command, arguments)
                if _asks(plan.operation, command) and not options.yes:
                    _confirm(command, plan, address(tree, options, configuration)[0])
            with _failed(tree, plan, options):
                with _refused(tree, command):
                    result = _made(command, client, plan, arguments)
                _show(tree, command, plan, result, options)


@contextmanager
def _refused(tree: Tree, command: Command) -> Generator[None]:
    """What the checks of settings and arguments say, before anything is sent."""
    try:
        yield
    except (TypeError, ValueError) as error:
        raise Failure(f"{error}{_where_from(tree, command, str(error))}", WRONG) from None


@contextmanager
def _failed(tree: Tree, plan: Plan, options: Options) -> Generator[None]:
    """What the errors of calls say."""
    from ..errors import SDKError

    try:
        yield
    except SDKError as error:
        failure = failure_of(tree, plan.operation, error)
        if not options.verbose:
            failure.details = ()
        raise failure from None


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
def _explained(tree: Tree, options: Options) -> Generator[None]:
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


def _made(command: Command, client: Any, plan: Plan, values: Mapping[str, Any]) -> Any:
    """What the call returns."""
    method = getattr(_owner(client, command), command.call.rpartition(".")[2])
    try:
        return method(**values)
    except KeyboardInterrupt:
        if plan.operation.effect == "read":
            raise
        raise Failure("interrupted after the request may have left: its outcome is unknown", UNKNOWN) from None


def _show(tree: Tree, command: Command, plan: Plan, result: Any, options: Options) -> None:
    """Write the result. If that fails after a change, it must not look as if the change had failed."""
    from .output import show

    if plan.operation.effect == "read":
        show(tree, command, _walked(result) if options.all else result, options)
        return
    try:
        show(tree, command, result, options)
    except (Exception, KeyboardInterrupt) as error:
        reason = str(error) or type(error).__name__
        raise Failure(f"{' '.join(command.path)} was done, but its result cannot be shown: {reason}", MISFIT) from None


def _walked(page: Any) -> Iterator[Any]:
    """Items of a page and of all that follow, counted on the standard error stream where a person looks at it."""
    gc.enable()
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
