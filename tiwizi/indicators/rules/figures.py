"""Entering figures: what may stand in a cell of a sheet, and whose a shared figure is."""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as initially
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tiwizi.accounts.models import User
from tiwizi.base import audit
from tiwizi.base.errors import Conflict, Refusal
from tiwizi.base.wording import plain
from tiwizi.indicators.models import Indicator, Measurement, Period, Report, Share
from tiwizi.indicators.queries.sheet import categories_of, covers, is_due, parts_of_activity
from tiwizi.indicators.rules.checks import LARGEST
from tiwizi.indicators.rules.reports import check_open, locked, open_report
from tiwizi.network.models import Body
from tiwizi.network.permissions import Action, require
from tiwizi.plans.models import Activity

NUMBERS = ("value", "numerator", "denominator")
CELL = (*NUMBERS, "members", "text", "breakdown", "not_applicable", "comment")
MOST_MEMBERS, LONGEST_MEMBER, LONGEST_TEXT = 2000, 80, 4000
FAULTS: dict[str, str | Promise] = {
    "not-a-number": _("“%(typed)s” is not a number. Leave it empty when nothing was reported."),
    "negative": _("A count is zero or more."),
    "too-large": _("This number is too large: eleven digits before the comma at most."),
    "too-fine": _("This indicator has %(decimals)s decimals at most."),
    "unknown-category": _("“%(typed)s” is no category of this breakdown in this period."),
    "not-for-this": _("This indicator is not reported in this way."),
    "half-a-ratio": _("A ratio needs both numbers."),
    "not-applicable-with-figure": _("Not applicable and a figure exclude each other."),
    "too-many-members": _("Too many names, or one that is too long."),
    "text-too-long": _("This text is too long."),
}


@dataclass(frozen=True)
class Fault:
    """What is wrong with one cell: the field (a breakdown's is `set.category`), a code of `FAULTS`, its words."""

    field: str
    code: str
    params: dict[str, Any] = initially(default_factory=dict)

    @property
    def sentence(self) -> str:
        return str(FAULTS[self.code]) % self.params

    @property
    def path(self) -> str:
        """The field as forms name it: a breakdown's is `b/<set>/<category>`."""
        return f"b/{self.field.replace('.', '/', 1)}" if "." in self.field else self.field


class FaultyFigure(Refusal):
    """A figure that cannot be written, with every fault."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__("figure-faulty", faults[0].sentence, field=faults[0].field)
        self.faults = faults


@dataclass(frozen=True)
class Doubt:
    """What looks wrong and may stand: a breakdown whose parts do not make the figure."""

    set: str
    sum: Decimal
    value: Decimal


def clean_figure(indicator: Indicator, period: Period, values: Mapping[str, Any]) -> tuple[dict[str, Any], list[Fault]]:
    """The fields of a measurement out of what was typed (texts or numbers), and every fault. Empty is: not reported."""
    faults: list[Fault] = []
    fields: dict[str, Any] = {
        "value": None, "numerator": None, "denominator": None, "members": None, "text": "", "breakdown": {},
        "not_applicable": bool(values.get("not_applicable")), "comment": str(values.get("comment") or "").strip(),
    }  # fmt: skip
    for name in NUMBERS:
        fields[name] = _number(indicator, name, values.get(name), faults)
    fields["breakdown"] = _breakdown(indicator, period, values.get("breakdown") or {}, faults)
    fields["members"] = _members(values.get("members"), faults)
    fields["text"] = str(values.get("text") or "").strip()
    for name in ("text", "comment"):
        if len(fields[name]) > LONGEST_TEXT:
            faults.append(Fault(name, "text-too-long"))
    _fits(indicator, fields, faults)
    return fields, faults


_NUMBER = re.compile(r"[+-]?\d+(?:\.\d+)?")
_GROUPED = re.compile(r"[+-]?\d{1,3}(?:([.,'’])\d{3})+(?:(?!\1)[.,]\d+)?")


def read_number(typed: Any) -> Decimal | None:
    """A number as people and spreadsheets write it in our languages: blanks and apostrophes between thousands, comma
    or point before decimals, Arabic digits. One mark alone stands before decimals. None: it is no number."""
    text = "".join(str(typed).split()).translate(_MARKS)
    marks = [c for c in text if c in ".,'’"]
    if _GROUPED.fullmatch(text) and len(marks) > 1:
        mark = marks[-1] if marks[-1] != marks[0] else ""
        text = "".join(c for c in text if c.isdigit() or c in "+-" or c == mark)
    text = text.replace("'", "").replace("’", "").replace(",", ".")
    return Decimal(text) if _NUMBER.fullmatch(text) else None


_MARKS = str.maketrans({"٫": ",", "٬": "'", "\u2212": "-", "\u200e": None, "\u200f": None, "\u061c": None})


def _number(indicator: Indicator, name: str, typed: Any, faults: list[Fault]) -> Decimal | None:
    if typed is None or not str(typed).strip():
        return None
    number = read_number(typed)
    if number is None:
        faults.append(Fault(name, "not-a-number", {"typed": str(typed).strip()[:40]}))
    elif abs(number) >= LARGEST:
        faults.append(Fault(name, "too-large"))
    elif number < 0 and indicator.counts != Indicator.Counts.SCALE:
        faults.append(Fault(name, "negative"))
    elif number != round(number, indicator.decimals):
        faults.append(Fault(name, "too-fine", {"decimals": indicator.decimals}))
    else:
        return number
    return None


def _breakdown(
    indicator: Indicator, period: Period, typed: Mapping[str, Mapping[str, Any]], faults: list[Fault]
) -> dict[str, dict[str, str]]:
    if not typed:
        return {}
    known = {(one.set.code, one.code) for one in categories_of(indicator, period)}
    found: dict[str, dict[str, str]] = {}
    for code, parts in typed.items():
        for category, part in parts.items():
            name = f"{code}.{category}"
            if (code, category) not in known:
                faults.append(Fault(name, "unknown-category", {"typed": name[:80]}))
            elif (number := _number(indicator, name, part, faults)) is not None:
                found.setdefault(code, {})[category] = plain(number)
    return found


def _members(typed: Any, faults: list[Fault]) -> list[str] | None:
    if typed is None or typed == "":
        return None
    names = typed.splitlines() if isinstance(typed, str) else list(typed)
    members = sorted({" ".join(str(name).split()) for name in names} - {""})
    if len(members) > MOST_MEMBERS or any(len(name) > LONGEST_MEMBER for name in members):
        faults.append(Fault("members", "too-many-members"))
    return members


def _fits(indicator: Indicator, fields: dict[str, Any], faults: list[Fault]) -> None:
    """What an indicator of this kind is reported by, and nothing else."""
    own = {"ratio": {"numerator", "denominator"}, "unique": {"members"}}.get(indicator.calculation, {"value"})
    own = {"text"} if indicator.counts == Indicator.Counts.TEXT else own
    given = {name for name in (*NUMBERS, "members", "text") if fields[name] not in (None, "")}
    faults.extend(Fault(name, "not-for-this") for name in sorted(given - own))
    if fields["breakdown"] and indicator.calculation not in ("sum", "latest"):
        faults.append(Fault("breakdown", "not-for-this"))
    if len(given & {"numerator", "denominator"}) == 1:
        faults.append(Fault("denominator" if "numerator" in given else "numerator", "half-a-ratio"))
    if fields["not_applicable"] and (given or fields["breakdown"]):
        faults.append(Fault("not_applicable", "not-applicable-with-figure"))


def doubts_of(fields: Mapping[str, Any]) -> list[Doubt]:
    """Breakdowns that do not make up the figure: told, never corrected in silence."""
    if fields["value"] is None:
        return []
    sums = {code: sum(map(Decimal, parts.values()), Decimal()) for code, parts in fields["breakdown"].items()}
    return [Doubt(code, made, fields["value"]) for code, made in sums.items() if made != fields["value"]]


@transaction.atomic
def report_figure(
    *,
    by: User | None,
    body: Body,
    period: Period,
    indicator: Indicator,
    activity: Activity | None = None,
    version: int | None = None,
    **values: Any,
) -> Measurement | None:
    """Write one cell of a body's sheet, and open the sheet when it is the first. `values` as typed: `value`, or
    `numerator` and `denominator`, `members`, `text`; `breakdown`, `not_applicable`, `comment`. All empty: the figure
    is taken back and reads as not reported. `version`: that of the cell that was read (0: there was none).

    A collective activity is reported once, by the body whose plan it stands in, for all who take part. `by=None` is
    the system itself. A cell that already says all of it stays, whatever the version: what is sent again after a line
    dropped changes nothing. Refused: `figure-faulty`, `figure-activity`, `figure-period`, `figure-not-due`,
    `report-locked`, `changed-meanwhile`, and as `open_report`.
    """
    if by is not None:
        require(by, Action.REPORT, body)
    report = locked(open_report(by=by, body=body, period=period))
    check_open(report)
    _check_activity(report, indicator, activity)
    if not covers(indicator.result.framework, period):
        raise Refusal("figure-period", _("This period lies outside the programme that this indicator belongs to."))
    if not is_due(body, period, indicator, activity):
        raise Refusal("figure-not-due", _("This body does not report this indicator in this period."))
    fields, faults = clean_figure(indicator, period, values)
    if faults:
        raise FaultyFigure(faults)
    cells = Measurement.objects.select_for_update(of=("self",))
    found = cells.filter(report=report, indicator=indicator, activity=activity).first()
    before = _told(found)
    if found is not None and before == _plainly(fields):
        return found
    if version is not None and version != (found.version if found else 0):
        raise Conflict(_("Somebody else entered a figure here meanwhile."), _("Choose which one stands."))
    if found is None:
        if _empty(fields):
            return None
        found = Measurement(report=report, indicator=indicator, activity=activity, version=0)
    return _write(by, found, fields, before)


def _write(by: User | None, found: Measurement, fields: dict[str, Any], before: dict[str, Any]) -> Measurement:
    for name, value in fields.items():
        setattr(found, name, value)
    if _told(found) == before:
        return found
    new = found.version == 0
    found.version += 1
    found.changed_by = by.pk if by else None
    found.save()
    if new and found.activity is not None:
        _share(found, parts_of_activity(found.activity))
    was, now = audit.changed(before, _told(found))
    audit.record("report-figure", found, by=by, body=found.report.body_id, before=was or None, after=now)
    return found


def _check_activity(report: Report, indicator: Indicator, activity: Activity | None) -> None:
    if activity is None:
        return
    own = activity.plan.body_id == report.body_id and activity.result_id == indicator.result_id
    if not own or activity.archived_at is not None:
        raise Refusal("figure-activity", _("This activity is not one of the body's for this result."), field="activity")
    if hasattr(activity, "joint_part"):
        raise Refusal(
            "figure-activity",
            _("This activity is done together with others: whoever leads the collective activity reports it, once."),
            field="activity",
        )


def _told(found: Measurement | None) -> dict[str, Any]:
    if found is None:
        return {}
    return _plainly({name: getattr(found, name) for name in CELL})


def _plainly(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values of a cell as the trail keeps them, and as two cells are compared."""
    return {name: plain(value) if isinstance(value, Decimal) else value for name, value in values.items()}


def imprint(fields: Mapping[str, Any]) -> str:
    """A short mark of what a cell says: two that say the same have the same one."""
    told = json.dumps(_plainly(fields), sort_keys=True)
    return hashlib.sha256(told.encode()).hexdigest()[:10]


def _empty(fields: Mapping[str, Any]) -> bool:
    """Nothing was typed; a zero was."""
    return all(value is None or value is False or value in ("", {}) for value in fields.values())


@transaction.atomic
def share_figure(
    *, by: User, measurement: Measurement, weights: Mapping[UUID, int], seen: str | None = None
) -> Measurement:
    """Say whose a figure of several bodies is, in hundredths of a percent that make 10,000. `seen`: the mark of the
    shares that were read (`shares_mark`). Refused: `shares-whole`, `shares-elsewhere`, `report-locked`,
    `changed-meanwhile`."""
    require(by, Action.REPORT, measurement.report.body)
    check_open(locked(measurement.report))
    known = {share.body_id: share.weight for share in measurement.shares.all()}
    if seen is not None and seen != shares_mark(known):
        raise Conflict(_("Somebody else changed these shares meanwhile."), _("They stand below; change them again."))
    if set(weights) != set(known):
        raise Refusal("shares-elsewhere", _("Each partner of the activity has a share, nobody else."))
    if any(weight < 0 for weight in weights.values()) or sum(weights.values()) != 10_000:
        raise Refusal("shares-whole", _("The shares make 100 % together."), field="shares")
    measurement.shares.all().delete()
    _share(measurement, weights)
    before, after = ({str(k): v for k, v in those.items()} for those in (known, weights))
    audit.record("share-figure", measurement, by=by, body=measurement.report.body_id, before=before, after=after)
    return measurement


def shares_mark(weights: Mapping[UUID, int]) -> str:
    """A short mark of shares: two that say the same have the same one."""
    told = ",".join(f"{body}:{weight}" for body, weight in sorted(weights.items()))
    return hashlib.sha256(told.encode()).hexdigest()[:10]


def _share(measurement: Measurement, weights: Mapping[UUID, int]) -> None:
    Share.objects.bulk_create(
        Share(measurement=measurement, body_id=body, weight=weight) for body, weight in weights.items()
    )
