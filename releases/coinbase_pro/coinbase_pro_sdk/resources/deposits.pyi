from decimal import Decimal
from uuid import UUID
from .._runtime.arguments import Amount, Text, Uid
from .._runtime.client import AsyncResource, Resource, async_raw, raw
from .._runtime.operation import Operation, Parameter
from ..models import Transfer
__all__ = ['AsyncDepositsResource', 'AsyncRawDepositsResource', 'DepositsResource', 'RawDepositsResource']

class DepositsResource(Resource):

    def payment_method(self, amount: Decimal | int | str, currency: str, payment_method_id: UUID | str) -> Transfer:
        ...

    def coinbase(self, amount: Decimal | int | str, currency: str, coinbase_account_id: str) -> Transfer:
        ...

class AsyncDepositsResource(AsyncResource):

    async def payment_method(self, amount: Decimal | int | str, currency: str, payment_method_id: UUID | str) -> Transfer:
        ...

    async def coinbase(self, amount: Decimal | int | str, currency: str, coinbase_account_id: str) -> Transfer:
        ...

class RawDepositsResource:

    def __init__(self, resource: DepositsResource) -> None:
        ...

class AsyncRawDepositsResource:

    def __init__(self, resource: AsyncDepositsResource) -> None:
        ...
