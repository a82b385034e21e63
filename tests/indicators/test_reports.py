"""The life of a sheet: every act from every state by everybody, four eyes, reasons, many at once."""

from datetime import date

import pytest

from tiwizi.base.errors import Refusal
from tiwizi.indicators import rules
from tiwizi.indicators.models import Report
from tiwizi.network.models import Body

pytestmark = pytest.mark.django_db

ACTS = {
    "submit": lambda by, sheet: rules.submit_report(by=by, report=sheet),
    "return": lambda by, sheet: rules.return_report(by=by, report=sheet, reason="Les femmes manquent"),
    "validate": lambda by, sheet: rules.validate_report(by=by, report=sheet),
    "certify": lambda by, sheet: rules.certify_report(by=by, report=sheet),
    "reopen": lambda by, sheet: rules.reopen_report(by=by, report=sheet, reason="Erreur de saisie"),
}
# Who does each act on Jette's sheet: everybody else may not.
MAY = {
    "submit": {"jette_coordinator", "animator", "programme_coordinator"},
    "return": {"animator", "programme_coordinator"},
    "validate": {"animator", "programme_coordinator"},
    "certify": {"programme_coordinator"},
    "reopen": {"animator", "programme_coordinator"},
}
PEOPLE = ("jette_coordinator", "etterbeek_coordinator", "neighbour", "animator", "programme_coordinator", "elected",
          "association", "donor", "stranger")  # fmt: skip
BEFORE = {
    "submit": "draft",
    "return": "submitted",
    "validate": "submitted",
    "certify": "validated",
    "reopen": "validated",
}


def _sheet(measured, state="submitted"):
    sheet = measured.report(measured.cast.jette, measured.first, trained="12", handed_in=False)
    Report.objects.filter(pk=sheet.pk).update(state=state)
    sheet.refresh_from_db()
    return sheet


@pytest.mark.parametrize("who", PEOPLE)
@pytest.mark.parametrize("act", ACTS)
def test_who_may_do_what(measured, act, who):
    sheet, by = _sheet(measured, BEFORE[act]), getattr(measured.cast, who)
    refusal = None if act == "submit" else rules.why_not(by=by, report=sheet, act=act)
    if who in MAY[act]:
        assert refusal is None
        assert ACTS[act](by, sheet).state == rules.WORKFLOW[BEFORE[act], act][0]
    else:
        with pytest.raises(Refusal) as caught:
            ACTS[act](by, sheet)
        assert (caught.value.code, caught.value.status) == ("not-allowed", 403)
        assert act == "submit" or refusal.code == "not-allowed"
        sheet.refresh_from_db()
        assert sheet.state == BEFORE[act]


@pytest.mark.parametrize("state", Report.State.values)
@pytest.mark.parametrize("act", ACTS)
def test_the_workflow_is_the_table(measured, act, state):
    sheet, by = _sheet(measured, state), measured.cast.programme_coordinator
    step = rules.WORKFLOW.get((state, act))
    if step:
        assert ACTS[act](by, sheet).state == step[0]
    else:
        with pytest.raises(Refusal) as caught:
            ACTS[act](by, sheet)
        assert caught.value.code == "report-state"


def test_four_eyes(measured):
    cast = measured.cast
    sheet = _sheet(measured, "draft")
    rules.submit_report(by=cast.animator, report=sheet)  # the animator helped, and handed it in
    with pytest.raises(Refusal) as caught:
        rules.validate_report(by=cast.animator, report=sheet)
    assert caught.value.code == "own-hand"
    assert rules.validate_report(by=cast.programme_coordinator, report=sheet).state == "validated"


def test_nobody_accepts_the_sheet_of_their_own_body(measured):
    cast = measured.cast
    rules.assign(by=None, indicator=measured.trained, bodies=[cast.souss])
    sheet = measured.report(cast.souss, measured.first, trained="3")
    for act in ("return", "validate"):
        with pytest.raises(Refusal) as caught:
            ACTS[act](cast.animator, sheet)
        assert caught.value.code == "own-report"
    assert rules.validate_report(by=cast.programme_coordinator, report=sheet).state == "validated"


def test_above_the_programme_is_nobody(measured):
    cast = measured.cast
    rules.assign(by=None, indicator=measured.trained, bodies=[cast.programme])
    sheet = measured.report(cast.programme, measured.first, trained="3")
    assert rules.validate_report(by=cast.programme_coordinator, report=sheet).state == "validated"


def test_a_certified_sheet_is_opened_by_who_certifies(measured):
    cast, sheet = measured.cast, _sheet(measured, "certified")
    with pytest.raises(Refusal) as caught:
        rules.reopen_report(by=cast.animator, report=sheet, reason="Erreur")
    assert caught.value.code == "not-allowed"
    assert rules.reopen_report(by=cast.programme_coordinator, report=sheet, reason="Erreur").state == "returned"


@pytest.mark.parametrize("act", ["return", "reopen"])
def test_a_reason_is_needed(measured, act):
    sheet = _sheet(measured, BEFORE[act])
    rule = {"return": rules.return_report, "reopen": rules.reopen_report}[act]
    with pytest.raises(Refusal) as caught:
        rule(by=measured.cast.animator, report=sheet, reason="  ")
    assert caught.value.code == "reason-missing"


@pytest.mark.parametrize("state", ["submitted", "validated", "certified"])
def test_a_sheet_that_others_read_takes_no_entry(measured, state):
    cast, sheet = measured.cast, _sheet(measured, state)
    with pytest.raises(Refusal) as caught:
        measured.report(cast.jette, measured.first, trained="13", handed_in=False)
    assert caught.value.code == "report-locked"
    with pytest.raises(Refusal) as caught:
        rules.write_comment(by=cast.jette_coordinator, report=sheet, comment="Trop tard")
    assert caught.value.code == "report-locked"


def test_an_empty_sheet_is_not_handed_in(measured):
    cast = measured.cast
    sheet = rules.open_report(by=cast.jette_coordinator, body=cast.jette, period=measured.first)
    with pytest.raises(Refusal) as caught:
        rules.submit_report(by=cast.jette_coordinator, report=sheet)
    assert caught.value.code == "report-empty"
    measured.report(cast.jette, measured.first, trained="1", handed_in=False)
    measured.report(cast.jette, measured.first, trained="", handed_in=False)  # taken back
    with pytest.raises(Refusal) as caught:
        rules.submit_report(by=cast.jette_coordinator, report=sheet)
    assert caught.value.code == "report-empty"
    measured.report(cast.jette, measured.first, trained={"not_applicable": True}, handed_in=False)
    assert rules.submit_report(by=cast.jette_coordinator, report=sheet).state == "submitted"


def test_no_sheet_outside_a_life(measured):
    cast = measured.cast
    Body.objects.filter(pk=cast.jette.pk).update(end=date(2017, 12, 31))
    cast.jette.refresh_from_db()
    with pytest.raises(Refusal) as caught:
        rules.open_report(by=None, body=cast.jette, period=measured.first)
    assert caught.value.code == "report-outside-life"


def test_a_sheet_that_changed_since_it_was_looked_at(measured):
    sheet = _sheet(measured)
    with pytest.raises(Refusal) as caught:
        rules.validate_report(by=measured.cast.animator, report=sheet, version=sheet.version + 1)
    assert caught.value.code == "report-state"


def test_many_at_once_are_all_or_none(measured):
    cast = measured.cast
    one = measured.report(cast.jette, measured.first, trained="1")
    two = measured.report(cast.etterbeek, measured.first, trained="2")
    begun = measured.report(cast.schaerbeek, measured.first, trained="3", handed_in=False)
    with pytest.raises(Refusal) as caught:
        rules.advance_many(by=cast.programme_coordinator, reports=[one, begun], act="validate")
    assert "Schaerbeek" in str(caught.value)  # which one stands in the way
    assert set(Report.objects.filter(pk__in=[one.pk, two.pk]).values_list("state", flat=True)) == {"submitted"}
    with pytest.raises(Refusal):
        rules.advance_many(by=cast.animator, reports=[one], act="validate", versions={one.pk: one.version - 1})
    done = rules.advance_many(by=cast.animator, reports=[one, two], act="validate")
    assert [sheet.state for sheet in done] == ["validated", "validated"]
    again = rules.advance_many(by=cast.animator, reports=done, act="reopen", reason="Erreur")
    assert [sheet.state_reason for sheet in again] == ["Erreur", "Erreur"]


def test_the_comment_is_written_by_who_reports(measured):
    cast, sheet = measured.cast, _sheet(measured, "draft")
    with pytest.raises(Refusal) as caught:
        rules.write_comment(by=cast.elected, report=sheet, comment="Bien")
    assert caught.value.code == "not-allowed"
    assert rules.write_comment(by=cast.jette_coordinator, report=sheet, comment=" Bien ").comment == "Bien"
