"""What may be typed: amounts as people write them, days that a plan can lie in. Anything else is said, never raised."""

import pytest
from django import forms
from django.urls import reverse

from tiwizi.plans.forms import DayField, MoneyField
from tiwizi.plans.models import Activity

SILLY = ["1e999999", "1e3", "1E-999999", "NaN", "sNaN", "Infinity", "9" * 300, "0." + "0" * 300, ".", "4_200", "0,001"]
WRITTEN = {"12": 1200, "12,5": 1250, "1\u202f234.50": 123_450, "4 200,00": 420_000, "٤٢": 4200, "-5": -500, ",5": 50}


@pytest.mark.parametrize("text", SILLY)
def test_what_is_no_amount_is_refused(text):
    with pytest.raises(forms.ValidationError) as refused:
        MoneyField().clean(text)
    assert refused.value.code == "amount"


@pytest.mark.parametrize("text", WRITTEN)
def test_an_amount_as_people_write_it(text):
    assert MoneyField().clean(text) == WRITTEN[text]


def test_no_amount_is_not_known():
    assert MoneyField().clean(" ") is None


@pytest.mark.parametrize("day", ["9999-12-31", "2101-01-01", "1989-12-31", "0001-01-01"])
def test_a_mistyped_year_is_refused_with_the_years_that_are_not(day):
    with pytest.raises(forms.ValidationError) as refused:
        DayField().clean(day)
    assert "1990" in refused.value.messages[0]
    assert "2100" in refused.value.messages[0]


@pytest.mark.parametrize("day", ["1990-01-01", "2100-12-31"])
def test_the_first_and_last_day_that_are_taken(day):
    assert DayField().clean(day).isoformat() == day


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("activity-add", {"cost_cents": "1e999999"}),
        ("activity-add", {"when": "weeks", "window_start": "9999-12-31", "window_end": "9999-12-31"}),
        ("plan-open", {"pooling_budget_cents": "1e999999"}),
        ("plan-open", {"title": "x", "start": "9999-12-31", "end": "9999-12-31"}),
        ("plan-budget", {"pooling_budget_cents": "1e999999"}),
    ],
)
def test_the_pages_answer_to_it(cast, signed_in, name, values):
    answer = signed_in(cast.jette_coordinator).post(reverse(f"plans:{name}", args=["jette-belfaa"]), values)
    assert answer.status_code == 422
    for field in set(values) - {"when", "title"} if name != "plan-budget" else ():
        assert field in answer.context["form"].errors
    assert not Activity.objects.exists()
