import builtins
from .._runtime.client import AsyncResource, Resource, async_raw, raw
from .._runtime.operation import Operation
from ..models import CoinbaseAccount
__all__ = ['AsyncCoinbaseAccountsResource', 'AsyncRawCoinbaseAccountsResource', 'CoinbaseAccountsResource', 'RawCoinbaseAccountsResource']

class CoinbaseAccountsResource(Resource):

    def list(self) -> builtins.list[CoinbaseAccount]:
        ...

class AsyncCoinbaseAccountsResource(AsyncResource):

    async def list(self) -> builtins.list[CoinbaseAccount]:
        ...

class RawCoinbaseAccountsResource:

    def __init__(self, resource: CoinbaseAccountsResource) -> None:
        ...

class AsyncRawCoinbaseAccountsResource:

    def __init__(self, resource: AsyncCoinbaseAccountsResource) -> None:
        ...
