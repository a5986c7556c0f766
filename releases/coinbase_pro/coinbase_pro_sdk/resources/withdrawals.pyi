from decimal import Decimal
from uuid import UUID
from .._runtime.arguments import Amount, Text, Uid
from .._runtime.client import AsyncResource, Resource, async_raw, raw
from .._runtime.operation import Operation, Parameter
from ..models import Transfer
__all__ = ['AsyncRawWithdrawalsResource', 'AsyncWithdrawalsResource', 'RawWithdrawalsResource', 'WithdrawalsResource']

class WithdrawalsResource(Resource):

    def payment_method(self, amount: Decimal | int | str, currency: str, payment_method_id: UUID | str) -> Transfer:
        ...

    def coinbase(self, amount: Decimal | int | str, currency: str, coinbase_account_id: str) -> Transfer:
        ...

    def crypto(self, amount: Decimal | int | str, currency: str, crypto_address: str) -> Transfer:
        ...

class AsyncWithdrawalsResource(AsyncResource):

    async def payment_method(self, amount: Decimal | int | str, currency: str, payment_method_id: UUID | str) -> Transfer:
        ...

    async def coinbase(self, amount: Decimal | int | str, currency: str, coinbase_account_id: str) -> Transfer:
        ...

    async def crypto(self, amount: Decimal | int | str, currency: str, crypto_address: str) -> Transfer:
        ...

class RawWithdrawalsResource:

    def __init__(self, resource: WithdrawalsResource) -> None:
        ...

class AsyncRawWithdrawalsResource:

    def __init__(self, resource: AsyncWithdrawalsResource) -> None:
        ...
