"""The control door at /_sandbox/: never part of a document."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from .faults import KINDS, Fault

if TYPE_CHECKING:
    from .app import Answer, Sandbox

__all__ = ["Control"]


class Control:
    """Answers to requests at the door."""

    def __init__(self, sandbox: Sandbox[Any]) -> None:
        self._sandbox = sandbox

    def answer(self, method: str, path: str, body: bytes) -> Answer:
        """What a request at the door does."""
        from .app import Answer

        try:
            asked: Any = json.loads(body) if body else {}
            match method, path.removeprefix("/_sandbox/"):
                case "POST", "faults":
                    return Answer(self._faults(asked))
                case "GET", "journal":
                    return Answer(self._sandbox.journal)
                case "POST", "reset":
                    self._sandbox.reset()
                    return Answer({"reset": True})
                case "POST", "clock":
                    self._sandbox.set_offset(float(asked["offset"]))
                    return Answer({"now": self._sandbox.now(), "offset": self._sandbox.offset})
                case "GET", "clock":
                    return Answer({"now": self._sandbox.now(), "offset": self._sandbox.offset})
                case _:
                    return self._sandbox_door(method, path.removeprefix("/_sandbox/"), asked)
        except (KeyError, TypeError, ValueError) as error:
            return Answer({"error": f"{type(error).__name__}: {error}"}, 400)

    def _sandbox_door(self, method: str, name: str, asked: Any) -> Answer:
        """Doors of one API only, such as setting a price."""
        from .app import Answer

        door = getattr(self._sandbox, f"door_{name.replace('-', '_')}", None)
        if method != "POST" or door is None:
            return Answer({"error": "no such door"}, 404)
        return Answer(door(asked))

    def _faults(self, asked: Any) -> Any:
        fault = Fault(asked["operation"], asked["kind"], int(asked.get("times", 1)), float(asked.get("seconds", 0)))
        if fault.kind not in KINDS:
            raise ValueError(f"kind: expected one of {', '.join(KINDS)}, got {fault.kind!r}")
        operations = self._sandbox.document.operations
        known = {*operations, *(v["name"] for op in operations.values() for v in op.data.get("x-methods", []))}
        if fault.operation not in known:
            raise ValueError(f"operation: there is no {fault.operation!r}")
        self._sandbox.faults.plan(fault)
        return {"planned": {"operation": fault.operation, "kind": fault.kind, "times": fault.times}}
