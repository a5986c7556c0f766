"""What must never be shown, and everything that might show it."""

from __future__ import annotations

import base64
import logging
import pickle
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import quote

from .clients import SubjectAPI

__all__ = ["canaries", "listening", "shown"]


def canaries(api: SubjectAPI, world: Any) -> set[str]:
    """Every secret in every spelling in which it may be met."""
    secrets = set(api.credentials.values()) | set(getattr(world, "issued", ()))
    if api.name == "freqtrade":
        secrets.add(base64.b64encode(f"{world.username}:{world.password}".encode()).decode())
    return secrets | {quote(secret, safe="") for secret in secrets}


class Listener(logging.Handler):
    """Keeps every line and every argument of every log record."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines += [f"{record.name}: {record.getMessage()}", repr(record.args)]


@contextmanager
def listening() -> Iterator[list[str]]:
    """Everything that is logged by anybody, at DEBUG."""
    root, listener = logging.getLogger(), Listener()
    level = root.level
    root.addHandler(listener)
    root.setLevel(logging.DEBUG)
    try:
        yield listener.lines
    finally:
        root.removeHandler(listener)
        root.setLevel(level)


def shown(error: Exception) -> str:
    """Everything that an error can be made to show."""
    deep = traceback.TracebackException.from_exception(error, capture_locals=True)
    chain = [error, error.__cause__, error.__context__]
    return "\n".join(
        [*deep.format(), repr(error), str(error), str(vars(error)), str(pickle.dumps(error)), *map(repr, chain)]
    )
