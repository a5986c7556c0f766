"""Compare the sandbox with a real Freqtrade 2020.8, reply by reply.

    python -m tests.real_freqtrade.compare [--only SCENARIO] [--kind sync|async]

Both servers get the same settings and the same trades, and are asked the same in step: through the package, blocking
and not, and past it. Status, headers, body and what the package makes of it are compared; the real server's replies are
held against the document too. What differs must be listed in differences.yaml, with its reason and the words of the
document that name it. The exit status is 0 if the list is exactly what was found.
"""

from __future__ import annotations

import argparse
import base64
import json
import math
import re
import signal
import sys
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from types import FrameType
from typing import Any, Literal

import attrs
import yaml

from sandbox.document import Document

from .calls import SCENARIOS, Scenario
from .servers import BUILD, RELEASE, environment, freqtrade_side, sandbox_side
from .side import Reply

__all__ = ["Difference", "Known", "differences", "known_differences", "main"]

HERE = Path(__file__).resolve().parent
Kind = Literal["sync", "async"]
KINDS: tuple[Kind, ...] = ("sync", "async")

# Seconds by which two clocks may differ that are read one after the other.
_APART = 15.0
# Fields about which the two cannot agree, since they are random or tell the time.
_RANDOM = re.compile(r".*\.(open_order_id|jti)")
_HUMAN = re.compile(r".*(_hum|_trade_date)")
_DATE = re.compile(r".*(_date|stoploss_last_update)")
_SPAN = re.compile(r".*\.avg_duration")
_MILLISECONDS = re.compile(r".*_timestamp")
_TOKEN = re.compile(r"\$\.(access|refresh)_token")
_TEXT_OF_DATE = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d")


@attrs.frozen
class Difference:
    """One way in which two replies differ."""

    call: str
    place: str
    """`status`, `header <name>`, `body <path>`, `result`, `document`. Indexes are left out of paths."""
    theirs: str
    ours: str


@attrs.frozen
class Known:
    """A difference that is accepted: where it may occur, why, and the words of the document that tell of it."""

    call: re.Pattern[str]
    place: re.Pattern[str]
    why: str
    document: str

    def covers(self, difference: Difference) -> bool:
        """Whether this is about that difference."""
        return bool(self.call.fullmatch(difference.call) and self.place.fullmatch(difference.place))


def known_differences() -> list[Known]:
    """The list in differences.yaml."""
    rows = yaml.safe_load((HERE / "differences.yaml").read_text(encoding="utf-8")) or []
    return [
        Known(re.compile(row["call"]), re.compile(row["place"]), " ".join(row["why"].split()), row["document"])
        for row in rows
    ]


# Comparison


def differences(theirs: Reply, ours: Reply) -> Iterator[Difference]:
    """How the sandbox's reply differs from the real server's."""

    def found(place: str, one: object, other: object) -> Difference:
        return Difference(theirs.call, place, _short(one), _short(other))

    if theirs.call != ours.call:
        yield found("call", theirs.call, ours.call)
        return
    if theirs.status != ours.status:
        yield found("status", theirs.status, ours.status)
    if theirs.outcome != ours.outcome:
        yield found("result", theirs.outcome, ours.outcome)
    if theirs.protocol != ours.protocol:
        yield found("protocol", theirs.protocol, ours.protocol)
    for name in sorted((theirs.headers.keys() | ours.headers.keys()) - {"date"}):
        one, other = theirs.headers.get(name), ours.headers.get(name)
        if name == "allow" and one and other:
            # The real server lists methods in another order each time it starts.
            one, other = ", ".join(sorted(one.split(", "))), ", ".join(sorted(other.split(", ")))
        # Lengths follow from bodies, and those are compared below; not those of HEAD.
        if one != other and (name != "content-length" or theirs.target[0] == "HEAD"):
            yield found(f"header {name}", one, other)
    if theirs.media != "application/json" or ours.media != "application/json" or theirs.target[0] == "HEAD":
        if theirs.content != ours.content:
            yield found("body", theirs.content, ours.content)
    else:
        for path, one, other in _unlike(theirs.json, ours.json, "$"):
            yield found(f"body {path}", one, other)


def _unlike(theirs: Any, ours: Any, path: str) -> Iterator[tuple[str, object, object]]:
    if type(theirs) is not type(ours):
        yield path, f"{_json_type(theirs)} {_short(theirs)}", f"{_json_type(ours)} {_short(ours)}"
    elif isinstance(theirs, dict):
        for name in sorted(theirs.keys() | ours.keys()):
            if name in theirs and name in ours:
                yield from _unlike(theirs[name], ours[name], f"{path}.{name}")
            else:
                yield f"{path}.{name}", theirs.get(name, "(absent)"), ours.get(name, "(absent)")
    elif isinstance(theirs, list):
        if len(theirs) != len(ours):
            yield path, f"{len(theirs)} items", f"{len(ours)} items"
        for one, other in zip(theirs, ours, strict=False):
            yield from _unlike(one, other, f"{path}[]")
    elif not _same(theirs, ours, path):
        yield path, theirs, ours


def _same(theirs: Any, ours: Any, path: str) -> bool:
    """Whether two values of one type are the same, as far as they can be."""
    if theirs == ours or (theirs != theirs and ours != ours):
        return True
    if isinstance(theirs, float) and math.isclose(theirs, ours, rel_tol=1e-12, abs_tol=1e-15):
        return True  # The last digit of a sum depends on the order of its parts.
    if _RANDOM.fullmatch(path):
        return re.sub(r"[0-9a-f]", "9", theirs).rstrip("9") == re.sub(r"[0-9a-f]", "9", ours).rstrip("9")
    if _HUMAN.fullmatch(path):
        return bool(theirs) == bool(ours)
    if _DATE.fullmatch(path) and _TEXT_OF_DATE.fullmatch(theirs) and _TEXT_OF_DATE.fullmatch(ours):
        distance = datetime.fromisoformat(theirs) - datetime.fromisoformat(ours)
        return abs(distance.total_seconds()) <= _APART
    if _SPAN.fullmatch(path):
        return re.sub(r":\d\d$", "", theirs) == re.sub(r":\d\d$", "", ours)
    if _MILLISECONDS.fullmatch(path):
        return bool(abs(theirs - ours) <= _APART * 1000)
    if _TOKEN.fullmatch(path):
        return _claims(theirs) == _claims(ours)
    return False


def _claims(token: str) -> tuple[Any, ...]:
    """What a token says, its times as distances."""
    header, payload, signature = token.split(".")
    claims = _part(payload)
    times = {name: claims.pop(name) - claims["iat"] for name in ("exp", "nbf")}
    return _part(header), len(claims.pop("jti")), claims.pop("iat") > 0, claims, times, len(signature)


def _part(text: str) -> dict[str, Any]:
    value: dict[str, Any] = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    return value


def _json_type(value: Any) -> str:
    names: Mapping[type, str] = {bool: "boolean", int: "integer", float: "number", str: "string", type(None): "null"}
    return names.get(type(value), "list" if isinstance(value, list) else "object")


def _short(value: object) -> str:
    text = (
        value.decode(errors="replace") if isinstance(value, bytes) else value if isinstance(value, str) else repr(value)
    )
    text = " ".join(text.split())
    return text if len(text) <= 70 else text[:67] + "..."


def against_document(document: Document, reply: Reply) -> Iterator[Difference]:
    """How the real server's reply differs from the document."""
    found = document.find(*reply.target)
    # A request that the document does not have may be answered in any way.
    if found is None or reply.target[0] == "HEAD" or not reply.headers:
        return
    body = None
    if reply.media == "application/json":
        body = json.loads(reply.content, parse_constant=lambda name: None if name == "NaN" else sys.float_info.max)
    for problem in found[0].check_answer(reply.status, reply.media, body):
        yield Difference(reply.call, "document", problem, "")


# The run


@attrs.define
class Run:
    """What was asked and found."""

    found: dict[Difference, set[str]] = attrs.field(factory=dict[Difference, set[str]])
    """Differences, and where they occurred."""
    replies: int = 0
    succeeded: dict[Kind, set[str]] = attrs.field(factory=lambda: {kind: set[str]() for kind in KINDS})
    """Operations that the real server carried out for the package."""

    def play(self, python: Path, scenario: Scenario, kind: Kind) -> None:
        """Ask both servers everything in a script."""
        document = Document.load("freqtrade")
        asynchronous = kind == "async"
        folder = BUILD / f"{scenario.name}-{kind}"
        before, count = len(self.found), self.replies
        with (
            sandbox_side(scenario.settings, asynchronous=asynchronous) as (ours, sandbox),
            freqtrade_side(python, sandbox, folder, asynchronous=asynchronous) as theirs,
        ):
            for one, other in zip(scenario.script(theirs), scenario.script(ours), strict=True):
                self.replies += 1
                if one.operation and one.status == 200:
                    self.succeeded[kind].add(one.operation)
                for difference in (*differences(one, other), *against_document(document, one)):
                    self.found.setdefault(difference, set()).add(f"{scenario.name} {kind}")
        more = len(self.found) - before
        print(f"  {scenario.name:6} {kind:6} {self.replies - count:4} replies, {more:4} more differences", flush=True)


def report(run: Run, known: list[Known], *, whole: bool) -> int:
    """Print the table; the exit status."""
    words = " ".join((HERE.parent.parent / "specs" / "freqtrade.yaml").read_text(encoding="utf-8").split())
    wrong = 0
    new: list[Difference] = []
    used: dict[int, list[Difference]] = {}
    for difference in run.found:
        index = next((index for index, each in enumerate(known) if each.covers(difference)), None)
        if index is None:
            new.append(difference)
        else:
            used.setdefault(index, []).append(difference)
    print(f"\nDifferences between Freqtrade {RELEASE} and the sandbox: {len(used)} known, {len(new)} not.\n")
    for index, each in enumerate(known):
        some = used.get(index, [])
        if not some and not whole:
            continue
        calls = sorted({difference.call for difference in some})
        first = min(some, key=lambda difference: difference.call) if some else None
        print(f"  {each.place.pattern}", f" in {len(calls)} calls such as {_short(calls[0])}" if calls else "")
        if first is not None:
            print(f"    Freqtrade  {first.theirs}\n    sandbox    {first.ours}")
        print(f"    because    {each.why}\n    named      “{each.document}”")
        if " ".join(each.document.split()) not in words:
            wrong += 1
            print("    WRONG      specs/freqtrade.yaml does not say this")
        if not some:
            wrong += 1
            print("    WRONG      it no longer occurs: take it off the list")
    for difference in sorted(new, key=lambda each: (each.place, each.call)):
        print(f"  NEW  {difference.place}  in {difference.call}  ({', '.join(sorted(run.found[difference]))})")
        print(f"    Freqtrade  {difference.theirs}\n    sandbox    {difference.ours}")
    operations = set(Document.load("freqtrade").operations)
    if whole:
        for kind, succeeded in run.succeeded.items():
            missed = operations - succeeded
            text = f"{len(operations & succeeded)} of {len(operations)} operations carried out by Freqtrade, {kind}."
            print(text, f"Missing: {', '.join(sorted(missed))}" if missed else "")
            wrong += len(missed)
    print(f"\n{run.replies} replies compared: {'as expected' if not wrong and not new else 'NOT as expected'}.")
    return 1 if wrong or new else 0


def _stop(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def main() -> int:
    """Compare, and print what differs."""
    parser = argparse.ArgumentParser(prog="compare", description="Compare the sandbox with a real Freqtrade.")
    parser.add_argument("--only", choices=[scenario.name for scenario in SCENARIOS], help="one scenario")
    parser.add_argument("--kind", choices=KINDS, help="one kind of client")
    arguments = parser.parse_args()
    signal.signal(signal.SIGTERM, _stop)
    run = Run()
    try:
        python = environment()
        print(f"Asking Freqtrade {RELEASE} and the sandbox the same:", flush=True)
        for scenario in SCENARIOS:
            for kind in KINDS:
                if arguments.only in (None, scenario.name) and arguments.kind in (None, kind):
                    run.play(python, scenario, kind)
    except KeyboardInterrupt:
        print("stopped", file=sys.stderr)
        return 130
    return report(run, known_differences(), whole=not (arguments.only or arguments.kind))


if __name__ == "__main__":
    sys.exit(main())
