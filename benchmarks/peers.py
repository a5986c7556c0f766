"""Everything that is measured side by side: how to make it, and one call of it, with what the call must give.

Each function imports what it measures, so that a process holds one peer only. A blocking peer gives a function, an
asynchronous one a coroutine function. `check` looks at what a call gave, outside of the measure.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from benchmarks.replies import TICKER

KEYS = {"key": "0" * 32, "secret": "c2VjcmV0" * 11, "passphrase": "passphrase"}


@dataclass(frozen=True)
class Peer:
    """One way to make a call, ready to be called."""

    call: Callable[[], Any]
    check: Callable[[Any], object]


def _ticker(bid: object, ask: object, price: object) -> None:
    got, expected = [str(bid), str(ask), str(price)], [TICKER["bid"], TICKER["ask"], TICKER["price"]]
    assert got == expected, got


def _of_fields(result: Any) -> None:
    _ticker(result.bid, result.ask, result.price)


def _of_dict(result: Any) -> None:
    _ticker(result["bid"], result["ask"], result["price"])


def _is_order(order: Any) -> None:
    assert str(order.id) == "d0c5340b-6d6c-49d9-b567-48c4bfca13d2", order


# Blocking


def ours(url: str) -> Peer:
    from coinbase_pro_sdk import CoinbasePro

    client = CoinbasePro(base_url=url)
    return Peer(lambda: client.products.ticker("BTC-USD"), _exact)


def _exact(ticker: Any) -> None:
    from datetime import timedelta
    from decimal import Decimal

    assert type(ticker.bid) is Decimal
    assert ticker.time.utcoffset() == timedelta(0)
    _of_fields(ticker)


def ours_over_httpx_client(url: str) -> Peer:
    import httpx
    from coinbase_pro_sdk import CoinbasePro

    client = CoinbasePro(base_url=url, http_client=httpx.Client())
    return Peer(lambda: client.products.ticker("BTC-USD"), _exact)


def cbpro(url: str) -> Peer:
    from cbpro import PublicClient

    client = PublicClient(api_url=url)
    return Peer(lambda: client.get_product_ticker("BTC-USD"), _of_dict)


def ccxt(url: str) -> Peer:
    from ccxt import coinbaseexchange

    client = coinbaseexchange({"enableRateLimit": False})
    client.urls["api"] = dict.fromkeys(client.urls["api"], url)
    client.load_markets()
    return Peer(lambda: client.fetch_ticker("BTC/USD"), _of_ccxt)


def _of_ccxt(ticker: Any) -> None:
    assert (ticker["bid"], ticker["ask"], ticker["last"]) == (7162.08, 7162.09, 7162.09), ticker


def coinbase_advanced(url: str) -> Peer:
    from coinbase.rest import RESTClient
    from requests.adapters import HTTPAdapter

    class Plain(HTTPAdapter):
        """The client knows https only."""

        def send(self, request: Any, *args: Any, **options: Any) -> Any:
            request.url = "http" + request.url[5:]
            return super().send(request, *args, **options)

    client = RESTClient(base_url=url.removeprefix("http://"))
    client.session.mount("https://", Plain())
    return Peer(
        lambda: client.get_public_market_trades("BTC-USD", 1),
        lambda result: _ticker(result.best_bid, result.best_ask, result.trades[0].price),
    )


def stock(url: str) -> Peer:
    from stock_coinbase_pro import Client
    from stock_coinbase_pro.api.products import products_ticker

    client = Client(base_url=url)
    return Peer(lambda: products_ticker.sync("BTC-USD", client=client), _of_fields)


def openapi_generator(url: str) -> Peer:
    from openapi_generator_coinbase_pro import ApiClient, Configuration, ProductsApi

    api = ProductsApi(ApiClient(Configuration(host=url)))
    return Peer(lambda: api.products_ticker("BTC-USD"), _of_fields)


def httpx_client(url: str) -> Peer:
    import httpx

    client = httpx.Client()
    address = url + "/products/BTC-USD/ticker"
    return Peer(lambda: client.get(address).json(), _of_dict)


def requests_session(url: str) -> Peer:
    import requests

    session = requests.Session()
    address = url + "/products/BTC-USD/ticker"
    return Peer(lambda: session.get(address).json(), _of_dict)


def pyreqwest(url: str) -> Peer:
    from pyreqwest.client import SyncClientBuilder

    client = SyncClientBuilder().build()
    address = url + "/products/BTC-USD/ticker"
    return Peer(lambda: client.get(address).build().send().json(), _of_dict)


def raw_socket(url: str) -> Peer:
    import socket

    host, _, port = url.removeprefix("http://").partition(":")
    connection = socket.create_connection((host, int(port)))
    request = _raw_request(url)

    def call() -> Any:
        connection.sendall(request)
        return json.loads(connection.recv(65536).partition(b"\r\n\r\n")[2])

    return Peer(call, _of_dict)


def _raw_request(url: str) -> bytes:
    return f"GET /products/BTC-USD/ticker HTTP/1.1\r\nHost: {url.removeprefix('http://')}\r\n\r\n".encode()


def ours_freqtrade(url: str) -> Peer:
    from freqtrade_sdk import Freqtrade

    bot = Freqtrade(base_url=url, username="user", password="password")
    return Peer(bot.count, lambda count: _is_count(count.current, count.max))


def freqtrade_client(url: str) -> Peer:
    from freqtrade_client import FtRestClient

    bot = FtRestClient(url, "user", "password")
    return Peer(bot.count, lambda count: _is_count(count["current"], count["max"]))


def _is_count(current: object, most: object) -> None:
    assert (current, most) == (2, 5)


# Signing


def signed_order(url: str) -> Peer:
    from coinbase_pro_sdk import CoinbasePro

    client = CoinbasePro(base_url=url, **KEYS)
    return Peer(lambda: client.orders.limit("buy", "BTC-USD", "7150.25", "0.5"), _is_order)


def unsigned_order(url: str) -> Peer:
    """The same order, were it open to everyone."""
    import msgspec
    from coinbase_pro_sdk import CoinbasePro
    from coinbase_pro_sdk.resources import orders

    orders.LIMIT = msgspec.structs.replace(orders.LIMIT, security=((),))
    client = CoinbasePro(base_url=url)
    return Peer(lambda: client.orders.limit("buy", "BTC-USD", "7150.25", "0.5"), _is_order)


def cbpro_order(url: str) -> Peer:
    from cbpro import AuthenticatedClient

    client = AuthenticatedClient(KEYS["key"], KEYS["secret"], KEYS["passphrase"], api_url=url)

    def call() -> Any:
        return client.place_limit_order(product_id="BTC-USD", side="buy", price="7150.25", size="0.5")

    return Peer(call, lambda order: _is_order(_Fields(order)))


class _Fields:
    def __init__(self, values: dict[str, Any]) -> None:
        self.__dict__.update(values)


# Asynchronous


async def ours_async(url: str) -> Peer:
    from coinbase_pro_sdk import AsyncCoinbasePro

    client = AsyncCoinbasePro(base_url=url, timeout=60)
    return Peer(lambda: client.products.ticker("BTC-USD"), _exact)


async def copra(url: str) -> Peer:
    import asyncio

    from copra.rest import Client

    client = Client(asyncio.get_running_loop(), url=url)
    return Peer(lambda: client.ticker("BTC-USD"), _of_copra)


def _of_copra(ticker: Any) -> None:
    _of_dict(ticker)


async def ccxt_async(url: str) -> Peer:
    from ccxt.async_support import coinbaseexchange

    client = coinbaseexchange({"enableRateLimit": False})
    client.urls["api"] = dict.fromkeys(client.urls["api"], url)
    await client.load_markets()
    return Peer(lambda: client.fetch_ticker("BTC/USD"), _of_ccxt)


async def stock_async(url: str) -> Peer:
    from stock_coinbase_pro import Client
    from stock_coinbase_pro.api.products import products_ticker

    client = Client(base_url=url)
    return Peer(lambda: products_ticker.asyncio("BTC-USD", client=client), _of_fields)


async def httpx_async(url: str) -> Peer:
    import httpx

    client = httpx.AsyncClient(timeout=60)
    address = url + "/products/BTC-USD/ticker"

    async def call() -> Any:
        return (await client.get(address)).json()

    return Peer(call, _of_dict)


async def aiohttp(url: str) -> Peer:
    from aiohttp import ClientSession

    session = ClientSession()
    address = url + "/products/BTC-USD/ticker"

    async def call() -> Any:
        async with session.get(address) as response:
            return json.loads(await response.read())

    return Peer(call, _of_dict)


async def pyreqwest_async(url: str) -> Peer:
    from pyreqwest.client import ClientBuilder

    client = ClientBuilder().build()
    address = url + "/products/BTC-USD/ticker"

    async def call() -> Any:
        return await (await client.get(address).build().send()).json()

    return Peer(call, _of_dict)


async def raw_async(url: str) -> Peer:
    import asyncio

    host, _, port = url.removeprefix("http://").partition(":")
    request = _raw_request(url)
    idle: list[_RawConnection] = []

    class _RawConnection(asyncio.Protocol):
        answer: asyncio.Future[bytes]
        transport: asyncio.Transport

        def connection_made(self, transport: Any) -> None:
            self.transport = transport

        def data_received(self, data: bytes) -> None:
            self.answer.set_result(data)

    loop = asyncio.get_running_loop()

    async def call() -> Any:
        connection = idle.pop() if idle else (await loop.create_connection(_RawConnection, host, int(port)))[1]
        connection.answer = loop.create_future()
        connection.transport.write(request)
        data = await connection.answer
        idle.append(connection)
        return json.loads(data.partition(b"\r\n\r\n")[2])

    return Peer(call, _of_dict)


BLOCKING: dict[str, Callable[[str], Peer]] = {
    "tradeloom": ours,
    "tradeloom, http_client=httpx.Client()": ours_over_httpx_client,
    "cbpro": cbpro,
    "ccxt": ccxt,
    "coinbase-advanced-py": coinbase_advanced,
    "openapi-python-client": stock,
    "openapi-generator": openapi_generator,
    "httpx.Client": httpx_client,
    "requests.Session": requests_session,
    "pyreqwest": pyreqwest,
    "raw socket": raw_socket,
}
FREQTRADE: dict[str, Callable[[str], Peer]] = {"tradeloom": ours_freqtrade, "freqtrade-client": freqtrade_client}
ORDERS: dict[str, Callable[[str], Peer]] = {
    "tradeloom, unsigned ticker": ours,
    "tradeloom, unsigned order": unsigned_order,
    "tradeloom, signed order": signed_order,
    "cbpro, signed order": cbpro_order,
}
ASYNC: dict[str, Callable[[str], Awaitable[Peer]]] = {
    "tradeloom": ours_async,
    "CoPrA": copra,
    "ccxt": ccxt_async,
    "openapi-python-client": stock_async,
    "httpx.AsyncClient": httpx_async,
    "aiohttp": aiohttp,
    "pyreqwest": pyreqwest_async,
    "raw socket": raw_async,
}
GROUPS: dict[str, dict[str, Any]] = {
    "blocking": BLOCKING,
    "freqtrade": FREQTRADE,
    "orders": ORDERS,
    "async": ASYNC,
}
