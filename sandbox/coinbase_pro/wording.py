"""What the API says to a request that does not fit the document."""

from __future__ import annotations

from typing import Any, cast

from sandbox.app import Call
from sandbox.document import Problem

from .orders import what_is_wrong

__all__ = ["refusal_of"]


def refusal_of(call: Call, problems: list[Problem]) -> tuple[str, int]:
    """Text and status, in the words of the API where they are known."""
    first = problems[0]
    if first.place == "path":
        return ("Invalid order id", 400) if first.name == "order_id" else ("NotFound", 404)
    if first.place == "query":
        return _of_query(call, first)
    if first.reason == "is not JSON":
        return "Invalid JSON", 400
    if call.operation.id == "orders.place":
        message = what_is_wrong(call.body)
        return message, 404 if message == "Product not found" else 400
    return _of_body(call, {problem.name for problem in problems}), 400


def _of_query(call: Call, problem: Problem) -> tuple[str, int]:
    match problem.name:
        case "limit":
            return "Invalid parameter range - limit", 400
        case "granularity":
            return "Unsupported granularity", 400
        case "product_id" if call.operation.id == "orders.cancel_all":
            return "ProductNotFound", 404
        case "":
            if call.operation.id == "fills.list" and not {"order_id", "product_id"} & set(call.parameters):
                return "query must contained either product_id or order_id", 400
            return "These parameters do not go together", 400
        case name:
            return f"Invalid parameter - {name}", 400


def _of_body(call: Call, named: set[str]) -> str:
    """For a body whose properties of these names are wrong; missing ones are not among them."""
    body: Any = call.body
    given = cast("dict[str, Any]", body) if isinstance(body, dict) else {}
    schema = call.operation.data["requestBody"]["content"]["application/json"]["schema"]
    for name in call.operation.document.resolve(schema)["required"]:
        if name in named or name not in given:
            return _TEXTS.get(name, f"Invalid {name}")
    known = sorted(name for name in named if name)
    return f"Invalid {known[0]}" if known else "Invalid request body"


_TEXTS = {"amount": "amount must be a positive number", "crypto_address": "invalid crypto_address"}
