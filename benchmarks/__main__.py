"""Measure everything, print each goal with its ratio, and write docs/performance.md and its plot.

make bench                     # some minutes; the machine should have nothing else to do
make bench OPTIONS=--quick     # fewer rounds, nothing written
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from time import perf_counter
from typing import Any

from benchmarks import importing, setup, size
from benchmarks.goals import Goal, judge
from benchmarks.measure import CORES, PYTHON, ROOT, environment, interleaved, server
from benchmarks.payloads import payloads
from benchmarks.peers import GROUPS
from benchmarks.report import table, write

TASKS = (1, 20, 100, 500)


def main() -> int:
    """Run; 0 whether or not every goal is met, since a shortfall is a result."""
    parser = argparse.ArgumentParser(prog="benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer rounds; write nothing")
    quick = parser.parse_args().quick
    started = perf_counter()
    missing = setup.prepare()
    rounds, seconds = (3, 0.05) if quick else (15, 0.15)
    found: dict[str, Any] = {"missing": missing}
    with server() as url:
        for group in ("blocking", "freqtrade", "orders"):
            say(f"{group} …")
            names = [name for name in GROUPS[group] if not any(line.startswith(name) for line in missing)]
            found[group] = interleaved(group, names, url, rounds=rounds, seconds=seconds)[1]
        say("async …")
        found["async"] = interleaved(
            "async", GROUPS["async"], url, rounds=3 if quick else 9, seconds=seconds, tasks=TASKS
        )
        say("imports …")
        found["import"] = importing.measure(url, 5 if quick else 25)
    say("decoding …")
    found["decoding"] = in_environment_of_peers("benchmarks.decoding", str(3 if quick else 15), str(CORES[0]))
    say("generation …")
    counts = ("125", "250") if quick else ("125", "250", "500", "1000")
    command = [sys.executable, "-m", "benchmarks.generating", str(1 if quick else 5), *counts]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT)
    found["generation"] = json.loads(done.stdout)
    found["size"] = size.measure()
    goals = judge(found)
    print()
    for line in table(found):
        print(line)
    print()
    for goal in goals:
        print(shown(goal))
    for line in missing:
        print(f"      {line}")
    print(f"\n{sum(goal.met for goal in goals)} of {len(goals)} met, in {perf_counter() - started:.0f} s")
    if not quick:
        write(found, goals)
        print("written: docs/performance.md, docs/images/performance.svg")
    return 0


def say(line: str) -> None:
    print(line, flush=True)


def shown(goal: Goal) -> str:
    return f"{'PASS' if goal.met else 'SHORT'}  {goal.number}. {goal.text}: {goal.value} (goal {goal.wanted})"


def in_environment_of_peers(module: str, *arguments: str) -> Any:
    replies = json.dumps({api: payloads(api) for api in setup.APIS})
    command = [str(PYTHON), "-m", module, *arguments]
    done = subprocess.run(command, input=replies, stdout=subprocess.PIPE, text=True, check=True, env=environment())
    return json.loads(done.stdout)


if __name__ == "__main__":
    sys.exit(main())
