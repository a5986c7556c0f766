"""How long the generator takes: from a document to a package on disk, by the number of operations.

The synthetic document is the 1Fox document, its operations and their schemas copied under new names until there
are enough of them.
"""

from __future__ import annotations

import gc
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median
from time import perf_counter

from benchmarks.measure import BUILD, ROOT

APIS = ("coinbase_pro", "freqtrade", "onefox")


def synthetic(count: int) -> object:
    """A document with so many operations."""
    from tradeloom.overlay import build

    document = build(ROOT / "specs" / "onefox.yaml", sorted((ROOT / "overlays" / "onefox").glob("*.yaml")))
    data = document.data
    paths, schemas = data["paths"], data["components"]["schemas"]
    own = [(path, item) for path, item in paths.items() if len(item) == 1]
    original = {name: schema for name, schema in schemas.items() if name != "Envelope"}
    number, made = 0, sum(1 for item in paths.values() for part in item if part in ("get", "post", "delete"))
    while made < count:
        number += 1
        text = json.dumps({"schemas": original, "paths": dict(own)})
        for name in original:
            text = text.replace(f'#/components/schemas/{name}"', f'#/components/schemas/{name}{number}"')
        part = json.loads(text)
        schemas.update({f"{name}{number}": schema for name, schema in part["schemas"].items()})
        for path, item in part["paths"].items():
            if made == count:
                break
            for operation in item.values():
                tag = operation["tags"][0]
                operation["operationId"] = f"{tag}{number}.{operation['operationId'].rpartition('.')[2]}"
                operation["tags"] = [f"{tag}{number}"]
            paths[f"/copy{number}{path}"] = item
            made += 1
    described = data["x-sdk"].setdefault("resources", {})
    for again in range(1, number + 1):
        described.update({f"{name}{again}": text for name, text in list(described.items()) if name.isalpha()})
    return document


def by_size(counts: tuple[int, ...]) -> dict[int, float]:
    """Seconds by number of operations, in a process that has the generator loaded."""
    from tradeloom.project import generate_package

    found: dict[int, float] = {}
    with tempfile.TemporaryDirectory(dir=BUILD) as scratch:
        generate_package(synthetic(20), ROOT / "specs" / "onefox.yaml", Path(scratch) / "warm")  # type: ignore[arg-type]
        for count in counts:
            document = synthetic(count)
            started = perf_counter()
            generate_package(document, ROOT / "specs" / "onefox.yaml", Path(scratch) / str(count))  # type: ignore[arg-type]
            found[count] = perf_counter() - started
    return found


def _generate(*changed: str) -> float:
    """Seconds of `make generate`'s command after these APIs changed."""
    for api in changed:
        (ROOT / "build" / f"{api}.stamp").unlink(missing_ok=True)
    started = perf_counter()
    subprocess.run([sys.executable, "-m", "tradeloom", "generate"], check=True, capture_output=True, cwd=ROOT)
    return perf_counter() - started


def by_change(rounds: int) -> dict[str, tuple[float, float]]:
    """Least and middle seconds: nothing changed, one API, all of them."""
    samples: dict[str, list[float]] = {name: [] for name in ("nothing", *APIS, "all")}
    _generate()
    for _ in range(rounds):
        samples["nothing"].append(_generate())
        for api in APIS:
            samples[api].append(_generate(api))
        samples["all"].append(_generate(*APIS))
    return {name: (min(values), median(values)) for name, values in samples.items()}


if __name__ == "__main__":
    gc.disable()  # as the command does
    counts = tuple(map(int, sys.argv[2:]))
    print(json.dumps({"size": by_size(counts), "change": by_change(int(sys.argv[1]))}))
