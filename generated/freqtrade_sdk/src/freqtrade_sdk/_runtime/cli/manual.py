"""The commands about the program itself: every command with its arguments, and the settings in force."""

from __future__ import annotations

import os
import textwrap

from .exits import WRONG
from .failures import Failure
from .settings import Options, address, read_configuration
from .tree import Command, Parameter, Tree

__all__ = ["manual", "settings"]


def manual(tree: Tree, words: tuple[str, ...]) -> str:
    """Every command whose path begins with these words, in alphabetical order, with its arguments."""
    wanted = tuple(word.replace("_", "-") for word in words)
    found = [
        command
        for command in sorted(tree.commands)
        if tuple(word.replace("_", "-") for word in command.path[: len(wanted)]) == wanted
    ]
    if not found:
        raise Failure(f"no such command: {' '.join(words)}", WRONG)
    return "Possible commands:\n\n" + "\n".join(map(_entry, found))


def _entry(command: Command) -> str:
    lines = [" ".join((*command.path, *(_shape(item) for item in command.parameters if item.positional)))]
    lines.append(f"    {command.summary}")
    for item in command.parameters:
        if item.secret:
            continue
        name = item.name if item.positional else f"--{item.name.strip('_').replace('_', '-')}"
        lines += textwrap.wrap(
            f"{name}: {item.help}", 96, initial_indent="    ", subsequent_indent="      ", break_on_hyphens=False
        )
    return "\n".join(lines) + "\n"


def _shape(parameter: Parameter) -> str:
    name = f"{parameter.name}…" if parameter.many else parameter.name
    return f"<{name}>" if parameter.required else f"[{name}]"


def settings(tree: Tree, options: Options) -> str:
    """Where calls go and which credentials there are, and who says so. Values of credentials are not shown."""
    configuration = read_configuration(tree, options.config)
    url, source = address(tree, options, configuration)
    rows = [("address", f"{url}  ({source})"), ("file", str(configuration.file or "none"))]
    for name in tree.credentials:
        variable = f"{tree.environment}_{name.upper()}"
        if configuration.credentials:
            known = f"set  ({configuration.file})" if name in configuration.credentials else "not set"
        else:
            known = f"set  ({variable})" if os.environ.get(variable) else "not set"
        rows.append((name, known))
    width = max(len(name) for name, _ in rows)
    return "\n".join(f"{name:<{width}}  {value}" for name, value in rows)
