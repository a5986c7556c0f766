"""Whether the books balance."""

from __future__ import annotations

from decimal import Decimal

from .amounts import ZERO
from .catalogue import PRODUCTS
from .state import Account, State

__all__ = ["audit"]


def audit(state: State) -> list[str]:
    """What does not add up. Nothing, whatever was asked of the exchange."""
    problems = [problem for account in state.accounts.values() for problem in _account(account)]
    return problems + _holds(state) + _trades(state) + _orders(state)


def _account(account: Account) -> list[str]:
    name, problems = account.currency, list[str]()
    running = ZERO
    for entry in account.ledger:
        running += entry.amount
        if entry.balance != running:
            problems.append(f"{name}: ledger entry {entry.id} says {entry.balance}, the entries so far {running}")
            break
    if account.balance != running:
        problems.append(f"{name}: balance {account.balance}, sum of the ledger {running}")
    held = sum((hold.amount for hold in account.holds.values()), ZERO)
    if account.hold != held:
        problems.append(f"{name}: hold {account.hold}, sum of the holds {held}")
    if any(hold.amount < 0 for hold in account.holds.values()):
        problems.append(f"{name}: a negative hold")
    if account.available < 0:
        problems.append(f"{name}: available {account.available}")
    stamps = [entry.created for entry in account.ledger]
    if stamps != sorted(set(stamps)):
        problems.append(f"{name}: the ledger is not in the order of time")
    return problems


def _holds(state: State) -> list[str]:
    """Every live order and withdrawal holds something, and nothing else does."""
    held = {ref for account in state.accounts.values() for ref in account.holds}
    live = {order.id for order in state.orders.values() if order.status in ("active", "open")}
    wanted = live | set(state.withdrawals)
    return [f"holds and what they are for differ: {sorted(held ^ wanted)}"] if held != wanted else []


def _trades(state: State) -> list[str]:
    """What the user gained the market lost, and the other way round; fees went to the exchange."""
    problems: list[str] = []
    fees: dict[str, Decimal] = {}
    for product_id, market in state.markets.items():
        product = PRODUCTS[product_id]
        base = market.makers.base + market.takers.base
        quote = market.makers.quote + market.takers.quote
        for fill in state.fills[product_id]:
            sign = 1 if fill.side == "buy" else -1
            base += sign * fill.size
            quote -= sign * product.value(fill.price, fill.size)
            fees[product.quote] = fees.get(product.quote, ZERO) + fill.fee
        if base or quote:
            problems.append(f"{product_id}: trades made {base} lots and {quote} {product.quote} out of nothing")
    for currency, account in state.accounts.items():
        charged = -sum((entry.amount for entry in account.ledger if entry.kind == "fee"), ZERO)
        if not charged == fees.get(currency, ZERO) == state.fees.get(currency, ZERO):
            problems.append(f"{currency}: fees charged {charged}, of the fills {fees.get(currency)}")
    return problems


def _orders(state: State) -> list[str]:
    """Orders agree with their fills and with the book."""
    problems: list[str] = []
    filled: dict[str, tuple[int, Decimal, Decimal]] = {}
    for product_id, fills in state.fills.items():
        for fill in fills:
            size, value, fee = filled.get(fill.order_id, (0, ZERO, ZERO))
            traded = PRODUCTS[product_id].value(fill.price, fill.size)
            filled[fill.order_id] = size + fill.size, value + traded, fee + fill.fee
    for order in state.orders.values():
        if (order.filled, order.value, order.fees) != filled.pop(order.id, (0, ZERO, ZERO)):
            problems.append(f"order {order.id} differs from its fills")
        quote = state.markets[order.product_id].resting.get(order.number)
        if (quote is not None) != (order.status == "open"):
            problems.append(f"order {order.id} is {order.status}, and its place on the book says otherwise")
        if quote is not None and (quote.size, quote.price) != (order.remaining, order.price):
            problems.append(f"order {order.id} differs from what is on the book")
    if filled:
        problems.append(f"fills of unknown orders: {sorted(filled)}")
    for product_id, market in state.markets.items():
        bids = [quote.price for quote in market.resting.values() if quote.side == "buy"]
        asks = [quote.price for quote in market.resting.values() if quote.side == "sell"]
        if bids and asks and max(bids) >= min(asks):
            problems.append(f"{product_id}: the book is crossed")
    return problems
