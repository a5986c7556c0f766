"""What people read runs: every code block of the README and the guides, in order, against the sandboxes."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.prose import ROOT, Page, Runner

DOCS = [ROOT / "docs" / "index.md", *sorted((ROOT / "docs" / "guides").glob("*.md"))]
PAGES = [ROOT / "README.md", *DOCS, *sorted((ROOT / "generated").glob("*/README.md"))]


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_code_block_runs(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = Page(path)
    with Runner(page, tmp_path, monkeypatch) as runner:
        runner.run()


def test_a_block_that_fails_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = tmp_path / "page.md"
    page.write_text("# Page\n\n```python\nprint(1)\n```\n\n```python\n1 / 0\n```\n")
    with Runner(Page(page), tmp_path, monkeypatch) as runner, pytest.raises(AssertionError, match=r"page.md:8: Zero"):
        runner.run()


def test_output_that_is_not_as_told_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = tmp_path / "page.md"
    page.write_text("```python\nprint('bid', 7162.09)\n```\n\n```text\nask 7100.00\n```\n")
    with Runner(Page(page), tmp_path, monkeypatch) as runner, pytest.raises(AssertionError, match="the page says"):
        runner.run()
