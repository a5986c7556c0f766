import builtins
from datetime import datetime
from typing import Literal, overload
from .._runtime.arguments import Instant, Text, Whole
from .._runtime.client import AsyncResource, Resource, async_raw, raw
from .._runtime.operation import Operation, Pagination, Parameter
from .._runtime.pages import AsyncPage, Page
from .._runtime.rules import Needs, NotTogether
from ..models import Candle, FullOrderBook, OrderBook, Product, Stats, Ticker, Trade
__all__ = ['AsyncProductsResource', 'AsyncRawProductsResource', 'ProductsResource', 'RawProductsResource']

class ProductsResource(Resource):

    def list(self) -> builtins.list[Product]:
        ...

    @overload
    def order_book(self, product_id: str, *, level: Literal[3]) -> FullOrderBook:
        ...

    @overload
    def order_book(self, product_id: str, *, level: Literal[1, 2] | None=None) -> OrderBook:
        ...

    @overload
    def order_book(self, product_id: str, *, level: int | None=None) -> OrderBook | FullOrderBook:
        ...

    def order_book(self, product_id: str, *, level: int | None=None) -> OrderBook | FullOrderBook:
        ...

    def ticker(self, product_id: str) -> Ticker:
        ...

    def trades(self, product_id: str, *, limit: int | None=None, before: str | None=None, after: str | None=None) -> Page[Trade]:
        ...

    def historic_rates(self, product_id: str, *, granularity: int | None=None, start: datetime | None=None, end: datetime | None=None) -> builtins.list[Candle]:
        ...

    def stats(self, product_id: str) -> Stats:
        ...

class AsyncProductsResource(AsyncResource):

    async def list(self) -> builtins.list[Product]:
        ...

    @overload
    async def order_book(self, product_id: str, *, level: Literal[3]) -> FullOrderBook:
        ...

    @overload
    async def order_book(self, product_id: str, *, level: Literal[1, 2] | None=None) -> OrderBook:
        ...

    @overload
    async def order_book(self, product_id: str, *, level: int | None=None) -> OrderBook | FullOrderBook:
        ...

    async def order_book(self, product_id: str, *, level: int | None=None) -> OrderBook | FullOrderBook:
        ...

    async def ticker(self, product_id: str) -> Ticker:
        ...

    async def trades(self, product_id: str, *, limit: int | None=None, before: str | None=None, after: str | None=None) -> AsyncPage[Trade]:
        ...

    async def historic_rates(self, product_id: str, *, granularity: int | None=None, start: datetime | None=None, end: datetime | None=None) -> builtins.list[Candle]:
        ...

    async def stats(self, product_id: str) -> Stats:
        ...

class RawProductsResource:

    def __init__(self, resource: ProductsResource) -> None:
        ...

class AsyncRawProductsResource:

    def __init__(self, resource: AsyncProductsResource) -> None:
        ...
