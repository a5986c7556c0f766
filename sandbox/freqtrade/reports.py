"""What the bot has to say about its trades: sums, lists and balances, computed when asked."""

from __future__ import annotations

import math
from datetime import timedelta
from typing import Any

from .bot import EDGE, Bot, Failed, Refused
from .configuration import STAKE_CURRENCY
from .market import FIAT, PriceUnknown
from .trade import Trade
from .words import ago, day, duration, milliseconds, moment, text

__all__ = ["balance", "blacklist", "count", "daily", "edge", "logs", "performance", "profit", "status", "trades"]

_METHOD = ["StaticPairList"]
_LARGEST_INTEGER = 2**63 - 1


def count(bot: Bot) -> dict[str, Any]:
    """Open trades, and how many there may be."""
    bot.demand_running()
    opened = bot.state.open_trades()
    return {
        "current": len(opened),
        "max": float(bot.state.max_open_trades),
        "total_stake": sum(trade.open_rate * trade.amount for trade in opened),
    }


def status(bot: Bot, now: float) -> list[dict[str, Any]]:
    """Open trades."""
    released = bot.configuration.released
    return [trade.to_status(now, _rate(bot, trade, now), released) for trade in bot.state.open_trades()]


def trades(bot: Bot, now: float, limit: int) -> dict[str, Any]:
    """Closed trades, the newest first."""
    if limit > _LARGEST_INTEGER:
        raise Failed("too large for the database")
    found = bot.state.closed_trades()[::-1]
    found = found[:limit] if limit > 0 else found
    return {"trades": [trade.to_json(now, bot.configuration.released) for trade in found], "trades_count": len(found)}


def profit(bot: Bot, now: float) -> dict[str, Any]:
    """Profit over all trades."""
    every = list(bot.state.trades.values())
    closed = [trade for trade in every if not trade.is_open]
    closed_ratios = [trade.close_profit or 0.0 for trade in closed]
    rates = {trade.id: _rate(bot, trade, now) for trade in every if trade.is_open}
    ratios = [trade.profit_ratio(rates[trade.id]) if trade.is_open else trade.close_profit or 0.0 for trade in every]
    coins = [trade.profit(rates[trade.id]) if trade.is_open else trade.close_profit_abs or 0.0 for trade in every]
    times = [(trade.close_date or 0.0) - trade.open_date for trade in closed]
    best = next(iter(_by_pair(closed)), None)
    return {
        **_sums(bot, "closed", [trade.close_profit_abs or 0.0 for trade in closed], closed_ratios),
        **_sums(bot, "all", coins, ratios),
        "trade_count": len(every),
        "closed_trade_count": len(closed),
        "first_trade_date": ago(every[0].open_date, now) if every else "",
        "first_trade_timestamp": milliseconds(every[0].open_date) if every else 0,
        "latest_trade_date": ago(every[-1].open_date, now) if every else "",
        "latest_trade_timestamp": milliseconds(every[-1].open_date) if every else 0,
        "avg_duration": duration(sum(times) / max(len(times), 1)),
        "best_pair": best[0] if best else "",
        "best_rate": round(best[1] * 100, 2) if best else 0,
        "winning_trades": sum(ratio >= 0 for ratio in closed_ratios),
        "losing_trades": sum(ratio < 0 for ratio in closed_ratios),
    }


def _sums(bot: Bot, which: str, coins: list[float], ratios: list[float]) -> dict[str, Any]:
    """Sum and mean of some trades under the names of their kind. An empty set makes whole zeros."""
    coin = round(sum(coins), 8)
    total = sum(ratios) if ratios else 0.0
    mean = total / len(ratios) if ratios else 0.0
    return {
        f"profit_{which}_coin": coin,
        f"profit_{which}_percent": round(mean * 100, 2),
        f"profit_{which}_percent_mean": round(mean * 100, 2),
        f"profit_{which}_ratio_mean": mean,
        f"profit_{which}_percent_sum": round(total * 100, 2),
        f"profit_{which}_ratio_sum": total,
        f"profit_{which}_fiat": _fiat(bot, coin),
    }


def performance(bot: Bot) -> list[dict[str, Any]]:
    """Profit by pair, the best first."""
    return [
        {"pair": pair, "profit": round(ratio * 100, 2), "count": number}
        for pair, ratio, number in _by_pair(bot.state.closed_trades())
    ]


def _by_pair(closed: list[Trade]) -> list[tuple[str, float, int]]:
    """Pairs with the sum of their ratios and the number of their trades, the best first."""
    found: dict[str, list[float]] = {}
    for trade in closed:
        found.setdefault(trade.pair, []).append(trade.close_profit or 0.0)
    return sorted(((pair, sum(ratios), len(ratios)) for pair, ratios in found.items()), key=lambda row: -row[1])


def daily(bot: Bot, now: float, timescale: int) -> dict[str, Any]:
    """Profit by day, today first."""
    if timescale <= 0:
        raise Refused("timescale must be an integer greater than 0")
    today = moment(now).date()
    if timescale > today.toordinal():
        raise Failed("before the first of all days")
    earned: dict[str, list[float]] = {}
    for trade in sorted(bot.state.closed_trades(), key=lambda each: each.close_date or 0.0):
        earned.setdefault(day(trade.close_date or 0.0), []).append(trade.close_profit_abs or 0.0)
    rows: list[dict[str, Any]] = []
    for back in range(timescale):
        date = (today - timedelta(days=back)).isoformat()
        profits = earned.get(date, [])
        coin, number = sum(profits), len(profits)
        if bot.configuration.released:
            rows.append({"date": date, "abs_profit": coin, "fiat_value": _fiat(bot, coin), "trade_count": number})
        else:
            fiat = f"{_fiat(bot, coin):.3f}"
            rows.append({"date": date, "abs_profit": f"{coin:.8f}", "fiat_value": fiat, "trade_count": str(number)})
    return {
        "data": rows,
        "fiat_display_currency": bot.configuration.fiat_display_currency,
        "stake_currency": STAKE_CURRENCY,
    }


def balance(bot: Bot, now: float) -> dict[str, Any]:
    """What lies on the account."""
    if bot.state.prices.silent:
        raise Refused("Error getting current tickers.")
    dry_run = bot.configuration.dry_run
    rows: list[dict[str, Any]] = []
    for currency, total, used in _holdings(bot):
        if not total:
            continue
        # A coin without a price is worth a whole zero.
        worth = total if currency == STAKE_CURRENCY else (_bid(bot, currency, now) * total or 0)
        rows.append(
            {
                "currency": currency,
                "free": total - used,
                "balance": total,
                "used": 0 if dry_run else used,
                "est_stake": worth,
                "stake": STAKE_CURRENCY,
            }
        )
    worth = sum((row["est_stake"] for row in rows), 0.0)
    if worth == 0.0:
        text = "Running in Dry Run, balances are not available." if dry_run else "All balances are zero."
        raise Refused(text)
    return {
        "currencies": rows,
        "total": worth,
        "symbol": bot.configuration.fiat_display_currency,
        "value": _fiat(bot, worth),
        "stake": STAKE_CURRENCY,
        "note": "Simulated balances" if dry_run else "",
    }


def _holdings(bot: Bot) -> list[tuple[str, float, float]]:
    """Currency, total, and what of it is tied up in orders. In a dry run nothing is, and all was bought at once."""
    opened = bot.state.open_trades()
    waiting = [trade for trade in opened if trade.order and trade.order.resting and not bot.configuration.dry_run]
    buying = [trade for trade in waiting if trade.order and trade.order.side == "buy"]
    tied_up = sum((trade.amount * trade.open_rate for trade in buying), 0.0)
    rows = [(STAKE_CURRENCY, bot.wallet() + sum(trade.stake_amount for trade in buying), tied_up)]
    for trade in opened:
        selling = trade in waiting
        if not (selling and trade.order and trade.order.side == "buy"):
            rows.append((trade.pair.partition("/")[0], trade.amount, trade.amount if selling else 0.0))
    return rows


def _bid(bot: Bot, currency: str, now: float) -> float:
    try:
        return bot.market.bid(f"{currency}/{STAKE_CURRENCY}", now)
    except PriceUnknown:
        return 0.0


def whitelist(bot: Bot) -> dict[str, Any]:
    """The pairs being traded."""
    return {"whitelist": bot.state.whitelist, "length": len(bot.state.whitelist), "method": _METHOD}


def blacklist(bot: Bot, errors: dict[str, dict[str, str]]) -> dict[str, Any]:
    """The pairs never bought, and those that were not taken."""
    pairs = bot.state.blacklist
    return {"blacklist": pairs, "length": len(pairs), "method": _METHOD, "errors": errors}


def edge(bot: Bot) -> list[dict[str, Any]]:
    """The pairs that Edge accepted."""
    if not bot.state.edge:
        raise Refused("Edge is not enabled.")
    return [
        {"Pair": pair, "Winrate": winrate, "Expectancy": expectancy, "Stoploss": stoploss}
        for pair, (winrate, expectancy, stoploss) in EDGE.items()
    ]


def logs(bot: Bot, limit: int) -> dict[str, Any]:
    """The end of the log; only the release has this."""
    lines = bot.state.log[-limit:] if limit > 0 else bot.state.log
    rows = [[text(line.time), line.time * 1000, line.logger, line.level, line.message] for line in lines]
    return {"log_count": len(rows), "logs": rows}


def _rate(bot: Bot, trade: Trade, now: float) -> float:
    """The rate at which a trade could be sold, or NaN."""
    try:
        return bot.market.ask(trade.pair, now)
    except PriceUnknown:
        return math.nan


def _fiat(bot: Bot, coin: float) -> float:
    currency = bot.configuration.fiat_display_currency
    return coin * FIAT.get(currency, 0.0) if currency else 0
