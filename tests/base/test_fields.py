"""Texts in several languages: the reader's, else French, else any, and always said which; decimals with every digit."""

from decimal import Decimal

import pytest
from django.core.exceptions import FieldError
from django.template import Context, Template
from django.utils.translation import override

from tiwizi.base.fields import Spoken
from tiwizi.indicators import rules
from tiwizi.indicators.models import Total
from tiwizi.network.models import BodyKind, OrganisationKind

ALL = {"fr": "Commune", "nl": "Gemeente", "en": "Municipality", "ar": "جماعة"}


@pytest.mark.parametrize("language", list(ALL))
def test_the_readers_language(language):
    with override(language):
        assert str(Spoken(ALL)) == ALL[language]
        assert Spoken(ALL).language == language


@pytest.mark.parametrize(
    ("texts", "expected", "language"),
    [
        ({"fr": "Commune", "en": "Municipality"}, "Commune", "fr"),
        ({"ar": "جماعة", "en": "Municipality", "fr": "Commune"}, "Commune", "fr"),
        ({"en": "Municipality"}, "Municipality", "en"),
        ({"nl": "", "fr": "", "en": "Municipality"}, "Municipality", "en"),
        ({}, "", "nl"),
    ],
)
def test_a_missing_language_falls_back_and_says_to_which(texts, expected, language):
    with override("nl"):
        assert (str(Spoken(texts)), Spoken(texts).language) == (expected, language)


def test_a_regional_language_reads_its_main_one():
    with override("fr-be"):
        assert str(Spoken(ALL)) == "Commune"


def test_it_is_escaped_on_a_page():
    spoken = Spoken({"fr": "<b>Aït & Cie</b>"})
    with override("fr"):
        assert Template("{{ x }}").render(Context({"x": spoken})) == "&lt;b&gt;Aït &amp; Cie&lt;/b&gt;"


def test_equal_texts_are_one_key():
    assert len({Spoken(ALL), Spoken(dict(reversed(ALL.items())))}) == 1


@pytest.mark.django_db
def test_a_column_reads_back_what_was_written():
    OrganisationKind.objects.create(code="commune", name=ALL)
    for found in (OrganisationKind.objects.get(), OrganisationKind.objects.defer("name").get()):
        assert found.name == ALL
        with override("nl"):
            assert str(found.name) == "Gemeente"
    assert isinstance(OrganisationKind.objects.values_list("name", flat=True).get(), Spoken)


@pytest.mark.django_db
def test_a_row_just_made_already_speaks():
    kind = BodyKind.objects.create(code="country", rank=1, name=dict(ALL))
    with override("en"):
        assert str(kind) == "Municipality"
        kind.name = {"en": "Country"}
        assert str(kind) == "Country"
    kind.save()
    assert BodyKind.objects.get().name == {"en": "Country"}


@pytest.mark.django_db
def test_a_bare_text_is_french():
    OrganisationKind.objects.create(code="commune", name="Commune")
    assert OrganisationKind.objects.get().name == {"fr": "Commune"}


@pytest.mark.django_db
def test_a_wide_decimal_keeps_every_digit_and_is_not_reckoned_with_in_a_query(cast):
    number = Decimal("1234567890123456789.12345678")
    about = {"name": {"fr": "X"}, "counts": "money", "unit": {"fr": "MAD"}}
    indicator = rules.add_indicator(by=None, result=cast.result, code="x", **about)
    kept = Total.objects.create(indicator=indicator, body=cast.jette, value=number)
    kept.refresh_from_db()
    assert (kept.value, kept.own) == (number, None)
    assert Total.objects.filter(value__isnull=False, own__isnull=True).count() == 1
    for lookup in ("value", "value__gt", "value__in"):
        with pytest.raises(FieldError):
            Total.objects.filter(**{lookup: [number] if lookup.endswith("in") else number}).exists()
