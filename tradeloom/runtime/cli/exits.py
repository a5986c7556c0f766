"""What the exit code of a command means."""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["EXIT_CODES", "INTERRUPTED", "MISFIT", "NOT_CONFIRMED", "NO_ANSWER", "REFUSED", "UNKNOWN", "WRONG"]

WRONG, REFUSED, NO_ANSWER, UNKNOWN, MISFIT, NOT_CONFIRMED, INTERRUPTED = 2, 3, 4, 5, 6, 7, 130

EXIT_CODES: Mapping[int, str] = {
    0: "done",
    1: "a fault of this program; what was asked for may have been done",
    WRONG: "wrong arguments or settings; nothing was sent",
    REFUSED: "the API said no",
    NO_ANSWER: "no answer, or nothing could be sent; nothing was changed",
    UNKNOWN: "a change was sent and its outcome is unknown: look before you repeat it",
    MISFIT: "an answer came that cannot be read or shown; what was asked for may have been done",
    NOT_CONFIRMED: "not confirmed; nothing was sent",
    INTERRUPTED: "interrupted; nothing was changed",
}
