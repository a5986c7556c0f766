"""The commands about versions: what changed (`diff`), may it be called that (`check`), keep it (`release`)."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from . import changelog, redocly
from .build import ROOT, Target
from .diff import Change, Level
from .editions import Comparison, Edition, EditionError, at_revision, current, released, shown, write_release
from .overlay import Document, build

__all__ = ["check_versions", "diff", "release"]

Say = Callable[[str], None]

_WORDS = {Level.BREAKING: "breaking", Level.ADDED: "new", Level.TEXT: "text"}
_COLOURS = {Level.BREAKING: "31", Level.ADDED: "32", Level.TEXT: "2"}
_TEXTS = 10  # lines about texts before the rest is only counted


def diff(targets: Iterable[Target], base: str, say: Say) -> bool:
    """Compare with a git revision, or the latest release if none is named; write the changelog.

    Returns whether every package's version says what changed, as far as it breaks callers.
    """
    honest = [_diff_one(target, base, say) for target in targets]
    return all(honest)


def _diff_one(target: Target, base: str, say: Say) -> bool:
    latest = released(target)
    old = at_revision(target, base) if base else latest
    if old is None:
        say(f"{target.name}: {f'not there at {base}' if base else 'never released'}, so there is nothing to compare")
        return True
    comparison = Comparison.of(old, current(target))
    new = comparison.new
    say(_headline(target, comparison, base))
    for line in _table(target, comparison):
        say(line)
    _second_opinion(comparison, say)
    version = shown(comparison.proposed)
    if new.version != comparison.proposed:
        say(f"  The document says {shown(new.version)}: set info.version in {_short(target.spec)} to {version}.")
    if comparison.level is not None and latest is not None and comparison.proposed > latest.version:
        path = _changelog(target)
        wrote = changelog.write_entry(
            path,
            new.distribution,
            version,
            comparison.changes,
            since=shown(old.version),
            released=shown(latest.version),
        )
        say(f"  {_short(path)}: the entry of {version} is {'written' if wrote else 'as it was'}.")
    return comparison.honest


def check_versions(targets: Iterable[Target], say: Say) -> list[str]:
    """Complaints about versions that hide a breaking change, measured by the latest release."""
    complaints = [
        f"releases/{folder.name} is there, but specs/{folder.name}.yaml is not"
        for folder in sorted((ROOT / "releases").glob("*"))
        if not (ROOT / "specs" / f"{folder.name}.yaml").exists()
    ]
    for target in targets:
        latest = released(target)
        if latest is None:
            entry = changelog.newest(_changelog(target))
            if entry is not None:
                complaints.append(
                    f"releases/{target.name} is missing, but {_short(_changelog(target))} tells of {entry}"
                )
            else:
                say(f"{target.name:13} never released, so nothing can break")
            continue
        comparison = Comparison.of(latest, current(target))
        if not comparison.honest:
            for line in _table(target, comparison, least=Level.BREAKING):
                say(line)
            old, new, next_ = map(shown, (latest.version, comparison.new.version, comparison.proposed))
            what = "this breaks callers of" if comparison.level is Level.BREAKING else "this is older than"
            complaints.append(
                f"{target.name}: {what} {old}; set info.version in {_short(target.spec)} to {next_}, not {new}"
            )
    return complaints


def release(targets: Iterable[Target], say: Say) -> None:
    """Keep every package as it is as the latest release; EditionError where its version hides what changed."""
    for target in targets:
        latest, new = released(target), current(target)
        version = shown(new.version)
        changes: list[Change] = []
        if latest is not None:
            comparison = Comparison.of(latest, new)
            changes = comparison.changes
            if comparison.proposed != new.version or (changes and new.version == latest.version):
                raise EditionError(
                    f"{target.name}: {shown(latest.version)} is released and this differs from it;"
                    f" set info.version in {_short(target.spec)} to {shown(comparison.proposed)}, not {version}"
                )
            if new.version == latest.version:
                say(f"{target.name:13} {version} is released already")
                continue
        write_release(target, new)
        changelog.write_entry(
            _changelog(target),
            new.distribution,
            version,
            changes,
            since=shown(latest.version) if latest else None,
            released=shown(latest.version) if latest else None,
        )
        say(f"{target.name:13} {version} is kept in releases/{target.name}; tell of it in {_short(_changelog(target))}")


# --- the table -------------------------------------------------------------------------------------------------------


def _headline(target: Target, comparison: Comparison, base: str) -> str:
    old = shown(comparison.old.version)
    since = f"{base} ({old})" if base else old
    if comparison.level is None:
        return f"{target.name}: nothing changed since {since}; the version stays {shown(comparison.proposed)}"
    counts = [
        f"{sum(change.level is level for change in comparison.changes)} {word}"
        for level, word in _WORDS.items()
        if any(change.level is level for change in comparison.changes)
    ]
    verdict = "breaking" if comparison.level is Level.BREAKING else "not breaking"
    return f"{target.name}: {verdict} since {since} ({', '.join(counts)}); version {shown(comparison.proposed)}"


def _table(target: Target, comparison: Comparison, *, least: Level = Level.TEXT) -> Iterator[str]:
    """One line a change: how grave, where it is written, what it is."""
    changes = [change for change in comparison.changes if change.level >= least]
    texts = [change for change in changes if change.level is Level.TEXT]
    hidden = texts[_TEXTS:]
    document = build(target.spec, target.overlays) if comparison.document else None
    rows = [(change, _where(change, comparison.new, document)) for change in changes if change not in hidden]
    width = max((len(where) for _, where in rows), default=0)
    for change, where in rows:
        word = _coloured(f"{_WORDS[change.level]:8}", change.level)
        yield f"  {word}  {where:{width}}  {change.place}: {change.words}{_used(change)}"
    if hidden:
        yield f"  and {len(hidden)} more texts"


def _where(change: Change, new: Edition, document: Document | None) -> str:
    if change.place.startswith(new.name) and not change.pointer:
        return "Python"
    if document is None:
        return ""
    path, line = document.locate(change.pointer)
    return f"{_short(path)}:{line}"


def _used(change: Change) -> str:
    operations = [name for name in change.operations if not change.place.startswith(name)]
    if len(operations) > 3:
        return f" ({', '.join(operations[:2])} and {len(operations) - 2} more)"
    return f" ({', '.join(operations)})" if operations else ""


def _coloured(text: str, level: Level) -> str:
    return f"\x1b[{_COLOURS[level]}m{text}\x1b[0m" if sys.stdout.isatty() else text


def _second_opinion(comparison: Comparison, say: Say) -> None:
    if not comparison.document:
        return
    opinion = redocly.ask(comparison.old.document, comparison.new.document)
    if opinion is None:
        say("  Redocly was not asked: `npm ci --prefix docs` installs it.")
        return
    own = max(change.level for change in comparison.document)
    say(f"  Redocly calls the document's changes {_WORDS[opinion.level] if opinion.level is not None else 'none'}.")
    if opinion.level is Level.BREAKING and own is not Level.BREAKING:
        say("  Look at these, which are not counted as breaking here:")
        for reason in opinion.breaking:
            say(f"    {reason}")


def _changelog(target: Target) -> Path:
    return ROOT / "docs" / "changelog" / f"{target.name}.md"


def _short(path: Path) -> str:
    return path.relative_to(ROOT).as_posix() if path.is_relative_to(ROOT) else path.as_posix()
