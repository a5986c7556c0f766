"""The overlay applier: a suite of small cases, and what a case file cannot say."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tradeloom.overlay import Document, OverlayError, apply, build
from tradeloom.yamlfile import Origin, Source, SourceError, dump, is_array, is_object, load

CASES = sorted((Path(__file__).parent / "overlay_cases").glob("*.yaml"))
FIELDS = {"about", "document", "actions", "overlay", "expected", "error", "line"}
INFO = {"title": "A case", "version": "1.0.0"}


def part(case: Source, name: str) -> Source:
    """One part of a case file, as a source of its own that keeps its lines."""
    return Source(case.path, case.data[name], case.origin.find((name,)))


def overlay_of(case: Source) -> Source:
    """The case's overlay: written out in full, or made from its actions alone."""
    if "overlay" in case.data:
        return part(case, "overlay")
    actions = part(case, "actions")
    data = [{"description": case.data["about"], **action} for action in actions.data]
    origin = Origin(case.path, 1, {"actions": actions.origin})
    return Source(case.path, {"overlay": "1.1.0", "info": INFO, "actions": data}, origin)


def assert_same_shape(data: Any, origin: Origin) -> None:
    """Every value has an origin, and there are no others."""
    if is_object(data):
        assert list(data) == list(origin.parts)
        for key, value in data.items():
            assert_same_shape(value, origin.parts[key])
    elif is_array(data):
        assert len(data) == len(origin.parts)
        for value, item in zip(data, origin.parts, strict=True):
            assert_same_shape(value, item)
    else:
        assert origin.parts is None


def containers(data: Any) -> list[int]:
    """The identity of every object and array, each as often as it is met."""
    if is_object(data):
        values = list(data.values())
    elif is_array(data):
        values = data
    else:
        return []
    return [id(data), *(found for value in values for found in containers(value))]


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_case(path: Path) -> None:
    case = load(path)
    assert case.data.keys() <= FIELDS
    document, overlay = Document.of(part(case, "document")), overlay_of(case)
    before = dump([document.data, overlay.data])

    if "error" in case.data:
        with pytest.raises(OverlayError) as caught:
            apply(document, overlay)
        assert case.data["error"] in caught.value.reason
        assert caught.value.path == path
        assert caught.value.line == case.data.get("line", caught.value.line)
    else:
        result = apply(document, overlay)
        assert dump(result.data) == dump(case.data["expected"])  # as text, so that the order of keys counts
        assert_same_shape(result.data, result.origin)
        found = containers([result.data, document.data, overlay.data])
        assert len(found) == len(set(found)), "something is shared"

    assert dump([document.data, overlay.data]) == before, "an input was changed"


def test_the_suite_is_there() -> None:
    assert len(CASES) > 75


# --- files -----------------------------------------------------------------------------------------------------------

SPEC = """\
openapi: 3.1.0
info:
  title: Orders
  version: 1.0.0
servers:
  - url: a
  - url: b
  - url: c
"""

OVERLAY = """\
overlay: 1.1.0
info: {title: Names, version: 1.0.0}
extends: ../../specs/orders.yaml
actions:
  - target: $.info
    description: Users know it by another name.
    update:
      title: Trades
      contact:
        name: Desk
  - target: $.servers[1]
    description: Switched off.
    remove: true
"""


@pytest.fixture
def spec(tmp_path: Path) -> Path:
    return write(tmp_path / "specs" / "orders.yaml", SPEC)


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def test_build_applies_overlays_in_the_given_order(spec: Path, tmp_path: Path) -> None:
    first = write(tmp_path / "overlays" / "orders" / "10-names.yaml", OVERLAY)
    second = write(first.with_name("20-more.yaml"), OVERLAY.replace("Trades", "Fills").replace("[1]", "[-1]"))

    assert build(spec, [first, second]).data["info"]["title"] == "Fills"
    assert build(spec, [second, first]).data["info"]["title"] == "Trades"
    assert build(spec, [first, second]).data["servers"] == [{"url": "a"}]


def test_build_without_overlays_is_the_spec(spec: Path) -> None:
    assert build(spec, []).data == load(spec).data


def test_every_location_knows_the_line_that_wrote_it(spec: Path, tmp_path: Path) -> None:
    overlay = write(tmp_path / "overlays" / "orders" / "10-names.yaml", OVERLAY)
    document = build(str(spec), [str(overlay)])

    assert document.locate(("info",)) == (spec, 2)
    assert document.locate(("info", "version")) == (spec, 4)
    assert document.locate(("info", "title")) == (overlay, 8)
    assert document.locate(("info", "contact", "name")) == (overlay, 10)
    assert document.locate(("servers", 0, "url")) == (spec, 6)
    assert document.locate(("servers", 1, "url")) == (spec, 8), "it stood third before"
    assert document.locate(("servers", 7)) == (spec, 5), "not there: the nearest ancestor"
    assert document.locate(()) == (spec, 1)


def test_what_was_copied_was_written_by_the_copy(spec: Path, tmp_path: Path) -> None:
    text = """\
        overlay: 1.1.0
        info: {title: Copies, version: 1.0.0}
        actions:
          - target: $.servers[0]
            description: The two are alike.
            copy: $.info
          - target: $.servers
            description: One more.
            update: {url: d}
    """
    overlay = write(tmp_path / "copy.yaml", text)
    document = build(spec, [overlay])

    assert document.locate(("servers", 0, "title")) == (overlay, 6)
    assert document.locate(("servers", 0, "url")) == (spec, 6)
    assert document.locate(("info", "title")) == (spec, 3)
    assert document.locate(("servers", 3, "url")) == (overlay, 9)


def test_errors_name_file_line_and_action(spec: Path, tmp_path: Path) -> None:
    overlay = write(tmp_path / "overlays" / "orders" / "10-names.yaml", OVERLAY.replace("[1]", "[3]"))

    with pytest.raises(OverlayError) as caught:
        build(spec, [overlay])
    assert str(caught.value) == f"{overlay}:11: actions[1]: target $.servers[3] matched nothing"


@pytest.mark.parametrize(
    "extends",
    ["../../specs/other.yaml", "specs/orders.yaml", "https://example.org{spec}", "//example.org{spec}"],
)
def test_extends_must_be_the_spec(spec: Path, tmp_path: Path, extends: str) -> None:
    extends = extends.format(spec=spec)
    text = OVERLAY.replace("../../specs/orders.yaml", extends)
    overlay = write(tmp_path / "overlays" / "orders" / "10-names.yaml", text)

    with pytest.raises(OverlayError, match=f"10-names.yaml:3: extends {extends}, which is not "):
        build(spec, [overlay])


def test_extends_may_be_escaped_or_absent(tmp_path: Path) -> None:
    spec = write(tmp_path / "specs" / "two words.yaml", SPEC)
    escaped = write(tmp_path / "a.yaml", OVERLAY.replace("../../specs/orders.yaml", "specs/two%20words.yaml"))
    absent = write(tmp_path / "b.yaml", OVERLAY.replace("extends: ../../specs/orders.yaml\n", ""))

    assert build(spec, [escaped]).data == build(spec, [absent]).data


def test_json_files_are_yaml_too(tmp_path: Path) -> None:
    spec = write(tmp_path / "spec.json", '{"info": {"title": "Orders"}}')
    overlay = write(
        tmp_path / "overlay.json",
        '{"overlay": "1.1.0", "info": {"title": "t", "version": "1"},'
        ' "actions": [{"target": "$.info", "description": "why", "update": {"version": "1"}}]}',
    )
    assert build(spec, [overlay]).data == {"info": {"title": "Orders", "version": "1"}}


def test_a_document_is_an_object(tmp_path: Path) -> None:
    spec = write(tmp_path / "spec.yaml", "# nothing but a list\n- a\n")
    with pytest.raises(SourceError, match=r"spec\.yaml:2: the document must be an object"):
        build(spec, [])
