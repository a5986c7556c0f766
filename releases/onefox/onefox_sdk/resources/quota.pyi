from .._runtime.arguments import Whole
from .._runtime.client import AsyncResource, Resource, async_raw, raw
from .._runtime.operation import Operation, Parameter
from ..models import Envelope, Quota
__all__ = ['AsyncQuotaResource', 'AsyncRawQuotaResource', 'QuotaResource', 'RawQuotaResource']

class QuotaResource(Resource):

    def status(self, *, execution_time: int | None=None) -> Quota:
        ...

class AsyncQuotaResource(AsyncResource):

    async def status(self, *, execution_time: int | None=None) -> Quota:
        ...

class RawQuotaResource:

    def __init__(self, resource: QuotaResource) -> None:
        ...

class AsyncRawQuotaResource:

    def __init__(self, resource: AsyncQuotaResource) -> None:
        ...
