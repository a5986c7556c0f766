"""Changes of documents and packages are judged rightly, and the version has to say so."""

from __future__ import annotations

import re
import shutil
import subprocess
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
import yaml

from tradeloom import build, changes, editions, redocly
from tradeloom.build import Target
from tradeloom.changelog import newest, write_entry
from tradeloom.changes import check_versions, diff, release
from tradeloom.diff import Change, Level, compare
from tradeloom.editions import EditionError, next_version, parse_version
from tradeloom.surface import compare_stubs, stubs_of

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
    ({f"{GET}.x-command": {"name": "get"}}, ADDED, "x-command is new"),
    ({f"{ORDER}.x-columns": ["id"]}, TEXT, "x-columns is new"),
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


def test_a_change_tells_its_place_and_the_operations_it_concerns() -> None:
    (found,) = compare(yaml.safe_load(BASE), changed({f"{LIMIT}.schema.maximum": 50}))
    assert (found.place, found.pointer[3:], found.operations) == (
        "orders.get limit",
        ("parameters", 2, "schema", "maximum"),
        ("orders.get",),
    )
    (found,) = compare(
        yaml.safe_load(BASE), changed({f"{ORDER}.properties.extra.additionalProperties.type": "integer"})
    )
    assert (found.place, found.operations) == ("Order.extra.*", ("orders.create", "orders.get"))
    (found,) = compare(yaml.safe_load(BASE), changed({f"{ROW}.prefixItems.1.title": "cost"}))
    assert (found.place, found.operations) == ("Row[1]", ("orders.rows",))


def test_what_travels_both_ways_is_judged_by_the_graver_way() -> None:
    both = {f"{DRAFT}.properties.side": {"$ref": "#/components/schemas/Side"},
            f"{ORDER}.properties.side": {"$ref": "#/components/schemas/Side"}}  # fmt: skip
    for values, words in ((["buy"], "value sell is gone"), (["buy", "sell", "both"], "value both is new")):
        (found,) = compare(changed(both), changed({**both, "components.schemas.Side.enum": values}))
        assert (found.level, found.words, found.place) == (BREAKING, words, "Side")


def test_equal_documents_have_no_changes_and_the_version_is_none() -> None:
    base = yaml.safe_load(BASE)
    assert compare(base, deepcopy(base)) == []
    assert compare(base, changed({"info.version": "2.0.0"})) == []


# --- packages --------------------------------------------------------------------------------------------------------

PACKAGE = {
    "__init__.py": """
from . import errors, models
from ._base import Base
from .client import Shop

__version__ = "1.0.0"
__all__ = ["Base", "Shop", "errors", "models"]
""",
    "_base.py": """
class Base:
    def close(self) -> None:
        pass
    def _hidden(self) -> None:
        pass
""",
    "errors.py": '__all__ = ["Refused"]\nclass Refused(Exception):\n    status: int\n',
    "models.py": """
from typing import NamedTuple
from enum import Enum

__all__ = ["Order", "Row", "Side"]

class Side(Enum):
    BUY = "buy"
    SELL = "sell"

class Order:
    id: str
    parent: str | None = None

class Row(NamedTuple):
    time: int
    price: str

class Internal:
    pass
""",
    "client.py": """
from ._base import Base

__all__ = ["Shop"]

class Shop(Base):
    def get(self, id: str, *, limit: int | None = None) -> str | None:
        return None
""",
    "resources/__init__.py": "",
    "resources/orders.py": """
__all__ = ["Orders", "RULE"]

RULE: Operation[str] = "any"

class Orders:
    def all(self) -> list[str]:
        return []
""",
}

SURFACES: list[tuple[str, str, str, Level | None, str]] = [
    ("client.py", "def get", "def fetch", BREAKING, "shop.client.Shop.get: is gone"),
    ("client.py", "id: str", "name: str", BREAKING, "shop.client.Shop.get: parameter `id` is gone"),
    ("client.py", "id: str, *, limit", "id: str, side: str, *, limit", BREAKING,
     "shop.client.Shop.get: parameter `side` is new and required"),
    ("client.py", "id: str, *,", "id: str, side: str = '', *,", ADDED, "shop.client.Shop.get: parameter `side` is new"),
    ("client.py", "id: str, *, limit", "*, id: str, limit", BREAKING,
     "shop.client.Shop.get: parameter `id` is given in another way"),
    ("client.py", "limit: int | None = None", "limit: int", BREAKING,
     "shop.client.Shop.get: parameter `limit` is now required"),
    ("client.py", "limit: int | None = None", "limit: int | None = 5", BREAKING,
     "shop.client.Shop.get: parameter `limit` has another default"),
    ("client.py", "limit: int | None", "limit: int", BREAKING,
     "shop.client.Shop.get: the type of parameter `limit` was int | None, is int"),
    ("client.py", "limit: int | None", "limit: int | str | None", ADDED,
     "shop.client.Shop.get: the type of parameter `limit` was int | None, is int | str | None"),
    ("client.py", "-> str | None", "-> str | int | None", BREAKING,
     "shop.client.Shop.get: the type of the result was str | None, is str | int | None"),
    ("client.py", "-> str | None", "-> str", ADDED,
     "shop.client.Shop.get: the type of the result was str | None, is str"),
    ("client.py", "Shop(Base)", "Shop", BREAKING, "shop.client.Shop: has lost a base class"),
    ("client.py", "return None", "return id", None, ""),
    ("_base.py", "def close", "def shut", BREAKING, "shop._base.Base.close: is gone"),
    ("_base.py", "_hidden", "_other", None, ""),
    ("models.py", "    id: str", "    id: int", BREAKING, "shop.models.Order.id: its type was str, is int"),
    ("models.py", "str | None = None", "str | None = None\n    fee: int = 0", ADDED, "shop.models.Order.fee: is new"),
    ("models.py", '    SELL = "sell"', "", BREAKING, "shop.models.Side.SELL: is gone"),
    ("models.py", '"sell"', '"SELL"', BREAKING, "shop.models.Side.SELL: was 'sell', is 'SELL'"),
    ("models.py", "time: int\n    price: str", "price: str\n    time: int", BREAKING,
     "shop.models.Row: elements were time, price, are price, time"),
    ("models.py", "Internal", "Inside", None, ""),
    ("resources/orders.py", "def all", "def each", BREAKING, "shop.resources.orders.Orders.all: is gone"),
    ("resources/orders.py", '"any"', '"none"', None, ""),
    ("resources/orders.py", "RULE", "OTHER", None, ""),
    ("__init__.py", '"1.0.0"', '"2.0.0"', None, ""),
]  # fmt: skip


def written(folder: Path, file: str = "", old: str = "", new: str = "") -> Path:
    for name, text in PACKAGE.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        changed_text = text.replace(old, new) if name == file else text
        assert name != file or changed_text != text
        (folder / name).write_text(changed_text)
    return folder


@pytest.mark.parametrize(
    ("file", "old", "new", "level", "words"), SURFACES, ids=[case[4] or case[2] for case in SURFACES]
)
def test_a_change_of_a_package_is_judged(
    tmp_path: Path, file: str, old: str, new: str, level: Level | None, words: str
) -> None:
    before = stubs_of(written(tmp_path / "a" / "shop"))
    after = stubs_of(written(tmp_path / "b" / "shop", file, old, new))
    found = compare_stubs(before, after, "shop")
    assert max((change.level for change in found), default=None) is level, found
    assert not words or (level, words) in [(change.level, f"{change.place}: {change.words}") for change in found]


# --- versions --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("version", "level", "following"),
    [
        ((1, 2, 3), None, (1, 2, 3)),
        ((1, 2, 3), TEXT, (1, 2, 4)),
        ((1, 2, 3), ADDED, (1, 3, 0)),
        ((1, 2, 3), BREAKING, (2, 0, 0)),
        ((0, 2, 3), ADDED, (0, 2, 4)),
        ((0, 2, 3), BREAKING, (0, 3, 0)),
    ],
)
def test_the_next_version_says_what_changed(version: Any, level: Level | None, following: Any) -> None:
    assert next_version(version, level) == following


@pytest.mark.parametrize("text", ["1.0", "v1.0.0", "1.0.0-rc1", "1.0.01"])
def test_a_version_is_three_numbers(text: str) -> None:
    with pytest.raises(EditionError, match="three numbers"):
        parse_version(text)


CHANGES = [
    Change(BREAKING, (), "Row", "is gone", ("orders.rows",)),
    Change(TEXT, (), "Order.id", "description changed"),
]


def test_an_entry_of_the_changelog_is_written_once_and_keeps_words_around_it(tmp_path: Path) -> None:
    path = tmp_path / "shop.md"
    assert write_entry(path, "shop-sdk", "1.0.0", [], since=None, released=None)
    assert write_entry(path, "shop-sdk", "1.0.1", CHANGES[1:], since="1.0.0", released="1.0.0")
    path.write_text(path.read_text().replace("## 1.0.1\n", "## 1.0.1\n\nBy hand.\n"))
    assert not write_entry(path, "shop-sdk", "1.0.1", CHANGES[1:], since="1.0.0", released="1.0.0")
    # More changed: the entry that is not released yet gets the greater number.
    assert write_entry(path, "shop-sdk", "2.0.0", CHANGES, since="1.0.0", released="1.0.0")
    text = path.read_text()
    assert [line for line in text.splitlines() if line.startswith("## ")] == ["## 2.0.0", "## 1.0.0"]
    assert "## 2.0.0\n\nBy hand.\n\n<!-- since 1.0.0 -->\n### Breaking\n\n- `Row`: is gone (orders.rows)\n" in text
    assert "### Texts\n\n- `Order.id`\n" in text
    assert newest(path) == "2.0.0"
    # Released: the next one gets an entry of its own.
    assert write_entry(path, "shop-sdk", "2.0.1", CHANGES[1:], since="2.0.0", released="2.0.0")
    assert text[text.index("## 2.0.0") :] in path.read_text()


# --- the commands, on a copy of one package ---------------------------------------------------------------------------


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Target:
    for folder in ("generated/onefox_sdk", "overlays/onefox"):
        shutil.copytree(build.ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "specs").mkdir()
    shutil.copyfile(build.ROOT / "specs" / "onefox.yaml", tmp_path / "specs" / "onefox.yaml")
    for module in (build, editions, changes):
        monkeypatch.setattr(module, "ROOT", tmp_path)
    monkeypatch.setattr(redocly, "_COMMAND", tmp_path / "not-installed")
    target = Target("onefox")
    version = editions.current(target).version
    edit(target, "openapi.yaml", f"version: {editions.shown(version)}", "version: 1.0.0")
    for file in ("pyproject.toml", "src/onefox_sdk/__init__.py", "src/onefox_sdk/_api.py"):
        edit(target, file, f'"{editions.shown(version)}"', '"1.0.0"')
    release([target], print)
    return target


def edit(target: Target, file: str, old: str, new: str) -> None:
    path = target.package / file
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


def break_it(target: Target) -> None:
    edit(target, "openapi.yaml", "operationId: market.bars", "operationId: market.candles")
    edit(target, "src/onefox_sdk/resources/market.py", "def bars(", "def candles(")


def test_what_did_not_change_keeps_its_version(project: Target, capsys: pytest.CaptureFixture[str]) -> None:
    assert check_versions([project], print) == []
    assert diff([project], "", print)
    release([project], print)
    shown = capsys.readouterr().out
    assert "onefox: nothing changed since 1.0.0; the version stays 1.0.0" in shown
    assert "1.0.0 is released already" in shown


def test_a_breaking_change_needs_a_version_that_says_so(project: Target, capsys: pytest.CaptureFixture[str]) -> None:
    break_it(project)
    wanted = "onefox: this breaks callers of 1.0.0; set info.version in specs/onefox.yaml to 2.0.0, not"
    assert check_versions([project], print) == [f"{wanted} 1.0.0"]
    assert not diff([project], "", print)
    with pytest.raises(EditionError, match=r"set info.version in specs/onefox.yaml to 2\.0\.0, not 1\.0\.0"):
        release([project], print)
    shown = capsys.readouterr().out
    assert re.search(r"breaking  specs/onefox.yaml:\d+ +market.candles: operationId was market.bars", shown)
    assert re.search(r"breaking  Python +onefox_sdk.resources.market.MarketResource.bars: is gone", shown)
    assert "Redocly was not asked" in shown
    edit(project, "openapi.yaml", "version: 1.0.0", "version: 1.9.9")
    assert check_versions([project], print) == [f"{wanted} 1.9.9"]
    with pytest.raises(EditionError, match=r"to 2\.0\.0, not 1\.9\.9"):
        release([project], print)
    edit(project, "openapi.yaml", "version: 1.9.9", "version: 2.0.0")
    assert check_versions([project], print) == []
    assert diff([project], "", print)
    release([project], print)
    assert editions.released(project) == editions.current(project)
    log = (changes.ROOT / "docs/changelog/onefox.md").read_text()
    assert log.index("## 2.0.0") < log.index("`market.candles`: operationId was market.bars") < log.index("## 1.0.0")


def test_other_changes_need_a_version_to_be_released_but_not_before(project: Target) -> None:
    edit(project, "openapi.yaml", "summary: Available markets", "summary: The markets")
    assert check_versions([project], print) == []
    assert diff([project], "", print)
    with pytest.raises(EditionError, match=r"to 1\.0\.1, not 1\.0\.0"):
        release([project], print)


def test_code_that_changed_alone_is_a_patch(project: Target) -> None:
    edit(project, "src/onefox_sdk/_runtime/pages.py", "import", "import sys  # noqa\nimport")
    latest = editions.released(project)
    assert latest is not None
    comparison = editions.Comparison.of(latest, editions.current(project))
    assert (comparison.level, comparison.proposed) == (TEXT, (1, 0, 1))


def test_a_version_alone_is_no_change(project: Target) -> None:
    latest = editions.released(project)
    assert latest is not None
    for file, before, after in (
        ("openapi.yaml", "version: 1.0.0", "version: 3.0.0"),
        ("pyproject.toml", 'version = "1.0.0"', 'version = "3.0.0"'),
        ("src/onefox_sdk/__init__.py", '__version__ = "1.0.0"', '__version__ = "3.0.0"'),
        ("src/onefox_sdk/_api.py", 'version="1.0.0"', 'version="3.0.0"'),
    ):
        edit(project, file, before, after)
    comparison = editions.Comparison.of(latest, editions.current(project))
    assert (comparison.changes, comparison.proposed) == ([], (3, 0, 0))


def test_a_version_does_not_go_back(project: Target) -> None:
    edit(project, "openapi.yaml", "version: 1.0.0", "version: 0.9.0")
    assert ["older than 1.0.0" in complaint for complaint in check_versions([project], print)] == [True]


def test_a_lost_release_is_noticed_unless_there_was_none(project: Target) -> None:
    shutil.rmtree(changes.ROOT / "releases" / "onefox")
    assert check_versions([project], print) == [
        "releases/onefox is missing, but docs/changelog/onefox.md tells of 1.0.0"
    ]
    (changes.ROOT / "docs/changelog/onefox.md").unlink()
    break_it(project)
    assert check_versions([project], print) == []
    assert diff([project], "", print)


def test_a_damaged_release_and_one_without_a_spec_are_noticed(project: Target) -> None:
    (changes.ROOT / "releases" / "gone").mkdir()
    assert check_versions([project], print) == ["releases/gone is there, but specs/gone.yaml is not"]
    (changes.ROOT / "releases/onefox/openapi.yaml").unlink()
    with pytest.raises(EditionError, match="releases/onefox is damaged"):
        check_versions([project], print)


def test_a_git_revision_can_be_the_base(project: Target, capsys: pytest.CaptureFixture[str]) -> None:
    root = changes.ROOT
    git = ["git", "-C", str(root), "-c", "user.name=t", "-c", "user.email=t@localhost"]
    subprocess.run([*git, "init", "--quiet"], check=True)
    subprocess.run([*git, "commit", "--quiet", "--allow-empty", "-m", "nothing"], check=True)
    subprocess.run([*git, "tag", "empty"], check=True)
    subprocess.run([*git, "add", "."], check=True)
    subprocess.run([*git, "commit", "--quiet", "-m", "all"], check=True)
    break_it(project)
    assert not diff([project], "HEAD", print)
    assert diff([project], "empty", print)
    shown = capsys.readouterr().out
    assert "onefox: breaking since HEAD (1.0.0)" in shown
    assert "onefox: not there at empty" in shown
    with pytest.raises(EditionError, match="no such revision"):
        diff([project], "nowhere", print)


def test_redocly_is_heard_where_it_is_installed(
    project: Target, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    report = '{"bump": "major", "changes": [{"verdicts": [{"impact": "major", "message": "No."}]}, {}]}'
    command = tmp_path / "redocly"
    command.write_text(f"#!/bin/sh\ntest \"$1 $4 $5\" = 'diff --format json' && echo '{report}'\nexit 1\n")
    command.chmod(0o755)
    monkeypatch.setattr(redocly, "_COMMAND", command)
    assert redocly.ask({}, {}) == redocly.Opinion(BREAKING, ["No."])
    edit(project, "openapi.yaml", "summary: Available markets", "summary: The markets")
    said: list[str] = []
    diff([project], "", said.append)
    assert said[-4:-1] == [
        "  Look at these, which are not counted as breaking here:",
        "    No.",
        "  The document says 1.0.0: set info.version in specs/onefox.yaml to 1.0.1.",
    ]
    command.write_text("#!/bin/sh\necho broken\n")
    assert redocly.ask({}, {}) is None
