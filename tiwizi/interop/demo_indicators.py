"""The demo's indicators: what is measured, one training done together, and three periods of illustrative figures.

Figures are entered and sheets handed in by the demo's own people where they exist, else by the system.
"""

from decimal import Decimal
from pathlib import Path
from typing import Any

from tiwizi.accounts.models import User
from tiwizi.framework.models import Framework, Result, TargetGroup
from tiwizi.indicators import rules
from tiwizi.indicators.models import Indicator, Measurement, Period, Publication, Report, Target
from tiwizi.interop.examples import located, rows_of, toml_of
from tiwizi.network.models import Body, Mandate, Organisation
from tiwizi.network.permissions import ROLES, Action
from tiwizi.plans import rules as plans_rules
from tiwizi.plans.models import Activity, ActivityKind

FILE = "indicators.toml"
LATER = {"submitted": 1, "returned": 2, "validated": 2, "certified": 3}  # how many acts after the draft


def together(folder: Path, framework: Framework) -> int:
    """One collective activity, so that a shared figure stands in the first page that a newcomer opens."""
    data = toml_of(folder / FILE)["together"]
    body = Body.objects.get(slug=data["body"])
    if Activity.objects.filter(plan__body=body, collective=True, title=data["title"]).exists():
        return 0
    parts = [
        (
            Activity.objects.get(plan__body__slug=part["body"], plan__framework=framework, reference=part["reference"]),
            part["alone"] * 100,
            part["share"] * 100,
        )
        for part in data["parts"]
    ]
    plans_rules.create_collective_activity(
        by=None,
        body=body,
        kind=ActivityKind.objects.get(framework=framework, code=data["kind"]),
        title=data["title"],
        host=Organisation.objects.get(slug=data["host"]),
        week=data["week"],
        language=data["language"],
        parts=parts,
        cost_cents=data["cost"] * 100,
    )
    return 1


def define(folder: Path, framework: Framework) -> int:
    """Periods, breakdowns, indicators, who reports them, targets; what stands already is left as it is."""
    data = toml_of(folder / FILE)
    _periods(framework, data["periods"])
    sets = {one["code"]: rules.define_set(by=None, framework=framework, **_set(framework, one)) for one in data["sets"]}
    added = 0
    for given in data["indicators"]:
        result = Result.objects.get(framework=framework, number=given.pop("result"))
        if result.indicators.filter(code=given["code"]).exists():
            continue
        by = [sets[code] for code in given.pop("by", [])]
        baseline = given.pop("baseline", None)
        indicator = rules.add_indicator(
            by=None, result=result, illustrative=True, **_based(framework, baseline), **given
        )
        for one in by:
            rules.break_down(by=None, indicator=indicator, by_set=one)
        added += 1
    return added + _reporters(folder, framework) + _targets(folder, framework)


def _periods(framework: Framework, periods: list[dict[str, Any]]) -> None:
    known = set(Period.objects.filter(body=framework.body_id).values_list("code", flat=True))
    for period in periods:
        if period["code"] not in known:
            rules.add_period(by=None, framework=framework, **period)


def _set(framework: Framework, given: dict[str, Any]) -> dict[str, Any]:
    if "target_groups" not in given:
        return given
    groups = TargetGroup.objects.filter(framework=framework, code__in=given.pop("target_groups"))
    return given | {"categories": [{"code": one.code, "name": one.name, "target_group": one} for one in groups]}


def _based(framework: Framework, baseline: float | None) -> dict[str, Any]:
    if baseline is None:
        return {}
    source = "Enquête de départ, illustrative"
    return {"baseline": Decimal(str(baseline)), "baseline_date": framework.start, "baseline_source": source}


def _reporters(folder: Path, framework: Framework) -> int:
    bodies: dict[str, list[Body]] = {}
    known = {body.slug: body for body in Body.objects.all()}
    for row in rows_of(folder / "reporters.csv"):
        with located(folder / "reporters.csv", row):
            bodies.setdefault(row["indicator"], []).append(known[row["body"]])
    new = 0
    for code, those in bodies.items():
        indicator = _indicator(framework, code)
        if not indicator.assignments.exists():
            new += rules.assign(by=None, indicator=indicator, bodies=those)
    return new


def _targets(folder: Path, framework: Framework) -> int:
    added = 0
    for row in rows_of(folder / "targets.csv"):
        with located(folder / "targets.csv", row):
            period = Period.objects.get(body=framework.body_id, code=row["period"]) if row["period"] else None
            place: dict[str, Any] = {
                "indicator": _indicator(framework, row["indicator"]),
                "body": Body.objects.get(slug=row["body"]),
                "period": period,
            }
            if not Target.objects.filter(**place).exists():
                rules.set_target(by=None, value=Decimal(row["value"]), **place)
                added += 1
    return added


def _indicator(framework: Framework, code: str) -> Indicator:
    return Indicator.objects.select_related("result__framework__body").get(result__framework=framework, code=code)


def report(folder: Path, framework: Framework) -> int:
    """Figures into sheets, and each sheet to its state; sheets that stand already are left as they are."""
    sheets = {(row["body"], row["period"]): row for row in rows_of(folder / "sheets.csv")}
    standing = Report.objects.filter(period__body=framework.body_id).values_list("body__slug", "period__code")
    waiting = {place: row for place, row in sheets.items() if place not in set(standing)}
    added = 0
    for row in rows_of(folder / "figures.csv"):
        if (row["body"], row["period"]) in waiting:
            with located(folder / "figures.csv", row):
                _figure(framework, row)
                added += 1
    for row in waiting.values():
        with located(folder / "sheets.csv", row):
            _advance(framework, row)
    return added


def _figure(framework: Framework, row: dict[str, str]) -> Measurement | None:
    body = Body.objects.get(slug=row["body"])
    activity = None
    if row["activity"]:
        activity = Activity.objects.get(plan__body=body, plan__framework=framework, reference=row["activity"])
    names = ("value", "numerator", "denominator", "text", "comment")
    said: dict[str, Any] = {name: row[name] for name in names if row[name]}
    breakdown: dict[str, dict[str, str]] = {}
    for part in filter(None, row["breakdown"].split(";")):
        place, _, number = part.partition("=")
        code, _, category = place.partition(".")
        breakdown.setdefault(code, {})[category] = number
    return rules.report_figure(
        by=_somebody(body, Action.REPORT),
        body=body,
        period=Period.objects.get(body=framework.body_id, code=row["period"]),
        indicator=_indicator(framework, row["indicator"]),
        activity=activity,
        breakdown=breakdown,
        members="\n".join(row["members"].split("|")) or None,
        not_applicable=row["not_applicable"] == "yes",
        **said,
    )


def _advance(framework: Framework, row: dict[str, str]) -> None:
    """By as many acts as its state is away from a draft, each by somebody who may."""
    body = Body.objects.get(slug=row["body"])
    report = Report.objects.get(body=body, period__body=framework.body_id, period__code=row["period"])
    acts = LATER.get(row["state"], 0)
    if acts >= 1:
        rules.submit_report(by=_somebody(body, Action.REPORT), report=report)
    if acts >= 2:
        above = _somebody(framework.body, Action.VALIDATE_REPORT)
        if row["state"] == "returned":
            rules.return_report(by=above, report=report, reason=row["reason"])
        else:
            rules.validate_report(by=above, report=report)
    if acts >= 3:
        rules.certify_report(by=_somebody(framework.body, Action.CERTIFY_REPORT), report=report)


def publish(folder: Path, framework: Framework) -> int:
    """The programme's accepted results stand open to everybody; what was opened or closed once is left as it is."""
    if Publication.objects.filter(body=framework.body_id).exists():
        return 0
    data = toml_of(folder / FILE)["public"]
    rules.publish_results(by=_somebody(framework.body, Action.DEFINE_INDICATORS), body=framework.body, **data)
    return 1


def _somebody(body: Body, action: Action) -> User | None:
    """An account whose role in this very body lets it act; `None`, the system, where the demo has no accounts."""
    roles = [role.code for role in ROLES.values() if action in role.actions]
    mandate = Mandate.objects.filter(body=body, role__in=roles, user__is_demo=True).order_by("role", "pk").first()
    return mandate.user if mandate else None
