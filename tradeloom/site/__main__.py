"""python -m tradeloom.site: writes the pages, and lets zensical lay them out in site/."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from time import perf_counter
from typing import Any

import yaml

from tradeloom.build import ROOT, targets
from tradeloom.yamlfile import SourceError, dump

from .blocks import title_of
from .interactive import bundle, interactive_page
from .pages import pages
from .python_reference import python_pages
from .reading import Api, read_api, slug
from .words import first_sentence

__all__ = ["configuration", "main", "write_pages"]

DOCS = ROOT / "docs"
BUILD = ROOT / "build" / "site"
SITE = ROOT / "site"

Nav = list[dict[str, Any]]


def main() -> int:
    """Build the site; 1 if the documents are wrong or a link leads nowhere."""
    started = perf_counter()
    try:
        apis = [read_api(target) for target in targets()]
    except SourceError as error:
        print(error, file=sys.stderr)
        return 1
    shutil.rmtree(BUILD, ignore_errors=True)
    source = BUILD / "pages"
    shutil.copytree(
        DOCS, source, ignore=shutil.ignore_patterns("*.json", "*.mjs", "*.py", "*.yaml", "*.yml", "node_modules")
    )
    bundled = bundle(source / "assets" / "scalar.js")
    if not bundled:
        print("The interactive reference is left out: npm is not there, or did not get its bundle.", file=sys.stderr)
    write_pages(apis, source, bundled=bundled)
    fill(apis, source)
    config = BUILD / "mkdocs.yml"
    config.write_text(
        yaml.safe_dump(configuration(apis, source), sort_keys=False, allow_unicode=True), encoding="utf-8"
    )
    print(f"{len(list(source.rglob('*.md')))} pages written in {perf_counter() - started:.1f} s")
    command = [sys.executable, "-m", "zensical", "build", "--clean", "--strict", "--config-file", str(config)]
    if code := subprocess.run(command, check=False).returncode:
        return code
    shutil.rmtree(SITE, ignore_errors=True)
    shutil.move(BUILD / "html", SITE)
    print(f"{SITE.relative_to(ROOT)}/ built in {perf_counter() - started:.1f} s; look at it with `make docs-serve`")
    return 0


def write_pages(apis: list[Api], source: Path, *, bundled: bool) -> None:
    """Write everything that is made from the documents."""
    for api in apis:
        for folder, made in (
            (f"api/{api.name}", pages(api)),
            (f"python/{api.package.sdk['package']}", python_pages(api)),
        ):
            for name, text in made.items():
                _write(source / folder / name, text)
        _write(source / "documents" / f"{api.name}.yaml", dump(api.document))
        _write(source / "documents" / f"{api.name}.json", json.dumps(api.document, ensure_ascii=False, indent=2) + "\n")
        _write(source / "interactive" / f"{api.name}.html", interactive_page(api, bundled=bundled))


def fill(apis: list[Api], source: Path) -> None:
    """Put what is known here where hand-written pages ask for it."""
    home, guides = source / "index.md", source / "guides" / "index.md"
    cards = "\n".join(_card(api) for api in apis)
    home.write_text(home.read_text(encoding="utf-8").replace("<!-- apis -->", cards), encoding="utf-8")
    entries = [_guide(guides.parent / name) for name in _guides(guides.parent)]
    text = guides.read_text(encoding="utf-8").replace("<!-- guides -->", "\n".join(entries))
    guides.write_text(text, encoding="utf-8")


def _card(api: Api) -> str:
    folder, sdk = f"api/{api.name}", api.package.sdk
    return (
        f'<div class="card" markdown>\n\n### [{api.label}]({folder}/index.md)\n\n{api.package.summary.rstrip(".")}.\n\n'
        f"<small>{len(api.operations)} operations · `{sdk['distribution']}`</small>\n\n"
        f"[Reference]({folder}/index.md) · [Python](python/{sdk['package']}/client.md) · "
        f"[Interactive](interactive/{api.name}.html)\n\n</div>\n"
    )


def _guides(folder: Path) -> list[str]:
    """Guides that there are, planned ones first and in their order."""
    config: dict[str, Any] = yaml.safe_load((DOCS / "mkdocs.yml").read_text(encoding="utf-8"))
    nav = _existing(config["nav"], folder.parent)
    listed: list[str] = next(entry["Guides"] for entry in nav if "Guides" in entry)
    return [Path(name).name for name in listed if not name.endswith("index.md")]


def _guide(path: Path) -> str:
    """A line of the list of guides: title, and the first sentence of the guide."""
    text = re.sub(r"\A---\n.*?\n---\n", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    title, _, rest = text.strip().partition("\n")
    paragraphs = (part for part in re.split(r"\n\n+", rest.strip()) if part[:1] not in "#`|-")
    return f"- [{title.lstrip('# ')}]({path.name}): {first_sentence(next(paragraphs, ''))}"


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def configuration(apis: list[Api], source: Path) -> dict[str, Any]:
    """The site generator's configuration: what docs/mkdocs.yml says, and the pages that were written."""
    config: dict[str, Any] = yaml.safe_load((DOCS / "mkdocs.yml").read_text(encoding="utf-8"))
    # Zensical wants both below the folder of its configuration.
    config["docs_dir"] = source.name
    config["site_dir"] = "html"
    planned = _existing(config["nav"], source)
    config["nav"] = [
        *planned[:2],
        *({api.label: _api_nav(api)} for api in apis),
        {"Python": [{api.label: _python_nav(api)} for api in apis]},
        *planned[2:],
    ]
    handlers: dict[str, Any] = next(p["mkdocstrings"] for p in config["plugins"] if "mkdocstrings" in p)["handlers"]
    handlers["python"]["paths"] = [str(ROOT / "generated" / api.package.sdk["package"] / "src") for api in apis]
    return config


def _existing(nav: Nav, source: Path) -> Nav:
    """The navigation as planned, without pages that nobody has written yet, and with those that nobody planned."""
    planned: list[Any] = []
    for entry in nav:
        for title, value in entry.items():
            if isinstance(value, str):
                planned += [{title: value}] if (source / value).exists() else []
                continue
            names: list[str] = value
            folder = source / Path(names[0]).parent
            found = [str(path.relative_to(source)) for path in sorted(folder.glob("*.md"))]
            listed = [name for name in names if name in found]
            planned.append({title: [*listed, *(name for name in found if name not in names)]})
    return planned


def _api_nav(api: Api) -> list[Any]:
    folder = f"api/{api.name}"
    tags = [{title_of(tag): f"{folder}/{slug(tag['name'])}.md"} for tag in api.tags]
    errors = [{"Errors": f"{folder}/errors.md"}] if api.document["components"].get("responses") else []
    return [{"Overview": f"{folder}/index.md"}, *tags, *errors, {"Schemas": f"{folder}/schemas.md"}]


def _python_nav(api: Api) -> list[Any]:
    folder = f"python/{api.package.sdk['package']}"
    return [f"{folder}/{name}" for name in python_pages(api)]


if __name__ == "__main__":
    sys.exit(main())
