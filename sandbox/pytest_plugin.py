"""Fixtures for tests of programs that trade: each test gets a fresh sandbox, over real HTTP on a free port.

    def test_my_bot(onefox_sandbox):
        onefox_sandbox.fault("order.create", "drop-after")
        run_my_bot(onefox_sandbox.client())
        assert len(onefox_sandbox.journal()) == 1

The fixtures are `coinbase_pro_sandbox`, `freqtrade_sandbox` and `onefox_sandbox`. Each comes with the extra
`tradeloom[sandbox]`; a sandbox is imported when a test asks for it, and no earlier.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from .live import LiveSandbox

__all__ = ["LiveSandbox", "coinbase_pro_sandbox", "freqtrade_sandbox", "onefox_sandbox"]


def _live(name: str) -> Iterator[LiveSandbox]:
    with LiveSandbox(name) as sandbox:
        yield sandbox


@pytest.fixture
def coinbase_pro_sandbox() -> Iterator[LiveSandbox]:
    """A fresh Coinbase Pro."""
    yield from _live("coinbase-pro")


@pytest.fixture
def freqtrade_sandbox() -> Iterator[LiveSandbox]:
    """A fresh Freqtrade bot."""
    yield from _live("freqtrade")


@pytest.fixture
def onefox_sandbox() -> Iterator[LiveSandbox]:
    """A fresh 1Fox."""
    yield from _live("onefox")
