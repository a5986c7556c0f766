"""The picture: microseconds a call, blocking and asynchronous. Runs in the environment of the peers.

python plot.py FILE < results
"""

from __future__ import annotations

import json
import sys
from typing import Any

import matplotlib as mpl

mpl.use("svg")
import matplotlib.pyplot as plt

OURS, OTHERS = "#1b6ca8", "#b8bfc6"


def draw(results: dict[str, Any], path: str) -> None:
    """Bars for blocking clients, lines over the number of tasks for asynchronous ones."""
    mpl.rcParams["svg.hashsalt"] = "performance"
    figure, (bars, lines) = plt.subplots(1, 2, figsize=(11, 4.5), layout="constrained")
    names = sorted(results["blocking"], key=results["blocking"].get, reverse=True)
    values = [results["blocking"][name] for name in names]
    drawn = bars.barh(names, values, color=[OURS if name == "tradeloom" else OTHERS for name in names])
    bars.bar_label(drawn, fmt="%.0f", padding=3, fontsize=8)
    bars.set_title("A blocking call, µs")
    bars.tick_params(labelsize=8)
    tasks = list(results["async"])
    for name in results["async"][tasks[0]]:
        mine = name == "tradeloom"
        heights = [results["async"][count][name] for count in tasks]
        lines.plot(tasks, heights, marker="o", lw=2.5 if mine else 1.2, color=OURS if mine else None, label=name)
    lines.set_yscale("log")
    lines.set_title("An asynchronous call, µs, by number of tasks")
    lines.legend(fontsize=7)
    for axes in (bars, lines):
        axes.spines[["top", "right"]].set_visible(False)
    figure.savefig(path, metadata={"Date": None})


if __name__ == "__main__":
    draw(json.load(sys.stdin), sys.argv[1])
