from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID
from msgspec import UNSET, UnsetType
from ._runtime.enums import OpenEnum
from ._runtime.model import Model
from ._runtime.wire import LenientTime, LooseInt, MilliTime, Number, QuotedInt, Time, UnixSeconds
__all__ = ['Account', 'AvailableBalance', 'BookLevel', 'BookOrder', 'CancelAfter', 'Candle', 'CoinbaseAccount', 'CoinbaseAccountType', 'Conversion', 'Country', 'Currency', 'CurrencyDetails', 'CurrencyKind', 'DoneReason', 'Fees', 'Fill', 'FullOrderBook', 'Hold', 'HoldType', 'LedgerDetails', 'LedgerEntry', 'LedgerEntryType', 'LedgerTransferType', 'LinkedResource', 'Liquidity', 'MoneyAmount', 'Network', 'Order', 'OrderBook', 'OrderStatus', 'OrderStatusFilter', 'OrderType', 'PaymentMethod', 'PaymentMethodLimit', 'PaymentMethodLimits', 'PickerData', 'Product', 'ProductStatus', 'RecurringOption', 'Report', 'ReportFormat', 'ReportKind', 'ReportParams', 'ReportReceipt', 'ReportStatus', 'ReportType', 'SelfTradePrevention', 'SepaDeposit', 'ServerTime', 'Side', 'Stats', 'StopDirection', 'Ticker', 'TimeInForce', 'Trade', 'TrailingVolume', 'Transfer', 'UkDeposit', 'WireDeposit']

class CancelAfter(OpenEnum):
    MIN = 'min'
    HOUR = 'hour'
    DAY = 'day'

class CoinbaseAccountType(OpenEnum):
    WALLET = 'wallet'
    FIAT = 'fiat'
    MULTISIG = 'multisig'
    VAULT = 'vault'
    MULTISIG_VAULT = 'multisig_vault'

class CurrencyKind(OpenEnum):
    CRYPTO = 'crypto'
    FIAT = 'fiat'

class DoneReason(OpenEnum):
    FILLED = 'filled'
    CANCELED = 'canceled'
    REJECTED = 'rejected'

class HoldType(OpenEnum):
    ORDER = 'order'
    TRANSFER = 'transfer'
    FUNDING = 'funding'
    PROFILE_TRANSFER = 'profile_transfer'
    OTC_ORDER = 'otc_order'
    LAUNCH_SELL = 'launch_sell'
    LAUNCH_BUY = 'launch_buy'
    ENGINE_CREDIT_OPERATION = 'engine_credit_operation'

class LedgerEntryType(OpenEnum):
    TRANSFER = 'transfer'
    MATCH = 'match'
    FEE = 'fee'
    REBATE = 'rebate'
    CONVERSION = 'conversion'
    MARGIN_INTEREST = 'margin_interest'
    OTC_MATCH = 'otc_match'
    OTC_FEE = 'otc_fee'
    TAX_CREDIT = 'tax_credit'
    RFQ_MATCH = 'rfq_match'
    RFQ_FEE = 'rfq_fee'
    MATCH_CONVERSION = 'match_conversion'
    STAKE_WRAP = 'stake_wrap'
    CONVERSION_FEE = 'conversion_fee'

class LedgerTransferType(OpenEnum):
    DEPOSIT = 'deposit'
    WITHDRAW = 'withdraw'

class Liquidity(OpenEnum):
    M = 'M'
    T = 'T'
    O = 'O'

class OrderStatus(OpenEnum):
    PENDING = 'pending'
    RECEIVED = 'received'
    ACTIVE = 'active'
    OPEN = 'open'
    DONE = 'done'
    REJECTED = 'rejected'

class OrderStatusFilter(OpenEnum):
    OPEN = 'open'
    PENDING = 'pending'
    ACTIVE = 'active'
    DONE = 'done'
    ALL = 'all'

class OrderType(OpenEnum):
    LIMIT = 'limit'
    MARKET = 'market'
    STOP = 'stop'

class ProductStatus(OpenEnum):
    ONLINE = 'online'
    OFFLINE = 'offline'
    INTERNAL = 'internal'
    DELISTED = 'delisted'

class ReportFormat(OpenEnum):
    PDF = 'pdf'
    CSV = 'csv'

class ReportKind(OpenEnum):
    FILLS = 'fills'
    ACCOUNT = 'account'
    OTC_FILLS = 'otc-fills'
    RFQ_FILLS = 'rfq-fills'
    TAX_INVOICE = 'tax-invoice'
    BALANCE = 'balance'

class ReportStatus(OpenEnum):
    PENDING = 'pending'
    CREATING = 'creating'
    READY = 'ready'

class ReportType(OpenEnum):
    FILLS = 'fills'
    ACCOUNT = 'account'

class SelfTradePrevention(OpenEnum):
    DC = 'dc'
    CO = 'co'
    CN = 'cn'
    CB = 'cb'

class Side(OpenEnum):
    BUY = 'buy'
    SELL = 'sell'

class StopDirection(OpenEnum):
    LOSS = 'loss'
    ENTRY = 'entry'

class TimeInForce(OpenEnum):
    GTC = 'GTC'
    GTT = 'GTT'
    IOC = 'IOC'
    FOK = 'FOK'

class Product(Model, frozen=True):
    id: str
    base_currency: str
    quote_currency: str
    quote_increment: Decimal
    display_name: str
    min_market_funds: Decimal
    margin_enabled: bool
    post_only: bool
    limit_only: bool
    cancel_only: bool
    status: ProductStatus
    status_message: str | None
    base_min_size: Decimal | None = None
    base_max_size: Decimal | None = None
    base_increment: Decimal | None = None
    max_market_funds: Decimal | None = None
    trading_disabled: bool | None = None
    accessible: bool | None = None
    fx_stablecoin: bool | None = None
    max_slippage_percentage: Decimal | None = None
    auction_mode: bool | None = None
    high_bid_limit_percentage: str | None = None

class BookLevel(NamedTuple):
    price: Decimal
    size: Decimal
    num_orders: int

class OrderBook(Model, frozen=True):
    sequence: int
    bids: tuple[BookLevel, ...]
    asks: tuple[BookLevel, ...]
    auction_mode: bool | None = None
    auction: dict[str, Any] | None | UnsetType = UNSET
    time: Time | None = None

class BookOrder(NamedTuple):
    price: Decimal
    size: Decimal
    order_id: UUID

class FullOrderBook(Model, frozen=True):
    sequence: int
    bids: tuple[BookOrder, ...]
    asks: tuple[BookOrder, ...]
    auction_mode: bool | None = None
    auction: dict[str, Any] | None | UnsetType = UNSET
    time: Time | None = None

class Ticker(Model, frozen=True):
    trade_id: int
    price: Decimal
    size: Decimal
    time: Time
    bid: Decimal
    ask: Decimal
    volume: Decimal
    rfq_volume: Decimal | None = None
    conversions_volume: Decimal | None = None

class Trade(Model, frozen=True):
    time: Time
    trade_id: int
    price: Decimal
    size: Decimal
    side: Side

class Candle(NamedTuple):
    time: UnixSeconds
    low: Number
    high: Number
    open: Number
    close: Number
    volume: Number

class Stats(Model, frozen=True):
    open: Decimal
    high: Decimal
    low: Decimal
    volume: Decimal
    last: Decimal
    volume_30day: Decimal
    rfq_volume_24hour: Decimal | None = None
    rfq_volume_30day: Decimal | None = None
    conversions_volume_24hour: Decimal | None = None
    conversions_volume_30day: Decimal | None = None

class CurrencyDetails(Model, frozen=True):
    type: CurrencyKind | None = None
    symbol: str | None | UnsetType = UNSET
    network_confirmations: int | None = None
    sort_order: int | None = None
    crypto_address_link: str | None = None
    crypto_transaction_link: str | None = None
    push_payment_methods: tuple[str, ...] | None = None
    group_types: tuple[str, ...] | None = None
    display_name: str | None | UnsetType = UNSET
    processing_time_seconds: Number | None | UnsetType = UNSET
    min_withdrawal_amount: Number | None = None
    max_withdrawal_amount: Number | None = None

class Network(Model, frozen=True):
    id: str | None = None
    name: str | None = None
    status: str | None = None
    contract_address: str | None = None
    crypto_address_link: str | None = None
    crypto_transaction_link: str | None = None
    min_withdrawal_amount: Number | None = None
    max_withdrawal_amount: Number | None = None
    network_confirmations: int | None = None
    processing_time_seconds: Number | None | UnsetType = UNSET

class Currency(Model, frozen=True):
    id: str
    name: str
    min_size: Decimal
    status: str | None = None
    message: str | None | UnsetType = UNSET
    max_precision: Decimal | None = None
    convertible_to: tuple[str, ...] | None = None
    details: CurrencyDetails | None = None
    default_network: str | None = None
    supported_networks: tuple[Network, ...] | None = None
    display_name: str | None = None

class ServerTime(Model, frozen=True):
    iso: MilliTime
    epoch: UnixSeconds

class Account(Model, frozen=True):
    id: UUID
    currency: str
    balance: Decimal
    hold: Decimal
    available: Decimal
    profile_id: UUID
    trading_enabled: bool | None = None
    pending_deposit: Decimal | None = None
    display_name: str | None = None

class LedgerDetails(Model, frozen=True, rename={'from_': 'from'}):
    order_id: UUID | None = None
    trade_id: QuotedInt | None = None
    product_id: str | None = None
    transfer_id: UUID | None = None
    transfer_type: LedgerTransferType | None = None
    from_: UUID | None = None
    to: UUID | None = None
    profile_transfer_id: UUID | None = None
    conversion_id: UUID | None = None

class LedgerEntry(Model, frozen=True):
    id: LooseInt
    created_at: Time
    amount: Decimal
    balance: Decimal
    type: LedgerEntryType
    details: LedgerDetails

class Hold(Model, frozen=True):
    id: UUID
    created_at: Time
    amount: Decimal
    type: HoldType
    ref: UUID
    account_id: UUID | None = None
    updated_at: Time | None = None

class Order(Model, frozen=True):
    id: UUID
    product_id: str
    side: Side
    type: OrderType
    created_at: Time
    fill_fees: Decimal
    filled_size: Decimal
    executed_value: Decimal
    status: OrderStatus
    settled: bool
    post_only: bool | None = None
    price: Decimal | None = None
    size: Decimal | None = None
    funds: Decimal | None = None
    specified_funds: Decimal | None = None
    time_in_force: TimeInForce | None = None
    expire_time: LenientTime | None = None
    stp: SelfTradePrevention | None = None
    stop: StopDirection | None = None
    stop_price: Decimal | None = None
    done_at: Time | None = None
    done_reason: DoneReason | None = None
    reject_reason: str | None = None
    profile_id: UUID | None = None
    client_oid: UUID | None = None
    market_type: str | None = None
    max_floor: Decimal | None = None
    secondary_order_id: str | None = None
    stop_limit_price: Decimal | None = None
    funding_amount: Decimal | None = None

class Fill(Model, frozen=True):
    trade_id: int
    product_id: str
    order_id: UUID
    user_id: str
    profile_id: UUID
    liquidity: Liquidity
    price: Decimal
    size: Decimal
    fee: Decimal
    created_at: Time
    side: Side
    settled: bool
    usd_volume: Decimal | None | UnsetType = UNSET
    market_type: str | None = None
    funding_currency: str | None = None

class Transfer(Model, frozen=True):
    id: UUID
    amount: Decimal
    currency: str
    payout_at: Time | None = None
    fee: Decimal | None = None
    subtotal: Decimal | None = None

class Conversion(Model, frozen=True, rename={'from_': 'from'}):
    id: UUID
    amount: Decimal
    from_account_id: UUID
    to_account_id: UUID
    from_: str
    to: str
    fee_amount: Decimal | None = None

class MoneyAmount(Model, frozen=True):
    amount: Decimal
    currency: str

class PaymentMethodLimit(Model, frozen=True):
    period_in_days: int
    total: MoneyAmount
    remaining: MoneyAmount

class PaymentMethodLimits(Model, frozen=True):
    buy: tuple[PaymentMethodLimit, ...] | None = None
    instant_buy: tuple[PaymentMethodLimit, ...] | None = None
    sell: tuple[PaymentMethodLimit, ...] | None = None
    deposit: tuple[PaymentMethodLimit, ...] | None = None
    type: str | None = None
    name: str | None = None

class LinkedResource(Model, frozen=True):
    id: str
    resource: str
    resource_path: str | None = None

class PickerData(Model, frozen=True):
    symbol: str | None = None
    customer_name: str | None = None
    account_name: str | None = None
    account_number: str | None = None
    account_type: str | None = None
    institution_code: str | None = None
    institution_name: str | None = None
    iban: str | None = None
    swift: str | None = None
    paypal_email: str | None = None
    paypal_owner: str | None = None
    routing_number: str | None = None
    institution_identifier: str | None = None
    bank_name: str | None = None
    branch_name: str | None = None
    icon_url: str | None = None
    balance: MoneyAmount | None = None

class RecurringOption(Model, frozen=True):
    period: str | None = None
    label: str | None = None

class AvailableBalance(Model, frozen=True):
    amount: Decimal | None = None
    currency: str | None = None
    scale: str | None = None

class PaymentMethod(Model, frozen=True):
    id: UUID
    type: str
    name: str
    currency: str
    primary_buy: bool
    primary_sell: bool
    allow_buy: bool
    allow_sell: bool
    allow_deposit: bool
    allow_withdraw: bool
    limits: PaymentMethodLimits
    created_at: Time | None = None
    updated_at: Time | None = None
    resource: str | None = None
    resource_path: str | None = None
    instant_buy: bool | None = None
    instant_sell: bool | None = None
    verified: bool | None = None
    fiat_account: LinkedResource | None = None
    crypto_account: LinkedResource | None = None
    picker_data: PickerData | None = None
    hold_business_days: int | None = None
    hold_days: int | None = None
    verification_method: str | None = None
    cdv_status: str | None = None
    recurring_options: tuple[RecurringOption, ...] | None = None
    available_balance: AvailableBalance | None = None

class Fees(Model, frozen=True):
    maker_fee_rate: Decimal
    taker_fee_rate: Decimal
    usd_volume: Decimal | None

class Country(Model, frozen=True):
    code: str | None = None
    name: str | None = None

class WireDeposit(Model, frozen=True):
    account_number: str | None | UnsetType = UNSET
    routing_number: str | None = None
    bank_name: str | None = None
    bank_address: str | None = None
    bank_country: Country | None = None
    account_name: str | None = None
    account_address: str | None = None
    reference: str | None = None

class SepaDeposit(Model, frozen=True):
    iban: str | None = None
    swift: str | None = None
    bank_name: str | None = None
    bank_address: str | None = None
    bank_country_name: str | None = None
    bank_country: Country | None = None
    account_name: str | None = None
    account_address: str | None = None
    reference: str | None = None

class UkDeposit(Model, frozen=True):
    sort_code: str | None = None
    account_number: str | None = None
    account_name: str | None = None
    bank_name: str | None = None
    reference: str | None = None

class CoinbaseAccount(Model, frozen=True):
    id: str
    name: str
    balance: Decimal
    currency: str
    type: CoinbaseAccountType
    primary: bool
    active: bool
    available_on_consumer: bool | None = None
    hold_balance: Decimal | None = None
    hold_currency: str | None = None
    ready: bool | None = None
    destination_tag_name: str | None = None
    destination_tag_regex: str | None = None
    wire_deposit_information: WireDeposit | None = None
    sepa_deposit_information: SepaDeposit | None = None
    uk_deposit_information: UkDeposit | None = None
    swift_deposit_information: dict[str, Any] | None | UnsetType = UNSET

class ReportParams(Model, frozen=True):
    start_date: str
    end_date: str
    format: ReportFormat
    product_id: str | None = None
    account_id: str | None = None
    email: str | None = None
    profile_id: UUID | None = None
    new_york_state: bool | None = None
    user: dict[str, Any] | None = None

class ReportReceipt(Model, frozen=True):
    id: UUID
    type: ReportKind
    status: ReportStatus
    created_at: Time | None = None
    completed_at: Time | None | UnsetType = UNSET
    expires_at: Time | None = None
    file_url: str | None | UnsetType = UNSET
    user_id: str | None = None
    params: ReportParams | None = None

class Report(Model, frozen=True):
    id: UUID
    type: ReportKind
    status: ReportStatus
    created_at: Time
    completed_at: Time | None
    expires_at: Time
    file_url: str | None
    params: ReportParams
    user_id: str | None = None
    file_count: QuotedInt | None | UnsetType = UNSET

class TrailingVolume(Model, frozen=True):
    product_id: str
    exchange_volume: Decimal
    volume: Decimal
    recorded_at: Time
