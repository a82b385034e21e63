"""What the large programme measures, and half a million figures of it."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any
from uuid import UUID

from tiwizi.framework.models import TargetGroup
from tiwizi.indicators import rules
from tiwizi.indicators.models import (
    Assignment,
    Breakdown,
    BreakdownSet,
    Indicator,
    Measurement,
    Period,
    Report,
    Share,
    Target,
)
from tiwizi.interop.large.network import END, START, Network
from tiwizi.interop.large.planned import Planned
from tiwizi.network.models import Body
from tiwizi.plans.models import Activity

# (counts, calculation, weight): most figures are added.
MIX = [
    ("persons", "sum", 30), ("acts", "sum", 22), ("money", "sum", 8), ("structures", "latest", 8),
    ("persons", "latest", 7), ("persons", "ratio", 10), ("scale", "average", 6), ("persons", "maximum", 3),
    ("structures", "unique", 4), ("text", "sum", 2),
]  # fmt: skip
UNITS = {
    "persons": {"fr": "personnes", "nl": "personen", "en": "persons", "ar": "أشخاص"},
    "acts": {"fr": "actes", "nl": "akten", "en": "acts", "ar": "أعمال"},
    "money": {"fr": "euros", "nl": "euro", "en": "euros", "ar": "يورو"},
    "structures": {"fr": "structures", "nl": "structuren", "en": "structures", "ar": "هياكل"},
    "scale": {"fr": "points", "nl": "punten", "en": "points", "ar": "نقاط"},
    "text": {"fr": "récit", "nl": "verhaal", "en": "story", "ar": "سرد"},
}
NAMES = {"fr": "Indicateur", "nl": "Indicator", "en": "Indicator", "ar": "مؤشر"}
SEX = [("f", "Femmes", "Vrouwen", "Women", "نساء"), ("m", "Hommes", "Mannen", "Men", "رجال")]
AGE = [
    ("under-18", "Moins de 18 ans", "Jonger dan 18", "Under 18", "أقل من 18"),
    ("18-35", "18 à 35 ans", "18 tot 35", "18 to 35", "من 18 إلى 35"),
    ("over-35", "Plus de 35 ans", "Ouder dan 35", "Over 35", "أكثر من 35"),
]
TARGET = {"fr": "Groupe cible", "nl": "Doelgroep", "en": "Target group", "ar": "الفئة المستهدفة"}
SETS = {
    "sex": ({"fr": "Sexe", "nl": "Geslacht", "en": "Sex", "ar": "الجنس"}, SEX),
    "age": ({"fr": "Âge", "nl": "Leeftijd", "en": "Age", "ar": "العمر"}, AGE),
}
# State of sheets by how many periods lie after theirs, as chances in percent; what is left has no sheet yet.
STATES = [
    {"draft": 40, "submitted": 2},
    {"submitted": 54, "validated": 26, "returned": 6, "draft": 8},
    {"submitted": 8, "validated": 70, "certified": 20, "returned": 2},
    {"validated": 55, "certified": 45},
]
SETTLED_STATES = {"validated": 4, "certified": 96}  # of older ones
TOGETHER = 5  # indicators that a collective activity is reported by
ALONE = 0.08  # of a body's figures, those of one activity
Cell = tuple[Report, Indicator, Activity | None]


class Measured:
    """The definitions, then the sheets; all of it follows from the network's luck, in one order."""

    def __init__(self, network: Network, planned: Planned) -> None:
        self.network, self.planned, self.luck, self.size = network, planned, network.luck, network.size
        self.indicators: list[Indicator] = []
        self.reporters: dict[UUID, list[Body]] = {}
        self.sets_of: dict[UUID, list[BreakdownSet]] = {}
        self.parts = {
            activity.pk: {part.body_id: int(part.replaced.participants or 1) for part in activity.parts.all()}
            for those in planned.together.values()
            for activity in those
        }

    def _id(self) -> UUID:
        return UUID(int=self.luck.getrandbits(128), version=4)

    def define(self) -> int:
        """Periods, breakdowns, indicators, who reports them, targets; returns how many rows."""
        self.periods = self._periods()
        self.sets = self._sets()
        self.codes = {one.pk: [category.code for category in one.categories.all()] for one in self.sets}
        self.indicators = [self._indicator(k) for k in range(self.size.indicators)]
        self._share_out()
        return rules.plant_definitions(
            framework=self.planned.framework,
            indicators=self.indicators,
            breakdowns=list(self._breakdowns()),
            assignments=[
                Assignment(id=self._id(), indicator_id=pk, body=body)
                for pk, bodies in self.reporters.items()
                for body in bodies
            ],
            targets=list(self._targets()),
        )

    def _periods(self) -> list[Period]:
        """Half years, the last of which is the framework's last."""
        found: list[Period] = []
        for k in range(10 - self.size.periods, 10):
            year, half = START.year + k // 2, k % 2
            start, end = (date(year, 7, 1), date(year, 12, 31)) if half else (date(year, 1, 1), date(year, 6, 30))
            due = end + timedelta(days=31)
            found.append(
                rules.add_period(
                    by=None, framework=self.planned.framework, code=f"{year}-{half + 1}", start=start, end=end, due=due
                )
            )
        return found

    def _sets(self) -> list[BreakdownSet]:
        made = []
        for code, (name, categories) in SETS.items():
            known = [
                {"code": c, "name": dict(zip(("fr", "nl", "en", "ar"), names, strict=True))} for c, *names in categories
            ]
            made.append(
                rules.define_set(by=None, framework=self.planned.framework, code=code, name=name, categories=known)
            )
        groups = [
            {"code": group.code, "name": group.name, "target_group": group}
            for group in TargetGroup.objects.filter(framework=self.planned.framework)
        ]
        made.append(
            rules.define_set(
                by=None, framework=self.planned.framework, code="target-group", name=TARGET, categories=groups
            )
        )
        return made

    def _indicator(self, k: int) -> Indicator:
        counts, calculation, _ = self.luck.choices(MIX, [weight for *_, weight in MIX])[0]
        known = self.luck.random() < 0.7
        return Indicator(
            id=self._id(),
            result=self.planned.results[k * len(self.planned.results) // self.size.indicators],
            code=f"I{k + 1:04}",
            position=k,
            name={language: f"{word} {k + 1}" for language, word in NAMES.items()},
            counts=counts,
            unit=UNITS[counts],
            calculation=calculation,
            decimals=1 if counts == "scale" else 0,
            baseline=Decimal(self.luck.randint(0, 20)) if known and counts != "text" else None,
            baseline_date=START if known and counts != "text" else None,
            public=self.luck.random() < 0.5,
            illustrative=True,
        )

    def _share_out(self) -> None:
        """Which bodies report which indicator: partnerships, and each region for what it does together."""
        for indicator in self.indicators:
            self.reporters[indicator.pk] = self.luck.sample(self.network.partnerships, self.size.reporters)
        added = [one for one in self.indicators if one.calculation == "sum" and one.counts == "persons"]
        self.reported_together: dict[UUID, list[Indicator]] = {}
        for slug, activities in self.planned.together.items():
            for activity in activities:
                chosen = self.luck.sample(added, min(TOGETHER, len(added)))
                self.reported_together[activity.pk] = chosen
                for one in chosen:
                    if self.network.by_slug[slug] not in self.reporters[one.pk]:
                        self.reporters[one.pk].append(self.network.by_slug[slug])

    def _breakdowns(self) -> Iterator[Breakdown]:
        """A third of all indicators, among those that can be broken down."""
        fit = [one for one in self.indicators if one.calculation in ("sum", "latest") and one.counts != "text"]
        for indicator in self.luck.sample(fit, min(len(fit), -(-self.size.indicators // 3))):
            self.sets_of[indicator.pk] = self.luck.sample(self.sets, self.luck.choice([1, 1, 2]))
            for one in self.sets_of[indicator.pk]:
                yield Breakdown(id=self._id(), indicator=indicator, set=one)

    def _targets(self) -> Iterator[Target]:
        """Over the whole life: of the programme for most, of each reporting body for half of them."""
        for indicator in self.indicators:
            if indicator.counts == "text" or self.luck.random() < 0.1:
                continue
            one = self.luck.randint(40, 400)
            below = indicator.calculation in ("sum", "latest") and self.luck.random() < 0.5
            bodies = self.reporters[indicator.pk] if below else [self.network.programme]
            for body in bodies:
                yield Target(id=self._id(), indicator=indicator, body=body, period=None, value=Decimal(one))
            last = self.periods[-1]
            yield Target(id=self._id(), indicator=indicator, body=bodies[0], period=last, value=Decimal(one // 10 + 1))

    def report(self, told: Callable[[int], None]) -> int:
        """Sheets in every state with their figures; `told(made)` now and then. Returns how many figures."""
        reports = [
            report
            for body in [*self.network.partnerships, *self.network.regions]
            for k, period in enumerate(self.periods)
            if (report := self._report(body, period, len(self.periods) - 1 - k)) is not None
        ]
        cells = list(self._together(reports))
        cells += self._alone(reports, len(cells))
        filled = {report.pk for report, _, _ in cells}
        # Nobody hands in an empty sheet.
        reports = [report for report in reports if report.pk in filled or report.state == Report.State.DRAFT]
        return rules.plant_figures(reports=reports, figures=(self._figure(*cell) for cell in cells), told=told)

    def _report(self, body: Body, period: Period, after: int) -> Report | None:
        if (body.start and body.start > period.end) or (body.end and body.end < period.start):
            return None
        chances = STATES[after] if after < len(STATES) else SETTLED_STATES
        state = self.luck.choices([*chances, ""], [*chances.values(), 100 - sum(chances.values())])[0]
        if not state:
            return None
        report = Report(id=self._id(), body=body, period=period, state=state)
        report.state_reason = "Le total et les parties ne concordent pas." if state == "returned" else ""
        if state != "draft":
            person = self._reporter(body)
            report.submitted_by = person
            day = min(period.due - timedelta(days=self.luck.randint(0, 20)), END)
            report.submitted_at = datetime(day.year, day.month, day.day, 10, tzinfo=UTC)
        return report

    def _reporter(self, body: Body) -> UUID:
        role = "coordinator_south" if (body.slug, "coordinator_south") in self.network.people else "animator"
        return self.network.people[body.slug, role].pk

    def _together(self, reports: list[Report]) -> Iterator[Cell]:
        """What regions report of their collective activities, once for all who took part."""
        for report in reports:
            for activity in self.planned.together.get(report.body.slug, ()):
                for indicator in self.reported_together[activity.pk]:
                    if self.luck.random() < 0.6:
                        yield report, indicator, activity

    def _alone(self, reports: list[Report], together: int) -> Iterator[Cell]:
        """What partnerships report, of themselves or of one activity; some of what is due stays empty."""
        due: dict[UUID, list[Indicator]] = {}
        number = {one.pk: one for one in self.indicators}
        for pk, bodies in self.reporters.items():
            for body in bodies:
                due.setdefault(body.pk, []).append(number[pk])
        partners = {body.pk for body in self.network.partnerships}
        sheets = [report for report in reports if report.body_id in partners]
        cells = [(report, one) for report in sheets for one in due.get(report.body_id, ())]
        wanted = max(0, min(self.size.measurements - together, len(cells)))
        for at in sorted(self.luck.sample(range(len(cells)), wanted)):
            report, indicator = cells[at]
            own = self.planned.own[report.body.slug] if self.luck.random() < ALONE else []
            yield report, indicator, self.luck.choice(own) if own else None

    def _figure(
        self, report: Report, indicator: Indicator, activity: Activity | None
    ) -> tuple[Measurement, list[Share]]:
        luck = self.luck
        figure = Measurement(
            id=self._id(), report=report, indicator=indicator, activity=activity, changed_by=report.submitted_by
        )
        weights = self.parts.get(activity.pk, {}) if activity else {}
        shares = [Share(id=self._id(), measurement=figure, body_id=pk, weight=part) for pk, part in weights.items()]
        if luck.random() < 0.02:
            figure.not_applicable = True
            return figure, shares
        for name, value in self._said(indicator).items():
            setattr(figure, name, value)
        if figure.value is not None and indicator.pk in self.sets_of:
            figure.breakdown = {
                one.code: self._split(int(figure.value), self.codes[one.pk]) for one in self.sets_of[indicator.pk]
            }
        if luck.random() < 0.01:
            figure.comment = "Chiffre provisoire."
        return figure, shares

    def _said(self, indicator: Indicator) -> dict[str, Any]:
        luck = self.luck
        if indicator.counts == "text":
            return {"text": f"Avancée {luck.randint(1, 999)}."}
        if indicator.calculation == "ratio":
            below = luck.randint(1, 80)
            return {"numerator": Decimal(luck.randint(0, below)), "denominator": Decimal(below)}
        if indicator.calculation == "unique":
            return {"members": sorted({f"Structure {luck.randint(1, 400)}" for _ in range(luck.randint(0, 4))})}
        if indicator.counts == "scale":
            return {"value": Decimal(luck.randint(0, 50)) / 10}
        return {"value": Decimal(int(luck.expovariate(1 / 18)))}

    def _split(self, whole: int, codes: list[str]) -> dict[str, str]:
        """Parts that make the whole; one time in fifty they do not, as it happens."""
        edges = [0, *sorted(self.luck.randint(0, whole) for _ in codes[1:]), whole]
        parts = [after - before for before, after in pairwise(edges)]
        parts[0] += self.luck.random() < 0.02
        return {code: str(part) for code, part in zip(codes, parts, strict=True)}
