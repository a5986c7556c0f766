"""What is installed."""

from __future__ import annotations

import json
import subprocess

from benchmarks.setup import APIS, clean_environment, wheel

_COUNT = """
import json
from importlib.metadata import distributions
print(json.dumps(sorted({d.name for d in distributions()} - {"pip", "setuptools"})))
"""


def measure() -> dict[str, tuple[float, list[str]]]:
    """By API: kB of its wheel, and the distributions that an empty environment holds after it was installed."""
    found: dict[str, tuple[float, list[str]]] = {}
    for api in APIS:
        command = [str(clean_environment(api)), "-I", "-c", _COUNT]
        names = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
        found[api] = (wheel(api).stat().st_size / 1000, names)
    return found
