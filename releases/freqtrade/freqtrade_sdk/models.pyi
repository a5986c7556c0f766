from typing import ClassVar
from msgspec import UNSET, UnsetType
from ._runtime.enums import OpenEnum
from ._runtime.model import Model
from ._runtime.wire import Day, LooseDecimal, LooseInt, NaiveTime, Number, NumberOrText, UnixMillis
__all__ = ['AccessToken', 'AskStrategy', 'Balance', 'BidStrategy', 'Blacklist', 'BlacklistError', 'BotState', 'Config', 'Count', 'CurrencyBalance', 'Daily', 'DailyResult', 'DeletedTrade', 'DepthOfMarket', 'Edge', 'OpenTrade', 'Performance', 'PriceSide', 'Profit', 'Result', 'SellReason', 'Status', 'Tokens', 'Trade', 'TradeList', 'Version', 'Whitelist']

class BotState(OpenEnum):
    RUNNING = 'running'
    STOPPED = 'stopped'
    RELOAD_CONFIG = 'reload_config'

class PriceSide(OpenEnum):
    ASK = 'ask'
    BID = 'bid'

class SellReason(OpenEnum):
    ROI = 'roi'
    STOP_LOSS = 'stop_loss'
    STOPLOSS_ON_EXCHANGE = 'stoploss_on_exchange'
    TRAILING_STOP_LOSS = 'trailing_stop_loss'
    SELL_SIGNAL = 'sell_signal'
    FORCE_SELL = 'force_sell'
    EMERGENCY_SELL = 'emergency_sell'
    EMPTY = ''

class Status(Model, frozen=True):
    status: str

class Trade(Model, frozen=True):
    trade_id: int
    pair: str
    is_open: bool
    exchange: str
    amount: Number
    stake_amount: Number
    strategy: str | None
    ticker_interval: int | None
    timeframe: int | None
    fee_open: Number
    fee_open_cost: Number | None
    fee_open_currency: str | None
    fee_close: Number
    fee_close_cost: Number | None
    fee_close_currency: str | None
    open_date_hum: str
    open_date: NaiveTime
    open_timestamp: UnixMillis
    open_rate: Number
    open_rate_requested: Number | None
    open_trade_price: Number
    close_date_hum: str | None
    close_date: NaiveTime | None
    close_timestamp: UnixMillis | None
    close_rate: Number | None
    close_rate_requested: Number | None
    close_profit: Number | None
    close_profit_abs: Number | None
    sell_reason: SellReason | None
    sell_order_status: str | None
    stop_loss: Number | None
    stop_loss_abs: Number | None
    stop_loss_ratio: Number | None
    stop_loss_pct: Number | None
    stoploss_order_id: str | None
    stoploss_last_update: NaiveTime | None
    stoploss_last_update_timestamp: UnixMillis | None
    initial_stop_loss: Number | None
    initial_stop_loss_abs: Number | None
    initial_stop_loss_ratio: Number | None
    initial_stop_loss_pct: Number | None
    min_rate: Number | None
    max_rate: Number | None
    open_order_id: str | None
    amount_requested: Number | None | UnsetType = UNSET

class TradeList(Model, frozen=True):
    trades: tuple[Trade, ...]
    trades_count: int

class DeletedTrade(Model, frozen=True):
    result: str
    trade_id: int
    result_msg: str
    cancel_order_count: int

class AskStrategy(Model, frozen=True):
    price_side: PriceSide | None = None
    use_order_book: bool | None = None
    order_book_min: int | None = None
    order_book_max: int | None = None
    use_sell_signal: bool | None = None
    sell_profit_only: bool | None = None
    ignore_roi_if_buy_signal: bool | None = None

class DepthOfMarket(Model, frozen=True):
    enabled: bool | None = None
    bids_to_ask_delta: Number | None = None

class BidStrategy(Model, frozen=True):
    price_side: PriceSide | None = None
    ask_last_balance: Number | None = None
    use_order_book: bool | None = None
    order_book_top: int | None = None
    check_depth_of_market: DepthOfMarket | None = None

class Config(Model, frozen=True):
    dry_run: bool
    stake_currency: str
    stake_amount: NumberOrText
    max_open_trades: Number
    minimal_roi: dict[str, Number]
    stoploss: Number
    trailing_stop: bool
    trailing_stop_positive: Number | None
    trailing_stop_positive_offset: Number | None
    trailing_only_offset_is_reached: bool | None
    ticker_interval: str
    timeframe: str
    timeframe_ms: int
    timeframe_min: int
    exchange: str
    strategy: str
    forcebuy_enabled: bool
    ask_strategy: AskStrategy
    bid_strategy: BidStrategy
    state: BotState

class OpenTrade(Model, frozen=True):
    trade_id: int
    pair: str
    is_open: bool
    exchange: str
    amount: Number
    stake_amount: Number
    strategy: str | None
    ticker_interval: int | None
    timeframe: int | None
    fee_open: Number
    fee_open_cost: Number | None
    fee_open_currency: str | None
    fee_close: Number
    fee_close_cost: Number | None
    fee_close_currency: str | None
    open_date_hum: str
    open_date: NaiveTime
    open_timestamp: UnixMillis
    open_rate: Number
    open_rate_requested: Number | None
    open_trade_price: Number
    close_date_hum: str | None
    close_date: NaiveTime | None
    close_timestamp: UnixMillis | None
    close_rate: Number | None
    close_rate_requested: Number | None
    close_profit: Number | None
    close_profit_abs: Number | None
    sell_reason: SellReason | None
    sell_order_status: str | None
    stop_loss: Number | None
    stop_loss_abs: Number | None
    stop_loss_ratio: Number | None
    stop_loss_pct: Number | None
    stoploss_order_id: str | None
    stoploss_last_update: NaiveTime | None
    stoploss_last_update_timestamp: UnixMillis | None
    initial_stop_loss: Number | None
    initial_stop_loss_abs: Number | None
    initial_stop_loss_ratio: Number | None
    initial_stop_loss_pct: Number | None
    min_rate: Number | None
    max_rate: Number | None
    open_order_id: str | None
    base_currency: str
    close_profit_pct: str | None
    current_rate: Number | None
    current_profit: Number | None
    current_profit_pct: Number | None
    current_profit_abs: Number | None
    stoploss_current_dist: Number | None
    stoploss_current_dist_ratio: Number | None
    stoploss_entry_dist: Number
    stoploss_entry_dist_ratio: Number
    open_order: str | None
    amount_requested: Number | None | UnsetType = UNSET
    stoploss_current_dist_pct: Number | None | UnsetType = UNSET

class Count(Model, frozen=True):
    current: int
    max: Number
    total_stake: Number

class Profit(Model, frozen=True):
    profit_closed_coin: Number
    profit_closed_percent: Number
    profit_closed_percent_mean: Number
    profit_closed_ratio_mean: Number
    profit_closed_percent_sum: Number
    profit_closed_ratio_sum: Number
    profit_closed_fiat: Number
    profit_all_coin: Number | None
    profit_all_percent: Number | None
    profit_all_percent_mean: Number | None
    profit_all_ratio_mean: Number | None
    profit_all_percent_sum: Number | None
    profit_all_ratio_sum: Number | None
    profit_all_fiat: Number | None
    trade_count: int
    closed_trade_count: int
    first_trade_date: str
    first_trade_timestamp: UnixMillis
    latest_trade_date: str
    latest_trade_timestamp: UnixMillis
    avg_duration: str
    best_pair: str
    best_rate: Number
    winning_trades: int
    losing_trades: int

class Result(Model, frozen=True):
    result: str

class Performance(Model, frozen=True):
    pair: str
    profit: Number
    count: int

class CurrencyBalance(Model, frozen=True):
    currency: str
    free: Number
    balance: Number
    used: Number
    est_stake: Number
    stake: str

class Balance(Model, frozen=True):
    currencies: tuple[CurrencyBalance, ...]
    total: Number
    symbol: str
    value: Number
    stake: str
    note: str

class DailyResult(Model, frozen=True):
    date: Day
    abs_profit: LooseDecimal
    fiat_value: LooseDecimal
    trade_count: LooseInt

class Daily(Model, frozen=True):
    data: tuple[DailyResult, ...]
    fiat_display_currency: str
    stake_currency: str

class Whitelist(Model, frozen=True):
    whitelist: tuple[str, ...]
    length: int
    method: tuple[str, ...]

class BlacklistError(Model, frozen=True):
    error_msg: str

class Blacklist(Model, frozen=True):
    blacklist: tuple[str, ...]
    length: int
    method: tuple[str, ...]
    errors: dict[str, BlacklistError]

class Edge(Model, frozen=True, rename={'pair': 'Pair', 'winrate': 'Winrate', 'expectancy': 'Expectancy', 'stoploss': 'Stoploss'}):
    pair: str
    winrate: Number
    expectancy: Number
    stoploss: Number

class Version(Model, frozen=True):
    version: str

class Tokens(Model, frozen=True):
    __secret_fields__: ClassVar[tuple[str, ...]] = ('access_token', 'refresh_token')
    access_token: str
    refresh_token: str

class AccessToken(Model, frozen=True):
    __secret_fields__: ClassVar[tuple[str, ...]] = ('access_token',)
    access_token: str
