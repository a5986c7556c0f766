"""Which error a call ends in, and what the error holds."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

import coinbase_pro_sdk.errors as coinbase_errors
import freqtrade_sdk.errors as freqtrade_errors
import onefox_sdk.errors as onefox_errors
import pytest
from coinbase_pro_sdk._runtime.http import httpx
from coinbase_pro_sdk.errors import (
    APIError,
    AuthenticationError,
    BadRequestError,
    InvalidReply,
    NoReply,
    NotFoundError,
    OutcomeUnknown,
    PermissionDeniedError,
    RateLimitError,
    RequestNotSent,
    RequestSummary,
    RequestTimeout,
    SDKError,
    ServerError,
    UnprocessableError,
)

from tests.wires import (
    LOGIN,
    TICKER,
    UUID_1,
    Exchange,
    Reply,
    both,
    coinbase,
    enveloped,
    freqtrade,
    onefox,
    run,
    tokens,
)

HTML = "<html><body><h1>502 Bad Gateway</h1><hr>nginx</body></html>"
HTML_TYPE = {"Content-Type": "text/html"}
MODULES: list[Any] = [coinbase_errors, freqtrade_errors, onefox_errors]

# Statuses


@both
@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, "BadRequestError"),
        (401, "AuthenticationError"),
        (402, "APIError"),
        (403, "PermissionDeniedError"),
        (404, "NotFoundError"),
        (405, "APIError"),
        (409, "APIError"),
        (418, "APIError"),
        (422, "UnprocessableError"),
        (429, "RateLimitError"),
        (499, "APIError"),
        (500, "ServerError"),
        (502, "ServerError"),
        (503, "ServerError"),
        (504, "ServerError"),
        (599, "ServerError"),
    ],
)
@pytest.mark.parametrize("body", ['{"message":"no"}', HTML, "", "null", "[]", '"no"', '{"message":null}', "\xff"])
def test_a_status_has_its_class_whatever_the_body(status: int, kind: str, body: str, asynchronous: bool) -> None:
    reply = Reply(body.encode("latin-1"), status, {"X-Request-Id": "r-1", "X-Other": "x"})
    with Exchange().on("GET", "/products/BTC-USD/ticker", reply) as wire:
        client = coinbase(wire, asynchronous)
        with pytest.raises(APIError) as caught:
            run(client, "products.ticker", "BTC-USD")
    error = caught.value
    assert type(error).__name__ == kind
    assert error.status_code == status
    assert error.message == ("no" if body == '{"message":"no"}' else f"HTTP {status}")
    assert error.content == body.encode("latin-1")
    assert error.headers["x-request-id"] == error.request_id == "r-1"
    assert error.headers["x-other"] == "x"
    assert error.operation == "products.ticker"
    assert error.request is not None
    assert (error.request.method, error.request.url) == ("GET", "https://coinbase.test/products/BTC-USD/ticker")
    assert str(error) == f"products.ticker: {error.message} [{status}]"


@both
@pytest.mark.parametrize(("operation", "arguments"), [("orders.limit", ("buy", "BTC-USD", 1, 1)), ("orders.list", ())])
@pytest.mark.parametrize("status", [400, 401, 403, 404, 422, 429])
def test_a_4xx_is_a_refusal_of_every_call(
    status: int, operation: str, arguments: tuple[Any, ...], asynchronous: bool
) -> None:
    with Exchange().otherwise(Reply(HTML, status, HTML_TYPE)) as wire:
        client = coinbase(wire, asynchronous)
        with pytest.raises(APIError) as caught:
            run(client, operation, *arguments)
    assert caught.value.status_code == status
    assert len(wire.seen) == 1


@both
@pytest.mark.parametrize("status", [204, 301, 302, 304])
def test_a_status_that_no_document_knows_is_an_invalid_reply(status: int, asynchronous: bool) -> None:
    reply = Reply("", status, {"Location": "https://evil.test/"})
    with Exchange().on("GET", "/products/BTC-USD/ticker", reply) as wire:
        client = coinbase(wire, asynchronous)
        with pytest.raises(InvalidReply) as caught:
            run(client, "products.ticker", "BTC-USD")
    assert (caught.value.status_code, caught.value.path) == (status, "$")


@pytest.mark.parametrize(
    ("value", "seconds"),
    [("5", 5.0), ("0", 0.0), ("Wed, 21 Oct 2015 07:28:00 GMT", None), ("-1", None), ("soon", None), (None, None)],
)
def test_a_rate_limit_says_how_long_to_wait_where_the_api_does(value: str | None, seconds: float | None) -> None:
    headers = {} if value is None else {"Retry-After": value}
    with Exchange().on("GET", "/products/BTC-USD/ticker", Reply({"message": "slow"}, 429, headers)) as wire:
        client = coinbase(wire, max_retries=0)
        with pytest.raises(RateLimitError) as caught:
            client.products.ticker("BTC-USD")
    assert caught.value.retry_after == seconds


# Freqtrade's four shapes


@both
@pytest.mark.parametrize(
    ("reply", "kind", "message", "code"),
    [
        (Reply({"error": "Error querying _count: trader is not running"}, 502), "ServerError", None, None),
        (Reply({"error": "Unauthorized"}, 401), "AuthenticationError", "Unauthorized", None),
        (Reply({"msg": "Missing claim: identity"}, 422), "UnprocessableError", "Missing claim: identity", None),
        (
            Reply({"code": 404, "reason": "There's no API call for it.", "status": "error"}, 404),
            "NotFoundError",
            "There's no API call for it.",
            "404",
        ),
        (Reply("<title>405 Method Not Allowed</title>", 405, HTML_TYPE), "APIError", "HTTP 405", None),
        (Reply("<title>500 Internal Server Error</title>", 500, HTML_TYPE), "ServerError", "HTTP 500", None),
        (Reply({"detail": [{"loc": ["query"], "msg": "x"}]}, 400), "BadRequestError", "HTTP 400", None),
        (Reply({"error": ""}, 400), "BadRequestError", "HTTP 400", None),
    ],
    ids=["error-502", "error-401", "msg", "reason", "html-405", "html-500", "detail", "empty"],
)
def test_every_shape_of_a_freqtrade_error_is_understood(
    reply: Reply, kind: str, message: str | None, code: str | None, asynchronous: bool
) -> None:
    with Exchange().always("POST", LOGIN, tokens()).always("POST", "/api/v1/token/refresh", tokens()) as wire:
        wire.always("GET", "/api/v1/count", reply)
        client = freqtrade(wire, asynchronous)
        with pytest.raises(freqtrade_errors.APIError) as caught:
            run(client, "count")
    assert type(caught.value).__name__ == kind
    assert caught.value.message == (message or reply.body["error"])
    assert caught.value.code == code
    assert caught.value.content == reply.content


# 5xx

REFUSAL = Reply({"error": "Error querying _forcebuy: trader is not running"}, 502)
FREQTRADE_CALLS = {
    "read": ("GET", "/api/v1/count", "count", ()),
    "read, undocumented": ("GET", "/api/v1/version", "version", ()),
    "idempotent": ("DELETE", "/api/v1/trades/5", "delete_trade", (5,)),
    "idempotent, undocumented": ("POST", "/api/v1/stop", "stop", ()),
    "unsafe": ("POST", "/api/v1/forcebuy", "forcebuy", ("ETH/BTC",)),
    "unsafe, other": ("POST", "/api/v1/forcesell", "forcesell", ("all",)),
}


@both
@pytest.mark.parametrize(
    ("call", "reply", "kind"),
    [
        ("read", REFUSAL, "ServerError"),
        ("read", Reply(HTML, 502, HTML_TYPE), "ServerError"),
        ("read", Reply(HTML, 504, HTML_TYPE), "ServerError"),
        ("read, undocumented", REFUSAL, "ServerError"),
        ("idempotent", REFUSAL, "ServerError"),
        ("idempotent", Reply(HTML, 500, HTML_TYPE), "OutcomeUnknown"),
        ("idempotent, undocumented", REFUSAL, "OutcomeUnknown"),
        ("unsafe", REFUSAL, "ServerError"),
        ("unsafe", Reply(HTML, 500, HTML_TYPE), "OutcomeUnknown"),
        ("unsafe", Reply(HTML, 503, HTML_TYPE), "OutcomeUnknown"),
        ("unsafe", Reply({"error": "x"}, 504), "OutcomeUnknown"),
        ("unsafe, other", REFUSAL, "ServerError"),
    ],
)
def test_a_5xx_is_a_refusal_only_where_the_document_says_so(
    call: str, reply: Reply, kind: str, asynchronous: bool
) -> None:
    method, path, operation, arguments = FREQTRADE_CALLS[call]
    with Exchange().on("POST", LOGIN, tokens()).on(method, path, reply) as wire:
        client = freqtrade(wire, asynchronous, max_retries=0)
        with pytest.raises(freqtrade_errors.SDKError) as caught:
            run(client, operation, *arguments)
    assert type(caught.value).__name__ == kind
    assert caught.value.status_code == reply.status  # type: ignore[attr-defined]
    assert caught.value.content == reply.content  # type: ignore[attr-defined]


@both
@pytest.mark.parametrize("call", ["idempotent", "unsafe", "unsafe, other"])
@pytest.mark.parametrize(
    "reply",
    [
        Reply(HTML, 502, HTML_TYPE),
        Reply("", 502),
        Reply("Bad Gateway", 502, {"Content-Type": "text/plain"}),
        Reply('{"message":"Bad gateway, says a proxy in JSON"}', 502, {"Content-Type": "application/json"}),
    ],
    ids=["html", "empty", "text", "json of another"],
)
def test_a_502_of_a_proxy_is_no_refusal_by_the_bot(reply: Reply, call: str, asynchronous: bool) -> None:
    """The bot refuses with 502 and its own JSON; a proxy's page under the same status says nothing about the order."""
    method, path, operation, arguments = FREQTRADE_CALLS[call]
    with Exchange().on("POST", LOGIN, tokens()).on(method, path, reply) as wire:
        client = freqtrade(wire, asynchronous, max_retries=0)
        with pytest.raises(freqtrade_errors.OutcomeUnknown) as caught:
            run(client, operation, *arguments)
    assert caught.value.status_code == 502
    assert caught.value.content == reply.content


@both
@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_a_5xx_to_a_coinbase_order_leaves_the_outcome_unknown(status: int, asynchronous: bool) -> None:
    with Exchange().on("POST", "/orders", Reply({"message": "Internal server error"}, status)) as wire:
        client = coinbase(wire, asynchronous)
        with pytest.raises(OutcomeUnknown) as caught:
            run(client, "orders.limit", "buy", "BTC-USD", 1, 1, client_oid=UUID_1)
    assert caught.value.status_code == status
    assert caught.value.content == b'{"message": "Internal server error"}'


# Faults of the network. They come from a transport of the caller's own here, whose word that it could not connect is
# not trusted: some say so of connections that were dropped. Our own transports have tests of their own.

NOT_CONNECTED = [
    httpx.ConnectError("refused"),
    httpx.ConnectTimeout("no route"),
    httpx.PoolTimeout("busy"),
    httpx.UnsupportedProtocol("no scheme"),
]
LOST = [
    httpx.ReadError("reset"),
    httpx.WriteError("broken pipe"),
    httpx.CloseError("close"),
    httpx.RemoteProtocolError("peer closed connection without sending complete message body"),
    httpx.LocalProtocolError("illegal state"),
    httpx.DecodingError("not gzip"),
    httpx.ProxyError("proxy gave up"),
]
LATE = [httpx.ReadTimeout("late"), httpx.WriteTimeout("late")]
CALLS: dict[str, tuple[str, tuple[Any, ...]]] = {
    "read": ("accounts.list", ()),
    "idempotent": ("orders.cancel", (UUID_1,)),
    "unsafe": ("orders.limit", ("buy", "BTC-USD", 1, 1)),
}


@both
@pytest.mark.parametrize("effect", list(CALLS))
@pytest.mark.parametrize("fault", [*NOT_CONNECTED, *LOST, *LATE], ids=lambda fault: type(fault).__name__)
def test_a_fault_becomes_the_error_that_says_what_may_have_happened(
    fault: Exception, effect: str, asynchronous: bool
) -> None:
    operation, arguments = CALLS[effect]
    expected: type[SDKError] = OutcomeUnknown
    if effect == "read":
        expected = RequestTimeout if isinstance(fault, httpx.TimeoutException) else NoReply
    with Exchange().otherwise(fault) as wire:
        client = coinbase(wire, asynchronous, max_retries=0)
        with pytest.raises(SDKError) as caught:
            run(client, operation, *arguments)
    assert type(caught.value) is expected
    assert caught.value.operation == operation
    assert str(caught.value).startswith(f"{operation}: ")
    assert caught.value.request is not None
    assert caught.value.request.headers["CB-ACCESS-KEY"] == "***"
    if isinstance(caught.value, OutcomeUnknown):
        assert caught.value.status_code is None
        assert caught.value.content == b""
        assert 0 <= caught.value.elapsed < 30


@both
@pytest.mark.parametrize("operation", ["orders.limit", "orders.market"])
def test_an_unknown_outcome_names_the_key_to_look_by(operation: str, asynchronous: bool) -> None:
    arguments: dict[str, Any] = {"side": "buy", "product_id": "BTC-USD", "size": 1, "client_oid": UUID_1.upper()}
    if operation == "orders.limit":
        arguments["price"] = 1
    for plan in (httpx.ReadError("reset"), Reply(HTML, 504)):
        with Exchange().on("POST", "/orders", plan) as wire:
            client = coinbase(wire, asynchronous)
            with pytest.raises(OutcomeUnknown) as caught:
                run(client, operation, **arguments)
        assert caught.value.key == UUID_1


@both
def test_an_unknown_outcome_without_a_key_names_the_calls_that_tell(asynchronous: bool) -> None:
    with Exchange().on("GET", "/api/v1/position/merge.php", httpx.ReadTimeout("late")) as wire:
        client = onefox(wire, asynchronous)
        with pytest.raises(onefox_errors.OutcomeUnknown, match=r"see user\.overview before") as caught:
            run(client, "position.merge", [21, 22])
    assert caught.value.key is None
    with Exchange().on("POST", LOGIN, tokens()).on("POST", "/api/v1/forcesell", httpx.ReadError("reset")) as wire:
        bot = freqtrade(wire, asynchronous)
        with pytest.raises(freqtrade_errors.OutcomeUnknown, match="see status and trades before"):
            run(bot, "forcesell", 5)


@both
def test_an_error_of_the_caller_s_own_client_passes_through(asynchronous: bool) -> None:
    with Exchange().otherwise(KeyError("a hook of mine")) as wire:
        client = coinbase(wire, asynchronous)
        with pytest.raises(KeyError, match="a hook of mine"):
            run(client, "products.ticker", "BTC-USD")


# Replies that do not fit


@both
@pytest.mark.parametrize(
    ("body", "path"),
    [
        (HTML, "$"),
        ("", "$"),
        ("null", "$"),
        ("[]", "$"),
        ('{"trade_id": 5', "$"),
        ({**TICKER, "price": None}, "$.price"),
        ({**TICKER, "price": "NaN"}, "$.price"),
        ({**TICKER, "time": "now"}, "$.time"),
        ({**TICKER, "trade_id": "x"}, "$.trade_id"),
    ],
)
def test_a_reply_that_does_not_fit_is_kept_whole_with_the_place(body: Any, path: str, asynchronous: bool) -> None:
    reply = Reply(body, 200, {"X-Trace": "t"})
    with Exchange().on("GET", "/products/BTC-USD/ticker", reply) as wire:
        client = coinbase(wire, asynchronous)
        with pytest.raises(InvalidReply) as caught:
            run(client, "products.ticker", "BTC-USD")
    error = caught.value
    assert (error.status_code, error.content, error.path) == (200, reply.content, path)
    assert error.headers["x-trace"] == "t"
    assert error.operation == "products.ticker"
    assert error.request is not None
    assert f"at {path}: " in str(error)


@both
def test_an_unsafe_call_whose_answer_does_not_fit_is_an_invalid_reply(asynchronous: bool) -> None:
    with Exchange().on("POST", "/orders", Reply(HTML, 200)) as wire:
        client = coinbase(wire, asynchronous)
        with pytest.raises(InvalidReply):
            run(client, "orders.limit", "buy", "BTC-USD", 1, 1)
    assert len(wire.seen) == 1


# Errors inside a good status


@both
def test_an_error_inside_a_200_is_an_api_error(asynchronous: bool) -> None:
    body = (
        '{"server_time":"2016-11-04T10:12:27.631581Z","error":true,"error_code":"TRADE_DECIMALS_LIMIT_PRICE",'
        '"error_message":"The limit price does not fit.","error_data":{"step_size":0.10},"warning":false,'
        '"response":null}'
    )
    with Exchange().on("GET", "/api/v1/position/close.php", body, body) as wire:
        client = onefox(wire, asynchronous)
        with pytest.raises(onefox_errors.APIError) as caught:
            run(client, "position.close", 5)
        assert type(caught.value) is onefox_errors.APIError
        assert caught.value.status_code == 200
        assert caught.value.code == "TRADE_DECIMALS_LIMIT_PRICE"
        assert caught.value.message == "The limit price does not fit."
        assert caught.value.data == {"step_size": Decimal("0.10")}
        assert str(caught.value.data["step_size"]) == "0.10"
        assert caught.value.content == body.encode()
        assert str(caught.value).endswith("[200] TRADE_DECIMALS_LIMIT_PRICE")
        # a raw response is for answers; an error is an error there too
        with pytest.raises(onefox_errors.APIError):
            run(client, "with_raw_response.position.close", 5)


@both
@pytest.mark.parametrize(
    ("more", "message", "code"),
    [
        ({"error_code": "NO_MONEY"}, "NO_MONEY", "NO_MONEY"),
        ({"error_code": None}, "HTTP 200", None),
        ({}, "HTTP 200", None),
        ({"error_code": "X", "warning": True, "warning_message": "old"}, "X", "X"),
    ],
)
def test_an_error_that_says_little_is_still_an_error(
    more: Mapping[str, Any], message: str, code: str | None, asynchronous: bool
) -> None:
    with Exchange().on("GET", "/api/v1/user/get.php", enveloped(None, error=True, **more)) as wire:
        client = onefox(wire, asynchronous)
        with pytest.raises(onefox_errors.APIError) as caught:
            run(client, "user.get")
    assert (caught.value.message, caught.value.code, caught.value.data) == (message, code, None)


# The classes themselves

SUMMARY = RequestSummary("POST", "https://h.test/orders?a=***", {"Accept": "application/json"}, True)
COMMON = {"operation": "orders.limit", "request": SUMMARY}
REPLY = {"status_code": 400, "headers": {"retry-after": "5", "x-request-id": "r"}, "content": b"\x00body"}
ATTRIBUTES: dict[str, Mapping[str, Any]] = {
    "SDKError": COMMON,
    "RequestNotSent": COMMON,
    "NoReply": COMMON,
    "RequestTimeout": COMMON,
    "OutcomeUnknown": {**COMMON, "key": "k", "elapsed": 1.5, "status_code": 504, "content": b"page"},
    "InvalidReply": {**COMMON, **REPLY, "path": "$[0].price"},
    **{
        name: {**COMMON, **REPLY, "code": "NO", "data": {"step_size": Decimal("0.10"), "more": [1]}}
        for name in (
            "APIError",
            "BadRequestError",
            "AuthenticationError",
            "PermissionDeniedError",
            "NotFoundError",
            "UnprocessableError",
            "RateLimitError",
            "ServerError",
        )
    },
}
COPIES: list[Callable[[Any], Any]] = [
    copy.copy,
    copy.deepcopy,
    *(lambda value, p=p: pickle.loads(pickle.dumps(value, p)) for p in range(pickle.HIGHEST_PROTOCOL + 1)),
]


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__)
@pytest.mark.parametrize("name", list(ATTRIBUTES))
def test_an_error_survives_pickling_and_copying(module: Any, name: str) -> None:
    summary = module.RequestSummary("POST", "https://h.test/orders?a=***", {"Accept": "application/json"}, True)
    error = getattr(module, name)("it broke", **{**ATTRIBUTES[name], "request": summary})
    error.add_note("a note")
    for duplicate in COPIES:
        twin = duplicate(error)
        assert type(twin) is type(error)
        assert twin.args == error.args
        assert str(twin) == str(error)
        assert repr(twin) == repr(error)
        assert vars(twin) == vars(error)
        assert twin.__notes__ == ["a note"]
        for attribute in ATTRIBUTES[name]:
            assert getattr(twin, attribute) == getattr(error, attribute)
    if name == "RateLimitError":
        assert copy.copy(error).retry_after == 5.0


def test_the_table_above_has_every_error() -> None:
    for module in MODULES:
        errors = {name for name in module.__all__ if issubclass(getattr(module, name), Exception)}
        assert errors == {*ATTRIBUTES, "APIWarning"}


@both
def test_a_real_error_survives_pickling(asynchronous: bool) -> None:
    with Exchange().on("GET", "/products/BTC-USD/ticker", Reply({"message": "NotFound"}, 404)) as wire:
        client = coinbase(wire, asynchronous)
        with pytest.raises(NotFoundError) as caught:
            run(client, "products.ticker", "BTC-USD")
    twin = pickle.loads(pickle.dumps(caught.value))
    assert vars(twin) == vars(caught.value)
    assert str(twin) == "products.ticker: NotFound [404]"


TREE = {
    RequestNotSent: SDKError,
    OutcomeUnknown: SDKError,
    NoReply: SDKError,
    RequestTimeout: NoReply,
    InvalidReply: SDKError,
    APIError: SDKError,
    BadRequestError: APIError,
    AuthenticationError: APIError,
    PermissionDeniedError: APIError,
    NotFoundError: APIError,
    UnprocessableError: APIError,
    RateLimitError: APIError,
    ServerError: APIError,
    SDKError: Exception,
}


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__)
def test_the_errors_make_one_tree_in_every_package(module: Any) -> None:
    for kind, base in TREE.items():
        there = getattr(module, kind.__name__)
        assert [b.__name__ for b in there.__bases__] == [base.__name__]
        assert there.__doc__
    assert issubclass(module.APIWarning, UserWarning)
    assert sorted(module.__all__) == sorted(coinbase_errors.__all__)
    # one package's errors are not caught as another's
    assert module is coinbase_errors or not issubclass(module.SDKError, coinbase_errors.SDKError)
