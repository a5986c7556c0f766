"""Pages for the packages' docstrings. mkdocstrings reads these from the source, without importing it."""

from __future__ import annotations

from tradeloom.project import error_names, error_tree

from .reading import Api

__all__ = ["python_pages"]

_MODELS = (
    "What calls return. Results do not change.\n\n"
    "Some types tell how a value travels. In Python `Number` and `LooseDecimal` are `Decimal`; `QuotedInt` and "
    "`LooseInt` are `int`; `Time`, `MilliTime`, `MicroTime`, `NaiveTime`, `LenientTime`, `UnixSeconds` and "
    "`UnixMillis` are aware `datetime`s in UTC; `Day` is a `date`, `PhpMap` a `dict`, `NumberOrText` a `Decimal` or a "
    "`str`."
)


def python_pages(api: Api) -> dict[str, str]:
    """Name and text of each page about a package, in the order of the navigation."""
    package = api.package.sdk["package"]
    client = api.package.sdk["client"]
    pages = {
        "client.md": _page(
            "Clients",
            f"`{client}` waits by blocking, `Async{client}` by awaiting; they have the same methods.",
            [f"{package}.client.{client}", f"{package}.async_client.Async{client}"],
            inherited=True,
        )
    }
    for resource in api.package.resources:
        pages[f"{resource.name}.md"] = _page(
            f"client.{resource.name}",
            f"{resource.doc} The asynchronous client has the same methods, to be awaited.",
            [f"{package}.resources.{resource.name}.{resource.class_name}"],
        )
    pages["models.md"] = _page("Models", _MODELS, [f"{package}.models"], models=True)
    pages["errors.md"] = _page(
        "Errors",
        f"Everything that can go wrong with a call, in `{package}.errors`. Arguments that the document forbids raise "
        f"`ValueError` or `TypeError` before anything is sent.\n\n```text\n{error_tree()}\n```",
        [f"{package}._runtime.errors.{name}" for name in error_names()],
    )
    pages["pages.md"] = _page(
        "Pages and raw answers",
        f"What lists come in, and what `with_raw_response` gives; both are names of `{package}`.",
        [
            f"{package}._runtime.pages.Page",
            f"{package}._runtime.pages.AsyncPage",
            f"{package}._runtime.client.RawResponse",
        ],
    )
    return pages


def _page(title: str, text: str, names: list[str], *, models: bool = False, inherited: bool = False) -> str:
    parts = [f"# {title}\n\n{text}\n"]
    for name in names:
        parts.append(f"::: {name}\n    options:\n        heading_level: 2")
        if inherited:
            parts[-1] += "\n        inherited_members: true"
        if models:
            # The module's own heading would say the same as the page's.
            parts[-1] += "\n        show_root_heading: false\n        show_root_toc_entry: false"
    return "\n".join(parts) + "\n"
