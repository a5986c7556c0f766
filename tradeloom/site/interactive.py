"""The interactive reference: one page an API, with the document inside and the bundle beside it."""

from __future__ import annotations

import html
import json
import shutil
import subprocess
import tarfile
import tempfile
from copy import deepcopy
from pathlib import Path

from tradeloom.build import ROOT
from tradeloom.lowering import Json

from .blocks import BADGES
from .reading import Api, Operation
from .samples import samples

__all__ = ["bundle", "interactive_page"]

_MEMBER = "package/dist/browser/standalone.js"

# The bundle asks nobody: no fonts, no telemetry, no proxy.
_OPTIONS = {
    "withDefaultFonts": False,
    "telemetry": False,
    "showDeveloperTools": "never",
    "hideClientButton": True,
    "hiddenClients": True,
    "agent": {"disabled": True},
    "mcp": {"disabled": True},
}

_COLORS = {"read": "#0a6640", "idempotent": "#0b5a8a", "unsafe": "#9a2c12"}

_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="../assets/favicon.svg" type="image/svg+xml">
<title>{title}: interactive reference</title>
<style>
body {{ margin: 0; font-family: system-ui, sans-serif; }}
.home {{ display: block; padding: .6rem 1rem; background: #16323a; color: #fff; text-decoration: none; }}
.home:focus-visible {{ outline: 3px solid #5fd3bc; outline-offset: -3px; }}
.none {{ max-width: 40rem; margin: 3rem auto; padding: 0 1rem; line-height: 1.5; }}
</style>
</head>
<body>
<a class="home" href="../api/{name}/index.html">← {title}: reference</a>
{body}
</body>
</html>
"""

_SCALAR = """<div id="app"></div>
<script src="../assets/scalar.js"></script>
<script>Scalar.createApiReference('#app', {options})</script>"""

_WITHOUT = """<main class="none">
<h1>{title}</h1>
<p>The interactive reference was left out of this build, because npm was not there to fetch it. Everything that it shows
stands in the <a href="../api/{name}/index.html">reference</a>; the document itself is
<a href="../documents/{name}.yaml">here</a>.</p>
</main>"""


def bundle(target: Path) -> bool:
    """Fetch the bundle of the version that package.json pins; False where there is no npm."""
    kept = ROOT / "build" / f"scalar-{_version()}.js"
    if not kept.exists():
        if shutil.which("npm") is None:
            return False
        kept.parent.mkdir(exist_ok=True)
        with tempfile.TemporaryDirectory() as scratch:
            # The tarball alone: the page needs one file of it and none of its dependencies.
            name = f"@scalar/api-reference@{_version()}"
            done = subprocess.run(
                ["npm", "pack", "--silent", name],
                cwd=scratch,
                capture_output=True,
                text=True,
                check=False,
            )
            if done.returncode:
                return False
            with tarfile.open(next(Path(scratch).glob("*.tgz"))) as archive:
                member = archive.extractfile(_MEMBER)
                assert member is not None
                kept.write_bytes(member.read())
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(kept, target)
    return True


def _version() -> str:
    versions = json.loads((ROOT / "docs" / "package.json").read_text(encoding="utf-8"))["config"]
    return str(versions["scalar"])


def _document(api: Api) -> Json:
    """The document with our samples and effects, which the bundle shows."""
    document = deepcopy(api.document)
    for operation in api.operations:
        node = document["paths"][operation.path][operation.http.lower()]
        node["x-codeSamples"] = [
            {
                "lang": "python" if language == "python" else "shell",
                "label": label(name, title, operation),
                "source": text,
            }
            for name, tabs in samples(operation)
            for title, language, text in tabs
        ]
        words, color = BADGES[operation.effect][0], _COLORS[operation.effect]
        node["x-badges"] = [{"name": words, "color": color}]
    return document


def label(name: str, title: str, operation: Operation) -> str:
    """Name of a sample: that of the method too, where an operation has several."""
    return f"{title}: {name}" if len(operation.calls) > 1 else title


def interactive_page(api: Api, *, bundled: bool) -> str:
    """The page of an API."""
    title = html.escape(api.label)
    if not bundled:
        return _PAGE.format(name=api.name, title=title, body=_WITHOUT.format(name=api.name, title=title))
    # A document may hold "</script>"; inside of JSON it can be written otherwise.
    options = json.dumps({"content": _document(api), **_OPTIONS}, ensure_ascii=False).replace("</", r"<\/")
    return _PAGE.format(name=api.name, title=title, body=_SCALAR.format(options=options))
