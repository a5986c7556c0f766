"""Accounts: what there is, what is held, and a ledger entry for every change."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any, Literal

from .amounts import padded, shortest
from .state import Account, Hold, LedgerEntry, State, identity
from .times import text

__all__ = ["PROFILE", "USER_ID", "Accounts", "account_view", "entry_view", "hold_view"]

Json = Any
PROFILE = "5b1c0c8e-2a0d-4c55-9a3b-7a3f6f0f9d11"
USER_ID = "5c1f8e27d0a4b93d5e6f7a81"


class Accounts:
    """The user's accounts. Money moves only here."""

    def __init__(self, state: State, stamp: Callable[[], int]) -> None:
        self._state = state
        self._stamp = stamp
        self._by_id = {account.id: account for account in state.accounts.values()}

    def open(self, currency: str) -> Account:
        """An account that starts empty."""
        self._state.last_number += 1
        account = Account(identity(self._state.last_number), currency)
        self._state.accounts[currency] = self._by_id[account.id] = account
        return account

    def by_id(self, account_id: str) -> Account | None:
        """The account with this id."""
        return self._by_id.get(account_id)

    def post(
        self,
        currency: str,
        amount: Decimal,
        kind: Literal["match", "fee", "transfer", "conversion"],
        ref: str,
        trade_id: int = 0,
        product_id: str = "",
    ) -> None:
        """Change a balance."""
        account = self._state.accounts[currency]
        account.balance += amount
        self._state.last_entry += 1
        account.ledger.append(
            LedgerEntry(self._state.last_entry, self._stamp(), amount, account.balance, kind, ref, trade_id, product_id)
        )

    def hold(self, currency: str, amount: Decimal, kind: Literal["order", "transfer"], ref: str) -> None:
        """Set money aside."""
        account = self._state.accounts[currency]
        self._state.last_number += 1
        account.holds[ref] = Hold(identity(self._state.last_number), self._stamp(), amount, kind, ref)
        account.hold += amount

    def change_hold(self, currency: str, ref: str, amount: Decimal) -> None:
        """Hold another amount than before for the same purpose."""
        account = self._state.accounts[currency]
        hold = account.holds[ref]
        account.hold += amount - hold.amount
        hold.amount = amount

    def held(self, currency: str, ref: str) -> Decimal:
        """What is held for a purpose."""
        return self._state.accounts[currency].holds[ref].amount

    def release(self, currency: str, ref: str) -> None:
        """Hold nothing for it any more."""
        account = self._state.accounts[currency]
        hold = account.holds.pop(ref)
        account.hold -= hold.amount


def account_view(account: Account) -> Json:
    """An account as the API shows it."""
    return {
        "id": account.id,
        "currency": account.currency,
        "balance": padded(account.balance),
        "hold": padded(account.hold),
        "available": shortest(account.available),
        "profile_id": PROFILE,
        "trading_enabled": True,
    }


def entry_view(entry: LedgerEntry) -> Json:
    """A ledger entry as the API shows it."""
    if entry.kind == "transfer":
        details = {"transfer_id": entry.ref, "transfer_type": "deposit" if entry.amount > 0 else "withdraw"}
    elif entry.kind == "conversion":
        details = {"conversion_id": entry.ref}
    else:
        details = {"order_id": entry.ref, "trade_id": str(entry.trade_id), "product_id": entry.product_id}
    return {
        "id": str(entry.id),
        "created_at": text(entry.created),
        "amount": padded(entry.amount),
        "balance": padded(entry.balance),
        "type": entry.kind,
        "details": details,
    }


def hold_view(hold: Hold) -> Json:
    """A hold as the API shows it."""
    return {
        "id": hold.id,
        "created_at": text(hold.created),
        "amount": padded(hold.amount),
        "type": hold.kind,
        "ref": hold.ref,
    }
