"""How the API shows what there is: quoted numbers, times with a trailing Z."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from .amounts import average, btc, iso, iso_seconds, percent, plain
from .exchange import Exchange
from .feed import Bar, Feed
from .markets import MINIMUM_MARGIN, MINIMUM_MARGIN_PUBLIC, Market
from .state import Charge, Order, Position, Print

__all__ = [
    "bar",
    "charge",
    "closed_position",
    "index_point",
    "mapped",
    "market",
    "market_details",
    "open_position",
    "order",
    "own_trade",
    "trade",
]

Json = dict[str, Any]
_DAY = 24 * 3600


def mapped(entries: Iterable[tuple[object, Json]]) -> Json | list[Any]:
    """A map as PHP writes it: an empty one is a list."""
    return {str(key): entry for key, entry in entries} or []


def _price(price: Decimal | None) -> str | None:
    return None if price is None else plain(price)


def market(item: Market) -> Json:
    """A market in the list."""
    return {
        "symbol": item.symbol,
        "currency": "BTC",
        "decimals": str(item.decimals),
        "minimum_price_step": plain(item.step),
        "maximum_leverage": str(item.maximum_leverage),
        "status": item.status,
        "is_in_market_hours": True,
    }


def market_details(exchange: Exchange, feed: Feed, now: float) -> Json:
    """A market with its index and funding."""
    step = feed.at(now)
    funding = exchange.next_funding(now)
    return {
        **market(feed.market),
        "minimum_margin": plain(MINIMUM_MARGIN),
        "minimum_margin_public": plain(MINIMUM_MARGIN_PUBLIC),
        "index_calculation": feed.market.index_calculation,
        "change_24h_percentage": _change(feed, now),
        "volume_24h": btc(sum(item.volume for item in feed.bars(60, int(now) - _DAY, now, None))),
        "seconds_until_next_funding": str(int(funding - now)),
        "date_next_funding": iso_seconds(funding),
        "estimated_funding_percentage": plain(exchange.funding_rate(feed, step)),
        "index_price": plain(feed.index(step)),
        "date_index": iso_seconds(feed.start_of(step)),
    }


def _change(feed: Feed, now: float) -> str:
    before = feed.quote(feed.at(now - _DAY)).market
    return percent(feed.quote(feed.at(now)).market - before, before, 4)


def bar(feed: Feed, item: Bar) -> Json:
    """A bar."""
    return {
        "date": iso_seconds(item.start),
        "o": plain(feed.price(item.open)),
        "h": plain(feed.price(item.high)),
        "l": plain(feed.price(item.low)),
        "c": plain(feed.price(item.close)),
        "v": btc(item.volume),
    }


def index_point(feed: Feed, moment: int) -> Json:
    """Index and market price at a moment."""
    step = feed.at(moment)
    return {
        "date": iso_seconds(moment),
        "index_price": plain(feed.index(step)),
        "market_price": plain(feed.price(feed.quote(step).market)),
    }


def trade(symbol: str, item: Print) -> Json:
    """A public trade."""
    return {
        "trade_id": str(item.id),
        "symbol": symbol,
        "type": item.side,
        "price": plain(item.price),
        "contracts": str(item.contracts),
        "volume": btc(item.value),
        "date": iso(item.time),
    }


def own_trade(position: Position, item: Print) -> Json:
    """A trade of a position."""
    return {
        **trade(position.symbol, item),
        "position_id": str(position.id),
        "order_id": None if item.order_id is None else str(item.order_id),
    }


def charge(position: Position, item: Charge) -> Json:
    """A charge or credit."""
    return {
        "transaction_id": str(item.id),
        "position_id": str(position.id),
        "currency": "BTC",
        "type": item.type,
        "amount": btc(item.amount),
        "percentage": plain(item.percentage),
        "date": iso_seconds(item.time),
    }


def order(item: Order) -> Json:
    """An order that waits."""
    return {
        "order_id": str(item.id),
        "position_id": str(item.position_id),
        "symbol": item.symbol,
        "type": item.type,
        "direction": item.direction,
        "price": plain(item.price),
        "margin": btc(item.margin),
        "leverage": str(item.leverage),
        "contracts": str(item.contracts),
        "stop_loss": _price(item.stop_loss),
        "take_profit": _price(item.take_profit),
        "date_created": iso_seconds(item.created),
    }


def open_position(exchange: Exchange, item: Position, now: float) -> Json:
    """A position that is open. Nothing is ever closed in part, so the totals are what there is."""
    return {
        "position_id": str(item.id),
        "symbol": item.symbol,
        "direction": item.direction,
        "margin": btc(item.margin),
        "margin_total": btc(item.margin),
        "leverage": str(item.leverage),
        "balance": btc(item.volume),
        "balance_total": btc(item.volume),
        "balance_offset": btc(item.fees),
        "contracts": str(item.contracts),
        "contracts_total": str(item.contracts),
        "date_created": iso_seconds(item.created),
        "date_last_trade": iso_seconds(item.last_trade),
        "entry_price": average(item.weighted, item.volume),
        "exit_price": None,
        "stop_loss_limit": _price(item.stop_loss),
        "stop_loss": _price(item.stop_loss),
        "take_profit": _price(item.take_profit),
        "profit_loss_unrealized": btc(exchange.unrealized(item, now)),
        "profit_loss_realized": "0",
        "fees": btc(item.fees),
        "public": False,
    }


def closed_position(item: Position) -> Json:
    """A position that was closed, or merged into another one."""
    return {
        "position_id": str(item.id),
        "symbol": item.symbol,
        "direction": item.direction,
        "margin_total": btc(item.margin),
        "leverage": str(item.leverage),
        "balance_total": btc(item.volume),
        "contracts_total": str(item.contracts),
        "date_created": iso_seconds(item.created),
        "date_last_trade": iso_seconds(item.last_trade),
        "entry_price": average(item.weighted, item.volume),
        "exit_price": average(item.exit_weighted, item.exit_volume) if item.exit_volume else None,
        "stop_loss": _price(item.stop_loss),
        "take_profit": _price(item.take_profit),
        "profit_loss_realized": btc(item.profit),
        "profit_loss_realized_percentage": percent(item.profit, item.margin),
        "fees": btc(item.fees),
        "public": False,
        "merged_into": None if item.merged_into is None else str(item.merged_into),
    }
