"""No credential shows up in anything that is printed, logged, kept or pickled."""

from __future__ import annotations

import base64
import copy
import json
import logging
import pickle
import traceback
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import quote, quote_plus

import pytest
from coinbase_pro_sdk import AsyncCoinbasePro, CoinbasePro
from coinbase_pro_sdk._runtime.http import httpx
from coinbase_pro_sdk.errors import SDKError as CoinbaseError
from freqtrade_sdk.errors import APIError as FreqtradeAPIError
from freqtrade_sdk.errors import SDKError as FreqtradeError
from onefox_sdk.errors import APIWarning
from onefox_sdk.errors import SDKError as OneFoxError

from tests.wires import (
    ACCOUNT,
    FOX_TICKERS,
    LOGIN,
    ORDER,
    REFRESH,
    Exchange,
    Reply,
    Seen,
    both,
    coinbase,
    enveloped,
    freqtrade,
    onefox,
    run,
    tokens,
)
from tradeloom.runtime.redaction import Redactor
from tradeloom.runtime.transport import Request

SECRET = base64.b64encode(b"canary secret of the key").decode()
COINBASE = {"key": "canary-key-4f1c", "secret": SECRET, "passphrase": "canary+phrase/=&"}
FREQTRADE = {"username": "canary-user", "password": "canary-user-pass word!"}
ONEFOX = {"token": "CANARYTOKEN0000000000000000000000"}
TOKENS = tokens("canary")


def spellings(secrets: Iterable[str]) -> set[str]:
    """The ways in which a secret could be written down."""
    found: set[str] = set()
    for secret in secrets:
        found |= {secret, quote(secret, safe=""), quote_plus(secret), json.dumps(secret)[1:-1]}
        found |= {base64.b64encode(secret.encode()).decode(), secret.encode().hex()}
    return found


BASIC = base64.b64encode(f"{FREQTRADE['username']}:{FREQTRADE['password']}".encode()).decode()
ALL = spellings([*COINBASE.values(), *FREQTRADE.values(), *ONEFOX.values(), *TOKENS.values()]) | {BASIC}


def assert_hidden(*shown: Any) -> None:
    for item in shown:
        text = item.decode("latin-1") if isinstance(item, bytes) else str(item)
        for secret in ALL:
            assert secret not in text, f"{secret!r} is shown in {text[:300]!r}"


def pickles(value: Any) -> list[bytes]:
    return [pickle.dumps(value, protocol) for protocol in range(2, pickle.HIGHEST_PROTOCOL + 1)]


def assert_error_hides(error: BaseException) -> None:
    """Everything that error reports and logs show of an exception, and of what led to it."""
    assert_hidden(*traceback.format_exception(error))
    kept: BaseException | None = error
    while kept is not None:
        assert_hidden(repr(kept), str(kept), kept.args)
        kept = kept.__cause__ or kept.__context__
    assert_hidden(*pickles(error), vars(error), vars(copy.copy(error)))
    for value in vars(error).values():
        assert_hidden(repr(value), *([value] if isinstance(value, bytes) else []))


def echo(seen: Seen, status: int, wrap: str = "{}") -> Reply:
    """What a debugging proxy answers: all that it was sent, in headers and body."""
    sent = {"url": seen.target, "headers": dict(seen.headers), "body": seen.body.decode()}
    headers = {f"x-echo-{name}": value for name, value in seen.headers.items()}
    headers["x-echo-target"] = seen.target
    return Reply(wrap.format(json.dumps(sent)), status, headers)


# Clients


@both
@pytest.mark.parametrize(
    ("make", "credentials"),
    [(coinbase, COINBASE), (freqtrade, FREQTRADE), (onefox, ONEFOX)],
    ids=["coinbase", "freqtrade", "onefox"],
)
def test_a_client_shows_no_credential(make: Any, credentials: Mapping[str, str], asynchronous: bool) -> None:
    client = make(Exchange(), asynchronous, **credentials)
    other = client.with_options(timeout=3)
    core = client._core
    parts = [core, core.credentials, core.tokens, core.redactor, core.api, client.with_raw_response]
    for thing in (client, other, *parts):
        assert_hidden(repr(thing), str(thing), f"{thing!s:>5}")
    assert_hidden(*pickles(client), *pickles(other), *pickles(core.credentials))
    assert_hidden(repr(vars(client)), str(vars(core)))


@both
def test_a_logged_in_client_shows_no_token(asynchronous: bool) -> None:
    with Exchange().on("POST", LOGIN, TOKENS).on("GET", "/api/v1/version", {"version": "1"}) as wire:
        client = freqtrade(wire, asynchronous, **FREQTRADE)
        run(client, "version")
    assert client._core.tokens.fresh.token == TOKENS["access_token"]
    assert_hidden(repr(client), repr(vars(client)), repr(vars(client._core)), *pickles(client))


def test_a_pickled_client_works_again_with_the_credentials_of_its_environment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    options: dict[str, Any] = {**COINBASE, "base_url": "https://h.test/x", "timeout": 3, "max_retries": 5}
    client = CoinbasePro(**options)
    for name in COINBASE:
        monkeypatch.delenv(f"COINBASE_PRO_{name.upper()}", raising=False)
    bare = pickle.loads(pickle.dumps(client))
    assert dict(bare._core.credentials) == {}
    with pytest.raises(ValueError, match="needs credentials"):
        bare.accounts.list()
    for name, value in COINBASE.items():
        monkeypatch.setenv(f"COINBASE_PRO_{name.upper()}", value)
    for kind in (CoinbasePro, AsyncCoinbasePro):
        twin = pickle.loads(pickle.dumps(kind(**options)))
        assert type(twin) is kind
        assert (twin.base_url, twin.timeout, twin.max_retries) == ("https://h.test/x", 3, 5)
        assert dict(twin._core.credentials) == COINBASE
    with Exchange().on("GET", "/x/accounts", [ACCOUNT]) as wire:
        again = pickle.loads(pickle.dumps(client))
        again._transport = coinbase(wire)._transport
        assert again.accounts.list()[0].currency == "BTC"
    assert wire.last.headers["cb-access-key"] == COINBASE["key"]


# Errors

FAULTS: list[Any] = [
    httpx.ConnectError("refused"),
    httpx.ReadError("reset"),
    httpx.ReadTimeout("late"),
    Reply("<html>", 200),
    Reply({"message": "no"}, 400),
    Reply("<html>", 502),
    lambda seen: echo(seen, 200),
    lambda seen: echo(seen, 400),
    lambda seen: echo(seen, 404, '{{"message": {0}, "error": {0}, "error_message": {0}, "error_data": {0}}}'),
    lambda seen: echo(seen, 502, "<html><pre>{}</pre></html>"),
]
fault_ids = ["refused", "reset", "late", "html-200", "400", "502", "echo-200", "echo-400", "echo-404", "echo-502"]
faults = pytest.mark.parametrize("fault", FAULTS, ids=fault_ids)


@both
@faults
def test_no_error_of_a_signed_call_shows_a_credential(fault: Any, asynchronous: bool) -> None:
    with Exchange().otherwise(fault) as wire:
        client = coinbase(wire, asynchronous, **COINBASE)
        for operation, arguments in (
            ("accounts.list", ()),
            ("orders.limit", ("buy", "BTC-USD", 1, 1)),
            ("withdrawals.crypto", (1, "BTC", "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa")),
        ):
            with pytest.raises(CoinbaseError) as caught:
                run(client, operation, *arguments)
            assert_error_hides(caught.value)
    assert wire.seen[0].headers["cb-access-passphrase"] == COINBASE["passphrase"]


@both
@faults
def test_no_error_of_a_call_with_a_token_in_the_query_shows_it(fault: Any, asynchronous: bool) -> None:
    with Exchange().otherwise(fault) as wire:
        client = onefox(wire, asynchronous, **ONEFOX)
        for operation, arguments in (("user.get", ()), ("position.merge", ([21, 22],))):
            with pytest.raises(OneFoxError) as caught:
                run(client, operation, *arguments)
            assert_error_hides(caught.value)
    assert ONEFOX["token"] in wire.last.target


@both
@faults
def test_no_error_of_a_login_shows_the_password(fault: Any, asynchronous: bool) -> None:
    with Exchange().on("POST", LOGIN, fault) as wire:
        client = freqtrade(wire, asynchronous, **FREQTRADE)
        with pytest.raises(FreqtradeError) as caught:
            run(client, "version")
        assert_error_hides(caught.value)
    assert BASIC in wire.last.headers["authorization"]


@both
@faults
def test_no_error_of_a_call_with_an_access_token_shows_it(fault: Any, asynchronous: bool) -> None:
    with Exchange().on("POST", LOGIN, TOKENS).always("POST", REFRESH, TOKENS).otherwise(fault) as wire:
        client = freqtrade(wire, asynchronous, **FREQTRADE)
        for operation, arguments in (("status", ()), ("forcesell", (5,)), ("token.refresh", ())):
            if operation == "token.refresh":
                wire._always.clear()
            with pytest.raises(FreqtradeError) as caught:
                run(client, operation, *arguments)
            assert_error_hides(caught.value)
    assert wire.seen[1].headers["authorization"] == f"Bearer {TOKENS['access_token']}"


@both
def test_a_token_passed_by_the_caller_is_hidden_too(asynchronous: bool) -> None:
    with Exchange().on("POST", REFRESH, lambda seen: echo(seen, 422)) as wire:
        client = freqtrade(wire, asynchronous, **FREQTRADE)
        with pytest.raises(FreqtradeAPIError) as caught:
            run(client, "token.refresh", refresh_token=TOKENS["refresh_token"])
    assert_error_hides(caught.value)
    assert b"***" in caught.value.content


@both
def test_what_is_harmless_stays_readable_in_an_error(asynchronous: bool) -> None:
    with Exchange().otherwise(lambda seen: echo(seen, 404)) as wire:
        client = onefox(wire, asynchronous, **ONEFOX)
        with pytest.raises(OneFoxError) as caught:
            run(client, "position.trades", 4613, limit=5)
    request = caught.value.request
    assert request is not None
    assert request.url == "https://fox.test/api/v1/position/trades.php?position_id=4613&limit=5&token=***"
    assert request.method == "GET"
    assert request.headers["Accept"] == "application/json"
    assert not request.has_body
    assert b"position_id=4613" in caught.value.content  # type: ignore[attr-defined]


@both
def test_headers_are_hidden_unless_known_to_be_harmless(asynchronous: bool) -> None:
    with Exchange().otherwise(Reply("", 400)) as wire:
        client = coinbase(wire, asynchronous, **COINBASE)
        with pytest.raises(CoinbaseError) as caught:
            run(client, "orders.limit", "buy", "BTC-USD", 1, 1)
    request = caught.value.request
    assert request is not None
    shown = {name for name, value in request.headers.items() if value != "***"}
    assert shown == {"Accept", "Accept-Encoding", "User-Agent", "Content-Type"}
    assert request.has_body


# Results, raw responses, requests


@both
def test_a_raw_response_and_its_request_show_no_credential(asynchronous: bool) -> None:
    with Exchange().on("GET", "/accounts", [ACCOUNT]) as wire:
        response = run(coinbase(wire, asynchronous, **COINBASE), "with_raw_response.accounts.list")
    assert_hidden(repr(response), str(response), repr(response.request), *pickles(response.request))
    with Exchange().on("POST", LOGIN, TOKENS) as wire:
        response = run(freqtrade(wire, asynchronous, **FREQTRADE), "with_raw_response.token.login")
    assert_hidden(repr(response), str(response), repr(response.request), repr(response.parse()))
    with Exchange().on("GET", "/api/v1/user/get.php", enveloped(None)) as wire:
        response = run(onefox(wire, asynchronous, **ONEFOX), "with_raw_response.user.get")
    assert_hidden(repr(response), repr(response.request), *pickles(response.request))
    assert "token=***" in response.request.url


@both
def test_a_raw_response_that_is_read_late_hides_credentials_in_its_error(asynchronous: bool) -> None:
    with Exchange().otherwise(lambda seen: echo(seen, 200)) as wire:
        response = run(coinbase(wire, asynchronous, **COINBASE), "with_raw_response.accounts.list")
    with pytest.raises(CoinbaseError) as caught:
        response.parse()
    assert_error_hides(caught.value)


def test_a_request_on_its_way_shows_no_credential() -> None:
    target = f"/x?token={ONEFOX['token']}"
    request = Request("GET", "https://h.test", target, {"Authorization": f"Basic {BASIC}"}, b"canary-key-4f1c")
    assert_hidden(repr(request), str(request))


@both
def test_a_page_shows_no_credential(asynchronous: bool) -> None:
    with Exchange().on("GET", "/orders", Reply([ORDER], headers={"cb-after": "x"})) as wire:
        page = run(coinbase(wire, asynchronous, **COINBASE), "orders.list")
    assert_hidden(repr(page), str(page), page.cursor)


# Logs and warnings


@both
def test_no_logger_writes_a_credential_at_any_level(asynchronous: bool, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    for name in ("httpx", "httpcore", "asyncio", httpx.__name__, "tradeloom", "onefox_sdk", "freqtrade_sdk"):
        caplog.set_level(logging.DEBUG, logger=name)
    with Exchange() as wire:
        wire.on("GET", "/api/v1/market/ticker.php", enveloped(FOX_TICKERS))
        wire.otherwise(lambda seen: echo(seen, 404))
        client = onefox(wire, asynchronous, **ONEFOX)
        with pytest.raises(OneFoxError):
            run(client, "user.get")
        run(client, "market.ticker", ["BTCUSD"])
    with Exchange().on("POST", LOGIN, TOKENS).on("GET", "/api/v1/version", {"version": "1"}) as wire:
        run(freqtrade(wire, asynchronous, **FREQTRADE), "version")
    with Exchange().on("GET", "/accounts", [ACCOUNT]) as wire:
        run(coinbase(wire, asynchronous, **COINBASE), "accounts.list")
    lines = [record.getMessage() for record in caplog.records]
    assert any("https://fox.test/api/v1/user/get.php" in line for line in lines), "httpx logs a line for each request"
    for record in caplog.records:
        assert_hidden(record.getMessage(), record.args, repr(vars(record)))


@both
def test_a_warning_shows_no_credential(asynchronous: bool) -> None:
    def warn(seen: Seen) -> Reply:
        return Reply(enveloped(None, warning=True, warning_message=f"deprecated: {seen.target}"))

    with Exchange().on("GET", "/api/v1/order/close.php", warn) as wire:
        client = onefox(wire, asynchronous, **ONEFOX)
        with pytest.warns(APIWarning) as caught:
            run(client, "order.close", 5)
    assert_hidden(*(str(warning.message) for warning in caught))


def test_a_refused_argument_of_a_client_shows_no_credential() -> None:
    for arguments in (
        {"base_url": "https://user:canary-key-4f1c@h.test"},
        {"base_url": "https://user:canary-key-4f1c@h.test/?a=b"},
        {"base_url": "https://user:canary-key-4f1c@h.test/#f"},
        {"base_url": "ftp://user:canary-key-4f1c@h.test"},
        {"base_url": "https://h.test/?token=canary-key-4f1c"},
        {"base_url": "https://h.test/#canary-key-4f1c"},
        {"secret": "not base64, canary-key-4f1c"},
        {"key": "canary-key-4f1c\n"},
    ):
        with pytest.raises(ValueError, match=r"^(base_url|secret|key): ") as caught:
            coinbase(Exchange(), False, **{**COINBASE, **arguments})
        assert_hidden(str(caught.value), *traceback.format_exception(caught.value, chain=False)[-1:])


# The redactor


def test_a_secret_that_contains_another_is_hidden_whole() -> None:
    """A password that starts like the user name is common; hiding the shorter one first would leave the rest."""
    secrets = ["canary" + "x" * length for length in range(12)]
    redactor = Redactor()
    for secret in secrets:
        redactor.add(secret)
    for secret in secrets:
        assert redactor.text(f"<{secret}>") == "<***>"
        assert redactor.content(f"<{secret}>".encode()) == b"<***>"


def test_a_secret_is_hidden_as_json_and_urls_write_it() -> None:
    secret = 'cän"ary\\ se/cret&+'
    redactor = Redactor()
    redactor.add(secret)
    for spelling in (
        secret,
        quote(secret, safe=""),
        quote(secret),
        quote_plus(secret),
        json.dumps(secret)[1:-1],
        json.dumps(secret, ensure_ascii=False)[1:-1],
    ):
        assert redactor.text(f"<{spelling}>") == "<***>", spelling
        assert redactor.content(f"<{spelling}>".encode()) == b"<***>", spelling


def test_the_redactor_leaves_other_text_alone() -> None:
    redactor = Redactor(("limit",))
    redactor.add("abc")  # too short to hide without garbling
    redactor.add("canary")
    assert redactor.text("abcdef CANARY") == "abcdef CANARY"
    assert redactor.headers({"a": "x canary", "b": "y"}) == {"a": "x ***", "b": "y"}
    assert repr(redactor) == "Redactor()"
    request = Request("GET", "https://h", "/canary/x?limit=5&other=6&flag&limit=canary", {"X": "y"}, b"")
    summary = redactor.summary(request)
    assert summary.url == "https://h/***/x?limit=5&other=***&flag***&limit=***"
    assert summary.headers == {"X": "***"}
