"""The one place that names the HTTP library. Everything else imports it from here."""

import httpcore
import httpx

__all__ = ["httpcore", "httpx"]
