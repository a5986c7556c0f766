"""How long it takes to read a reply, and how much memory the result keeps.

    python -m benchmarks.decoding ROUNDS CORE < payloads   # in the environment of the peers; prints JSON

Every example of a reply in the documents is read by our decoder, by msgspec into the same types (the floor: nothing
that builds these values can be quicker), by `json.loads` into untyped values, and by the code that
openapi-python-client generates. All four take turns.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import sys
import tracemalloc
from collections.abc import Callable
from datetime import datetime
from statistics import median
from time import perf_counter_ns
from types import SimpleNamespace
from typing import Any

import msgspec

Payloads = dict[str, dict[str, str]]


def operations_of(api: str) -> dict[str, list[Any]]:
    """Every operation of an API by its request; some have a variant for each form of the result."""
    found: dict[str, list[Any]] = {}
    package = f"{api}_sdk"
    root = importlib.import_module(package).__path__[0]
    modules = [f"resources.{name[:-3]}" for name in os.listdir(f"{root}/resources") if name[0] != "_"]
    if os.path.exists(f"{root}/operations.py"):
        modules.append("operations")
    for name in modules:
        module = importlib.import_module(f"{package}.{name}")
        for value in vars(module).values():
            if type(value).__name__ == "Operation":
                found.setdefault(f"{value.method} {value.path}", []).append(value)
    return found


def ours_and_floor(operations: list[Any], content: bytes) -> tuple[Callable[[bytes], Any], Callable[[bytes], Any]]:
    """Our decoder of the variant that this reply belongs to, and what it cannot be quicker than."""
    for operation in operations:
        decoder = operation.envelope_decoder if operation.envelope else operation.decoder
        # A union is read as the first of its members that fits.
        for choice in getattr(decoder, "_choices", [decoder]):
            try:
                choice.decode(content)
            except Exception:
                continue
            # The floor reads the same leaves and nothing else: no look for oddities, no second way. Values that msgspec
            # cannot read (times without a zone, figures now quoted and now not) are read by our functions in both.
            bare = choice._build()
            plain = msgspec.json.Decoder(
                bare.type, strict=bare.strict, dec_hook=bare.dec_hook, float_hook=bare.float_hook
            )
            return decoder.decode, plain.decode
    raise ValueError(f"no variant of {operations[0].name} reads {content[:80]!r}")


def stock(api: str, name: str) -> Callable[[bytes], Any] | None:
    """What openapi-python-client's code does with a reply, without the request."""
    tag, _, method = name.rpartition(".")
    tag = tag or method
    base = f"stock_{api}.api"
    wanted = name.replace(".", "_").lower()
    for folder in sorted(os.listdir(importlib.import_module(base).__path__[0])):
        if not os.path.isdir(os.path.join(importlib.import_module(base).__path__[0], folder)):
            continue
        try:
            module = importlib.import_module(f"{base}.{folder}.{wanted}")
        except ImportError:
            continue
        client = importlib.import_module(f"stock_{api}").Client(base_url="http://127.0.0.1")

        def read(content: bytes, module: Any = module, client: Any = client) -> Any:
            reply = SimpleNamespace(status_code=200, json=lambda: json.loads(content), content=content)
            return module._parse_response(client=client, response=reply)

        return read
    return None


def aware(value: Any) -> None:
    """Our results are typed all the way down: no float, no naive time."""
    if isinstance(value, datetime):
        assert value.utcoffset() is not None
    assert not isinstance(value, float)
    if isinstance(value, (list, tuple)):
        for item in value:
            aware(item)
    elif isinstance(value, msgspec.Struct):
        for field in value.__struct_fields__:
            aware(getattr(value, field))


def timed(read: Callable[[bytes], Any], content: bytes, times: int) -> float:
    started = perf_counter_ns()
    for _ in range(times):
        read(content)
    return (perf_counter_ns() - started) / times


def measure(payloads: dict[str, Payloads], rounds: int) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for api, named in payloads.items():
        operations = operations_of(api)
        for name, content in named.items():
            raw = content["json"].encode()
            mine, floor = ours_and_floor(operations[content["request"]], raw)
            readers: dict[str, Callable[[bytes], Any] | None] = {
                "tradeloom": mine,
                "floor": floor,
                "json.loads": json.loads,
                "openapi-python-client": stock(api, content["operation"]),
            }
            aware(mine(raw))
            usable = {}
            for reader, read in readers.items():
                try:
                    if read is not None:
                        read(raw)
                        usable[reader] = read
                except Exception as error:
                    print(f"{api} {name}: {reader} cannot read it: {error!r}", file=sys.stderr)
            if "floor" in usable:
                assert mine(raw) == floor(raw), f"{api} {name}"
            times = max(2, int(1e6 / max(timed(json.loads, raw, 3), 1)))
            samples: dict[str, list[float]] = {reader: [] for reader in usable}
            for _ in range(rounds):
                for reader, read in usable.items():
                    samples[reader].append(timed(read, raw, times))
            found[f"{api}: {name}"] = {
                "bytes": len(raw),
                **{reader: [min(values), median(values)] for reader, values in samples.items()},
            }
    return found


def book() -> bytes:
    """A level-3 book of 20,000 rows."""

    def row(number: int) -> list[str]:
        order = f"{number:08x}-77a8-460a-b958-{number * 7919:012x}"
        return [f"{7000 + number / 100:.2f}", f"{0.001 * (number % 997):.8f}", order]

    sides = [[row(2 * number + side) for number in range(10_000)] for side in (0, 1)]
    return json.dumps({"sequence": 3, "bids": sides[0], "asks": sides[1]}).encode()


def memory(read: Callable[[bytes], Any], content: bytes) -> tuple[int, int]:
    """Bytes that the result keeps, and the most that was in use while it was made."""
    gc.collect()
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    tracemalloc.reset_peak()
    result = read(content)
    gc.collect()
    kept, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert result is not None
    return kept - before, peak - before


def measure_memory() -> dict[str, tuple[int, int]]:
    operations = [
        value
        for value in vars(importlib.import_module("coinbase_pro_sdk.resources.products")).values()
        if type(value).__name__ == "Operation" and "FullOrderBook" in str(value.result)
    ]
    content = book()
    mine = operations[0].decoder.decode
    result = mine(content)
    assert len(result.bids) + len(result.asks) == 20_000
    return {"tradeloom": memory(mine, content), "json.loads": memory(json.loads, content)}


if __name__ == "__main__":
    os.sched_setaffinity(0, {int(sys.argv[2])})
    gc.disable()
    timings = measure(json.load(sys.stdin), int(sys.argv[1]))
    gc.enable()
    print(json.dumps({"timings": timings, "memory": measure_memory()}))
