"""The promises of safety in great numbers: `make soak`, or `python tests/soak.py --calls 500` for a short one.

Prints one line for each API, kind of client and promise, and exits with 1 if a promise was broken.
"""

from __future__ import annotations

import argparse
import asyncio
import multiprocessing
import os
import sys
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor, as_completed
from contextlib import suppress
from dataclasses import dataclass, field
from glob import glob
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.faults.clients import APIS, KINDS, SubjectAPI, make
from tests.faults.secrets import canaries, listening, shown
from tests.faults.server import Arrival, Fault, FaultServer, Randomly, menu

GRACE = 0.1
"""Seconds that a call may outlive its deadline."""
AT_ONCE = {"sync": 12, "aiohttp": 32, "httpx": 12}
"""Calls in flight; few enough that a late one is late because of the client and not for want of a processor."""
OWN = ("/time", "/api/v1/token/")
CLASSES = ("result", "RequestNotSent", "OutcomeUnknown", "APIError", "InvalidReply")


@dataclass
class Row:
    """What one part of the soak found."""

    part: str
    api: str
    kind: str
    calls: int
    ended: Counter[str] = field(default_factory=Counter)
    done: int = 0
    """State-changing requests that were carried out."""
    twice: int = 0
    late: float = 0.0
    """Seconds by which the latest call outlived its deadline."""
    seconds: float = 0.0
    note: str = ""
    broken: list[str] = field(default_factory=list)
    """Broken promises, in words."""

    def __str__(self) -> str:
        counts = " ".join(f"{self.ended[name]:>7}" for name in CLASSES)
        verdict = "ok" if not self.broken else f"{len(self.broken)} BROKEN"
        start = f"{self.part:9} {self.api:12} {self.kind:7} {self.calls:>6} {counts} {self.done:>6} {self.twice:>5}"
        return f"{start} {self.late * 1000:>6.0f} {self.seconds:>5.0f}s  {verdict}  {self.note}"


HEADER = (
    f"{'part':9} {'API':12} {'client':7} {'calls':>6} {'result':>7} {'notsent':>7} {'unknown':>7} {'refused':>7} "
    f"{'invalid':>7} {'done':>6} {'twice':>5} {'latems':>6}"
)


class Mixed:
    """One rate for what is called, another for what clients call by themselves."""

    def __init__(self, rate: float, own_rate: float, faults: list[Fault], start: int) -> None:
        self.theirs = Randomly(rate, faults, start)
        self.own = Randomly(own_rate, [fault for fault in faults if fault.kind not in ("hang", "drip")], start + 1)

    def choose(self, arrival: Arrival) -> Fault | None:
        """A fault, or None."""
        return (self.own if arrival.path.startswith(OWN) else self.theirs).choose(arrival)


Outcome = tuple[Any, float]
"""The result or exception of a call, and the seconds that it took, less those in which it could not run."""


def starved() -> float:
    """Seconds that the threads of this process were ready to run and got no processor, where the system tells.

    On a busy machine that is not the client's doing. Threads that ended count no more.
    """
    waited = 0
    for file in glob("/proc/self/task/*/schedstat"):
        with suppress(OSError):
            waited += int(Path(file).read_text().split()[1])
    return waited / 1e9


class Watch:
    """Measures a call: its time on the clock, less the time that it was kept from running after `patience` seconds."""

    def __init__(self, patience: float) -> None:
        self.patience = patience
        self.started, self.waited = time.monotonic(), starved()

    def elapsed(self) -> float:
        """Seconds so far."""
        seconds = time.monotonic() - self.started
        if seconds <= self.patience + GRACE / 2:
            return seconds
        return max(seconds - max(starved() - self.waited, 0.0), self.patience)


def run(kind: str, client: Any, call: Callable[[Any, int], Any], marks: list[int], at_once: int) -> dict[int, Outcome]:
    """Make a call with each mark, several at once."""
    if kind == "sync":

        def one(mark: int) -> tuple[int, Outcome]:
            watch = Watch(client.timeout)
            try:
                outcome = call(client, mark)
            except Exception as error:
                outcome = error
            return mark, (outcome, watch.elapsed())

        with ThreadPoolExecutor(at_once) as threads:
            return dict(threads.map(one, marks))

    async def all_of_them() -> dict[int, Outcome]:
        outcomes: dict[int, Outcome] = {}
        waiting = iter(marks)

        async def worker() -> None:
            for mark in waiting:
                watch = Watch(client.timeout)
                try:
                    outcome = await call(client, mark)
                except Exception as error:
                    outcome = error
                outcomes[mark] = outcome, watch.elapsed()

        await asyncio.gather(*(worker() for _ in range(at_once)))
        return outcomes

    return RUNNER.run(all_of_them())


RUNNER = asyncio.Runner()


def close(client: Any, kind: str) -> None:
    """Close a client of any kind."""
    if kind == "sync":
        client.close()
    else:
        RUNNER.run(client.close())


def name_of(api: SubjectAPI, outcome: Any) -> str:
    """The one of CLASSES that an outcome is, or else the name of its class."""
    if not isinstance(outcome, Exception):
        return "result"
    if isinstance(outcome, api.errors.APIError):
        return "APIError"
    return type(outcome).__name__


def world_of(api: SubjectAPI, lifetime: float = 2.0) -> Any:
    """A world whose tokens, if it has any, live so many seconds; clients renew them at half of it."""
    world = api.world()
    if api.name == "freqtrade":
        world.lifetime = lifetime
    return world


def warm_up(api: SubjectAPI, kind: str, client: Any) -> None:
    """Make a call of each kind, since the first one builds what reads its reply."""
    for call in (*api.unsafe, api.idempotent, api.read):
        run(kind, client, call, [7], 1)


def unsafe(api: SubjectAPI, kind: str, calls: int) -> Row:
    """Every call is struck: nothing is done twice, and nothing that was done is called failed or not sent."""
    row = Row("unsafe", api.name, kind, calls)
    world, timeout = world_of(api), 0.4
    marks = [1000 + 10 * number for number in range(calls)]
    with FaultServer(world) as server:
        client = make(api, kind, server.origin, timeout=timeout)
        warm_up(api, kind, client)
        world.journal.clear()
        server.plan = Mixed(1.0, 0.1, menu(), start=len(api.name) + KINDS.index(kind))
        server.flap(up=0.2, down=0.02)
        outcomes = run(kind, client, lambda c, mark: api.unsafe[mark // 10 % 2](c, mark), marks, AT_ONCE[kind])
        done = Counter(entry.mark for entry in world.journal)
        row.done, row.twice = len(done), sum(times > 1 for times in done.values())
        for mark, (outcome, elapsed) in outcomes.items():
            name = name_of(api, outcome)
            row.ended[name] += 1
            row.late = max(row.late, elapsed - timeout)
            if name not in CLASSES:
                row.broken.append(f"{mark}: ended as {outcome!r}")
            if name in ("RequestNotSent", "APIError") and done[mark]:
                row.broken.append(f"{mark}: was done, but ended as {outcome!r}")
            if name == "result" and (done[mark] != 1 or api.unsafe_mark(outcome) != mark):
                row.broken.append(f"{mark}: was done {done[mark]} times and gave {outcome!r}")
        row.broken += [f"{mark}: done {times} times" for mark, times in done.items() if times > 1]
        if set(outcomes) != set(marks):
            row.broken.append("some calls did not end")
        if api.name == "coinbase_pro":
            server.settle()
            resolve(api, kind, client, outcomes, done, row)
        close(client, kind)
    return row


def resolve(
    api: SubjectAPI, kind: str, client: Any, outcomes: dict[int, Outcome], done: Counter[int], row: Row
) -> None:
    """Look up what is unknown: what was done is found, what was not is not, and nothing is sent again."""
    unknown = {mark: outcome for mark, (outcome, _) in outcomes.items() if name_of(api, outcome) == "OutcomeUnknown"}
    some = list(unknown)[:800]
    before = sum(done.values())

    def look_up(_: Any, mark: int) -> Any:
        error = unknown[mark]
        seconds = 5.0 if done[mark] else 0.1
        return error.resolve(seconds) if kind == "sync" else error.aresolve(seconds)

    found = run(kind, client, look_up, some, 8)
    for mark, (order, _) in found.items():
        if done[mark] and (order is None or isinstance(order, Exception) or api.unsafe_mark(order) != mark):
            row.broken.append(f"{mark}: was done, but looked up as {order!r}")
        if not done[mark] and order is not None and not isinstance(order, api.errors.SDKError):
            row.broken.append(f"{mark}: was not done, but looked up as {order!r}")
    if before != sum(done.values()):
        row.broken.append("looking up placed an order")
    row.note = f"looked up {len(some)}, of which done {sum(done[mark] for mark in some)}"


def reads(api: SubjectAPI, kind: str, calls: int) -> Row:
    """At a fault rate of 30 %, every read succeeds within its deadline, with its own reply."""
    row = Row("reads", api.name, kind, calls)
    timeout = 40.0
    marks = list(range(1000, 1000 + calls))
    with FaultServer(world_of(api), Mixed(0.3, 0.3, menu(), start=17)) as server:
        server.flap(up=0.2, down=0.02)
        client = make(api, kind, server.origin, timeout=timeout, max_retries=15)
        outcomes = run(kind, client, api.read, marks, 2 * AT_ONCE[kind])
        close(client, kind)
        row.note = f"{len(server.arrivals)} requests"
    for mark, (outcome, elapsed) in outcomes.items():
        row.ended[name_of(api, outcome)] += 1
        row.late = max(row.late, elapsed - timeout)
        if isinstance(outcome, Exception) or api.read_mark(outcome) != mark:
            row.broken.append(f"{mark}: gave {outcome!r}")
    row.note += f", slowest {max(elapsed for _, elapsed in outcomes.values()):.1f} s"
    return row


def deadlines(api: SubjectAPI, kind: str, calls: int) -> Row:
    """Servers that hang or drip at any byte: no call outlives its deadline by more than 100 ms."""
    row = Row("deadlines", api.name, kind, calls)
    timeout = 0.3
    faults = [fault for fault in menu() if fault.kind in ("hang", "drip")]
    with FaultServer(world_of(api)) as server:
        client = make(api, kind, server.origin, timeout=timeout)
        warm_up(api, kind, client)
        server.plan = Randomly(0.9, faults, start=23)
        calls_of = (api.read, *api.unsafe, api.idempotent)
        marks = [1000 + 10 * number for number in range(calls)]
        outcomes = run(kind, client, lambda c, mark: calls_of[mark // 10 % 4](c, mark), marks, 8)
        close(client, kind)
    for mark, (outcome, elapsed) in outcomes.items():
        row.ended[name_of(api, outcome)] += 1
        row.late = max(row.late, elapsed - timeout)
        if elapsed > timeout + GRACE:
            row.broken.append(f"{mark}: took {elapsed:.3f} s of {timeout} s")
    row.note = f"no answer: {row.ended['RequestTimeout'] + row.ended['NoReply']}"
    return row


def tokens(api: SubjectAPI, kind: str, calls: int) -> Row:
    """However many calls wait for a token, one refresh for each that expires or is rejected."""
    row = Row("tokens", api.name, kind, calls)
    world = api.world()
    at_once = {"sync": 64, "aiohttp": 1000, "httpx": 60}[kind]
    with FaultServer(world) as server:
        client = make(api, kind, server.origin, timeout=60.0)
        for rejections in range(4):
            marks = list(range(1000, 1000 + calls // 4))
            outcomes = run(kind, client, api.read, marks, at_once)
            row.ended.update(name_of(api, outcome) for outcome, _ in outcomes.values())
            if any(
                isinstance(outcome, Exception) or api.read_mark(outcome) != mark
                for mark, (outcome, _) in outcomes.items()
            ):
                row.broken.append("a call failed")
            if (world.logins, world.refreshes) != (1, rejections):
                row.broken.append(f"{rejections} rejections: {world.logins} logins, {world.refreshes} refreshes")
            world.revoke()
        close(client, kind)
    expiring, seconds = world_of(api, lifetime=4.0), 0.0
    with FaultServer(expiring) as server:
        client = make(api, kind, server.origin, timeout=60.0)
        started = time.monotonic()
        while seconds < 7.0:
            outcomes = run(kind, client, api.read, list(range(1000, 1000 + calls)), at_once)
            row.calls += calls
            row.ended.update(name_of(api, outcome) for outcome, _ in outcomes.values())
            seconds = time.monotonic() - started
        close(client, kind)
    if row.ended["result"] != row.calls:
        row.broken.append("a call failed while tokens expired")
    if expiring.logins != 1 or not 1 <= expiring.refreshes <= seconds / 2.0:
        row.broken.append(f"{seconds:.1f} s: {expiring.logins} logins, {expiring.refreshes} refreshes")
    row.note = f"{at_once} at once; 3 rejections: 3 refreshes; {seconds:.1f} s, renewed after 2: {expiring.refreshes}"
    return row


def threads(api: SubjectAPI, kind: str, calls: int) -> Row:
    """64 threads on one client, sound replies and broken ones: every reply carries the mark of its request."""
    row = Row("threads", api.name, kind, calls)
    faults = [Fault("close-after", True), Fault("reset-after", True), Fault("short-length", True), Fault("close", True)]
    with FaultServer(world_of(api), Randomly(0.05, [*faults, Fault("extra-reply", True)], start=3)) as server:
        client = make(api, kind, server.origin, timeout=60.0, max_retries=10)
        outcomes = run(kind, client, api.read, list(range(1000, 1000 + calls)), 64)
        close(client, kind)
    for mark, (outcome, _) in outcomes.items():
        row.ended[name_of(api, outcome)] += 1
        if isinstance(outcome, Exception) or api.read_mark(outcome) != mark:
            row.broken.append(f"{mark}: gave {outcome!r}")
    return row


def secrets(api: SubjectAPI, kind: str, calls: int) -> Row:
    """Every log of every library at DEBUG, and every error in every form: no secret in any of them."""
    row = Row("secrets", api.name, kind, calls)
    world = world_of(api)
    faults = [*(fault for fault in menu() if fault.kind not in ("hang", "drip")), *[Fault("echo")] * 20]
    marks = [1000 + 10 * number for number in range(calls)]
    with listening() as lines, FaultServer(world, Mixed(0.8, 0.2, faults, start=29)) as server:
        client = make(api, kind, server.origin, timeout=2.0, max_retries=1)
        calls_of = (api.read, *api.unsafe, api.idempotent)
        outcomes = run(kind, client, lambda c, mark: calls_of[mark // 10 % 4](c, mark), marks, 8)
        close(client, kind)
    row.ended.update(name_of(api, outcome) for outcome, _ in outcomes.values())
    errors = [shown(outcome) for outcome, _ in outcomes.values() if isinstance(outcome, Exception)]
    text = "\n".join([*lines, *errors, repr(client)])
    planted = canaries(api, world)
    row.broken += [f"shown: {secret[:6]}…" for secret in planted if secret in text]
    row.note = f"{len(planted)} secrets, {len(lines)} log entries, {len(errors)} errors"
    return row


Job = tuple[Callable[[SubjectAPI, str, int], Row], str, str, int]


def jobs(calls: int) -> list[Job]:
    """All parts, the longest first."""
    third = -(-calls // 3)
    found: list[Job] = [(unsafe, api, kind, calls) for kind in reversed(KINDS) for api in APIS]
    found += [(reads, api, kind, third) for kind in reversed(KINDS) for api in APIS]
    found += [(deadlines, api, kind, max(calls // 40, 40)) for kind in KINDS for api in APIS]
    found += [(tokens, "freqtrade", kind, max(min(calls // 5, 1000), 100)) for kind in KINDS]
    found += [(threads, api, "sync", max(calls // 4, 200)) for api in APIS]
    found += [(secrets, api, kind, max(calls // 20, 100)) for kind in KINDS for api in APIS]
    return found


def do(job: Job) -> Row:
    """One part, in a process of its own or another's."""
    part, api, kind, calls = job
    started = time.monotonic()
    row = part(APIS[api], kind, calls)
    row.seconds = time.monotonic() - started
    return row


def main() -> int:
    """Run everything; 0 if every promise was kept."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=10_000, help="faulted calls for each API and kind of client")
    parser.add_argument("--only", default="", help="only the parts whose name starts so")
    arguments = parser.parse_args()
    chosen = [job for job in jobs(arguments.calls) if job[0].__name__.startswith(arguments.only)]
    rows: list[Row] = []
    started = time.monotonic()
    print(HEADER, flush=True)
    context = multiprocessing.get_context("spawn")
    # What is measured by the clock runs alone: the other parts keep every processor busy.
    timed = [job for job in chosen if job[0] is deadlines]
    others = [job for job in chosen if job[0] is not deadlines]
    for share, workers in ((timed, 1), (others, min(os.cpu_count() or 1, 4))):
        with ProcessPoolExecutor(workers, context) as processes:
            for future in as_completed([processes.submit(do, job) for job in share]):
                rows.append(future.result())
                print(rows[-1], flush=True)
    broken = [f"{row.part} {row.api} {row.kind}: {what}" for row in rows for what in row.broken]
    for line in broken[:20]:
        print(line, file=sys.stderr)
    done, twice = sum(row.done for row in rows), sum(row.twice for row in rows)
    total, seconds = sum(row.calls for row in rows), time.monotonic() - started
    print(f"{total} calls in {seconds:.0f} s: {done} done, {twice} twice, {len(broken)} promises broken")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
