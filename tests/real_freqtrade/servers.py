"""Starting the two servers on the same settings, and installing the real one."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import msgspec

from sandbox.freqtrade import Configuration, FreqtradeSandbox
from sandbox.freqtrade.configuration import STAKE_CURRENCY
from sandbox.freqtrade.market import FIAT, PAIRS
from sandbox.freqtrade.trade import FEE
from sandbox.serve import Running

from .side import CREDENTIALS, Side

__all__ = ["RELEASE", "environment", "freqtrade_side", "sandbox_side"]

HERE = Path(__file__).resolve().parent
BUILD = HERE.parent.parent / "build" / "real-freqtrade"
RELEASE = "2020.8"
_SITE = "http://localhost:3000"
_COMMON: dict[str, Any] = {
    "release": RELEASE,
    "strategy": "Quiet",
    "minimal_roi": {"0": 9.0},
    "signals": False,
    "volatility": 0.0,
    "process_throttle_secs": 1,
    "cors_origins": (_SITE,),
}
# Seconds until a server has to be there. It loads a good deal, and the machine may be busy.
_START = 180.0


def environment() -> Path:
    """The Python that has Freqtrade; it is installed if it was not, or if the list of what it needs has changed."""
    home = BUILD / f"python-{sys.version_info[0]}.{sys.version_info[1]}"
    python = home / "bin" / "python"
    wanted = (HERE / "requirements.txt").read_text(encoding="utf-8") + RELEASE
    mark = home / "installed.txt"
    if mark.exists() and mark.read_text(encoding="utf-8") == wanted:
        return python
    print(
        f"Installing Freqtrade {RELEASE} into {home.relative_to(BUILD.parent.parent)} (once; about a minute) ...",
        flush=True,
    )
    shutil.rmtree(home, ignore_errors=True)
    home.mkdir(parents=True)
    pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    steps = (
        [sys.executable, "-m", "venv", str(home)],
        [*pip, "wheel", "setuptools<70"],
        [*pip, "--requirement", str(HERE / "requirements.txt")],
        [*pip, "--no-deps", "--no-build-isolation", f"freqtrade=={RELEASE}", "ccxt==1.32.1"],
    )
    log = BUILD / "install.log"
    with log.open("w", encoding="utf-8") as output:
        for step in steps:
            if subprocess.run(step, stdout=output, stderr=subprocess.STDOUT, check=False).returncode:
                output.flush()
                tail = "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-15:])
                sys.exit(f"{tail}\nFreqtrade {RELEASE} could not be installed; all of it is in {log}")
    mark.write_text(wanted, encoding="utf-8")
    return python


@contextmanager
def sandbox_side(settings: dict[str, Any], *, asynchronous: bool) -> Iterator[tuple[Side, FreqtradeSandbox]]:
    """Our server. Its state is what the other one starts with."""
    sandbox = FreqtradeSandbox(**_COMMON, **settings)
    with Running(sandbox) as running:
        door = f"{running.url}/_sandbox"
        with Side("sandbox", running.url, door, asynchronous=asynchronous) as side:
            yield side, sandbox


@contextmanager
def freqtrade_side(python: Path, sandbox: FreqtradeSandbox, folder: Path, *, asynchronous: bool) -> Iterator[Side]:
    """The real server, with the settings and the state of a sandbox. It is gone when the block is left."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    port, door = _free_ports()
    (folder / "settings.json").write_text(
        json.dumps(_settings(sandbox, port, door, folder), indent=2), encoding="utf-8"
    )
    command = [str(python), "-W", "ignore", str(HERE / "launcher.py"), str(folder)]
    plain = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL_ENV"))}
    with (folder / "freqtrade.log").open("wb") as log:
        process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=subprocess.STDOUT,
            # Elsewhere some of its times are wrong by the distance to UTC, as the document says.
            env={**plain, "PYTHONDONTWRITEBYTECODE": "1", "TZ": "UTC"},
            start_new_session=True,
        )
        try:
            url = f"http://127.0.0.1:{port}"
            _await(process, url, folder / "freqtrade.log")
            with Side("freqtrade", url, f"http://127.0.0.1:{door}", asynchronous=asynchronous) as side:
                yield side
        finally:
            process.kill()
            process.wait()


def _await(process: subprocess.Popen[bytes], url: str, log: Path) -> None:
    end = time.monotonic() + _START
    while True:
        try:
            httpx.get(f"{url}/api/v1/ping", trust_env=False)
            return
        except httpx.TransportError:
            if process.poll() is not None or time.monotonic() > end:
                tail = "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-15:])
                sys.exit(f"{tail}\nFreqtrade did not start; all it said is in {log}")
            time.sleep(0.1)


def _free_ports() -> tuple[int, int]:
    with socket.create_server(("127.0.0.1", 0)) as one, socket.create_server(("127.0.0.1", 0)) as other:
        return one.getsockname()[1], other.getsockname()[1]


def _settings(sandbox: FreqtradeSandbox, port: int, door: int, folder: Path) -> dict[str, Any]:
    state = sandbox.state
    balances = {STAKE_CURRENCY: sandbox.bot.wallet()}
    for trade in state.open_trades():
        balances[trade.pair.partition("/")[0]] = trade.amount
    return {
        "config": _config(sandbox.configuration, port, folder),
        "door": door,
        "prices": PAIRS,
        "fiat": FIAT,
        "balances": balances,
        "trades": [{**msgspec.to_builtins(trade), "fee": FEE} for trade in state.trades.values()],
    }


def _config(ours: Configuration, port: int, folder: Path) -> dict[str, Any]:
    """Freqtrade's configuration file for the same bot."""
    shown = ours.shown("", 0)
    config: dict[str, Any] = {
        "max_open_trades": ours.max_open_trades,
        "stake_currency": STAKE_CURRENCY,
        "stake_amount": ours.stake_amount,
        "tradable_balance_ratio": ours.tradable_balance_ratio,
        "dry_run": ours.dry_run,
        "dry_run_wallet": ours.dry_run_wallet,
        "minimal_roi": ours.minimal_roi,
        "stoploss": ours.stoploss,
        "unfilledtimeout": {"buy": 10, "sell": 30},
        "bid_strategy": shown["bid_strategy"],
        "ask_strategy": shown["ask_strategy"],
        "exchange": {
            "name": shown["exchange"],
            "key": "key",
            "secret": "secret",
            "pair_whitelist": list(ours.pair_whitelist),
            "pair_blacklist": list(ours.pair_blacklist),
        },
        "pairlists": [{"method": "StaticPairList"}],
        "telegram": {"enabled": False, "token": "", "chat_id": ""},
        "api_server": {
            "enabled": True,
            "listen_ip_address": "127.0.0.1",
            "listen_port": port,
            "verbosity": "info",
            "jwt_secret_key": ours.jwt_secret_key,
            "CORS_origins": list(ours.cors_origins),
            **CREDENTIALS,
        },
        "initial_state": ours.initial_state,
        "forcebuy_enable": ours.forcebuy_enable,
        "internals": {"process_throttle_secs": ours.process_throttle_secs},
        "db_url": f"sqlite:///{folder / 'trades.sqlite'}",
        "strategy": ours.strategy,
    }
    if ours.fiat_display_currency:
        config["fiat_display_currency"] = ours.fiat_display_currency
    if ours.edge:
        config["edge"] = {
            "enabled": True,
            "process_throttle_secs": 3600,
            "calculate_since_number_of_days": 7,
            "allowed_risk": 0.01,
            "stoploss_range_min": -0.02,
            "stoploss_range_max": -0.1,
            "stoploss_range_step": -0.01,
            "minimum_winrate": 0.1,
            "minimum_expectancy": 0.01,
            "min_trade_number": 2,
            "max_trade_duration_minute": 1440,
            "remove_pumps": False,
        }
    return config
