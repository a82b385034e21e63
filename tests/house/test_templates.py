"""Templates and style sheets: nothing inline (strict CSP), nothing that knows left from right."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.template.loader import get_template

from tests.house.sources import ours, text

TEMPLATES = [path for path in ours(".html") if path.parts[0] == "tiwizi"]
SHEETS = ours(".css")
INLINE = {
    "style attribute": re.compile(r"<[^>]*\sstyle\s*=", re.IGNORECASE),
    "style element": re.compile(r"<style\b", re.IGNORECASE),
    "script without src": re.compile(r"<script\b(?![^>]*\bsrc=)", re.IGNORECASE),
    "event attribute": re.compile(r"<[^>]*\son[a-z]+\s*=", re.IGNORECASE),
    "script address": re.compile(r"javascript:", re.IGNORECASE),
    "htmx script": re.compile(r"\bhx-(on|vals='js|vars)\b", re.IGNORECASE),
    "foreign asset": re.compile(
        r"<(?:script|link|img|source|iframe)\b[^>]*(?:src|href)=[\"'](?:https?:)?//", re.IGNORECASE
    ),
    "raw HTML": re.compile(r"\|\s*safe\b|autoescape off"),
}
# Whole pages of their own: the skeleton, and the pages that must not need it.
SKELETONS = {f"tiwizi/base/templates/base/{name}.html" for name in ("page", "broken", "unread", "unavailable")}
SKELETONS |= {"tiwizi/interop/templates/interop/handover_pdf.html"}  # paper
SKELETONS |= {"tiwizi/portal/templates/portal/my_data.html"}  # a file of its own
FRAGMENT_FOLDERS = {"components", "pictures", "widgets"}
PHYSICAL = re.compile(
    r"(?:^|[;{\s])(?:(?:margin|padding|border|scroll-margin|scroll-padding)-(?:left|right)(?:-\w+)?|left|right|"
    r"border-(?:top|bottom)-(?:left|right)-radius)\s*:"
    r"|(?:text-align|float|clear)\s*:\s*(?:left|right)"
)
# Bootstrap's own names for sides follow the script; these do not.
PHYSICAL_CLASS = re.compile(r"class=\"[^\"]*\b(?:text|float)-(?:left|right)\b|class=\"[^\"]*\b[mp][lr]-\d")


@pytest.mark.parametrize("path", TEMPLATES, ids=str)
def test_a_template_holds_nothing_inline(path):
    content = text(path)
    assert [name for name, pattern in INLINE.items() if pattern.search(content)] == []
    assert not PHYSICAL_CLASS.search(content)


@pytest.mark.parametrize("path", TEMPLATES, ids=str)
def test_a_template_extends_or_is_a_fragment(path):
    content = text(path)
    extends = content.startswith('{% extends "')
    fragment = path.name.startswith("_") or bool(FRAGMENT_FOLDERS & set(path.parts))
    if str(path) in SKELETONS:
        assert content.rstrip().endswith("</html>")
    else:
        assert extends != fragment
        assert "<html" not in content
    if extends:
        assert "block title" in content or "body.html" in content.splitlines()[0] or "{% block content" in content


@pytest.mark.parametrize("path", TEMPLATES, ids=str)
def test_a_template_compiles(path):
    get_template(str(Path(*path.parts[path.parts.index("templates") + 1 :])))


# A word between two tags, outside every {% %} and {{ }}: a sentence that nobody can translate.
TAG = re.compile(
    r"\{% comment %\}.*?\{% endcomment %\}|\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\}|<!--.*?-->"
    r"|<(?:code|bdi)\b.*?</(?:code|bdi)>|<[^>]*>",
    re.DOTALL,
)
TRANSLATED = re.compile(r"\{% blocktranslate.*?\{% endblocktranslate %\}", re.DOTALL)
ALLOWED_WORDS = {"Tiwizi", "km", "doctype", "html"} | {"MIT", "BSD", "SIL", "Open", "Font", "License"}


@pytest.mark.parametrize("path", TEMPLATES, ids=str)
def test_every_visible_word_is_translated(path):
    bare = TAG.sub(" ", TRANSLATED.sub(" ", text(path)))
    words = set(re.findall(r"[^\W\d_]{2,}", bare)) - ALLOWED_WORDS - {"nbsp", "amp"}
    assert words == set()


@pytest.mark.parametrize("path", TEMPLATES, ids=str)
def test_marks_stand_inside_what_is_translated(path):
    """French leaves a no-break space before them; only a translator can say so."""
    bare = TAG.sub("", TRANSLATED.sub("", text(path)))
    assert re.findall(r".*[:;?!](?:\s|$)", bare) == []


@pytest.mark.parametrize("path", SHEETS, ids=str)
def test_a_sheet_knows_neither_left_nor_right(path):
    lines = text(path).splitlines()
    assert [f"{n}: {line.strip()[:90]}" for n, line in enumerate(lines, 1) if PHYSICAL.search(line)] == []


def test_the_patterns_would_find_something():
    for bad in ["a { margin-left: 1px }", "a{left:0}", "td { text-align: right; }", "a { padding-right : 2px }"]:
        assert PHYSICAL.search(bad), bad
    for good in ["a { margin-inline-start: 1px }", "a { text-align: start }", "a { inset-inline-end: 0; }"]:
        assert not PHYSICAL.search(good), good
    for bad in ['<p style="x">', "<script>", '<a onclick="x">', '<a href="javascript:x">', "{{ x|safe }}"]:
        assert any(pattern.search(bad) for pattern in INLINE.values()), bad
    assert SHEETS
    assert len(TEMPLATES) > 40


def test_the_policy_allows_nothing_inline():
    directives = settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]
    words = {word for words in directives.values() for word in words}
    assert not words & {"'unsafe-inline'", "'unsafe-eval'", "*", "https:", "http:"}
    assert directives["default-src"] == ["'none'"]
