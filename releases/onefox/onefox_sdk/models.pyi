from decimal import Decimal
from typing import Generic, TypeVar
from msgspec import UNSET, UnsetType
from ._runtime.enums import OpenEnum
from ._runtime.model import Model
from ._runtime.wire import MicroTime, Number, PhpMap, QuotedInt
__all__ = ['Bar', 'BookLevel', 'ClosedPosition', 'Direction', 'Envelope', 'ErrorData', 'Fee', 'FeeType', 'IndexPoint', 'Market', 'MarketDetails', 'MarketStatus', 'MergedPosition', 'OpenOrder', 'OpenPosition', 'OrderBook', 'OrderType', 'Overview', 'PlacedOrder', 'PositionEdit', 'PositionTrade', 'Quota', 'Ticker', 'Trade', 'TradeSide', 'User']

class Direction(OpenEnum):
    LONG = 'LONG'
    SHORT = 'SHORT'

class FeeType(OpenEnum):
    FEE_TAKER = 'FEE_TAKER'
    FEE_MAKER = 'FEE_MAKER'
    FINANCING = 'FINANCING'
    SOCIALIZED_LOSS = 'SOCIALIZED_LOSS'

class MarketStatus(OpenEnum):
    OPEN = 'OPEN'
    CLOSED = 'CLOSED'
    ORDERS_ONLY = 'ORDERS_ONLY'

class OrderType(OpenEnum):
    MARKET = 'MARKET'
    LIMIT = 'LIMIT'
    STOP_ENTRY = 'STOP_ENTRY'

class TradeSide(OpenEnum):
    BUY = 'BUY'
    SELL = 'SELL'

class Quota(Model, frozen=True):
    cpu_time_left: QuotedInt
    cpu_time_left_percentage: Decimal
    cpu_time_total: QuotedInt

class User(Model, frozen=True):
    user_id: QuotedInt
    username: str
    email_address: str
    date_created: MicroTime
    pending_deposits: QuotedInt
    exchange_currency: str
    exchange_rate: Decimal
    notification_unread_count: QuotedInt
    profile_image_url: str

class OpenPosition(Model, frozen=True):
    position_id: QuotedInt
    symbol: str
    direction: Direction
    margin: Decimal
    margin_total: Decimal
    leverage: QuotedInt
    balance: Decimal
    balance_total: Decimal
    balance_offset: Decimal
    contracts: QuotedInt
    contracts_total: QuotedInt
    date_created: MicroTime
    date_last_trade: MicroTime
    entry_price: Decimal
    exit_price: Decimal | None
    stop_loss_limit: Decimal | None
    stop_loss: Decimal | None
    take_profit: Decimal | None
    profit_loss_unrealized: Decimal
    profit_loss_realized: Decimal
    fees: Decimal
    public: bool

class OpenOrder(Model, frozen=True):
    order_id: QuotedInt
    position_id: QuotedInt
    symbol: str
    type: OrderType
    direction: Direction
    price: Decimal
    margin: Decimal
    leverage: QuotedInt
    contracts: QuotedInt
    stop_loss: Decimal | None
    take_profit: Decimal | None
    date_created: MicroTime

class Overview(Model, frozen=True):
    balance_unlocked: Decimal
    balance_locked: Decimal
    positions: PhpMap[OpenPosition]
    orders: PhpMap[OpenOrder]

class Market(Model, frozen=True):
    symbol: str
    currency: str
    decimals: QuotedInt
    minimum_price_step: Decimal
    maximum_leverage: QuotedInt
    status: MarketStatus
    is_in_market_hours: bool

class MarketDetails(Model, frozen=True):
    symbol: str
    currency: str
    decimals: QuotedInt
    minimum_price_step: Decimal
    maximum_leverage: QuotedInt
    status: MarketStatus
    is_in_market_hours: bool
    minimum_margin: Decimal
    minimum_margin_public: Decimal
    index_calculation: str
    change_24h_percentage: Decimal
    volume_24h: Decimal
    seconds_until_next_funding: QuotedInt
    date_next_funding: MicroTime
    estimated_funding_percentage: Decimal
    index_price: Decimal
    date_index: MicroTime

class Bar(Model, frozen=True, rename={'open': 'o', 'high': 'h', 'low': 'l', 'close': 'c', 'volume': 'v'}):
    date: MicroTime
    open: Decimal
    high: Decimal
    low: Decimal
    close: Decimal
    volume: Decimal

class BookLevel(Model, frozen=True):
    price: Decimal
    contracts: QuotedInt

class OrderBook(Model, frozen=True):
    bids: tuple[BookLevel, ...]
    asks: tuple[BookLevel, ...]

class Ticker(Model, frozen=True):
    bid: Decimal
    ask: Decimal
    last: Decimal

class IndexPoint(Model, frozen=True):
    date: MicroTime
    index_price: Decimal
    market_price: Decimal

class Trade(Model, frozen=True):
    trade_id: QuotedInt
    symbol: str
    type: TradeSide
    price: Decimal
    contracts: QuotedInt
    volume: Decimal
    date: MicroTime

class PlacedOrder(Model, frozen=True):
    order_id: QuotedInt | None | UnsetType = UNSET
    position_id: QuotedInt | None = None

class PositionEdit(Model, frozen=True):
    position_id: int
    stop_loss: Number | None
    take_profit: Number | None

class ClosedPosition(Model, frozen=True):
    position_id: QuotedInt
    symbol: str
    direction: Direction
    margin_total: Decimal
    leverage: QuotedInt
    balance_total: Decimal
    contracts_total: QuotedInt
    date_created: MicroTime
    date_last_trade: MicroTime
    entry_price: Decimal
    exit_price: Decimal | None
    stop_loss: Decimal | None
    take_profit: Decimal | None
    profit_loss_realized: Decimal
    profit_loss_realized_percentage: Decimal
    fees: Decimal
    public: bool
    merged_into: QuotedInt | None

class PositionTrade(Model, frozen=True):
    trade_id: QuotedInt
    symbol: str
    type: TradeSide
    price: Decimal
    contracts: QuotedInt
    volume: Decimal
    date: MicroTime
    position_id: QuotedInt
    order_id: QuotedInt | None

class Fee(Model, frozen=True):
    transaction_id: QuotedInt
    position_id: QuotedInt
    currency: str
    type: FeeType
    amount: Decimal
    percentage: Decimal
    date: MicroTime

class MergedPosition(Model, frozen=True):
    position_id: QuotedInt

class ErrorData(Model, frozen=True):
    step_size: Number | None = None

class Envelope(Model, Generic[T], frozen=True):
    server_time: MicroTime
    error: bool
    warning: bool
    response: T
    warning_message: str | None = None
    error_code: str | None = None
    error_message: str | None = None
    error_data: ErrorData | None = None
    execution_time_milliseconds: Decimal | None = None
