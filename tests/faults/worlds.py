"""What stands behind the fault server: enough of each API to be called, with a journal of what was carried out.

Every call carries a mark (a number of the caller's choice) in its arguments, and every reply and journal entry carries
the mark of its request. Replies are recorded ones with the mark put in.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from .server import Answer, Arrival

__all__ = ["CoinbasePro", "Entry", "Freqtrade", "OneFox"]

RECORDINGS = Path(__file__).parent.parent / "recordings"


def recorded(name: str) -> Any:
    """Parsed body of a recorded reply."""
    return json.loads(json.loads((RECORDINGS / f"{name}.json").read_text())["response"]["body"])


def _json(status: int, body: Any) -> Answer:
    headers = (("Content-Type", "application/json"), ("X-Request-Id", "request-17"))
    return Answer(status, json.dumps(body).encode(), headers)


@dataclass(frozen=True)
class Entry:
    """A state-changing request that was carried out."""

    operation: str
    mark: int
    key: str = ""
    """What the caller calls it by, if anything."""


class _World:
    def __init__(self) -> None:
        self.journal: list[Entry] = []

    def processed(self, mark: int) -> int:
        """How often the request with this mark was carried out."""
        return sum(entry.mark == mark for entry in self.journal)


class CoinbasePro(_World):
    """Signed requests, a clock that may be off, orders that can be looked up."""

    key = "canary-key-7f3a91"
    secret = base64.b64encode(b"canary secret of coinbase!").decode()
    passphrase = "canary passphrase"

    def __init__(self, skew: float = 0.0) -> None:
        super().__init__()
        self.skew = skew
        """Seconds that this server's clock is ahead."""
        self.window = 30.0
        self.clock_readings = 0
        self.complaints = 0
        self.orders: dict[str, Any] = {}
        self.cancelled: set[str] = set()
        self._order = recorded("coinbase_pro/orders.limit-accepted")
        self._account = recorded("coinbase_pro/accounts.get-btc")
        self._ticker = recorded("coinbase_pro/products.ticker-2019")

    def answer(self, arrival: Arrival) -> Answer:
        """As the exchange would."""
        path = arrival.path
        if path == "/time":
            self.clock_readings += 1
            now = time.time() + self.skew
            iso = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(now)) + f".{int(now % 1 * 1000):03}Z"
            return _json(200, {"iso": iso, "epoch": round(now, 3)})
        if path.startswith("/products/"):
            return _json(200, {**self._ticker, "trade_id": int(path.split("/")[2].split("-")[0][1:])})
        return self._refused(arrival) or self._signed(arrival)

    def _refused(self, arrival: Arrival) -> Answer | None:
        stamp = arrival.headers.get("cb-access-timestamp", "0")
        if abs(float(stamp) - time.time() - self.skew) > self.window:
            self.complaints += 1
            return _json(401, {"message": "request timestamp expired"})
        message = f"{stamp}{arrival.method}{arrival.target}".encode() + arrival.body
        digest = base64.b64encode(hmac.new(base64.b64decode(self.secret), message, hashlib.sha256).digest()).decode()
        sound = arrival.headers.get("cb-access-sign") == digest and arrival.headers.get("cb-access-key") == self.key
        if not sound or arrival.headers.get("cb-access-passphrase") != self.passphrase:
            return _json(401, {"message": "invalid signature"})
        return None

    def _signed(self, arrival: Arrival) -> Answer:
        path, tail = arrival.path, arrival.path.rpartition("/")[2]
        match arrival.method, path.split("/")[1]:
            case "POST", "orders":
                asked = json.loads(arrival.body)
                mark = int(asked.get("price") or asked["funds"])
                order = {**self._order, "id": str(uuid4()), "price": f"{mark}.00000000"}
                self.journal.append(Entry(f"orders.{asked['type']}", mark, asked["client_oid"]))
                self.orders[asked["client_oid"]] = order
                return _json(200, order)
            case "GET", "orders":
                found = self.orders.get(tail.partition(":")[2])
                return _json(200, found) if found else _json(404, {"message": "NotFound"})
            case "DELETE", "orders":
                if tail in self.cancelled:
                    return _json(404, {"message": "order not found"})
                self.cancelled.add(tail)
                self.journal.append(Entry("orders.cancel", UUID(tail).int))
                return _json(200, tail)
            case "GET", "accounts":
                return _json(200, {**self._account, "id": tail})
            case _:
                return _json(404, {"message": "NotFound"})


class Freqtrade(_World):
    """Tokens that expire, refusals with status 502."""

    username = "canary-user-2b"
    password = "canary pass/word+1"

    def __init__(self, lifetime: float = 900.0, refresh_lifetime: float = 2592000.0) -> None:
        super().__init__()
        self.lifetime, self.refresh_lifetime = lifetime, refresh_lifetime
        self.logins = self.refreshes = 0
        self.accepts_refresh = True
        self.accepts_login = True
        self.accepts_access = True
        self.buys = True
        self.deleted: set[int] = set()
        self.issued: list[str] = []
        self._expires: dict[str, float] = {}
        self._trade = recorded("freqtrade-2020.8/full/089-forcebuy")

    def revoke(self) -> None:
        """Forget every access token, as a server that was started again with another secret does."""
        for token in [token for token in self._expires if ".access." in token]:
            del self._expires[token]

    def _token(self, kind: str, seconds: float) -> str:
        now = time.time()
        claims = json.dumps({"iat": now, "exp": now + seconds, "jti": str(uuid4()), "type": kind}).encode()
        payload = base64.urlsafe_b64encode(claims).decode().rstrip("=")
        token = f"canary{len(self.issued)}.{payload}.{kind}.{uuid4().hex}"
        self._expires[token] = time.monotonic() + seconds
        self.issued.append(token)
        return token

    def answer(self, arrival: Arrival) -> Answer:
        """As the bot would."""
        path = arrival.path.removeprefix("/api/v1/")
        scheme, _, proof = arrival.headers.get("authorization", "").partition(" ")
        if path == "token/login":
            self.logins += 1
            pair = base64.b64encode(f"{self.username}:{self.password}".encode()).decode()
            if scheme != "Basic" or proof != pair or not self.accepts_login:
                return _json(401, {"error": "Unauthorized"})
            tokens = {"access_token": self._token("access", self.lifetime)}
            return _json(200, {**tokens, "refresh_token": self._token("refresh", self.refresh_lifetime)})
        kind = "refresh" if path == "token/refresh" else "access"
        refused = self._refused(proof, kind)
        if kind == "refresh":
            self.refreshes += 1
            return refused or _json(200, {"access_token": self._token("access", self.lifetime)})
        return refused or self._signed(arrival, path)

    def _refused(self, token: str, kind: str) -> Answer | None:
        until = self._expires.get(token)
        accepted = self.accepts_refresh if kind == "refresh" else self.accepts_access
        if until is None or f".{kind}." not in token or not accepted:
            return _json(422, {"msg": "Signature verification failed"})
        if time.monotonic() > until:
            return _json(401, {"msg": "Token has expired"})
        return None

    def _signed(self, arrival: Arrival, path: str) -> Answer:
        asked = json.loads(arrival.body) if arrival.body else {}
        if path == "forcebuy":
            mark = int(asked["pair"].partition("/")[0][1:])
            if not self.buys:
                return _json(502, {"error": "Error querying _forcebuy: Forcebuy not enabled."})
            self.journal.append(Entry("forcebuy", mark))
            return _json(200, {**self._trade, "pair": asked["pair"], "trade_id": mark})
        if path == "forcesell":
            mark = int(asked["tradeid"])
            self.journal.append(Entry("forcesell", mark))
            return _json(200, {"result": f"Created sell order for trade {mark}."})
        if path.startswith("trades/"):
            mark = int(path.partition("/")[2])
            if mark in self.deleted:
                return _json(502, {"error": "Error querying _trades_delete: invalid argument"})
            self.deleted.add(mark)
            self.journal.append(Entry("delete_trade", mark))
            gone = {"cancel_order_count": 0, "result": "success", "result_msg": "Deleted.", "trade_id": mark}
            return _json(200, gone)
        if path == "trades":
            return _json(200, {"trades": [], "trades_count": int(arrival.query.get("limit", 0))})
        return _json(404, {"reason": "Not found"})


class OneFox(_World):
    """Orders by GET, results in an envelope, the token in the query."""

    token = "CANARYTOKEN000000000000000000001FOX"

    def __init__(self) -> None:
        super().__init__()
        self.closed: set[int] = set()
        self._trade = recorded("onefox/position.trades-documented")["response"][0]

    def answer(self, arrival: Arrival) -> Answer:
        """As the exchange would."""
        query = arrival.query
        if query.get("token") != self.token:
            return self._enveloped(None, "AUTH_TOKEN")
        routes: dict[str, Callable[[], tuple[str, int, Any]]] = {
            "order/create.php": lambda: self._created(int(query["symbol"][1:])),
            "order/close.php": lambda: ("order.close", int(query["order_id"]), None),
            "position/merge.php": lambda: self._merged(int(query["position_ids"].split(",")[0])),
        }
        path = arrival.path.removeprefix("/api/v1/")
        if path == "position/trades.php":
            return self._enveloped([{**self._trade, "position_id": query["position_id"]}])
        if path not in routes:
            return self._enveloped(None, "NOT_FOUND")
        operation, mark, result = routes[path]()
        if operation == "order.close" and mark in self.closed:
            return self._enveloped(None, "ORDER_NOT_FOUND")
        self.journal.append(Entry(operation, mark))
        if operation == "order.close":
            self.closed.add(mark)
        return self._enveloped(result)

    @staticmethod
    def _created(mark: int) -> tuple[str, int, Any]:
        return "order.create", mark, {"order_id": str(mark)}

    @staticmethod
    def _merged(mark: int) -> tuple[str, int, Any]:
        return "position.merge", mark, {"position_id": str(mark)}

    @staticmethod
    def _enveloped(result: Any, error: str = "") -> Answer:
        envelope: dict[str, Any] = {"server_time": "2014-11-06T10:34:47.123456Z", "error": bool(error)}
        if error:
            envelope |= {"error_code": error, "error_message": error.lower(), "error_data": None}
        return _json(200, {**envelope, "warning": False, "response": result})
