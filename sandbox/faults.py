"""Faults on demand, so that a bot can be seen to survive them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Literal, TypeGuard, get_args

import attrs

__all__ = ["KINDS", "Fault", "Faults", "spoil"]

Kind = Literal[
    "drop-before",
    "drop-after",
    "truncate",
    "delay",
    "html-502",
    "html-200",
    "rate-limit",
    "nan",
    "unknown-fields",
    "unknown-enum",
]
KINDS: tuple[str, ...] = get_args(Kind)
# Faults of a request that never reaches the exchange.
_NOT_PROCESSED = ("drop-before", "html-502", "rate-limit")
_PAGE = "<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>"


@attrs.define
class Fault:
    """What is to go wrong with an operation, and how often."""

    operation: str
    kind: str
    times: int = 1
    seconds: float = 0.0

    @property
    def processed(self) -> bool:
        """Whether the request is carried out all the same."""
        return self.kind not in _NOT_PROCESSED


class Faults:
    """Faults that are still to come."""

    def __init__(self) -> None:
        self._planned: list[Fault] = []

    def plan(self, fault: Fault) -> None:
        """Let something go wrong from the next request on."""
        self._planned.append(fault)

    def clear(self) -> None:
        """Let all go well."""
        self._planned.clear()

    def take(self, operation: str, call: Any) -> Fault | None:
        """The fault that this request is to suffer."""
        names = {operation, *aliases(operation, call)}
        for fault in self._planned:
            if fault.operation in names:
                fault.times -= 1
                if fault.times <= 0:
                    self._planned.remove(fault)
                return fault
        return None


def aliases(operation: str, call: Any) -> set[str]:
    """Other names of an operation: methods of the SDK that share it, told apart by a constant in the body."""
    names: set[str] = set()
    for variant in call.operation.data.get("x-methods", []):
        schema = call.operation.document.data["components"]["schemas"][variant["schema"]]
        constants = {k: v["const"] for k, v in schema.get("properties", {}).items() if "const" in v}
        if all(f'"{value}"'.encode() in call.raw_body for value in constants.values()):
            names.add(variant["name"])
    return names


async def spoil(
    fault: Fault | None,
    answer: Any,
    scope: dict[str, Any],
    send: Callable[[dict[str, Any]], Awaitable[None]],
    write: Callable[..., Awaitable[None]],
) -> None:
    """Send an answer, spoilt by a fault if there is one."""
    if fault is None:
        await write(send, answer)
        return
    if fault.kind == "delay":
        # In the process of the caller there need not be an event loop.
        await scope.get("extensions", {}).get("sandbox.sleep", asyncio.sleep)(fault.seconds)
        await write(send, answer)
    elif fault.kind in ("drop-before", "drop-after"):
        _hang_up(scope)
    elif fault.kind == "truncate":
        await write(send, answer, cut=max(len(str(answer.body)) // 2, 1))
        _hang_up(scope)
    elif fault.kind in ("html-502", "html-200"):
        status = 502 if fault.kind == "html-502" else 200
        await write(send, type(answer)(_PAGE, status, {}, "text/html; charset=utf-8"))
    elif fault.kind == "rate-limit":
        await write(send, answer)
    else:
        await write(send, attrs.evolve(answer, body=_BODIES[fault.kind](answer.body)))


def _hang_up(scope: dict[str, Any]) -> None:
    """Close the connection without another byte."""
    transport = scope.get("extensions", {}).get("sandbox.transport")
    if transport is None:
        raise ConnectionResetError("the sandbox dropped the connection")
    transport.close()


def _with_nan(body: Any) -> Any:
    """The first numbers that are fractions become the bare token NaN."""
    return _map(body, lambda value: float("nan") if isinstance(value, float) else value)


def _with_unknown_fields(body: Any) -> Any:
    if _is_object(body):
        return {**{k: _with_unknown_fields(v) for k, v in body.items()}, "x_new_field": {"since": "tomorrow"}}
    return [_with_unknown_fields(item) for item in body] if _is_list(body) else body


def _with_unknown_enum(body: Any) -> Any:
    names = ("side", "status", "type", "state", "direction", "sell_reason", "time_in_force", "liquidity")
    if _is_object(body):
        return {k: "brand_new" if k in names and isinstance(v, str) else _with_unknown_enum(v) for k, v in body.items()}
    return [_with_unknown_enum(item) for item in body] if _is_list(body) else body


def _map(body: Any, change: Callable[[Any], Any]) -> Any:
    if _is_object(body):
        return {key: _map(value, change) for key, value in body.items()}
    return [_map(item, change) for item in body] if _is_list(body) else change(body)


def _is_object(body: Any) -> TypeGuard[dict[str, Any]]:
    return isinstance(body, dict)


def _is_list(body: Any) -> TypeGuard[list[Any]]:
    return isinstance(body, list)


_BODIES: dict[str, Callable[[Any], Any]] = {
    "nan": _with_nan,
    "unknown-fields": _with_unknown_fields,
    "unknown-enum": _with_unknown_enum,
}
