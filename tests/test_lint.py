"""The house rules: a clean document has no problem, and each planted defect is found where it was planted."""

from __future__ import annotations

from pathlib import Path

import pytest

from tradeloom.lint import check
from tradeloom.overlay import build

SPEC = """\
openapi: 3.1.0
info:
  title: Orders
  version: 1.0.0
  summary: Places orders
  description: A small exchange.
  license: {name: MIT, identifier: MIT}
servers:
  - url: https://example.org
    description: The exchange.
tags:
  - name: Trading
    description: Orders and books.
paths:
  /orders:
    get:
      operationId: orders.list
      tags: [Trading]
      summary: List orders
      description: The open orders.
      security: [{key: []}]
      x-effect: read
      parameters:
        - name: status
          in: query
          description: Only orders of this status.
          schema: {$ref: '#/components/schemas/Status'}
          example: open
        - {$ref: '#/components/parameters/Limit'}
      responses:
        '200':
          description: The orders.
          headers:
            x-cursor-after:
              description: Where the next page starts.
              schema: {type: integer}
              example: 5
          content:
            application/json:
              schema: {type: array, items: {$ref: '#/components/schemas/Order'}}
              examples:
                one: {$ref: '#/components/examples/Orders'}
          links:
            cancel:
              operationId: orders.cancel
              parameters: {id: $response.body#/0/id}
              description: Cancel one of them.
        '500': {$ref: '#/components/responses/Fault'}
    post:
      operationId: orders.place
      tags: [Trading]
      summary: Place an order
      description: Sends an order to the book.
      security: [{key: []}]
      x-effect: unsafe
      requestBody:
        required: true
        content:
          application/json:
            schema: {$ref: '#/components/schemas/NewOrder'}
            examples:
              limit: {value: {kind: limit, price: '10.5', size: '1'}}
      responses:
        '200':
          description: The order as it was accepted.
          content:
            application/json:
              schema: {$ref: '#/components/schemas/Order'}
              example:
                id: 7b0c3ae2-3a3f-4c1b-9c9e-0d2b8f8d7a11
                price: '10.5'
                status: open
                note: null
        '502':
          description: The way to the exchange is broken.
          x-outcome: unknown
          content:
            text/html:
              schema: {type: string}
  /orders/{id}:
    parameters:
      - name: id
        in: path
        required: true
        description: The order.
        schema: {type: string, format: uuid}
    delete:
      operationId: orders.cancel
      tags: [Trading]
      summary: Cancel an order
      description: Takes an order from the book.
      security: [{key: []}]
      x-effect: idempotent
      responses:
        '204':
          description: It is gone.
  /book:
    get:
      operationId: book
      tags: [Trading]
      summary: Order book
      description: All levels.
      security: []
      x-effect: read
      responses:
        '200':
          description: The book.
          content:
            application/json:
              schema: {$ref: '#/components/schemas/Book'}
              example: {bids: [['10.5', 2]], asks: []}
components:
  securitySchemes:
    key:
      type: apiKey
      in: header
      name: x-key
      description: The key of the account.
  parameters:
    Limit:
      name: limit
      in: query
      description: How many, at most 100.
      schema: {type: integer, minimum: 1, maximum: 100, default: 100}
  examples:
    Orders:
      summary: One open order
      value:
        - id: 7b0c3ae2-3a3f-4c1b-9c9e-0d2b8f8d7a11
          price: '10.5'
          status: open
  responses:
    Fault:
      description: A fault inside the exchange.
      x-outcome: unknown
      content:
        application/json:
          schema: {$ref: '#/components/schemas/Fault'}
          example: {message: out of order}
  schemas:
    Decimal:
      type: string
      description: An exact number.
      pattern: '^[0-9.]+$'
      examples: ['1.5']
    Status:
      type: string
      description: Open or done.
      enum: [open, done]
    Fault:
      type: object
      description: What went wrong.
      required: [message]
      properties:
        message:
          type: string
          description: In words.
    Order:
      type: object
      description: An order.
      required: [id, price, status]
      properties:
        id:
          type: string
          format: uuid
          description: Its name.
        price:
          $ref: '#/components/schemas/Decimal'
        status:
          oneOf: [{$ref: '#/components/schemas/Status'}, {type: 'null'}]
        note:
          type: [string, 'null']
          description: Free text.
    NewOrder:
      description: An order to place.
      allOf:
        - type: object
          required: [kind, size]
          additionalProperties: false
          properties:
            kind:
              type: string
              description: Limit or market.
              enum: [limit, market]
              default: limit
            size:
              $ref: '#/components/schemas/Decimal'
              description: How much of the base currency.
            price:
              allOf: [{$ref: '#/components/schemas/Decimal'}]
        - if:
            properties:
              kind: {const: limit}
            required: [kind]
          then:
            required: [price]
          else:
            not:
              required: [price]
    Book:
      type: object
      description: Two lists of levels.
      properties:
        bids:
          type: array
          description: The buyers.
          items: {$ref: '#/components/schemas/Level'}
        asks:
          type: array
          description: The sellers.
          items: {$ref: '#/components/schemas/Level'}
    Level:
      type: array
      description: A price and how many orders stand there.
      minItems: 2
      maxItems: 2
      prefixItems:
        - {$ref: '#/components/schemas/Decimal', title: price}
        - type: integer
          title: num_orders
          description: How many orders.
"""

OVERLAY = """\
overlay: 1.1.0
info: {title: Everything, version: 1.0.0}
actions:
  - target: $.components.schemas.Decimal
    description: A quoted number.
    update:
      format: decimal
  - target: $
    description: What the package is called.
    update:
      x-sdk:
        package: orders_sdk
"""

# What is wrong: (text of the spec, what it becomes, the reasons reported in order). One of them is reported for the
# line that bears the mark.
MARK = "  # <-"
DEFECTS: dict[str, tuple[str, str, list[str]]] = {
    "not OpenAPI": (
        "  title: Orders\n  version: 1.0.0\n",
        "  title: Orders\n  version: 1.0.0\n  sumary: Slip  # <-\n",
        ["info.sumary: Unevaluated properties are not allowed ('sumary' was unexpected)"],
    ),
    "path parameter not in the path": (
        "        in: path\n        required: true\n        description: The order.\n",
        "        in: query\n        required: true\n        description: The order.\n",
        ["paths./orders/{id}: Path parameter 'id'"],
    ),
    "operationId missing": (
        "    delete:\n      operationId: orders.cancel\n",
        "    delete:  # <-\n",
        ["links.cancel: links to the operation orders.cancel", "delete: missing operationId"],
    ),
    "operationId of a wrong form": (
        "operationId: orders.place\n",
        "operationId: placeOrder  # <-\n",
        ["post.operationId: placeOrder is not of the form"],
    ),
    "operationId of three parts": (
        "operationId: orders.place\n",
        "operationId: spot.orders.place  # <-\n",
        ["spot.orders.place is not of the form"],
    ),
    "operationId twice": (
        "operationId: orders.place\n",
        "operationId: orders.list  # <-\n",
        ["paths./orders: Operation ID 'orders.list'", "orders.list is taken by paths./orders.get"],
    ),
    "no tag": (
        "    post:\n      operationId: orders.place\n      tags: [Trading]\n",
        "    post:  # <-\n      operationId: orders.place\n",
        ["paths./orders.post: needs exactly one tag"],
    ),
    "two tags": (
        "    post:\n      operationId: orders.place\n      tags: [Trading]\n",
        "    post:  # <-\n      operationId: orders.place\n      tags: [Trading, Trading]\n",
        ["paths./orders.post: needs exactly one tag"],
    ),
    "undeclared tag": (
        "operationId: orders.place\n      tags: [Trading]\n",
        "operationId: orders.place\n      tags: [Tradnig]  # <-\n",
        ["tag Tradnig is not declared"],
    ),
    "unused tag": (
        "tags:\n  - name: Trading\n",
        "tags:\n  - {name: Funds, description: None.}  # <-\n  - name: Trading\n",
        ["tags.0: tag Funds is not used"],
    ),
    "no summary": (
        "    delete:\n      operationId: orders.cancel\n      tags: [Trading]\n      summary: Cancel an order\n",
        "    delete:  # <-\n      operationId: orders.cancel\n      tags: [Trading]\n",
        ["paths./orders/{id}.delete: missing summary"],
    ),
    "blank description": (
        "    post:\n      operationId: orders.place\n      tags: [Trading]\n      summary: Place an order\n"
        "      description: Sends an order to the book.\n",
        "    post:  # <-\n      operationId: orders.place\n      tags: [Trading]\n      summary: Place an order\n"
        "      description: ' '\n",
        ["paths./orders.post: missing description"],
    ),
    "no security": (
        "  /book:\n    get:\n",
        "  /book:\n    get:  # <-\n",
        ["paths./book.get: missing security"],
    ),
    "undeclared security scheme": (
        "      security: [{key: []}]\n      x-effect: idempotent\n",
        "      security: [{kee: []}]  # <-\n      x-effect: idempotent\n",
        ["security.0.kee: security scheme kee is not declared"],
    ),
    "no effect": (
        "    delete:\n",
        "    delete:  # <-\n",
        ["paths./orders/{id}.delete: missing x-effect"],
    ),
    "unknown effect": (
        "x-effect: idempotent\n",
        "x-effect: safe  # <-\n",
        ["delete.x-effect: safe is none of read, idempotent, unsafe"],
    ),
    "parameter without description": (
        "      - name: id\n        in: path\n        required: true\n        description: The order.\n",
        "      - name: id  # <-\n        in: path\n        required: true\n",
        ["paths./orders/{id}.parameters.0: parameter id has no description"],
    ),
    "shared parameter without description": (
        "    Limit:\n      name: limit\n      in: query\n      description: How many, at most 100.\n",
        "    Limit:  # <-\n      name: limit\n      in: query\n",
        ["components.parameters.Limit: parameter limit has no description"],
    ),
    "component without description": (
        "    Status:\n      type: string\n      description: Open or done.\n",
        "    Status:  # <-\n      type: string\n",
        ["components.schemas.Status: schema Status has no description", "property status has no description"],
    ),
    "property without description": (
        "        note:\n          type: [string, 'null']\n          description: Free text.\n",
        "        note:  # <-\n          type: [string, 'null']\n",
        ["schemas.Order.properties.note: property note has no description"],
    ),
    "property without description inside allOf": (
        "            kind:\n              type: string\n              description: Limit or market.\n",
        "            kind:  # <-\n              type: string\n",
        ["schemas.NewOrder.allOf.0.properties.kind: property kind has no description"],
    ),
    "column without title": (
        "        - {$ref: '#/components/schemas/Decimal', title: price}\n",
        "        - {$ref: '#/components/schemas/Decimal'}  # <-\n",
        ["schemas.Level.prefixItems.0: column has no title"],
    ),
    "column title not a name": (
        "        - type: integer\n          title: num_orders\n",
        "        - type: integer  # <-\n          title: Orders\n",
        ["title Orders is not in snake_case"],
    ),
    "column titles alike": (
        "        - type: integer\n          title: num_orders\n",
        "        - type: integer  # <-\n          title: price\n",
        ["prefixItems.0: title price names more than", "prefixItems.1: title price names more than one column"],
    ),
    "column without description": (
        "        - type: integer\n          title: num_orders\n          description: How many orders.\n",
        "        - type: integer  # <-\n          title: num_orders\n",
        ["schemas.Level.prefixItems.1: column has no description"],
    ),
    "boolean schema": (
        "      maxItems: 2\n",
        "      maxItems: 2\n      items: false  # <-\n",
        ["schemas.Level.items: boolean schema"],
    ),
    "additionalProperties true": (
        "          additionalProperties: false\n",
        "          additionalProperties: true  # <-\n",
        ["additionalProperties: boolean schema"],
    ),
    "nullable": (
        "          description: Free text.\n",
        "          description: Free text.\n          nullable: true  # <-\n",
        ["properties.note.nullable: nullable is not OpenAPI 3.1"],
    ),
    "unknown keyword": (
        "          description: Free text.\n",
        "          description: Free text.\n          maxLenght: 20  # <-\n",
        ["properties.note.maxLenght: unknown keyword maxLenght"],
    ),
    "array without items": (
        "        asks:\n          type: array\n          description: The sellers.\n"
        "          items: {$ref: '#/components/schemas/Level'}\n",
        "        asks:  # <-\n          type: [array, 'null']\n          description: The sellers.\n",
        ["schemas.Book.properties.asks: array without items or prefixItems"],
    ),
    "required but not declared": (
        "      required: [message]\n",
        "      required: [messsage]  # <-\n",
        ["example: does not fit", "schemas.Fault.required.0: requires messsage"],
    ),
    "unknown format": (
        "        schema: {type: string, format: uuid}\n",
        "        schema: {type: string, format: guid}  # <-\n",
        ["parameters.0.schema.format: unknown format guid"],
    ),
    "decimal without pattern": (
        "          description: Free text.\n",
        "          description: Free text.\n          format: decimal\n",
        ["properties.note: format: decimal on a string needs a pattern"],
    ),
    "response without description": (
        "        '204':\n          description: It is gone.\n",
        "        '204':  # <-\n          description: ''\n",
        ["responses.204: response has no description"],
    ),
    "JSON response without example": (
        "            application/json:\n              schema: {$ref: '#/components/schemas/Book'}\n"
        "              example: {bids: [['10.5', 2]], asks: []}\n",
        "            application/json:  # <-\n              schema: {$ref: '#/components/schemas/Book'}\n",
        ["content.application/json: JSON response has no example"],
    ),
    "JSON by suffix without example": (
        "        '204':\n          description: It is gone.\n",
        "        '204':\n          description: It is gone.\n          content:\n"
        "            application/problem+json: {schema: {type: object}}  # <-\n",
        ["content.application/problem+json: JSON response has no example"],
    ),
    "5xx without outcome": (
        "        '502':\n          description: The way to the exchange is broken.\n          x-outcome: unknown\n",
        "        '502':  # <-\n          description: The way to the exchange is broken.\n",
        ["responses.502: missing x-outcome"],
    ),
    "shared 5xx without outcome": (
        "    Fault:\n      description: A fault inside the exchange.\n      x-outcome: unknown\n",
        "    Fault:  # <-\n      description: A fault inside the exchange.\n",
        ["components.responses.Fault: missing x-outcome"],
    ),
    "unknown outcome": (
        "x-outcome: unknown\n      content:\n",
        "x-outcome: maybe  # <-\n      content:\n",
        ["components.responses.Fault.x-outcome: maybe is none of refused, unknown"],
    ),
    "wrong parameter example": (
        "          example: open\n",
        "          example: opne  # <-\n",
        ['parameters.0.example: does not fit its schema: "opne" is not one of'],
    ),
    "wrong header example": (
        "              example: 5\n",
        "              example: five  # <-\n",
        ["headers.x-cursor-after.example: does not fit its schema"],
    ),
    "wrong request example": (
        "              limit: {value: {kind: limit, price: '10.5', size: '1'}}\n",
        "              limit: {value: {kind: market, price: '10.5', size: '1'}}  # <-\n",
        ["examples.limit.value: does not fit its schema"],
    ),
    "wrong response example": (
        "              example: {bids: [['10.5', 2]], asks: []}\n",
        "              example: {bids: [['10.5', two]], asks: []}  # <-\n",
        ['example.bids.0.1: does not fit its schema: "two" is not of type "integer"'],
    ),
    "wrong response example inside a choice": (
        "                status: open\n",
        "                status: gone  # <-\n",
        ["example.status: does not fit its schema"],
    ),
    "wrong format in an example": (
        "              example:\n                id: 7b0c3ae2-3a3f-4c1b-9c9e-0d2b8f8d7a11\n",
        "              example:\n                id: seven  # <-\n",
        ['example.id: does not fit its schema: "seven" is not a "uuid"'],
    ),
    "wrong shared example": (
        "          price: '10.5'\n          status: open\n  responses:\n",
        "          price: 10.5  # <-\n          status: open\n  responses:\n",
        ['components.examples.Orders.value.0.price: does not fit its schema: 10.5 is not of type "string"'],
    ),
    "wrong schema example": (
        "      examples: ['1.5']\n",
        "      examples: [a]  # <-\n",
        ["schemas.Decimal.examples.0: does not fit its schema"],
    ),
    "wrong default": (
        "              default: limit\n",
        "              default: stop  # <-\n",
        ["'stop'", "allOf.0.properties.kind.default: does not fit its schema"],
    ),
    "wrong parameter default": (
        "maximum: 100, default: 100}\n",
        "maximum: 100, default: 101}  # <-\n",
        ["101", "parameters.Limit.schema.default: does not fit its schema: 101 is greater than the maximum of 100"],
    ),
    "reference to nowhere": (
        "        - {$ref: '#/components/parameters/Limit'}\n",
        "        - {$ref: '#/components/parameters/Limits'}  # <-\n",
        ["$ref: #/components/parameters/Limits leads nowhere", "Limit: component is not used"],
    ),
    "reference to another file": (
        "      schema: {type: integer, minimum: 1, maximum: 100, default: 100}\n",
        "      schema: {$ref: 'other.yaml#/Limit'}  # <-\n",
        ["schema.$ref: other.yaml#/Limit leads nowhere"],
    ),
    "reference to nowhere in an extension": (
        "      x-effect: read\n      responses:\n",
        "      x-effect: read\n      x-envelope: {schema: {$ref: '#/components/schemas/Gone'}}  # <-\n"
        "      responses:\n",
        ["x-envelope.schema.$ref: #/components/schemas/Gone leads nowhere"],
    ),
    "unused components": (
        "    Level:\n      type: array\n",
        "    Lost:  # <-\n      description: Names itself and Found, and nobody names it.\n"
        "      oneOf: [{$ref: '#/components/schemas/Lost'}, {$ref: '#/components/schemas/Found'}]\n"
        "    Found: {type: string, description: Only Lost names it.}\n"
        "    Level:\n      type: array\n",
        ["components.schemas.Lost: component is not used", "components.schemas.Found: component is not used"],
    ),
    "unused security scheme": (
        "  securitySchemes:\n",
        "  securitySchemes:\n    basic: {type: http, scheme: basic, description: Nobody asks for it.}  # <-\n",
        ["components.securitySchemes.basic: component is not used"],
    ),
    "link to no operation": (
        "            cancel:\n              operationId: orders.cancel\n",
        "            cancel:  # <-\n              operationId: orders.canel\n",
        ["links.cancel: links to the operation orders.canel, which does not exist"],
    ),
    "link to no parameter": (
        "              parameters: {id: $response.body#/0/id}\n",
        "              parameters: {order: $response.body#/0/id}  # <-\n",
        ["links.cancel.parameters.order: operation orders.cancel has no parameter order"],
    ),
    "unknown extension": (
        "      x-effect: unsafe\n",
        "      x-effect: unsafe\n      x-efect: unsafe  # <-\n",
        ["paths./orders.post.x-efect: unknown extension x-efect"],
    ),
    "unknown extension in a schema": (
        "          description: Free text.\n",
        "          description: Free text.\n          x-sdkname: text  # <-\n",
        ["properties.note.x-sdkname: unknown extension x-sdkname"],
    ),
}
# Two of these lose a line, and where the mark would be is elsewhere.
LOST = {
    "no security": "      security: []\n",
    "no effect": "      x-effect: idempotent\n",
}
ELSEWHERE = {
    "path parameter not in the path": "  /orders/{id}:\n",
    "decimal without pattern": "        note:\n",
}


def problems(tmp_path: Path, spec: str, overlay: str = OVERLAY) -> list[str]:
    """The report on a spec with its overlay, with the files' names alone."""
    files = tmp_path / "spec.yaml", tmp_path / "overlay.yaml"
    for file, text in zip(files, (spec, overlay), strict=True):
        file.write_text(text, encoding="utf-8")
    report = check(build(files[0], files[1:]), "orders")
    return [str(problem).removeprefix(f"{tmp_path}/") for problem in report]


def line_of(text: str, part: str) -> int:
    assert text.count(part) == 1
    return text[: text.index(part)].count("\n") + 1


def test_a_clean_document_has_no_problem(tmp_path: Path) -> None:
    assert problems(tmp_path, SPEC) == []


@pytest.mark.parametrize("defect", DEFECTS)
def test_a_defect_is_found_where_it_was_planted(tmp_path: Path, defect: str) -> None:
    old, new, reasons = DEFECTS[defect]
    assert SPEC.count(old) == 1
    spec = SPEC.replace(old, new).replace(LOST.get(defect, "\0"), "")
    report = problems(tmp_path, spec)

    assert len(report) == len(reasons), report
    for line, reason in zip(report, reasons, strict=True):
        assert reason in line
    place = f"spec.yaml:{line_of(spec, ELSEWHERE.get(defect, MARK))}: "
    assert any(line.startswith(place) for line in report), (place, report)


def test_a_defect_in_an_overlay_is_found_in_the_overlay(tmp_path: Path) -> None:
    overlay = OVERLAY.replace("format: decimal", "format: decimals")
    assert problems(tmp_path, SPEC, overlay) == [
        "overlay.yaml:7: components.schemas.Decimal.format: unknown format decimals"
    ]


def test_the_package_bears_the_name_of_the_api(tmp_path: Path) -> None:
    overlay = OVERLAY.replace("orders_sdk", "order_sdk")
    assert problems(tmp_path, SPEC, overlay) == [
        "overlay.yaml:12: x-sdk.package: the package of orders must be orders_sdk"
    ]


def test_what_an_overlay_removes_is_missed_in_the_spec(tmp_path: Path) -> None:
    overlay = OVERLAY + "  - {target: $.paths.*.get.summary, description: Gone., remove: true}\n"
    lines = [line_of(SPEC, path) + 1 for path in ("  /orders:\n", "  /book:\n")]
    assert problems(tmp_path, SPEC, overlay) == [
        f"spec.yaml:{lines[0]}: paths./orders.get: missing summary",
        f"spec.yaml:{lines[1]}: paths./book.get: missing summary",
    ]


def test_problems_are_sorted_by_file_and_line(tmp_path: Path) -> None:
    overlay = OVERLAY.replace("format: decimal", "format: decimals")
    spec = SPEC.replace("x-effect: idempotent", "x-effect: none").replace("format: uuid", "format: guid")
    places = [line.split(": ")[0].split(":") for line in problems(tmp_path, spec, overlay)]
    assert len(places) == 4
    assert places == sorted(places, key=lambda place: (place[0], int(place[1])))


def test_names_of_headers_and_properties_are_not_extensions(tmp_path: Path) -> None:
    spec = SPEC.replace("        note:\n", "        x-note:\n").replace("                note: null\n", "")
    assert problems(tmp_path, spec) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("      responses:\n        '204':\n          description: It is gone.\n", "      responses: 5\n"),
        ("        - name: status\n          in: query\n", "        - 7\n        - in: query\n"),
        ("      properties:\n        bids:\n", "      properties: [1]\n      patternProperties:\n        bids:\n"),
        ("      tags: [Trading]\n      summary: Place", "      tags: {Trading: 1}\n      summary: Place"),
        ("      security: []\n", "      security: [key]\n"),
        ("      required: [message]\n", "      required: message\n"),
        ("          type: [string, 'null']\n", "          type: strin\n"),
    ],
)
def test_a_misshapen_document_is_reported_and_not_a_crash(tmp_path: Path, old: str, new: str) -> None:
    assert SPEC.count(old) == 1
    assert problems(tmp_path, SPEC.replace(old, new))


def test_circular_references_end(tmp_path: Path) -> None:
    old = "        price:\n          $ref: '#/components/schemas/Decimal'\n"
    assert SPEC.count(old) == 1
    loop = "        price:\n          $ref: '#/components/schemas/Order/properties/price'\n"
    assert any("property price has no description" in line for line in problems(tmp_path, SPEC.replace(old, loop)))
