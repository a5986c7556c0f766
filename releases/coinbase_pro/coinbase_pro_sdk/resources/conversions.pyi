from decimal import Decimal
from .._runtime.arguments import Amount, Text
from .._runtime.client import AsyncResource, Resource, async_raw, raw
from .._runtime.operation import Operation, Parameter
from ..models import Conversion
__all__ = ['AsyncConversionsResource', 'AsyncRawConversionsResource', 'ConversionsResource', 'RawConversionsResource']

class ConversionsResource(Resource):

    def create(self, from_currency_id: str, to_currency_id: str, amount: Decimal | int | str) -> Conversion:
        ...

class AsyncConversionsResource(AsyncResource):

    async def create(self, from_currency_id: str, to_currency_id: str, amount: Decimal | int | str) -> Conversion:
        ...

class RawConversionsResource:

    def __init__(self, resource: ConversionsResource) -> None:
        ...

class AsyncRawConversionsResource:

    def __init__(self, resource: AsyncConversionsResource) -> None:
        ...
