"""From JSON Schema to the runtime's checks of arguments: kinds of one argument, rules over several."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from .lowering import Json, resolve, types_of

__all__ = ["Unsupported", "kind_of", "rules_of"]

_RULE_KEYWORDS = {"if", "then", "else", "oneOf", "anyOf", "not", "dependentRequired", "allOf", "description"}
_POSITIVE_PROBES = ("0", "0.0", "-1", "-0.5")


class Unsupported(Exception):
    """A schema form that the generator has no check for. It must not be skipped in silence."""


class Kind:
    """How one argument is checked and typed."""

    def __init__(self, code: str, annotation: str, *enums: str, choices: Iterable[object] = ()) -> None:
        self.code = code
        """Expression that builds the runtime kind."""
        self.annotation = annotation
        """Python type of the argument."""
        self.enums = set(enums)
        """Enum classes that the check uses."""
        self.choices = tuple(map(str, choices))
        """Every value that is allowed, where the document lists them."""


def kind_of(document: Json, schema: Json, enum_name: str = "") -> Kind:
    """The kind of argument that a schema describes."""
    if "$ref" in schema:
        enum_name = schema["$ref"].rpartition("/")[2]
        schema = {**resolve(document, schema), **{k: v for k, v in schema.items() if k != "$ref"}}
    union: list[Json] = schema.get("oneOf") or schema.get("anyOf") or []
    choices = [item for item in union if item.get("type") != "null"]
    if choices:
        return _one_of([kind_of(document, choice) for choice in choices])
    types = [kind for kind in types_of(schema) if kind != "null"]
    if len(types) > 1:
        return _one_of([kind_of(document, {**schema, "type": kind}) for kind in types])
    match types[0] if types else None:
        case "string" if "enum" in schema:
            if not enum_name:
                raise Unsupported("an enum in a request needs a component of its own")
            words = [value for value in schema["enum"] if value is not None]
            return Kind(f"Choice({enum_name})", f"{enum_name} | str", enum_name, choices=words)
        case "string":
            return _text(schema)
        case "integer" if schema.get("format") not in ("decimal", "unixtime", "unixtime-ms"):
            allowed = [schema["const"]] if "const" in schema else schema.get("enum")
            return Kind(
                _call(
                    "Whole",
                    _bounds(schema),
                    allowed=_tuple(allowed),
                ),
                "int",
                choices=allowed or (),
            )
        case "number":
            positive = schema.get("exclusiveMinimum") == 0
            bounds = {k: f'Decimal("{v}")' for k, v in _bounds(schema).items()}
            return Kind(_call("Amount", bounds, positive=positive or None, quoted=False), _AMOUNT)
        case "boolean":
            return Kind("Flag()", "bool")
        case "array":
            inner = kind_of(document, schema["items"])
            code = _call("Items", {}, inner.code, minimum=schema.get("minItems"))
            return Kind(code, f"Sequence[{inner.annotation}]", *inner.enums, choices=inner.choices)
        case other:
            raise Unsupported(f"no check for an argument of type {other} {schema.get('format', '')}")


_AMOUNT = "Decimal | int | str"


def _text(schema: Json) -> Kind:
    match schema.get("format"):
        case "decimal":
            pattern = re.compile(schema.get("pattern", ""))
            positive = not any(pattern.search(probe) for probe in _POSITIVE_PROBES)
            return Kind(_call("Amount", {}, positive=positive or None), _AMOUNT)
        case "int64":
            return Kind(_call("Whole", {}, quoted=True), "int")
        case "date-time":
            return Kind("Instant()", "datetime")
        case "date":
            return Kind("Day()", "date")
        case "uuid":
            return Kind("Uid()", "UUID | str")
        case None | "email" | "uri" | "password":
            pattern_code = f'r"{schema["pattern"]}"' if "pattern" in schema else None
            return Kind(_call("Text", {}, pattern=pattern_code, max_length=schema.get("maxLength")), "str")
        case other:
            raise Unsupported(f"no check for a string of format {other}")


def _one_of(kinds: list[Kind]) -> Kind:
    if len(kinds) == 1:
        return kinds[0]
    parts = list(dict.fromkeys(part for kind in kinds for part in kind.annotation.split(" | ")))
    enums = sorted({enum for kind in kinds for enum in kind.enums})
    return Kind(f"OneKindOf(({', '.join(kind.code for kind in kinds)}))", " | ".join(parts), *enums)


def _bounds(schema: Json) -> dict[str, Any]:
    return {key: schema[key] for key in ("minimum", "maximum") if key in schema}


def _tuple(values: list[Any] | None) -> str | None:
    return None if values is None else f"({', '.join(map(repr, values))},)"


def _call(name: str, bounds: dict[str, Any], *positional: str, **named: Any) -> str:
    arguments = [*positional, *(f"{k}={v}" for k, v in {**bounds, **named}.items() if v is not None)]
    return f"{name}({', '.join(arguments)})"


def rules_of(schema: Json, names: dict[str, str]) -> list[str]:
    """Expressions for the rules between the properties of a schema; `names` maps wire names to Python names."""
    rules: list[str] = []

    def python(items: list[str]) -> str:
        return "(" + "".join(f'"{names[item]}", ' for item in items).removesuffix(" ") + ")"

    for name, needed in schema.get("dependentRequired", {}).items():
        rules.append(f'Needs("{names[name]}", {python(needed)})')
    if "not" in schema:
        rules += [f"NotTogether({python(group)})" for group in _required_groups(schema["not"])]
    for keyword, rule in (("oneOf", "ExactlyOne"), ("anyOf", "AtLeastOne")):
        if keyword in schema:
            groups = [_only_required(part) for part in schema[keyword]]
            rules.append(f"{rule}(({', '.join(map(python, groups))}))")
    if "if" in schema:
        rules.append(_when(schema, names, python))
    for part in schema.get("allOf", []):
        unknown = set(part) - _RULE_KEYWORDS
        if unknown:
            raise Unsupported(f"no check for {', '.join(sorted(unknown))} between arguments")
        rules += rules_of(part, names)
    return rules


def _only_required(schema: Json) -> list[str]:
    if set(schema) - {"required", "description"}:
        raise Unsupported(f"expected only `required`, got {', '.join(schema)}")
    return list(schema["required"])


def _required_groups(schema: Json) -> list[list[str]]:
    """Groups of properties that `not` excludes."""
    return [_only_required(part) for part in schema["anyOf"]] if "anyOf" in schema else [_only_required(schema)]


def _values(schema: Json) -> list[Any]:
    if "const" in schema:
        return [schema["const"]]
    if "enum" in schema:
        return list(schema["enum"])
    raise Unsupported(f"expected const or enum in a condition, got {', '.join(schema)}")


def _mapping(properties: Json, names: dict[str, str]) -> str:
    items = (f'"{names[name]}": ({", ".join(map(repr, _values(part)))},)' for name, part in properties.items())
    return "{" + ", ".join(items) + "}"


def _when(schema: Json, names: dict[str, str], python: Any) -> str:
    condition, then, otherwise = schema["if"], schema.get("then", {}), schema.get("else", {})
    properties = condition.get("properties", {})
    bare = [name for name in condition.get("required", []) if name not in properties]
    if set(properties) - set(condition.get("required", [])):
        raise Unsupported("a condition on a property must also require it")
    items = [f'"{names[name]}": ()' for name in bare]
    inner = _mapping(properties, names)[1:-1]
    equals = "{" + ", ".join([*items, *([inner] if inner else [])]) + "}"
    parts = [equals]
    if then.get("required"):
        parts.append(f"required={python(then['required'])}")
    forbidden = [name for group in _required_groups(then["not"]) for name in group] if "not" in then else []
    if any(len(group) > 1 for group in (_required_groups(then["not"]) if "not" in then else [])):
        raise Unsupported("`not: {required}` of several properties in a condition; write one anyOf branch for each")
    if forbidden:
        parts.append(f"forbidden={python(forbidden)}")
    if then.get("properties"):
        parts.append(f"allowed={_mapping(then['properties'], names)}")
    if otherwise:
        if set(otherwise) != {"not"}:
            raise Unsupported("`else` may only forbid properties")
        parts.append(f"only={python([name for group in _required_groups(otherwise['not']) for name in group])}")
    return f"When({', '.join(parts)})"
