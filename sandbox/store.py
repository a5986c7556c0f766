"""Keeping state over restarts: one snapshot in an SQLite file."""

from __future__ import annotations

import sqlite3
import time
from pathlib import Path
from typing import Any, Generic, TypeVar

import msgspec

__all__ = ["Store"]

S = TypeVar("S")
# A busy sandbox is saved this often at most, in seconds; the last state is saved when it stops.
_INTERVAL = 1.0
# A state that takes long to save is saved less often: this many times as long lies between.
_PAUSE = 20


class Store(Generic[S]):
    """A file for the state of one sandbox, or nothing at all."""

    def __init__(self, path: Path | None, kind: Any) -> None:
        self._kind = kind
        self._saved = 0.0
        self._pause = _INTERVAL
        self._database = None
        if path is not None:
            self._database = sqlite3.connect(path, check_same_thread=False)
            self._database.execute(
                "create table if not exists snapshot (id integer primary key check (id = 1), state blob)"
            )

    def load(self) -> S | None:
        """The state of an earlier run."""
        if self._database is None:
            return None
        row = self._database.execute("select state from snapshot").fetchone()
        return msgspec.msgpack.decode(row[0], type=self._kind) if row else None

    def save(self, state: S) -> None:
        """Keep this state."""
        if self._database is not None:
            begun = time.monotonic()
            with self._database:
                self._database.execute("replace into snapshot values (1, ?)", (msgspec.msgpack.encode(state),))
            self._saved = time.monotonic()
            self._pause = max(_INTERVAL, _PAUSE * (self._saved - begun))

    def save_soon(self, state: S) -> None:
        """Keep this state, unless one was kept just now."""
        if self._database is not None and time.monotonic() - self._saved > self._pause:
            self.save(state)
