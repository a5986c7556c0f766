"""docs/changelog/<api>.md: one entry a version, made from what changed, with room for words of one's own.

What is between the markers of an entry is made anew each time; what stands outside is left alone.
"""

from __future__ import annotations

import re
from pathlib import Path

from .diff import Change, Level

__all__ = ["entries", "newest", "write_entry"]

_HEADING = re.compile(r"^## (\d+\.\d+\.\d+)$", re.MULTILINE)
_END = "<!-- end of list -->"
_LIST = re.compile(rf"<!-- since .*? -->.*?{_END}", re.DOTALL)
_INTRODUCTION = """# What changed in {name}

<!-- Made by `make diff` and `make release`. Between a heading and its list there is room for words of your own. -->
"""
_TITLES = {Level.BREAKING: "Breaking", Level.ADDED: "New", Level.TEXT: "Texts"}


def newest(path: Path) -> str | None:
    """The version of the uppermost entry."""
    match = _HEADING.search(path.read_text(encoding="utf-8")) if path.exists() else None
    return match.group(1) if match else None


def write_entry(
    path: Path, name: str, version: str, changes: list[Change], *, since: str | None, released: str | None
) -> bool:
    """Write the entry of a version that is not released yet; whether the file changed.

    An entry above that of the latest release is the same entry under the number that was enough then: it is renamed.
    """
    before = path.read_text(encoding="utf-8") if path.exists() else _INTRODUCTION.format(name=name)
    made = f"<!-- since {since or 'nothing'} -->\n{entries(changes) if since else 'The first release.'}\n{_END}"
    match = _HEADING.search(before)
    if match is None or match.group(1) == released:
        start = match.start() if match else len(before)
        head = before[:start].rstrip()
        tail = before[start:]
        after = f"{head}\n\n## {version}\n\n{made}\n" + (f"\n{tail}" if tail else "")
    else:
        following = _HEADING.search(before, match.end())
        end = following.start() if following else len(before)
        own = _LIST.sub("", before[match.end() : end]).strip()
        section = "\n\n".join(part for part in (f"## {version}", own, made) if part) + "\n"
        after = before[: match.start()] + section + (f"\n{before[end:]}" if following else "")
    if path.exists() and after == before:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(after, encoding="utf-8")
    return True


def entries(changes: list[Change]) -> str:
    """Lists of what changed, the gravest first; of texts only where they are."""
    parts: list[str] = []
    for level, title in _TITLES.items():
        chosen = [change for change in changes if change.level is level]
        if not chosen:
            continue
        if level is Level.TEXT:
            lines = [f"- {', '.join(sorted({f'`{change.place}`' for change in chosen}))}"]
        else:
            lines = [f"- `{change.place}`: {change.words}{_used(change)}" for change in chosen]
        parts.append("\n".join([f"### {title}", "", *lines]))
    return "\n\n".join(parts)


def _used(change: Change) -> str:
    if not change.operations or change.place.startswith(change.operations):
        return ""
    return f" ({', '.join(change.operations)})"
