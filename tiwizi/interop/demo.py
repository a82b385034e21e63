"""The demo programme: `examples/maroc-2017/` through the same rules and the same import as everybody's data.

Loading again changes nothing: what already stands is left as it is, and what is missing is added. A faulty line stops
the loading with its file, its line and what was expected; nothing of a faulty step is kept.
"""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction

from tiwizi.accounts.demo import PASSWORD
from tiwizi.accounts.models import User
from tiwizi.framework import rules as framework_rules
from tiwizi.framework.models import Framework, Result, TargetGroup
from tiwizi.interop import demo_indicators
from tiwizi.interop.examples import FaultyExample, located, rows_of, toml_of
from tiwizi.interop.imports import import_workbook
from tiwizi.network import rules as network_rules
from tiwizi.network.models import (
    Body,
    BodyKind,
    Grouping,
    HostingTerms,
    Mandate,
    Membership,
    Organisation,
    OrganisationKind,
    UnavailableSpan,
)
from tiwizi.plans import rules as plans_rules
from tiwizi.plans.models import ActivityKind, Plan

__all__ = ["FOLDER", "STEPS", "FaultyExample", "activity_rows", "load"]
FOLDER = Path(settings.ROOT) / "examples" / "maroc-2017"
LANGUAGES = ("fr", "nl", "en", "ar")
Told = Callable[[str, int], None]


def load(folder: Path = FOLDER, *, told: Told = lambda step, count: None) -> None:
    """Load every step of the demo; `told(step, count)` after each, with how many things it added."""
    for name, step in STEPS:
        with transaction.atomic():
            told(name, step(folder))


def activity_rows(folder: Path = FOLDER) -> dict[str, list[dict[str, Any]]]:
    """The activities of `activities.csv` by body, in the natural codes of `plans.queries.natural_values`."""
    found: dict[str, list[dict[str, Any]]] = {}
    for row in rows_of(folder / "activities.csv"):
        with located(folder / "activities.csv", row):
            found.setdefault(row["body"], []).append(_activity(row))
    return found


def _activity(row: dict[str, str]) -> dict[str, Any]:
    return {
        **{name: row[name] for name in ("reference", "title", "kind", "result", "main_target", "cost_basis", "note")},
        **{name: [code for code in row[name].split(";") if code]
           for name in ("other_targets", "languages", "hosts", "avoid")},
        "commune": row["commune"] or None,
        "window_start": date.fromisoformat(row["from"]),
        "window_end": date.fromisoformat(row["to"]),
        "participants": int(row["participants"]) if row["participants"] else None,
        "cost_cents": int(row["cost"]) * 100 if row["cost"] else None,
        "priority": int(row["priority"]),
        "mandatory": _yes(row["mandatory"]),
        "poolable": _yes(row["poolable"]),
    }  # fmt: skip


# --- steps, in order; each returns how many things it added


def _kinds(folder: Path) -> int:
    data = toml_of(folder / "programme.toml")
    for kind in data["body_kinds"]:
        network_rules.define_body_kind(**kind)
    for kind in data["organisation_kinds"]:
        network_rules.define_organisation_kind(**kind)
    return BodyKind.objects.count() + OrganisationKind.objects.count()


def _organisations(folder: Path) -> int:
    kinds = OrganisationKind.objects.in_bulk()
    return _each(folder / "organisations.csv", Organisation, lambda row: _organisation(row, kinds))


def _organisation(row: dict[str, str], kinds: dict[str, OrganisationKind]) -> None:
    network_rules.add_organisation(
        slug=row["slug"],
        kind=kinds[row["kind"]],
        name=_names(row),
        country=row["country"],
        scheme=row["scheme"],
        ref=row["ref"],
        province=row["province"],
        region=row["region"],
        lat=float(row["lat"]) if row["lat"] else None,
        lon=float(row["lon"]) if row["lon"] else None,
        approximate=_yes(row["approximate"]),
        population=int(row["population"]) if row["population"] else None,
        population_year=int(row["population_year"]) if row["population_year"] else None,
        source=row["source"],
    )


def _bodies(folder: Path) -> int:
    kinds = BodyKind.objects.in_bulk()
    added = _each(folder / "bodies.csv", Body, lambda row: _body(row, kinds))
    bodies = _by_slug(Body)
    for row in rows_of(folder / "bodies.csv"):
        with located(folder / "bodies.csv", row):
            if row["successor"] and bodies[row["slug"]].successor_id is None:
                network_rules.name_successor(by=None, body=bodies[row["slug"]], successor=bodies[row["successor"]])
    return added


def _body(row: dict[str, str], kinds: dict[str, BodyKind]) -> None:
    network_rules.found_body(
        by=None,
        slug=row["slug"],
        kind=kinds[row["kind"]],
        name=_names(row),
        wholes=[],
        start=_day(row["start"]),
        end=_day(row["end"]),
        uncertain=row["status"] == "uncertain",
        note=row["note"],
    )


def _groupings(folder: Path) -> int:
    bodies, added = _by_slug(Body), 0
    for row in rows_of(folder / "groupings.csv"):
        with located(folder / "groupings.csv", row):
            body, whole, start = bodies[row["body"]], bodies[row["whole"]], _day(row["start"])
            if not Grouping.objects.filter(body=body, whole=whole, start=start).exists():
                network_rules.group_body(by=None, body=body, whole=whole, start=start, end=_day(row["end"]))
                added += 1
    return added


def _memberships(folder: Path) -> int:
    bodies, organisations, added = _by_slug(Body), _by_slug(Organisation), 0
    for row in rows_of(folder / "memberships.csv"):
        with located(folder / "memberships.csv", row):
            seat = {"body": bodies[row["body"]], "organisation": organisations[row["organisation"]],
                    "side": row["side"], "start": _day(row["start"])}  # fmt: skip
            if not Membership.objects.filter(**seat).exists():
                network_rules.seat_organisation(by=None, **seat, end=_day(row["end"]))
                added += 1
    return added


def _hosts(folder: Path) -> int:
    organisations, added = _by_slug(Organisation), 0
    for row in rows_of(folder / "hosts.csv"):
        with located(folder / "hosts.csv", row):
            who = organisations[row["organisation"]] if row["organisation"] else None
            added += _terms(who, row) if row["accepts"] else _span(who, row)
    return added


def _terms(who: Organisation | None, row: dict[str, str]) -> int:
    if who is None:
        raise ValueError("a line that accepts guests names a commune")
    if HostingTerms.objects.filter(organisation=who).exists():
        return 0
    network_rules.set_hosting_terms(
        organisation=who,
        accepts=_yes(row["accepts"]),
        seats=int(row["seats"]) if row["seats"] else None,
        cost_percent=int(row["cost_factor"]),
    )
    return 1


def _span(who: Organisation | None, row: dict[str, str]) -> int:
    start, end = date.fromisoformat(row["blocked_from"]), date.fromisoformat(row["blocked_to"])
    if UnavailableSpan.objects.filter(organisation=who, start=start, end=end).exists():
        return 0
    network_rules.add_unavailable_span(organisation=who, start=start, end=end, label={"fr": row["note"]})
    return 1


def _framework(folder: Path) -> int:
    data = toml_of(folder / "framework.toml")
    body = Body.objects.get(slug=data["framework"].pop("body"))
    frame = Framework.objects.filter(body=body, start=data["framework"]["start"]).first()
    if frame is None:
        frame = framework_rules.adopt_framework(by=None, body=body, **data["framework"])
    results = [r for r in data["results"] if not Result.objects.filter(framework=frame, number=r["number"]).exists()]
    for result in results:
        framework_rules.add_result(by=None, framework=frame, **result)
    known = set(TargetGroup.objects.filter(framework=frame).values_list("code", flat=True))
    groups = [group for group in data["target_groups"] if group["code"] not in known]
    for group in groups:
        framework_rules.add_target_group(by=None, framework=frame, **group)
    return len(results) + len(groups)


def _activity_kinds(folder: Path) -> int:
    frame, added = _only_framework(folder), 0
    known = set(ActivityKind.objects.filter(framework=frame).values_list("code", flat=True))
    for row in rows_of(folder / "kinds.csv"):
        with located(folder / "kinds.csv", row):
            if row["code"] not in known:
                plans_rules.define_kind(
                    by=None,
                    framework=frame,
                    code=row["code"],
                    name=_names(row),
                    fixed_cents=int(row["fixed"]) * 100,
                    per_head_cents=int(row["per_head"]) * 100,
                    travel_rate_cents=int(row["rate"]) * 100,
                    pool_min=int(row["min_pool"]),
                    pool_max=int(row["max_pool"]),
                    radius_km=int(row["radius"]) if row["radius"] else None,
                )
                added += 1
    return added


def _plans(folder: Path) -> int:
    frame, bodies, added = _only_framework(folder), _by_slug(Body), 0
    for row in rows_of(folder / "plans.csv"):
        with located(folder / "plans.csv", row):
            start = date.fromisoformat(row["start"])
            if not Plan.objects.filter(body=bodies[row["body"]], start=start).exists():
                plans_rules.open_plan(
                    by=None,
                    body=bodies[row["body"]],
                    framework=frame,
                    title=row["title"],
                    start=start,
                    end=date.fromisoformat(row["end"]),
                    pooling_budget_cents=int(row["budget"]) * 100 if row["budget"] else None,
                    illustrative=True,
                )
                added += 1
    return added


def _workbooks(folder: Path) -> int:
    """The plans' activities, out of their workbooks; a plan that already has activities is left alone."""
    added = 0
    for path in sorted((folder / "plans").glob("*.xlsx")):
        plan = Plan.objects.select_related("body", "framework").get(body__slug=path.stem)
        if not plan.activities.exists():
            import_workbook(by=None, plan=plan, data=path.read_bytes(), filename=path.name)
            added += plan.activities.count()
    return added


def _accounts(folder: Path) -> int:
    if not settings.DEMO:
        return 0  # accounts with a public password exist only where the demo is meant to run
    bodies, added = _by_slug(Body), 0
    for row in rows_of(folder / "accounts.csv"):
        with located(folder / "accounts.csv", row):
            user = User.objects.filter(email=row["email"]).first()
            if user is None:
                user = User.objects.create_user(
                    row["email"], PASSWORD, name=row["name"], language=row["language"], is_demo=True,
                    demo_sentence={language: row[f"sentence_{language}"] for language in LANGUAGES},
                )  # fmt: skip
                added += 1
            if not Mandate.objects.filter(user=user).exists():
                network_rules.grant_mandate(by=None, user=user, body=bodies[row["body"]], role=row["role"])
    return added


STEPS: list[tuple[str, Callable[[Path], int]]] = [
    ("levels and kinds", _kinds),
    ("organisations", _organisations),
    ("bodies and their lives", _bodies),
    ("groupings", _groupings),
    ("seats", _memberships),
    ("hosts and dates", _hosts),
    ("strategic frame", _framework),
    ("kinds of activity", _activity_kinds),
    ("plans", _plans),
    ("activities, from workbooks", _workbooks),
    ("demo accounts", _accounts),
    ("collective activity", lambda folder: demo_indicators.together(folder, _only_framework(folder))),
    ("indicators and targets", lambda folder: demo_indicators.define(folder, _only_framework(folder))),
    ("figures and sheets", lambda folder: demo_indicators.report(folder, _only_framework(folder))),
    ("public page", lambda folder: demo_indicators.publish(folder, _only_framework(folder))),
]


# --- reading


def _each(path: Path, model: Any, add: Callable[[dict[str, str]], None]) -> int:
    """Add each line whose slug is not known yet."""
    known, added = set(model.objects.values_list("slug", flat=True)), 0
    for row in rows_of(path):
        if row["slug"] not in known:
            with located(path, row):
                add(row)
                added += 1
    return added


def _only_framework(folder: Path) -> Framework:
    data = toml_of(folder / "framework.toml")["framework"]
    return Framework.objects.get(body__slug=data["body"], start=data["start"])


def _by_slug(model: Any) -> dict[str, Any]:
    return {thing.slug: thing for thing in model.objects.all()}


def _names(row: dict[str, str]) -> dict[str, str]:
    return {language: row[f"name_{language}"] for language in LANGUAGES if row[f"name_{language}"]}


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _yes(text: str) -> bool:
    return {"yes": True, "no": False}[text]
