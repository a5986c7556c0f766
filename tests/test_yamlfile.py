"""Reading YAML 1.2 with positions, and writing it so that every reader agrees."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from tradeloom.yamlfile import Json, Pointer, Source, SourceError, dotted, dump, load


def read(tmp_path: Path, text: str | bytes) -> Source:
    file = tmp_path / "x.yaml"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return load(file)


# --- scalars ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("yes", "yes"),
        ("on", "on"),
        ("No", "No"),
        ("y", "y"),
        ("true", True),
        ("FALSE", False),
        ("tRue", "tRue"),
        ("", None),
        ("~", None),
        ("null", None),
        ("'null'", "null"),
        ("0", 0),
        ("-12", -12),
        ("+7", 7),
        ("012", 12),
        ("0o14", 12),
        ("0x1F", 31),
        ("1_000", "1_000"),
        ("0b11", "0b11"),
        ("12:30:45", "12:30:45"),
        ("2024-01-01", "2024-01-01"),
        ("2024-01-01T00:00:00Z", "2024-01-01T00:00:00Z"),
        ("1.5", 1.5),
        (".5", 0.5),
        ("1.", 1.0),
        ("1e3", 1000.0),
        ("-1.5E-7", -1.5e-7),
        ("1.1.0", "1.1.0"),
        ("'1'", "1"),
        ('"1"', "1"),
        ("!!str 1", "1"),
        ("!!int '1'", 1),
        ("|\n  one\n  two\n", "one\ntwo\n"),
        (">-\n  one\n  two\n", "one two"),
        ("é 価格 🚀", "é 価格 🚀"),
        ("=", "="),
    ],
)
def test_scalars_of_the_core_schema(tmp_path: Path, text: str, value: Json) -> None:
    data = read(tmp_path, f"key: {text}").data
    assert data == {"key": value}
    assert type(data["key"]) is type(value)


def test_keys_are_text(tmp_path: Path) -> None:
    text = "200: a\non: b\ntrue: c\n1.5: d\n2024-01-01: e\n'null': f\n"
    assert list(read(tmp_path, text).data) == ["200", "on", "true", "1.5", "2024-01-01", "null"]


def test_other_parsers_do_not_change(tmp_path: Path) -> None:
    read(tmp_path, "a: on")
    assert yaml.safe_load("a: on\nb: 2024-01-01")["a"] is True
    assert yaml.safe_dump({"a": "1e3"}) == "a: 1e3\n"


def test_byte_order_mark_and_windows_lines(tmp_path: Path) -> None:
    source = read(tmp_path, b"\xef\xbb\xbfa: 1\r\nb:\r\n  - 2\r\n")
    assert source.data == {"a": 1, "b": [2]}
    assert source.line(("b", 0)) == 3


# --- anchors ---------------------------------------------------------------------------------------------------------


def test_aliases_are_independent_copies(tmp_path: Path) -> None:
    data = read(tmp_path, "one: &x {list: [1]}\ntwo: *x\nthree: [*x]\n").data
    data["one"]["list"].append(2)
    assert data == {"one": {"list": [1, 2]}, "two": {"list": [1]}, "three": [{"list": [1]}]}


def test_an_alias_stands_where_it_is_used(tmp_path: Path) -> None:
    source = read(tmp_path, "one: &x\n  a: 1\ntwo: *x\n")
    assert source.line(("two",)) == 3
    assert source.line(("two", "a")) == 2


# --- positions -------------------------------------------------------------------------------------------------------

PLACES = """\
# a comment
info:
  title: Orders

  description: >
    folded
    text
tags: [a, {name: b,
  size: 2}]
paths:
  /orders/{id}:
    get:
      parameters:
        - name: id
          in: path
        -
          name: other
"""


@pytest.mark.parametrize(
    ("pointer", "line"),
    [
        ((), 2),
        (("info",), 2),
        (("info", "title"), 3),
        (("info", "description"), 5),
        (("tags",), 8),
        (("tags", 0), 8),
        (("tags", 1, "size"), 9),
        (("paths", "/orders/{id}", "get"), 12),
        (("paths", "/orders/{id}", "get", "parameters", 0), 14),
        (("paths", "/orders/{id}", "get", "parameters", 0, "in"), 15),
        (("paths", "/orders/{id}", "get", "parameters", 1), 17),
        (("paths", "/orders/{id}", "get", "summary"), 12),
        (("paths", "/orders/{id}", "get", "parameters", 5, "name"), 13),
        (("paths", "/orders/{id}", "get", "parameters", -1), 13),
        (("paths", 0), 10),
        (("info", "title", "deeper"), 3),
        (("tags", "name"), 8),
        (("nowhere",), 2),
    ],
)
def test_lines(tmp_path: Path, pointer: Pointer, line: int) -> None:
    assert read(tmp_path, PLACES).line(pointer) == line


def test_dotted() -> None:
    assert dotted(("paths", "/orders", "get", "tags", 0)) == "paths./orders.get.tags.0"
    assert dotted(()) == ""


# --- refusals --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("a: 1\nb: 2\na: 3\n", 3, "duplicate key 'a', first on line 1"),
        ("a:\n  200: 1\n  '200': 2\n", 3, "duplicate key '200', first on line 2"),
        ("a:\n\tb: 1\n", 2, "while scanning for the next token"),
        ("a: b\n\tc\n", 2, "while scanning"),
        ("a: [1,\nb: 2\n", 3, "while parsing a flow sequence"),
        ("a: 'open\n", 2, "found unexpected end of stream"),
        ("a: *nothing\n", 1, "found undefined alias"),
        ("a: 1\nb: &x\n  c: *x\n", 2, "an alias inside its own anchor"),
        ("a: 1\n? [b]\n: 2\n", 2, "a key must be text"),
        ("a: 1\n? {b: 1}\n: 2\n", 2, "a key must be text"),
        ("a: 1\n~: 2\n", 2, "a key must be text, this one is null"),
        ("a: &x {b: 1}\nc:\n  <<: *x\n", 3, "merge keys (<<) are not part of YAML 1.2"),
        ("a: .nan\n", 1, ".nan has no JSON form"),
        ("a: 1\nb: [-.inf]\n", 2, "-.inf has no JSON form"),
        ("a: 1e999\n", 1, "1e999 is too large for a number"),
        ("a: !!int x\n", 1, "'x' is not an integer"),
        ("a: !!float x\n", 1, "'x' is not a number"),
        ("a: !!binary aGk=\n", 1, "tag tag:yaml.org,2002:binary is not allowed"),
        ("a: 1\nb: !own {c: 1}\n", 2, "tag !own is not allowed"),
        ("a: !!set {b}\n", 1, "tag tag:yaml.org,2002:set is not allowed"),
        ("a: 1\n---\nb: 2\n", 2, "found another document"),
        ("", 1, "the file holds no document"),
        ("# only a comment\n", 1, "the file holds no document"),
        ("é: é\nü: ü\nb: \x07\nc: 1\nd: 1\n", 3, "characters are not allowed"),
        (b"a: 1\nb: \xff\n", 2, "not UTF-8 text"),
    ],
)
def test_refusals(tmp_path: Path, text: str | bytes, line: int, reason: str) -> None:
    with pytest.raises(SourceError, match=re.escape(reason)) as caught:
        read(tmp_path, text)
    assert caught.value.path == tmp_path / "x.yaml"
    assert str(caught.value).startswith(f"{tmp_path / 'x.yaml'}:{line}: ")


def test_a_quoted_merge_key_is_a_key(tmp_path: Path) -> None:
    assert read(tmp_path, "'<<': 1").data == {"<<": 1}


def test_a_missing_file_is_the_systems_own_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        load(tmp_path / "none.yaml")


# --- writing ---------------------------------------------------------------------------------------------------------


def test_dump_form() -> None:
    shared = [1, 2]
    data: dict[str, Any] = {
        "z": "plain text",
        "a": {"200": "200", "on": "on", "x": None, "y": True},
        "text": "one\ntwo\n",
        "long": "word " * 60 + "end",
        "unicode": "é 価格 🚀",
        "rows": [shared, shared, [], {}],
        "numbers": [1, -2, 0.1, 1e-07, 1e22, 3.0],
    }
    assert dump(data) == (
        "z: plain text\n"
        "a:\n"
        "  '200': '200'\n"
        "  'on': 'on'\n"
        "  x: null\n"
        "  'y': true\n"
        "text: |\n"
        "  one\n"
        "  two\n"
        f"long: {'word ' * 60}end\n"
        "unicode: é 価格 🚀\n"
        "rows:\n"
        "- - 1\n"
        "  - 2\n"
        "- - 1\n"
        "  - 2\n"
        "- []\n"
        "- {}\n"
        "numbers:\n"
        "- 1\n"
        "- -2\n"
        "- 0.1\n"
        "- 1.0e-07\n"
        "- 1.0e+22\n"
        "- 3.0\n"
    )


@pytest.mark.parametrize(
    "text",
    [
        "no",
        "Y",
        "~",
        "null",
        "",
        "1",
        "1_0",
        "0o7",
        "0x1f",
        "1e3",
        ".5",
        "12:30",
        "2024-01-01",
        "=",
        "<<",
        ".inf",
        "0b1",
    ],
)
def test_ambiguous_text_is_quoted(text: str) -> None:
    assert dump([text]) == f"- '{text}'\n"


@pytest.mark.parametrize("number", [float("nan"), float("inf"), -float("inf")])
def test_what_json_cannot_say_is_refused(number: float) -> None:
    with pytest.raises(ValueError, match="has no JSON form"):
        dump({"a": number})


AWKWARD = " \n\tab:#-'\"|>%@`!&*?{}[],.0123456789eExoyYnN~_=<\x85\u2028\ufeff\r"
TEXT = st.one_of(st.text(), st.text(alphabet=AWKWARD), st.sampled_from(["on", "1e3", "0o7", "---", "...", "- a", "<<"]))
DATA = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), TEXT),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=8,
)


@settings(max_examples=300, deadline=None, derandomize=True)
@given(DATA)
def test_what_is_written_is_read_again(data: Json) -> None:
    text = dump(data)
    with tempfile.TemporaryDirectory() as folder:
        source = read(Path(folder), text)
    assert repr(source.data) == repr(data)  # types and the order of keys as well
    assert dump(source.data) == text
    assert yaml.safe_load(text) == data, "a reader of YAML 1.1 sees something else"
