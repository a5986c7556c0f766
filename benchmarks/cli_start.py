"""How long the commands take to start, over the bare interpreter.

    python benchmarks/cli_start.py [ROUNDS]

Starts of all kinds take turns, so that a busy moment of the machine hits all alike. A call goes to a sandbox on this
machine, and its time contains the sandbox's. Bytecode is cached as it is where a package is installed.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from statistics import median
from time import perf_counter

from sandbox.pytest_plugin import LiveSandbox

PROGRAM = [sys.executable, "-m", "coinbase_pro_sdk"]
BUDGETS = {"--help": 60, "products --help": 60, "completion of a word": 60, "a call, JSON": 150, "a call, table": 150}


def main() -> None:
    """Measure and print."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 15
    with LiveSandbox("coinbase-pro") as sandbox, tempfile.TemporaryDirectory() as cache:
        environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        environment |= {"PYTHONPYCACHEPREFIX": cache, "COINBASE_PRO_BASE_URL": sandbox.url}
        completion = {
            "_COINBASE_PRO_COMPLETE": "bash_complete",
            "COMP_WORDS": "coinbase-pro orders l",
            "COMP_CWORD": "2",
        }
        kinds: dict[str, tuple[list[str], dict[str, str]]] = {
            "python -c pass": ([sys.executable, "-c", "pass"], {}),
            "import click": ([sys.executable, "-c", "import click"], {}),
            "--help": ([*PROGRAM, "--help"], {}),
            "products --help": ([*PROGRAM, "products", "--help"], {}),
            "completion of a word": (PROGRAM, completion),
            "import httpx": ([sys.executable, "-c", "import httpx"], {}),
            "a call, JSON": ([*PROGRAM, "products", "ticker", "BTC-USD"], {}),
            "a call, table": ([*PROGRAM, "products", "ticker", "BTC-USD", "--table"], {}),
        }
        times: dict[str, list[float]] = {name: [] for name in kinds}
        for number in range(rounds + 1):
            for name, (command, more) in kinds.items():
                started = perf_counter()
                subprocess.run(command, env={**environment, **more}, check=True, stdout=subprocess.DEVNULL)
                if number:  # The first round fills the cache.
                    times[name].append((perf_counter() - started) * 1000)
    report(times)


def report(times: dict[str, list[float]]) -> None:
    """A line each: milliseconds, and what is above the bare interpreter."""
    bare_min, bare_median = min(times["python -c pass"]), median(times["python -c pass"])
    print(f"{'':24}{'min ms':>8}{'median':>8}{'over bare':>11}{'median':>8}{'ratio':>7}{'budget':>8}")
    for name, values in times.items():
        over = min(values) - bare_min
        budget = BUDGETS.get(name)
        verdict = "" if budget is None else f"{budget:>8}{'' if over <= budget else ' missed'}"
        print(
            f"{name:<24}{min(values):8.1f}{median(values):8.1f}{over:11.1f}{median(values) - bare_median:8.1f}"
            f"{min(values) / bare_min:7.1f}{verdict}"
        )


if __name__ == "__main__":
    main()
