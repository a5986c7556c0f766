"""The exchange says no."""

from __future__ import annotations

__all__ = ["Refused"]


class Refused(Exception):
    """A request that is not carried out, with the text and the status that the API has for it."""

    def __init__(self, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.message = message
        self.status = status
