"""The bot's configuration file, as far as it shapes answers."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

__all__ = ["CREDENTIALS", "STAKE_CURRENCY", "TIMEFRAME_MINUTES", "Configuration"]

CREDENTIALS = {"username": "Freqtrader", "password": "SuperSecret1!"}
STAKE_CURRENCY = "BTC"
RELEASE = "2020.8"
TIMEFRAME = "5m"
TIMEFRAME_MINUTES = 5

_ASK_STRATEGY: dict[str, Any] = {
    "price_side": "ask",
    "use_order_book": False,
    "order_book_min": 1,
    "order_book_max": 1,
    "use_sell_signal": True,
    "sell_profit_only": False,
    "ignore_roi_if_buy_signal": False,
}
_BID_STRATEGY: dict[str, Any] = {
    "price_side": "bid",
    "ask_last_balance": 0.0,
    "use_order_book": False,
    "order_book_top": 1,
    "check_depth_of_market": {"enabled": False, "bids_to_ask_delta": 1},
}


class Configuration(msgspec.Struct, frozen=True, kw_only=True):
    """Settings under the names that the bot's own configuration gives them, and a few of the sandbox."""

    release: Literal["develop", "2020.8"] = "develop"
    """develop is the state of 4 August 2020 that the document describes; 2020.8 came out at the end of that month."""
    initial_state: Literal["running", "stopped"] = "running"
    forcebuy_enable: bool = True
    max_open_trades: int = 5
    """-1 for no limit."""
    stake_amount: float | Literal["unlimited"] = 0.05
    tradable_balance_ratio: float = 0.99
    dry_run: bool = True
    dry_run_wallet: float = 1.0
    fiat_display_currency: str = "USD"
    """Empty for none."""
    minimal_roi: dict[str, float] = msgspec.field(default_factory=lambda: {"0": 0.05, "60": 0.03, "240": 0.015})
    stoploss: float = -0.1
    edge: bool = False
    strategy: str = "MaCross"
    process_throttle_secs: int = 5
    pair_whitelist: tuple[str, ...] = ("ETH/BTC", "LTC/BTC", "XRP/BTC", "ADA/BTC")
    pair_blacklist: tuple[str, ...] = ("DOGE/BTC",)
    cors_origins: tuple[str, ...] = ()
    jwt_secret_key: str = msgspec.field(default="somethingrandom")

    trades: bool = True
    """Whether a new sandbox has a history: five closed trades and two open ones."""
    signals: bool = True
    """Whether the strategy buys and sells by itself."""
    volatility: float = 1.0
    """How much prices move; 0 lets them stand still."""
    keep_alive: bool = False
    """Whether connections stay open. The real server closes each after one answer, which costs a busy test its time."""
    seed: int = 8
    """What the market and the strategy's signals are drawn from."""

    @property
    def released(self) -> bool:
        """Whether the server is the released one, with numbers in `daily` and a few more fields."""
        return self.release == RELEASE

    @property
    def version(self) -> str:
        """What `version` answers."""
        return RELEASE if self.released else "develop-8ed3b81c6"

    @property
    def limit_of_trades(self) -> float:
        """max_open_trades with its -1 understood."""
        return self.max_open_trades if self.max_open_trades >= 0 else float("inf")

    def shown(self, state: str, max_open_trades: float) -> dict[str, Any]:
        """What `show_config` answers."""
        return {
            "ask_strategy": _ASK_STRATEGY,
            "bid_strategy": _BID_STRATEGY,
            "dry_run": self.dry_run,
            "exchange": "bittrex",
            "forcebuy_enabled": self.forcebuy_enable,
            "max_open_trades": max_open_trades,
            "minimal_roi": self.minimal_roi,
            "stake_amount": self.stake_amount,
            "stake_currency": STAKE_CURRENCY,
            "state": state,
            "stoploss": self.stoploss,
            "strategy": self.strategy,
            "ticker_interval": TIMEFRAME,
            "timeframe": TIMEFRAME,
            "timeframe_min": TIMEFRAME_MINUTES,
            "timeframe_ms": TIMEFRAME_MINUTES * 60_000,
            "trailing_only_offset_is_reached": False,
            "trailing_stop": False,
            "trailing_stop_positive": None,
            "trailing_stop_positive_offset": 0.0,
        }
