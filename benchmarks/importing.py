"""What a program pays before its first answer: imports and one call, in a fresh process, in an environment that holds
our wheel and nothing that it does not need. The start of the interpreter itself is not counted."""

from __future__ import annotations

import subprocess
from statistics import median

from benchmarks.measure import CORES, Timing
from benchmarks.setup import clean_environment

_FRAME = """
import os, sys, time
os.sched_setaffinity(0, {{{core}}})
url = {url!r}
before = set(sys.modules)
started = time.perf_counter()
{code}
took = time.perf_counter() - started
assert {check}
print(took, len(set(sys.modules) - before), " ".join(name for name in sys.modules if "." not in name))
"""
_PROGRAMS = {
    "httpx": (
        "import httpx\nresult = httpx.get(url + '/products/BTC-USD/ticker').json()",
        "result['bid'] == '7162.08'",
    ),
    "tradeloom": (
        "import coinbase_pro_sdk\nwith coinbase_pro_sdk.CoinbasePro(base_url=url) as client:\n"
        "    result = client.products.ticker('BTC-USD')",
        "str(result.bid) == '7162.08'",
    ),
    "import alone": ("import coinbase_pro_sdk", "True"),
}


def measure(url: str, rounds: int) -> tuple[dict[str, Timing], dict[str, int], set[str]]:
    """Milliseconds of each program, how many modules it imports, and the top-level modules that ours needs."""
    python = str(clean_environment("coinbase_pro"))
    samples: dict[str, list[float]] = {name: [] for name in _PROGRAMS}
    modules: dict[str, int] = {}
    ours: set[str] = set()
    for number in range(rounds + 1):
        for name, (code, check) in _PROGRAMS.items():
            program = _FRAME.format(core=CORES[0], url=url, code=code, check=check)
            command = [python, "-I", "-c", program]
            took, count, *names = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
            if number:  # The first one may have to compile.
                samples[name].append(float(took) * 1000)
            modules[name] = int(count)
            if name == "tradeloom":
                ours = set(names)
    return {name: Timing(min(values), median(values)) for name, values in samples.items()}, modules, ours
