"""Numbers, amounts and days as each reader writes them."""

from datetime import date

import pytest
from django.template import Context, Template
from django.utils.translation import override

from tiwizi.base import wording

LANGUAGES = ["fr", "nl", "en", "ar"]


def said(language: str, function, *args, **values):  # type: ignore[no-untyped-def]
    with override(language):
        return function(*args, **values)


@pytest.mark.parametrize(
    ("language", "expected"),
    [("fr", "1\u202f234\u202f567,9"), ("nl", "1.234.567,9"), ("en", "1,234,567.9"), ("ar", "1\u202f234\u202f567,9")],
)
def test_numbers(language, expected):
    assert said(language, wording.number, 1234567.89, 1) == expected
    assert said(language, wording.number, 999) == "999"


def test_a_language_that_we_do_not_speak_is_written_as_french():
    assert said("de", wording.number, 1234.5, 1) == "1\u202f234,5"


def test_halves_go_away_from_zero_and_zero_has_no_sign():
    assert [said("en", wording.number, n) for n in (0.5, 1.5, 2.5, -0.5, -0.4)] == ["1", "2", "3", "-1", "0"]


@pytest.mark.parametrize(
    ("language", "exact", "whole", "negative"),
    [
        ("fr", "1\u202f234,00\u00a0€", "1\u202f234\u00a0€", "-12,50\u00a0€"),
        ("nl", "€\u00a01.234,00", "€\u00a01.234", "€\u00a0-12,50"),
        ("en", "€1,234.00", "€1,234", "-€12.50"),
        ("ar", "1\u202f234,00\u00a0€", "1\u202f234\u00a0€", "-12,50\u00a0€"),
    ],
)
def test_amounts(language, exact, whole, negative):
    assert said(language, wording.amount, 123_400) == exact
    assert said(language, wording.amount, 123_400, whole=True) == whole
    assert said(language, wording.amount, -1_250) == negative
    assert said(language, wording.amount, -1_250, whole=True) == negative  # cents are never lost


def test_amounts_keep_their_currency():
    assert said("fr", wording.amount, 50_000, "MAD") == "500,00\u00a0DH"
    assert said("en", wording.amount, 50_000, "USD") == "500.00\u00a0USD"


def test_an_amount_is_exact_beyond_what_a_float_holds():
    assert said("en", wording.amount, 9_007_199_254_740_993) == "€90,071,992,547,409.93"


@pytest.mark.parametrize(
    ("language", "expected"), [("fr", "25\u202f%"), ("nl", "25%"), ("en", "25%"), ("ar", "25\u202f%")]
)
def test_percents(language, expected):
    assert said(language, wording.percent, 0.25) == expected


def test_percents_round_at_the_end():
    assert said("en", wording.percent, 0.29) == "29%"
    assert said("en", wording.percent, 0.0049, 1) == "0.5%"


@pytest.mark.parametrize(
    ("language", "expected"), [("fr", "3 juillet 2017"), ("nl", "3 juli 2017"), ("en", "3 July 2017")]
)
def test_days(language, expected):
    assert said(language, wording.day, date(2017, 7, 3)).replace("\u00a0", " ") == expected


def test_the_first_of_a_month_in_french():
    assert said("fr", wording.day, date(2017, 7, 1)) == "1er\u00a0juillet\u00a02017"
    assert said("fr", wording.day, date(2017, 7, 11)) == "11\u00a0juillet\u00a02017"
    assert said("nl", wording.day, date(2017, 7, 1)) == "1\u00a0juli\u00a02017"


def test_days_in_arabic_keep_western_digits_and_an_arabic_month():
    number, name, year = said("ar", wording.day, date(2017, 7, 3)).split("\u00a0")
    assert (number, year) == ("3", "2017")
    assert all("\u0600" <= letter <= "\u06ff" for letter in name)


@pytest.mark.parametrize("language", LANGUAGES)
def test_months(language):
    month = said(language, wording.month, date(2017, 7, 3))
    assert month.endswith("\u00a02017")
    assert " " not in month


def test_a_languages_name():
    assert said("en", wording.language_name, "ber") == "Amazigh"
    assert said("en", wording.language_name, "xx") == "xx"


def written(template: str, language: str = "fr", **values: object) -> str:
    with override(language):
        return Template(template).render(Context(values))


@pytest.mark.parametrize(
    ("filter_", "value"), [("money", 0), ("euros", 0), ("number", 0), ("percent", 0), ("number:2", 0.0)]
)
def test_zero_is_written_and_absence_is_said(filter_, value):
    assert "0" in written(f"{{{{ x|{filter_} }}}}", x=value)
    absent = written(f"{{{{ x|{filter_} }}}}", "en", x=None)
    assert "not known" in absent
    assert "0" not in absent


def test_figures_and_days_are_isolated_from_the_sentence_around_them():
    assert written("{{ x|euros }}", "ar", x=-5_00) == "<bdi>-5\u00a0€</bdi>"
    assert written("{{ x|day }}", "ar", x=date(2017, 7, 3)).startswith("<bdi>3\u00a0")
    assert written("{{ x|money:currency }}", x=1, currency="<b>") == "<bdi>0,01\u00a0&lt;b&gt;</bdi>"


def test_coordinates_have_a_point_in_every_language():
    assert written("{{ x|unlocalized }}", "fr", x=1234.5) == "1234.5"


def test_the_query_of_an_address_is_changed_one_value_at_a_time(rf):
    request = rf.get("/", {"kind": ["a", "b"], "page": "3", "q": "été & plus"})
    assert (
        written("{% query page=2 %}", request=request) == "?kind=a&amp;kind=b&amp;page=2&amp;q=%C3%A9t%C3%A9+%26+plus"
    )
    assert written("{% query page=None kind=None q=None %}", request=request) == "?"
