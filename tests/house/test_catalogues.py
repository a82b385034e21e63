"""Every sentence of the code stands in every language: none missing, none left over, none fuzzy."""

import sys

import polib
import pytest
from django.conf import settings

from tests.house.sources import ROOT

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
