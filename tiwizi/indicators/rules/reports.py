"""The states of a sheet: handed in, returned or validated by the level above, certified, reopened."""

from collections.abc import Iterable, Mapping
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tiwizi.accounts.models import User
from tiwizi.base import audit
from tiwizi.base.errors import Refusal
from tiwizi.base.wording import labelled
from tiwizi.indicators.models import Indicator, Measurement, Period, Report
from tiwizi.indicators.models.reports import COUNTED, SETTLED
from tiwizi.indicators.rules.totals import renew
from tiwizi.network import queries as network
from tiwizi.network.models import Body
from tiwizi.network.permissions import ROLES, Action, require

State = Report.State

# (state, act) -> (state after, what the actor must be allowed to do)
WORKFLOW: dict[tuple[str, str], tuple[str, Action]] = {
    (State.DRAFT, "submit"): (State.SUBMITTED, Action.REPORT),
    (State.RETURNED, "submit"): (State.SUBMITTED, Action.REPORT),
    (State.SUBMITTED, "return"): (State.RETURNED, Action.VALIDATE_REPORT),
    (State.SUBMITTED, "validate"): (State.VALIDATED, Action.VALIDATE_REPORT),
    (State.VALIDATED, "certify"): (State.CERTIFIED, Action.CERTIFY_REPORT),
    (State.VALIDATED, "reopen"): (State.RETURNED, Action.VALIDATE_REPORT),
    (State.CERTIFIED, "reopen"): (State.RETURNED, Action.CERTIFY_REPORT),
}
OPEN = (State.DRAFT, State.RETURNED)


@transaction.atomic
def open_report(*, by: User | None, body: Body, period: Period) -> Report:
    """The sheet of a body for a period, begun if there is none. `by=None` is the system itself. Refused:
    `report-outside-life`."""
    if by is not None:
        require(by, Action.REPORT, body)
    if (body.start and body.start > period.end) or (body.end and body.end < period.start):
        raise Refusal("report-outside-life", _("This body did not exist in this period."))
    found, new = Report.objects.get_or_create(body=body, period=period)
    if new:
        audit.record("open-report", found, by=by, body=body.pk, after={"period": period.code})
    return found


def check_open(report: Report) -> None:
    """Refuse an entry in a sheet that others read or have accepted (`report-locked`)."""
    if report.state not in OPEN:
        raise Refusal(
            "report-locked",
            _("This sheet is handed in or accepted; its figures cannot change now."),
            _("Ask the level above to return or reopen it, with the reason."),
        )


def locked(report: Report) -> Report:
    """The sheet as it stands now, held until the act ends: nobody hands it in meanwhile, and of two people in one new
    cell the second finds the first's figure."""
    return Report.objects.select_for_update(of=("self",)).select_related("body", "period").get(pk=report.pk)


@transaction.atomic
def write_comment(*, by: User, report: Report, comment: str) -> Report:
    """The words that accompany a sheet."""
    require(by, Action.REPORT, report.body)
    report = locked(report)
    check_open(report)
    before, report.comment = report.comment, comment.strip()
    if before != report.comment:
        report.version += 1
        report.save(update_fields=["comment", "version"])
        told = ({"comment": before}, {"comment": report.comment})
        audit.record("comment-report", report, by=by, body=report.body_id, before=told[0], after=told[1])
    return report


@transaction.atomic
def submit_report(*, by: User | None, report: Report, version: int | None = None) -> Report:
    """Hand a sheet in: from now on its figures count. Refused: `report-empty`, `report-state`. `by=None` is the
    system itself."""
    if by is not None:
        require(by, Action.REPORT, report.body)
    if all(_empty(one) for one in report.measurements.all()):
        raise Refusal("report-empty", _("This sheet has no figure yet."), _("Enter one, or mark it not applicable."))
    return _advance(report, "submit", by=by, version=version)


@transaction.atomic
def return_report(*, by: User | None, report: Report, reason: str, version: int | None = None) -> Report:
    """Send a sheet back with the reason; its figures no longer count until it is handed in again. `by=None` is the
    system itself."""
    if by is not None:
        _may(by, report, "return")
    return _advance(report, "return", by=by, reason=_needed(reason), version=version)


@transaction.atomic
def validate_report(*, by: User | None, report: Report, version: int | None = None) -> Report:
    """Accept a sheet that was handed in: by somebody of a level above, and not by who handed it in. `by=None` is the
    system itself. Refused: `own-report`, `own-hand`."""
    if by is not None:
        _may(by, report, "validate")
    return _advance(report, "validate", by=by, version=version)


@transaction.atomic
def certify_report(*, by: User | None, report: Report, version: int | None = None) -> Report:
    """Lock a validated sheet for its period. `by=None` is the system itself."""
    if by is not None:
        _may(by, report, "certify")
    return _advance(report, "certify", by=by, version=version)


@transaction.atomic
def reopen_report(*, by: User, report: Report, reason: str, version: int | None = None) -> Report:
    """Open an accepted sheet again, with the reason. A certified one is reopened by who may certify."""
    _may(by, report, "reopen")
    return _advance(report, "reopen", by=by, reason=_needed(reason), version=version)


@transaction.atomic
def advance_many(
    *, by: User, reports: Iterable[Report], act: str, reason: str = "", versions: Mapping[UUID, int] | None = None
) -> list[Report]:
    """One act on many sheets, all or none: `return`, `validate`, `certify`, `reopen`, each by its own rule.
    `versions`: those of the sheets that were looked at. A refusal names the sheet that it is about."""
    with_reason = {"return": return_report, "reopen": reopen_report}
    without = {"validate": validate_report, "certify": certify_report}
    done = []
    for report in reports:
        seen = (versions or {}).get(report.pk)
        try:
            if act in with_reason:
                done.append(with_reason[act](by=by, report=report, reason=reason, version=seen))
            else:
                done.append(without[act](by=by, report=report, version=seen))
        except Refusal as refusal:
            sentence = labelled(report, refusal.sentence)
            raise Refusal(refusal.code, sentence, refusal.hint, field=refusal.field, status=refusal.status) from refusal
    return done


def why_not(*, by: User, report: Report, act: str) -> Refusal | None:
    """What stands in the way of an act on a sheet as it was read; None: nothing."""
    step = WORKFLOW.get((report.state, act))
    if step is None:
        return _moved_on()
    try:
        _may(by, report, act)
    except Refusal as refusal:
        return refusal
    return None


def _may(by: User, report: Report, act: str) -> None:
    """Who may hand in, accept, certify or reopen. What the sheet's state asks of the actor is read anew."""
    report.refresh_from_db(fields=["state", "submitted_by"])
    if act == "submit":
        require(by, Action.REPORT, report.body)
    elif act == "certify" or (act == "reopen" and report.state == State.CERTIFIED):
        require(by, Action.CERTIFY_REPORT, report.body)
    else:
        _require_above(by, report, act)


def _moved_on() -> Refusal:
    return Refusal(
        "report-state",
        _("The sheet has changed meanwhile, or its state does not allow this."),
        _("Look at the sheet as it stands now, then decide."),
    )


def _empty(one: Measurement) -> bool:
    told = (one.value, one.numerator, one.denominator, one.members, one.text or None)
    return not one.not_applicable and all(value is None for value in told)


def _needed(reason: str) -> str:
    if not reason.strip():
        raise Refusal("reason-missing", _("Say why, so that they know what to change."), field="reason")
    return reason.strip()


def _require_above(by: User, report: Report, act: str) -> None:
    """The level above accepts: who holds the role in the very body that reports does not, unless nothing is above;
    nor does who handed the sheet in, whatever the level."""
    require(by, Action.VALIDATE_REPORT, report.body)
    above = network.reach(report.body) - {report.body_id}
    allowed = [
        m for m in network.mandates_of(by) if m.role in ROLES and Action.VALIDATE_REPORT in ROLES[m.role].actions
    ]
    if above and not {m.body_id for m in allowed} & above:
        raise Refusal(
            "own-report",
            _("This is your own body's sheet: somebody of the level above accepts it."),
            status=403,
        )
    if above and act == "validate" and report.submitted_by == by.pk:
        raise Refusal("own-hand", _("You handed this sheet in: somebody else validates it."), status=403)


def _advance(report: Report, act: str, *, by: User | None, reason: str = "", version: int | None = None) -> Report:
    report = locked(report)
    step = WORKFLOW.get((report.state, act))
    if step is None or (version is not None and version != report.version):
        raise _moved_on()
    before, report.state, report.state_reason = report.state, step[0], reason
    if act == "submit":
        report.submitted_at, report.submitted_by = timezone.now(), by.pk if by else None
    report.version += 1
    report.save()
    told = ({"state": before}, {"state": report.state})
    audit.record(f"{act}-report", report, by=by, body=report.body_id, reason=reason, before=told[0], after=told[1])
    if (before in COUNTED, before in SETTLED) != (report.state in COUNTED, report.state in SETTLED):
        renew_report(report)
    return report


def renew_report(report: Report) -> None:
    """The totals that a sheet stands in, after it began or ceased to count. Part of the acts of the system."""
    figures = Measurement.objects.filter(report=report)
    bodies = {report.body_id, *figures.filter(shares__isnull=False).values_list("shares__body", flat=True)}
    those = Indicator.objects.filter(measurements__report=report).distinct().select_related("result__framework")
    by_framework: dict[object, list[Indicator]] = {}
    for one in those:
        heir = _heir(one)
        by_framework.setdefault(heir.result.framework, []).append(heir)
    for framework, indicators in by_framework.items():
        renew(framework=framework, indicators=indicators, periods={report.period_id}, bodies=bodies)  # type: ignore[arg-type]


def _heir(indicator: Indicator) -> Indicator:
    while following := Indicator.objects.filter(previous=indicator).select_related("result__framework").first():
        indicator = following
    return indicator
