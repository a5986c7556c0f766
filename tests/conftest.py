"""What every run of the tests ends with: the tables that tests have to show, wherever they ran."""

from __future__ import annotations

import pytest


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what tests kept with `record_property`, by title."""
    shown: dict[str, list[str]] = {}
    for outcome in ("passed", "failed"):
        for report in terminalreporter.stats.get(outcome, []):
            for title, text in report.user_properties:
                shown.setdefault(title, []).append(text)
    for title, texts in sorted(shown.items()):
        terminalreporter.write_line(f"\n{title}")
        for text in sorted(texts):
            terminalreporter.write_line(text)
