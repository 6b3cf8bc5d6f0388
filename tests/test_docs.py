"""The documents hold together: links lead somewhere, the guide stays short, and each decision says what a decision has to."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
DOCUMENTS = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md")), ROOT / "benchmarks" / "README.md"]
DECISIONS = sorted((ROOT / "docs" / "decisions").glob("*.md"))
# Who is to change the project reads it to the end.
LONGEST_GUIDE = 8_000

# What stands in the documents as an example, and what the first start makes.
NOT_THERE = {"tag.py", "NAME.py", ".venv", "instance"}
FOLDERS = (ROOT, ROOT / "admin_app", ROOT / "static" / "js", ROOT / "static")

NAMED = re.compile(r"`([\w./-]+/(?:[\w.-]+\.(?:py|js|html|css))?)`")
LINK = re.compile(r"\]\(([^)\s]+)\)")
HEAD = re.compile(r"^#+ (.+)$", re.MULTILINE)


def anchors(document: Path) -> set[str]:
    """Return what an address may name after its “#”: the headings as GitHub and others write them."""
    heads = (re.sub(r"[^\w\s-]", "", head.lower()) for head in HEAD.findall(document.read_text("utf-8")))
    return {head.strip().replace(" ", "-") for head in heads}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_within_the_documents_leads_somewhere(document: Path) -> None:
    lost = []
    for link in LINK.findall(document.read_text("utf-8")):
        path, _, anchor = link.partition("#")
        target = document.parent / path if path else document
        if not link.startswith("http") and not (target.exists() and (not anchor or anchor in anchors(target))):
            lost.append(link)

    assert lost == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_file_that_a_document_names_is_there(document: Path) -> None:
    named = NAMED.findall(document.read_text("utf-8"))

    folders = (*FOLDERS, document.parent)
    missing = [path for path in named if not any((folder / path).exists() for folder in folders)]

    assert [path for path in missing if Path(path).name not in NOT_THERE] == []


def test_guide_for_who_changes_the_project_is_short() -> None:
    assert len((ROOT / "CONTRIBUTING.md").read_bytes()) <= LONGEST_GUIDE


@pytest.mark.parametrize("decision", DECISIONS, ids=lambda path: path.stem)
def test_decision_says_when_why_what_and_what_follows(decision: Path) -> None:
    text = decision.read_text("utf-8")

    assert re.match(rf"# {decision.name[:4]}\. .+\n\nDate: \d{{4}}-\d\d-\d\d", text)
    assert re.findall("^## (.+)$", text, re.MULTILINE) == ["Context", "Decision", "Consequence"]


def test_decisions_are_numbered_without_gaps() -> None:
    numbers = [int(decision.name[:4]) for decision in DECISIONS]

    assert numbers == list(range(1, len(numbers) + 1))
