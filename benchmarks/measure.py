"""Batches of calls, interleaved: every peer takes its turn in every round, so that a noisy moment hits all alike."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

__all__ = ["CORES", "Timing", "interleaved", "server"]

ROOT = Path(__file__).resolve().parent.parent
BUILD = ROOT / "build" / "bench"
PYTHON = BUILD / "venv" / "bin" / "python"
# The measured process has a core for itself, where the machine has two.
CORES = (min(os.sched_getaffinity(0)), max(os.sched_getaffinity(0)))


@dataclass(frozen=True)
class Timing:
    """Microseconds a call, over all batches."""

    least: float
    middle: float

    @classmethod
    def of(cls, samples: Iterable[float]) -> Timing:
        kept = list(samples)
        return cls(min(kept), median(kept))


def environment() -> dict[str, str]:
    """Of the processes that are measured: our packages and the generated peers beside what is installed."""
    packages = [str(path / "src") for path in (ROOT / "generated").iterdir() if path.is_dir()]
    kept = {name: value for name, value in os.environ.items() if name not in ("PYTHONDONTWRITEBYTECODE", "PYTHONPATH")}
    return {**kept, "PYTHONPATH": os.pathsep.join([str(ROOT), str(BUILD / "peers"), *packages]), "PYTHONHASHSEED": "0"}


@contextmanager
def server() -> Iterator[str]:
    """The address of a running server of ready replies."""
    process = subprocess.Popen(
        [str(PYTHON), "-m", "benchmarks.server", str(CORES[1])], stdout=subprocess.PIPE, text=True, env=environment()
    )
    try:
        assert process.stdout is not None
        yield f"http://127.0.0.1:{int(process.stdout.readline())}"
    finally:
        process.kill()
        process.wait()


class Worker:
    """A process with one peer."""

    def __init__(self, group: str, name: str, url: str) -> None:
        self.name = name
        self.process = subprocess.Popen(
            [str(PYTHON), "-m", "benchmarks.worker", group, name, url, str(CORES[0])],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=environment(),
        )
        self.calls = 0

    def ready(self) -> None:
        self._line()

    def _line(self) -> str:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            assert self.process.stderr is not None
            raise RuntimeError(f"{self.name}: {self.process.stderr.read()}")
        return line

    def batch(self, calls: int, tasks: int) -> float:
        """Microseconds a call."""
        assert self.process.stdin is not None
        self.process.stdin.write(f"{calls} {tasks}\n")
        self.process.stdin.flush()
        return int(self._line()) / calls / 1000

    def close(self) -> None:
        self.process.kill()
        self.process.communicate()


def interleaved(
    group: str, names: Iterable[str], url: str, *, rounds: int, seconds: float, tasks: Iterable[int] = (1,)
) -> dict[int, dict[str, Timing]]:
    """Timings of peers by number of tasks; a batch takes about so many seconds."""
    with ExitStack() as stack:
        workers = []
        for name in names:
            worker = Worker(group, name, url)
            stack.callback(worker.close)
            workers.append(worker)
        for worker in workers:
            worker.ready()
        found: dict[int, dict[str, Timing]] = {}
        for count in tasks:
            samples: dict[str, list[float]] = {worker.name: [] for worker in workers}
            for worker in workers:
                guess = worker.batch(max(20, 2 * count), count)
                worker.calls = max(int(seconds * 1e6 / guess), 2 * count, 20)
            for number in range(rounds):
                # Who is first changes from round to round.
                for worker in (*workers[number % len(workers) :], *workers[: number % len(workers)]):
                    samples[worker.name].append(worker.batch(worker.calls, count))
            found[count] = {name: Timing.of(values) for name, values in samples.items()}
        return found


if __name__ == "__main__":
    with server() as address:
        for name, timing in interleaved(sys.argv[1], sys.argv[2:], address, rounds=5, seconds=0.2)[1].items():
            print(f"{timing.least:8.1f} {timing.middle:8.1f}  {name}")
