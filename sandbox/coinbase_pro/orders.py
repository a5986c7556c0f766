"""Orders as they are asked for, refused by the rules of their product, and shown."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any, Literal, cast
from uuid import UUID

import msgspec

from .accounts import PROFILE
from .amounts import padded, shortest, steps
from .catalogue import PRODUCTS, Product
from .refusal import Refused
from .state import Order, Side
from .times import text, text_millis

__all__ = ["NewOrder", "order_view", "read_order", "what_is_wrong"]

Json = Any
CANCEL_AFTER = {"min": 60, "hour": 3600, "day": 86_400}
# Longer numbers than these are no prices and sizes; refusing them keeps all arithmetic exact.
_LONGEST = 40
_MOST_TICKS = 10**15


class NewOrder(msgspec.Struct):
    """An order that keeps the rules of its product."""

    product: Product
    side: Side
    kind: Literal["limit", "market"]
    stp: str
    client_oid: str
    price: int | None
    size: int | None
    funds: Decimal | None
    time_in_force: str
    seconds: int | None
    """Life of a good-till-time order."""
    post_only: bool
    stop: str
    stop_price: int | None


def read_order(body: Json, mode: str, *, market_stops: bool) -> NewOrder:
    """The order that a request (which fits the document) asks for.

    Args:
        body: The request.
        mode: Mode of the product.
        market_stops: Whether a market order may wait for a stop price.
    """
    product = PRODUCTS[body["product_id"]]
    kind, side = body["type"], body["side"]
    if kind == "market" and "stop" in body and not market_stops:
        raise Refused("Invalid order_type market")
    if mode == "cancel_only":
        raise Refused("Cancel only mode")
    if mode == "limit_only" and kind == "market":
        raise Refused("Limit only mode")
    post_only = body.get("post_only", False)
    if mode == "post_only" and not post_only:
        raise Refused("Post only mode")
    size = _size(product, body["size"], post_only=post_only) if "size" in body else None
    return NewOrder(
        product=product,
        side=side,
        kind=kind,
        stp=body.get("stp", "dc"),
        client_oid=str(UUID(body["client_oid"])) if "client_oid" in body else "",
        price=_price(product, body["price"], "price") if "price" in body else None,
        size=size,
        funds=_funds(product, body["funds"]) if "funds" in body else None,
        time_in_force=body.get("time_in_force", "GTC"),
        seconds=CANCEL_AFTER[body["cancel_after"]] if "cancel_after" in body else None,
        post_only=post_only,
        stop=body.get("stop", ""),
        stop_price=_price(product, body["stop_price"], "stop_price") if "stop_price" in body else None,
    )


def _step(product_step: Decimal) -> str:
    return padded(product_step, 8)


def _price(product: Product, written: str, name: str) -> int:
    wrong = "Invalid Price" if name == "price" else "invalid stop price"
    if len(written) > _LONGEST:
        raise Refused(wrong)
    ticks = steps(Decimal(written), product.price_places)
    if ticks is None:
        raise Refused(f"{name} is too accurate. Smallest unit is {_step(product.price(1))}")
    if ticks > _MOST_TICKS:
        raise Refused(wrong)
    return ticks


def _size(product: Product, written: str, *, post_only: bool) -> int:
    if len(written) > _LONGEST:
        raise Refused("size must be a number")
    size = Decimal(written)
    if size < product.least_size:
        raise Refused(f"size is too small. Minimum size is {padded(product.least_size, 8)}")
    # The greatest size does not bind post-only orders; what they hold does.
    if (size > product.most_size and not post_only) or size > product.most_size * 1000:
        raise Refused(f"size is too large. Maximum size is {shortest(product.most_size)}")
    lots = steps(size, product.size_places)
    if lots is None:
        raise Refused(f"size is too accurate. Smallest unit is {_step(product.size(1))}")
    return lots


def _funds(product: Product, written: str) -> Decimal:
    if len(written) > _LONGEST:
        raise Refused("funds must be a number")
    funds = Decimal(written)
    if funds < product.least_funds:
        raise Refused(f"funds is too small. Minimum size is {padded(product.least_funds, 8)}")
    if funds > product.most_funds:
        raise Refused(f"funds is too large. Maximum size is {shortest(product.most_funds)}")
    if steps(funds, product.price_places) is None:
        raise Refused(f"funds is too accurate. Smallest unit is {_step(product.price(1))}")
    return funds


_DECIMAL = re.compile(r"(?!0+(\.0+)?$)\d+(\.\d+)?", re.ASCII)
_UUID = re.compile(r"[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}", re.ASCII | re.IGNORECASE)
_ALLOWED = {
    "limit": "type side product_id price size time_in_force cancel_after post_only client_oid stp stop stop_price",
    "market": "type side product_id size funds client_oid stp stop stop_price",
}


def what_is_wrong(body: Json) -> str:
    """Why a request does not fit the document, in the words of the API where they are known."""
    if not isinstance(body, dict):
        return "Invalid request body"
    given = cast("dict[str, Any]", body)
    kind = given.get("type")
    if kind not in ("limit", "market"):
        return f"Invalid order_type {kind}"
    return _wrong_value(given) or _wrong_combination(given) or "Invalid request body"


def _wrong_value(given: dict[str, Any]) -> str | None:
    """The first property, in the order of the documents, with a value that it cannot have."""
    choices = {
        "side": ("buy", "sell"),
        "time_in_force": ("GTC", "GTT", "IOC", "FOK"),
        "cancel_after": tuple(CANCEL_AFTER),
        "stp": ("dc", "co", "cn", "cb"),
        "stop": ("loss", "entry"),
    }
    for name, values in choices.items():
        required = name == "side"
        if given.get(name, None if required else values[0]) not in values:
            return f"Invalid {name}" + (f" {given[name]}" if name in given else "")
    if not isinstance(given.get("product_id"), str):
        return "Product not found"
    oid = given.get("client_oid")
    if "client_oid" in given and not (isinstance(oid, str) and _UUID.fullmatch(oid)):
        return "Invalid client_oid"
    if given["type"] == "market" and "price" in given:
        return f"Invalid price {given['price']}"
    for name in ("price", "size", "funds", "stop_price"):
        value = given.get(name)
        needed = given["type"] == "limit" and name in ("price", "size")
        if (name in given or needed) and not (isinstance(value, str) and _DECIMAL.fullmatch(value)):
            if name == "price":
                return "Invalid Price" if value is None else f"Invalid price {value}"
            return "invalid stop price" if name == "stop_price" else f"{name} must be a number"
    if not isinstance(given.get("post_only", False), bool):
        return "Invalid post_only"
    return None


def _wrong_combination(given: dict[str, Any]) -> str | None:
    """Properties that do not go together."""
    unknown = sorted(set(given) - set(_ALLOWED[given["type"]].split()))
    if unknown:
        return f"Unexpected parameter {unknown[0]}"
    if given["type"] == "market" and ("size" in given) == ("funds" in given):
        return "Either size or funds is required"
    if "stop" in given and "stop_price" not in given:
        return "invalid stop price"
    if "stop_price" in given and "stop" not in given:
        return "Invalid stop"
    if (given.get("time_in_force") == "GTT") != ("cancel_after" in given):
        return "Invalid cancel_after"
    if given.get("post_only") and (given.get("time_in_force") in ("IOC", "FOK") or "stop" in given):
        return "Invalid post_only"
    return None


def order_view(order: Order, *, profile: bool = False, stp: bool = True) -> Json:
    """An order as the API shows it: lists carry the profile, single answers the self-trade prevention."""
    product = PRODUCTS[order.product_id]
    view: Json = {"id": order.id}
    if order.price is not None:
        view["price"] = padded(product.price(order.price), 8)
    if order.size is not None:
        view["size"] = padded(product.size(order.size), 8)
    view["product_id"] = order.product_id
    if profile:
        view["profile_id"] = PROFILE
    view["side"] = order.side
    if stp and order.status != "rejected":
        view["stp"] = order.stp
    if order.funds is not None:
        view["funds"] = padded(order.funds)
    if order.specified_funds is not None:
        view["specified_funds"] = padded(order.specified_funds)
    view["type"] = order.kind
    if order.kind == "limit":
        view["time_in_force"] = order.time_in_force
    if order.expires is not None:
        view["expire_time"] = text_millis(order.expires)
    view["post_only"] = order.post_only
    view["created_at"] = text(order.created)
    if order.stop_price is not None:
        view |= {"stop": order.stop, "stop_price": padded(product.price(order.stop_price), 8)}
    if order.done is not None and order.status == "done":
        view |= {"done_at": text_millis(order.done), "done_reason": order.done_reason}
    if order.reject_reason:
        view["reject_reason"] = order.reject_reason
    view["fill_fees"] = padded(order.fees)
    view["filled_size"] = padded(product.size(order.filled), 8)
    view["executed_value"] = padded(order.value)
    view["status"] = order.status
    view["settled"] = order.status in ("done", "rejected")
    return view
