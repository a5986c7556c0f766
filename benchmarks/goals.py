"""What is wanted, and whether it was met. Everything is judged by the least time of each, as a ratio within one run."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import exp, log
from typing import Any

from benchmarks.measure import Timing

OURS = "tradeloom"
STOCK = "openapi-python-client"


@dataclass(frozen=True)
class Goal:
    number: int
    text: str
    value: str
    wanted: str
    met: bool


def at_most(number: int, text: str, value: float, bound: float, unit: str = "×") -> Goal:
    return Goal(number, text, f"{value:.2f}{unit}", f"≤ {bound:g}{unit}", value <= bound)


def at_least(number: int, text: str, value: float, bound: float, unit: str = "×") -> Goal:
    return Goal(number, text, f"{value:.2f}{unit}", f"≥ {bound:g}{unit}", value >= bound)


def judge(found: dict[str, Any]) -> list[Goal]:
    parts = (_blocking, _async, _signing, _decoding, _importing, _generation, _size)
    return [goal for part in parts for goal in part(found)]


def geometric_mean(values: list[float]) -> float:
    return exp(sum(map(log, values)) / len(values))


def _blocking(found: dict[str, Any]) -> Iterator[Goal]:
    times: dict[str, Timing] = found["blocking"]
    ours = times[OURS].least
    for name in ("cbpro", "ccxt", "coinbase-advanced-py"):
        yield at_least(1, f"a blocking call, quicker than {name}", times[name].least / ours, 2.0)
    bots: dict[str, Timing] = found["freqtrade"]
    yield at_least(
        1, "a blocking call, quicker than freqtrade-client", bots["freqtrade-client"].least / bots[OURS].least, 2.0
    )
    yield at_least(1, f"a blocking call, quicker than {STOCK}", times[STOCK].least / ours, 1.6)
    if "openapi-generator" in times:
        yield at_least(
            1, "a blocking call, quicker than openapi-generator", times["openapi-generator"].least / ours, 1.2
        )
    yield at_most(1, "a blocking call, of the time of httpx.Client", ours / times["httpx.Client"].least, 0.7)


def _async(found: dict[str, Any]) -> Iterator[Goal]:
    by_tasks: dict[int, dict[str, Timing]] = found["async"]
    for tasks, times in by_tasks.items():
        ours = times[OURS].least
        where = f"{tasks} tasks" if tasks > 1 else "1 task"
        for name in ("CoPrA", "ccxt"):
            bound = 1.5 if tasks >= 20 else 1.0
            yield at_least(2, f"asynchronous, {where}, quicker than {name}", times[name].least / ours, bound)
        yield at_most(2, f"asynchronous, {where}, of the time of aiohttp", ours / times["aiohttp"].least, 1.15)
    if 20 in by_tasks and 500 in by_tasks:
        ratio = by_tasks[500][OURS].least / by_tasks[20][OURS].least
        yield at_most(2, "asynchronous, 500 tasks, of the time a call takes at 20", ratio, 1.0)


def _signing(found: dict[str, Any]) -> Iterator[Goal]:
    times: dict[str, Timing] = found["orders"]
    signed = times["tradeloom, signed order"].least
    unsigned = times["tradeloom, unsigned order"].least
    yield at_most(3, "a signed order, more than the same unsigned", signed - unsigned, 15, " µs")


def _decoding(found: dict[str, Any]) -> Iterator[Goal]:
    timings: dict[str, dict[str, Any]] = found["decoding"]["timings"]

    def ratios(of: str, over: str) -> dict[str, float]:
        return {
            name: reading[of][0] / reading[over][0]
            for name, reading in timings.items()
            if of in reading and over in reading
        }

    floor = ratios(OURS, "floor")
    within = sum(ratio <= 1.1 for ratio in floor.values())
    worst = max(floor, key=lambda name: floor[name])
    yield Goal(
        4,
        "reading a reply, of the floor, each payload",
        f"{within} of {len(floor)} within; {geometric_mean(list(floor.values())):.2f}× in the geometric mean; worst "
        f"{floor[worst]:.2f}× ({worst})",
        "≤ 1.1×",
        within == len(floor),
    )
    untyped = geometric_mean(list(ratios(OURS, "json.loads").values()))
    yield at_most(4, "reading a reply, of json.loads, geometric mean", untyped, 1.0)
    stock = ratios(STOCK, OURS)
    enough = sum(ratio >= 2 for ratio in stock.values())
    yield Goal(
        4,
        f"reading a reply, quicker than {STOCK}, each payload",
        f"{enough} of {len(stock)} at 2× or more; least {min(stock.values()):.2f}×",
        "≥ 2×",
        enough == len(stock),
    )
    yield at_least(
        4, f"reading a reply, quicker than {STOCK}, geometric mean", geometric_mean(list(stock.values())), 3.0
    )
    memory = found["decoding"]["memory"]
    kept, peak = memory[OURS]
    yield at_most(4, "memory of a book of 20,000 rows, of untyped lists", kept / memory["json.loads"][0], 1.35)
    yield at_most(4, "its peak while it is read, of what is kept", peak / kept, 1.0)


def _importing(found: dict[str, Any]) -> Iterator[Goal]:
    times, _, modules = found["import"]
    ratio = times[OURS].least / times["httpx"].least
    yield at_most(5, "import and a first call, of httpx and httpx.get", ratio, 1.15)
    unwanted = sorted({"aiohttp", "httpx", "asyncio"} & set(modules))
    yield Goal(5, "modules that a blocking call does not need", ", ".join(unwanted) or "none", "none", not unwanted)


def _generation(found: dict[str, Any]) -> Iterator[Goal]:
    sizes = {int(count): seconds for count, seconds in found["generation"]["size"].items()}
    most, half = max(sizes), max(sizes) // 2
    yield at_most(6, f"generating {most} operations, of twice {half}", sizes[most] / sizes[half] / 2, 1.1)
    change = {name: times[0] for name, times in found["generation"]["change"].items()}
    one = sum(seconds for name, seconds in change.items() if name not in ("nothing", "all")) / 3
    yield at_most(6, "generating one changed API, of all three", one / change["all"], 0.334)
    yield at_most(6, "generating with nothing changed", change["nothing"], 0.3, " s")


def _size(found: dict[str, Any]) -> Iterator[Goal]:
    sizes: dict[str, Any] = found["size"]
    yield at_most(7, "the largest wheel", max(wheel for wheel, _ in sizes.values()), 150, " kB")
    yield at_most(7, "distributions installed", max(len(names) for _, names in sizes.values()), 12, "")
