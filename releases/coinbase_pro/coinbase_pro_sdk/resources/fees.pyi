from .._runtime.client import AsyncResource, Resource, async_raw, raw
from .._runtime.operation import Operation
from ..models import Fees
__all__ = ['AsyncFeesResource', 'AsyncRawFeesResource', 'FeesResource', 'RawFeesResource']

class FeesResource(Resource):

    def get(self) -> Fees:
        ...

class AsyncFeesResource(AsyncResource):

    async def get(self) -> Fees:
        ...

class RawFeesResource:

    def __init__(self, resource: FeesResource) -> None:
        ...

class AsyncRawFeesResource:

    def __init__(self, resource: AsyncFeesResource) -> None:
        ...
