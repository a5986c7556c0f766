"""What the exchange refuses, and the codes it gives for it.

The documentation prints one code, TRADE_DECIMALS_LIMIT_PRICE; the others are made after its pattern.
"""

from __future__ import annotations

from typing import Any

__all__ = ["Refused"]


class Refused(Exception):
    """A call that fails: error code, words, and details whose numbers are bare."""

    def __init__(self, code: str, message: str, status: int = 200, **data: Any) -> None:
        super().__init__(code, message)
        self.code = code
        self.message = message
        self.status = status
        self.data = data
