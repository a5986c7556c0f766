"""Access tokens: one login for many calls, renewal before they expire, and no loop when nothing helps."""

from __future__ import annotations

import asyncio
import json
import threading
import time as real_time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import freqtrade_sdk._runtime.tokens as tokens_module
import pytest
from coinbase_pro_sdk._runtime.http import httpx
from freqtrade_sdk.errors import (
    APIError,
    AuthenticationError,
    RequestNotSent,
    ServerError,
    UnprocessableError,
)

import tradeloom.runtime.tokens as runtime_tokens
from tests.wires import LOGIN, REFRESH, Exchange, Reply, Seen, both, freqtrade, jwt, run, tokens
from tradeloom.runtime.tokens import Tokens, lifetime

VERSION = "/api/v1/version"
OK = {"version": "2020.8"}
EXPIRED = Reply({"msg": "Token has expired"}, 401)
DAMAGED = Reply({"msg": "Signature verification failed"}, 422)
UNAUTHORIZED = Reply({"error": "Unauthorized"}, 401)
RECORDINGS = Path(__file__).parent / "recordings" / "freqtrade-2020.8"


def put_clock_into(module: Any, monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    fake = SimpleNamespace(now=1000.0)
    fake.monotonic = lambda: fake.now
    monkeypatch.setattr(module, "time", fake)
    return fake


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """The clock that token lifetimes are measured with; tests move it by hand."""
    return put_clock_into(tokens_module, monkeypatch)


def sent_tokens(wire: Exchange, path: str = VERSION) -> list[str]:
    return [seen.headers["authorization"].removeprefix("Bearer ") for seen in wire.seen if seen.path == path]


# Lifetimes


@pytest.mark.parametrize(
    ("token", "seconds"),
    [
        (jwt(lifetime=900), 900.0),
        (jwt(iat=4102444800, lifetime=60), 60.0),
        (jwt(lifetime=-5), -5.0),
        (jwt(iat=0.5, lifetime=1), 1.0),
        (jwt(exp="soon"), None),
        (jwt(exp=None), None),
        ("no token", None),
        ("", None),
        ("a.b.c", None),
        ("a.é.c", None),
        ("a.bnVsbA.c", None),
        ("a.W10.c", None),
        ("a.e30.c", None),
        ("a." + "W" * 3 + ".c", None),
    ],
)
def test_the_lifetime_of_a_token_is_read_from_its_own_claims(token: str, seconds: float | None) -> None:
    assert lifetime(token) == seconds


@pytest.mark.parametrize(("seconds", "usable"), [(900, 870), (60, 30), (40, 20), (10, 5)])
def test_a_token_is_renewed_before_it_expires(seconds: float, usable: float, monkeypatch: pytest.MonkeyPatch) -> None:
    fake = put_clock_into(runtime_tokens, monkeypatch)
    held = Tokens()
    assert not held.fresh
    held.accept(jwt(lifetime=seconds), None)
    fake.now += usable - 0.5
    assert held.fresh
    fake.now += 1
    assert not held.fresh
    assert not held.can_refresh


def test_a_token_that_does_not_say_how_long_it_lives_is_used_until_it_is_refused() -> None:
    held = Tokens()
    held.accept("opaque", None)
    assert held.fresh
    first = held.fresh
    assert first is not None
    held.accept("newer", None)
    held.reject(first)  # a refusal of an older token does not cost the newer one
    newer = held.fresh
    assert newer is not None
    assert newer.token == "newer"
    held.reject(newer)
    assert not held.fresh


# One login


@both
def test_a_client_logs_in_once_and_uses_the_token(asynchronous: bool) -> None:
    pair = tokens()
    with Exchange().on("POST", LOGIN, pair).on("GET", VERSION, OK, OK, OK) as wire:
        client = freqtrade(wire, asynchronous)
        for _ in range(3):
            run(client, "version")
    assert sent_tokens(wire) == [pair["access_token"]] * 3


@both
def test_clients_made_with_other_options_share_the_token(asynchronous: bool) -> None:
    with Exchange().on("POST", LOGIN, tokens()).on("GET", VERSION, OK, OK, OK) as wire:
        client = freqtrade(wire, asynchronous)
        run(client.with_options(timeout=5), "version")
        run(client, "version")
        run(client, "with_raw_response.version")


@both
def test_the_access_token_is_refreshed_before_it_expires(asynchronous: bool, clock: SimpleNamespace) -> None:
    pair, renewed = tokens(), jwt("renewed")
    with Exchange() as wire:
        wire.on("POST", LOGIN, pair).on("POST", REFRESH, {"access_token": renewed}).on("GET", VERSION, OK, OK, OK)
        client = freqtrade(wire, asynchronous)
        run(client, "version")
        clock.now += 869
        run(client, "version")
        clock.now += 2
        run(client, "version")
    assert sent_tokens(wire) == [pair["access_token"], pair["access_token"], renewed]
    assert sent_tokens(wire, REFRESH) == [pair["refresh_token"]]


@both
def test_an_expired_refresh_token_is_not_tried(asynchronous: bool, clock: SimpleNamespace) -> None:
    with Exchange().on("POST", LOGIN, tokens("a"), tokens("b")).on("GET", VERSION, OK, OK) as wire:
        client = freqtrade(wire, asynchronous)
        run(client, "version")
        clock.now += 2_592_000
        run(client, "version")
    assert sent_tokens(wire) == [tokens("a")["access_token"], tokens("b")["access_token"]]


@both
@pytest.mark.parametrize("refusal", [EXPIRED, DAMAGED])
def test_a_refused_refresh_token_leads_to_one_new_login(
    refusal: Reply, asynchronous: bool, clock: SimpleNamespace
) -> None:
    with Exchange() as wire:
        wire.on("POST", LOGIN, tokens("a"), tokens("b")).on("POST", REFRESH, refusal, {"access_token": jwt("c")})
        wire.on("GET", VERSION, OK, OK, OK)
        client = freqtrade(wire, asynchronous)
        run(client, "version")
        clock.now += 871
        run(client, "version")
        clock.now += 871
        run(client, "version")
    assert sent_tokens(wire) == [tokens("a")["access_token"], tokens("b")["access_token"], jwt("c")]
    assert sent_tokens(wire, REFRESH) == [tokens("a")["refresh_token"], tokens("b")["refresh_token"]]


@both
def test_a_failing_refresh_is_an_error_and_the_refresh_token_is_kept(
    asynchronous: bool, clock: SimpleNamespace
) -> None:
    with Exchange() as wire:
        wire.on("POST", LOGIN, tokens())
        wire.on("POST", REFRESH, Reply("<h1>Internal Server Error</h1>", 500), {"access_token": jwt("c")})
        wire.on("GET", VERSION, OK, OK)
        client = freqtrade(wire, asynchronous)
        run(client, "version")
        clock.now += 871
        with pytest.raises(ServerError) as caught:
            run(client, "version")
        assert caught.value.operation == "token.refresh"
        run(client, "version")


# A token that the API refuses


@both
@pytest.mark.parametrize("refusal", [EXPIRED, DAMAGED], ids=["401", "422"])
def test_a_refused_access_token_is_renewed_once_and_the_call_made_again(refusal: Reply, asynchronous: bool) -> None:
    pair, renewed = tokens(), jwt("renewed")
    with Exchange() as wire:
        wire.on("POST", LOGIN, pair).on("POST", REFRESH, {"access_token": renewed})
        wire.on("POST", "/api/v1/forcesell", refusal, {"result": "Created sell order for trade 5."})
        assert run(freqtrade(wire, asynchronous), "forcesell", 5).result == "Created sell order for trade 5."
    first, second = (seen for seen in wire.seen if seen.path.endswith("forcesell"))
    assert (first.body, first.target) == (second.body, second.target)
    assert sent_tokens(wire, "/api/v1/forcesell") == [pair["access_token"], renewed]


@both
@pytest.mark.parametrize(
    ("refusal", "kind"), [(EXPIRED, AuthenticationError), (DAMAGED, UnprocessableError)], ids=["401", "422"]
)
def test_a_token_refused_again_is_an_error_after_one_renewal(
    refusal: Reply, kind: type[APIError], asynchronous: bool
) -> None:
    with Exchange() as wire:
        wire.on("POST", LOGIN, tokens()).on("POST", REFRESH, {"access_token": jwt("renewed")})
        wire.on("GET", VERSION, refusal, refusal)
        client = freqtrade(wire, asynchronous)
        with pytest.raises(kind) as caught:
            run(client, "version")
    assert type(caught.value) is kind
    assert caught.value.operation == "version"
    assert caught.value.message == refusal.body["msg"]


@both
def test_a_new_login_answers_a_refused_token_where_the_refresh_token_is_refused_too(asynchronous: bool) -> None:
    with Exchange() as wire:
        wire.on("POST", LOGIN, tokens("a"), tokens("b")).on("POST", REFRESH, EXPIRED).on("GET", VERSION, EXPIRED, OK)
        assert run(freqtrade(wire, asynchronous), "version").version == "2020.8"


@both
def test_a_refusal_that_is_no_matter_of_tokens_is_not_repeated(asynchronous: bool) -> None:
    with Exchange().on("POST", LOGIN, tokens()).on("GET", VERSION, Reply({"error": "no"}, 404)) as wire:
        client = freqtrade(wire, asynchronous)
        with pytest.raises(APIError):
            run(client, "version")


@both
@pytest.mark.parametrize("lived", [-900, 0])
def test_tokens_that_are_born_expired_do_not_loop(lived: float, asynchronous: bool) -> None:
    pair = tokens(lifetime=lived, refresh_lifetime=lived)
    with Exchange().always("POST", LOGIN, pair).always("GET", VERSION, EXPIRED) as wire:
        client = freqtrade(wire, asynchronous)
        with pytest.raises(AuthenticationError):
            run(client, "version")
    assert wire.count(LOGIN) <= 2
    assert wire.count(VERSION) == 2


@both
def test_recorded_tokens_that_expired_years_ago_are_used_and_do_not_loop(asynchronous: bool) -> None:
    recording = json.loads(next(RECORDINGS.glob("full/*-token-login.json")).read_text())["response"]
    login = Reply(recording["body"], recording["status"])
    with Exchange().on("POST", LOGIN, login).on("GET", VERSION, OK, OK) as wire:
        client = freqtrade(wire, asynchronous)
        run(client, "version")
        run(client, "version")
    access = json.loads(recording["body"])["access_token"]
    assert sent_tokens(wire) == [access, access]
    with Exchange().on("POST", LOGIN, login).on("POST", REFRESH, {"access_token": access}) as wire:
        wire.on("GET", VERSION, EXPIRED, EXPIRED)
        client = freqtrade(wire, asynchronous)
        with pytest.raises(AuthenticationError, match="Token has expired"):
            run(client, "version")


# Logins that fail


@both
@pytest.mark.parametrize(
    ("plan", "kind"),
    [
        (UNAUTHORIZED, AuthenticationError),
        (Reply("<h1>Bad Gateway</h1>", 502), ServerError),
        (Reply({"access": "?"}), RequestNotSent),
        (Reply("<html>"), RequestNotSent),
        (httpx.ReadError("gone"), RequestNotSent),
        (httpx.ReadTimeout("late"), RequestNotSent),
    ],
    ids=["401", "502", "no token", "html", "lost", "late"],
)
def test_a_failing_login_is_the_error_of_the_call_and_nothing_else_is_sent(
    plan: Any, kind: type[Exception], asynchronous: bool
) -> None:
    """A state-changing call that never left cannot have an unknown outcome."""
    with Exchange().on("POST", LOGIN, plan) as wire:
        client = freqtrade(wire, asynchronous)
        with pytest.raises(kind) as caught:
            run(client, "forcebuy", "ETH/BTC")
    assert type(caught.value) is kind
    assert "token.login: " in str(caught.value)


@both
def test_a_client_that_could_not_log_in_tries_again_at_the_next_call(asynchronous: bool) -> None:
    with Exchange().on("POST", LOGIN, UNAUTHORIZED, tokens()).on("GET", VERSION, OK) as wire:
        client = freqtrade(wire, asynchronous)
        with pytest.raises(AuthenticationError):
            run(client, "version")
        run(client, "version")


# Many at once


def in_threads(count: int, job: Any) -> list[Any]:
    """What each of many threads got, or the error it met; all of them start at the same moment."""
    start = threading.Barrier(count)
    results: list[Any] = [None] * count

    def work(number: int) -> None:
        start.wait()
        try:
            results[number] = job()
        except Exception as error:
            results[number] = error

    threads = [threading.Thread(target=work, args=(number,), daemon=True) for number in range(count)]
    for thread in threads:
        thread.start()
    deadline = real_time.monotonic() + 30
    for thread in threads:
        thread.join(max(deadline - real_time.monotonic(), 0))
    assert not any(thread.is_alive() for thread in threads), "deadlock"
    return results


def test_64_threads_make_one_login() -> None:
    with Exchange().on("POST", LOGIN, tokens()).always("GET", VERSION, OK) as wire:
        client = freqtrade(wire)
        results = in_threads(64, client.version)
    assert [result.version for result in results] == ["2020.8"] * 64
    assert (wire.count(LOGIN), wire.count(VERSION)) == (1, 64)


async def test_200_tasks_make_one_login() -> None:
    with Exchange().on("POST", LOGIN, tokens()).always("GET", VERSION, OK) as wire:
        client = freqtrade(wire, asynchronous=True)
        results = await asyncio.gather(*(client.version() for _ in range(200)))
    assert [result.version for result in results] == ["2020.8"] * 200
    assert (wire.count(LOGIN), wire.count(VERSION)) == (1, 200)


def refuse_first(access: str) -> Any:
    """Refuses one access token and takes every other."""

    def answer(seen: Seen) -> Reply:
        return EXPIRED if seen.headers["authorization"] == f"Bearer {access}" else Reply(OK)

    return answer


def test_64_threads_whose_token_is_refused_make_one_renewal() -> None:
    pair = tokens()
    with Exchange() as wire:
        wire.on("POST", LOGIN, pair).on("POST", REFRESH, {"access_token": jwt("renewed")})
        wire.always("GET", VERSION, refuse_first(pair["access_token"]))
        client = freqtrade(wire)
        results = in_threads(64, client.version)
    assert [getattr(result, "version", result) for result in results] == ["2020.8"] * 64
    assert (wire.count(LOGIN), wire.count(REFRESH)) == (1, 1)


async def test_200_tasks_whose_token_is_refused_make_one_renewal() -> None:
    pair = tokens()
    with Exchange() as wire:
        wire.on("POST", LOGIN, pair).on("POST", REFRESH, {"access_token": jwt("renewed")})
        wire.always("GET", VERSION, refuse_first(pair["access_token"]))
        client = freqtrade(wire, asynchronous=True)
        results = await asyncio.gather(*(client.version() for _ in range(200)))
    assert [result.version for result in results] == ["2020.8"] * 200
    assert (wire.count(LOGIN), wire.count(REFRESH)) == (1, 1)


def test_a_failing_login_fails_every_waiting_thread() -> None:
    with Exchange().always("POST", LOGIN, UNAUTHORIZED) as wire:
        client = freqtrade(wire)
        results = in_threads(16, client.version)
        assert {type(result) for result in results} == {AuthenticationError}
        wire.always("POST", LOGIN, tokens()).on("GET", VERSION, OK)
        assert client.version().version == "2020.8"


async def test_a_failing_login_fails_every_waiting_task() -> None:
    with Exchange().always("POST", LOGIN, UNAUTHORIZED) as wire:
        client = freqtrade(wire, asynchronous=True)
        async with asyncio.timeout(30):
            results = await asyncio.gather(*(client.version() for _ in range(50)), return_exceptions=True)
        assert {type(result) for result in results} == {AuthenticationError}
        wire.always("POST", LOGIN, tokens()).on("GET", VERSION, OK)
        assert (await client.version()).version == "2020.8"


async def test_a_cancelled_login_leaves_the_others_running() -> None:
    with Exchange().on("POST", LOGIN, tokens("a"), tokens("b")).always("GET", VERSION, OK) as wire:
        client = freqtrade(wire, asynchronous=True)
        first = asyncio.create_task(client.version())
        others = [asyncio.create_task(client.version()) for _ in range(5)]
        await asyncio.sleep(0)  # the first is logging in now, and the others wait for it
        assert client._lock.locked()
        first.cancel()
        async with asyncio.timeout(30):
            results = await asyncio.gather(first, *others, return_exceptions=True)
        assert isinstance(results[0], asyncio.CancelledError)
        assert [getattr(result, "version", result) for result in results[1:]] == ["2020.8"] * 5
        wire._once.clear()  # whether the cancelled login reached the exchange does not matter


class Racing(tokens_module.Tokens):
    """Tokens of which another call drops the usable one right after this call has looked at it."""

    @property
    def fresh(self) -> Any:
        usable = super().fresh
        if usable is not None:
            self.reject(usable)
        return usable


def test_a_token_dropped_by_another_thread_meanwhile_is_no_fault() -> None:
    """Another call may drop the token after this one found it usable and before it signs."""

    with Exchange().on("POST", LOGIN, tokens("a")).on("GET", VERSION, OK, OK) as wire:
        wire.always("POST", REFRESH, {"access_token": jwt("b")})
        client = freqtrade(wire)
        client.version()
        client._core.tokens.__class__ = Racing
        assert client.version().version == "2020.8"
