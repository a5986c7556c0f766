"""The page for answers that several operations share."""

from __future__ import annotations

import re

from tradeloom.lowering import Json

from .blocks import examples, front, link, table
from .reading import Api, slug
from .words import cell, prose, type_text

__all__ = ["errors_page"]


def errors_page(api: Api, errors: dict[str, Json]) -> str:
    """The answers by name."""
    parts = [
        front("Errors", f"{api.label}: bodies of errors"),
        "# Errors\n",
        "Answers that several operations share, with their bodies. "
        "How the Python clients raise them is told with each operation.\n",
    ]
    for name, response in errors.items():
        users = [
            (operation, status)
            for operation in api.operations
            for status, item in operation.node["responses"].items()
            if item.get("$ref", "").endswith(f"/{name}")
        ]
        statuses = "/".join(sorted({status for _, status in users}))
        parts.append(f"## {statuses} {_spaced(name)} {{ #{slug(name)} }}\n")
        parts.append(f"{prose(response['description'])}\n")
        if outcome := response.get("x-outcome"):
            known = {
                "refused": "The server declined: nothing was changed.",
                "unknown": "Nobody knows whether it was done.",
            }
            parts.append(f"{known[outcome]}\n")
        for media, content in response.get("content", {}).items():
            schema = content.get("schema", {})
            parts.append(f"`{media}`: {type_text(schema)}\n")
        headers = response.get("headers", {})
        if headers:
            rows = [
                [f"`{key}`", type_text(h["schema"]), cell(h["description"])]
                for key, i in headers.items()
                for h in [api.resolve(i)]
            ]
            parts.append(table(["Header", "Type", "Meaning"], rows))
        parts += [examples(api, media, content, "Body") for media, content in response.get("content", {}).items()]
        links = ", ".join(dict.fromkeys(link(api, operation.id) for operation, _ in users))
        parts.append(f"Answer of {links}.\n{{ .uses }}\n" if links else "")
    return "\n".join(parts)


def _spaced(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name).capitalize()
