"""Operations as commands: what the generated command lines offer, and how a call is written on one."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NoReturn

from .model import Argument, Field, Method, Model, ModelError, Package
from .runtime.cli.tree import Chart, Command, Parameter, Tree
from .text import one_line, paragraphs

__all__ = ["RESERVED", "command_line", "command_tree", "option_name"]

# Python type of an argument -> what its words are read as.
_KINDS = {
    "str": "text",
    "int": "whole",
    "Decimal | int | str": "decimal",
    "bool": "flag",
    "datetime": "time",
    "date": "day",
    "UUID | str": "uuid",
    "int | str": "whole or text",
}
# Options that every command has.
RESERVED = frozenset(
    "all base-url chart columns config csv help json jsonl table timeout verbose version yes".split()  # noqa: SIM905
)
_TIMES = {"Time", "MilliTime", "MicroTime", "NaiveTime", "UnixSeconds", "UnixMillis"}
_EFFECTS = {
    "read": "Changes nothing.",
    "idempotent": "Changes state; repeating it leaves the same state.",
    "unsafe": "Changes state, and asks before it does. Never repeated unless it was certainly not done.",
}


def command_tree(package: Package) -> Tree:
    """All commands of a package; ModelError where the document asks for what cannot be."""
    sdk = package.sdk
    config = sdk.get("config", {})
    commands = tuple(_command(package, method) for method in package.methods)
    return Tree(
        program=sdk["command"],
        distribution=sdk["distribution"],
        package=sdk["package"],
        client=sdk["client"],
        title=package.title,
        summary=one_line(package.summary),
        base_url=package.base_url,
        environment=sdk["environment"],
        credentials={item["name"]: one_line(item["description"]) for item in sdk["credentials"]},
        groups={_dashed(resource.name): one_line(resource.doc) for resource in package.resources},
        commands=commands,
        columns={model.name: tuple(model.columns) for model in package.models if model.columns},
        section=config.get("section", ""),
        address=config.get("base-url", ""),
    )


def command_line(package: Package, method: Method, arguments: Mapping[str, Any], *, yes: bool = False) -> str:
    """How a call is written in a shell: `coinbase-pro products trades BTC-USD --limit 25`.

    Args:
        package: The package that the method belongs to.
        method: The method to call.
        arguments: Arguments by Python name, as JSON holds them: strings, numbers, booleans, lists.
        yes: Whether to add `--yes` where the command would ask.
    """
    command = _command(package, method)
    given = {name: value for name, value in arguments.items() if value is not None}
    words: list[str] = []
    for parameter in command.parameters:
        if parameter.name not in given or parameter.secret:
            continue
        value = given[parameter.name]
        items: list[str] = list(map(_word, value)) if parameter.many else [_word(value)]
        if parameter.positional:
            words += items
        elif parameter.kind == "flag":
            words.append(f"--{'' if value else 'no-'}{option_name(parameter.name)}")
        else:
            words += [word for item in items for word in (f"--{option_name(parameter.name)}", item)]
    asks = command.effect == "unsafe" or command.confirm
    return shlex.join([package.sdk["command"], *command.path, *words, *(["--yes"] if yes and asks else [])])


def option_name(name: str) -> str:
    """An argument's name as an option, without the dashes in front: `post-only`."""
    return _dashed(name)


def _dashed(name: str) -> str:
    return name.strip("_").replace("_", "-")


def _word(value: object) -> str:
    return ("true" if value else "false") if isinstance(value, bool) else str(value)


def _command(package: Package, method: Method) -> Command:
    merged = method.merge.method if method.merge else None
    said = {**method.command, **(merged.command if merged else {})}
    unknown = set(said) - {"name", "positional", "confirm"}
    if unknown:
        _fail(method, f"x-command: no such setting: {', '.join(sorted(unknown))}")
    group, _, name = method.operation.rpartition(".")
    effects = [method.effect, *([merged.effect] if merged else [])]
    strongest = max(effects, key=list(_EFFECTS).index)
    return Command(
        path=(*([_dashed(group)] if group else []), said.get("name", _dashed(name))),
        call=method.operation,
        summary=method.summary,
        help=_help([method.doc, *([merged.doc] if merged else []), _EFFECTS[strongest]]),
        effect=strongest,
        parameters=tuple(_parameters(method, said.get("positional", []))),
        confirm=said.get("confirm", False),
        cursor=method.pagination.get("argument", ""),
        chart=_chart(package, method),
    )


def _parameters(method: Method, positional: Sequence[str]) -> Iterator[Parameter]:
    known = {argument.wire: argument for argument in method.all_arguments}
    for wire in positional:
        if wire not in known:
            _fail(method, f"x-command: no such argument: {wire}")
    places = [*method.positional, *(known[wire] for wire in positional if not known[wire].required)]
    options = [argument for argument in method.optional if argument not in places]
    for index, argument in enumerate(places):
        parameter = _parameter(method, argument, positional=True)
        if parameter.many and index < len(places) - 1:
            _fail(method, f"x-command: {argument.name} takes several words, so that nothing can stand behind it")
        yield parameter
    for argument in options:
        if option_name(argument.name) in RESERVED:
            _fail(method, f"--{option_name(argument.name)} is an option of every command")
        yield _parameter(method, argument, positional=False)


def _parameter(method: Method, argument: Argument, *, positional: bool) -> Parameter:
    annotation = argument.kind.annotation
    inner = re.fullmatch(r"Sequence\[(.+)\]", annotation)
    kind = _KINDS.get(inner.group(1) if inner else annotation, "text" if argument.kind.enums else "")
    if not kind:
        _fail(method, f"{argument.name}: a command line has no words for {annotation}")
    return Parameter(
        name=argument.name,
        kind=kind,
        help=one_line(argument.doc),
        required=argument.required,
        positional=positional,
        many=bool(inner),
        choices=argument.kind.choices,
        secret=argument in method.extra_arguments,
    )


def _help(texts: Sequence[str]) -> str:
    """Paragraphs that a terminal fills itself; lists and tables keep their lines (marked by a backspace)."""
    blocks = "\n".join(paragraphs("\n\n".join(texts), 10_000)).split("\n\n")
    return "\n\n".join(
        block if "\n" not in block and block[:2] not in ("- ", "* ") else _kept(block) for block in blocks
    )


def _kept(block: str) -> str:
    return "\b\n" + "\n".join(paragraphs(block, 76))


# Charts: found by shape.


def _chart(package: Package, method: Method) -> Chart | None:
    models = package.models_by_name
    result = method.result
    item = models.get(result.removeprefix("list[").removesuffix("]"))
    if item is None:
        return None
    return _candles(item) if result.startswith("list[") else _book(models, item)


def _candles(item: Model) -> Chart | None:
    names = {field.name: field for field in item.fields}
    times = [field.name for field in item.fields if field.annotation in _TIMES]
    prices = ("open", "high", "low", "close")
    if len(times) != 1 or not names.keys() >= {*prices}:
        return None
    return Chart("candles", (times[0], *prices))


def _book(models: Mapping[str, Model], item: Model) -> Chart | None:
    sides = {field.name: models.get(_row_type(field)) for field in item.fields if field.name in ("bids", "asks")}
    level = sides.get("bids")
    if len(sides) != 2 or level is None or level is not sides.get("asks"):
        return None
    price, size = level.fields[:2]
    return Chart("book", ("bids", "asks", price.name, size.name))


def _row_type(field: Field) -> str:
    return field.annotation.removeprefix("tuple[").removesuffix(", ...]")


def _fail(method: Method, reason: str) -> NoReturn:
    raise ModelError(("paths", method.path, method.http.lower()), reason)
