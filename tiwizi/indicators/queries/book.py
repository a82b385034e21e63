"""What is measured in a strategic plan, each thing as flat texts: what its workbook says, and what two states of it are
compared by. An empty text is: nothing said."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.dateparse import parse_date

from tiwizi.base import wording
from tiwizi.framework.models import Framework
from tiwizi.indicators.models import (
    Assignment,
    Breakdown,
    BreakdownSet,
    Category,
    Indicator,
    IndicatorImport,
    Measurement,
    Target,
)
from tiwizi.indicators.queries.definitions import bodies_inside
from tiwizi.indicators.queries.structure import periods_of
from tiwizi.network import queries as network
from tiwizi.network.models import Body

Texts = dict[str, str]
LANGUAGES = [code for code, _language in settings.LANGUAGES]
TRANSLATED = ("name", "unit", "verification", "note")
YES, NO = "yes", "no"
EVERY = "*"  # before the code of a kind: every body of it
NAMES: Texts = {f"name_{code}": "" for code in LANGUAGES}
EMPTY: dict[str, Texts] = {
    "sets": NAMES,
    "categories": NAMES | {"start": "", "end": ""},
    "indicators": {f"{name}_{code}": "" for name in TRANSLATED for code in LANGUAGES}
    | {"counts": "", "calculation": "sum", "direction": "up", "decimals": "0", "frequency": "period", "public": YES}
    | dict.fromkeys(["sets", "reporters", "baseline", "baseline_date", "baseline_source"], ""),
    "targets": {"value": ""},
}
Place = tuple[str, str]  # number of a result, code of an indicator
Life = tuple[date | None, date | None]


def day_text(day: date | None) -> str:
    return day.isoformat() if day else ""


def number_text(number: Decimal | None) -> str:
    return "" if number is None else wording.plain(number)


def day_of(text: str) -> date | None:
    """A day out of its text; `None` for an empty one."""
    return parse_date(text) if text else None


def number_of(text: str) -> Decimal | None:
    """A number out of its text; `None` for an empty one, no number for anything else."""
    try:
        return Decimal(text) if text else None
    except InvalidOperation:
        return Decimal("NaN")


def names_of(name: str, texts: Mapping[str, str]) -> Texts:
    """A translated text as flat ones."""
    return {f"{name}_{code}": texts.get(code, "") for code in LANGUAGES}


def texts_of(name: str, flat: Mapping[str, str]) -> Texts:
    """A translated text out of flat ones; a language without words is left out."""
    return {code: text for code in LANGUAGES if (text := flat.get(f"{name}_{code}", ""))}


def category_texts(one: Category) -> Texts:
    """What a category says."""
    return names_of("name", one.name) | {"start": day_text(one.start), "end": day_text(one.end)}


def own_texts(one: Indicator) -> Texts:
    """The description and the baseline of an indicator: what `typed_values` reads back."""
    told: Texts = {}
    for name in TRANSLATED:
        told |= names_of(name, getattr(one, name))
    return told | {
        "counts": one.counts, "calculation": one.calculation, "direction": one.direction,
        "decimals": str(one.decimals), "frequency": one.frequency, "public": YES if one.public else NO,
        "baseline": number_text(one.baseline), "baseline_date": day_text(one.baseline_date),
        "baseline_source": one.baseline_source,
    }  # fmt: skip


def typed_values(flat: Mapping[str, str]) -> dict[str, Any]:
    """The description and the baseline of an indicator, as its rules take them."""
    return {name: texts_of(name, flat) for name in TRANSLATED} | {
        "counts": flat["counts"],
        "calculation": flat["calculation"],
        "direction": flat["direction"],
        "frequency": flat.get("frequency", "period"),  # what was kept before there were several is silent
        "decimals": int(flat["decimals"]) if flat["decimals"].removeprefix("-").isdecimal() else None,
        "baseline": number_of(flat["baseline"]),
        "baseline_date": day_of(flat["baseline_date"]),
        "baseline_source": flat["baseline_source"],
        "public": flat["public"] == YES,
    }


class Defined:
    """Everything that is defined in a strategic plan; a fixed number of queries."""

    def __init__(self, framework: Framework) -> None:
        self.framework, self.today = framework, network.today()
        self.results = {one.number: one for one in framework.results.all()}
        self.sets = {one.code: one for one in framework.breakdown_sets.prefetch_related("categories")}
        self.categories = {(code, c.code): c for code, one in self.sets.items() for c in one.categories.all()}
        self.periods = {one.code: one for one in periods_of(framework)}
        self.indicators: dict[Place, Indicator] = {}
        results = {one.pk: one for one in self.results.values()}
        figures = Measurement.objects.filter(indicator=OuterRef("pk"))
        those = Indicator.objects.filter(result__framework=framework).annotate(reported=Exists(figures))
        for one in those.order_by("result__position", "position"):
            one.result = results[one.result_id]
            self.indicators[one.result.number, one.code] = one
        self.bodies = self._bodies()
        self.kinds = {one.kind_id: one.kind for one in self.bodies.values()}
        self._lives()

    def _bodies(self) -> dict[str, Body]:
        """Every body that may report or be aimed at, the widest first."""
        inside = {one.pk: one for one in bodies_inside(self.framework)}
        inside.setdefault(self.framework.body_id, self.framework.body)
        self.slugs = {one.pk: one.slug for one in inside.values()}
        return {one.slug: one for one in sorted(inside.values(), key=lambda one: (one.kind.rank, one.slug))}

    def _lives(self) -> None:
        self.by_kind: dict[str, set[UUID]] = defaultdict(set)
        for one in self.bodies.values():
            self.by_kind[one.kind_id].add(one.pk)
        self.breakdowns: dict[UUID, dict[str, Life]] = defaultdict(dict)
        codes = {one.pk: one.code for one in self.sets.values()}
        rows = Breakdown.objects.filter(indicator__result__framework=self.framework)
        for pk, by_set, *life in rows.values_list("indicator_id", "set_id", "start", "end"):
            self.breakdowns[pk][codes[by_set]] = (life[0], life[1])
        self.asked: dict[UUID, dict[UUID, Life]] = defaultdict(dict)
        who = Assignment.objects.filter(indicator__result__framework=self.framework, body__in=self.slugs)
        for pk, body, *life in who.values_list("indicator_id", "body_id", "start", "end"):
            self.asked[pk][body] = (life[0], life[1])

    def goes_on(self, life: Life) -> bool:
        """Has it not ended yet?"""
        return life[1] is None or life[1] >= self.today

    def who_text(self, bodies: Iterable[UUID]) -> str:
        """Bodies as one text: a kind whose every body is meant stands for them all."""
        left, told = set(bodies), []
        for kind, those in sorted(self.by_kind.items()):
            if len(those) > 1 and those <= left:
                told.append(EVERY + kind)
                left -= those
        return ";".join(told + sorted(self.slugs[pk] for pk in left))

    def who(self, text: str) -> set[UUID]:
        """The bodies that such a text means."""
        found: set[UUID] = set()
        for one in filter(None, text.split(";")):
            found |= self.by_kind[one[1:]] if one.startswith(EVERY) else {self.bodies[one].pk}
        return found

    def indicator_texts(self, one: Indicator) -> Texts:
        """What an indicator says, with what is asked of it from today on."""
        return own_texts(one) | {
            "sets": ";".join(sorted(c for c, life in self.breakdowns[one.pk].items() if self.goes_on(life))),
            "reporters": self.who_text(pk for pk, life in self.asked[one.pk].items() if self.goes_on(life)),
        }

    def called(self, place: Place) -> str:
        """How a target names an indicator: by its code, and its result where several share it."""
        number, code = place
        shared = sum(other == code for _number, other in self.indicators) > 1
        return f"{code} ({number})" if shared else code


def targets_among(indicators: Iterable[Indicator], bodies: Iterable[Body]) -> "QuerySet[Target]":
    """The targets of these indicators and bodies, in the order of reading."""
    found = Target.objects.filter(indicator__in=list(indicators), body__in=list(bodies))
    return found.order_by("indicator__result__position", "indicator__position", "body__slug", "period__start")


def imports_of(framework: Framework) -> list[IndicatorImport]:
    """The latest imports of indicators, without what their files said."""
    return list(IndicatorImport.objects.filter(framework=framework).defer("entries", "undo")[:20])


def set_texts(one: BreakdownSet) -> Texts:
    """What a breakdown says."""
    return names_of("name", one.name)
