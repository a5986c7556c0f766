"""The reference of an API as Markdown: an overview, a page a tag, its shared errors, its schemas."""

from __future__ import annotations

import re

from .operations import tag_page
from .overview import overview
from .reading import Api, slug
from .schemas import schemas_page
from .shared_errors import errors_page

__all__ = ["pages"]


def pages(api: Api) -> dict[str, str]:
    """Name and text of each page."""
    found = {"index.md": overview(api)}
    for tag in api.tags:
        found[f"{slug(tag['name'])}.md"] = tag_page(api, tag)
    if errors := api.document["components"].get("responses"):
        found["errors.md"] = errors_page(api, errors)
    found["schemas.md"] = schemas_page(api)
    return {name: re.sub(r"\n{3,}", "\n\n", text).strip() + "\n" for name, text in found.items()}
