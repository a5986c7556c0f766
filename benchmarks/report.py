"""The results as text and as a picture."""

from __future__ import annotations

import json
import os
import platform
import subprocess
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from benchmarks.goals import OURS, Goal
from benchmarks.measure import PYTHON, ROOT

PAGE = ROOT / "docs" / "performance.md"
PLOT = ROOT / "docs" / "images" / "performance.svg"


def table(found: dict[str, Any]) -> Iterator[str]:
    """Markdown tables of microseconds a call."""
    titles = {
        "blocking": "A blocking call (ticker of one product)",
        "freqtrade": "A blocking call of a bot (`count`)",
        "orders": "An order",
    }
    for group, title in titles.items():
        yield from (f"### {title}", "", "| | least, µs | median, µs | of ours |", "|---|---:|---:|---:|")
        ours = found[group].get(OURS) or found[group]["tradeloom, signed order"]
        for name, timing in sorted(found[group].items(), key=lambda pair: pair[1].least):
            yield f"| {name} | {timing.least:.0f} | {timing.middle:.0f} | {timing.least / ours.least:.2f}× |"
        yield ""
    tasks = list(found["async"])
    yield from ("### An asynchronous call, by number of tasks (least, µs)", "")
    yield "| | " + " | ".join(map(str, tasks)) + " |"
    yield "|---|" + "---:|" * len(tasks)
    for name in sorted(found["async"][tasks[0]], key=lambda name: found["async"][tasks[-1]][name].least):
        yield f"| {name} | " + " | ".join(f"{found['async'][count][name].least:.0f}" for count in tasks) + " |"
    yield ""
    yield from ("### Reading a reply", "", "| | bytes | ours, µs | of the floor | of json.loads | stock, of ours |")
    yield "|---|---:|---:|---:|---:|---:|"
    for name, reading in found["decoding"]["timings"].items():
        if "long" in name:
            yield (
                f"| {name} | {reading['bytes']} | {reading[OURS][0] / 1000:.1f} | "
                + " | ".join(
                    _ratio(reading, *pair)
                    for pair in ((OURS, "floor"), (OURS, "json.loads"), ("openapi-python-client", OURS))
                )
                + " |"
            )
    memory = found["decoding"]["memory"]
    yield from ("", "### A level-3 book of 20,000 rows in memory", "", "| | kept, MB | peak, MB |", "|---|---:|---:|")
    for name, (kept, peak) in memory.items():
        yield f"| {name} | {kept / 1e6:.1f} | {peak / 1e6:.1f} |"
    times, modules, _ = found["import"]
    yield from ("", "### Import and a first call", "", "| | least, ms | median, ms | modules |", "|---|---:|---:|---:|")
    for name, timing in times.items():
        yield f"| {name} | {timing.least:.0f} | {timing.middle:.0f} | {modules[name]} |"
    yield from ("", "### Generation", "", "| | s |", "|---|---:|")
    for count, seconds in found["generation"]["size"].items():
        yield f"| {count} operations | {seconds:.2f} |"
    for name, (least, _) in found["generation"]["change"].items():
        yield f"| changed: {name} | {least:.2f} |"
    yield from ("", "### What is installed", "", "| | wheel, kB | distributions |", "|---|---:|---:|")
    for name, (kilobytes, distributions) in found["size"].items():
        yield f"| {name} | {kilobytes:.0f} | {len(distributions)} |"


def _ratio(reading: dict[str, Any], of: str, over: str) -> str:
    return f"{reading[of][0] / reading[over][0]:.2f}×" if of in reading and over in reading else "–"


def write(found: dict[str, Any], goals: list[Goal]) -> None:
    """The page and the plot."""
    lines = [
        "# Performance",
        "",
        "Written by `make bench`, which measures everything in one run on one loopback server: each library in",
        "a process of its own, bound to one core, the server bound to the other; batches of calls of all of them",
        "in turn; the time of the measuring loop itself taken off; every last result of a batch checked. What",
        "counts is the least time.",
        "",
        f"Measured on {date.today():%d %B %Y}: {_machine()}.",
        "",
        "![Microseconds a call](images/performance.svg)",
        "",
        "## Goals",
        "",
        "| | Goal | Measured | Wanted | |",
        "|---|---|---|---|---|",
        *(
            f"| {goal.number} | {goal.text} | {goal.value} | {goal.wanted} | {'PASS' if goal.met else 'short'} |"
            for goal in goals
        ),
        "",
        *(f"{line}." for line in found["missing"]),
        "## Numbers",
        "",
        *table(found),
        "",
        "*floor*: msgspec alone into the same types; nothing that builds these values can be quicker. What ours",
        "takes more is spent on looking for spellings that msgspec reads otherwise than the API meant them",
        "(`NaN`, `1_0` or a leading blank in quotes, offsets other than UTC). *stock*: the output of",
        "openapi-python-client for the same document, which leaves numbers as strings and floats.",
        "",
        "*pyreqwest* is quicker than any library written in Python, and no package uses it: release 0.15.1 calls",
        "a POST that was carried out and lost its reply a `ConnectError`, and one that waits for its reply too long",
        "a `ConnectTimeoutError`, as if nothing had been sent. A client that believes this places orders twice.",
        "",
        "One changed API cannot take as little as a third of all three: every run first loads the generator, the",
        "parser and the checkers of documents, whatever it then makes.",
        "",
    ]
    PAGE.parent.mkdir(exist_ok=True)
    PAGE.write_text("\n".join(lines), encoding="utf-8")
    plotted = {
        "blocking": {name: timing.least for name, timing in found["blocking"].items()},
        "async": {
            str(count): {name: timing.least for name, timing in times.items()}
            for count, times in found["async"].items()
        },
    }
    PLOT.parent.mkdir(exist_ok=True)
    plotter = str(Path(__file__).with_name("plot.py"))
    subprocess.run([str(PYTHON), plotter, str(PLOT)], input=json.dumps(plotted), text=True, check=True)


def _machine() -> str:
    processor = platform.processor() or platform.machine()
    try:
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                processor = line.partition(":")[2].strip()
                break
    except OSError:
        pass
    cores = len(os.sched_getaffinity(0))
    return f"{processor}, {cores} cores, {platform.system()} {platform.release()}, Python {platform.python_version()}"
