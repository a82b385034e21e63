"""The shape of what is typed about rounds. What is allowed is the rules' matter."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tiwizi.base import wording
from tiwizi.plans.forms import DayField, Dressed, MoneyField
from tiwizi.pooling.models import METHODS, Proposal, Round, RoundHost
from tiwizi.pooling.queries import METHOD_NAMES, METHOD_SENTENCES, monday_of, places, possible_weeks
from tiwizi.pooling.rules.rounds import MOST_MEMBERS, MOST_WEEKS

MOST_PEOPLE = 100_000  # in one place or one group; a mistyped number, not a gathering


def _methods() -> list[tuple[str, str]]:
    return [(code, wording.labelled(METHOD_NAMES[code], METHOD_SENTENCES[code])) for code in METHODS]


class RulesForm(Dressed):
    """What a round computes with."""

    title = forms.CharField(label=_("Title"), max_length=200)
    method = forms.ChoiceField(label=_("How costs are shared"), choices=_methods, widget=forms.RadioSelect)
    min_saving_cents = MoneyField(
        label=_("Least saving worth doing together"),
        help_text=_("In euros, for one shared activity. 0: any saving is worth it."),
    )
    max_members = forms.IntegerField(
        label=_("Most activities in one shared activity"), min_value=2, max_value=MOST_MEMBERS
    )

    def clean_min_saving_cents(self) -> int:
        return self.cleaned_data["min_saving_cents"] or 0


class OpenForm(RulesForm):
    """A new round: its rules, and its weeks."""

    start = DayField(label=_("From the week of"), help_text=_("Any day of the first week."))
    weeks = forms.IntegerField(label=_("How many weeks"), min_value=1, max_value=MOST_WEEKS)
    field_order = ("title", "start", "weeks", "method", "min_saving_cents", "max_members")

    def clean_start(self) -> date:
        day: date = self.cleaned_data["start"]
        return day - timedelta(days=day.weekday())


class PartnerForm(Dressed):
    takes_part = forms.BooleanField(label=_("takes part"), required=False)
    budget_cents = MoneyField(label=_("Money for this round"))


class KindForm(Dressed):
    included = forms.BooleanField(label=_("takes part"), required=False)
    fixed_cents = MoneyField(label=_("Once"))
    per_head_cents = MoneyField(label=_("For each participant"))
    travel_rate_cents = MoneyField(label=_("Travel, for each participant and 100 km"))
    pool_min = forms.IntegerField(label=_("Least participants"), min_value=1, max_value=MOST_PEOPLE)
    pool_max = forms.IntegerField(label=_("Most participants"), min_value=1, max_value=MOST_PEOPLE)

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        for name in ("fixed_cents", "per_head_cents", "travel_rate_cents"):
            if found.get(name) is None and name not in self.errors:
                self.add_error(name, _("Write an amount; 0 when it costs nothing."))
        return found


class HostForm(Dressed):
    """A host's terms; `keep` are the stretches of weeks that stay closed, `closed_from`/`closed_to` add one."""

    accepts = forms.BooleanField(label=_("receives"), required=False)
    seats = forms.IntegerField(label=_("Seats"), min_value=1, max_value=MOST_PEOPLE, required=False)
    cost_percent = forms.IntegerField(label=_("Level of cost, in percent"), min_value=1, max_value=1000)
    keep = forms.MultipleChoiceField(
        label=_("Closed in these weeks"), required=False, widget=forms.CheckboxSelectMultiple
    )
    closed_from = DayField(label=_("Also closed from"), required=False)
    closed_to = DayField(label=_("to"), required=False)

    def __init__(self, *args: Any, host: RoundHost, seen: list[int] | None = None, **kwargs: Any) -> None:
        # Those that the page showed, and those of today: somebody else may have closed other weeks meanwhile.
        spans = sorted({*stretches(host.blocked_weeks), *stretches(seen or [])})
        kwargs["initial"] = kwargs.get("initial", {}) | {"keep": [f"{a}-{b}" for a, b in stretches(host.blocked_weeks)]}
        super().__init__(*args, **kwargs)
        self.round: Round = host.round
        self.fields["keep"].choices = [(f"{a}-{b}", self._told(a, b)) for a, b in spans]  # type: ignore[attr-defined]

    def _told(self, first: int, last: int) -> str:
        sunday = monday_of(self.round, last + 1) - timedelta(days=1)
        return f"{wording.day(monday_of(self.round, first))} – {wording.day(sunday)}"

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        weeks: set[int] = set()
        for text in found.get("keep", []):
            first, last = map(int, text.split("-"))
            weeks |= set(range(first, last + 1))
        start, end = found.get("closed_from"), found.get("closed_to")
        if bool(start) != bool(end) or (start and end and end < start):
            self.add_error("closed_to", _("Give a first and a last day, in order."))
        elif start and end:
            span = range((start - self.round.start).days // 7, (end - self.round.start).days // 7 + 1)
            closed = {week for week in span if 0 <= week < self.round.weeks}
            if not closed:
                self.add_error("closed_to", _("A week lies outside the round."))
            weeks |= closed
        return found | {"blocked_weeks": sorted(weeks)}

    @property
    def terms(self) -> dict[str, Any]:
        """What the rule takes."""
        return {name: self.cleaned_data[name] for name in ("accepts", "seats", "cost_percent", "blocked_weeks")}


def stretches(weeks: list[int]) -> list[tuple[int, int]]:
    """Weeks as stretches without holes: [1, 2, 5] is (1, 2), (5, 5)."""
    found: list[tuple[int, int]] = []
    for week in sorted(weeks):
        if found and week == found[-1][1] + 1:
            found[-1] = (found[-1][0], week)
        else:
            found.append((week, week))
    return found


class PartForm(forms.Form):
    part = forms.UUIDField()


class AnswerForm(PartForm):
    answer = forms.ChoiceField(choices=[("accept", "accept"), ("refuse", "refuse")])
    share = forms.IntegerField(required=False)
    reason = forms.CharField(required=False, max_length=2000)


class ReasonForm(forms.Form):
    reason = forms.CharField(required=False, max_length=2000)


class PlaceForm(Dressed):
    """Where the partners of a proposal are to meet."""

    organisation = forms.ChoiceField(label=_("Place"))
    reason = forms.CharField(label=_("Why"), required=False, max_length=2000)

    def __init__(self, *args: Any, proposal: Proposal, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organisation"].choices = [  # type: ignore[attr-defined]
            (str(p.organisation.pk), f"{p.organisation} ({wording.amount(p.cost_cents, whole=True)})")
            for p in places(proposal)
        ]


class WeekForm(Dressed):
    """When the partners of a proposal are to meet."""

    week = forms.TypedChoiceField(label=_("Week of"), coerce=int)
    reason = forms.CharField(label=_("Why"), required=False, max_length=2000)

    def __init__(self, *args: Any, proposal: Proposal, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["week"].choices = [(week, wording.day(day)) for week, day in possible_weeks(proposal)]  # type: ignore[attr-defined]


class PairForm(Dressed):
    """Two partners of a round who are not to be put together."""

    body = forms.ChoiceField(label=_("Partner"))
    other_body = forms.ChoiceField(label=_("not with"))
    reason = forms.CharField(label=_("Why"), max_length=2000)

    def __init__(self, *args: Any, round: Round, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        partners = [(str(p.body_id), str(p.body)) for p in round.partners.select_related("body")]
        for name in ("body", "other_body"):
            self.fields[name].choices = partners  # type: ignore[attr-defined]
