"""Where to call and as whom: options, a file named by `--config`, the environment, the file in the home, in this order.

Credentials never come from the command line, where shells keep them and other users see them.
"""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from .exits import WRONG
from .failures import Failure
from .tree import Tree

__all__ = ["Configuration", "Options", "address", "default_file", "open_client", "read_configuration"]


class Options(NamedTuple):
    """What every command can be told."""

    config: str | None = None
    base_url: str | None = None
    timeout: float | None = None
    allow_http: bool | None = None
    verbose: bool | None = None
    yes: bool | None = None
    form: str | None = None
    columns: str | None = None
    chart: bool | None = None
    all: bool | None = None

    def over(self, other: Options) -> Options:
        """These, and the other ones where these say nothing."""
        return other._replace(**{name: value for name, value in self._asdict().items() if value is not None})


class Configuration(NamedTuple):
    """What a configuration file says."""

    file: Path | None = None
    base_url: str | None = None
    credentials: Mapping[str, str] = {}

    def __repr__(self) -> str:
        return f"Configuration({self.file}, {self.base_url}, {', '.join(self.credentials)})"


def default_file(tree: Tree) -> Path:
    """The file that is read where none is named."""
    home = os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config"
    return Path(home) / tree.program / "config.json"


def read_configuration(tree: Tree, named: str | None) -> Configuration:
    """The configuration file; Failure if it cannot be read, or holds credentials that others can read too."""
    file = Path(named) if named else default_file(tree)
    try:
        with file.open(encoding="utf-8") as stream:
            mode = os.fstat(stream.fileno()).st_mode
            text = stream.read()
    except FileNotFoundError:
        if named:
            raise _wrong(file, "no such file") from None
        return Configuration()
    except (OSError, UnicodeDecodeError) as error:
        raise _wrong(file, getattr(error, "strerror", None) or "not text in UTF-8") from None
    try:
        found: Any = json.loads(text)
    except ValueError as error:
        raise _wrong(file, f"not JSON: {error}") from None
    if tree.section and _is_object(found):
        found = found.get(tree.section)
    if not _is_object(found):
        raise _wrong(file, f"expected an object{f' `{tree.section}`' if tree.section else ''}")
    section: dict[str, Any] = found
    credentials = {name: section[name] for name in tree.credentials if section.get(name)}
    for name, value in credentials.items():
        if not isinstance(value, str):
            raise _wrong(file, f"{name}: expected text")
    if credentials and os.name == "posix" and mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise _wrong(file, f"other users can get at the credentials in it; run chmod 600 {file}")
    found_there = Configuration(file, section.get("base_url") or _address(tree, file, section), credentials)
    return found_there if named else _behind_environment(tree, found_there)


def _behind_environment(tree: Tree, found: Configuration) -> Configuration:
    """What a file that nobody named adds to the environment."""
    if os.environ.get(f"{tree.environment}_BASE_URL"):
        found = found._replace(base_url=None)
    if any(os.environ.get(f"{tree.environment}_{name.upper()}") for name in tree.credentials):
        found = found._replace(credentials={})
    return found


def _is_object(found: object) -> bool:
    return isinstance(found, dict)


def _address(tree: Tree, file: Path, section: Mapping[str, Any]) -> str | None:
    if not tree.address:
        return None
    try:
        return tree.address.format_map({name: _reachable(value) for name, value in section.items()})
    except KeyError as error:
        raise _wrong(file, f"{error.args[0]}: missing") from None


def _reachable(value: object) -> object:
    """A place to connect to: servers that listen everywhere are on this machine, and IPv6 needs brackets."""
    if not isinstance(value, str):
        return value
    here = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(value, value)  # noqa: S104 - to be replaced
    return f"[{here}]" if here.count(":") > 1 else here


def _wrong(file: Path, reason: str) -> Failure:
    return Failure(f"{file}: {reason}", WRONG)


def address(tree: Tree, options: Options, configuration: Configuration) -> tuple[str, str]:
    """Where calls go, and who says so."""
    variable = f"{tree.environment}_BASE_URL"
    if options.base_url:
        return options.base_url, "--base-url"
    if configuration.base_url:
        return configuration.base_url, str(configuration.file)
    if os.environ.get(variable):
        return os.environ[variable], variable
    return tree.base_url, "default"


def open_client(tree: Tree, options: Options, configuration: Configuration) -> Any:
    """A blocking client; ValueError or TypeError if the settings cannot be right."""
    from importlib import import_module

    more: dict[str, Any] = {} if options.timeout is None else {"timeout": options.timeout}
    kind = getattr(import_module(tree.package), tree.client)
    return kind(
        **configuration.credentials,
        base_url=address(tree, options, configuration)[0],
        allow_http=bool(options.allow_http),
        **more,
    )
