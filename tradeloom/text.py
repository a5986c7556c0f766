"""Laying out prose in generated code."""

from __future__ import annotations

import re
import textwrap

__all__ = ["docstring", "one_line", "paragraphs"]

WIDTH = 118
_LIST_ITEM = re.compile(r"[-*] |\d+\. ")


def paragraphs(text: str, width: int, indent: str = "") -> list[str]:
    """Wrapped lines of a text in Markdown: paragraphs and list items are filled, code blocks and tables are left."""
    lines: list[str] = []
    buffer: list[str] = []
    hanging = ""
    fenced = False

    def flush() -> None:
        nonlocal hanging
        if buffer:
            filled = textwrap.wrap(
                " ".join(buffer),
                width - len(indent),
                subsequent_indent=hanging,
                break_long_words=False,
                break_on_hyphens=False,
            )
            lines.extend(indent + line for line in filled)
        buffer.clear()
        hanging = ""

    for line in text.strip().splitlines():
        stripped = line.strip()
        if stripped.startswith("```"):
            flush()
            fenced = not fenced
            lines.append(indent + stripped)
        elif fenced or stripped.startswith("|"):
            flush()
            lines.append((indent + line).rstrip())
        elif not stripped:
            flush()
            lines.append("")
        else:
            if _LIST_ITEM.match(stripped):
                flush()
                hanging = "  "
            buffer.append(stripped)
    flush()
    return lines


def one_line(text: str) -> str:
    """A text as one line."""
    return " ".join(text.split())


def docstring(text: str, indent: int) -> str:
    """A docstring, quotes included, at an indentation."""
    text = text.replace("\\", "\\\\").replace('"""', "'''")
    pad = " " * indent
    lines = [f"{pad}{line}".rstrip() for line in text.strip().splitlines()]
    if len(lines) == 1 and len(lines[0]) + 6 <= WIDTH + 2 and not lines[0].endswith('"'):
        return f'{pad}"""{lines[0].strip()}"""'
    lines[0] = f'{pad}"""{lines[0].strip()}'
    return "\n".join([*lines, f'{pad}"""'])
