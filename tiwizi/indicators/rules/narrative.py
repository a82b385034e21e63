"""Words beside figures: how a result went in a year, and remarks on a figure."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tiwizi.accounts.models import User
from tiwizi.base import audit
from tiwizi.base.errors import Refusal
from tiwizi.base.merging import Answers, Seen, reconcile
from tiwizi.framework.models import Framework, Result
from tiwizi.indicators.models import Indicator, Period, Remark, Review
from tiwizi.network import queries as network
from tiwizi.network.models import Body
from tiwizi.network.permissions import Action, actions_in, require

SCORES = ("A", "B", "C", "D")
LONGEST = 10_000


@transaction.atomic
def write_review(
    *,
    by: User,
    body: Body,
    result: Result,
    year: int,
    version: int = 0,
    seen: Seen | None = None,
    answers: Answers | None = None,
    score: str = "",
    justification: str = "",
    lessons: str = "",
) -> Review | None:
    """Say how a result went in a year. `seen`, or `version` alone: what was read (0: there was none); what others
    wrote since is merged, what clashes is a `Conflict` until `answers` decide. All empty on what was never written:
    nothing is kept. Refused: `review-elsewhere`, `review-year`, `review-score`, `review-unjustified`,
    `words-too-long`, `changed-meanwhile`."""
    require(by, Action.REPORT, body)
    _check_inside(body, result.framework)
    if not result.framework.start.year <= year <= result.framework.end.year:
        raise Refusal("review-year", _("This year lies outside the strategic plan."), field="year")
    typed = {"score": score, "justification": justification.strip(), "lessons": lessons.strip()}
    _check_review(typed)
    found = Review.objects.select_for_update().filter(body=body, result=result, year=year).first()
    before = {name: getattr(found, name) if found else "" for name in typed}
    stands = found.version if found else 0
    merged = reconcile(seen or Seen(version), typed, before, version=stands, answers=answers)
    told = merged.values
    _check_review(told)
    if found:
        found.merged = merged
    if before == told:
        return found
    found = found or Review(body=body, result=result, year=year, version=0)
    for name, value in told.items():
        setattr(found, name, value)
    found.version += 1
    found.save()
    was, now = audit.changed(before, told)
    audit.record("write-review", found, by=by, body=body.pk, before=was, after=now)
    return found


def _check_review(told: dict[str, str]) -> None:
    if told["score"] not in ("", *SCORES):
        raise Refusal("review-score", _("A score is A, B, C or D."), field="score")
    if told["score"] and not told["justification"]:
        raise Refusal("review-unjustified", _("Say in a few words why this score."), field="justification")
    for name in ("justification", "lessons"):
        _check_length(told[name], name)


def _check_length(text: str, field: str) -> None:
    if len(text) > LONGEST:
        raise Refusal("words-too-long", _("This text is too long."), field=field)


def _check_inside(body: Body, framework: Framework) -> None:
    """What is written about a result stands in a body of its programme."""
    if framework.body_id not in network.reach(body):
        raise Refusal("review-elsewhere", _("This belongs to another programme."), status=404)


def may_remark(by: User, body: Body) -> bool:
    """Whether a person holds a mandate in the body or above, whatever the role."""
    return bool(actions_in(by, body))


def check_remarks(by: User, body: Body) -> None:
    """Refuse remarks of those who only read (`remark-mandate`)."""
    require(by, Action.READ, body)
    if not may_remark(by, body):
        sentence = _("Remarks are written by those who hold a mandate here or above.")
        raise Refusal("remark-mandate", sentence, _("Ask somebody of this body to write it."), status=403)


@transaction.atomic
def add_remark(*, by: User, body: Body, indicator: Indicator, period: Period, text: str) -> Remark:
    """A word on a body's figure in a period: by whoever holds a mandate there or above, whatever the role. Refused:
    `remark-mandate`, `review-elsewhere`, `remark-empty`, `words-too-long`."""
    check_remarks(by, body)
    _check_inside(body, indicator.result.framework)
    if period.body_id != indicator.result.framework.body_id:
        raise Refusal("review-elsewhere", _("This belongs to another programme."), status=404)
    if not text.strip():
        raise Refusal("remark-empty", _("Write your remark first."), field="text")
    _check_length(text, "text")
    added = Remark.objects.create(body=body, indicator=indicator, period=period, text=text.strip(), author=by.pk)
    audit.record("add-remark", added, by=by, body=body.pk, after={"text": added.text})
    return added


@transaction.atomic
def archive_remark(*, by: User, remark: Remark, reason: str) -> Remark:
    """Put a remark away with a reason; it stays in the trail. By who wrote it, or who validates the body's sheets.
    Refused: `reason-missing`, `remark-archived`."""
    require(by, Action.READ, remark.body)
    if remark.author != by.pk:
        require(by, Action.VALIDATE_REPORT, remark.body)
    if not reason.strip():
        raise Refusal("reason-missing", _("Say why."), field="reason")
    remark = Remark.objects.select_for_update(of=("self",)).get(pk=remark.pk)
    if remark.archived_at is not None:
        raise Refusal("remark-archived", _("This remark is already put away."))
    remark.archived_at, remark.archive_reason = timezone.now(), reason.strip()
    remark.save(update_fields=["archived_at", "archive_reason"])
    audit.record("archive-remark", remark, by=by, body=remark.body_id, reason=remark.archive_reason)
    return remark
