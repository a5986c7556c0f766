"""Stand-ins for the network: an exchange that gives the answers a test planned and refuses every other call."""

from __future__ import annotations

import asyncio
import base64
import inspect
import json
import threading
from collections.abc import Callable, Mapping
from operator import attrgetter
from typing import Any, Self
from urllib.parse import parse_qsl

import attrs
import pytest
from coinbase_pro_sdk import AsyncCoinbasePro, CoinbasePro
from coinbase_pro_sdk._runtime.http import httpx
from freqtrade_sdk import AsyncFreqtrade, Freqtrade
from onefox_sdk import AsyncOneFox, OneFox

COINBASE_URL = "https://coinbase.test"
FREQTRADE_URL = "http://127.0.0.1:8080"  # never connected to
ONEFOX_URL = "https://fox.test/api/v1"

COINBASE_KEYS = {"key": "key-of-a-test", "secret": "c2VjcmV0LW9mLWEtdGVzdA==", "passphrase": "phrase-of-a-test"}
FREQTRADE_LOGIN = {"username": "Freqtrader", "password": "SuperSecret1!"}
ONEFOX_TOKEN = {"token": "TOKEN0000000000000000000000000000"}

LOGIN = "/api/v1/token/login"
REFRESH = "/api/v1/token/refresh"

both = pytest.mark.parametrize("asynchronous", [False, True], ids=["sync", "async"])


class Unplanned(AssertionError):
    """A call that the test did not plan."""


@attrs.frozen
class Seen:
    """A request as it reached the exchange."""

    method: str
    target: str
    """Path and query as on the request line."""
    headers: Mapping[str, str]
    """Names in lower case."""
    body: bytes
    timeout: Mapping[str, float]

    @property
    def path(self) -> str:
        return self.target.partition("?")[0]

    @property
    def query(self) -> list[tuple[str, str]]:
        return parse_qsl(self.target.partition("?")[2], keep_blank_values=True)

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@attrs.frozen
class Reply:
    """A planned answer: the body is sent as it is if it is text or bytes, as JSON otherwise."""

    body: Any = None
    status: int = 200
    headers: Mapping[str, str] = attrs.field(factory=dict[str, str])

    @property
    def content(self) -> bytes:
        if isinstance(self.body, bytes):
            return self.body
        return (self.body if isinstance(self.body, str) else json.dumps(self.body)).encode()


Plan = Reply | Exception | Callable[[Seen], Reply]


class Exchange(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """Sits under an httpx client. As a context manager it also checks that every planned call was made."""

    def __init__(self) -> None:
        self.seen: list[Seen] = []
        self.unplanned: list[str] = []
        self.closed = False
        self._once: dict[tuple[str, str], list[Plan]] = {}
        self._always: dict[tuple[str, str], Plan] = {}
        self._otherwise: Plan | None = None
        self._lock = threading.Lock()

    def on(self, method: str, path: str, *plans: Any) -> Self:
        """Plan one call for each answer (a Reply, a body, an exception, or a function of the request)."""
        self._once.setdefault((method, path), []).extend(map(_plan, plans))
        return self

    def always(self, method: str, path: str, plan: Any) -> Self:
        """Plan any number of calls, none included."""
        self._always[method, path] = _plan(plan)
        return self

    def otherwise(self, plan: Any) -> Self:
        """Plan every call that nothing else is planned for."""
        self._otherwise = _plan(plan)
        return self

    def count(self, path: str) -> int:
        return sum(seen.path == path for seen in self.seen)

    @property
    def last(self) -> Seen:
        return self.seen[-1]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: object = None, error: object = None, trace: object = None, /) -> None:
        if kind is None:
            assert self.unplanned == []
            left = {route: len(plans) for route, plans in self._once.items() if plans}
            assert left == {}, f"planned, but never called: {left}"

    def close(self) -> None:
        self.closed = True

    async def aclose(self) -> None:
        self.closed = True

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        return self._answer(request, request.read())

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        body = await request.aread()
        await asyncio.sleep(0)  # let other tasks overtake, as they do on a network
        return self._answer(request, body)

    def _answer(self, request: httpx.Request, body: bytes) -> httpx.Response:
        target = request.extensions["target"].decode()
        headers = {name.lower(): value for name, value in request.headers.items()}
        seen = Seen(request.method, target, headers, body, request.extensions["timeout"])
        route = seen.method, seen.path
        with self._lock:
            self.seen.append(seen)
            plans = self._once.get(route)
            plan = plans.pop(0) if plans else self._always.get(route, self._otherwise)
        if plan is None:
            self.unplanned.append(f"{seen.method} {seen.path}")
            raise Unplanned(f"unplanned call: {seen.method} {seen.path}")
        if isinstance(plan, Exception):
            raise plan
        reply = plan if isinstance(plan, Reply) else plan(seen)
        return httpx.Response(reply.status, headers=dict(reply.headers), content=reply.content, request=request)


def _plan(plan: Any) -> Plan:
    return plan if isinstance(plan, (Reply, Exception)) or callable(plan) else Reply(plan)


def coinbase(wire: Exchange, asynchronous: bool = False, **options: Any) -> Any:
    usual = {"base_url": COINBASE_URL, **COINBASE_KEYS}
    return _client(CoinbasePro, AsyncCoinbasePro, wire, asynchronous, usual, options)


def freqtrade(wire: Exchange, asynchronous: bool = False, **options: Any) -> Any:
    usual = {"base_url": FREQTRADE_URL, **FREQTRADE_LOGIN}
    return _client(Freqtrade, AsyncFreqtrade, wire, asynchronous, usual, options)


def onefox(wire: Exchange, asynchronous: bool = False, **options: Any) -> Any:
    usual = {"base_url": ONEFOX_URL, **ONEFOX_TOKEN}
    return _client(OneFox, AsyncOneFox, wire, asynchronous, usual, options)


def _client(
    sync: Any, async_: Any, wire: Exchange, asynchronous: bool, usual: Mapping[str, Any], options: Mapping[str, Any]
) -> Any:
    """A client that sends everything once, so that a plan is a plan of calls."""
    http_client = httpx.AsyncClient(transport=wire) if asynchronous else httpx.Client(transport=wire)
    return (async_ if asynchronous else sync)(**{"http_client": http_client, "max_retries": 0, **usual, **options})


def run(client: Any, operation: str, *args: Any, **kwargs: Any) -> Any:
    """Call an operation by its dotted name, on either kind of client, and wait for the result."""
    return wait(attrgetter(operation)(client)(*args, **kwargs))


def wait(result: Any) -> Any:
    """What a call gives back; for an asynchronous one, once it is done."""
    return asyncio.run(result) if inspect.iscoroutine(result) else result


def jwt(name: str = "a", *, iat: float = 1597048800, lifetime: float = 900, **claims: Any) -> str:
    """A token of the form that Freqtrade issues, with a signature that nobody checks."""
    payload = {"iat": iat, "nbf": iat, "exp": iat + lifetime, "jti": name, **claims}
    return ".".join(map(_segment, ({"typ": "JWT", "alg": "HS256"}, payload, {"signature-of": name})))


def _segment(value: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def tokens(name: str = "a", *, lifetime: float = 900, refresh_lifetime: float = 2_592_000) -> dict[str, str]:
    """The answer to a login."""
    return {
        "access_token": jwt(f"access-{name}", lifetime=lifetime),
        "refresh_token": jwt(f"refresh-{name}", lifetime=refresh_lifetime),
    }


def enveloped(result: Any, **more: Any) -> dict[str, Any]:
    """A 1Fox answer around a result."""
    return {"server_time": "2018-02-01T13:05:26.018431Z", "error": False, "warning": False, "response": result, **more}


# Answers that fit the documents.

ORDER = {
    "id": "d1f5c6b2-8a3e-4f17-b0c9-62a7e54d3b10",
    "price": "7150.25000000",
    "size": "0.50000000",
    "product_id": "BTC-USD",
    "side": "buy",
    "stp": "dc",
    "type": "limit",
    "time_in_force": "GTC",
    "post_only": True,
    "created_at": "2019-11-20T09:15:27.48213Z",
    "fill_fees": "0.0000000000000000",
    "filled_size": "0.00000000",
    "executed_value": "0.0000000000000000",
    "status": "pending",
    "settled": False,
}
ACCOUNT = {
    "id": "9e7d5b3a-1c2f-4e60-8a94-6b5c4d3e2f10",
    "currency": "BTC",
    "balance": "1.100000000000",
    "available": "1.00000000",
    "hold": "0.1",
    "profile_id": "5b1c0c8e-2a0d-4c55-9a3b-7a3f6f0f9d11",
}
TICKER = {
    "trade_id": 78654321,
    "price": "7162.10",
    "size": "0.04",
    "time": "2019-11-20T09:17:03.664281Z",
    "bid": "7162.09",
    "ask": "7162.10",
    "volume": "9127.40631827",
}
FOX_TICKERS = {"BTCUSD": {"bid": "4300", "ask": "4301.5", "last": "4301"}}
UUID_1 = "7be21d04-95c8-4a6f-8d33-1f0c2e9a4b65"
UUID_2 = "9e7d5b3a-1c2f-4e60-8a94-6b5c4d3e2f10"


def trade(number: int) -> dict[str, Any]:
    """A public trade of Coinbase Pro."""
    return {
        "time": "2019-11-20T09:17:03.664Z",
        "trade_id": number,
        "price": "7162.10000000",
        "size": "0.04000000",
        "side": "buy",
    }


def index_point(number: int) -> dict[str, Any]:
    """An index price of 1Fox."""
    return {"date": "2018-02-01T13:05:00.000000Z", "index_price": str(number), "market_price": str(number)}
