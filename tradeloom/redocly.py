"""A second opinion on two documents: Redocly's `diff`, where node and `docs/node_modules` are there."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .build import ROOT
from .diff import Level
from .yamlfile import dump

__all__ = ["Opinion", "ask"]

_COMMAND = ROOT / "docs" / "node_modules" / ".bin" / "redocly"
_LEVELS = {"major": Level.BREAKING, "minor": Level.ADDED, "patch": Level.TEXT}
_QUIET = {"REDOCLY_TELEMETRY": "off", "REDOCLY_SUPPRESS_UPDATE_NOTICE": "true"}


@dataclass(frozen=True, slots=True)
class Opinion:
    """What Redocly calls the difference, and its reasons for calling it breaking."""

    level: Level | None
    breaking: list[str]


def ask(old: dict[str, Any], new: dict[str, Any]) -> Opinion | None:
    """Redocly's opinion; None if it cannot be asked."""
    if not _COMMAND.exists():
        return None
    with tempfile.TemporaryDirectory() as folder:
        files = Path(folder, "old.yaml"), Path(folder, "new.yaml")
        for file, document in zip(files, (old, new), strict=True):
            file.write_text(dump(document), encoding="utf-8")
        try:
            done = subprocess.run(
                [_COMMAND, "diff", *files, "--format", "json"],
                env={**os.environ, **_QUIET},
                capture_output=True,
                text=True,
                check=False,
            )
            report = json.loads(done.stdout)
        except (OSError, ValueError):
            return None
    verdicts = [verdict for change in report["changes"] for verdict in change.get("verdicts", [])]
    breaking = [verdict["message"] for verdict in verdicts if verdict["impact"] == "major"]
    return Opinion(_LEVELS.get(report.get("bump", "")), breaking)
