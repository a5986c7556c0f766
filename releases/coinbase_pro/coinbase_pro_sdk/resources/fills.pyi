from uuid import UUID
from .._runtime.arguments import Text, Uid, Whole
from .._runtime.client import AsyncResource, Resource, async_raw, raw
from .._runtime.operation import Operation, Pagination, Parameter
from .._runtime.pages import AsyncPage, Page
from .._runtime.rules import ExactlyOne, NotTogether
from ..models import Fill
__all__ = ['AsyncFillsResource', 'AsyncRawFillsResource', 'FillsResource', 'RawFillsResource']

class FillsResource(Resource):

    def list(self, *, order_id: UUID | str | None=None, product_id: str | None=None, limit: int | None=None, before: str | None=None, after: str | None=None) -> Page[Fill]:
        ...

class AsyncFillsResource(AsyncResource):

    async def list(self, *, order_id: UUID | str | None=None, product_id: str | None=None, limit: int | None=None, before: str | None=None, after: str | None=None) -> AsyncPage[Fill]:
        ...

class RawFillsResource:

    def __init__(self, resource: FillsResource) -> None:
        ...

class AsyncRawFillsResource:

    def __init__(self, resource: AsyncFillsResource) -> None:
        ...
