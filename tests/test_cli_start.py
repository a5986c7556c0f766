"""Help and completion: quick, since nothing heavy is loaded, and right."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.commands import ACCESS, shell

PACKAGES = sorted(ACCESS)
PROBE = """
import runpy, sys
package, *lines = sys.argv[1:]
for line in lines:
    sys.argv = [package, *line.split()]
    try:
        runpy.run_module(package, run_name="__main__")
    except SystemExit as ended:
        assert not ended.code, (line, ended.code)
libraries = "aiohttp asyncio attr attrs decimal email h11 httpcore httpx msgspec rich ssl".split()
parts = {"client", "models", "calls", "_api", "operations", "resources"}
for name in sys.modules:
    if name.partition(".")[0] in libraries or (name.startswith(package) and name.rpartition(".")[2] in parts):
        print(name, file=sys.stderr)
"""


@pytest.mark.parametrize(
    ("package", "group", "leaf"),
    [
        ("coinbase_pro_sdk", "orders", "orders limit"),
        ("freqtrade_sdk", "token", "forcebuy"),
        ("onefox_sdk", "market", "market ticker"),
    ],
)
def test_help_loads_nothing_heavy(package: str, group: str, leaf: str) -> None:
    lines = ["--help", "--version", f"{group} --help", f"{leaf} --help", "help", "show", "completion zsh"]
    done = subprocess.run([sys.executable, "-c", PROBE, package, *lines], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("Usage: ") == 3
    assert done.stderr == ""


def test_json_loads_no_table() -> None:
    code = (
        "import sys; sys.argv = ['onefox', '--base-url', 'http://127.0.0.1:9', 'market', 'list']\n"
        "import runpy\n"
        "try: runpy.run_module('onefox_sdk', run_name='__main__')\n"
        "except SystemExit as ended: assert ended.code == 4, ended.code\n"
        "print([name for name in sys.modules if name.partition('.')[0] in ('rich', 'pygments', 'asyncio')])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


# Completion


def completed(package: str, *words: str) -> list[str]:
    """What bash is offered for the last word."""
    commands = shell(package, "http://127.0.0.1:9")
    program = commands.tree.program
    variable = f"_{program.replace('-', '_').upper()}_COMPLETE"
    commands.environment |= {
        variable: "bash_complete",
        "COMP_WORDS": " ".join((program, *words)),
        "COMP_CWORD": str(len(words)),
    }
    return [line.partition(",")[2] for line in commands.run(code=0).stdout.splitlines()]


@pytest.mark.parametrize(
    ("package", "words", "offered"),
    [
        ("coinbase_pro_sdk", ("ord",), ["orders"]),
        ("coinbase_pro_sdk", ("orders", "l"), ["limit", "list"]),
        ("coinbase_pro_sdk", ("orders", "limit", "b"), ["buy"]),
        ("coinbase_pro_sdk", ("orders", "limit", "buy", "BTC-USD", "1", "1", "--time-in-force", "G"), ["GTC", "GTT"]),
        ("coinbase_pro_sdk", ("products", "historic-rates", "BTC-USD", "--granularity", "3"), ["300", "3600"]),
        ("coinbase_pro_sdk", ("products", "historic-rates", "BTC-USD", "--gr"), ["--granularity"]),
        ("coinbase_pro_sdk", ("orders", "list", "--status", "o"), ["open"]),
        ("onefox_sdk", ("order", "create", "BTCUSD", "1", "S"), ["SHORT"]),
        ("freqtrade_sdk", ("force",), ["forcesell", "forcebuy"]),
        ("freqtrade_sdk", ("completion", ""), ["bash", "zsh", "fish"]),
    ],
)
def test_words_are_completed(package: str, words: tuple[str, ...], offered: list[str]) -> None:
    assert completed(package, *words) == offered


@pytest.mark.parametrize("kind", ["bash", "zsh", "fish"])
def test_the_completion_script_names_the_program(kind: str) -> None:
    text = shell("coinbase_pro_sdk", "").run("completion", kind).stdout
    assert f"_COINBASE_PRO_COMPLETE={kind}_complete" in text


# Help


def test_every_command_explains_itself_and_its_words() -> None:
    for package in PACKAGES:
        commands = shell(package, "")
        for command in commands.tree.commands:
            text = commands.run(*command.path, "--help").stdout
            flat = "".join(text.split())
            for said in (command.summary, *(parameter.help for parameter in command.parameters)):
                assert "".join(said.split()) in flat, command.call


def test_no_words_show_the_help() -> None:
    commands = shell("coinbase_pro_sdk", "")
    assert commands.run().stdout == commands.run("--help").stdout
    assert "historic-rates" in commands.run("products").stdout


def test_without_the_extra_the_command_says_what_to_install() -> None:
    code = (
        "import sys, importlib.util as u\n"
        "found = u.find_spec\n"
        "u.find_spec = lambda name, *rest: None if name == 'click' else found(name, *rest)\n"
        "from coinbase_pro_sdk.__main__ import main\n"
        "main()"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr == ("coinbase-pro: needs the extra `cli`; install it with pip install 'coinbase-pro-sdk[cli]'\n")


def test_the_module_is_the_command() -> None:
    environment = {**os.environ, "COINBASE_PRO_BASE_URL": "http://127.0.0.1:9"}
    done = subprocess.run(
        [sys.executable, "-m", "coinbase_pro_sdk", "time"], capture_output=True, text=True, check=False, env=environment
    )
    assert done.returncode == 4
    assert done.stderr.startswith("coinbase-pro: time: ")
