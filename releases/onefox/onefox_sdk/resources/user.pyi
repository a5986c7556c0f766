from .._runtime.arguments import Whole
from .._runtime.client import AsyncResource, Resource, async_raw, raw
from .._runtime.operation import Operation, Parameter
from ..models import Envelope, Overview, User
__all__ = ['AsyncRawUserResource', 'AsyncUserResource', 'RawUserResource', 'UserResource']

class UserResource(Resource):

    def get(self, *, execution_time: int | None=None) -> User:
        ...

    def overview(self, *, execution_time: int | None=None) -> Overview:
        ...

class AsyncUserResource(AsyncResource):

    async def get(self, *, execution_time: int | None=None) -> User:
        ...

    async def overview(self, *, execution_time: int | None=None) -> Overview:
        ...

class RawUserResource:

    def __init__(self, resource: UserResource) -> None:
        ...

class AsyncRawUserResource:

    def __init__(self, resource: AsyncUserResource) -> None:
        ...
