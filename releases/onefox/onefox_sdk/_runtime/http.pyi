from __future__ import annotations
from typing import TYPE_CHECKING
from .lazy import on_first_use
if TYPE_CHECKING:
    import httpcore
    import httpx
__all__ = ['httpcore', 'httpx']
