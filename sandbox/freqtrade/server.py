"""The bot's HTTP server."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, ClassVar, NoReturn, cast
from urllib.parse import parse_qsl

import attrs

from sandbox.app import Answer, Call, Json, Sandbox, handles
from sandbox.document import Problem
from sandbox.faults import Fault

from . import credentials, reports, tokens
from .bot import Bot, Failed, Refused
from .configuration import CREDENTIALS, Configuration
from .cors import Cors
from .pages import page
from .state import BotState, fresh

__all__ = ["FreqtradeSandbox"]

_TRADE = re.compile(r"/api/v1/trades/([^/]+)")
_LOGS = "/api/v1/logs"
# Names of the server's functions, where they are not the operation's with a line before it.
_FUNCTIONS = {"delete_trade": "_trades_delete", "blacklist_add": "_blacklist"}
# Methods of a route in the order in which the server was seen to list them.
_ALLOW = {"GET": "OPTIONS, GET, HEAD", "POST": "POST, OPTIONS", "DELETE": "OPTIONS, DELETE"}


class BadRequest(Exception):
    """The body calls itself JSON and is none."""


class FreqtradeSandbox(Sandbox[BotState]):
    """A bot in the middle of its work. Settings are those of Configuration, as keyword arguments."""

    api = "freqtrade"
    name = "freqtrade"
    port = 8702
    state_type = BotState
    credentials: ClassVar[dict[str, str]] = CREDENTIALS
    upper_case_reasons = True
    """Tells the HTTP server how to write `BAD GATEWAY`."""

    def __init__(self, *, state: Path | None = None, check_answers: bool = False, **settings: Any) -> None:
        self.configuration = Configuration(**settings)
        self._cors = Cors(self.configuration.cors_origins)
        super().__init__(state=state, check_answers=check_answers)
        self.bot = Bot(self.configuration, self.state)

    @classmethod
    def base_url(cls, port: int) -> str:
        """Where clients find the server; the paths carry /api/v1."""
        return f"http://127.0.0.1:{port}"

    def fresh_state(self) -> BotState:
        """A bot with a week of trades behind it."""
        return fresh(self.configuration, self.now())

    def reset(self) -> None:
        """Back to the start."""
        super().reset()
        self.bot = Bot(self.configuration, self.state)

    def advance(self, now: float) -> None:
        """Let the bot's main loop catch up."""
        self.bot.run(now)

    # Doors

    def door_prices(self, asked: dict[str, Any]) -> Json:
        """{"pair", "bid", "ask"} pins a price, {"pair", "move": true} lets it go, {"fail": true} takes prices away."""
        return self.bot.market.change(asked)

    def door_orders(self, asked: dict[str, Any]) -> Json:
        """{"wait": true} leaves orders on the exchange unfilled, {"wait": false} fills them at the next turn."""
        self.state.orders_wait = bool(asked["wait"])
        return {"wait": self.state.orders_wait}

    def door_edge(self, asked: dict[str, Any]) -> Json:
        """{"enabled": true} switches the Edge module on."""
        self.state.edge = bool(asked["enabled"])
        return {"enabled": self.state.edge}

    # Requests

    def process(self, scope: dict[str, Any], body: bytes) -> tuple[Answer, Fault | None]:
        """Answer a request; HEAD, OPTIONS and the headers for browsers are the same for every route."""
        method, path = scope["method"], scope["path"]
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
        fault = None
        allowed = self._methods(path)
        if not allowed:
            self.advance(self.now())
            answer = self.no_route(method, path, headers, self.now())
        elif method == "OPTIONS":
            answer = Answer("", 200, {"Allow": _allow(allowed)}, "text/html; charset=utf-8")
        elif path == _LOGS:
            answer = self._logs(scope, headers)
        else:
            inner = {**scope, "method": "GET"} if method == "HEAD" else scope
            answer, fault = super().process(inner, body)
        extra = self._cors.headers(method, path, headers)
        if not self.configuration.keep_alive:
            extra["Connection"] = "close"
        answer = attrs.evolve(answer, headers=answer.headers | extra)
        return (self._without_body(answer) if method == "HEAD" else answer), fault

    def _methods(self, path: str) -> list[str]:
        """Methods of a path. A trade's number that is none makes an unknown path."""
        if path == _LOGS:
            return ["GET"] if self.configuration.released else []
        trade = _TRADE.fullmatch(path)
        if trade and not re.fullmatch(r"\d{1,1000}", trade[1], re.ASCII):
            return []
        return self.document.methods_of(path)

    def _without_body(self, answer: Answer) -> Answer:
        whole = self.dump(answer.body) if answer.media == "application/json" else str(answer.body).encode()
        return attrs.evolve(answer, body=b"", headers=answer.headers | {"content-length": str(len(whole))})

    def no_route(self, method: str, path: str, headers: dict[str, str], now: float) -> Answer:
        """404 for those who may know; a bad token is more than the server's error page can take."""
        try:
            refused = credentials.login(headers, self.configuration.jwt_secret_key, now)
        except tokens.TokenError:
            return page(500)
        if refused is not None:
            return refused
        url = f"http://{headers.get('host', f'127.0.0.1:{self.port}')}{path}"
        return Answer({"code": 404, "reason": f"There's no API call for {url}.", "status": "error"}, 404)

    def wrong_method(self, method: str, path: str, allowed: list[str], headers: dict[str, str], now: float) -> Answer:
        """405, whoever asks."""
        return page(405, Allow=_allow(allowed))

    def authenticate(self, call: Call) -> Answer | None:
        """Basic or an access token; a refresh token for the one operation that renews; nothing for ping."""
        try:
            if call.operation.id == "ping":
                return None
            if call.operation.id == "token.refresh":
                call.user = credentials.refresh(call.headers, self.configuration.jwt_secret_key, call.now)
                return None
            return credentials.login(call.headers, self.configuration.jwt_secret_key, call.now)
        except tokens.TokenError as error:
            return Answer({"msg": error.message}, error.status)

    def invalid(self, call: Call, problems: list[Problem]) -> Answer:
        """The server checks nothing beforehand: each handler finds out for itself what it cannot use."""
        return self._handlers[call.operation.id](self, call)

    def _answer(self, call: Call, problems: list[Problem]) -> Answer:
        try:
            return super()._answer(call, problems)
        except Refused as error:
            function = _FUNCTIONS.get(call.operation.id, f"_{call.operation.id}")
            return Answer({"error": f"Error querying {function}: {error}"}, 502)
        except Failed:
            return page(500)
        except BadRequest:
            return page(400)

    def succeeded(self, answer: Answer) -> bool:
        """A purchase that came to nothing is told in words."""
        return not self.dump(answer.body).startswith(b'{"status":"Error buying')

    def dump(self, body: Json) -> bytes:
        """Sorted keys, and a newline at the end. The journal may hold an exact number of a request."""
        return json.dumps(body, separators=(",", ":"), sort_keys=True, default=float).encode() + b"\n"

    # Bot control

    @handles("ping")
    def ping(self, call: Call) -> Answer:
        """Is the server there?"""
        return Answer({"status": "pong"})

    @handles("start")
    def start(self, call: Call) -> Answer:
        """Trade."""
        return Answer({"status": self.bot.start()})

    @handles("stop")
    def stop(self, call: Call) -> Answer:
        """Trade no more."""
        return Answer({"status": self.bot.stop()})

    @handles("stopbuy")
    def stopbuy(self, call: Call) -> Answer:
        """Buy nothing more."""
        return Answer({"status": self.bot.stop_buying()})

    @handles("reload_config")
    def reload_config(self, call: Call) -> Answer:
        """Read the configuration again."""
        return Answer({"status": self.bot.reload()})

    @handles("version")
    def version(self, call: Call) -> Answer:
        """Which release this is."""
        return Answer({"version": self.configuration.version})

    @handles("show_config")
    def show_config(self, call: Call) -> Answer:
        """The settings in force."""
        return Answer(self.configuration.shown(self.state.state, self.state.max_open_trades))

    # Trades

    @handles("status")
    def status(self, call: Call) -> Answer:
        """Open trades."""
        return Answer(reports.status(self.bot, call.now))

    @handles("trades")
    def trades(self, call: Call) -> Answer:
        """Closed trades."""
        return Answer(reports.trades(self.bot, call.now, _integer(call.target, "limit", 0)))

    @handles("count")
    def count(self, call: Call) -> Answer:
        """Open trades, counted."""
        return Answer(reports.count(self.bot))

    @handles("delete_trade")
    def delete_trade(self, call: Call) -> Answer:
        """Forget a trade."""
        number = int(call.path.rpartition("/")[2])
        cancelled = self.bot.delete(number)
        text = f"Deleted trade {number}. Closed {cancelled} open orders."
        return Answer({"result": "success", "trade_id": number, "result_msg": text, "cancel_order_count": cancelled})

    @handles("forcebuy")
    def forcebuy(self, call: Call) -> Answer:
        """Buy."""
        asked = _body(call)
        pair = asked.get("pair")
        trade = self.bot.forcebuy(pair, asked.get("price"), call.now)
        if trade is None:
            return Answer({"status": f"Error buying pair {pair}."})
        return Answer(trade.to_json(call.now, self.configuration.released))

    @handles("forcesell")
    def forcesell(self, call: Call) -> Answer:
        """Sell."""
        return Answer({"result": self.bot.forcesell(_body(call).get("tradeid"), call.now)})

    # Results

    @handles("profit")
    def profit(self, call: Call) -> Answer:
        """Profit over all trades."""
        return Answer(reports.profit(self.bot, call.now))

    @handles("performance")
    def performance(self, call: Call) -> Answer:
        """Profit by pair."""
        return Answer(reports.performance(self.bot))

    @handles("daily")
    def daily(self, call: Call) -> Answer:
        """Profit by day."""
        return Answer(reports.daily(self.bot, call.now, _integer(call.target, "timescale", 7)))

    @handles("balance")
    def balance(self, call: Call) -> Answer:
        """What lies on the account."""
        return Answer(reports.balance(self.bot, call.now))

    # Pairs

    @handles("whitelist")
    def whitelist(self, call: Call) -> Answer:
        """The pairs being traded."""
        return Answer(reports.whitelist(self.bot))

    @handles("blacklist")
    def blacklist(self, call: Call) -> Answer:
        """The pairs never bought."""
        return Answer(reports.blacklist(self.bot, {}))

    @handles("blacklist_add")
    def blacklist_add(self, call: Call) -> Answer:
        """More pairs never to buy."""
        pairs = _body(call).get("blacklist")
        return Answer(reports.blacklist(self.bot, self.bot.blacklist(pairs) if pairs else {}))

    @handles("edge")
    def edge(self, call: Call) -> Answer:
        """What Edge found."""
        return Answer(reports.edge(self.bot))

    # Tokens

    @handles("token.login")
    def login(self, call: Call) -> Answer:
        """Two tokens for a password. A token is let in, but gets no tokens."""
        if not credentials.basic(call.headers):
            return Answer(credentials.UNAUTHORIZED, 401)
        both = {
            f"{kind}_token": self._token(kind, {"u": CREDENTIALS["username"]}, call.now)
            for kind in ("access", "refresh")
        }
        return Answer(both)

    @handles("token.refresh")
    def refresh(self, call: Call) -> Answer:
        """The next access token."""
        return Answer({"access_token": self._token("access", call.user["identity"], call.now)})

    # Helpers

    def _token(self, kind: Any, identity: Any, now: float) -> str:
        return tokens.write(kind, identity, self.bot.unique_id(), self.configuration.jwt_secret_key, now)

    def _logs(self, scope: dict[str, Any], headers: dict[str, str]) -> Answer:
        """A route that only the release has, and no document."""
        now = self.now()
        self.advance(now)
        if scope["method"] not in ("GET", "HEAD"):
            return page(405, Allow=_ALLOW["GET"])
        try:
            refused = credentials.login(headers, self.configuration.jwt_secret_key, now)
            target = "?" + scope["query_string"].decode("latin-1")
            return refused or Answer(reports.logs(self.bot, _integer(target, "limit", 0)))
        except tokens.TokenError as error:
            return Answer({"msg": error.message}, error.status)
        except Failed:
            return page(500)


def _allow(methods: list[str]) -> str:
    return ", ".join(dict.fromkeys(name for method in methods for name in _ALLOW[method].split(", ")))


def _integer(target: str, name: str, default: int) -> int:
    """A query parameter. The first one counts, and what is no integer is more than the server can take."""
    given = dict(reversed(parse_qsl(target.partition("?")[2], keep_blank_values=True)))
    try:
        return int(given[name]) if name in given else default
    except ValueError:
        _fail()


def _body(call: Call) -> dict[str, Any]:
    """The body as an object, read with floats. Without a JSON content type the server sees no body at all."""
    media = call.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media != "application/json" and not (media.startswith("application/") and media.endswith("+json")):
        _fail()
    try:
        body: Any = json.loads(call.raw_body)
    except ValueError:
        raise BadRequest from None
    except RecursionError:
        _fail()
    if not isinstance(body, dict):
        _fail()
    return cast("dict[str, Any]", body)


def _fail() -> NoReturn:
    raise Failed
