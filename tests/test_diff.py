"""Changes of documents and packages are judged rightly, and the version has to say so."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest
import yaml

from tradeloom.diff import Level, compare

TEXT, ADDED, BREAKING = Level

BASE = """
openapi: 3.1.0
info: {title: Shop, version: 1.0.0, description: A shop.}
servers: [{url: 'http://127.0.0.1/v1'}]
tags: [{name: orders, description: Orders.}]
x-sdk:
  package: shop_sdk
  client: Shop
  credentials: [{name: token, description: Secret.}]
  resources: {orders: Orders.}
paths:
  /orders/{id}:
    get:
      operationId: orders.get
      tags: [orders]
      summary: One order
      x-effect: read
      security: [{token: []}]
      parameters:
        - {name: id, in: path, required: true, schema: {type: string}}
        - name: side
          in: query
          description: Which side.
          schema: {$ref: '#/components/schemas/Side'}
        - {name: limit, in: query, x-sdk-name: count, schema: {type: integer, minimum: 1, maximum: 100, default: 10}}
      responses:
        '200':
          description: The order.
          headers: {X-Left: {schema: {type: integer}}}
          content: {application/json: {schema: {$ref: '#/components/schemas/Order'}}}
        '404': {description: No such order.}
  /orders:
    get:
      operationId: orders.rows
      x-effect: read
      security: []
      responses:
        '200':
          description: Rows.
          content: {application/json: {schema: {type: array, items: {$ref: '#/components/schemas/Row'}}}}
    post:
      operationId: orders.create
      x-effect: unsafe
      security: [{token: []}]
      x-constraints: {dependentRequired: {a: [b]}}
      requestBody:
        content: {application/json: {schema: {$ref: '#/components/schemas/Draft'}}}
      responses:
        '200': {description: Done., content: {application/json: {schema: {$ref: '#/components/schemas/Order'}}}}
        '503': {description: Busy., x-outcome: refused}
components:
  securitySchemes: {token: {type: apiKey, in: header, name: Token}}
  schemas:
    Side: {type: string, enum: [buy, sell]}
    Status: {type: string, enum: [open, done]}
    Row:
      type: array
      minItems: 2
      maxItems: 2
      prefixItems: [{type: integer, title: time}, {type: number, format: decimal, title: price}]
    Draft:
      type: object
      required: [price]
      properties: {price: {type: string, pattern: '^\\d+$'}, size: {type: string}, note: {type: string, maxLength: 9}}
    Order:
      type: object
      required: [id, price]
      properties:
        id: {type: string, description: Its id.}
        price: {type: string, format: decimal}
        status: {$ref: '#/components/schemas/Status'}
        parent: {oneOf: [{$ref: '#/components/schemas/Order'}, {type: 'null'}]}
        fee: {type: number, x-sdk-name: cost}
        extra: {type: object, additionalProperties: {type: string}}
"""

ORDERS, ONE = "paths./orders", "paths./orders/{id}"
GET, POST, ROWS = f"{ONE}.get", f"{ORDERS}.post", f"{ORDERS}.get"
SIDE, LIMIT = f"{GET}.parameters.1", f"{GET}.parameters.2"
ORDER, DRAFT, ROW = "components.schemas.Order", "components.schemas.Draft", "components.schemas.Row"
JSON = "content.application/json"
GONE = object()

# What is put where; how grave that is; what is said about it.
VARIANTS: list[tuple[dict[str, Any], Level, str]] = [
    # operations
    ({ROWS: GONE}, BREAKING, "the operation is gone (GET /orders)"),
    ({ONE: GONE}, BREAKING, "the operation is gone (GET /orders/{id})"),
    ({f"{ONE}.delete": {"operationId": "orders.cancel", "responses": {}}}, ADDED,
     "a new operation (DELETE /orders/{id})"),
    ({f"{GET}.operationId": "orders.show"}, BREAKING, "operationId was orders.get"),
    ({f"{GET}.x-effect": "unsafe"}, BREAKING, "x-effect was read, is unsafe"),
    ({f"{POST}.x-effect": "read"}, BREAKING, "x-effect was unsafe, is read"),
    ({f"{POST}.responses.503.x-outcome": "unknown"}, BREAKING, "x-outcome was refused, is unknown"),
    ({f"{GET}.summary": "Get an order"}, TEXT, "summary changed"),
    ({f"{GET}.deprecated": True}, ADDED, "deprecated was none, is true"),
    ({f"{GET}.x-pagination": {"style": "cursor"}}, BREAKING, "x-pagination is new"),
    ({"x-envelope": {"result": "data"}}, BREAKING, "x-envelope is new"),
    ({f"{GET}.x-never-seen": 1}, BREAKING, "x-never-seen was none, is 1"),
    ({f"{POST}.x-constraints.dependentRequired.c": ["d"]}, BREAKING, "x-constraints changed"),
    ({f"{POST}.x-constraints": GONE}, ADDED, "x-constraints is gone"),
    # who may call, and where
    ({f"{ROWS}.security": [{"token": []}]}, BREAKING, "credentials: now needs token, was none"),
    ({f"{ROWS}.security": [{"token": []}, {}]}, ADDED, "credentials: now token or none, was none"),
    ({f"{GET}.security": []}, ADDED, "credentials: now none, was token"),
    ({f"{GET}.security": [{"token": ["trade"]}]}, BREAKING, "credentials: now needs token, was token"),
    ({"components.securitySchemes.token.name": "X-Token"}, BREAKING, "name was Token, is X-Token"),
    ({"servers.0.url": "http://127.0.0.1/v2"}, BREAKING, "server http://127.0.0.1/v1 is gone"),
    ({"servers.1": {"url": "http://127.0.0.1/v2"}}, ADDED, "server http://127.0.0.1/v2 is new"),
    # parameters
    ({LIMIT: GONE}, BREAKING, "query parameter `limit` is gone"),
    ({f"{LIMIT}.name": "count"}, BREAKING, "query parameter `limit` is gone"),
    ({f"{GET}.parameters.3": {"name": "at", "in": "query", "schema": {}}}, ADDED, "query parameter `at` is new"),
    ({f"{GET}.parameters.3": {"name": "at", "in": "query", "required": True, "schema": {}}}, BREAKING,
     "query parameter `at` is new and required"),
    ({f"{LIMIT}.required": True}, BREAKING, "query parameter `limit` is now required"),
    ({f"{LIMIT}.in": "header"}, BREAKING, "query parameter `limit` is gone"),
    ({f"{LIMIT}.explode": False}, BREAKING, "explode was none, is false"),
    ({f"{LIMIT}.x-sdk-name": "number"}, BREAKING, "x-sdk-name was count, is number"),
    ({f"{LIMIT}.x-sdk-ignore": True}, BREAKING, "x-sdk-ignore was none, is true"),
    ({f"{LIMIT}.schema.minimum": 2}, BREAKING, "minimum was 1, is 2"),
    ({f"{LIMIT}.schema.minimum": 0}, ADDED, "minimum was 1, is 0"),
    ({f"{LIMIT}.schema.maximum": 50}, BREAKING, "maximum was 100, is 50"),
    ({f"{LIMIT}.schema.maximum": GONE}, ADDED, "maximum was 100, is none"),
    ({f"{LIMIT}.schema.default": 20}, BREAKING, "default was 10, is 20"),
    ({f"{LIMIT}.schema.type": "string"}, BREAKING, "type was integer, is string"),
    ({f"{LIMIT}.schema.type": "number"}, ADDED, "type was integer, is number"),
    ({f"{SIDE}.description": "The side."}, TEXT, "description changed"),
    ({"components.schemas.Side.enum": ["buy"]}, BREAKING, "value sell is gone"),
    ({"components.schemas.Side.enum": ["buy", "sell", "both"]}, ADDED, "value both is new"),
    # request bodies
    ({f"{POST}.requestBody": GONE}, BREAKING, "the request body is gone"),
    ({f"{POST}.requestBody.required": True}, BREAKING, "the request body is now required"),
    ({f"{POST}.requestBody.{JSON}": GONE, f"{POST}.requestBody.content.text/csv": {}}, BREAKING,
     "media type application/json is gone"),
    ({f"{DRAFT}.required": ["price", "size"]}, BREAKING, "property `size` is now required"),
    ({f"{DRAFT}.required": []}, ADDED, "property `price` is no longer required"),
    ({f"{DRAFT}.properties.note": GONE}, BREAKING, "property `note` is gone"),
    ({f"{DRAFT}.properties.tag": {"type": "string"}}, ADDED, "property `tag` is new"),
    ({f"{DRAFT}.properties.tag": {}, f"{DRAFT}.required": ["price", "tag"]}, BREAKING,
     "property `tag` is new and required"),
    ({f"{DRAFT}.properties.note.maxLength": 8}, BREAKING, "maxLength was 9, is 8"),
    ({f"{DRAFT}.properties.price.pattern": "^.$"}, BREAKING, "pattern changed"),
    ({f"{DRAFT}.properties.size.pattern": "^.$"}, BREAKING, "pattern is new"),
    ({f"{DRAFT}.additionalProperties": False}, BREAKING, "other properties are no longer allowed"),
    # results
    ({f"{GET}.responses.200": GONE, f"{GET}.responses.201": {"description": "New."}}, BREAKING, "response 200 is gone"),
    ({f"{GET}.responses.429": {"description": "Too many."}}, ADDED, "response 429 is new"),
    ({f"{GET}.responses.200.headers.X-Left": GONE}, BREAKING, "header X-Left is gone"),
    ({f"{GET}.responses.200.{JSON}": GONE}, BREAKING, "media type application/json is gone"),
    ({f"{ORDER}.properties.price": GONE, f"{ORDER}.required": ["id"]}, BREAKING, "property `price` is gone"),
    ({f"{ORDER}.properties.size": {"type": "string"}}, ADDED, "property `size` is new"),
    ({f"{ORDER}.required": ["id"]}, BREAKING, "property `price` is no longer required"),
    ({f"{ORDER}.required": ["id", "price", "fee"]}, ADDED, "property `fee` is now required"),
    ({f"{ORDER}.properties.id.type": "integer"}, BREAKING, "type was string, is integer"),
    ({f"{ORDER}.properties.id.type": ["string", "null"]}, BREAKING, "type was string, is string, null"),
    ({f"{ORDER}.properties.fee.type": "integer"}, BREAKING, "type was number, is integer"),
    ({f"{ORDER}.properties.price.format": GONE}, BREAKING, "format was decimal, is none"),
    ({f"{ORDER}.properties.fee.x-sdk-name": "charge"}, BREAKING, "x-sdk-name was cost, is charge"),
    ({f"{ORDER}.properties.id.description": "Id."}, TEXT, "description changed"),
    ({f"{ORDER}.properties.parent": {"$ref": "#/components/schemas/Order"}}, ADDED, "alternative null is gone"),
    ({f"{ORDER}.properties.parent.oneOf.2": {"type": "string"}}, BREAKING, "alternative string is new"),
    ({f"{ORDER}.properties.extra.additionalProperties.type": "integer"}, BREAKING, "type was string, is integer"),
    ({"components.schemas.Status.enum": ["open", "done", "lost"]}, BREAKING, "value lost is new"),
    ({"components.schemas.Status.enum": ["open"]}, ADDED, "value done is gone"),
    # tuples
    ({f"{ROW}.prefixItems.1.type": "string"}, BREAKING, "element type was number, is string"),
    ({f"{ROW}.prefixItems.1.type": "integer"}, BREAKING, "element type was number, is integer"),
    ({f"{ROW}.prefixItems.1.title": "cost"}, BREAKING, "title was price, is cost"),
    ({f"{ROW}.prefixItems.1.format": GONE}, BREAKING, "format was decimal, is none"),
    ({f"{ROW}.prefixItems": [{"type": "number", "format": "decimal", "title": "price"},
                             {"type": "integer", "title": "time"}]}, BREAKING,
     "elements in another order: were time, price, are price, time"),
    ({f"{ROW}.prefixItems.1": GONE}, BREAKING, "element 1 price is gone"),
    ({f"{ROW}.prefixItems.2": {"title": "size"}}, BREAKING, "element 2 size is new"),
    ({f"{ROW}.maxItems": 3}, BREAKING, "maxItems was 2, is 3"),
    # the package
    ({"x-sdk.client": "Store"}, BREAKING, "x-sdk changed"),
    ({"x-sdk.credentials.0.name": "key"}, BREAKING, "x-sdk changed"),
    ({"x-sdk.command": "shop"}, ADDED, "x-sdk changed"),
    ({"x-sdk.resources.orders": "All orders."}, TEXT, "x-sdk changed"),
    # the rest
    ({"info.description": "The shop."}, TEXT, "description changed"),
    ({"tags.0.description": "Every order."}, TEXT, "changed"),
    ({"components.schemas.Unused": {"type": "string"}}, TEXT, "changed where no operation uses it, or in its order"),
]  # fmt: skip


def changed(patch: dict[str, Any]) -> Any:
    """The base document with other values at some places."""
    document = yaml.safe_load(BASE)
    for where, value in patch.items():
        *steps, last = where.split(".")
        node = document
        for step in steps:
            node = node[int(step)] if isinstance(node, list) else node[step]
        if isinstance(node, list):
            node[int(last) : int(last) + 1] = [] if value is GONE else [value]
        elif value is GONE:
            del node[last]
        else:
            node[last] = value
    return document


@pytest.mark.parametrize(("patch", "level", "words"), VARIANTS, ids=[f"{i}-{v[2]}" for i, v in enumerate(VARIANTS)])
def test_a_change_is_judged(patch: dict[str, Any], level: Level, words: str) -> None:
    found = compare(yaml.safe_load(BASE), changed(patch))
    assert max(change.level for change in found) is level, found
    assert (level, words) in [(change.level, change.words) for change in found]


@pytest.mark.parametrize("patch", [variant[0] for variant in VARIANTS], ids=[variant[2] for variant in VARIANTS])
def test_a_change_taken_back_is_a_change_too(patch: dict[str, Any]) -> None:
    assert compare(changed(patch), yaml.safe_load(BASE))


def test_equal_documents_have_no_changes_and_the_version_is_none() -> None:
    base = yaml.safe_load(BASE)
    assert compare(base, deepcopy(base)) == []
    assert compare(base, changed({"info.version": "2.0.0"})) == []
