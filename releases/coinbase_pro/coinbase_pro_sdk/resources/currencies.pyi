import builtins
from .._runtime.client import AsyncResource, Resource, async_raw, raw
from .._runtime.operation import Operation
from ..models import Currency
__all__ = ['AsyncCurrenciesResource', 'AsyncRawCurrenciesResource', 'CurrenciesResource', 'RawCurrenciesResource']

class CurrenciesResource(Resource):

    def list(self) -> builtins.list[Currency]:
        ...

class AsyncCurrenciesResource(AsyncResource):

    async def list(self) -> builtins.list[Currency]:
        ...

class RawCurrenciesResource:

    def __init__(self, resource: CurrenciesResource) -> None:
        ...

class AsyncRawCurrenciesResource:

    def __init__(self, resource: AsyncCurrenciesResource) -> None:
        ...
