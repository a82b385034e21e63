"""Adding, changing, copying and archiving an activity by its pages."""

from datetime import date

import pytest

from tests.plans.pages import page, plan_url
from tiwizi.base import wording
from tiwizi.plans.models import Activity, Plan


def typed(**changes):
    """What the form sends for a good activity."""
    return {
        "reference": "A9",
        "title": "Diagnostic social",
        "kind": "social-diagnosis",
        "result": "RI 1",
        "main_target": "youth",
        "commune": "belfaa",
        "when": "weeks",
        "window_start": "2017-09-06",
        "window_end": "2017-10-11",
        "participants": "",
        "languages": ["fr"],
        "cost_cents": "4 200,50",
        "priority": "3",
        "poolable": "on",
    } | changes


def test_adding_keeps_whole_weeks_and_cents(cast, coordinator):
    assert coordinator.get(plan_url("activity-add")).status_code == 200
    response = coordinator.post(plan_url("activity-add"), typed())
    added = Activity.objects.get(reference="A9")
    assert response.url == plan_url("activity-detail", "jette-belfaa", added.pk)
    assert (added.window_start, added.window_end) == (date(2017, 9, 4), date(2017, 10, 15))
    assert (added.cost_cents, added.participants) == (420_050, None)


EMPTY_WEEKS = {"when": "", "window_start": "", "window_end": ""}
ONE_WEEK = (date(2017, 9, 4), date(2017, 9, 10))


@pytest.mark.parametrize(
    ("typed_when", "first", "last"),
    [
        ({"month_first": "2017-09", "month_last": "2017-10"}, date(2017, 9, 4), date(2017, 10, 29)),
        ({"when": "weeks", "month_first": "2017-09", "month_last": "2017-10"}, date(2017, 9, 4), date(2017, 10, 29)),
        ({"month_first": "2017-07", "month_last": "2017-07"}, date(2017, 7, 3), date(2017, 7, 30)),  # cut to the plan
        ({"month_first": "2018-12", "month_last": "2018-12"}, date(2018, 12, 3), date(2018, 12, 30)),
        ({"month_first": "2018-04", "month_last": "2018-04"}, date(2018, 4, 2), date(2018, 4, 29)),
        ({"when": "months", "window_start": "2017-09-06", "window_end": "2017-09-06"}, *ONE_WEEK),
    ],
)  # fmt: skip
def test_the_side_that_is_filled_says_when_and_the_page_says_which_weeks(cast, coordinator, typed_when, first, last):
    response = coordinator.post(plan_url("activity-add"), typed(**EMPTY_WEEKS | typed_when), follow=True)
    added = Activity.objects.get(reference="A9")
    assert (added.window_start, added.window_end) == (first, last)
    told = page(response).select_one(".messages").text
    assert wording.day(first) in told
    assert wording.day(last) in told


def test_two_sides_that_differ_are_asked_about_until_one_is_chosen(cast, coordinator):
    both = typed(when="", month_first="2018-01", month_last="2018-02")
    soup = page(coordinator.post(plan_url("activity-add"), both), 422)
    assert soup.find(id="id_when_error")
    assert not soup.select(".has-error")
    assert not soup.select("input[name=when][checked]")
    coordinator.post(plan_url("activity-add"), both | {"when": "months"})
    assert Activity.objects.get(reference="A9").window_start == date(2018, 1, 1)


def test_two_sides_that_say_the_same_are_not_asked_about(cast, coordinator):
    both = {"when": "", "month_first": "2018-01", "month_last": "2018-01"}
    coordinator.post(plan_url("activity-add"), typed(**both, window_start="2018-01-01", window_end="2018-01-28"))
    assert Activity.objects.get(reference="A9").window_end == date(2018, 1, 28)


def test_months_typed_over_the_weeks_that_stood_there_are_taken(cast, activity, coordinator):
    stood = {"reference": "A1", "version": 1, "window_start": "2017-09-04", "window_end": "2017-12-31"}
    months = {"when": "", "month_first": "2018-01", "month_last": "2018-01"}
    response = coordinator.post(
        plan_url("activity-edit", "jette-belfaa", activity.pk), typed(**stood, **months), follow=True
    )
    activity.refresh_from_db()
    assert (activity.window_start, activity.window_end) == (date(2018, 1, 1), date(2018, 1, 28))
    assert wording.day(date(2018, 1, 28)) in page(response).select_one(".messages").text


def test_months_in_the_wrong_order_are_refused_beside_the_second(cast, coordinator):
    """April to March was once saved as the week in which March ends."""
    months = {"when": "months", "month_first": "2018-04", "month_last": "2018-03"}
    soup = page(coordinator.post(plan_url("activity-add"), typed(**EMPTY_WEEKS | months)), 422)
    assert [box.find("select")["name"] for box in soup.select(".has-error")] == ["month_last"]


def test_a_month_of_which_the_plan_holds_no_whole_week_is_refused(cast, coordinator):
    Plan.objects.filter(pk=cast.plan_jette.pk).update(end=date(2018, 3, 4))
    months = {"month_first": "2018-03", "month_last": "2018-03"}
    soup = page(coordinator.post(plan_url("activity-add"), typed(**EMPTY_WEEKS | months)), 422)
    assert soup.find(id="id_when_error")
    assert not soup.select(".has-error")


def test_without_any_period_the_weeks_are_asked_for(cast, coordinator):
    soup = page(coordinator.post(plan_url("activity-add"), typed(**EMPTY_WEEKS)), 422)
    assert [box.find("input")["name"] for box in soup.select(".has-error")] == ["window_start", "window_end"]


def test_faults_stand_beside_their_fields_and_what_was_typed_stays(cast, activity, coordinator):
    bad = typed(reference="A1", title="", cost_cents="beaucoup", window_start="2017-12-20", participants="0")
    soup = page(coordinator.post(plan_url("activity-add"), bad), 422)
    faulty = {box.find(["input", "select"])["name"] for box in soup.select(".has-error")}
    assert faulty == {"reference", "title", "cost_cents", "window_end", "participants"}
    assert soup.find("input", {"name": "cost_cents"})["value"] == "beaucoup"
    assert Activity.objects.count() == 1


def test_copying_starts_from_the_other_activity(cast, activity, coordinator):
    soup = page(coordinator.get(plan_url("activity-add") + "?copy=A1"))
    assert soup.find("input", {"name": "title"})["value"] == activity.title
    assert soup.find("input", {"name": "reference"})["value"] == "A2"
    assert soup.find("input", {"name": "cost_cents"})["value"] == "4200"


def test_editing_and_the_second_writer(cast, activity, coordinator):
    url = plan_url("activity-edit", "jette-belfaa", activity.pk)
    assert page(coordinator.get(url)).find("input", {"name": "version"})["value"] == "1"
    first = coordinator.post(url, typed(reference="A1", title="La première", version="1"))
    assert first.status_code == 302
    soup = page(coordinator.post(url, typed(reference="A1", title="La seconde", version="1")), 409)
    row = soup.select_one(".note table tbody tr")
    assert "La première" in row.text
    assert "La seconde" in row.text
    assert soup.find("input", {"name": "version"})["value"] == "2"
    again = coordinator.post(url, typed(reference="A1", title="La seconde", version="2"))
    assert again.status_code == 302
    assert Activity.objects.get().title == "La seconde"


def test_archiving_offers_an_undo(cast, activity, coordinator):
    response = coordinator.post(plan_url("activity-archive", "jette-belfaa", activity.pk), {"reason": "Essai"})
    soup = page(coordinator.get(response.url))
    undo = soup.find("form", action=plan_url("activity-restore", "jette-belfaa", activity.pk))
    assert undo
    coordinator.post(undo["action"])
    activity.refresh_from_db()
    assert activity.archived_at is None
