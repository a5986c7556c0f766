import builtins
from collections.abc import Sequence
from decimal import Decimal
from uuid import UUID
from .._runtime.arguments import Amount, Choice, Flag, Items, Text, Uid, Whole
from .._runtime.client import AsyncResource, Resource, async_raw, raw
from .._runtime.operation import Lookup, Operation, Pagination, Parameter
from .._runtime.pages import AsyncPage, Page
from .._runtime.rules import ExactlyOne, Needs, NotTogether, When
from ..models import CancelAfter, Order, OrderStatusFilter, SelfTradePrevention, Side, StopDirection, TimeInForce
__all__ = ['AsyncOrdersResource', 'AsyncRawOrdersResource', 'OrdersResource', 'RawOrdersResource']

class OrdersResource(Resource):

    def limit(self, side: Side | str, product_id: str, price: Decimal | int | str, size: Decimal | int | str, *, time_in_force: TimeInForce | str | None=None, cancel_after: CancelAfter | str | None=None, post_only: bool | None=None, client_oid: UUID | str | None=None, stp: SelfTradePrevention | str | None=None, stop: StopDirection | str | None=None, stop_price: Decimal | int | str | None=None) -> Order:
        ...

    def market(self, side: Side | str, product_id: str, *, size: Decimal | int | str | None=None, funds: Decimal | int | str | None=None, client_oid: UUID | str | None=None, stp: SelfTradePrevention | str | None=None, stop: StopDirection | str | None=None, stop_price: Decimal | int | str | None=None) -> Order:
        ...

    def list(self, *, status: Sequence[OrderStatusFilter | str] | None=None, product_id: str | None=None, limit: int | None=None, before: str | None=None, after: str | None=None) -> Page[Order]:
        ...

    def cancel_all(self, *, product_id: str | None=None) -> builtins.list[UUID]:
        ...

    def get(self, order_id: str) -> Order:
        ...

    def cancel(self, order_id: str, *, product_id: str | None=None) -> str | builtins.list[str]:
        ...

class AsyncOrdersResource(AsyncResource):

    async def limit(self, side: Side | str, product_id: str, price: Decimal | int | str, size: Decimal | int | str, *, time_in_force: TimeInForce | str | None=None, cancel_after: CancelAfter | str | None=None, post_only: bool | None=None, client_oid: UUID | str | None=None, stp: SelfTradePrevention | str | None=None, stop: StopDirection | str | None=None, stop_price: Decimal | int | str | None=None) -> Order:
        ...

    async def market(self, side: Side | str, product_id: str, *, size: Decimal | int | str | None=None, funds: Decimal | int | str | None=None, client_oid: UUID | str | None=None, stp: SelfTradePrevention | str | None=None, stop: StopDirection | str | None=None, stop_price: Decimal | int | str | None=None) -> Order:
        ...

    async def list(self, *, status: Sequence[OrderStatusFilter | str] | None=None, product_id: str | None=None, limit: int | None=None, before: str | None=None, after: str | None=None) -> AsyncPage[Order]:
        ...

    async def cancel_all(self, *, product_id: str | None=None) -> builtins.list[UUID]:
        ...

    async def get(self, order_id: str) -> Order:
        ...

    async def cancel(self, order_id: str, *, product_id: str | None=None) -> str | builtins.list[str]:
        ...

class RawOrdersResource:

    def __init__(self, resource: OrdersResource) -> None:
        ...

class AsyncRawOrdersResource:

    def __init__(self, resource: AsyncOrdersResource) -> None:
        ...
