"""Pieces of Markdown that several pages are made of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from tradeloom.lowering import Json

from .reading import Api, flat, slug
from .words import cell, example_text, limits, type_text

__all__ = ["BADGES", "badge", "examples", "fields_table", "front", "indent", "link", "table", "title_of"]

BADGES = {
    "read": ("may be repeated", "Changes nothing, so the clients repeat it when an answer gets lost."),
    "idempotent": ("may be repeated", "Changes something, but twice is the same as once: the clients repeat it."),
    "unsafe": (
        "never repeated",
        "A repeat could do it twice. It is sent again only if it certainly was not carried out.",
    ),
}


def badge(effect: str) -> str:
    """A visible mark of what a repeat would do."""
    words, why = BADGES[effect]
    return f'<span class="effect effect-{effect}" title="{why}">{words}</span>'


def front(title: str, description: str) -> str:
    """What a page says about itself to the site generator."""
    text = " ".join(description.split()).replace('"', "'")
    return f'---\ntitle: "{title}"\ndescription: "{text}"\n---\n\n'


def indent(text: str, by: int = 4) -> str:
    """A text inside of a tab, an admonition or a list."""
    return "\n".join(f"{' ' * by}{line}" if line else "" for line in text.splitlines())


def table(head: list[str], rows: Iterable[list[str]]) -> str:
    """A table. A column of limits without a word in it is left out."""
    rows = list(rows)
    kept = [number for number, title in enumerate(head) if title != "Limits" or any(row[number] for row in rows)]
    head, rows = [head[number] for number in kept], [[row[number] for number in kept] for row in rows]
    lines = [f"| {' | '.join(head)} |", f"|{'---|' * len(head)}"]
    lines += [f"| {' | '.join(row)} |" for row in rows]
    return "\n".join(lines) + "\n"


def link(api: Api, name: str) -> str:
    """A link to an operation, from another page of the same API."""
    operation = api.by_id(name)
    return f"[`{name}`]({slug(operation.tag)}.md#{operation.anchor})"


def fields_table(api: Api, schema: Json, page: str = "schemas.md") -> str:
    """Fields of an object, or columns of a row."""
    if "prefixItems" in schema:
        return (
            table(
                ["#", "Column", "Type", "Meaning"],
                (
                    [str(number), f"`{column['title']}`", type_text(column, page), cell(api.describe(column))]
                    for number, column in enumerate(schema["prefixItems"])
                ),
            )
            + "\n"
        )
    properties, required = flat(api, schema)
    if not properties:
        return ""
    return table(["Field", "Type", "Limits", "Meaning"], _field_rows(api, properties, required, page)) + "\n"


def _field_rows(api: Api, properties: Json, required: list[str], page: str, before: str = "") -> Iterator[list[str]]:
    for name, schema in properties.items():
        mark = "" if name in required else '<br><small class="optional">may be missing</small>'
        old = '<br><small class="optional">deprecated</small>' if schema.get("deprecated") else ""
        yield [
            f"`{before}{name}`{mark}{old}",
            type_text(schema, page),
            limits(schema, {} if "$ref" in schema else schema),
            cell(api.describe(schema)),
        ]
        inner = schema.get("items", schema)
        for part in [inner, *inner.get("oneOf", [])]:
            if "properties" in part:
                yield from _field_rows(api, part["properties"], part.get("required", []), page, f"{before}{name}.")


def examples(api: Api, media: str, content: Json, word: str) -> str:
    """Examples of a body, each to be opened; `word` is the title of one that has none."""
    named: Json = content.get("examples") or (
        {"example": {"value": content["example"]}} if "example" in content else {}
    )
    text = ""
    for name, item in named.items():
        example = api.resolve(item)
        title = example.get("summary") or (word if name == "example" else f"{word}: {name.replace('_', ' ')}")
        value = example["value"]
        code = example_text(value) if "json" in media else str(value)
        language = "json" if "json" in media else "html"
        quoted = title.replace('"', "'").strip()
        text += f'??? example "{quoted}"\n\n{indent(f"```{language}{chr(10)}{code}{chr(10)}```")}\n\n'
    return text


def title_of(tag: Json) -> str:
    """A tag's name as a heading."""
    name = str(tag["name"])
    return name.capitalize() if name.islower() else name
