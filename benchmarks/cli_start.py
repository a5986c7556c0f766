"""How long the commands take to start, over the bare interpreter.

    python -m benchmarks.cli_start [ROUNDS]

Starts of all kinds take turns, so that a busy moment of the machine hits all alike. A call goes to a sandbox on this
machine, and its time contains the sandbox's. Bytecode is cached as it is where a package is installed. The column of
processor time is the one to trust on a busy machine; it is the command's own, without the sandbox's.
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
        work: dict[str, list[float]] = {name: [] for name in kinds}
        for number in range(rounds + 1):
            for name, (command, more) in kinds.items():
                wall, processor = measured(command, {**environment, **more})
                if number:  # The first round fills the cache.
                    times[name].append(wall)
                    work[name].append(processor)
    report(times, work)


def measured(command: list[str], environment: dict[str, str]) -> tuple[float, float]:
    """Milliseconds on the wall and of the processor."""
    started = perf_counter()
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    wall = perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0, command
    return wall * 1000, (usage.ru_utime + usage.ru_stime) * 1000


def report(times: dict[str, list[float]], work: dict[str, list[float]]) -> None:
    """A line each: milliseconds, and what is above the bare interpreter."""
    bare = "python -c pass"
    print(f"{'milliseconds':24}{'min':>8}{'median':>8}{'ratio':>7}{'over bare':>11}{'processor':>11}{'budget':>8}")
    for name, values in times.items():
        over, own = min(values) - min(times[bare]), min(work[name]) - min(work[bare])
        budget = f"{BUDGETS[name]:8}" if name in BUDGETS else ""
        ratio = min(values) / min(times[bare])
        print(f"{name:24}{min(values):8.1f}{median(values):8.1f}{ratio:7.1f}{over:11.1f}{own:11.1f}{budget}")


if __name__ == "__main__":
    main()
