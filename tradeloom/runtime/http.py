"""The one place that names the HTTP library. Everything else imports it from here; each part is loaded on first use."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .lazy import on_first_use

if TYPE_CHECKING:
    import httpcore
    import httpx
else:
    __getattr__, __dir__ = on_first_use(__name__, {"httpcore": "httpcore", "httpx": "httpx"})

__all__ = ["httpcore", "httpx"]
