"""Coinbase Pro as it was in 2020: a market that moves, an order book, and an account to lose money with."""

from .server import CoinbaseProSandbox

__all__ = ["CoinbaseProSandbox"]
