"""A process with one peer: makes batches of calls when it is told to, and tells how long each took.

    python -m benchmarks.worker GROUP PEER URL CORE

Reads `CALLS TASKS` from standard input, writes the nanoseconds of the batch: the time of the calls less the time that
the same loop takes around a function that does nothing. What the last call of a batch gave is checked after the clock
has stopped.
"""

from __future__ import annotations

import asyncio
import gc
import os
import sys
from collections.abc import Callable
from itertools import repeat
from time import perf_counter_ns
from typing import Any

from benchmarks.peers import GROUPS, Peer


def nothing() -> None:
    """What the loop costs by itself."""


async def nothing_async() -> None:
    """What the tasks cost by themselves."""


def timed(call: Callable[[], Any], calls: int) -> tuple[int, Any]:
    result = None
    started = perf_counter_ns()
    for _ in repeat(None, calls):
        result = call()
    return perf_counter_ns() - started, result


async def timed_async(call: Callable[[], Any], calls: int, tasks: int) -> tuple[int, Any]:
    left = iter(range(calls))
    result: Any = None

    async def one() -> None:
        nonlocal result
        for _ in left:
            result = await call()

    started = perf_counter_ns()
    await asyncio.gather(*(one() for _ in range(tasks)))
    return perf_counter_ns() - started, result


def answer(took: int, without: int) -> None:
    print(took - without, flush=True)


def run(peer: Peer) -> None:
    peer.check(peer.call())
    print("ready", flush=True)
    for line in sys.stdin:
        calls = int(line.split()[0])
        gc.collect()
        took, result = timed(peer.call, calls)
        peer.check(result)
        answer(took, timed(nothing, calls)[0])


async def run_async(make: Any, url: str) -> None:
    peer: Peer = await make(url)
    peer.check(await peer.call())
    print("ready", flush=True)
    # Reading blocks the loop, which has nothing to do between batches.
    for line in sys.stdin:
        calls, tasks = map(int, line.split())
        await timed_async(peer.call, tasks, tasks)  # Connections for all tasks.
        gc.collect()
        took, result = await timed_async(peer.call, calls, tasks)
        peer.check(result)
        answer(took, (await timed_async(nothing_async, calls, tasks))[0])


if __name__ == "__main__":
    group, name, url, core = sys.argv[1:]
    os.sched_setaffinity(0, {int(core)})
    maker = GROUPS[group][name]
    if group == "async":
        asyncio.run(run_async(maker, url))
    else:
        run(maker(url))
    os._exit(0)  # Whatever clients say about not being closed does not matter.
