"""What a command refuses, how it asks, how it ends, and what it never shows."""

from __future__ import annotations

import json
import os
import pty
import re
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from sandbox.replay import Replay
from tests.commands import ACCESS, Shell, shell, terminal

if TYPE_CHECKING:
    from sandbox.pytest_plugin import LiveSandbox

pytest_plugins = ["sandbox.pytest_plugin"]

LIMIT = ("orders", "limit", "buy", "BTC-USD", "100", "0.5")
SECRETS = {value for access in ACCESS.values() for value in access.values()}


@pytest.fixture
def exchange(coinbase_pro_sandbox: LiveSandbox) -> Shell:
    return shell("coinbase_pro_sdk", coinbase_pro_sandbox.url)


# Asking


def test_nobody_is_asked_where_nobody_can_answer(exchange: Shell, coinbase_pro_sandbox: LiveSandbox) -> None:
    result = exchange.run(*LIMIT, code=7)
    assert "add --yes" in result.stderr
    assert result.stdout == ""
    assert coinbase_pro_sandbox.journal() == []


@pytest.mark.parametrize(("answer", "code", "placed"), [("y\n", 0, 1), ("n\n", 7, 0), ("\n", 7, 0), ("", 130, 0)])
def test_an_order_is_shown_before_it_is_sent_and_sent_after_yes_alone(
    exchange: Shell,
    coinbase_pro_sandbox: LiveSandbox,
    monkeypatch: pytest.MonkeyPatch,
    answer: str,
    code: int,
    placed: int,
) -> None:
    with terminal(monkeypatch, "coinbase_pro_sdk"):
        result = exchange.run(*LIMIT, "--post-only", code=code, answer=answer)
    for shown in ("Place a limit order", coinbase_pro_sandbox.url, "buy", "BTC-USD", "100", "0.5", "post_only"):
        assert shown in result.stderr
    assert len(coinbase_pro_sandbox.journal()) == placed


def test_every_unsafe_operation_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    for package in ACCESS:
        commands = shell(package, "http://127.0.0.1:9")
        for command in commands.tree.commands:
            call = import_module(f"{package}._runtime.cli.call")
            operation = _operation(package, command.call)
            assert call._asks(operation, command) == (operation.effect == "unsafe" or command.confirm), command.call
            if operation.effect == "unsafe":
                assert call._asks(operation, command._replace(confirm=False))


def _operation(package: str, name: str) -> Any:
    resource, _, method = name.rpartition(".")
    module = import_module(f"{package}.resources.{resource}" if resource else f"{package}.operations")
    return getattr(module, method.upper())


@pytest.mark.parametrize(
    ("package", "words"),
    [
        ("freqtrade_sdk", "delete_trade 5"),
        ("freqtrade_sdk", "forcesell all"),
        ("coinbase_pro_sdk", "orders cancel-all"),
        ("onefox_sdk", "position close 22"),
    ],
)
def test_what_cannot_be_undone_asks(package: str, words: str) -> None:
    assert "add --yes" in shell(package, "http://127.0.0.1:9").run(*words.split(), code=7).stderr


def test_reading_asks_nothing_even_where_the_same_command_can_change(freqtrade_sandbox: LiveSandbox) -> None:
    bot = shell("freqtrade_sdk", freqtrade_sandbox.url)
    assert bot.run("blacklist").exit_code == 0


def test_a_person_at_a_terminal_is_asked(coinbase_pro_sandbox: LiveSandbox) -> None:
    ours, its = pty.openpty()
    environment = {**os.environ, **ACCESS["coinbase_pro_sdk"], "COINBASE_PRO_BASE_URL": coinbase_pro_sandbox.url}
    with subprocess.Popen(
        [sys.executable, "-m", "coinbase_pro_sdk", *LIMIT], stdin=its, stdout=its, stderr=its, env=environment
    ) as process:
        os.close(its)
        seen = b""
        while b"[y/N]" not in seen:
            seen += os.read(ours, 4096)
        os.write(ours, b"y\n")
        while chunk := _read(ours):
            seen += chunk
        assert process.wait() == 0
    os.close(ours)
    assert b"pending" in seen
    assert len(coinbase_pro_sandbox.journal()) == 1


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 4096)
    except OSError:  # The other end is closed.
        return b""


# Arguments


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("orders limit buy BTC-USD 0 0.5", "price: expected a decimal number greater than 0, got '0'"),
        ("orders limit buy BTC-USD ten 0.5", "price: expected a decimal number greater than 0, got 'ten'"),
        ("orders limit bye BTC-USD 100 0.5", "side: expected one of buy, sell, got 'bye'"),
        ("orders limit buy BTC-USD 100 0.5 --time-in-force GTT", "cancel_after: required with time_in_force='GTT'"),
        ("orders market buy BTC-USD", "size or funds: give exactly one, got neither"),
        ("products trades BTC-USD --limit 101", "limit: expected an integer of at most 100, got 101"),
        ("products trades BTC-USD --limit 1.5", "limit: expected an integer, got '1.5'"),
        ("products historic-rates BTC-USD --granularity 61", "granularity: expected one of 60, 300"),
        ("products historic-rates BTC-USD --start soon --end now", "start: expected a time such as"),
        ("products historic-rates BTC-USD --start 2020-01-01T00:00 --end now", "start: expected a time with its zone"),
        ("accounts get 12", "account_id: expected a UUID, got '12'"),
        ("products ticker ../accounts", "product_id: "),
        ("products ticker", "Missing argument 'PRODUCT_ID'"),
        ("products tickr BTC-USD", "no such command: tickr; did you mean ticker?"),
        ("products ticker BTC-USD --colour", "No such option"),
    ],
)
def test_wrong_words_are_refused_by_name_before_anything_is_sent(words: str, said: str) -> None:
    with Replay("coinbase-pro") as server:
        result = shell("coinbase_pro_sdk", server.url).run(*words.split(), code=2)
        assert said in result.stderr
        assert result.stderr.count("\n") == 1
        assert server.requests == []


# Ends


def test_a_no_of_the_api_has_its_code_and_one_line(exchange: Shell) -> None:
    result = exchange.run("products", "ticker", "NO-NO", code=3)
    assert result.stderr == "coinbase-pro: products.ticker: NotFound [404]\n"


def test_verbose_tells_request_status_and_body(exchange: Shell) -> None:
    text = exchange.run("accounts", "get", "00000000-0000-4000-8000-000000000000", "-v", code=3).stderr
    assert re.search(r"request: GET http://127.0.0.1:\d+/accounts/00000000", text)
    assert "status:  404" in text
    assert 'body:    {"message":"NotFound"}' in text
    assert not any(secret in text for secret in SECRETS - {"sandbox"})


def test_nothing_listens_is_no_answer() -> None:
    for words in (("products", "list"), (*LIMIT, "--yes")):
        assert "refused" in shell("coinbase_pro_sdk", "http://127.0.0.1:9", COLUMNS="80").run(*words, code=4).stderr


def test_an_unknown_outcome_says_how_to_find_out(exchange: Shell, coinbase_pro_sandbox: LiveSandbox) -> None:
    coinbase_pro_sandbox.fault("orders.limit", "drop-after")
    result = exchange.run(*LIMIT, "--yes", code=5)
    assert result.stdout == ""
    assert result.stderr.count("\n") == 1
    found = re.search(r"to find out: coinbase-pro (orders get client:\S+)\n", result.stderr)
    assert found is not None
    assert len(coinbase_pro_sandbox.journal()) == 1
    assert exchange.json(*found[1].split())["price"] == "100.00000000"


def test_an_unknown_outcome_without_a_key_names_the_commands_that_tell(onefox_sandbox: LiveSandbox) -> None:
    onefox_sandbox.fault("order.create", "drop-after")
    words = ["order", "create", "BTCUSD", "0.01", "SHORT", "2", "MARKET", "--yes"]
    result = shell("onefox_sdk", onefox_sandbox.url).run(*words, code=5)
    assert result.stderr.endswith("; to find out: onefox user overview\n")


def test_a_misfit_has_its_own_code(exchange: Shell, coinbase_pro_sandbox: LiveSandbox) -> None:
    coinbase_pro_sandbox.fault("products.list", "html-200", times=5)
    assert exchange.run("products", "list", code=6).stdout == ""


@pytest.mark.parametrize(("words", "code"), [(LIMIT, 5), (("orders", "cancel-all"), 5), (("orders", "list"), 130)])
def test_interrupting_a_change_is_an_unknown_outcome(
    exchange: Shell, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], code: int
) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    client = import_module("coinbase_pro_sdk._runtime.sync_client").SyncClient
    for name in ("_call", "_page"):
        monkeypatch.setattr(client, name, interrupted)
    assert "interrupted" in exchange.run(*words, "--yes", code=code).stderr


@pytest.mark.parametrize("error", [KeyboardInterrupt, BrokenPipeError, ValueError])
def test_what_was_done_never_looks_undone(
    exchange: Shell,
    coinbase_pro_sandbox: LiveSandbox,
    monkeypatch: pytest.MonkeyPatch,
    error: type[BaseException],
) -> None:
    def broken(*_: object) -> None:
        raise error

    monkeypatch.setattr(import_module("coinbase_pro_sdk._runtime.cli.output"), "show", broken)
    assert "orders limit was done, but" in exchange.run(*LIMIT, "--yes", code=6).stderr
    assert len(coinbase_pro_sandbox.journal()) == 1


def test_a_wrong_column_does_not_hide_that_the_order_was_placed(exchange: Shell) -> None:
    result = exchange.run(*LIMIT, "--yes", "--csv", "--columns", "nonsense", code=6)
    assert "orders limit was done, but its result cannot be shown: --columns: no column nonsense" in result.stderr


def test_a_warning_of_the_api_is_a_line() -> None:
    with Replay("onefox") as server, server.pin("quota.status-warning"):
        result = shell("onefox_sdk", server.url).run("quota", "status")
        assert result.stderr.startswith("warning: ")
        assert result.stderr.count("\n") == 1


def test_exit_codes_are_in_the_help_and_the_readme(exchange: Shell) -> None:
    codes = import_module("coinbase_pro_sdk._runtime.cli.exits").EXIT_CODES
    text = exchange.run("--help").stdout
    readme = (Path(__file__).parent.parent / "generated/coinbase_pro_sdk/README.md").read_text()
    for code, meaning in codes.items():
        assert f"{code}  {meaning}" in text
        assert f"| {code} | {meaning} |" in readme


# Credentials


def config(folder: Path, mode: int, content: dict[str, Any]) -> Path:
    file = folder / "config.json"
    file.write_text(json.dumps(content))
    file.chmod(mode)
    return file


MINE = {"key": "sandbox-key", "secret": "c2FuZGJveC1zZWNyZXQ=", "passphrase": "sandbox"}
NOTHING = dict.fromkeys(ACCESS["coinbase_pro_sdk"])


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644, 0o620])
def test_credentials_that_others_can_get_at_are_refused_with_the_remedy(tmp_path: Path, mode: int) -> None:
    file = config(tmp_path, mode, MINE)
    result = shell("coinbase_pro_sdk", "http://127.0.0.1:9", **NOTHING).run(
        "--config", str(file), "accounts", "list", code=2
    )
    assert f"run chmod 600 {file}" in result.stderr


def test_a_file_without_credentials_may_be_read_by_all(tmp_path: Path, coinbase_pro_sandbox: LiveSandbox) -> None:
    file = config(tmp_path, 0o644, {"base_url": coinbase_pro_sandbox.url})
    nothing: dict[str, str | None] = {"COINBASE_PRO_BASE_URL": None}
    assert shell("coinbase_pro_sdk", "", **nothing).run("-c", str(file), "accounts", "list").exit_code == 0


def test_the_file_in_the_home_is_read_where_none_is_named(tmp_path: Path, coinbase_pro_sandbox: LiveSandbox) -> None:
    folder = tmp_path / "coinbase-pro"
    folder.mkdir()
    config(folder, 0o600, {"base_url": coinbase_pro_sandbox.url, **MINE})
    commands = shell("coinbase_pro_sdk", "", **NOTHING, COINBASE_PRO_BASE_URL=None, XDG_CONFIG_HOME=str(tmp_path))
    assert commands.run("accounts", "list").exit_code == 0


def test_the_environment_wins_over_the_file_in_the_home_and_a_named_file_over_it(tmp_path: Path) -> None:
    folder = tmp_path / "coinbase-pro"
    folder.mkdir()
    file = config(folder, 0o600, {"base_url": "http://127.0.0.1:1", **MINE})
    commands = shell("coinbase_pro_sdk", "http://127.0.0.1:2", XDG_CONFIG_HOME=str(tmp_path))
    text = commands.run("show").stdout
    assert "http://127.0.0.1:2  (COINBASE_PRO_BASE_URL)" in text
    assert "set  (COINBASE_PRO_KEY)" in text
    text = commands.run("-c", str(file), "show").stdout
    assert f"http://127.0.0.1:1  ({file})" in text
    assert f"set  ({file})" in text
    assert (
        "http://127.0.0.1:3  (--base-url)"
        in commands.run("-c", str(file), "show", "--base-url", "http://127.0.0.1:3").stdout
    )


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("{", "not JSON"),
        ("[]", "expected an object"),
        ('{"key": 5}', "key: expected text"),
    ],
)
def test_a_file_that_cannot_be_right_is_refused(tmp_path: Path, content: str, said: str) -> None:
    file = tmp_path / "config.json"
    file.write_text(content)
    file.chmod(0o600)
    result = shell("coinbase_pro_sdk", "http://127.0.0.1:9").run("-c", str(file), "time", code=2)
    assert f"{file}: {said}" in result.stderr
    assert "no such file" in shell("coinbase_pro_sdk", "").run("-c", "/nonexistent.json", "time", code=2).stderr


def test_a_section_that_is_missing_or_incomplete_is_named(tmp_path: Path) -> None:
    bot = shell("freqtrade_sdk", "")
    missing = config(tmp_path, 0o600, {})
    assert "expected an object `api_server`" in bot.run("-c", str(missing), "ping", code=2).stderr
    incomplete = config(tmp_path, 0o600, {"api_server": {"listen_ip_address": "127.0.0.1"}})
    assert "listen_port: missing" in bot.run("-c", str(incomplete), "ping", code=2).stderr


def test_credentials_do_not_travel_in_clear_to_other_machines() -> None:
    commands = shell("coinbase_pro_sdk", "http://192.0.2.1:80")
    assert "unencrypted" in commands.run("accounts", "list", code=2).stderr


def test_no_command_takes_a_secret_as_an_argument() -> None:
    for package, access in ACCESS.items():
        commands = shell(package, "http://127.0.0.1:9")
        names = {name.partition("_")[2].lower() for name in access} | {"refresh_token"}
        for command in commands.tree.commands:
            taken = {parameter.name for parameter in command.parameters if not parameter.secret}
            assert not taken & names, command.call


def test_a_token_comes_from_the_environment_alone(freqtrade_sandbox: LiveSandbox) -> None:
    token = freqtrade_sandbox.client().token.login().refresh_token
    bot = shell("freqtrade_sdk", freqtrade_sandbox.url)
    assert "it comes from FREQTRADE_REFRESH_TOKEN" in bot.run("token", "refresh", code=2).stderr
    bot.environment["FREQTRADE_REFRESH_TOKEN"] = token
    assert set(bot.json("token", "refresh")) == {"access_token"}
    text = bot.run("token", "refresh", "-v").stderr
    assert token not in text


def test_no_secret_shows_however_much_is_said(coinbase_pro_sandbox: LiveSandbox) -> None:
    secrets = {"COINBASE_PRO_KEY": "KEY-0123456789", "COINBASE_PRO_PASSPHRASE": "PASS-0123456789"}
    commands = shell("coinbase_pro_sdk", coinbase_pro_sandbox.url, **secrets)
    for words in (("accounts", "list", "-v"), (*LIMIT, "-v", "--yes"), ("show",), ("show", "-v")):
        code = 0 if "show" in words else 3
        result = commands.run(*words, code=code)
        for secret in (*secrets.values(), "c2FuZGJveC1zZWNyZXQ="):
            assert secret not in result.stdout + result.stderr
