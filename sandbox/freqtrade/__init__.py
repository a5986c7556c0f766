"""A Freqtrade bot of August 2020 that trades in a market of its own making."""

from .configuration import Configuration
from .server import FreqtradeSandbox

__all__ = ["Configuration", "FreqtradeSandbox"]
