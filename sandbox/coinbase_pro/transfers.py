"""Money that comes, goes, or changes its kind: deposits, withdrawals and conversions."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from .amounts import padded, steps
from .catalogue import CURRENCIES, PAYMENT_METHODS, Wallet
from .exchange import Exchange
from .refusal import Refused
from .state import Withdrawal, identity
from .times import DAY, SECOND, text_seconds

__all__ = ["Transfers"]

Json = Any
# How long money is on hold before it leaves the profile, in seconds.
_TO_BANK, _TO_WALLET, _TO_CHAIN = 3600, 5, 60
_ADDRESS = re.compile(r"[A-Za-z0-9]{20,110}", re.ASCII)
_LONGEST = 40
# Deposits beyond this are no deposits.
_MOST = Decimal(10) ** 12


class Transfers:
    """Moves money into and out of the profile."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange
        self._state = exchange.state
        exchange.on_time = self.settle

    def _new_id(self) -> str:
        self._state.last_number += 1
        return identity(self._state.last_number)

    def _amount(self, body: Json, currency: str) -> Decimal:
        """The amount of a request, if the currency has such amounts."""
        written = body["amount"]
        if len(written) > _LONGEST or Decimal(written) > _MOST:
            raise Refused("amount is too large")
        amount = Decimal(written)
        places = CURRENCIES[currency].places
        if steps(amount, places) is None:
            raise Refused(f"amount is too accurate. Smallest unit is {padded(Decimal(1).scaleb(-places), 8)}")
        return amount

    def _method(self, body: Json, direction: str) -> str:
        """The currency of a payment method, which must be the one asked for."""
        method = PAYMENT_METHODS.get(body["payment_method_id"].lower())
        if method is None:
            raise Refused("NotFound", 404)
        if method["currency"] != body["currency"] or not method[f"allow_{direction}"]:
            raise Refused("currency does not match the payment method")
        return str(method["currency"])

    def _wallet(self, body: Json) -> Wallet:
        """A wallet on coinbase.com, which must be of the currency asked for."""
        wallet = self._state.wallets.get(body["coinbase_account_id"])
        if wallet is None:
            raise Refused("NotFound", 404)
        if wallet.currency != body["currency"]:
            raise Refused("currency does not match the Coinbase account")
        return wallet

    def deposit_payment_method(self, body: Json) -> Json:
        """From the bank: it can be traded with at once, although the bank takes its time."""
        currency = self._method(body, "deposit")
        amount = self._amount(body, currency)
        transfer = self._new_id()
        self._exchange.accounts.post(currency, amount, "transfer", transfer)
        return self._receipt(transfer, body["amount"], currency, payout=True)

    def deposit_coinbase(self, body: Json) -> Json:
        """From a wallet on coinbase.com, at once."""
        wallet = self._wallet(body)
        amount = self._amount(body, wallet.currency)
        if amount > wallet.balance:
            raise Refused("Insufficient funds")
        wallet.balance -= amount
        transfer = self._new_id()
        self._exchange.accounts.post(wallet.currency, amount, "transfer", transfer)
        return self._receipt(transfer, padded(amount, 8), wallet.currency)

    def withdraw_payment_method(self, body: Json) -> Json:
        """To the bank."""
        currency = self._method(body, "withdraw")
        amount = self._amount(body, currency)
        transfer = self._send(currency, amount, _TO_BANK)
        return self._receipt(transfer, body["amount"], currency, payout=True)

    def withdraw_coinbase(self, body: Json) -> Json:
        """To a wallet on coinbase.com."""
        wallet = self._wallet(body)
        amount = self._amount(body, wallet.currency)
        transfer = self._send(wallet.currency, amount, _TO_WALLET, wallet.id)
        return self._receipt(transfer, padded(amount, 8), wallet.currency)

    def withdraw_crypto(self, body: Json) -> Json:
        """To an address on a chain."""
        currency = CURRENCIES.get(body["currency"])
        if currency is None or currency.network_fee is None:
            raise Refused(f"{body['currency']} cannot be sent to a crypto address")
        if not _ADDRESS.fullmatch(body["crypto_address"]):
            raise Refused("invalid crypto_address")
        amount = self._amount(body, currency.id)
        if amount < currency.least_withdrawal:
            raise Refused(
                f"The amount is below the minimum of {currency.least_withdrawal:f} {currency.id}"
                " required to send on-blockchain"
            )
        transfer = self._send(currency.id, amount, _TO_CHAIN)
        receipt = self._receipt(transfer, padded(amount, 8), currency.id)
        return {**receipt, "fee": f"{currency.network_fee:f}", "subtotal": f"{amount - currency.network_fee:f}"}

    def convert(self, body: Json) -> Json:
        """Between USD and USDC, one to one."""
        source, target = body["from"], body["to"]
        if {source, target} != {"USD", "USDC"}:
            raise Refused(f"Conversion from {source} to {target} is not supported")
        amount = self._amount(body, "USDC")
        accounts = self._state.accounts
        if amount > accounts[source].available:
            raise Refused("Insufficient funds")
        conversion = self._new_id()
        self._exchange.accounts.post(source, -amount, "conversion", conversion)
        self._exchange.accounts.post(target, amount, "conversion", conversion)
        return {
            "id": conversion,
            "amount": padded(amount, 8),
            "from_account_id": accounts[source].id,
            "to_account_id": accounts[target].id,
            "from": source,
            "to": target,
        }

    def _send(self, currency: str, amount: Decimal, seconds: int, wallet: str = "") -> str:
        """Put money on hold until it leaves."""
        if amount > self._state.accounts[currency].available:
            raise Refused("Insufficient funds")
        transfer = self._new_id()
        due = self._state.time + seconds * SECOND
        self._exchange.accounts.hold(currency, amount, "transfer", transfer)
        self._state.withdrawals[transfer] = Withdrawal(transfer, currency, amount, due, wallet)
        return transfer

    def settle(self) -> None:
        """Let the money go that is due."""
        if not self._state.withdrawals:
            return
        for transfer in [item for item in self._state.withdrawals.values() if item.due <= self._state.time]:
            del self._state.withdrawals[transfer.id]
            self._exchange.accounts.release(transfer.currency, transfer.id)
            self._exchange.accounts.post(transfer.currency, -transfer.amount, "transfer", transfer.id)
            if transfer.wallet:
                self._state.wallets[transfer.wallet].balance += transfer.amount

    def _receipt(self, transfer: str, amount: str, currency: str, *, payout: bool = False) -> Json:
        receipt = {"id": transfer, "amount": amount, "currency": currency}
        if payout:
            receipt["payout_at"] = text_seconds(self._state.time + DAY)
        return receipt
