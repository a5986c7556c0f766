"""What the generator writes grows with the operations of a document, not faster."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import Any

import pytest

from benchmarks.generating import synthetic
from tests.documents import APIS, ROOT
from tradeloom.overlay import Document, build
from tradeloom.project import PackageProject, generate_package


@pytest.fixture(autouse=True)
def _as_rendered(monkeypatch: pytest.MonkeyPatch) -> None:
    """The formatter would hide what is superfluous: it removes imports that are not used."""
    monkeypatch.setattr(PackageProject, "_run_post_hooks", lambda _: None)


def rendered(document: Document, api: str, target: Path) -> dict[str, str]:
    """The modules of a package as the templates write them, by path; those that are copied are left out."""
    generate_package(document, ROOT / "specs" / f"{api}.yaml", target)
    modules = {str(path.relative_to(target)): path.read_text(encoding="utf-8") for path in target.rglob("*.py")}
    return {path: text for path, text in modules.items() if "_runtime" not in path}


@pytest.mark.parametrize("api", APIS)
def test_a_module_imports_only_models_that_it_mentions(api: str, tmp_path: Path) -> None:
    overlays = sorted((ROOT / "overlays" / api).glob("*.yaml"))
    modules = rendered(build(ROOT / "specs" / f"{api}.yaml", overlays), api, tmp_path / api)
    imported = 0
    for path, text in modules.items():
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.ImportFrom) and node.module == "models":
                imported += len(node.names)
                once = [alias.name for alias in node.names if len(re.findall(rf"\b{alias.name}\b", text)) == 1]
                assert once == [], f"{path} imports models that it does not use"
    assert imported > 10


def test_three_times_the_operations_are_at_most_three_times_the_code(tmp_path: Path) -> None:
    size: dict[int, int] = {}
    for count in (60, 180):
        document: Any = synthetic(count)
        size[count] = sum(map(len, rendered(document, "onefox", tmp_path / str(count)).values()))
    assert size[180] <= 3 * size[60]
