"""Statements that are made in the background."""

from __future__ import annotations

from typing import Any

from .accounts import USER_ID
from .state import Report
from .times import DAY, SECOND, text, text_millis

__all__ = ["report_view"]

Json = Any
# Age at which a report is being made, at which it is ready, and at which its file is gone.
_CREATING = SECOND
_READY = 2 * SECOND + SECOND // 2
_EXPIRED = 7 * DAY


def report_view(report: Report, now: int) -> Json:
    """A report as the API shows it at a time."""
    age = now - report.created
    status = "pending" if age < _CREATING else "creating" if age < _READY else "ready"
    ready = status == "ready"
    url = f"https://reports.example/{report.id}/{report.kind}.{report.params['format']}"
    return {
        "created_at": text(report.created),
        "completed_at": text_millis(report.created + _READY) if ready else None,
        "expires_at": text(report.created + _EXPIRED),
        "id": report.id,
        "type": report.kind,
        "status": status,
        "user_id": USER_ID,
        "file_url": url if ready and age < _EXPIRED else None,
        "params": report.params,
        "file_count": None,
    }
