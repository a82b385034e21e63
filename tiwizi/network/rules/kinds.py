"""Levels of bodies and kinds of organisations: data that whoever manages a programme adds and words.

They are shared by all programmes of a site: what another programme uses is changed by nobody else.
"""

from functools import partial
from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from tiwizi.accounts.models import User
from tiwizi.base import audit
from tiwizi.base.errors import Refusal
from tiwizi.base.merging import Answers, Seen, Values, reconcile
from tiwizi.network.models import Body, BodyKind, Grouping, Organisation, OrganisationKind
from tiwizi.network.permissions import Action, bodies_where, require
from tiwizi.network.queries import building
from tiwizi.network.rules.names import plant

MOST_LEVEL = 20


def require_programme(by: User, body: Body) -> Body:
    """Whoever changes what a whole programme shares manages its widest body; that body."""
    for programme in building.programmes_of(body):
        require(by, Action.MANAGE_NETWORK, programme)
    return body


def hold(body: Body) -> None:
    """Whoever adds to a programme waits for who is adding, so that a short name or a code is taken once."""
    tops = [programme.pk for programme in building.programmes_of(body)]
    list(Body.objects.select_for_update().filter(pk__in=tops).order_by("pk").values_list("pk", flat=True))


def check_named(values: Values) -> dict[str, str]:
    """The name by language, without those left empty. Refused: `unnamed`."""
    spoken = {code: " ".join(str(values.get(f"name_{code}") or "").split()) for code, _name in settings.LANGUAGES}
    name = {code: text for code, text in spoken.items() if text}
    if not name:
        raise Refusal("unnamed", _("Give a name in one language at least."), field="name_fr")
    return name


def address_of(name: dict[str, str], taken: models.QuerySet[Any], field: str, otherwise: str) -> str:
    """A short name for addresses out of a name, that nothing else has. A name without Latin letters (Arabic,
    Tifinagh) has none: then it is what the thing is, with a number."""
    spoken = (slugify(name[code].replace("–", "-")) for code in ("fr", "nl", "en") if name.get(code))
    base = next((text for text in spoken if text), otherwise)[: _LONGEST[field]].strip("-")
    used = set(taken.filter(**{f"{field}__startswith": base}).values_list(field, flat=True))
    return next(one for one in (base, *(f"{base}-{k}" for k in range(2, len(used) + 3))) if one not in used)


_LONGEST = {"slug": 70, "code": 30}


def merged(
    thing: Any, typed: Values, seen: Seen, answers: Answers | None, together: tuple[tuple[str, ...], ...] = ()
) -> tuple[dict[str, Any], dict[str, Any]]:
    """What stands, and what is to stand once what others wrote meanwhile is merged in; the row is locked."""
    was = building.facts_of(thing)
    thing.merged = reconcile(seen, typed, was, version=thing.version, answers=answers, together=together)
    return was, was | thing.merged.values


def write(thing: Any, values: Values, name: dict[str, str]) -> None:
    """Let a thing say these values, as its next version."""
    thing.name = name
    for attribute in building.FACTS[type(thing)]:
        setattr(thing, attribute, values[attribute.removesuffix("_id")])
    thing.version += 1
    thing.save(update_fields=["name", "version", *building.FACTS[type(thing)]])


@transaction.atomic
def add_level(*, by: User, body: Body, **facts: Any) -> BodyKind:
    """A level of bodies. `facts`: `rank` (0 is the widest), `name_fr`... Refused: `unnamed`, `level-rank`."""
    require_programme(by, body)
    hold(body)
    name = check_named(facts)
    _check_rank(facts["rank"])
    kind = plant(
        BodyKind, "code", "", partial(address_of, name, BodyKind.objects.all(), "code", "level"),
        lambda code: BodyKind.objects.create(code=code, name=name, rank=facts["rank"]),
    )  # fmt: skip
    audit.record("add-level", kind, by=by, body=body.pk, after=building.facts_of(kind))
    return kind


@transaction.atomic
def change_level(
    *,
    by: User,
    body: Body,
    kind: BodyKind,
    seen: Seen,
    answers: Answers | None = None,
    reason: str = "",
    puts_back: bool = False,
    **facts: Any,
) -> BodyKind:
    """Another name or place of a level. `puts_back`: these are the values of an earlier state.

    Refused: what adding refuses, `shared-elsewhere`, `level-order` when a body would lie in one of a narrower level;
    `changed-meanwhile`.
    """
    require_programme(by, body)
    kind = BodyKind.objects.select_for_update().get(pk=kind.pk)
    _check_own(by, Body.objects.filter(kind=kind))
    was, now = merged(kind, facts, seen, answers)
    name = check_named(now)
    _check_rank(now["rank"])
    over = Grouping.objects.filter(body__kind=kind, whole__kind__rank__gt=now["rank"]).exclude(whole__kind=kind)
    under = Grouping.objects.filter(whole__kind=kind, body__kind__rank__lt=now["rank"]).exclude(body__kind=kind)
    if tie := (over | under).select_related("body", "whole").first():
        raise _wrong_order(tie.body, tie.whole)
    act = "put-back-level" if puts_back else "change-level"
    kept: BodyKind = _changed(by, body, kind, was, now, name, act, reason)
    return kept


def _changed(
    by: User, body: Body, kind: Any, was: Values, now: Values, name: dict[str, str], act: str, reason: str
) -> Any:
    if now != was:
        write(kind, now, name)
        before, after = audit.changed(dict(was), building.facts_of(kind))
        audit.record(act, kind, by=by, body=body.pk, reason=reason, before=before, after=after)
    return kind


def check_order(kind: BodyKind, whole: Body, body: object) -> None:
    """Raise `level-order` when a body of a level would lie in one of a narrower level."""
    if whole.kind.rank > kind.rank:
        raise _wrong_order(body, whole)


def _wrong_order(body: object, whole: Body) -> Refusal:
    sentence = _("%(body)s cannot belong to %(whole)s: its level is the wider one.") % {"body": body, "whole": whole}
    return Refusal("level-order", sentence, _("Choose another level, or another body."), field="kind")


def _check_rank(rank: int) -> None:
    if not 0 <= rank <= MOST_LEVEL:
        sentence = _("A level has a number from 0 (the widest) to %(most)s.") % {"most": MOST_LEVEL}
        raise Refusal("level-rank", sentence, field="rank")


@transaction.atomic
def add_organisation_kind(*, by: User, body: Body, **facts: Any) -> OrganisationKind:
    """A kind of organisation. `facts`: `name_fr`... Refused: `unnamed`."""
    require_programme(by, body)
    hold(body)
    name = check_named(facts)
    kind = plant(
        OrganisationKind, "code", "", partial(address_of, name, OrganisationKind.objects.all(), "code", "kind"),
        lambda code: OrganisationKind.objects.create(code=code, name=name),
    )  # fmt: skip
    audit.record("add-organisation-kind", kind, by=by, body=body.pk, after=building.facts_of(kind))
    return kind


@transaction.atomic
def change_organisation_kind(
    *,
    by: User,
    body: Body,
    kind: OrganisationKind,
    seen: Seen,
    answers: Answers | None = None,
    reason: str = "",
    puts_back: bool = False,
    **facts: Any,
) -> OrganisationKind:
    """Another name of a kind. `puts_back`: as for a level.

    Refused: `unnamed`, `shared-elsewhere`, `changed-meanwhile`.
    """
    require_programme(by, body)
    kind = OrganisationKind.objects.select_for_update().get(pk=kind.pk)
    seated = Organisation.objects.filter(kind=kind).values("memberships__body")
    _check_own(by, Body.objects.filter(pk__in=seated))
    was, now = merged(kind, facts, seen, answers)
    act = "put-back-organisation-kind" if puts_back else "change-organisation-kind"
    kept: OrganisationKind = _changed(by, body, kind, was, now, check_named(now), act, reason)
    return kept


def _check_own(by: User, used_by: models.QuerySet[Body]) -> None:
    check_reach(used_by, bodies_where(by, Action.MANAGE_NETWORK))


def check_reach(used_by: models.QuerySet[Body], managed: set[Any]) -> None:
    """Raise `shared-elsewhere` when a body outside of what one manages uses it."""
    if used_by.exclude(pk__in=managed).exists():
        raise Refusal(
            "shared-elsewhere",
            _("Another programme uses this too."),
            _("Ask its coordinator, or add one of your own."),
        )
