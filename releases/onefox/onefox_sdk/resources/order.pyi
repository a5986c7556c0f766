from decimal import Decimal
from .._runtime.arguments import Amount, Choice, Flag, Text, Whole
from .._runtime.client import AsyncResource, Resource, async_raw, raw
from .._runtime.operation import Operation, Parameter
from .._runtime.rules import When
from ..models import Direction, Envelope, OrderType, PlacedOrder
__all__ = ['AsyncOrderResource', 'AsyncRawOrderResource', 'OrderResource', 'RawOrderResource']

class OrderResource(Resource):

    def create(self, symbol: str, margin: Decimal | int | str, direction: Direction | str, leverage: int, order_type: OrderType | str, *, limit_price: Decimal | int | str | None=None, stop_entry_price: Decimal | int | str | None=None, stop_loss: Decimal | int | str | None=None, take_profit: Decimal | int | str | None=None, post_only: bool | None=None, referral_id: str | None=None, execution_time: int | None=None) -> PlacedOrder | None:
        ...

    def close(self, order_id: int, *, execution_time: int | None=None) -> None:
        ...

class AsyncOrderResource(AsyncResource):

    async def create(self, symbol: str, margin: Decimal | int | str, direction: Direction | str, leverage: int, order_type: OrderType | str, *, limit_price: Decimal | int | str | None=None, stop_entry_price: Decimal | int | str | None=None, stop_loss: Decimal | int | str | None=None, take_profit: Decimal | int | str | None=None, post_only: bool | None=None, referral_id: str | None=None, execution_time: int | None=None) -> PlacedOrder | None:
        ...

    async def close(self, order_id: int, *, execution_time: int | None=None) -> None:
        ...

class RawOrderResource:

    def __init__(self, resource: OrderResource) -> None:
        ...

class AsyncRawOrderResource:

    def __init__(self, resource: AsyncOrderResource) -> None:
        ...
