"""What the contract tests have to know of each API beside its document."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

import httpx
from schemathesis.core.transport import Response

from sandbox.app import Sandbox
from sandbox.coinbase_pro.audit import audit
from sandbox.coinbase_pro.server import CoinbaseProSandbox
from sandbox.freqtrade.server import FreqtradeSandbox
from sandbox.onefox.server import OneFoxSandbox
from tests.contract import NOW, Api, Attempt, Sent, Stage, Values

__all__ = ["APIS", "CoinbasePro", "Freqtrade", "OneFox"]

Json = Any


class CoinbasePro:
    """Signed requests; refusals are statuses with a message."""

    name = "coinbase_pro"
    takes_nan = False
    refuses_bad_data = True
    # The server takes seconds since 1970, too; the document leaves that out, since nobody needs two ways.
    lenient = ("start", "end")
    checks: Mapping[str, Any] = {
        # Funds, sizes, prices and the state of orders decide too. `good_data_taken` knows the reasons.
        "positive_data_acceptance": {"enabled": False},
        # The same check is part of `bad_data_refused`.
        "negative_data_rejection": {"enabled": False},
        # The API answers 404 `Route not found`, which `wrong_method_refused` looks for.
        "unsupported_method": {"enabled": False},
        # An order cancelled after it had been filled in part stays readable; `consequences` looks at both kinds.
        "use_after_free": {"enabled": False},
    }
    reasons: Sequence[tuple[str, str]] = (
        # Ids and products that do not exist.
        (r"products\..*|accounts\..*|orders\.get|reports\..*|deposits\..*|withdrawals\..*", "NotFound"),
        (r"orders\.place", "Product not found"),
        (r"orders\.cancel", "order not found|Order already done"),
        (r"orders\.cancel_all", "ProductNotFound"),
        # A path parameter may be 32 to 36 characters that are no UUID.
        (r"orders\.(get|cancel)", "Invalid order id"),
        # Cursors are opaque to the document; some are numbers, some are times.
        (r".*", r"Invalid (positive integer|timestamp) value for parameter - (before|after)"),
        # The order of two times, and how many candles lie between them.
        (r"products\.historic_rates", r"Invalid start or end|granularity too small for the requested time range\..*"),
        (r"reports\.create", r"Invalid start_date or end_date"),
        # Steps and limits of the product, its mode, and the money there is.
        (r"orders\.place", r"(size|price|funds|stop_price) is too (small|large|accurate)\..*"),
        (
            r"orders\.place",
            r"(Cancel|Limit|Post) only mode|Insufficient funds|[Ii]nvalid (stop )?[Pp]rice|Invalid order_type market",
        ),
        (r"(deposits|withdrawals)\..*", r"currency does not match the (payment method|Coinbase account)"),
        (r"(deposits|withdrawals|conversions)\..*", r"Insufficient funds|amount is too (large|accurate\..*)"),
        (r"withdrawals\.crypto", r"The amount is below the minimum of .* required to send on-blockchain"),
        (r"withdrawals\.crypto", r"invalid crypto_address|.* cannot be sent to a crypto address"),
        (r"conversions\.create", r"Conversion from .* to .* is not supported"),
    )

    def open(self) -> Sandbox[Any]:
        return CoinbaseProSandbox()

    def prepare(self, stage: Stage) -> Values:
        resting = {"type": "limit", "side": "buy", "product_id": "BTC-USD", "price": "100.00", "size": "0.01"}
        own = "4f1c2a90-6f0e-4e43-9d57-2f5b1a7c3e88"
        waiting = stage.ask("POST", "/orders", {**resting, "client_oid": own})["id"]
        bought = {"type": "market", "side": "buy", "product_id": "BTC-USD", "funds": "100"}
        filled = stage.ask("POST", "/orders", bought)["id"]
        dates = {"start_date": "2020-09-01T00:00:00Z", "end_date": "2020-09-02T00:00:00Z"}
        report = stage.ask("POST", "/reports", {"type": "fills", "product_id": "BTC-USD", **dates})["id"]
        trades = stage.ask("GET", "/products/BTC-USD/trades?limit=2")
        return {
            "order_id": [waiting, filled, f"client:{own}"],
            "report_id": [report],
            "account_id": [account["id"] for account in stage.ask("GET", "/accounts")],
            "payment_method_id": [method["id"] for method in stage.ask("GET", "/payment-methods")],
            "coinbase_account_id": [wallet["id"] for wallet in stage.ask("GET", "/coinbase-accounts")],
            "product_id": ["BTC-USD", "ETH-BTC", "XLM-EUR"],
            "price": ["7150.25", "0.02", "100"],
            "size": ["0.01", "1", "0.5"],
            "funds": ["50"],
            "currency": ["USD", "EUR", "BTC", "USDC", "ETH"],
            "amount": ["0.5", "10", "20"],
            "crypto_address": ["bc1qexampleexampleexampleexampleexample00"],
            "from": ["USD", "USDC"],
            "to": ["USDC", "USD"],
            "before": [str(trades[1]["trade_id"]), "2020-09-13T12:26:40.000001Z"],
            "after": [str(trades[0]["trade_id"]), "2020-09-13T12:26:40.000001Z"],
            "start": ["2020-09-13T12:00:00Z"],
            "end": ["2020-09-13T12:20:00Z"],
        }

    def sign(self, stage: Stage, method: str, target: str, body: bytes) -> tuple[str, dict[str, str]]:
        return target, self.headers(stage, method, target, body)

    def headers(
        self, stage: Stage, method: str, target: str, body: bytes, *, key: str = "sandbox-key", late: float = 0.0
    ) -> dict[str, str]:
        """Headers that sign a request."""
        given = stage.sandbox.credentials
        timestamp = str(stage.sandbox.now() - late)
        signed = f"{timestamp}{method}{target}".encode() + body
        digest = hmac.new(base64.b64decode(given["secret"]), signed, hashlib.sha256).digest()
        return {
            "CB-ACCESS-KEY": key,
            "CB-ACCESS-SIGN": base64.b64encode(digest).decode(),
            "CB-ACCESS-TIMESTAMP": timestamp,
            "CB-ACCESS-PASSPHRASE": given["passphrase"],
        }

    def attempts(self, stage: Stage, method: str, target: str, body: bytes) -> Iterable[Attempt]:
        good = self.headers(stage, method, target, body)
        yield Attempt("no credentials", target, {})
        for name in good:
            yield Attempt(f"no {name}", target, {key: value for key, value in good.items() if key != name})
        yield Attempt("another key", target, self.headers(stage, method, target, body, key="no-key"))
        yield Attempt("another passphrase", target, {**good, "CB-ACCESS-PASSPHRASE": "open sesame"})
        yield Attempt("a clock 31 seconds late", target, self.headers(stage, method, target, body, late=31))
        yield Attempt("a clock 31 seconds early", target, self.headers(stage, method, target, body, late=-31))
        yield Attempt("the signature of another body", target, self.headers(stage, method, target, body + b" "))
        yield Attempt("the signature of another path", target, self.headers(stage, method, target + "/", body))
        other = "GET" if method != "GET" else "DELETE"
        yield Attempt("the signature of another method", target, self.headers(stage, other, target, body))

    def turned_away(self, reply: httpx.Response) -> bool:
        return reply.status_code == 401

    def refusal(self, status: int, body: Json) -> str | None:
        return None if status < 400 else str(body["message"] if isinstance(body, dict) else body)

    def excused(self, operation: str, sent: Sent, reason: str) -> bool:
        return _listed(self.reasons, operation, reason)

    def wrong_method(self, reply: Response) -> bool:
        return reply.status_code == 404 and reply.json() == {"message": "Route not found"}

    def consequences(self, stage: Stage, operation: str, sent: Sent, body: Json) -> Iterator[str]:
        yield from audit(stage.sandbox.state)
        if operation == "orders.place" and body["status"] != "rejected":
            yield from self._placed(stage, body)
        elif operation == "orders.cancel":
            order = stage.ask("GET", f"/orders/{sent.path['order_id']}")
            if order is not None and (order["status"] != "done" or Decimal(order["filled_size"]) == 0):
                yield f"a cancelled order is still {order['status']}"
        elif operation == "orders.cancel_all":
            left = {order["id"] for order in stage.ask("GET", "/orders?status=open")} & set(body)
            if left:
                yield f"cancelled orders are still open: {left}"
        elif operation == "reports.create" and stage.ask("GET", f"/reports/{body['id']}") is None:
            yield "a report that was ordered cannot be read"

    def _placed(self, stage: Stage, placed: Json) -> Iterator[str]:
        order = stage.ask("GET", f"/orders/{placed['id']}")
        if order is None:
            # What leaves the book at once without a fill is purged: IOC, FOK, and what meets one's own order.
            gone = placed["type"] == "market" or placed.get("time_in_force") in ("IOC", "FOK")
            # One's own order waits at 100.
            own = placed["product_id"] == "BTC-USD" and placed["side"] == "sell"
            if not gone and not (own and Decimal(placed.get("price", "0")) <= 100):
                yield "an order that was placed cannot be read"
            return
        same = ("id", "product_id", "side", "type")
        yield from (f"the order's {name} is {order[name]!r}" for name in same if order[name] != placed[name])
        if "price" in placed and Decimal(order["price"]) != Decimal(placed["price"]):
            yield f"the order's price is {order['price']}"


class Freqtrade:
    """Passwords and tokens; refusals are statuses, 502 among them."""

    name = "freqtrade"
    takes_nan = True
    # The server checks nothing beforehand: unknown parameters and properties, a price of 0 and an empty body are taken,
    # and what it cannot use ends in its error page. Which statuses that may have, the document says.
    refuses_bad_data = False
    lenient: Sequence[str] = ()
    checks: Mapping[str, Any] = {
        # A bot that does not trade answers 502 to good requests; `good_data_taken` knows the reasons.
        "positive_data_acceptance": {"enabled": False},
        "negative_data_rejection": {"enabled": False},
        # 502 is how the API refuses, 500 its answer to values of the wrong type. `status_code_conformance` sees that
        # both are documented, `good_data_taken` that a 500 does not meet good requests.
        "not_a_server_error": {"enabled": False},
        # A token that cannot be read is answered with 422, which Schemathesis does not know; `auth_enforced` does.
        "ignored_auth": {"enabled": False},
    }
    reasons: Sequence[tuple[str, str]] = (
        (r"forcebuy", r"Error querying _forcebuy: position for .* already open - id: \d+"),
        (r"forcebuy", r"Error querying _forcebuy: Wrong pair selected\. .*"),
        (r"forcebuy", r"Error querying _forcebuy: .*"),
        (r"forcesell", r"Error querying _forcesell: invalid argument"),
        (r"delete_trade", r"Error querying _trades_delete: invalid argument"),
        (r"count|forcebuy|forcesell", r"Error querying _\w+: trader is not running"),
        (r"edge", r"Error querying _edge: Edge is not enabled\."),
    )

    def open(self) -> Sandbox[Any]:
        return FreqtradeSandbox()

    def prepare(self, stage: Stage) -> Values:
        stage.sandbox.door_edge({"enabled": True})
        opened = [trade["trade_id"] for trade in stage.ask("GET", "/api/v1/status")]
        closed = [trade["trade_id"] for trade in stage.ask("GET", "/api/v1/trades?limit=2")["trades"]]
        pairs = stage.ask("GET", "/api/v1/whitelist")["whitelist"]
        return {"tradeid": [*opened, *closed], "pair": pairs, "price": [0.05], "timescale": [1, 7], "limit": [0, 3]}

    def sign(self, stage: Stage, method: str, target: str, body: bytes) -> tuple[str, dict[str, str]]:
        """Reads go by token and the rest by password, so that both are tried."""
        if target.endswith("/token/refresh"):
            return target, {"Authorization": f"Bearer {self._token(stage, 'refresh')}"}
        if method == "GET":
            return target, {"Authorization": f"Bearer {self._token(stage, 'access')}"}
        return target, {"Authorization": _basic(":".join(stage.sandbox.credentials.values()))}

    def _token(self, stage: Stage, kind: str, age: float = 0.0) -> str:
        from sandbox.freqtrade import tokens

        name, secret = stage.sandbox.credentials["username"], stage.sandbox.configuration.jwt_secret_key
        return tokens.write(kind, {"u": name}, "0" * 36, secret, stage.sandbox.now() - age)

    def attempts(self, stage: Stage, method: str, target: str, body: bytes) -> Iterable[Attempt]:
        wrong = "access" if target.endswith("/token/refresh") else "refresh"
        right = "refresh" if wrong == "access" else "access"
        user = stage.sandbox.credentials["username"]
        yield Attempt("no credentials", target, {})
        yield Attempt("another password", target, {"Authorization": _basic(f"{user}:guessed")})
        yield Attempt("another user", target, {"Authorization": _basic("root:SuperSecret1!")})
        yield Attempt("no password", target, {"Authorization": "Basic"})
        for name, token in {
            "no token": "",
            "a token that is none": "x.y.z",
            f"the {wrong} token": self._token(stage, wrong),
            "a token of long ago": self._token(stage, right, 31 * 24 * 3600),
            "a token of tomorrow": self._token(stage, right, -24 * 3600),
            "a token with another signature": self._token(stage, right)[:-6] + "AAAAAA",
        }.items():
            yield Attempt(name, target, {"Authorization": f"Bearer {token}"})

    def turned_away(self, reply: httpx.Response) -> bool:
        return reply.status_code in (401, 422)

    def refusal(self, status: int, body: Json) -> str | None:
        if status < 400:
            return None
        if not isinstance(body, dict):
            title = re.search("<title>(.*)</title>", str(body))
            return title[1] if title else str(body)
        return next((str(body[name]) for name in ("error", "msg", "reason") if name in body), str(body))

    def excused(self, operation: str, sent: Sent, reason: str) -> bool:
        # Counting back further than the year 1 breaks the server.
        ages = operation == "daily" and int(sent.query.get("timescale", 7)) > NOW // 86400 + 719_163
        return (ages and reason == "500 Internal Server Error") or _listed(self.reasons, operation, reason)

    def wrong_method(self, reply: Response) -> bool:
        return reply.status_code == 405 and "text/html" in reply.headers["content-type"][0]

    def consequences(self, stage: Stage, operation: str, sent: Sent, body: Json) -> Iterator[str]:
        opened = {trade["trade_id"]: trade["open_order"] for trade in stage.ask("GET", "/api/v1/status")}
        if operation == "forcebuy" and "trade_id" in body and body["trade_id"] not in opened:
            yield "a trade that was opened is not open"
        elif operation == "forcesell" and isinstance(sent.body, dict) and sent.body.get("tradeid") == "all":
            # Those with an order on the exchange wait for it.
            yield from (f"trade {number} was not sold" for number, order in opened.items() if order is None)
        elif operation == "delete_trade":
            closed = {trade["trade_id"] for trade in stage.ask("GET", "/api/v1/trades")["trades"]}
            if body["trade_id"] in opened.keys() | closed:
                yield "a trade that was deleted is still there"
        elif operation == "stop" and stage.ask("GET", "/api/v1/count") is not None:
            yield "a bot that was stopped still counts trades"
        elif operation == "start" and stage.ask("GET", "/api/v1/count") is None:
            yield "a bot that was started does not count trades"
        elif operation == "blacklist_add" and not isinstance(body, str):
            kept = stage.ask("GET", "/api/v1/blacklist")["blacklist"]
            if kept != body["blacklist"]:
                yield f"the blacklist is {kept}, not {body['blacklist']}"


class OneFox:
    """A token in the query; refusals are envelopes with status 200."""

    name = "onefox"
    takes_nan = False
    refuses_bad_data = True
    lenient: Sequence[str] = ()
    checks: Mapping[str, Any] = {
        # A refusal has status 200, so these three cannot tell one. `good_data_taken`, `bad_data_refused` and
        # `auth_enforced` look into the envelope.
        "positive_data_acceptance": {"enabled": False},
        "negative_data_rejection": {"enabled": False},
        "ignored_auth": {"enabled": False},
    }
    reasons: Sequence[tuple[str, str]] = (
        (r"market\.(?!ticker).*|order\.create", "MARKET_NOT_FOUND"),
        (r"position\.(?!history).*", "POSITION_(NOT_FOUND|CLOSED)"),
        (r"position\.merge", "POSITION_MERGE_.*"),
        (r"order\.close", "ORDER_NOT_FOUND"),
        # A time that the document takes and no calendar has.
        (r"market\.bars", "INVALID_PARAMETER"),
        # Steps and limits of the market, its state, and the money there is.
        (r"order\.create", "MARKET_(CLOSED|ORDERS_ONLY)"),
        (r"order\.create|position\.edit", "TRADE_(?!UNUSED|MISSING).*"),
    )

    def open(self) -> Sandbox[Any]:
        return OneFoxSandbox()

    def prepare(self, stage: Stage) -> Values:
        # The positions of the document's own examples are there.
        stage.sandbox.state.next_position = 21
        order = {"symbol": "BTCUSD", "margin": "0.1", "direction": "LONG", "leverage": "2"}
        bought = [
            stage.ask("GET", _query("/order/create.php", {**order, "order_type": "MARKET"}))["response"]["position_id"]
            for _ in range(4)
        ]
        stage.ask("GET", _query("/position/close.php", {"position_id": bought[-1]}))
        limit = {**order, "order_type": "LIMIT", "limit_price": "100"}
        waiting = stage.ask("GET", _query("/order/create.php", limit))["response"]["order_id"]
        return {
            "symbol": ["BTCUSD", "BCHUSD"],
            "resolution": [60, 3600],
            "limit": [1, 10, 100],
            "order_id": [int(waiting)],
            "position_id": [int(position) for position in bought],
            "margin": ["0.1", "0.5"],
            "leverage": [2, 5],
            "limit_price": ["4000", "100", "9000"],
            "stop_entry_price": ["9000", "12000"],
            "stop_loss": ["50", "4000"],
            "take_profit": ["15000"],
        }

    def sign(self, stage: Stage, method: str, target: str, body: bytes) -> tuple[str, dict[str, str]]:
        return _with_token(_with_prefix(target), stage.sandbox.credentials["token"]), {}

    def attempts(self, stage: Stage, method: str, target: str, body: bytes) -> Iterable[Attempt]:
        bare = re.sub(r"[?&]token=[^&]*$", "", target)
        yield Attempt("no token", bare, {})
        yield Attempt("an empty token", _with_token(bare, ""), {})
        yield Attempt("another token", _with_token(bare, "A" * 32), {})
        yield Attempt("a shorter token", target[:-1], {})

    def turned_away(self, reply: httpx.Response) -> bool:
        return reply.status_code == 200 and reply.json().get("error_code") in ("TOKEN_MISSING", "INVALID_TOKEN")

    def refusal(self, status: int, body: Json) -> str | None:
        if not isinstance(body, dict):
            return f"HTTP {status}"
        return str(body["error_code"]) if body.get("error") else None

    def excused(self, operation: str, sent: Sent, reason: str) -> bool:
        return _listed(self.reasons, operation, reason)

    def wrong_method(self, reply: Response) -> bool:
        return reply.status_code == 405 and reply.headers["allow"] == ["GET"]

    def consequences(self, stage: Stage, operation: str, sent: Sent, body: Json) -> Iterator[str]:
        overview = stage.ask("GET", "/user/overview.php")["response"]
        orders, positions = set(overview["orders"]), set(overview["positions"])
        result = body["response"]
        if operation == "order.create":
            order = result["order_id"]
            if order is None and result["position_id"] not in positions:
                yield "a position that was opened cannot be seen"
            elif order is not None and order not in orders and not self._crosses(stage, sent.query):
                yield "an order that was placed cannot be seen"
        elif operation == "order.close" and str(sent.query["order_id"]) in orders:
            yield "an order that was withdrawn is still there"
        elif operation == "position.close":
            number = str(sent.query["position_id"])
            history = stage.ask("GET", "/position/history.php?limit=1")["response"]
            if number in positions or number not in [item["position_id"] for item in history]:
                yield "a position that was closed is not among those"
        elif operation == "position.merge" and result["position_id"] not in positions:
            yield "positions that were merged are gone"

    def _crosses(self, stage: Stage, asked: Mapping[str, Any]) -> bool:
        """Whether an order meets the market: then it is a position at once."""
        if asked["order_type"] != "LIMIT":
            return bool(asked["order_type"] == "MARKET")
        symbol = str(asked["symbol"])
        tickers = stage.ask("GET", _query("/market/ticker.php", {"symbols": symbol}))["response"]
        price = Decimal(asked["limit_price"])
        if asked["direction"] == "LONG":
            return price >= Decimal(tickers[symbol]["ask"])
        return price <= Decimal(tickers[symbol]["bid"])


def _listed(reasons: Sequence[tuple[str, str]], operation: str, reason: str) -> bool:
    return any(re.fullmatch(where, operation) and re.fullmatch(text, reason, re.S) for where, text in reasons)


def _basic(text: str) -> str:
    return f"Basic {base64.b64encode(text.encode()).decode()}"


def _query(path: str, asked: Mapping[str, str]) -> str:
    return f"{path}?{httpx.QueryParams(dict(asked))}"


def _with_prefix(target: str) -> str:
    return target if target.startswith(OneFoxSandbox.prefix) else OneFoxSandbox.prefix + target


def _with_token(target: str, token: str) -> str:
    return f"{target}{'&' if '?' in target else '?'}token={token}"


APIS: Mapping[str, Api] = {api.name: api for api in (CoinbasePro(), Freqtrade(), OneFox())}
