"""Tables that a person wants to read."""

from __future__ import annotations

import enum
import sys
from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from .failures import one_line
from .output import columns_of
from .records import Cell, Row, Sheet, cut, is_a, wire_text
from .tree import Command, Tree

__all__ = ["aligned", "draw_tables", "flush_right", "relative"]

_WIDEST_TEXT = 44
# More digits behind the point than this are cut, and the cut is marked.
_MOST_DECIMALS = 10


def draw_tables(tree: Tree, command: Command, result: Any, wanted: str | None) -> None:
    """Show a result on the terminal."""
    console = Console(file=sys.stdout, highlight=False, markup=False, emoji=False)
    facts, sheets = cut(result)
    if result is None:
        console.print(Text("done", style="green"))
    if facts:
        _facts(console, facts)
    for sheet in sheets:
        if facts or len(sheets) > 1:
            console.print(Text(f"\n{sheet.title}", style="bold"))
        _sheet(console, tree, sheet, wanted)
    cursor = getattr(result, "cursor", None) if command.cursor else None
    if cursor is not None and sys.stderr.isatty():
        option = f"--{command.cursor.strip('_').replace('_', '-')} {cursor}"
        Console(stderr=True, highlight=False).print(Text(f"more: {option}, or --all", style="dim"))


def _facts(console: Console, facts: Row) -> None:
    if list(facts) == [""]:
        console.print(_cell(facts[""], long=True))
        return
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
    table.add_column(style="cyan", no_wrap=True)
    table.add_column(overflow="fold")
    for name, cell in facts.items():
        table.add_row(name, _cell(cell, long=True))
    console.print(table)


def _sheet(console: Console, tree: Tree, sheet: Sheet, wanted: str | None) -> None:
    if not sheet.rows:
        console.print(Text("none", style="dim"))
        return
    if sheet.names == ["value"]:
        for row in sheet.rows:
            console.print(_cell(row["value"], long=True))
        return
    names = columns_of(sheet.names, wanted) if wanted else _default_names(tree, sheet)
    columns = {name: _column([row.get(name, Cell(None)) for row in sheet.rows]) for name in names}
    shown = _fitting(columns, console.width) if wanted is None else names
    table = Table(box=box.SIMPLE_HEAD, header_style="bold", padding=(0, 1, 0, 0), show_edge=False, pad_edge=False)
    for name in shown:
        header = Text(name)
        if any(_is_number(row[name].value) for row in sheet.rows if name in row):
            header, *columns[name] = flush_right([header, *columns[name]])
        table.add_column(header, no_wrap=wanted is None, overflow="ellipsis")
    for cells in zip(*(columns[name] for name in shown), strict=True):
        table.add_row(*cells)
    console.print(table)
    hidden = [name for name in sheet.names if name not in shown]
    if hidden and wanted is None:
        some = ", ".join(hidden[:6]) + (", …" if len(hidden) > 6 else "")
        note = f"{len(hidden)} more column{'s' if len(hidden) > 1 else ''} (--columns): {some}"
        console.print(Text(note, style="dim"), overflow="ellipsis", no_wrap=True)


def _default_names(tree: Tree, sheet: Sheet) -> list[str]:
    """Columns that the document names, or else all that say something."""
    said = [name for name in sheet.names if any(row[name].value is not None for row in sheet.rows if name in row)]
    chosen = tree.columns.get(sheet.model)
    if chosen is None:
        return said
    return [name for name in ("key", *chosen) if name in said]


def _fitting(columns: dict[str, list[Text]], width: int) -> list[str]:
    """As many columns as stand side by side, the first one in any case."""
    shown: list[str] = []
    used = 0
    for name, cells in columns.items():
        wide = max(len(name), *(cell.cell_len for cell in cells)) + 2
        if shown and used + wide > width:
            break
        shown.append(name)
        used += wide
    return shown


def _is_number(value: object) -> bool:
    return isinstance(value, (int, Decimal)) and not isinstance(value, bool)


def _column(cells: Sequence[Cell]) -> list[Text]:
    """The texts of a column; numbers get their points below each other."""
    texts = [_cell(cell) for cell in cells]
    return aligned(texts) if any(isinstance(cell.value, Decimal) for cell in cells) else texts


def flush_right(texts: Sequence[Text]) -> list[Text]:
    """Texts of one width. A column that is justified right does not do: it drops the blanks behind a number."""
    width = max(text.cell_len for text in texts)
    return [Text(" " * (width - text.cell_len)) + text for text in texts]


def aligned(texts: Sequence[Text]) -> list[Text]:
    """Numbers with their points below each other, once they are set flush right."""
    behind = [len(text.plain.partition(".")[2]) + ("." in text.plain) for text in texts]
    most = max(behind, default=0)
    return [text + Text(" " * (most - length)) for text, length in zip(texts, behind, strict=True)]


def _cell(cell: Cell, *, long: bool = False) -> Text:
    value = cell.value
    if cell.secret:
        return Text("*** (in --json)", style="dim")
    match value:
        case None:
            return Text("–", style="dim")
        case bool():
            return Text("yes" if value else "no", style="green" if value else "dim")
        case Decimal():
            return _number(value)
        case int():
            return Text(str(value))
        case datetime():
            return _time(value, long=long)
        case date():
            return Text(value.isoformat())
        case enum.Enum():
            return Text(one_line(str(value.value)), style="cyan")
        case str():
            return _text(value, long=long)
        case _:
            return _text(_joined(cell), long=long)


def _joined(cell: Cell) -> str:
    value = cell.value
    if not value:
        return "none"
    if is_a(value, tuple) and not any(is_a(item, tuple) or is_a(item, dict) for item in value):
        return ", ".join(map(str, value))
    return wire_text(cell)


def _text(value: str, *, long: bool) -> Text:
    text = one_line(value)
    return Text(text if long or len(text) <= _WIDEST_TEXT else f"{text[: _WIDEST_TEXT - 1]}…")


def _number(value: Decimal) -> Text:
    """Plain digits; zeros at the end are dim, what is negative red, and a cut is marked."""
    if not value.is_finite():
        return Text("∞" if value.is_infinite() else "–", style="dim")
    digits = format(value, "f")
    head, _, tail = digits.partition(".")
    if len(tail) > _MOST_DECIMALS:
        telling = tail.rstrip("0")
        leading = len(tail) - len(tail.lstrip("0"))
        cut_at = max(8, leading + 4) if telling else 8
        tail = tail[: max(cut_at, len(telling))] if len(telling) <= _MOST_DECIMALS else f"{tail[:cut_at]}…"
    text = Text(head, style="red" if value < 0 else "")
    if tail:
        kept = tail.rstrip("0")
        text.append(f".{kept}" if kept else "")
        text.append(tail[len(kept) :] if kept else f".{tail}", style="dim")
    return text


def _time(value: datetime, *, long: bool) -> Text:
    """Absolute in UTC, and how long ago that is."""
    moment = value.astimezone(UTC)
    text = Text(f"{moment:%Y-%m-%d %H:%M:%S}")
    if long and moment.microsecond:
        text.append(f".{moment.microsecond:06}".rstrip("0"))
    text.append("Z")
    text.append(f" {relative(moment, datetime.now(UTC))}", style="dim")
    return text


def relative(moment: datetime, now: datetime) -> str:
    """How far away a time is: `3m ago`, `in 2h`, `now`."""
    seconds = round((now - moment).total_seconds())
    units = ((86400 * 365, "y"), (86400, "d"), (3600, "h"), (60, "m"), (1, "s"))
    size, unit = next(((size, unit) for size, unit in units if abs(seconds) >= size), (1, ""))
    if not unit:
        return "now"
    amount = f"{abs(seconds) // size}{unit}"
    return f"{amount} ago" if seconds > 0 else f"in {amount}"
