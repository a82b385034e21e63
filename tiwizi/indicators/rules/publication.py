"""Opening a programme's accepted results to everybody, and closing them again."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tiwizi.accounts.models import User
from tiwizi.base import audit
from tiwizi.base.errors import Refusal
from tiwizi.base.merging import Seen, reconcile
from tiwizi.framework.models import Framework
from tiwizi.indicators.models import Publication
from tiwizi.network.models import Body
from tiwizi.network.permissions import Action, require

Names = dict[str, str]
LONGEST = 400  # of an introduction


def _may(by: User | None, body: Body) -> None:
    if by is not None:
        require(by, Action.DEFINE_INDICATORS, body)


@transaction.atomic
def publish_results(*, by: User | None, body: Body, reason: str, introduction: Names | None = None) -> Publication:
    """Everybody may read this programme's accepted figures of public indicators, from now on. `by=None` is the system
    itself. Refused: `publication-no-plan`, `publication-open`, `reason-missing`, `words-too-long`."""
    _may(by, body)
    body = Body.objects.select_for_update(of=("self",)).get(pk=body.pk)  # two who open at once wait here
    if not Framework.objects.filter(body=body).exists():
        raise Refusal(
            "publication-no-plan",
            _("Only a body with a strategic plan of its own can open its results."),
            _("Open them in its programme."),
        )
    if _open_one(body) is not None:
        raise Refusal("publication-open", _("The results of this programme are open already."))
    _check_reason(reason)
    added = Publication.objects.create(body=body, introduction=_clean(introduction), opened_by=by.pk if by else None)
    told = {"introduction": dict(added.introduction)}
    audit.record("publish-results", added, by=by, body=body.pk, reason=reason.strip(), after=told)
    return added


@transaction.atomic
def introduce_results(*, by: User, body: Body, introduction: Names, version: int | None) -> Publication:
    """Change what stands at the head of the public page. `version`: the one that was read. Refused:
    `publication-closed`, `words-too-long`, `changed-meanwhile`."""
    _may(by, body)
    found = _standing(body)
    before, typed = dict(found.introduction), _clean(introduction)
    reconcile(Seen(version), {"introduction": typed}, {"introduction": before}, version=found.version)
    if typed == before:
        return found
    found.introduction, found.version = typed, found.version + 1
    found.save(update_fields=["introduction", "version"])
    audit.record(
        "introduce-results", found, by=by, body=body.pk, before={"introduction": before}, after={"introduction": typed}
    )
    return found


@transaction.atomic
def withdraw_results(*, by: User, body: Body, reason: str) -> Publication:
    """Nobody reads them without signing in any more: the addresses answer as if they had never been. Refused:
    `publication-closed`, `reason-missing`."""
    _may(by, body)
    found = _standing(body)
    _check_reason(reason)
    found.closed_at, found.close_reason = timezone.now(), reason.strip()
    found.version += 1
    found.save(update_fields=["closed_at", "close_reason", "version"])
    audit.record("withdraw-results", found, by=by, body=body.pk, reason=found.close_reason)
    return found


def _open_one(body: Body) -> Publication | None:
    """The publication that stands open, locked for the act at hand."""
    return Publication.objects.select_for_update(of=("self",)).filter(body=body, closed_at__isnull=True).first()


def _standing(body: Body) -> Publication:
    found = _open_one(body)
    if found is None:
        raise Refusal("publication-closed", _("The results of this programme are not open."))
    return found


def _check_reason(reason: str) -> None:
    if not reason.strip():
        raise Refusal("reason-missing", _("Say why."), field="reason")


def _clean(introduction: Names | None) -> Names:
    """Without empty languages, and with the ends of lines of one kind."""
    said = {code: text.replace("\r\n", "\n").strip() for code, text in (introduction or {}).items()}
    if any(len(text) > LONGEST for text in said.values()):
        raise Refusal("words-too-long", _("This text is too long."), field="introduction_fr")
    return {code: text for code, text in said.items() if text}
