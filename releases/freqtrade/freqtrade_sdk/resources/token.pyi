from .._runtime.client import AsyncResource, Resource, async_raw, raw
from .._runtime.operation import Operation
from ..models import AccessToken, Tokens
__all__ = ['AsyncRawTokenResource', 'AsyncTokenResource', 'RawTokenResource', 'TokenResource']

class TokenResource(Resource):

    def login(self) -> Tokens:
        ...

    def refresh(self, *, refresh_token: str | None=None) -> AccessToken:
        ...

class AsyncTokenResource(AsyncResource):

    async def login(self) -> Tokens:
        ...

    async def refresh(self, *, refresh_token: str | None=None) -> AccessToken:
        ...

class RawTokenResource:

    def __init__(self, resource: TokenResource) -> None:
        ...

class AsyncRawTokenResource:

    def __init__(self, resource: AsyncTokenResource) -> None:
        ...
