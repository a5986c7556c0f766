"""1Fox: leveraged positions with Bitcoin as margin."""

from .server import OneFoxSandbox

__all__ = ["OneFoxSandbox"]
