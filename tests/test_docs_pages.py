"""The reference leaves nothing out: what a document says stands on a page, and links lead somewhere."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
import yaml

from tradeloom.build import Target
from tradeloom.lowering import Json
from tradeloom.runtime import wire
from tradeloom.site.__main__ import configuration, fill, write_pages
from tradeloom.site.blocks import BADGES
from tradeloom.site.interactive import interactive_page
from tradeloom.site.pages import pages
from tradeloom.site.python_reference import python_pages
from tradeloom.site.reading import Api, Operation, flat, read_api, slug
from tradeloom.site.words import cell, example_text, limits, prose, rules, type_text

APIS = ["coinbase_pro", "freqtrade", "onefox"]


@cache
def api(name: str) -> Api:
    return read_api(Target(name))


@cache
def made(name: str) -> dict[str, str]:
    return pages(api(name))


def section(operation: Operation) -> str:
    """What the reference says about an operation."""
    page = made(operation.api.name)[f"{slug(operation.tag)}.md"]
    (text,) = re.findall(rf"^## [^\n]*{{ #{operation.anchor} }}\n(.*?)(?=^## |\Z)", page, re.DOTALL | re.MULTILINE)
    return str(text)


def resolved(of: Api, node: Json) -> Json:
    """What a node says, read from the document without the help of what makes the pages."""
    while "$ref" in node:
        target: Any = of.document
        for part in node["$ref"].removeprefix("#/").split("/"):
            target = target[part]
        node = {**target, **{key: value for key, value in node.items() if key != "$ref"}}
    return node


def fields(of: Api, schema: Json) -> Iterator[tuple[str, str]]:
    """Fields of a body and what they mean, those of all its forms and parts."""
    schema = resolved(of, schema)
    for name, field in schema.get("properties", {}).items():
        yield name, resolved(of, field)["description"]
    for part in [*schema.get("allOf", []), *schema.get("oneOf", [])]:
        yield from fields(of, part)


OPERATIONS = [operation for name in APIS for operation in api(name).operations]
each_operation = pytest.mark.parametrize("operation", OPERATIONS, ids=lambda item: f"{item.api.name}-{item.id}")
each_api = pytest.mark.parametrize("name", APIS)


@each_operation
def test_an_operation_is_described_with_its_parameters_and_answers(operation: Operation) -> None:
    text = section(operation)
    assert f'<span class="http http-{operation.http.lower()}">{operation.http}</span> `{operation.path}`' in text
    assert prose(operation.node["description"]) in text
    for item in operation.node.get("parameters", []):
        parameter = resolved(operation.api, item)
        (row,) = re.findall(rf"^\| `{re.escape(parameter['name'])}`.*$", text, re.MULTILINE)[:1]
        assert cell(parameter["description"]) in row
        assert ("required</span>" in row) == parameter.get("required", False)
        for value in resolved(operation.api, parameter["schema"]).get("enum", []):
            assert f"`{value}`" in row
    if "requestBody" in operation.node:
        media = resolved(operation.api, operation.node["requestBody"])["content"]["application/json"]
        for field, description in fields(operation.api, media["schema"]):
            assert re.search(rf"^\| `{re.escape(field)}`.*{re.escape(cell(description))}", text, re.MULTILINE)
    for status in operation.node["responses"]:
        assert f"**{status}**" in text if status.startswith("2") else f"| `{status}` |" in text


@each_operation
def test_the_badge_of_an_operation_tells_its_effect(operation: Operation) -> None:
    (shown,) = re.findall(r'<span class="effect effect-(\w+)"[^>]*>([^<]*)</span>', section(operation))
    assert shown == (operation.effect, BADGES[operation.effect][0])
    assert shown[1] == ("never repeated" if operation.effect == "unsafe" else "may be repeated")


@each_operation
def test_examples_are_shown_whole(operation: Operation) -> None:
    text = section(operation)
    shown = [
        re.sub(r"^    ", "", block, flags=re.M)
        for block in re.findall(r"^    ```json\n(.*?)^    ```", text, re.S | re.M)
    ]
    values = [json.loads(block) for block in shown]
    for item in operation.node["responses"].values():
        for media, content in item.get("content", {}).items():
            for example in content.get("examples", {}).values():
                assert "json" not in media or resolved(operation.api, example)["value"] in values


@each_operation
def test_unsafe_operations_tell_how_to_find_out_what_became_of_them(operation: Operation) -> None:
    text = section(operation)
    for name in [
        *operation.node.get("x-evidence", []),
        *filter(None, [operation.node.get("x-lookup", {}).get("operation")]),
    ]:
        assert f"[`{name}`]" in text


def test_every_operation_is_on_one_page_and_in_the_overview() -> None:
    for name in APIS:
        written = re.findall(r'"operationId": "[^"]+", "tags"', json.dumps(api(name).document["paths"]))
        assert len(written) == len(api(name).operations)
        for operation in api(name).operations:
            assert f"]({slug(operation.tag)}.md#{operation.anchor})" in made(name)["index.md"]
            assert sum(f"{{ #{operation.anchor} }}" in text for text in made(name).values()) == 1


@each_api
def test_every_schema_has_a_place_with_its_fields_and_values(name: str) -> None:
    page = made(name)["schemas.md"]
    for schema_name, schema in api(name).schemas.items():
        (text,) = re.findall(
            rf"^## {schema_name} {{ #{schema_name} }}\n(.*?)(?=^## |\Z)", page, re.DOTALL | re.MULTILINE
        )
        for field in flat(api(name), schema)[0]:
            assert f"| `{field}`" in text
        for number, column in enumerate(schema.get("prefixItems", [])):
            assert f"| {number} | `{column['title']}` |" in text
        for value in schema.get("enum", []):
            assert value is None or re.search(rf"(?<![\w.]){re.escape(str(value))}(?![\w])", text)


@each_api
def test_shared_errors_have_a_place_with_their_bodies(name: str) -> None:
    for component, response in api(name).document["components"].get("responses", {}).items():
        assert f"{{ #{slug(component)} }}" in made(name)["errors.md"]
        assert prose(response["description"]) in made(name)["errors.md"]


def test_rows_are_numbered_in_the_answer_of_their_operation() -> None:
    text = section(api("coinbase_pro").by_id("products.historic_rates"))
    columns = re.findall(r"^\| (\d) \| `(\w+)` \|", text, re.MULTILINE)
    assert columns == [("0", "time"), ("1", "low"), ("2", "high"), ("3", "open"), ("4", "close"), ("5", "volume")]


@each_api
def test_links_between_pages_lead_to_places_that_exist(name: str) -> None:
    anchors = {page: set(re.findall(r"{ #([\w.-]+) }", text)) for page, text in made(name).items()}
    outside = {f"../../python/{api(name).package.sdk['package']}/{page}" for page in python_pages(api(name))}
    outside |= {f"../../interactive/{name}.html", f"../../documents/{name}.yaml", f"../../documents/{name}.json"}
    found = 0
    for page, text in made(name).items():
        for target in re.findall(r"\]\(([^)\s]+)\)", re.sub(r"```.*?```", "", text, flags=re.DOTALL)):
            address, _, anchor = target.partition("#")
            found += 1
            if target.startswith(("http:", "https:")) or address in outside:
                continue
            assert (address or page) in anchors, f"{page}: {target}"
            assert not anchor or anchor in anchors[address or page], f"{page}: {target}"
    assert found > 100


def test_every_page_is_in_the_navigation(tmp_path: pytest.TempPathFactory) -> None:
    source = tmp_path / "pages"  # type: ignore[operator]
    (source / "guides").mkdir(parents=True)
    (source / "guides" / "unplanned.md").write_text("# A guide nobody planned\n\nIt says this.\n")
    (source / "guides" / "errors.md").write_text(
        "---\ntitle: x\n---\n# Errors\n\n## First\n\nWhat to do\nabout them. More.\n"
    )
    (source / "guides" / "index.md").write_text("<!-- guides -->")
    (source / "index.md").write_text("<!-- apis -->")
    apis = [api(name) for name in APIS]
    write_pages(apis, source, bundled=False)
    fill(apis, source)
    listed = re.findall(r"[\w/-]+\.md", yaml.safe_dump(configuration(apis, source)["nav"]))
    assert sorted(listed) == sorted(str(path.relative_to(source)) for path in source.rglob("*.md"))
    assert (source / "guides" / "index.md").read_text() == (
        "- [Errors](errors.md): What to do about them.\n- [A guide nobody planned](unplanned.md): It says this."
    )
    for each in apis:
        assert f"### [{each.label}](api/{each.name}/index.md)" in (source / "index.md").read_text()
        assert json.loads((source / "documents" / f"{each.name}.json").read_text()) == each.document
        assert "was left out of this build" in (source / "interactive" / f"{each.name}.html").read_text()


@each_api
def test_the_interactive_page_holds_the_document_and_asks_nobody(name: str) -> None:
    page = interactive_page(api(name), bundled=True)
    (options,) = re.findall(r"createApiReference\('#app', (.*)\)</script>", page)
    content = json.loads(options)["content"]
    assert content["components"] == api(name).document["components"]
    for operation in api(name).operations:
        node = content["paths"][operation.path][operation.http.lower()]
        assert node["x-badges"][0]["name"] == BADGES[operation.effect][0]
        assert len(node["x-codeSamples"]) >= 3 * len(operation.calls)
    assert re.findall(r'(?:src|href)="(?!\.\./)', page) == []


@each_api
def test_the_python_reference_has_every_resource(name: str) -> None:
    package = api(name).package
    text = "\n".join(python_pages(api(name)).values())
    for resource in package.resources:
        assert f"::: {package.sdk['package']}.resources.{resource.name}.{resource.class_name}\n" in text
    assert f"::: {package.sdk['package']}.client.{package.sdk['client']}\n" in text


def test_the_python_reference_explains_every_type_of_the_wire() -> None:
    text = python_pages(api("onefox"))["models.md"]
    for name in set(wire.__all__) - {"Form", "Hook"}:
        assert f"`{name}`" in text


# Words


@pytest.mark.parametrize(
    ("schema", "text"),
    [
        ({"type": "integer", "minimum": 1, "maximum": 100, "default": 50}, "1 to 100, default `50`"),
        ({"type": "integer", "minimum": 0}, "at least 0"),
        ({"type": "number", "exclusiveMinimum": 0}, "more than 0"),
        ({"type": "integer", "enum": [60, 300]}, "one of `60`, `300`"),
        ({"const": "limit"}, "always `limit`"),
        ({"type": "string", "format": "decimal", "pattern": r"^(?!0+$)\d+$"}, "more than 0"),
        ({"type": "string", "format": "decimal", "pattern": r"^-?\d+$"}, ""),
        ({"type": "string", "pattern": "^[A-Z]+$", "maxLength": 8}, "pattern `^[A-Z]+$`, 0 to 8 characters"),
        (
            {"type": "array", "minItems": 1, "items": {"type": "integer", "minimum": 1}},
            "at least 1 item, each at least 1",
        ),
        ({"type": "boolean", "default": False}, "default `false`"),
    ],
)
def test_limits_are_told(schema: dict[str, object], text: str) -> None:
    assert limits({}, schema) == text


@pytest.mark.parametrize(
    ("schema", "text"),
    [
        ({"$ref": "#/components/schemas/Order"}, "[Order](schemas.md#Order)"),
        ({"type": "array", "items": {"$ref": "#/components/schemas/Order"}}, "list of [Order](schemas.md#Order)"),
        ({"type": ["string", "null"], "format": "decimal"}, "decimal in quotes or null"),
        ({"oneOf": [{"$ref": "#/components/schemas/A"}, {"type": "null"}]}, "[A](schemas.md#A) or null"),
        ({"type": "object", "additionalProperties": {"type": "integer"}}, "map of whole number"),
        ({"type": "array", "prefixItems": []}, "row"),
    ],
)
def test_types_are_told(schema: dict[str, object], text: str) -> None:
    assert type_text(schema) == text


@pytest.mark.parametrize(
    ("schema", "sentences"),
    [
        ({"dependentRequired": {"start": ["end"]}}, ["`start` only together with `end`."]),
        ({"not": {"required": ["before", "after"]}}, ["Not `before` and `after` together."]),
        ({"oneOf": [{"required": ["a"]}, {"required": ["b", "c"]}]}, ["Exactly one of `a`, `b` and `c`."]),
        ({"anyOf": [{"required": ["a"]}, {"required": ["b"]}]}, ["At least one of `a`, `b`."]),
        (
            {
                "if": {"properties": {"type": {"const": "LIMIT"}}, "required": ["type"]},
                "then": {"required": ["price"]},
                "else": {"not": {"required": ["price"]}},
            },
            ["If `type` is `LIMIT`: `price` must be given. Otherwise: `price` must not be given."],
        ),
        (
            {"allOf": [{"if": {"required": ["stop"]}, "then": {"properties": {"post_only": {"const": False}}}}]},
            ["If `stop` is given: `post_only` must be `false`."],
        ),
    ],
)
def test_rules_are_told(schema: dict[str, object], sentences: list[str]) -> None:
    assert rules(schema) == sentences


def test_texts_cannot_break_a_page() -> None:
    assert cell("a | b\n\nc <script> `x|<y>`") == "a \\| b<br>c &lt;script> `x\\|<y>`"
    assert prose("<b>`<kept>`\n```\n<kept>\n```") == "&lt;b>`<kept>`\n```\n<kept>\n```"


def test_examples_keep_small_things_on_one_line() -> None:
    assert example_text({"a": [1, 2]}) == '{"a": [1, 2]}'
    assert example_text({"a": [1, 2], "b": {}}, width=12) == '{\n  "a": [1, 2],\n  "b": {}\n}'
