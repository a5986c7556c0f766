"""The commands as a shell sees them: groups, arguments, options, help, completion. Nothing here calls the API."""

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

__all__ = ["Application"]

SHELLS = ("bash", "zsh", "fish")
_HELP = {"help_option_names": ["-h", "--help"], "max_content_width": 100}


def _common() -> list[click.Option]:
    """Options of every command. They may stand in front of it or behind it."""
    return [
        click.Option(["--table", "opt_form"], flag_value="table", help="A table, as on a terminal."),
        click.Option(["--json", "opt_form"], flag_value="json", help="JSON as the API sent it, as in a pipe."),
        click.Option(["--jsonl", "opt_form"], flag_value="jsonl", help="JSON, one item a line."),
        click.Option(["--csv", "opt_form"], flag_value="csv", help="Comma-separated values, every digit kept."),
        click.Option(["--columns", "opt_columns"], metavar="A,B,…", help="Columns of tables and CSV; `all` for all."),
        click.Option(["-c", "--config", "opt_config"], metavar="FILE", help="Configuration file (JSON)."),
        click.Option(["--base-url", "opt_base_url"], metavar="URL", help="Address of the API."),
        click.Option(["--timeout", "opt_timeout"], type=float, metavar="SECONDS", help="For the whole call."),
        click.Option(
            ["--allow-http", "opt_allow_http"],
            is_flag=True,
            default=None,
            help="Let credentials travel unencrypted to another machine.",
        ),
        click.Option(["-y", "--yes", "opt_yes"], is_flag=True, default=None, help="Do not ask."),
        click.Option(["-v", "--verbose", "opt_verbose"], is_flag=True, default=None, help="Say more about calls."),
    ]


def _chart() -> click.Option:
    return click.Option(["--chart", "opt_chart"], is_flag=True, default=None, help="Draw a picture.")


def _all() -> click.Option:
    return click.Option(["--all", "opt_all"], is_flag=True, default=None, help="This page and every following one.")


def _options(values: dict[str, Any]) -> Options:
    """Take the common options out of what was parsed."""
    found = {name.removeprefix("opt_"): values.pop(name) for name in list(values) if name.startswith("opt_")}
    return Options(**found)


class Application(click.Group):
    """The program."""

    def __init__(self, tree: Tree) -> None:
        epilog = "\n".join(f"  {code:3}  {meaning}" for code, meaning in EXIT_CODES.items())
        version = click.version_option(import_module(tree.package).__version__, "--version")
        super().__init__(
            name=tree.program,
            help=f"{tree.summary.rstrip('.')}.\n\nCredentials come from {_sources(tree)}.",
            epilog=f"\b\nExit codes:\n{epilog}",
            params=_common(),
            callback=_remember,
            context_settings=_HELP,
            no_args_is_help=True,
        )
        version(self)
        self.tree = tree

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Groups and commands in the order of the document, then those about the program itself."""
        own = [command.path[0] for command in self.tree.commands]
        return [*dict.fromkeys(own), *_OWN]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """A command by name, written with dashes or underscores."""
        return _find(self.tree, (), cmd_name) or (_OWN[cmd_name](self.tree) if cmd_name in _OWN else None)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As always, with a hint where the name is nearly right."""
        return _resolve(self, super().resolve_command, ctx, args)

    def main(self, *args: Any, **options: Any) -> NoReturn:
        """Run, say in one line what went wrong, and end with the code for it."""
        options["standalone_mode"] = False
        program = self.tree.program
        try:
            code: Any = super().main(*args, **options)
        except click.exceptions.NoArgsIsHelpError as error:
            click.echo(error.format_message())
            code = 0
        except click.ClickException as error:
            click.echo(click.style(f"{program}: ", bold=True) + one_line(_said(error)), err=True)
            for line in error.details if isinstance(error, Failure) else ():
                click.echo(f"  {line}", err=True)
            code = error.code if isinstance(error, Failure) else WRONG
        except click.Abort:
            click.echo(f"{program}: interrupted", err=True)
            code = INTERRUPTED
        sys.exit(code if isinstance(code, int) else 0)


def _said(error: click.ClickException) -> str:
    """The message, with the name of the argument that it is about and the way to help."""
    text = error.format_message()
    if (
        isinstance(error, click.BadParameter)
        and error.param is not None
        and not isinstance(error, click.MissingParameter)
    ):
        text = f"{error.param.name}: {error.message}"
    if isinstance(error, click.UsageError) and error.ctx is not None:
        text = f"{text.rstrip('.')} (see {error.ctx.command_path} --help)"
    return text


def _resolve(
    group: click.Group,
    resolve: Callable[[click.Context, list[str]], tuple[str | None, click.Command | None, list[str]]],
    ctx: click.Context,
    args: list[str],
) -> tuple[str | None, click.Command | None, list[str]]:
    from difflib import get_close_matches

    try:
        return resolve(ctx, args)
    except click.UsageError:
        near = get_close_matches(args[0], group.list_commands(ctx), 1)
        hint = f"; did you mean {near[0]}?" if near else ""
        raise click.UsageError(f"no such command: {args[0]}{hint}", ctx) from None


def _sources(tree: Tree) -> str:
    variables = ", ".join(f"{tree.environment}_{name.upper()}" for name in tree.credentials)
    section = f", section `{tree.section}`," if tree.section else ""
    return f"{variables} or from a configuration file{section} that nobody else can read"


@click.pass_context
def _remember(ctx: click.Context, /, **values: Any) -> None:
    """Keep the options in front of the command for it."""
    ctx.obj = _options(values)


def _find(tree: Tree, prefix: tuple[str, ...], name: str) -> click.Command | None:
    """The command or group of that name below a prefix."""
    depth = len(prefix)
    for command in tree.commands:
        path = command.path
        if path[:depth] != prefix or len(path) <= depth or _spelled(path[depth]) != _spelled(name):
            continue
        return _Leaf(tree, command) if len(path) == depth + 1 else _Branch(tree, path[depth])
    return None


def _spelled(name: str) -> str:
    return name.replace("_", "-")


class _Branch(click.Group):
    """A group of commands."""

    def __init__(self, tree: Tree, name: str) -> None:
        super().__init__(name, help=tree.groups[name], context_settings=_HELP, no_args_is_help=True)
        self.tree = tree

    def list_commands(self, ctx: click.Context) -> list[str]:
        """In the order of the document."""
        return [command.path[1] for command in self.tree.commands if command.path[0] == self.name]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """A command by name, written with dashes or underscores."""
        return _find(self.tree, (str(self.name),), cmd_name)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As always, with a hint where the name is nearly right."""
        return _resolve(self, super().resolve_command, ctx, args)


class _Leaf(click.Command):
    """One operation."""

    def __init__(self, tree: Tree, command: Command) -> None:
        visible = [item for item in command.parameters if not item.secret]
        extra = [*([_all()] if command.cursor else []), *([_chart()] if command.chart else [])]
        self.own = [_own(item) for item in visible]
        self.common = [*extra, *_common()]
        super().__init__(
            command.path[-1],
            params=[*self.own, *self.common],
            help=f"{command.summary}.\n\n{command.help}{_secret_help(tree, command)}",
            short_help=command.summary,
            callback=self._run,
            context_settings=_HELP,
        )
        self.tree = tree
        self.command = command

    def _run(self, /, **values: Any) -> None:
        from .call import call

        ctx = click.get_current_context()
        options = _options(values).over(ctx.find_root().obj or Options())
        given = {
            parameter.name: list(value) if parameter.many else value
            for parameter in self.command.parameters
            if (value := values.get(parameter.name)) is not None and value != ()
        }
        call(self.tree, self.command, given, options)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Arguments with what they mean, options of this command, and options of all."""
        arguments = [
            (item.name.upper(), f"{item.help}{_words(item)}") for item in self.command.parameters if item.positional
        ]
        shared = self.common
        own = [param for param in self.get_params(ctx) if isinstance(param, click.Option) and param not in shared]
        for title, rows in (
            (gettext("Arguments"), arguments),
            (gettext("Options"), _records(ctx, own)),
            (gettext("Options of every command"), _records(ctx, shared)),
        ):
            if rows:
                with formatter.section(title):
                    formatter.write_dl(rows)


def _records(ctx: click.Context, params: Iterable[click.Parameter]) -> list[tuple[str, str]]:
    return [record for param in params if (record := param.get_help_record(ctx)) is not None]


def _words(parameter: Parameter) -> str:
    return f" One of {', '.join(parameter.choices)}." if parameter.choices else ""


def _secret_help(tree: Tree, command: Command) -> str:
    return "".join(
        f"\n\n{item.help} It comes from {tree.environment}_{item.name.upper()}, never from the command line."
        for item in command.parameters
        if item.secret
    )


def _own(parameter: Parameter) -> click.Parameter:
    """The argument or option of an operation's parameter."""
    if parameter.positional:
        many = {"nargs": -1} if parameter.many else {}
        return click.Argument(
            [parameter.name],
            type=word_type(parameter),
            required=parameter.required,
            metavar=_metavar(parameter),
            **many,  # type: ignore[arg-type]
        )
    option = f"--{parameter.name.strip('_').replace('_', '-')}"
    if parameter.kind == "flag":
        negative = f"--no-{option[2:]}"
        return click.Option([parameter.name, f"{option}/{negative}"], default=None, help=parameter.help)
    return click.Option(
        [parameter.name, option], type=word_type(parameter), multiple=parameter.many, help=parameter.help
    )


def _metavar(parameter: Parameter) -> str:
    name = parameter.name.upper() if parameter.required else f"[{parameter.name.upper()}]"
    return f"{name}..." if parameter.many else name


# Commands about the program itself.


def _help_command(tree: Tree) -> click.Command:
    def callback(words: tuple[str, ...]) -> None:
        from .manual import manual

        click.echo(manual(tree, words))

    return click.Command(
        "help",
        params=[click.Argument(["words"], nargs=-1, metavar="[COMMAND]...")],
        callback=callback,
        help="List every command with its arguments.",
    )


def _show_command(tree: Tree) -> click.Command:
    def callback(**values: Any) -> None:
        from .manual import settings

        ctx = click.get_current_context()
        click.echo(settings(tree, _options(values).over(ctx.find_root().obj or Options())))

    return click.Command(
        "show", params=list(_common()), callback=callback, help="Show the settings in force. No secret is shown."
    )


def _completion_command(tree: Tree) -> click.Command:
    def callback(shell: str) -> None:
        from click.shell_completion import get_completion_class

        kind = get_completion_class(shell)
        assert kind is not None
        variable = f"_{tree.program.replace('-', '_').upper()}_COMPLETE"
        click.echo(kind(Application(tree), {}, tree.program, variable).source())

    return click.Command(
        "completion",
        params=[click.Argument(["shell"], type=click.Choice(SHELLS))],
        callback=callback,
        help=(
            "Print a shell's script for completion.\n\n\b\n"
            f'bash:  eval "$({tree.program} completion bash)"    in ~/.bashrc\n'
            f'zsh:   eval "$({tree.program} completion zsh)"     in ~/.zshrc\n'
            f"fish:  {tree.program} completion fish | source     in config.fish"
        ),
    )


_OWN: dict[str, Callable[[Tree], click.Command]] = {
    "help": _help_command,
    "show": _show_command,
    "completion": _completion_command,
}
