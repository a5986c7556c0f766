"""What comes out of a command: a picture or table for people, exact JSON or CSV for programs."""

from __future__ import annotations

import csv
import io
import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import click

from ..encode import to_json
from .exits import WRONG
from .failures import Failure
from .records import Cell, Sheet, cut, is_a, wire_text
from .settings import Options
from .tree import Command, Tree

__all__ = ["show"]


def show(tree: Tree, command: Command, result: Any, options: Options) -> None:
    """Write a result in the form that was asked for: a table on a terminal, JSON elsewhere, if none was."""
    form = options.form or ("table" if options.chart or options.columns or sys.stdout.isatty() else "json")
    match form:
        case "jsonl":
            for line in _lines(result):
                click.echo(line)
        case "json":
            click.echo(_json(_kept(result)))
        case "csv":
            click.echo(_csv(_kept(result), options.columns), nl=False)
        case _ if options.chart and command.chart:
            from .charts import draw

            draw(command.chart, _kept(result))
        case _:
            from .tables import draw_tables

            draw_tables(tree, command, _kept(result), options.columns)


def _kept(result: Any) -> Any:
    """A result that can be read twice: items that are still to be fetched become a list."""
    return list(result) if is_a(result, Iterator) else result


def _json(result: Any) -> str:
    """The wire form; laid out on a terminal, which changes no token of it."""
    text = to_json(result)
    if not sys.stdout.isatty():
        return text
    import msgspec

    try:
        laid_out: str = msgspec.json.format(text, indent=2)
    except msgspec.DecodeError:  # A number that no JSON standard knows.
        return text
    return laid_out


def _lines(result: Any) -> Iterator[str]:
    """One JSON text for each item of a list, each entry of a map, or for the whole."""
    if is_a(result, Mapping):
        return (to_json({key: value}) for key, value in result.items())
    listed = is_a(result, Sequence) or is_a(result, Iterator)
    return map(to_json, result if listed and not is_a(result, str) else [result])


def _csv(result: Any, wanted: str | None) -> str:
    """Comma-separated values: the records of a result, or else its facts as one line."""
    facts, sheets = cut(result)
    if not sheets:
        sheets = [Sheet("", [facts] if facts else [], "")]
    several = len(sheets) > 1
    rows = [{**({"part": Cell(sheet.title)} if several else {}), **row} for sheet in sheets for row in sheet.rows]
    everything = Sheet("", rows, "")
    names = columns_of(everything.names, wanted) if wanted else everything.names
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    if names:
        writer.writerow(name or "value" for name in names)
    writer.writerows([wire_text(row[name]) if name in row else "" for name in names] for row in rows)
    return out.getvalue()


def columns_of(known: Sequence[str], wanted: str) -> list[str]:
    """The columns that were asked for; Failure if there is none of that name."""
    if wanted == "all":
        return list(known)
    names = [name.strip() for name in wanted.split(",") if name.strip()]
    for name in names:
        if known and name not in known:
            raise Failure(f"--columns: no column {name}; there are {', '.join(known)}", WRONG)
    return names
