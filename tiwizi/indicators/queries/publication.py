"""What everybody may read of a programme's results: accepted figures of public indicators, and nothing that somebody
wrote about them. The one reading of the public pages, of their CSV and of the coordinator's preview."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, QuerySet

from tiwizi.framework.models import Framework
from tiwizi.framework.queries import framework_of
from tiwizi.indicators.models import BreakdownSet, Category, Indicator, Measurement, Period, Publication, Report
from tiwizi.indicators.models.reports import SETTLED
from tiwizi.indicators.queries.compute import compute
from tiwizi.indicators.queries.results import Cell, Line, Look, Rows, categories_in, lines_of, progress, totals_of
from tiwizi.indicators.queries.scope import Scope, around, scope_of
from tiwizi.indicators.queries.small import hides, may_be_split, too_small
from tiwizi.indicators.queries.structure import structure
from tiwizi.indicators.queries.targets import aims
from tiwizi.network import queries as network
from tiwizi.network.models import Body


def open_publications() -> list[Publication]:
    """The programmes whose results stand open, by name. One query."""
    found = Publication.objects.filter(closed_at__isnull=True).select_related("body__kind")
    return sorted(found, key=lambda one: network.folded(str(one.body)))


def open_publication(slug: str) -> Publication | None:
    """That of one programme; None when it is closed or never was."""
    found = Publication.objects.filter(closed_at__isnull=True, body__slug=slug)
    return found.select_related("body__kind").first()


def publications_of(body: Body) -> list[Publication]:
    """When a programme's results stood open, the latest first."""
    return list(Publication.objects.filter(body=body).order_by("-opened_at"))


def public_indicators(framework: Framework) -> QuerySet[Indicator]:
    """Those that everybody may see. What is told in words is left out: nobody knows whom words name."""
    those = Indicator.objects.filter(result__framework=framework, public=True, archived_at__isnull=True)
    those = those.exclude(counts=Indicator.Counts.TEXT).select_related("result")
    return those.order_by("result__position", "position", "pk")


@dataclass(frozen=True)
class Ready:
    """A period with how many of its sheets that hold figures are accepted, and how many wait for that."""

    period: Period
    accepted: int
    waiting: int

    @property
    def due(self) -> bool:
        """Its sheets were due already."""
        return bool(self.period.due < network.today())

    @property
    def shown(self) -> bool:
        """Everything in it is accepted, and nobody has time left to hand in more."""
        return self.due and bool(self.accepted) and not self.waiting


def readiness(periods: Sequence[Period]) -> list[Ready]:
    """Which of these periods can be shown. One query, whatever their number."""
    filled = Report.objects.filter(Exists(Measurement.objects.filter(report=OuterRef("pk"))), period__in=periods)
    counts: dict[UUID, dict[bool, int]] = defaultdict(lambda: {True: 0, False: 0})
    for period, state, count in filled.order_by().values_list("period_id", "state").annotate(Count("pk")):
        counts[period][state in SETTLED] += count
    return [Ready(one, counts[one.pk][True], counts[one.pk][False]) for one in periods]


@dataclass(frozen=True)
class Split:
    """A figure of one period by one breakdown: its parts by category, or nothing where one of them is too small.
    `uneven`: they are told, and do not make up the figure."""

    period: Period
    parts: list[Decimal | None] | None
    uneven: bool = False


@dataclass(frozen=True)
class Breakdown:
    """A breakdown of an indicator, period by period."""

    set: BreakdownSet
    categories: list[Category]
    splits: list[Split]

    @property
    def hidden(self) -> bool:
        """Some period is not told, because of a small number."""
        return any(one.parts is None for one in self.splits)

    @property
    def uneven(self) -> bool:
        """In some period the parts told do not make up the figure."""
        return any(one.uneven for one in self.splits)


@dataclass(frozen=True)
class Shown:
    """An indicator as everybody sees it. `withheld`: some of its figures wait until others are accepted."""

    line: Line
    breakdowns: list[Breakdown]
    withheld: bool

    @property
    def aimed(self) -> bool:
        """Some period shown has a target."""
        return any(cell.target is not None and cell.target.value is not None for cell in self.line.cells)


@dataclass(frozen=True)
class Public:
    """A programme's results as everybody sees them: which periods, in which network, by which categories."""

    body: Body
    framework: Framework
    scope: Scope
    ready: list[Ready]
    categories: list[Category] = field(repr=False)

    @property
    def periods(self) -> list[Period]:
        return [one.period for one in self.ready if one.shown]

    @property
    def indicators(self) -> QuerySet[Indicator]:
        return public_indicators(self.framework)


def public_results(body: Body) -> Public | None:
    """What may be read of a programme; None when it has no strategic plan. Few queries, whatever the size."""
    framework = framework_of(body, [body])
    if framework is None:
        return None
    scope = scope_of(around(body, framework))
    return Public(body, framework, scope, readiness(scope.periods), categories_in(scope))


def shown_of(indicators: Iterable[Indicator], public: Public) -> list[Shown]:
    """These indicators with their accepted figures. Queries do not grow with their number."""
    those = list(indicators)
    rows = totals_of(those, public.scope)
    targets = aims(those, public.scope)  # of the whole plan, also where periods are not shown yet
    accepted = replace(public.scope, periods=public.periods, every=public.scope.periods)
    lines = lines_of(those, accepted, Look(), public.categories, rows=rows, targets=targets)
    partial = _partial(rows, public)
    again = _different([one for one in those if one.calculation == "unique" and one.pk in partial], public)
    known = {one.pk: one for one in public.categories}
    return [_shown(line, again, known, withheld=line.indicator.pk in partial) for line in lines]


def _shown(
    line: Line, again: Mapping[UUID, Decimal | None], known: Mapping[UUID, Category], *, withheld: bool
) -> Shown:
    indicator = line.indicator
    cells = [_cell(cell) for cell in line.cells]
    value = again[indicator.pk] if indicator.pk in again else _value(line, cells)
    clean = replace(
        line,
        value=value,
        own=value,  # seen from outside nothing is anybody else's: the bar is of one piece
        progress=progress(indicator, value, line.target.value if line.target else None),
        cells=cells,
        parts=[],
        uneven=[],
    )
    return Shown(clean, _breakdowns(clean, known), withheld)


def _partial(rows: Rows, public: Public) -> set[UUID]:
    """The indicators of which something was reported in a period that is not shown."""
    waiting = {one.period.pk for one in public.ready if not one.shown}
    return {
        indicator
        for indicator, told in rows.items()
        if any(period in waiting and row["counted"] for period, row in told.items())
    }


def _different(indicators: Sequence[Indicator], public: Public) -> dict[UUID, Decimal | None]:
    """How many different ones over the periods shown, counted again: the total that is kept is over all periods."""
    if not indicators:
        return {}
    rows = compute(indicators, structure(public.framework, public.periods), bodies={public.scope.whose})
    found = {one.pk: rows.get((public.scope.whose, one.pk, None)) for one in indicators}
    return {pk: row.value if row else None for pk, row in found.items()}


def _cell(cell: Cell) -> Cell:
    """A stock holds on from periods before: where one of its figures there is not accepted, it is not shown here."""
    if cell.settled == cell.counted:
        return replace(cell, own=None)
    return replace(cell, value=None, own=None, by={})


def _value(line: Line, cells: Sequence[Cell]) -> Decimal | None:
    if line.indicator.calculation != "latest":
        return line.value
    return next((cell.value for cell in reversed(cells) if cell.value is not None), None)


def _breakdowns(line: Line, known: Mapping[UUID, Category]) -> list[Breakdown]:
    """By each set of which something was told, with all its categories: one that nobody told is not reported. A set of
    one category for persons is left out: it says of everybody what they are."""
    if not may_be_split(line.indicator):
        return []
    sets: dict[BreakdownSet, dict[UUID, Category]] = defaultdict(dict)
    for pk, category in known.items():
        sets[category.set][pk] = category
    return [
        Breakdown(one, list(those.values()), [_split(line, cell, list(those)) for cell in told])
        for one, those in sets.items()
        if (told := _told(line, those)) and (len(those) > 1 or not hides(line.indicator))
    ]


def _told(line: Line, categories: Collection[UUID]) -> list[Cell]:
    """The periods in which something was said by these categories."""
    return [cell for cell in line.cells if not cell.parts.keys().isdisjoint(categories)]


def _split(line: Line, cell: Cell, categories: Sequence[UUID]) -> Split:
    parts = [cell.parts.get(pk) for pk in categories]
    if hides(line.indicator) and too_small(parts):
        return Split(cell.period, None)
    return Split(cell.period, parts, sum(one for one in parts if one is not None) != cell.value)
