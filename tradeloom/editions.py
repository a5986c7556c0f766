"""Editions of a package: as it is, as it was at a git revision, as it was released; and what the next one is called.

`releases/<api>/` holds the document and the stubs of the latest release. It is committed, so that a clone without
history and tags can tell what would break.
"""

from __future__ import annotations

import hashlib
import io
import re
import shutil
import subprocess
import tarfile
import tempfile
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from .build import ROOT, Target
from .diff import Change, Level, compare
from .surface import compare_stubs, stubs_of
from .yamlfile import SourceError, is_object, load

__all__ = ["Comparison", "Edition", "EditionError", "at_revision", "next_version", "released", "write_release"]

Version = tuple[int, int, int]

_VERSION = re.compile(r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)")


class EditionError(Exception):
    """An edition that cannot be had, or a release that may not be made."""


@dataclass(frozen=True)
class Edition:
    """One state of a package."""

    document: dict[str, Any]
    stubs: dict[str, str]
    digest: str  # of all files of the package but the document, without the version

    @classmethod
    def of(cls, folder: Path) -> Edition:
        """The package in that folder, as the generator writes it."""
        document = _document(folder / "openapi.yaml")
        package = folder / "src" / document["x-sdk"]["package"]
        return cls(document, stubs_of(package), _digest(folder, document["info"]["version"]))

    @cached_property
    def version(self) -> Version:
        """From the document: it is the version of the API's description and of the package."""
        return parse_version(self.document["info"]["version"])

    @property
    def name(self) -> str:
        """The package's name in Python."""
        return str(self.document["x-sdk"]["package"])

    @property
    def distribution(self) -> str:
        """The package's name for installers."""
        return str(self.document["x-sdk"]["distribution"])


@dataclass(frozen=True)
class Comparison:
    """What changed from one edition to another."""

    old: Edition
    new: Edition
    document: list[Change]
    python: list[Change]

    @classmethod
    def of(cls, old: Edition, new: Edition) -> Comparison:
        """Compare the documents, then the packages."""
        document = compare(old.document, new.document)
        python = compare_stubs(old.stubs, new.stubs, new.name) if old.name == new.name else []
        if not document and not python and old.digest != new.digest:
            python = [Change(Level.TEXT, (), new.name, "code or texts of the package changed, its interface did not")]
        return cls(old, new, document, python)

    @property
    def changes(self) -> list[Change]:
        """All of them, breaking ones first."""
        return sorted([*self.document, *self.python], key=lambda change: -change.level)

    @property
    def level(self) -> Level | None:
        """The gravest change; None if nothing changed."""
        return max((change.level for change in self.changes), default=None)

    @property
    def proposed(self) -> Version:
        """The document's version where it says enough, else the next one that does."""
        return max(self.new.version, next_version(self.old.version, self.level))

    @property
    def honest(self) -> bool:
        """Whether nothing breaks, or the version says so."""
        if self.level is Level.BREAKING:
            return self.new.version == self.proposed
        return self.new.version >= self.old.version


def parse_version(text: str) -> Version:
    """Three numbers."""
    match = _VERSION.fullmatch(text)
    if match is None:
        raise EditionError(f"info.version is {text!r}; it must be three numbers, as in 1.2.3")
    major, minor, patch = map(int, match.groups())
    return major, minor, patch


def shown(version: Version) -> str:
    """As people write it."""
    return ".".join(map(str, version))


def next_version(version: Version, level: Level | None) -> Version:
    """Semantic versioning; before 1.0.0 the second number tells what breaks."""
    major, minor, patch = version
    if level is None:
        return version
    if major == 0:
        return (0, minor + 1, 0) if level is Level.BREAKING else (0, minor, patch + 1)
    if level is Level.BREAKING:
        return major + 1, 0, 0
    return (major, minor + 1, 0) if level is Level.ADDED else (major, minor, patch + 1)


# --- where editions come from ----------------------------------------------------------------------------------------


def current(target: Target) -> Edition:
    """The package as it is on disk."""
    return Edition.of(target.package)


def at_revision(target: Target, revision: str) -> Edition | None:
    """The package as it was committed then; None if there was none."""
    commit = _git("rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}").decode().strip()
    where = target.package.relative_to(ROOT).as_posix()
    if not _git("ls-tree", commit, f"{where}/openapi.yaml"):
        return None
    with tempfile.TemporaryDirectory() as folder:
        with tarfile.open(fileobj=io.BytesIO(_git("archive", "--format=tar", commit, where))) as archive:
            # Python 3.11.4 brought the filter; what git itself has packed needs none.
            safely: dict[str, Any] = {"filter": "data"} if hasattr(tarfile, "data_filter") else {}
            archive.extractall(folder, **safely)
        return Edition.of(Path(folder) / where)


def _git(*arguments: str) -> bytes:
    try:
        done = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, check=False)
    except OSError as error:
        raise EditionError(f"git cannot be run: {error}") from error
    if done.returncode:
        reason = done.stderr.decode(errors="replace").strip() or "no such revision here"
        raise EditionError(f"git {' '.join(arguments[:1])} {arguments[-1]}: {reason}")
    return done.stdout


def release_folder(target: Target) -> Path:
    """Where the latest release is kept."""
    return ROOT / "releases" / target.name


def released(target: Target) -> Edition | None:
    """The package as it was released last; None if it never was."""
    folder = release_folder(target)
    if not folder.is_dir():
        return None
    try:
        document = _document(folder / "openapi.yaml")
        digest = (folder / "digest").read_text().strip()
        stubs = {
            path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8") for path in folder.rglob("*.pyi")
        }
    except (OSError, SourceError) as error:
        raise EditionError(f"{folder.relative_to(ROOT)} is damaged: {error}") from error
    return Edition(document, stubs, digest)


def write_release(target: Target, edition: Edition) -> None:
    """Keep an edition as the latest release."""
    folder = release_folder(target)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    shutil.copyfile(target.package / "openapi.yaml", folder / "openapi.yaml")
    (folder / "digest").write_text(edition.digest + "\n")
    for path, text in edition.stubs.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")


def _document(path: Path) -> dict[str, Any]:
    data = load(path).data
    if not is_object(data):
        raise EditionError(f"{path}: not a document")
    return data


def _digest(folder: Path, version: str) -> str:
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        inside = path.relative_to(folder)
        if path.is_file() and not {"__pycache__", "dist"} & {*inside.parts} and path.name != "openapi.yaml":
            content = path.read_bytes().replace(f'version = "{version}"'.encode(), b"")
            digest.update(inside.as_posix().encode() + b"\0" + content.replace(f'"{version}"'.encode(), b"") + b"\0")
    return digest.hexdigest()
