"""The shape of what is typed about plans and activities. What is allowed is the rules' matter."""

import re
from calendar import monthrange
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from tiwizi.base.forms import DayField, Dressed
from tiwizi.network.models import Body
from tiwizi.plans.models import Activity, Plan
from tiwizi.plans.queries import LABELS, LANGUAGES, Filters, Vocabulary
from tiwizi.plans.rules import clean
from tiwizi.plans.rules.drafts import FIELDS, Cleaned, week_from, week_until, whole_weeks

Choices = list[tuple[str, Any]]
_SIDES = {"months": ["month_first", "month_last"], "weeks": ["window_start", "window_end"]}
_AMOUNT = re.compile(r"[+-]?(?=\.?\d)\d{0,15}(\.\d{0,4})?")  # no exponent: 1e999999 is nobody's cost


class MoneyField(forms.CharField):
    """An amount as people write it ("4 200,50"), as whole cents; empty is `None`: not known."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, widget=forms.TextInput(attrs={"inputmode": "decimal"}), **kwargs)

    def to_python(self, value: Any) -> Any:
        text = "".join(str(value or "").split()).replace("\u202f", "").replace(",", ".")
        if not text:
            return None
        cents = Decimal(text) * 100 if _AMOUNT.fullmatch(text) else None
        if cents is None or cents != cents.to_integral_value() or abs(cents) > 10**15:
            raise forms.ValidationError(_("Write an amount such as 4200 or 4200,50."), code="amount")
        return int(cents)

    def prepare_value(self, value: Any) -> Any:
        if not isinstance(value, int):
            return value
        return str(value // 100) if value % 100 == 0 else f"{Decimal(value) / 100:.2f}".replace(".", ",")


def _many(label: Any, **kwargs: Any) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(label=label, required=False, widget=forms.CheckboxSelectMultiple, **kwargs)


class ActivityForm(Dressed):
    """An activity, in natural codes. The period is two days, kept as the whole weeks that hold them, or two months."""

    reference = forms.CharField(label=LABELS["reference"], max_length=20, help_text=_("Short and unique in the plan."))
    title = forms.CharField(label=LABELS["title"], max_length=200)
    kind = forms.ChoiceField(label=LABELS["kind"], help_text=_("Activities of the same kind can be done together."))
    result = forms.ChoiceField(label=LABELS["result"])
    main_target = forms.ChoiceField(label=LABELS["main_target"])
    other_targets = _many(LABELS["other_targets"])
    commune = forms.ChoiceField(label=LABELS["commune"], required=False)
    when = forms.ChoiceField(
        label=_("When can it take place?"),
        choices=[("months", _("In these months")), ("weeks", _("In these weeks"))],
        widget=forms.RadioSelect,
        required=False,
    )
    month_first = forms.ChoiceField(label=_("From the month"), required=False)
    month_last = forms.ChoiceField(label=_("To the month"), required=False)
    window_start = DayField(label=_("From the week of"), required=False, help_text=_("Any day of the first week."))
    window_end = DayField(label=_("To the week of"), required=False, help_text=_("Any day of the last week."))
    participants = forms.IntegerField(
        label=LABELS["participants"], required=False, help_text=_("Leave it empty when it is not known yet.")
    )
    languages = _many(LABELS["languages"], choices=list(LANGUAGES.items()))
    cost_cents = MoneyField(
        label=LABELS["cost_cents"], help_text=_("In euros. Leave it empty when it is not known yet; 0 means free.")
    )
    cost_basis = forms.CharField(
        label=LABELS["cost_basis"], max_length=300, required=False, help_text=_("A quote, a past activity, a tariff...")
    )
    priority = forms.TypedChoiceField(
        label=LABELS["priority"],
        coerce=int,
        initial=3,
        choices=[(5, _("5, most")), (4, "4"), (3, "3"), (2, "2"), (1, _("1, least"))],
    )
    mandatory = forms.BooleanField(label=LABELS["mandatory"], required=False)
    poolable = forms.BooleanField(label=LABELS["poolable"], required=False, initial=True)
    hosts = _many(LABELS["hosts"], help_text=_("None chosen: anywhere in the group."))
    avoid = _many(LABELS["avoid"])
    note = forms.CharField(label=LABELS["note"], required=False, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, plan: Plan, existing: Activity | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.plan, self.existing, self.words = plan, existing, Vocabulary(plan)
        self.checked: Cleaned | None = None
        self.side = "weeks"  # which of the two ways of saying when was used
        self._choose()

    def _choose(self) -> None:
        words, own = self.words, self.words.own_communes
        choices: dict[str, Choices] = {
            "kind": _with_blank(_named(words.kinds)),
            "result": _with_blank(_named(words.results)),
            "main_target": _with_blank(_named(words.targets)),
            "other_targets": _named(words.targets),
            "commune": _named(words.communes) if len(own) == 1 else _with_blank(_named(words.communes)),
            "hosts": sorted(_named(words.hosts), key=lambda choice: str(choice[1])),
            "avoid": [choice for choice in _named(words.bodies) if choice[0] != self.plan.body.slug],
            "month_first": _with_blank(months(self.plan.start, self.plan.end)),
            "month_last": _with_blank(months(self.plan.start, self.plan.end)),
        }
        for name, values in choices.items():
            self.fields[name].choices = values  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Check by the one formula; its faults stand beside their fields."""
        typed = dict(self.cleaned_data)
        self._read_window(typed)
        values = {name: typed[name] for name in FIELDS if name in typed}
        values["commune"] = values.get("commune") or None
        self.checked = clean(self.plan, values, vocabulary=self.words, existing=self.existing)
        for fault in self.checked.faults:
            shown = self._field_of(fault.field)
            if shown is not None and shown not in self.errors:
                self.add_error(shown, forms.ValidationError(fault.sentence, code=fault.code))
        return self.cleaned_data | {name: values.get(name) for name in ("window_start", "window_end", "commune")}

    def _field_of(self, name: str) -> str | None:
        """The field beside which a fault is told; None when the period's own fault is told already."""
        if name not in _SIDES["weeks"]:
            return name
        if "when" in self.errors:
            return None
        return _SIDES[self.side][_SIDES["weeks"].index(name)]

    def _read_window(self, typed: dict[str, Any]) -> None:
        """The period as whole weeks: two days mean the weeks that hold them, two months the weeks that lie in them."""
        days, weeks = self._week_side(typed), self._month_side(typed)
        self.side = self._side(typed, same=days == weeks)
        if self.side == "weeks":
            typed["window_start"], typed["window_end"] = days
            return
        typed["window_start"], typed["window_end"] = weeks
        first, last = (typed.get(name) for name in _SIDES["months"])
        if first and last and first <= last and weeks[0] > weeks[1]:
            sentence = _("No whole week of the plan lies in this month.")
            self.add_error("when", forms.ValidationError(sentence, code="no-whole-week"))

    def _week_side(self, typed: dict[str, Any]) -> tuple[Any, Any]:
        first, last = (typed.get(name) for name in _SIDES["weeks"])
        if first and last and first <= last:
            return whole_weeks(self.plan, first, last)
        if first and last:  # told by the rule as it was typed, in whole weeks
            return whole_weeks(self.plan, first, first)[0], whole_weeks(self.plan, last, last)[1]
        return first, last

    def _month_side(self, typed: dict[str, Any]) -> tuple[Any, Any]:
        first, last = _first_day(typed.get("month_first", "")), _last_day(typed.get("month_last", ""))
        return (
            week_from(max(first, self.plan.start)) if first else None,
            week_until(min(last, self.plan.end)) if last else None,
        )

    def _side(self, typed: dict[str, Any], *, same: bool) -> str:
        """The side that is filled; of two the one chosen, else the one that was changed; else we ask."""
        chosen = typed.get("when") or ""
        filled = [s for s, names in _SIDES.items() if any(typed.get(n) or n in self.errors for n in names)]
        if len(filled) == 2 and chosen:
            return str(chosen)
        changed = [s for s in filled if set(_SIDES[s]) & set(self.changed_data)]
        for sides in (filled, changed):
            if len(sides) == 1:
                return sides[0]
        if filled and not same:
            sentence = _("Both the months and the weeks are filled, and they differ: choose one of the two.")
            self.add_error("when", forms.ValidationError(sentence, code="two-periods"))
        return str(chosen) or "weeks"

    @property
    def natural(self) -> dict[str, Any]:
        """The typed values in natural codes, for the rules."""
        return {name: self.cleaned_data[name] for name in FIELDS if name in self.cleaned_data}


class FilterForm(Dressed):
    """What a list of activities shows; it lives in the address."""

    text = forms.CharField(label=_("Words"), required=False, max_length=100)
    kind = forms.ChoiceField(label=LABELS["kind"], required=False)
    result = forms.ChoiceField(label=LABELS["result"], required=False)
    target = forms.ChoiceField(label=_("Target group"), required=False)
    partnership = forms.ChoiceField(label=_("Partnership"), required=False)
    first = forms.ChoiceField(label=_("From the month"), required=False)
    last = forms.ChoiceField(label=_("To the month"), required=False)
    together = forms.ChoiceField(
        label=_("Alone or together"),
        required=False,
        choices=[
            ("", _("All")),
            ("alone", _("Done alone")),
            ("replaced", _("Now done together")),
            ("collective", _("Collective activities")),
        ],
    )
    mandatory = forms.BooleanField(label=LABELS["mandatory"], required=False)
    unknown_cost = forms.BooleanField(label=_("Cost not known yet"), required=False)
    sort = forms.ChoiceField(
        label=_("Sort by"),
        required=False,
        choices=[
            ("", LABELS["reference"]),
            ("reference", LABELS["reference"]),
            ("-reference", _("Reference, last first")),
            ("title", LABELS["title"]),
            ("-title", _("Title, last first")),
            ("kind", LABELS["kind"]),
            ("-kind", _("Kind, last first")),
            ("when", _("Earliest first")),
            ("-when", _("Latest first")),
            ("participants", _("Fewest participants first")),
            ("-participants", _("Most participants first")),
            ("cost", _("Cheapest first")),
            ("-cost", _("Dearest first")),
            ("priority", _("Least priority first")),
            ("-priority", _("Most priority first")),
        ],
    )
    view = forms.ChoiceField(
        required=False, widget=forms.HiddenInput, choices=[("", ""), ("timeline", ""), ("list", "")]
    )
    step = forms.ChoiceField(required=False, widget=forms.HiddenInput, choices=[("", ""), ("week", ""), ("month", "")])

    def __init__(self, *args: Any, plans: list[Plan], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        words = [Vocabulary(plan) for plan in {plan.framework_id: plan for plan in plans}.values()]
        kinds = {code: kind for word in words for code, kind in word.kinds.items()}
        results = {number: result for word in words for number, result in word.results.items()}
        targets = {code: target for word in words for code, target in word.targets.items()}
        bodies: dict[str, Body] = {plan.body.slug: plan.body for plan in plans}
        span = months(min(p.start for p in plans), max(p.end for p in plans)) if plans else []
        named: dict[str, dict[str, Any]] = {"kind": kinds, "result": results, "target": targets, "partnership": bodies}
        for name, values in named.items():
            self.fields[name].choices = [("", _("All")), *_named(values)]  # type: ignore[attr-defined]
        for name in ("first", "last"):
            self.fields[name].choices = [("", _("Any")), *span]  # type: ignore[attr-defined]

    @property
    def filters(self) -> Filters:
        """The filters that can be read; one that cannot is told beside its field and filters nothing."""
        self.is_valid()
        said = self.cleaned_data
        plain = ["text", "kind", "result", "target", "partnership", "together"]
        return Filters(
            **{name: said.get(name, "") for name in plain},
            first=_first_day(said.get("first", "")),
            last=_last_day(said.get("last", "")),
            mandatory=said.get("mandatory", False),
            unknown_cost=said.get("unknown_cost", False),
            sort=self.sorted_by,
        )

    @property
    def sorted_by(self) -> str:
        return self.cleaned_data.get("sort") or "reference"

    @property
    def in_use(self) -> int:
        """How many filters narrow the list."""
        return sum(bool(self.cleaned_data.get(name)) for name in self.fields if name not in ("sort", "view", "step"))


class PlanForm(Dressed):
    """Opening a plan."""

    title = forms.CharField(label=_("Title"), max_length=200)
    start = DayField(label=_("First day"))
    end = DayField(label=_("Last day"))
    pooling_budget_cents = MoneyField(
        label=_("Money for pooling"), help_text=_("What the partnership can put into rounds of pooling, in euros.")
    )


class TitleForm(Dressed):
    """Another title for a plan."""

    title = forms.CharField(label=_("Title"), max_length=200, widget=forms.TextInput(attrs={"dir": "auto"}))


class BudgetForm(Dressed):
    pooling_budget_cents = MoneyField(label=_("Money for pooling"), help_text=_("In euros. Empty: not said yet."))


class ActForm(Dressed):
    """A step of a plan's life: the state that was read, and why."""

    reason = forms.CharField(label=_("Why"), required=False, max_length=2000)
    version = forms.IntegerField(required=False)


def months(first: date, last: date) -> Choices:
    """The months between two days, as ("2017-07", "July 2017")."""
    count = (last.year - first.year) * 12 + last.month - first.month + 1
    starts = [date(first.year + (first.month - 1 + i) // 12, (first.month - 1 + i) % 12 + 1, 1) for i in range(count)]
    return [(f"{day:%Y-%m}", date_format(day, "YEAR_MONTH_FORMAT")) for day in starts]


def _first_day(month: str) -> date | None:
    return date.fromisoformat(f"{month}-01") if month else None


def _last_day(month: str) -> date | None:
    first = _first_day(month)
    return first.replace(day=monthrange(first.year, first.month)[1]) if first else None


def _named(known: dict[str, Any]) -> Choices:
    return [(code, str(thing)) for code, thing in known.items()]


def _with_blank(choices: Iterable[tuple[str, Any]]) -> Choices:
    return [("", _("Choose…")), *choices]
