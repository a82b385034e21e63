"""Takes back what a network workbook brought: what it changed says again what it said, what it added goes.

What was added is removed, not archived: nothing may hold it, its trail stays, and the same workbook brings it again.
"""

from collections import defaultdict
from collections.abc import Mapping
from itertools import pairwise
from typing import Any
from uuid import UUID

from django.db.models import ForeignObjectRel
from django.utils.dateparse import parse_date
from django.utils.translation import gettext_lazy as _

from tiwizi.accounts.models import User
from tiwizi.base import audit
from tiwizi.base.errors import Refusal
from tiwizi.network.models import Body, Grouping, Membership, NetworkImport
from tiwizi.network.queries import building
from tiwizi.network.rules.building import SIDES
from tiwizi.network.rules.entries import DAYS, PARTS
from tiwizi.network.rules.entry_writing import MODELS, TIED, state_of
from tiwizi.network.rules.kinds import check_named, write
from tiwizi.network.rules.lives import reopen_now

ACT = "undo-network"
_TOLD = 5  # things named in one sentence
Step = dict[str, Any]


def undo_rows(by: User, kept: NetworkImport) -> None:
    """Take back every step of an import, the last first. Refused: `import-touched` when somebody changed or used any
    of it since, or what stands would not fit together without it."""
    steps = list(reversed(kept.undo))
    things = _locked(steps)
    _check_untouched(steps, things)
    before = _misfits()
    for step in steps:
        _take_back(by, kept, step, things[step["part"]][step["pk"]])
    for part in reversed(PARTS):  # at once for all of a kind: one by one, each asks every table that may hold it
        gone = [step["pk"] for step in steps if step["part"] == part and step["act"] == "new"]
        MODELS[part]._default_manager.filter(pk__in=gone).delete()
    if misfits := _misfits() - before:
        raise _in_the_way(sorted(misfits))


def _locked(steps: list[Step]) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {part: {} for part in PARTS}
    for part in PARTS:
        wanted = [step["pk"] for step in steps if step["part"] == part]
        rows = MODELS[part]._default_manager.select_for_update(of=("self",)).filter(pk__in=wanted)
        found[part] = {str(row.pk): row for row in rows}
    return found


def _check_untouched(steps: list[Step], things: Mapping[str, Mapping[str, Any]]) -> None:
    ends = {step["pk"]: step["now"]["end"] for step in steps if step["act"] == "closed"}
    new: dict[Any, set[str]] = defaultdict(set)
    for step in steps:
        if step["act"] == "new":
            new[MODELS[step["part"]]].add(step["pk"])
    held = {pk for model, pks in new.items() for pk in _held(model, pks, new)}
    touched = []
    for step in steps:
        thing = things[step["part"]].get(step["pk"])
        if thing is None or step["pk"] in held or not _as_written(step, thing, ends):
            touched.append(step["title"])
    if touched:
        raise _in_the_way(list(dict.fromkeys(touched)))


def _as_written(step: Step, thing: Any, ends: Mapping[str, str]) -> bool:
    """Does a thing stand as the import left it?"""
    if step["act"] == "closed":
        return bool(thing.end and thing.end.isoformat() == step["now"]["end"] and thing.successor_id is None)
    now = state_of(thing)
    if step["part"] in ("groupings", "seats") and now != step["now"]:  # perhaps it ended with a body of this import
        closings = {ends.get(str(pk)) for pk in (thing.body_id, getattr(thing, "whole_id", None))}
        return now["end"] in closings - {None} and now | {"end": ""} == step["now"] | {"end": ""}
    return bool(now == step["now"])


def _held(model: Any, pks: set[str], new: Mapping[Any, set[str]]) -> set[str]:
    """Of the things that an import added, those that others hold. A query for each table that may."""
    found: set[str] = set()
    for relation in model._meta.get_fields(include_hidden=True):
        if isinstance(relation, ForeignObjectRel) and (relation.one_to_many or relation.one_to_one):
            name, holder = relation.field.name, relation.related_model
            holders = holder._default_manager.filter(**{f"{name}__in": list(pks)}).exclude(
                pk__in=list(new.get(holder, ()))
            )
            found |= {str(pk) for pk in holders.values_list(relation.field.attname, flat=True)}
    return found


def _take_back(by: User, kept: NetworkImport, step: Step, thing: Any) -> None:
    body = {"groupings": "body_id", "seats": "body_id", "bodies": "pk"}.get(step["part"])
    about = getattr(thing, body) if body else kept.body_id
    if step["act"] == "closed":
        reopen_now(by, thing, kept.file_name)
        return
    if step["act"] == "new":
        audit.record(ACT, thing, by=by, body=about, reason=kept.file_name)
        return
    if step["part"] in ("groupings", "seats"):
        thing.refresh_from_db(fields=["end"])  # its body may have been opened again just now
    was = {name: parse_date(value) if name in DAYS and value else value for name, value in step["was"].items()}
    now = _values(thing)
    _restore(thing, step["part"], now | was)
    before, after = audit.changed(now, now | was)
    audit.record(ACT, thing, by=by, body=about, reason=kept.file_name, before=before, after=after)


def _values(thing: Any) -> dict[str, Any]:
    if type(thing) in building.FACTS:
        return building.facts_of(thing)
    names = building.CONTACT if hasattr(thing, "website") else [name for name in TIED if hasattr(thing, name)]
    return {name: getattr(thing, name) for name in names}


def _restore(thing: Any, part: str, values: dict[str, Any]) -> None:
    if type(thing) in building.FACTS:
        write(thing, values, check_named(values))
        return
    for name, value in values.items():
        setattr(thing, name, value)
    if part == "contacts":
        thing.version += 1
    thing.save(update_fields=[*values, *(["version"] if part == "contacts" else [])])


def _misfits() -> set[str]:
    """What does not fit together, named by its bodies: ties of wrong levels or days, two of a pair on one day, bodies
    that belong nowhere, sides without anybody. Three queries."""
    bodies = {one.pk: one for one in Body.objects.select_related("kind")}
    found, homes = set[str](), set[UUID]()
    sides, pairs = defaultdict[UUID, set[str]](set), defaultdict[tuple[UUID, UUID], list[Any]](list)
    for tie in Grouping.objects.all():
        body, whole = bodies[tie.body_id], bodies[tie.whole_id]
        homes.add(body.pk)
        pairs[body.pk, whole.pk].append(tie)
        if whole.kind.rank > body.kind.rank or _outside(tie, body) or _outside(tie, whole):
            found.add(str(body))
    for seat in Membership.objects.all():
        sides[seat.body_id].add(seat.side)
        pairs[seat.body_id, seat.organisation_id].append(seat)
        if _outside(seat, bodies[seat.body_id]):
            found.add(str(bodies[seat.body_id]))
    found |= {str(body) for pk, body in bodies.items() if pk not in homes}
    found |= {str(bodies[pk]) for pk, some in sides.items() if len(some & set(SIDES)) == 1}
    return found | {str(bodies[pair[0]]) for pair, lives in pairs.items() if _meet(lives)}


def _outside(row: Any, body: Body) -> bool:
    days = [day for day in (row.start, row.end) if day]
    return any((body.start and day < body.start) or (body.end and day > body.end) for day in days)


def _meet(lives: list[Any]) -> bool:
    lives = sorted(lives, key=lambda one: (one.start is not None, one.start))
    return any(one.end is None or other.start is None or one.end >= other.start for one, other in pairwise(lives))


def _in_the_way(titles: list[str]) -> Refusal:
    named = ", ".join(titles[:_TOLD]) + ("…" if len(titles) > _TOLD else "")
    return Refusal(
        "import-touched",
        _("This import cannot be undone: these were changed or used since: %(titles)s.") % {"titles": named},
        _("Change them one by one."),
    )
