"""From the files on disk to packages on disk: what to build, whether it is up to date, and whether it drifted."""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Callable, Iterable, Iterator
from importlib.metadata import version
from pathlib import Path
from time import perf_counter

__all__ = ["APIS", "ROOT", "Target", "drift", "generate", "targets"]

ROOT = Path(__file__).resolve().parent.parent
BUILD = ROOT / "build"
# What decides how the output looks, besides the files of this project.
_TOOLS = ("openapi-python-client", "ruff", "jinja2")

Say = Callable[[str], None]


class Target:
    """One API: its sources and its package."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.spec = ROOT / "specs" / f"{name}.yaml"
        self.overlays = sorted((ROOT / "overlays" / name).glob("*.yaml"))
        self.package = ROOT / "generated" / f"{name}_sdk"
        self.stamp = BUILD / f"{name}.stamp"
        self.document = BUILD / f"{name}.openapi.yaml"
        self.lowered = BUILD / f"{name}.lowered.yaml"

    def inputs(self, http: str) -> str:
        """Fingerprint of everything that the package is made from."""
        own = sorted(
            path
            for path in (ROOT / "tradeloom").rglob("*")
            if path.suffix in (".py", ".jinja", ".toml") and not path.is_relative_to(ROOT / "tradeloom" / "site")
        )
        tools = ",".join(f"{tool}={version(tool)}" for tool in _TOOLS)
        return _fingerprint([self.spec, *self.overlays, *own, ROOT / "LICENSE"], f"{http},{tools}")

    def outputs(self) -> str:
        """Fingerprint of the package as it is."""
        return _fingerprint(sorted(_files(self.package)), "")

    def up_to_date(self, http: str) -> bool:
        """Whether the package on disk is what its sources give."""
        try:
            stamp = json.loads(self.stamp.read_text())
        except (OSError, ValueError):
            return False
        made = self.document.exists() and self.lowered.exists()
        return made and bool(stamp == {"inputs": self.inputs(http), "outputs": self.outputs()})

    def write_stamp(self, http: str) -> None:
        """Remember what the package was made from."""
        self.stamp.write_text(json.dumps({"inputs": self.inputs(http), "outputs": self.outputs()}))


APIS = sorted(path.stem for path in (ROOT / "specs").glob("*.yaml"))


def targets(names: Iterable[str] = ()) -> list[Target]:
    """The named APIs, or all of them."""
    return [Target(name) for name in (list(names) or APIS)]


def generate(target: Target, say: Say, *, http: str = "httpx", into: Path | None = None) -> None:
    """Make the package of one API, if it is not up to date; SourceError if the sources are wrong."""
    if into is None and target.up_to_date(http):
        say(f"{target.name:13} unchanged")
        return
    # Imported here, since a run with nothing to do should cost nothing.
    from .lint import check
    from .lowering import lower
    from .overlay import build
    from .project import generate_package
    from .yamlfile import SourceError, dump

    started = perf_counter()
    say(f"{target.name:13} {target.spec.relative_to(ROOT)} + {len(target.overlays)} overlays …")
    document = build(_relative(target.spec), map(_relative, target.overlays))
    problems = check(document, target.name)
    if problems:
        for problem in problems[1:]:
            say(str(problem))
        raise SourceError(problems[0].path, problems[0].line, str(problems[0]).partition(": ")[2])
    BUILD.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=BUILD) as scratch:
        made = Path(scratch) / target.package.name
        generate_package(document, target.spec, made, http=http)
        # The document goes along, so that every change of a spec shows in what is committed.
        text = dump(document.data)
        (made / "openapi.yaml").write_text(text, encoding="utf-8")
        destination = into or target.package
        _sync(made, destination)
    if into is None:
        target.document.write_text(text, encoding="utf-8")
        target.lowered.write_text(dump(lower(document.data)), encoding="utf-8")
        target.write_stamp(http)
    say(f"{target.name:13} {len(list(_files(destination)))} files in {perf_counter() - started:.1f} s")


def drift(target: Target, say: Say) -> list[str]:
    """Files of the package on disk that differ from what its sources give."""
    BUILD.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=BUILD) as scratch:
        fresh = Path(scratch) / target.package.name
        generate(target, say, into=fresh)
        made = {path.relative_to(fresh): path.read_bytes() for path in _files(fresh)}
        found = {path.relative_to(target.package): path.read_bytes() for path in _files(target.package)}
    where = target.package.relative_to(ROOT)
    return [str(where / path) for path in sorted({*made, *found}) if made.get(path) != found.get(path)]


def _relative(path: Path) -> Path:
    """As a person writes it, so that errors name files shortly."""
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path


def _files(folder: Path) -> Iterator[Path]:
    for path in folder.rglob("*"):
        if path.is_file() and "__pycache__" not in path.parts and "dist" not in path.relative_to(folder).parts:
            yield path


def _sync(made: Path, destination: Path) -> None:
    """Make one folder like another, and leave files alone that are the same already."""
    wanted = {path.relative_to(made) for path in _files(made)}
    for path in list(_files(destination)):
        if path.relative_to(destination) not in wanted:
            path.unlink()
    for path in wanted:
        content = (made / path).read_bytes()
        target = destination / path
        if not target.exists() or target.read_bytes() != content:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)


def _fingerprint(paths: Iterable[Path], extra: str) -> str:
    digest = hashlib.sha256(extra.encode())
    for path in paths:
        digest.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()
