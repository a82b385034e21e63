"""Every sentence of the code stands in every language: none missing, none left over, none fuzzy."""

import ast
import re
import sys

import polib
import pytest
from django.conf import settings

from tests.house.sources import ROOT, ours, text

sys.path.insert(0, str(ROOT / "scripts"))
import catalogues


@pytest.fixture(scope="module")
def sentences() -> set[str]:
    return catalogues.extracted_sentences()


def test_the_languages_are_those_of_the_settings():
    assert sorted(catalogues.LANGUAGES) == sorted(code for code, _name in settings.LANGUAGES)


def test_the_code_speaks(sentences):
    assert {"Sign in", "Plan", "You may not do this here."} <= sentences


@pytest.mark.slow
@pytest.mark.parametrize("language", catalogues.LANGUAGES)
def test_a_catalogue_is_complete_and_up_to_date(language, sentences):
    assert catalogues.faults(language, sentences) == []


@pytest.mark.parametrize("language", catalogues.LANGUAGES)
def test_no_entry_is_empty_or_fuzzy(language):
    """Also where gettext is not installed."""
    file = catalogues.catalogue_file(language)
    assert file.exists()
    entries = [entry for entry in polib.pofile(str(file)) if not entry.obsolete]
    assert entries
    assert [entry.msgid for entry in entries if not entry.translated()] == []


FRENCH = {
    "no blank before the mark": re.compile(r"[\w)»%][:;?!](?=\s|$)"),
    "a blank that breaks before the mark": re.compile(r" (?:[:;?!](?=\s|$)|»)|« "),
    "English quotes": re.compile(r"[“”]"),
}


def _french_faults(told: str) -> list[str]:
    return [name for name, pattern in FRENCH.items() if pattern.search(told)]


def test_french_is_set_as_french_is():
    entries = [entry for entry in polib.pofile(str(catalogues.catalogue_file("fr"))) if not entry.obsolete]
    told = {text for entry in entries for text in [entry.msgstr, *entry.msgstr_plural.values()]}
    assert {text: faults for text in told if (faults := _french_faults(text))} == {}


@pytest.mark.parametrize(
    ("told", "fault"),
    [
        ("Pourquoi\u00a0: %(why)s", ""),
        ("Pourquoi\u202f? «\u00a0%(a)s\u00a0» à 12:30 sur https://x", ""),
        ("Pourquoi: %(why)s", "no blank before the mark"),
        ("(trop)!", "no blank before the mark"),
        ("« Plan»;", "no blank before the mark"),
        ("Pourquoi : rien", "a blank that breaks before the mark"),
        ("« Plan »", "a blank that breaks before the mark"),
        ("“Plan”", "English quotes"),
    ],
)
def test_the_french_check_finds_each_fault(told, fault):
    assert (_french_faults(told) or [""])[0] == fault


GETTEXT = {"gettext", "gettext_lazy", "ngettext", "ngettext_lazy", "pgettext", "pgettext_lazy", "npgettext"}


@pytest.mark.parametrize("path", [path for path in ours(".py") if path.parts[0] == "tiwizi"], ids=str)
def test_sentences_are_marked_by_names_that_extraction_knows(path):
    """Extraction reads names, not meaning: under another alias a sentence would never reach a translator."""
    imports = [
        alias
        for node in ast.walk(ast.parse(text(path)))
        if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation"
        for alias in node.names
    ]
    others = [f"{one.name} as {one.asname}" for one in imports if one.name in GETTEXT and one.asname not in (None, "_")]
    assert others == []
    assert not any(one.asname == "_" and one.name not in ("gettext", "gettext_lazy") for one in imports)


def _entry(**values: object) -> polib.POEntry:
    return polib.POEntry(**values)


@pytest.mark.parametrize(
    ("entry", "fault"),
    [
        ({"msgid": "Plan", "msgstr": "Plan"}, []),
        ({"msgid": "Plan", "msgstr": ""}, ["not translated"]),
        ({"msgid": "Plan", "msgstr": "Plan", "flags": ["fuzzy"]}, ["fuzzy"]),
        ({"msgid": "%(who)s agrees", "msgstr": "%(qui)s accepte"}, ["placeholders differ"]),
        ({"msgid": "%(n)s day", "msgid_plural": "%(n)s days", "msgstr_plural": {0: "jour", 1: "%(n)s jours"}}, []),
        (
            {"msgid": "%(n)s day", "msgid_plural": "%(n)s days", "msgstr_plural": {0: "%(n)s jour"}},
            ["1 plural forms instead of 2"],
        ),
        (
            {"msgid": "%(n)s day", "msgid_plural": "%(n)s days", "msgstr_plural": {0: "jour", 1: "%(m)s jours"}},
            ["placeholders differ"],
        ),
    ],
)
def test_the_check_finds_each_fault(entry, fault):
    assert catalogues._entry_faults(_entry(**entry), 2) == fault
