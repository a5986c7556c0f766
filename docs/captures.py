"""Runs commands of the packages on a terminal, against the sandboxes, and keeps what they print in build/terminal/.

Each capture is a file NAME.ansi: the command in the first line, then the output with its colours. `make shots` makes
pictures of them.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import pty
import shlex
import struct
import subprocess
import sys
import termios
from importlib.util import find_spec
from pathlib import Path

from sandbox.live import LiveSandbox
from tradeloom.build import ROOT, targets
from tradeloom.overlay import build

CAPTURES = {
    "book": "coinbase-pro products order-book BTC-USD --level 2",
    "ticker": "coinbase-pro products ticker BTC-USD",
    "status": "freqtrade-sdk status",
    "profit": "freqtrade-sdk profit",
    "markets": "onefox market list",
    "help": "onefox order create --help",
}
COLUMNS, LINES = 110, 50


def main() -> int:
    """Capture every command; nothing to do where the packages bring none."""
    if find_spec("tradeloom.commands") is None:
        return 0
    target = ROOT / "build" / "terminal"
    target.mkdir(parents=True, exist_ok=True)
    for api in targets():
        sdk = build(api.spec, api.overlays).data["x-sdk"]
        lines = {name: line for name, line in CAPTURES.items() if shlex.split(line)[0] == sdk["command"]}
        with LiveSandbox(api.name.replace("_", "-")) as sandbox:
            access = {"base_url": sandbox.url, **sandbox.credentials}
            environment = {f"{sdk['environment']}_{name.upper()}": value for name, value in access.items()}
            for name, line in lines.items():
                words = [sys.executable, "-m", sdk["package"], *shlex.split(line)[1:]]
                _write(target / f"{name}.ansi", line, _on_a_terminal(words, environment))
    return 0


def _write(path: Path, line: str, output: str) -> None:
    path.write_text(f"$ {line}\n{output}", encoding="utf-8")


def _on_a_terminal(words: list[str], environment: dict[str, str]) -> str:
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", LINES, COLUMNS, 0, 0))
    quiet = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "COLUMNS", "LINES")}
    full = {**quiet, **environment, "TERM": "xterm-256color"}
    process = subprocess.Popen(words, stdin=theirs, stdout=theirs, stderr=theirs, env=full)
    os.close(theirs)
    output = b""
    # Reading from a terminal whose other end was closed is an error on Linux.
    with contextlib.suppress(OSError):
        while part := os.read(ours, 65536):
            output += part
    os.close(ours)
    if code := process.wait():
        raise SystemExit(f"{shlex.join(words)} ended with {code}:\n{output.decode()}")
    return output.decode()


if __name__ == "__main__":
    sys.exit(main())
