"""Docstrings and operation tables of the generated code."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable
from pprint import pformat
from typing import Any

from .model import Argument, EnumClass, Field, Method, Model
from .text import WIDTH, docstring, one_line, paragraphs

__all__ = ["FILTERS", "sample_call"]

_EFFECTS = {
    "read": "changes nothing, may be repeated",
    "idempotent": "changes state; repeating it leaves the same state",
    "unsafe": "changes state; never repeated unless it was certainly not done",
}


def method_doc(method: Method, spec: str, paged: str = "", indent: int = 8) -> str:
    """The docstring of a method."""
    width = WIDTH - indent
    parts = [[f"{method.summary}."], paragraphs(method.doc, width)]
    if method.merge:
        parts.append(paragraphs(f"With `{method.merge.argument}`: {method.merge.method.doc}", width))
    if method.all_arguments:
        parts.append(["Args:", *_items((argument.name, _argument_doc(argument)) for argument in ordered(method))])
    if method.result != "None":
        what = one_line(method.result_doc)
        parts.append(["Returns:", *paragraphs(f"{what}{_paged_note(paged)}", width, "    ")])
    errors = list(method.errors) + (list(method.merge.method.errors) if method.merge else [])
    raised: dict[str, str] = {}
    for kind, reason in errors:
        raised.setdefault(kind, reason)
    if raised:
        parts.append(["Raises:", *_items(raised.items())])
    sources = f"`{method.http} {method.path}`"
    facts = [f"Effect: {method.effect}: {_EFFECTS[method.effect]}."]
    if method.merge:
        other = method.merge.method
        facts.append(f"Effect with `{method.merge.argument}`: {other.effect}: {_EFFECTS[other.effect]}.")
        sources += f" and `{other.http} {other.path}`"
    parts.append([*facts, f"Source: {sources} in {spec}."])
    return docstring("\n\n".join("\n".join(part) for part in parts), indent)


def ordered(method: Method) -> list[Argument]:
    """Arguments in the order of the signature."""
    return [*method.positional, *method.optional]


def _paged_note(paged: str) -> str:
    return f" One page: a sequence with `.next()` and `.all()` ({paged})." if paged else ""


def _argument_doc(argument: Argument) -> str:
    return one_line(argument.doc)


def _items(items: Iterable[tuple[str, str]]) -> list[str]:
    lines: list[str] = []
    for name, text in items:
        first, *rest = paragraphs(f"{name}: {text}", WIDTH - 16) or [f"{name}:"]
        lines += [f"    {first}", *(f"        {line}" for line in rest)]
    return lines


def field_doc(field: Field) -> str:
    """The docstring below a field."""
    return docstring("\n".join(paragraphs(field.doc, WIDTH - 8)), 4)


def model_doc(model: Model) -> str:
    """The docstring of a model."""
    text = "\n".join(paragraphs(model.doc, WIDTH - 8))
    if model.row:
        text += "\n\nA row of an array, by position."
    return docstring(text, 4)


def enum_doc(enum: EnumClass) -> str:
    """The docstring of an enum."""
    return docstring("\n".join(paragraphs(enum.doc, WIDTH - 8)), 4)


def operation(method: Method, result: str | None = None, constant: str | None = None, envelope: str = "") -> str:
    """The constant that describes an operation to the runtime."""
    kind = result or method.result
    lines = [
        f"{constant or method.constant}: Operation[{kind}] = Operation(",
        f'    name="{method.operation}",',
        f'    method="{method.http}",',
        f'    path="{method.path}",',
        f'    effect="{method.effect}",',
        f"    result={result or method.wire_result},",
    ]
    if method.arguments:
        lines += ["    parameters=(", *(f"        {_parameter(argument)}," for argument in method.arguments), "    ),"]
    if method.rules:
        lines += ["    rules=(", *(f"        {rule}," for rule in method.rules), "    ),"]
    if method.constants:
        lines.append(f"    constants={method.constants!r},")
    if method.security != [[]]:
        alternatives = ", ".join(
            "(" + "".join(f'"{name}", ' for name in alternative) + ")" for alternative in method.security
        )
        lines.append(f"    security=({alternatives},),")
    if method.refusals:
        lines.append(f"    refusals={tuple(method.refusals)!r},")
    if method.pagination:
        lines.append(f"    pagination=Pagination({_named(method.pagination)}),")
    if envelope:
        lines.append(f"    envelope={envelope},")
    if method.null_result:
        lines.append("    null_result=True,")
    if method.key:
        lines.append(f'    key="{method.key}",')
    if method.lookup:
        names = ", ".join(repr(method.lookup[part]) for part in ("operation", "argument", "value"))
        lines.append(f"    lookup=Lookup({names}),")
    if method.evidence:
        lines.append(f"    evidence={tuple(method.evidence)!r},")
    return "\n".join([*lines, ")"])


def _parameter(argument: Argument) -> str:
    parts = [f'"{argument.name}"', f'"{argument.place}"', argument.kind.code]
    if argument.wire != argument.name:
        parts.append(f'wire="{argument.wire}"')
    if argument.required:
        parts.append("required=True")
    if argument.joined:
        parts.append("joined=True")
    return f"Parameter({', '.join(parts)})"


def _named(values: dict[str, Any]) -> str:
    return ", ".join(f"{key}={value!r}" for key, value in values.items() if value != ())


def literal(value: Any) -> str:
    """A Python literal."""
    return pformat(value, width=100, sort_dicts=False)


def code(value: Any) -> str:
    """An expression that builds named tuples and what they hold; long texts in several pieces, defaults left out."""
    match type(value).__name__:
        case "tuple":
            return f"({''.join(f'{code(item)}, ' for item in value)})"
        case "dict":
            return f"{{{', '.join(f'{key!r}: {code(item)}' for key, item in value.items())}}}"
        case name if hasattr(value, "_fields"):
            defaults: dict[str, Any] = value._field_defaults
            parts = [
                f"{field}={code(item)}"
                for field, item in zip(value._fields, value, strict=True)
                if field not in defaults or item != defaults[field]
            ]
            return f"{name}({', '.join(parts)})"
        case "str" if len(pieces := list(_pieces(value))) > 1:
            return f"({' '.join(map(repr, pieces))})"
        case _:
            return repr(value)


_LONGEST_TEXT = 80


def _pieces(text: str) -> Iterable[str]:
    """A text cut behind spaces and line ends."""
    piece = ""
    for word in re.findall(r"\S*\s*", text):
        if piece and len(piece) + len(word) > _LONGEST_TEXT:
            yield piece
            piece = ""
        piece += word
    if piece:
        yield piece


def sample_call(method: Method, client: str = "client") -> str:
    """An example call."""
    required = [argument.name for argument in method.positional]
    arguments = [f"{method.sample[name]!r}" for name in required if name in method.sample]
    arguments += [f"{name}={value!r}" for name, value in method.sample.items() if name not in required]
    return f"{client}.{method.operation}({', '.join(arguments)})"


def tuple_of(values: Iterable[Any]) -> str:
    """A tuple literal."""
    return repr(tuple(values))


def mentioned(text: str, names: Container[str]) -> list[str]:
    """Those of the names that a piece of code mentions."""
    return sorted({word for word in re.findall(r"\w+", text) if word in names})


FILTERS = {
    "code": code,
    "tuple_of": tuple_of,
    "mentioned": mentioned,
    "method_doc": method_doc,
    "field_doc": field_doc,
    "model_doc": model_doc,
    "enum_doc": enum_doc,
    "operation": operation,
    "literal": literal,
    "one_line": one_line,
    "sample_call": sample_call,
    "docstring": docstring,
}
