import builtins
from collections.abc import Sequence
from datetime import datetime
from .._runtime.arguments import Instant, Items, Text, Whole
from .._runtime.client import AsyncResource, Resource, async_raw, raw
from .._runtime.operation import Operation, Pagination, Parameter
from .._runtime.pages import AsyncPage, Page
from .._runtime.wire import PhpMap
from ..models import Bar, Envelope, IndexPoint, Market, MarketDetails, OrderBook, Ticker, Trade
__all__ = ['AsyncMarketResource', 'AsyncRawMarketResource', 'MarketResource', 'RawMarketResource']

class MarketResource(Resource):

    def list(self, *, execution_time: int | None=None) -> dict[str, Market]:
        ...

    def get(self, symbol: str, *, execution_time: int | None=None) -> MarketDetails:
        ...

    def bars(self, symbol: str, resolution: int, *, date_start: datetime | None=None, date_end: datetime | None=None, limit: int | None=None, execution_time: int | None=None) -> builtins.list[Bar]:
        ...

    def orderbook(self, symbol: str, *, depth: int | None=None, execution_time: int | None=None) -> OrderBook:
        ...

    def ticker(self, symbols: Sequence[str], *, execution_time: int | None=None) -> dict[str, Ticker]:
        ...

    def index_history(self, symbol: str, *, limit: int | None=None, offset: int | None=None, execution_time: int | None=None) -> Page[IndexPoint]:
        ...

    def trades(self, symbol: str, *, limit: int | None=None, execution_time: int | None=None) -> builtins.list[Trade]:
        ...

class AsyncMarketResource(AsyncResource):

    async def list(self, *, execution_time: int | None=None) -> dict[str, Market]:
        ...

    async def get(self, symbol: str, *, execution_time: int | None=None) -> MarketDetails:
        ...

    async def bars(self, symbol: str, resolution: int, *, date_start: datetime | None=None, date_end: datetime | None=None, limit: int | None=None, execution_time: int | None=None) -> builtins.list[Bar]:
        ...

    async def orderbook(self, symbol: str, *, depth: int | None=None, execution_time: int | None=None) -> OrderBook:
        ...

    async def ticker(self, symbols: Sequence[str], *, execution_time: int | None=None) -> dict[str, Ticker]:
        ...

    async def index_history(self, symbol: str, *, limit: int | None=None, offset: int | None=None, execution_time: int | None=None) -> AsyncPage[IndexPoint]:
        ...

    async def trades(self, symbol: str, *, limit: int | None=None, execution_time: int | None=None) -> builtins.list[Trade]:
        ...

class RawMarketResource:

    def __init__(self, resource: MarketResource) -> None:
        ...

class AsyncRawMarketResource:

    def __init__(self, resource: AsyncMarketResource) -> None:
        ...
