"""Adding, changing, copying and archiving an activity by its pages."""

from datetime import date

import pytest

from tests.plans.pages import page, plan_url
from tiwizi.base import wording
from tiwizi.plans import rules
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


def form_of(soup):
    """What the form of the page would send as it stands."""
    found = {}
    for box in soup.select("main form[method=post] [name]:not([name=csrfmiddlewaretoken]):not(button)"):
        if box.name == "select":
            found[box["name"]] = [one["value"] for one in box.select("option[selected]")]
        elif box.name == "textarea":
            found[box["name"]] = [box.text.removeprefix("\n")]
        elif box["type"] not in ("checkbox", "radio") or box.has_attr("checked"):
            found.setdefault(box["name"], []).append(box.get("value", "on"))
    return found


@pytest.fixture
def edit(activity):
    return plan_url("activity-edit", "jette-belfaa", activity.pk)


def test_what_two_people_change_apart_is_merged_and_told(cast, activity, coordinator, edit):
    opened = form_of(page(coordinator.get(edit)))
    values = {"title": "Autre titre", "other_targets": ["youth"], "priority": 5}
    rules.change_activity(by=cast.programme_coordinator, activity=activity, version=1, **values)
    mine = opened | {"participants": ["40"], "note": ["Vu\r\nensemble"]}
    told = page(coordinator.post(edit, mine, follow=True)).select_one(".messages").text
    activity.refresh_from_db()
    assert (activity.title, activity.priority, activity.participants) == ("Autre titre", 5, 40)
    assert (activity.note, activity.version) == ("Vu\r\nensemble", 3)
    assert [str(one) for one in activity.other_targets.all()] == ["youth"]
    assert "Intitulé (Autre titre)" in told
    assert "Participants" not in told


def test_what_both_change_is_shown_side_by_side_and_chosen(cast, activity, coordinator, edit):
    opened = form_of(page(coordinator.get(edit)))
    theirs = {"title": "La première", "window_end": date(2017, 12, 24), "note": "Eux"}
    rules.change_activity(by=cast.programme_coordinator, activity=activity, version=1, **theirs)
    mine = opened | {"title": ["La seconde"], "window_start": ["2017-09-11"], "participants": ["40"], "note": ["Moi"]}
    form = page(coordinator.post(edit, mine), 409).select_one("form.merge")
    told = form.text
    for one in ("La première", "La seconde", activity.title, "Coordination du programme", "Moi", "Eux"):
        assert one in told
    assert len(form.select("fieldset")) == 3  # title, the period as one, note
    assert Activity.objects.get().title == "La première"
    carried = form_of(form.find_parent("main").parent)
    unanswered = page(coordinator.post(edit, carried | {"keep:title": "mine"}), 409)
    assert unanswered.select_one(".field-error")
    assert unanswered.select_one("input[name='keep:title'][value=mine]").has_attr("checked")
    sides = {"keep:title": "mine", "keep:window_start": "theirs", "keep:note": "theirs"}
    assert coordinator.post(edit, carried | sides).status_code == 302
    activity.refresh_from_db()
    assert (activity.title, activity.note, activity.participants) == ("La seconde", "Eux", 40)
    assert (activity.window_start, activity.window_end) == (date(2017, 9, 4), date(2017, 12, 24))


def test_choices_made_before_a_third_change_are_asked_again(cast, activity, coordinator, edit):
    opened = form_of(page(coordinator.get(edit)))
    change = {"by": cast.programme_coordinator, "activity": activity}
    rules.change_activity(**change, version=1, title="La première")
    carried = form_of(page(coordinator.post(edit, opened | {"title": ["La seconde"]}), 409))
    rules.change_activity(**change, version=2, title="La troisième")
    again = page(coordinator.post(edit, carried | {"keep:title": "mine"}), 409)
    assert "La troisième" in again.select_one("form.merge").text
    assert Activity.objects.get().title == "La troisième"


def test_from_the_choice_back_to_the_form_with_what_was_typed(cast, activity, coordinator, edit):
    opened = form_of(page(coordinator.get(edit)))
    rules.change_activity(by=cast.programme_coordinator, activity=activity, version=1, title="La première")
    carried = form_of(page(coordinator.post(edit, opened | {"title": ["La seconde"]}), 409))
    back = form_of(page(coordinator.post(edit, carried | {"again": "1"})))
    assert back["title"] == ["La seconde"]
    assert back["seen"] == opened["seen"]


def test_a_page_whose_seal_was_changed_is_asked_about_everything_that_differs(activity, coordinator, edit):
    opened = form_of(page(coordinator.get(edit)))
    forged = opened | {"seen": [opened["seen"][0][:-3] + "abc"], "title": ["Autre"]}
    assert "Intitulé" in page(coordinator.post(edit, forged), 409).select_one("form.merge").text
    assert Activity.objects.get().title != "Autre"


def test_archiving_offers_an_undo(cast, activity, coordinator):
    response = coordinator.post(plan_url("activity-archive", "jette-belfaa", activity.pk), {"reason": "Essai"})
    soup = page(coordinator.get(response.url))
    undo = soup.find("form", action=plan_url("activity-restore", "jette-belfaa", activity.pk))
    assert undo
    coordinator.post(undo["action"])
    activity.refresh_from_db()
    assert activity.archived_at is None
