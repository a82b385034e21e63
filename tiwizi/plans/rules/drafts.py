"""What an activity must be: one check for the form, the rules and the importer.

`clean(plan, values)` takes natural codes and gives either everything needed to write the activity, or every fault at
once. A fault is a code with its parameters, so that it can be kept with an import and said in any language later.
"""

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils.dateparse import parse_date
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tiwizi.base import wording
from tiwizi.plans.models import Activity, Plan
from tiwizi.plans.queries.vocabulary import LANGUAGES, Vocabulary, is_monday, is_sunday

# What each fault says. Parameters: `typed` is what came; `first`, `last`, `day` are dates; `most` is a number.
FAULTS: dict[str, str | Promise] = {
    "missing": _("This is needed."),
    "too-long": _("This is too long: %(most)s characters at most."),
    "unknown-kind": _("“%(typed)s” is not a kind of activity of this programme."),
    "unknown-result": _("“%(typed)s” is not an intermediate result of this programme."),
    "unknown-target": _("“%(typed)s” is not a target group of this programme."),
    "unknown-commune": _("“%(typed)s” is not a commune of this partnership."),
    "commune-needed": _("This partnership has several communes in the South: say which one this is for."),
    "unknown-host": _("“%(typed)s” is not an organisation of this programme."),
    "unknown-body": _("“%(typed)s” is not a partnership of this programme."),
    "unknown-language": _("“%(typed)s” is not a language that we know."),
    "avoid-itself": _("A partnership cannot avoid itself."),
    "not-a-date": _("“%(typed)s” is not a date."),
    "window-not-monday": _("A period begins on a Monday. The week of this day begins on %(day)s."),
    "window-not-sunday": _("A period ends on a Sunday. The week of this day ends on %(day)s."),
    "window-order": _("The period ends before it begins."),
    "window-outside": _("This is outside the plan, which runs from %(first)s to %(last)s."),
    "participants-not-positive": _("Say one participant or more, or leave it empty when it is not known yet."),
    "participants-too-many": _("This is more than we believe: %(most)s participants at most."),
    "cost-negative": _("A cost is zero or more. Leave it empty when it is not known yet."),
    "cost-too-high": _("This is more than we believe. Is it in the currency of the programme?"),
    "priority-range": _("A priority is a number from 1 (least) to 5 (most)."),
    "not-a-number": _("“%(typed)s” is not a whole number."),
    "not-yes-or-no": _("Say yes or no."),
    "reference-taken": _("Another activity of this plan already has the reference “%(typed)s”."),
    "reference-archived": _("An archived activity has the reference “%(typed)s”. Restore it, or choose another one."),
}
_DATES = {"first", "last", "day"}
MOST_PARTICIPANTS = 100_000
MOST_CENTS = 10_000_000_000  # a hundred million: beyond it a unit was mistaken
_LENGTHS = {"reference": 20, "title": 200, "cost_basis": 300, "note": 5000}
_NEEDED = ["reference", "title", "kind", "result", "main_target", "window_start", "window_end"]
# What an activity is when nobody said otherwise; a key that is absent here must come with the values.
DEFAULTS: dict[str, Any] = {
    "other_targets": [], "commune": None, "participants": None, "languages": [], "cost_cents": None, "cost_basis": "",
    "priority": 3, "mandatory": False, "poolable": True, "hosts": [], "avoid": [], "note": "",
}  # fmt: skip
FIELDS = [*_NEEDED, *DEFAULTS]


@dataclass(frozen=True)
class Fault:
    """One thing wrong with one field. `params` hold text, numbers and dates only."""

    field: str
    code: str
    params: dict[str, Any] = dataclasses.field(default_factory=dict)

    @property
    def sentence(self) -> str:
        return fault_sentence(self.code, self.params)


@dataclass
class Cleaned:
    """Values ready to be written (with objects instead of codes), and the faults that forbid it."""

    values: dict[str, Any]
    faults: list[Fault]

    @property
    def ok(self) -> bool:
        return not self.faults


def fault_sentence(code: str, params: dict[str, Any]) -> str:
    """What a fault says in the reader's language; dates may come as dates or, from storage, as ISO text."""
    return str(FAULTS[code]) % {name: told(name, value) for name, value in params.items()}


def told(name: str, value: Any) -> Any:
    """A fault's parameter as it is read: days in words, whether they come as dates or as stored text."""
    day = parse_date(value) if name in _DATES and isinstance(value, str) else value
    return wording.day(day) if isinstance(day, date) else value


def clean(
    plan: Plan, values: dict[str, Any], *, vocabulary: Vocabulary | None = None, existing: Activity | None = None
) -> Cleaned:
    """Check one activity's values, given in natural codes (see `FIELDS` and `queries.natural_values`).

    Give the same `vocabulary` for many rows; `existing` is the activity that the values would change.
    Raises `KeyError` for a name that is no field of an activity: that is a mistake of the caller, not of a person.
    """
    if unknown := set(values) - set(FIELDS):
        raise KeyError(f"not fields of an activity: {sorted(unknown)}")
    draft = _Draft(plan, DEFAULTS | values, vocabulary or Vocabulary(plan), existing)
    draft.check()
    return Cleaned(draft.cleaned, draft.faults)


class _Draft:
    """One activity under check: collects cleaned values and faults."""

    def __init__(self, plan: Plan, values: dict[str, Any], vocabulary: Vocabulary, existing: Activity | None) -> None:
        self.plan, self.values, self.words, self.existing = plan, values, vocabulary, existing
        self.cleaned: dict[str, Any] = {}
        self.faults: list[Fault] = []

    def check(self) -> None:
        self._texts()
        self._names()
        self._commune()
        self._window()
        self._numbers()
        self._flags()
        self._lists()
        self._reference()

    def fault(self, name: str, code: str, **params: Any) -> None:
        self.faults.append(Fault(name, code, params))

    def _empty(self, name: str) -> bool:
        if self.values.get(name) not in (None, ""):
            return False
        if name in _NEEDED:
            self.fault(name, "missing")
        return True

    def _texts(self) -> None:
        for name, most in _LENGTHS.items():
            text = str(self.values.get(name) or "").strip()
            self.cleaned[name] = text
            if not text and name in _NEEDED:
                self.fault(name, "missing")
            elif len(text) > most:
                self.fault(name, "too-long", most=most)

    def _names(self) -> None:
        words: dict[str, tuple[dict[str, Any], str]] = {
            "kind": (self.words.kinds, "unknown-kind"),
            "result": (self.words.results, "unknown-result"),
            "main_target": (self.words.targets, "unknown-target"),
        }
        for name, (known, code) in words.items():
            if not self._empty(name):
                self._look_up(name, known, code)

    def _look_up(self, name: str, known: dict[str, Any], code: str) -> None:
        typed = self.values[name]
        if typed in known:
            self.cleaned[name] = known[typed]
        else:
            self.fault(name, code, typed=str(typed))

    def _commune(self) -> None:
        own = self.words.own_communes
        self.cleaned["commune"] = next(iter(own.values())) if len(own) == 1 else None
        if self.values["commune"]:
            self._look_up("commune", self.words.communes, "unknown-commune")
        elif len(own) > 1:
            self.fault("commune", "commune-needed")

    def _window(self) -> None:
        start = self._day("window_start", is_monday, "window-not-monday", -1)
        end = self._day("window_end", is_sunday, "window-not-sunday", 1)
        if start and end and end < start:
            self.fault("window_end", "window-order")
        for name, day in (("window_start", start), ("window_end", end)):
            if day and not self.plan.start <= day <= self.plan.end:
                self.fault(name, "window-outside", first=self.plan.start, last=self.plan.end)

    def _day(self, name: str, fits: Callable[[date], bool], code: str, direction: int) -> date | None:
        if self._empty(name):
            return None
        day = self.values[name]
        if not isinstance(day, date):
            self.fault(name, "not-a-date", typed=str(day))
            return None
        if not fits(day):
            self.fault(name, code, day=_edge_of_week(day, direction))
            return None
        self.cleaned[name] = day
        return day

    def _numbers(self) -> None:
        self._number("participants", 1, "participants-not-positive", MOST_PARTICIPANTS, "participants-too-many")
        self._number("cost_cents", 0, "cost-negative", MOST_CENTS, "cost-too-high")
        self._number("priority", 1, "priority-range", 5, "priority-range")

    def _number(self, name: str, least: int, below: str, most: int, above: str) -> None:
        number = self.values[name]
        if number is None and name != "priority":  # not known is an answer; it is never 0
            self.cleaned[name] = None
        elif not isinstance(number, int) or isinstance(number, bool):
            self.fault(name, "not-a-number", typed=str(number))
        elif number < least:
            self.fault(name, below)
        elif number > most:
            self.fault(name, above, most=most)
        else:
            self.cleaned[name] = number

    def _flags(self) -> None:
        for name in ("mandatory", "poolable"):
            self.cleaned[name] = self.values[name]
            if not isinstance(self.values[name], bool):
                self.fault(name, "not-yes-or-no")

    def _lists(self) -> None:
        self.cleaned["other_targets"] = self._list("other_targets", self.words.targets, "unknown-target")
        self.cleaned["hosts"] = self._list("hosts", self.words.hosts, "unknown-host")
        self.cleaned["avoid"] = self._list("avoid", self.words.bodies, "unknown-body")
        self.cleaned["languages"] = self._list("languages", {code: code for code in LANGUAGES}, "unknown-language")
        if self.plan.body in self.cleaned["avoid"]:
            self.fault("avoid", "avoid-itself")

    def _list(self, name: str, known: dict[str, Any], code: str) -> list[Any]:
        found = []
        for typed in dict.fromkeys(self.values[name]):
            if typed in known:
                found.append(known[typed])
            else:
                self.fault(name, code, typed=str(typed))
        return found

    def _reference(self) -> None:
        reference = self.cleaned["reference"]
        pk, archived = self.words.references.get(reference, (None, False))
        if pk is not None and (self.existing is None or pk != self.existing.pk):
            self.fault("reference", "reference-archived" if archived else "reference-taken", typed=reference)


def _edge_of_week(day: date, direction: int) -> date:
    """The Monday (-1) or the Sunday (1) of a day's week."""
    if direction < 0:
        return day - timedelta(days=day.weekday())
    return day + timedelta(days=min(6 - day.weekday(), (date.max - day).days))  # no day comes after 31/12/9999


def whole_weeks(plan: Plan, first: date, last: date) -> tuple[date, date]:
    """The whole weeks of the plan that hold two days: what a form means when a person picks any two days.

    A week that the plan cuts at its start or end is left out, not stretched.
    """
    start, end = _edge_of_week(first, -1), _edge_of_week(last, 1)
    if start < plan.start <= first:
        start += timedelta(days=7)
    if last <= plan.end < end:
        end -= timedelta(days=7)
    return start, end


def week_from(day: date) -> date:
    """The first Monday on or after a day."""
    return day + timedelta(days=-day.weekday() % 7)


def week_until(day: date) -> date:
    """The last Sunday on or before a day."""
    return day - timedelta(days=(day.weekday() + 1) % 7)
