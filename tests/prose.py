"""Markdown pages as programs: their code blocks, run in order against sandboxes."""

from __future__ import annotations

import contextlib
import inspect
import io
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import attrs
import pytest

from sandbox.live import LiveSandbox

__all__ = ["ROOT", "Block", "Page", "Runner"]

ROOT = Path(__file__).resolve().parent.parent
_FENCE = re.compile(r"^( *)```(\w*)([^\n]*)\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)
_TITLE = re.compile(r'title="([^"]+)"')
# The last line of a block that is refused.
_RAISES = re.compile(r"^# (\w+(?:Error|Unknown): .*)\n\Z", re.MULTILINE)
# What differs from run to run: ids, times, amounts. "…" stands for anything.
_VARIES = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|\d+(?:[.,:-]\d+)*|…")


@attrs.frozen
class Block:
    """A fenced block of code."""

    language: str
    title: str
    text: str
    line: int


class Page:
    """A Markdown page."""

    def __init__(self, path: Path) -> None:
        self.path = path
        source = path.read_text()
        self.blocks = [
            Block(
                match[2],
                title[1] if (title := _TITLE.search(match[3])) else "",
                re.sub(rf"^{match[1]}", "", match[4], flags=re.MULTILINE),
                source[: match.start()].count("\n") + 2,
            )
            for match in _FENCE.finditer(source)
        ]


class Runner:
    """Runs blocks of a page in one namespace, with a fresh sandbox of each API it speaks of."""

    def __init__(self, page: Page, folder: Path, patch: pytest.MonkeyPatch) -> None:
        self.page = page
        self.folder = folder
        self.namespace: dict[str, Any] = {"__name__": "__main__"}
        self.output = ""
        self._stack = contextlib.ExitStack()
        self._patch = patch
        self.sandboxes: dict[str, LiveSandbox] = {}
        self._slept = 0.0
        self._packages: list[Path] = []
        self._edited: list[str] = []

    def __enter__(self) -> Runner:
        for name, prefix in (("coinbase-pro", "COINBASE_PRO"), ("freqtrade", "FREQTRADE"), ("onefox", "ONEFOX")):
            server = self.sandboxes[name] = self._stack.enter_context(LiveSandbox(name))
            self._patch.setenv(f"{prefix}_BASE_URL", server.url)
            for credential, value in server.credentials.items():
                self._patch.setenv(f"{prefix}_{credential.upper()}", value)
        self._patch.setenv("PATH", str(Path(sys.executable).parent) + os.pathsep + os.environ["PATH"])
        self._patch.chdir(self.folder)
        self._patch.setattr(time, "sleep", self._sleep)
        return self

    def __exit__(self, *exc_info: object) -> None:
        for value in self.namespace.values():
            if hasattr(type(value), "close") and type(value).__module__.endswith("_sdk.client"):
                with contextlib.suppress(Exception):
                    value.close()
        self._stack.close()

    def _sleep(self, seconds: float) -> None:
        """Markets move on while a program sleeps; nobody waits."""
        self._slept += seconds
        for server in self.sandboxes.values():
            server.clock(self._slept)

    def _here(self, text: str) -> str:
        """The text with the addresses of these sandboxes for the usual ones."""
        for server in self.sandboxes.values():
            usual = type(server.application).port
            text = re.sub(rf"127\.0\.0\.1:{usual}\b", server.url.split("/")[2], text)
            text = re.sub(rf'(_port": ){usual}\b', rf"\g<1>{urlsplit(server.url).port}", text)
        return text

    def run(self) -> None:
        """Run every block."""
        for block in self.page.blocks:
            getattr(self, f"_{block.language or 'plain'}")(block)
        for name, function in self.namespace.items():
            if name.startswith("test_"):
                self._test(function)

    def _test(self, function: Callable[..., None]) -> None:
        """A test of the page, with the fixtures it asks for."""
        with contextlib.ExitStack() as stack:
            function(
                **{
                    name: stack.enter_context(LiveSandbox(name.removesuffix("_sandbox").replace("_", "-")))
                    for name in inspect.signature(function).parameters
                }
            )

    def _python(self, block: Block) -> None:
        if self._packages:
            self._elsewhere(block)
            return
        where = f"{self.page.path.name}:{block.line}"
        code = compile("\n" * (block.line - 1) + self._here(block.text), str(self.page.path), "exec")
        heard = io.StringIO()
        told = _RAISES.search(block.text)
        try:
            with contextlib.redirect_stdout(heard):
                exec(code, self.namespace)
            assert told is None, f"{where}: nothing was raised"
        except Exception as error:
            if told and f"{type(error).__name__}: {error}" == told[1]:
                return
            raise AssertionError(f"{where}: {type(error).__name__}: {error}") from error
        self.output = heard.getvalue()

    def _text(self, block: Block) -> None:
        """What the block before prints, but for what varies."""
        pattern = "".join(
            re.escape(part) if index % 2 == 0 else (r".*" if part == "…" else r"[-\w.,:]+")
            for index, part in enumerate(_split(block.text.strip()))
        )
        if not re.fullmatch(pattern, self.output.strip(), re.DOTALL):
            where = f"{self.page.path.name}:{block.line}"
            raise AssertionError(f"{where}: the page says\n{block.text}\nbut the program says\n{self.output}")

    def _bash(self, block: Block) -> None:
        """Commands: those that set things up are known by name, the others are run."""
        for line in block.text.replace("\\\n", " ").splitlines():
            command = line.split(" #")[0].strip()
            if not command or command.startswith("#"):
                continue
            if command == "make generate" and (self.folder / "specs").exists():
                self._generate()
            elif command.startswith("make "):
                target = command.split()[1]
                assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text(), re.MULTILINE), f"no target {target}"
            elif command.startswith("pip install "):
                assert _known_distributions(command), f"{command}: no such package here"
            elif not command.startswith(("git ", "cd ", "$EDITOR")):
                self._command(self._here(command), block)

    def _generate(self) -> None:
        """Generate in a project of the page's own, whose programs then run in processes of their own."""
        if not (self.folder / "tradeloom").exists():
            shutil.copytree(ROOT / "tradeloom", self.folder / "tradeloom")
            shutil.copy(ROOT / "LICENSE", self.folder)
        self._command(f"{sys.executable} -m tradeloom generate {' '.join(self._edited)}", self.page.blocks[0])
        self._packages = sorted((self.folder / "generated").glob("*/src"))

    def _diff(self, block: Block) -> None:
        """An edit of the project's sources, made in a copy."""
        for name in ("specs", "overlays", "generated"):
            if not (self.folder / name).exists():
                shutil.copytree(ROOT / name, self.folder / name)
        self._edited = sorted(set(re.findall(r"^\+\+\+ b/specs/(\w+)\.yaml$", block.text, re.MULTILINE)))
        (self.folder / "edit.diff").write_text(block.text)
        self._command("git apply --recount edit.diff", block)

    def _elsewhere(self, block: Block) -> None:
        """Run a program with the packages that the page has made."""
        path = os.pathsep.join(map(str, self._packages))
        done = subprocess.run(
            [sys.executable, "-c", block.text],
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=False,
            env={**os.environ, "PYTHONPATH": path},
        )
        assert done.returncode == 0, f"{self.page.path.name}:{block.line}: {done.stderr}"
        self.output = done.stdout

    def _command(self, command: str, block: Block) -> None:
        done = subprocess.run(
            ["bash", "-c", command], cwd=self.folder, capture_output=True, text=True, check=False, env={**os.environ}
        )
        assert done.returncode == 0, f"{self.page.path.name}:{block.line}: {command}: {done.stdout}{done.stderr}"
        self.output = done.stdout

    def _yaml(self, block: Block) -> None:
        """A file of the project, kept for the test that asks for it."""
        assert block.title, f"{self.page.path.name}:{block.line}: which file is this?"
        path = self.folder / block.title
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(self._here(block.text))

    _json = _yaml

    def _plain(self, block: Block) -> None:
        """A drawing."""


def _split(text: str) -> Iterator[str]:
    last = 0
    for match in _VARIES.finditer(text):
        yield text[last : match.start()]
        yield match[0]
        last = match.end()
    yield text[last:]


def _known_distributions(command: str) -> bool:
    names = {path.name.replace("_", "-") for path in (ROOT / "generated").iterdir()} | {"tradeloom"}
    asked = re.findall(r'"?([a-z0-9-]+)(?:\[[\w,]+\])?"?', command.removeprefix("pip install "))
    return bool(asked) and set(asked) <= names
