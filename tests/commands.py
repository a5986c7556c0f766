"""Command lines in the process of a test."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from decimal import Decimal
from importlib import import_module
from typing import Any

import pytest
from click.testing import CliRunner, Result

__all__ = ["ACCESS", "Shell", "exact", "shell", "terminal"]

# Environment in which the commands reach a sandbox.
ACCESS: Mapping[str, Mapping[str, str]] = {
    "coinbase_pro_sdk": {
        "COINBASE_PRO_KEY": "sandbox-key",
        "COINBASE_PRO_SECRET": "c2FuZGJveC1zZWNyZXQ=",
        "COINBASE_PRO_PASSPHRASE": "sandbox",
    },
    "freqtrade_sdk": {"FREQTRADE_USERNAME": "Freqtrader", "FREQTRADE_PASSWORD": "SuperSecret1!"},
    "onefox_sdk": {"ONEFOX_TOKEN": "SANDBOXTOKEN0000000000000000000000"},
}


class Shell:
    """Runs the commands of one package."""

    def __init__(self, package: str, environment: Mapping[str, str | None]) -> None:
        self.tree: Any = import_module(f"{package}._commands").TREE
        self.application: Any = import_module(f"{package}._runtime.cli.application").Application(self.tree)
        self.environment = dict(environment)

    def run(self, *words: str, code: int = 0, answer: str = "") -> Result:
        """Run a command line; it must end with that code."""
        result = CliRunner(env=self.environment).invoke(
            self.application, words, input=answer, prog_name=self.tree.program, catch_exceptions=False
        )
        assert result.exit_code == code, f"{words}: {result.exit_code}\n{result.stdout}\n{result.stderr}"
        return result

    def json(self, *words: str) -> Any:
        """The JSON that a command line prints, with exact numbers."""
        return exact(self.run(*words).stdout)


def shell(package: str, url: str, **more: str | None) -> Shell:
    """A shell whose commands reach a server, with the credentials of the sandbox."""
    access = ACCESS[package]
    prefix = next(iter(access)).rpartition("_")[0]
    return Shell(package, {"XDG_CONFIG_HOME": "/nonexistent", **access, f"{prefix}_BASE_URL": url, **more})


def exact(text: str | bytes) -> Any:
    """JSON with every number as a decimal."""
    return json.loads(text, parse_float=Decimal, parse_int=Decimal)


@contextmanager
def terminal(patch: pytest.MonkeyPatch, package: str) -> Iterator[None]:
    """Let a command believe that a person sits at a terminal."""
    module = import_module(f"{package}._runtime.cli.call")
    with patch.context() as inner:
        inner.setattr(module, "_somebody_is_there", lambda: True)
        yield
