"""How a call proves who makes it, and where credentials come from."""

from __future__ import annotations

import base64
import time
from collections.abc import Mapping
from typing import Any

import pytest
from coinbase_pro_sdk import AsyncCoinbasePro, CoinbasePro
from freqtrade_sdk import AsyncFreqtrade, Freqtrade
from onefox_sdk import AsyncOneFox, OneFox

from tests.wires import (
    ACCOUNT,
    COINBASE_KEYS,
    FREQTRADE_LOGIN,
    LOGIN,
    ONEFOX_TOKEN,
    ORDER,
    REFRESH,
    Exchange,
    Reply,
    both,
    coinbase,
    enveloped,
    freqtrade,
    jwt,
    onefox,
    run,
    tokens,
)
from tradeloom.runtime.auth import Basic, Bearer, BearerArgument, HeaderKey, HmacSignature, QueryKey, target_of
from tradeloom.runtime.operation import Draft

SIGNATURE = HmacSignature("CB-ACCESS-SIGN", "CB-ACCESS-TIMESTAMP", "secret")
SECRET = "DRQbIikwNz5FTFNaYWhvdn2Ei5KZoKeutbzDytHY3+bt9PsCCRAXHiUsMzpBSE9WXWRrcnmAh46VnKOqsbi/xg=="
BODY_SPACED = (
    '{"type": "limit", "side": "buy", "product_id": "BTC-USD", "price": "7150.25", "size": "0.01500000", '
    '"time_in_force": "GTC", "post_only": true, "stp": "dc", "client_oid": "4f1c2a90-6f0e-4e43-9d57-2f5b1a7c3e88"}'
)
BODY = BODY_SPACED.replace(", ", ",").replace(": ", ":")
ORDERS_QUERY = [
    ("limit", "25"),
    ("after", "2020-01-01T00:00:00.000001Z"),
    ("status", "open"),
    ("status", "active"),
    ("product_id", "BTC-USD"),
    ("no-cache", "1577836800.125000"),
]

# Worked signatures: method, path, query, body, time and the header that must come out.
VECTORS: dict[str, tuple[str, str, list[tuple[str, str]], str, str, str]] = {
    "V1": ("GET", "/accounts", [], "", "1577836800.125", "yjzKZ2JqvF8RWWdyh5l68lHP1M1jStLW6cIbkWuTxfg="),
    "V2": ("GET", "/orders", ORDERS_QUERY, "", "1577836800.125", "mGUwIll1ohD4ksFBEGQC+6Ki0+x4lII1ifawKvMfy/I="),
    "V3": ("POST", "/orders", [], BODY_SPACED, "1577836800.125", "/KmgUks9uf2tOvxEnMPNNKakPM6MuaiSoAjUIRJIxvw="),
    "V4": ("POST", "/orders", [], BODY, "1577836800.125", "gkgo9kcWJopHNobmwU5HZJzYl7F5XwSWqLaraxQP5JQ="),
    "V5": (
        "DELETE",
        "/orders",
        [("product_id", "BTC-USD")],
        "",
        "1577836800.125",
        "dST5A2bPKxHhP5SF6vVhsABR2bcCVJGkjVErs+xR8kc=",
    ),
    "V6": ("GET", "/fees", [], "", "1577836800", "DWtkPjzb4LJm7LitnVHceUQXXkza2XxNmDhMJpXOfhU="),
}


@pytest.mark.parametrize("name", list(VECTORS))
def test_the_signature_of_a_worked_example_comes_out(name: str) -> None:
    method, path, query, body, timestamp, expected = VECTORS[name]
    assert SIGNATURE.sign(SECRET, timestamp, Draft(method, path, query, {}, body.encode()), "") == expected


def test_the_signed_target_is_the_one_on_the_request_line() -> None:
    draft = Draft("GET", "/orders", ORDERS_QUERY)
    assert target_of(draft, "") == (
        "/orders?limit=25&after=2020-01-01T00:00:00.000001Z&status=open&status=active"
        "&product_id=BTC-USD&no-cache=1577836800.125000"
    )


def test_the_base_path_is_part_of_what_is_signed() -> None:
    at_root, below = Draft("GET", "/v2/accounts"), Draft("GET", "/accounts")
    assert SIGNATURE.sign(SECRET, "1", at_root, "") == SIGNATURE.sign(SECRET, "1", below, "/v2")
    assert SIGNATURE.sign(SECRET, "1", below, "") != SIGNATURE.sign(SECRET, "1", below, "/v2")


@both
def test_a_signed_call_can_be_checked_by_the_server(asynchronous: bool) -> None:
    with Exchange() as wire:
        wire.on("GET", "/orders", []).on("POST", "/orders", ORDER)
        client = coinbase(wire, asynchronous, secret=SECRET)
        run(client, "orders.list", status=["open", "active"], product_id="BTC-USD", limit=25)
        run(client, "orders.limit", "buy", "BTC-USD", "7150.25", "0.015")
    for seen in wire.seen:
        headers = seen.headers
        assert headers["cb-access-key"] == COINBASE_KEYS["key"]
        assert headers["cb-access-passphrase"] == COINBASE_KEYS["passphrase"]
        assert abs(float(headers["cb-access-timestamp"]) - time.time()) < 30
        path, _, query = seen.target.partition("?")
        pairs = [(n, v) for n, _, v in (pair.partition("=") for pair in query.split("&") if pair)]
        draft = Draft(seen.method, path, pairs, {}, seen.body)
        assert headers["cb-access-sign"] == SIGNATURE.sign(SECRET, headers["cb-access-timestamp"], draft, "")
        assert SECRET not in str(headers)


def test_schemes_write_their_credentials_where_they_belong() -> None:
    credentials = {"key": "k", "username": "é:u", "password": "p:w", "token": "a&b", "access token": "jwt", "mine": "m"}
    draft = Draft("GET", "/x", [("a", "1")])
    for scheme in (HeaderKey("X-KEY", "key"), QueryKey("token", "token")):
        scheme.apply(draft, credentials, "", 0.0)
    assert draft.headers == {"X-KEY": "k"}
    assert target_of(draft, "") == "/x?a=1&token=a%26b"
    basic, bearer, passed = Draft("GET", "/"), Draft("GET", "/"), Draft("GET", "/")
    Basic("username", "password").apply(basic, credentials, "", 0.0)
    Bearer("login", "refresh", "a", "r", ("username", "password")).apply(bearer, credentials, "", 0.0)
    BearerArgument("mine").apply(passed, credentials, "", 0.0)
    assert base64.b64decode(basic.headers["Authorization"].removeprefix("Basic ")).decode() == "é:u:p:w"
    assert bearer.headers["Authorization"] == "Bearer jwt"
    assert passed.headers["Authorization"] == "Bearer m"


@both
def test_basic_is_used_to_log_in_and_the_bearer_token_for_the_rest(asynchronous: bool) -> None:
    pair = tokens()
    with Exchange().on("POST", LOGIN, pair).on("GET", "/api/v1/version", {"version": "2020.8"}) as wire:
        assert run(freqtrade(wire, asynchronous), "version").version == "2020.8"
    login, version = wire.seen
    assert login.headers["authorization"] == "Basic RnJlcXRyYWRlcjpTdXBlclNlY3JldDEh"
    assert login.body == b""
    assert version.headers["authorization"] == f"Bearer {pair['access_token']}"


@both
def test_a_call_that_needs_no_credentials_sends_none(asynchronous: bool) -> None:
    with Exchange().on("GET", "/api/v1/ping", {"status": "pong"}) as wire:
        run(freqtrade(wire, asynchronous), "ping")
    assert "authorization" not in wire.last.headers


@both
def test_the_token_of_1fox_travels_in_the_query_of_private_calls_only(asynchronous: bool) -> None:
    with Exchange() as wire:
        wire.on("GET", "/api/v1/order/close.php", enveloped(None))
        wire.on("GET", "/api/v1/market/list.php", enveloped({}))
        client = onefox(wire, asynchronous)
        run(client, "order.close", 5)
        run(client, "market.list")
    assert wire.seen[0].query == [("order_id", "5"), ("token", ONEFOX_TOKEN["token"])]
    assert wire.seen[1].query == []


@both
def test_a_refresh_token_may_be_passed(asynchronous: bool) -> None:
    mine = jwt("mine")
    with Exchange().on("POST", REFRESH, {"access_token": jwt("new")}) as wire:
        client = freqtrade(wire, asynchronous)
        assert run(client, "token.refresh", refresh_token=mine).access_token == jwt("new")
    assert wire.last.headers["authorization"] == f"Bearer {mine}"


@both
@pytest.mark.parametrize("value", ["", "a\nb", 5, b"token"])
def test_a_refresh_token_that_is_none_is_refused_by_name(value: Any, asynchronous: bool) -> None:
    with Exchange() as wire:
        client = freqtrade(wire, asynchronous)
        with pytest.raises((TypeError, ValueError), match=r"^refresh_token: "):
            run(client, "token.refresh", refresh_token=value)


@both
def test_refreshing_without_a_login_is_refused_by_name(asynchronous: bool) -> None:
    with Exchange() as wire:
        client = freqtrade(wire, asynchronous)
        with pytest.raises(ValueError, match=r"^refresh_token: required"):
            run(client, "token.refresh")


# Credentials

CLIENTS: list[tuple[Any, Mapping[str, str], str]] = [
    (CoinbasePro, COINBASE_KEYS, "COINBASE_PRO"),
    (AsyncCoinbasePro, COINBASE_KEYS, "COINBASE_PRO"),
    (Freqtrade, FREQTRADE_LOGIN, "FREQTRADE"),
    (AsyncFreqtrade, FREQTRADE_LOGIN, "FREQTRADE"),
    (OneFox, ONEFOX_TOKEN, "ONEFOX"),
    (AsyncOneFox, ONEFOX_TOKEN, "ONEFOX"),
]
clients = pytest.mark.parametrize(("kind", "good", "prefix"), CLIENTS, ids=[kind.__name__ for kind, *_ in CLIENTS])


@pytest.fixture(autouse=True)
def _empty_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for _, good, prefix in CLIENTS:
        for name in (*good, "base_url"):
            monkeypatch.delenv(f"{prefix}_{name.upper()}", raising=False)


@clients
def test_a_client_needs_no_credentials_to_be_made(kind: Any, good: Mapping[str, str], prefix: str) -> None:
    assert dict(kind()._core.credentials) == {}


@clients
def test_credentials_come_from_the_environment(
    kind: Any, good: Mapping[str, str], prefix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in good.items():
        monkeypatch.setenv(f"{prefix}_{name.upper()}", value)
    monkeypatch.setenv(f"{prefix}_BASE_URL", "https://from.environment/x")
    client = kind()
    assert dict(client._core.credentials) == good
    assert client.base_url == "https://from.environment/x"


@clients
def test_arguments_win_over_the_environment_and_are_not_mixed_with_it(
    kind: Any, good: Mapping[str, str], prefix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in good:
        monkeypatch.setenv(f"{prefix}_{name.upper()}", "ZnJvbS1lbnZpcm9ubWVudA==")
    monkeypatch.setenv(f"{prefix}_BASE_URL", "https://from.environment")
    client = kind(**good, base_url="https://from.argument")
    assert dict(client._core.credentials) == good
    assert client.base_url == "https://from.argument"
    first, *rest = good
    if rest:
        with pytest.raises(ValueError, match=f"^{', '.join(rest)}: required together with {first}$"):
            kind(**{first: good[first]})


@pytest.mark.parametrize(("kind", "good", "prefix"), CLIENTS[:4], ids=[kind.__name__ for kind, *_ in CLIENTS[:4]])
def test_partial_credentials_in_the_environment_are_refused(
    kind: Any, good: Mapping[str, str], prefix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    *present, last = good
    for name in present:
        monkeypatch.setenv(f"{prefix}_{name.upper()}", good[name])
    with pytest.raises(ValueError, match=f"^{last}: required together with {', '.join(present)}$"):
        kind()


@clients
@pytest.mark.parametrize(("value", "error"), [("", ValueError), ("a\nb-canary", ValueError), (5, TypeError)])
def test_a_credential_that_is_none_is_refused_by_name_and_not_shown(
    kind: Any, good: Mapping[str, str], prefix: str, value: Any, error: type[Exception]
) -> None:
    for name in good:
        with pytest.raises(error, match=f"^{name}: expected ") as caught:
            kind(**{**good, name: value})
        assert "canary" not in str(caught.value)


@pytest.mark.parametrize("secret", ["not base64 canary!", "canary", "Y2FuYXJ5=canary", "ünïcode-canary"])
def test_a_secret_that_is_no_base64_is_refused_without_showing_it(secret: str) -> None:
    with pytest.raises(ValueError, match=r"^secret: expected base64 text") as caught:
        coinbase(Exchange(), secret=secret)
    shown: BaseException | None = caught.value
    while shown is not None:
        assert "canary" not in repr(shown)
        shown = shown.__cause__


@both
@pytest.mark.parametrize("name", ["key", "passphrase"])
def test_a_credential_that_no_header_can_carry_is_refused_by_name_and_not_shown(name: str, asynchronous: bool) -> None:
    """Headers are ASCII; an encoding error from further down would hold the whole credential."""
    with Exchange().otherwise(Reply([ACCOUNT])) as wire:
        with pytest.raises(ValueError, match=f"^{name}: expected ") as caught:
            run(coinbase(wire, asynchronous, **{name: "cänary-€"}), "accounts.list")
        assert "nary" not in repr(caught.value)
    assert wire.seen == []


@both
def test_a_password_may_hold_any_letter(asynchronous: bool) -> None:
    with Exchange().on("POST", LOGIN, tokens()).on("GET", "/api/v1/version", {"version": "1"}) as wire:
        run(freqtrade(wire, asynchronous, password="pässwörd:€"), "version")
    sent = wire.seen[0].headers["authorization"].removeprefix("Basic ")
    assert base64.b64decode(sent).decode() == "Freqtrader:pässwörd:€"


def test_default_addresses_are_the_documented_ones() -> None:
    assert CoinbasePro().base_url == "https://api.pro.coinbase.com"
    assert Freqtrade().base_url == "http://127.0.0.1:8080"
    assert OneFox().base_url == "https://1fox.com/api/v1"
