"""Links of the documentation lead somewhere: to a file that git knows, and to a heading in it."""

import re
from pathlib import Path

import pytest

from tests.house.sources import ROOT, ours, text

PAGES = ours(".md")
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
NAMED = re.compile(r"`((?:docs|scripts|tests|tiwizi|tiwizi_engine|examples|bench)/[\w./-]+)`")


def _anchors(page: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", text(page), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_links_lead_somewhere(page):
    broken = []
    for link in LINK.findall(text(page)):
        address, _, anchor = link.partition("#")
        if "://" in address or address.startswith("mailto:"):
            continue
        target = (ROOT / page.parent / address).resolve() if address else ROOT / page
        found = target.exists() and (not anchor or anchor in _anchors(target.relative_to(ROOT)))
        broken += [] if found else [link]
    assert broken == []


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_files_named_in_passing_exist(page):
    assert sorted({name for name in NAMED.findall(text(page)) if not (ROOT / name).exists()}) == []


def test_the_pages_are_found():
    assert Path("CONTRIBUTING.md") in PAGES
    assert Path("docs/recipes.md") in PAGES
