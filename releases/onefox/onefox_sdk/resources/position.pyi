from collections.abc import Sequence
from decimal import Decimal
from .._runtime.arguments import Amount, Items, Whole
from .._runtime.client import AsyncResource, Resource, async_raw, raw
from .._runtime.operation import Operation, Pagination, Parameter
from .._runtime.pages import AsyncPage, Page
from .._runtime.rules import AtLeastOne
from ..models import ClosedPosition, Envelope, Fee, MergedPosition, PositionEdit, PositionTrade
__all__ = ['AsyncPositionResource', 'AsyncRawPositionResource', 'PositionResource', 'RawPositionResource']

class PositionResource(Resource):

    def edit(self, position_id: int, *, stop_loss: Decimal | int | str | None=None, take_profit: Decimal | int | str | None=None, execution_time: int | None=None) -> PositionEdit:
        ...

    def history(self, *, limit: int | None=None, offset: int | None=None, execution_time: int | None=None) -> Page[ClosedPosition]:
        ...

    def close(self, position_id: int, *, execution_time: int | None=None) -> None:
        ...

    def trades(self, position_id: int, *, limit: int | None=None, offset: int | None=None, execution_time: int | None=None) -> Page[PositionTrade]:
        ...

    def fees(self, position_id: int, *, limit: int | None=None, offset: int | None=None, execution_time: int | None=None) -> Page[Fee]:
        ...

    def merge(self, position_ids: Sequence[int], *, execution_time: int | None=None) -> MergedPosition:
        ...

class AsyncPositionResource(AsyncResource):

    async def edit(self, position_id: int, *, stop_loss: Decimal | int | str | None=None, take_profit: Decimal | int | str | None=None, execution_time: int | None=None) -> PositionEdit:
        ...

    async def history(self, *, limit: int | None=None, offset: int | None=None, execution_time: int | None=None) -> AsyncPage[ClosedPosition]:
        ...

    async def close(self, position_id: int, *, execution_time: int | None=None) -> None:
        ...

    async def trades(self, position_id: int, *, limit: int | None=None, offset: int | None=None, execution_time: int | None=None) -> AsyncPage[PositionTrade]:
        ...

    async def fees(self, position_id: int, *, limit: int | None=None, offset: int | None=None, execution_time: int | None=None) -> AsyncPage[Fee]:
        ...

    async def merge(self, position_ids: Sequence[int], *, execution_time: int | None=None) -> MergedPosition:
        ...

class RawPositionResource:

    def __init__(self, resource: PositionResource) -> None:
        ...

class AsyncRawPositionResource:

    def __init__(self, resource: AsyncPositionResource) -> None:
        ...
