from .._runtime.client import AsyncResource, Resource, async_raw, raw
from .._runtime.operation import Operation
from ..models import TrailingVolume
__all__ = ['AsyncRawUsersResource', 'AsyncUsersResource', 'RawUsersResource', 'UsersResource']

class UsersResource(Resource):

    def trailing_volume(self) -> list[TrailingVolume]:
        ...

class AsyncUsersResource(AsyncResource):

    async def trailing_volume(self) -> list[TrailingVolume]:
        ...

class RawUsersResource:

    def __init__(self, resource: UsersResource) -> None:
        ...

class AsyncRawUsersResource:

    def __init__(self, resource: AsyncUsersResource) -> None:
        ...
