"""The clients themselves: options, connections, raw responses, envelopes and their warnings."""

from __future__ import annotations

import asyncio
import copy
import warnings
from pathlib import Path
from typing import Any

import coinbase_pro_sdk._runtime.async_client as async_client_module
import coinbase_pro_sdk._runtime.sync_client as sync_client_module
import pytest
from coinbase_pro_sdk import AsyncCoinbasePro, CoinbasePro, RawResponse
from coinbase_pro_sdk._runtime.http import httpx
from coinbase_pro_sdk.errors import InvalidReply, NotFoundError
from freqtrade_sdk import AsyncFreqtrade, Freqtrade
from onefox_sdk import AsyncOneFox, OneFox, errors
from onefox_sdk.errors import APIWarning

from tests.wires import (
    ACCOUNT,
    FOX_TICKERS,
    LOGIN,
    TICKER,
    Exchange,
    Reply,
    both,
    coinbase,
    enveloped,
    freqtrade,
    onefox,
    run,
    tokens,
    trade,
    wait,
)

KINDS: list[Any] = [CoinbasePro, AsyncCoinbasePro, Freqtrade, AsyncFreqtrade, OneFox, AsyncOneFox]
kinds = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
HERE = Path(__file__).name
LINES = Path(__file__).read_text(encoding="utf-8").splitlines()

# Options


@kinds
def test_a_client_has_a_timeout_and_retries_by_default(kind: Any) -> None:
    client = kind()
    assert client.timeout == 10.0
    assert client.max_retries == 2
    assert repr(client) == f"{kind.__name__}(base_url={client.base_url!r}, timeout=10.0)"


@kinds
@pytest.mark.parametrize(
    ("option", "value", "error"),
    [
        ("timeout", 0, ValueError),
        ("timeout", -1, ValueError),
        ("timeout", float("inf"), ValueError),
        ("timeout", float("nan"), ValueError),
        ("timeout", "5", TypeError),
        ("timeout", True, TypeError),
        ("max_retries", -1, ValueError),
        ("max_retries", 1.0, TypeError),
        ("max_retries", True, TypeError),
        ("max_retries", "2", TypeError),
    ],
)
def test_an_option_that_makes_no_sense_is_refused_by_name(
    kind: Any, option: str, value: Any, error: type[Exception]
) -> None:
    client = kind()
    for refuse in (kind, client.with_options):
        with pytest.raises(error, match=f"^{option}: expected ") as caught:
            refuse(**{option: value})
        assert repr(value) in str(caught.value)


@kinds
@pytest.mark.parametrize("timeout", [None, [], "1"])
def test_there_is_no_call_without_a_timeout(kind: Any, timeout: Any) -> None:
    with pytest.raises(TypeError, match=r"^timeout: "):
        kind(timeout=timeout)


@both
def test_the_timeout_bounds_the_call(asynchronous: bool) -> None:
    with Exchange().on("GET", "/products/BTC-USD/ticker", TICKER, TICKER) as wire:
        client = coinbase(wire, asynchronous, timeout=7)
        run(client, "products.ticker", "BTC-USD")
        run(client.with_options(timeout=0.5), "products.ticker", "BTC-USD")
    first, second = (seen.timeout for seen in wire.seen)
    assert set(first) == {"connect", "read", "write", "pool"}
    assert all(6 < seconds <= 7 for seconds in first.values())
    assert all(0 < seconds <= 0.5 for seconds in second.values())


@both
def test_the_login_takes_its_time_from_the_call(asynchronous: bool) -> None:
    with Exchange().on("POST", LOGIN, tokens()).on("GET", "/api/v1/version", {"version": "1"}) as wire:
        run(freqtrade(wire, asynchronous, timeout=7), "version")
    assert wire.seen[1].timeout["read"] <= wire.seen[0].timeout["read"] <= 7


@both
def test_with_options_leaves_the_original_alone_and_shares_its_connections(asynchronous: bool) -> None:
    with Exchange().on("GET", "/accounts", [ACCOUNT], [ACCOUNT]) as wire:
        client = coinbase(wire, asynchronous, timeout=7, max_retries=1)
        accounts = client.accounts
        other = client.with_options(timeout=3, max_retries=0)
        assert (client.timeout, client.max_retries) == (7, 1)
        assert (other.timeout, other.max_retries) == (3, 0)
        assert type(other) is type(client)
        assert other.base_url == client.base_url
        assert other._transport is client._transport
        assert other._core is client._core
        assert other.accounts is not accounts
        assert client.accounts is accounts
        run(client, "accounts.list")
        run(other, "accounts.list")
    first, second = (seen.timeout["read"] for seen in wire.seen)
    assert 3 < first <= 7  # a try that may be followed by others gets a part of the time
    assert second <= 3
    assert client.with_options().timeout == 7
    assert client.with_options(max_retries=4).timeout == 7


@both
def test_what_with_options_changes_reaches_raw_responses_too(asynchronous: bool) -> None:
    with Exchange().on("GET", "/accounts", [ACCOUNT]) as wire:
        run(coinbase(wire, asynchronous).with_options(timeout=3), "with_raw_response.accounts.list")
    assert round(wire.last.timeout["read"]) == 3


@pytest.mark.parametrize(
    ("base_url", "shown"),
    [
        ("https://h.test/", "https://h.test"),
        ("https://h.test//", "https://h.test"),
        ("https://h.test/a/b/", "https://h.test/a/b"),
        ("http://[::1]:8080/x", "http://[::1]:8080/x"),
        ("https://h.test/a b", "https://h.test/a%20b"),
        ("https://h.test/é", "https://h.test/%C3%A9"),
        ("https://h.test/%41", "https://h.test/%41"),
    ],
)
def test_a_base_url_is_kept_without_its_last_slash(base_url: str, shown: str) -> None:
    for kind in KINDS:
        assert kind(base_url=base_url).base_url == shown


@pytest.mark.parametrize(
    "base_url",
    [
        "h.test",
        "ftp://h.test",
        "https://",
        "https:///x",
        "/api",
        "https://h.test?a=b",
        "https://h.test/#x",
        "https://user@h.test",
        "https://user:word@h.test",
        "https://:word@h.test",
        "http://h.test:abc",
        "http://h.test:99999",
        "http://h st",
        "http://h.test\n",
    ],
)
def test_a_base_url_that_is_no_plain_address_is_refused(base_url: str) -> None:
    for kind in KINDS:
        with pytest.raises(ValueError, match=r"^base_url: expected an address") as caught:
            kind(base_url=base_url)
        assert "word" not in str(caught.value).replace("password", "")


# Closing


@both
def test_a_client_of_one_s_own_is_used_with_its_hooks_and_stays_open(asynchronous: bool) -> None:
    hooked: list[str] = []

    def hook(event: Any) -> None:
        hooked.append(type(event).__name__)

    async def async_hook(event: Any) -> None:
        hooked.append(type(event).__name__)

    with Exchange().on("GET", "/products/BTC-USD/ticker", TICKER, TICKER) as wire:
        one = async_hook if asynchronous else hook
        hooks = {"request": [one], "response": [one]}
        make: Any = httpx.AsyncClient if asynchronous else httpx.Client
        own = make(transport=wire, event_hooks=hooks, headers={"X-Mine": "1"})
        client = coinbase(wire, asynchronous, http_client=own)
        run(client, "products.ticker", "BTC-USD")
        wait(client.close())
        assert not own.is_closed
        assert not wire.closed
        run(client, "products.ticker", "BTC-USD")
    assert hooked == ["Request", "Response"] * 2
    assert wire.last.headers["x-mine"] == "1"


def test_a_blocking_client_is_a_context_manager(monkeypatch: pytest.MonkeyPatch) -> None:
    for kind in (CoinbasePro, Freqtrade, OneFox):
        with kind() as client:
            assert isinstance(client, kind)
            closed: list[bool] = []
            monkeypatch.setattr(client._transport, "close", lambda closed=closed: closed.append(True))
        assert closed == [True]
        client = kind()
        monkeypatch.setattr(client._transport, "close", lambda closed=closed: closed.append(True))
        with pytest.raises(KeyError, match="inside"), client:
            raise KeyError("inside")
        assert closed == [True, True]


async def test_an_asynchronous_client_is_a_context_manager(monkeypatch: pytest.MonkeyPatch) -> None:
    for kind in (AsyncCoinbasePro, AsyncFreqtrade, AsyncOneFox):
        closed: list[bool] = []

        async def close(closed: list[bool] = closed) -> None:
            closed.append(True)

        async with kind() as client:
            assert isinstance(client, kind)
            monkeypatch.setattr(client._transport, "close", close)
        assert closed == [True]


def test_closing_twice_does_no_harm() -> None:
    client = CoinbasePro()
    client.close()
    client.close()

    async def twice() -> None:
        other = AsyncCoinbasePro()
        await other.close()
        await other.close()

    asyncio.run(twice())


def test_resources_are_made_once() -> None:
    for kind in KINDS:
        client = kind()
        assert client.with_raw_response is client.with_raw_response
    assert CoinbasePro().orders is not CoinbasePro().orders
    client = CoinbasePro()
    assert client.orders is client.orders


# Raw responses


@both
def test_a_raw_response_has_everything_and_is_read_when_asked(asynchronous: bool) -> None:
    body = '{"trade_id":5,"price":"1.0","size":"2","time":"2019-11-20T09:17:03Z","bid":"1","ask":"1","volume":"0"}'
    reply = Reply(body, headers={"X-Trace": "t", "CB-After": "5"})
    with Exchange().on("GET", "/products/BTC-USD/ticker", reply) as wire:
        client = coinbase(wire, asynchronous)
        response = run(client, "with_raw_response.products.ticker", "BTC-USD")
    assert isinstance(response, RawResponse)
    assert response.status_code == 200
    assert (response.headers["x-trace"], response.headers["cb-after"]) == ("t", "5")
    assert response.content == body.encode()
    assert response.request.url == "https://coinbase.test/products/BTC-USD/ticker"
    assert 0 <= response.elapsed < 30
    assert response.envelope() is None
    assert response.parse().trade_id == 5
    assert response.parse() == response.parse()
    assert repr(response) == f"<RawResponse [200] {len(body)} bytes>"


@both
def test_a_misfit_shows_only_when_a_raw_response_is_read(asynchronous: bool) -> None:
    with Exchange().on("GET", "/products/BTC-USD/ticker", Reply("<html>", headers={"X-Trace": "t"})) as wire:
        response = run(coinbase(wire, asynchronous), "with_raw_response.products.ticker", "BTC-USD")
    assert response.content == b"<html>"
    with pytest.raises(InvalidReply) as caught:
        response.parse()
    assert (caught.value.content, caught.value.headers["x-trace"]) == (b"<html>", "t")


@both
def test_a_refusal_is_an_error_for_raw_responses_too(asynchronous: bool) -> None:
    with Exchange().on("GET", "/products/BTC-USD/ticker", Reply({"message": "NotFound"}, 404)) as wire:
        client = coinbase(wire, asynchronous)
        with pytest.raises(NotFoundError):
            run(client, "with_raw_response.products.ticker", "BTC-USD")


@both
def test_a_raw_page_is_read_as_a_page_of_plain_pages(asynchronous: bool) -> None:
    with Exchange() as wire:
        wire.on("GET", "/products/BTC-USD/trades", Reply([trade(3), trade(2)], headers={"cb-after": "2"}), [trade(1)])
        client = coinbase(wire, asynchronous)
        response = run(client, "with_raw_response.products.trades", "BTC-USD", limit=2)
        assert len(wire.seen) == 1
        page = response.parse()
        assert [item.trade_id for item in page] == [3, 2]
        following = wait(page.next())
        assert [item.trade_id for item in following] == [1]
    assert wire.last.query == [("limit", "2"), ("after", "2")]


@both
def test_the_envelope_of_a_raw_response_can_be_read(asynchronous: bool) -> None:
    body = enveloped(FOX_TICKERS, execution_time_milliseconds="1.25")
    with Exchange().on("GET", "/api/v1/market/ticker.php", body) as wire:
        response = run(onefox(wire, asynchronous), "with_raw_response.market.ticker", ["BTCUSD"], execution_time=1)
    envelope = response.envelope()
    assert str(envelope.execution_time_milliseconds) == "1.25"
    assert envelope.server_time.year == 2018
    assert (envelope.error, envelope.warning) == (False, False)
    assert envelope.response == response.parse()


@both
@pytest.mark.parametrize(("body", "path"), [("<html>", "$"), ({"error": False}, "$"), (enveloped([1]), "$.response")])
def test_an_envelope_that_does_not_fit_is_an_invalid_reply(body: Any, path: str, asynchronous: bool) -> None:
    with Exchange().on("GET", "/api/v1/market/ticker.php", body) as wire:
        response = run(onefox(wire, asynchronous), "with_raw_response.market.ticker", ["BTCUSD"])
    for look in (response.parse, response.envelope):
        with pytest.raises(errors.InvalidReply) as caught:
            look()
        assert caught.value.path == path
        assert caught.value.content == response.content


# Envelopes


@both
def test_results_come_out_of_their_envelope(asynchronous: bool) -> None:
    with Exchange().on("GET", "/api/v1/market/ticker.php", enveloped(FOX_TICKERS)) as wire:
        assert str(run(onefox(wire, asynchronous), "market.ticker", ["BTCUSD"])["BTCUSD"].ask) == "4301.5"


@both
@pytest.mark.parametrize(
    ("operation", "arguments", "path"),
    [
        ("order.close", (5,), "order/close"),
        ("position.close", (5,), "position/close"),
        ("order.create", ("BTCUSD", 1, "LONG", 1, "MARKET"), "order/create"),
    ],
)
def test_null_is_a_result_where_the_document_says_so(
    operation: str, arguments: tuple[Any, ...], path: str, asynchronous: bool
) -> None:
    with Exchange().on("GET", f"/api/v1/{path}.php", enveloped(None)) as wire:
        assert run(onefox(wire, asynchronous), operation, *arguments) is None


@both
@pytest.mark.parametrize(
    ("operation", "arguments", "path"),
    [
        ("user.get", (), "user/get"),
        ("market.ticker", (["BTCUSD"],), "market/ticker"),
        ("position.merge", ([1, 2],), "position/merge"),
        ("position.history", (), "position/history"),
    ],
)
def test_null_is_an_invalid_reply_everywhere_else(
    operation: str, arguments: tuple[Any, ...], path: str, asynchronous: bool
) -> None:
    with Exchange().on("GET", f"/api/v1/{path}.php", enveloped(None)) as wire:
        client = onefox(wire, asynchronous)
        with pytest.raises(errors.InvalidReply) as caught:
            run(client, operation, *arguments)
    assert caught.value.path == "$.response"


@both
def test_the_word_true_in_a_result_is_no_error(asynchronous: bool) -> None:
    market = {
        "symbol": "true",
        "currency": "BTC",
        "decimals": "2",
        "minimum_price_step": "0.01",
        "maximum_leverage": "100",
        "status": "OPEN",
        "is_in_market_hours": True,
    }
    with Exchange().on("GET", "/api/v1/market/list.php", enveloped({"error": market})) as wire:
        assert run(onefox(wire, asynchronous), "market.list")["error"].is_in_market_hours


WARNED = enveloped(None, warning=True, warning_message="API version 1 is deprecated.")


def test_a_warning_points_at_the_line_of_the_caller() -> None:
    with Exchange().always("GET", "/api/v1/order/close.php", WARNED) as wire:
        client = onefox(wire)
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            assert client.order.close(5) is None
            client.with_options(timeout=3).order.close(5)
            client.with_raw_response.order.close(5).parse()
    assert [str(warning.message) for warning in caught] == ["API version 1 is deprecated."] * 3
    assert {warning.category for warning in caught} == {APIWarning}
    assert [Path(warning.filename).name for warning in caught] == [HERE] * 3
    assert all("order.close(5)" in LINES[warning.lineno - 1] for warning in caught)


async def test_a_warning_of_an_asynchronous_call_points_at_the_line_of_the_caller() -> None:
    with Exchange().always("GET", "/api/v1/order/close.php", WARNED) as wire:
        client = onefox(wire, asynchronous=True)
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            await client.order.close(5)
            (await client.with_raw_response.order.close(5)).parse()
    assert [Path(warning.filename).name for warning in caught] == [HERE] * 2
    assert all("order.close(5)" in LINES[warning.lineno - 1] for warning in caught)


def test_a_warning_of_a_following_page_points_at_the_loop_of_the_caller() -> None:
    first = enveloped([position(n) for n in range(2)])
    second = enveloped([position(2)], warning=True, warning_message="old")
    with Exchange().on("GET", "/api/v1/position/history.php", first, second) as wire:
        client = onefox(wire)
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            assert [item.position_id for item in client.position.history(limit=2).all()] == [0, 1, 2]
    assert [Path(warning.filename).name for warning in caught] == [HERE]


def position(number: int) -> dict[str, Any]:
    return {
        "position_id": str(number),
        "symbol": "BTCUSD",
        "direction": "LONG",
        "margin_total": "1",
        "leverage": "1",
        "balance_total": "1",
        "contracts_total": "1",
        "date_created": "2018-02-01T13:05:26.018431Z",
        "date_last_trade": "2018-02-01T13:05:26.018431Z",
        "entry_price": "1",
        "exit_price": None,
        "stop_loss": None,
        "take_profit": None,
        "profit_loss_realized": "0",
        "profit_loss_realized_percentage": "0",
        "fees": "0",
        "public": False,
        "merged_into": None,
    }


def test_a_warning_without_words_is_still_one() -> None:
    body = enveloped(None, warning=True)
    with Exchange().on("GET", "/api/v1/order/close.php", body) as wire, pytest.warns(APIWarning, match="the API warns"):
        onefox(wire).order.close(5)


# One client, many uses


def test_a_client_can_be_copied_without_sharing_its_credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("KEY", "SECRET", "PASSPHRASE"):
        monkeypatch.delenv(f"COINBASE_PRO_{name}", raising=False)
    client = coinbase(Exchange(), timeout=7)
    for twin in (copy.copy(client), copy.deepcopy(client)):
        assert (twin.base_url, twin.timeout) == (client.base_url, 7)
        assert dict(twin._core.credentials) == {}


def test_the_kind_of_waiting_is_the_only_difference() -> None:
    public = {name for name in dir(sync_client_module.SyncClient) if not name.startswith("_")}
    assert public == {name for name in dir(async_client_module.AsyncClient) if not name.startswith("_")}
