"""The workbook of indicators: what is measured in a strategic plan, its targets and breakdowns, in one language.

The same indicators give the same bytes, whenever and wherever it is written.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import QuerySet
from django.utils import translation
from django.utils.translation import gettext as _

from tiwizi.base import wording
from tiwizi.framework.models import Framework
from tiwizi.indicators.models import Target
from tiwizi.indicators.queries import book
from tiwizi.indicators.queries.book import EVERY as EVERY_SIGN
from tiwizi.indicators.queries.book import Defined, day_of, number_of, number_text
from tiwizi.indicators.rules.entries import key_of, was_text
from tiwizi.interop import labels
from tiwizi.interop.indicator_reader import MOST_TARGETS
from tiwizi.interop.indicator_words import (
    CALCULATIONS,
    COUNTS,
    DIRECTIONS,
    EVERY,
    FREQUENCIES,
    HEADERS,
    LIFE,
    LISTS,
    NEEDED,
    SCHEMA,
    SHEETS,
    Words,
)
from tiwizi.interop.parts_book import Line, PartsWriter
from tiwizi.interop.words import LANGUAGES, NO, YES

_CHOSEN = {
    ("indicators", "result"): "results", ("indicators", "counts"): "counts",
    ("indicators", "calculation"): "calculations", ("indicators", "direction"): "directions",
    ("indicators", "sets"): "sets", ("indicators", "reporters"): "who", ("indicators", "frequency"): "frequencies",
    ("indicators", "public"): "answers",
    ("targets", "body"): "bodies", ("targets", "period"): "periods", ("categories", "set"): "sets",
}  # fmt: skip
_TEXTS = ("name", "unit", "verification", "note")
_WIDE = {f"{name}_{code}" for name in _TEXTS for code in LANGUAGES} | {
    "result", "sets", "reporters", "baseline_source", "indicator", "body", "set",
}  # fmt: skip
_NUMBERS, _DAYS = {"decimals", "baseline", "value"}, {"baseline_date", "start", "end"}


def indicator_workbook(framework: Framework, language: str, *, empty: bool = False) -> bytes:
    """The workbook of a strategic plan with what is measured; `empty`: only its sheets, lists and instructions."""
    if language not in LANGUAGES:
        raise ValueError(f"no workbook of indicators in {language!r}: one of {', '.join(LANGUAGES)}")
    with translation.override(language):
        return _Writer(framework, language, empty=empty).workbook()


def words_of(defined: Defined, language: str) -> dict[str, dict[str, str]]:
    """What each list of the workbook calls its codes."""

    def said(words: Mapping[str, Words]) -> dict[str, str]:
        return {code: those[language] for code, those in words.items()}

    bodies = labels.labels(defined.bodies, language)
    kinds = labels.labels(defined.kinds, language)
    return {
        "results": labels.labels(defined.results, language),
        "counts": said(COUNTS),
        "calculations": said(CALCULATIONS),
        "directions": said(DIRECTIONS),
        "frequencies": said(FREQUENCIES),
        "sets": labels.labels(defined.sets, language),
        "who": {EVERY_SIGN + code: f"{EVERY[language]}: {name}" for code, name in kinds.items()} | bodies,
        "answers": {book.YES: YES[language], book.NO: NO[language]},
        "bodies": bodies,
        "periods": {"": LIFE[language]} | {code: code for code in defined.periods},
    }


class _Writer(PartsWriter):
    schema, headers, needed, sheets, chosen, wide = SCHEMA, HEADERS, NEEDED, SHEETS, _CHOSEN, _WIDE
    lists, hidden, days, first = LISTS, {"was"}, _DAYS, "indicators"
    coded = {"code", "indicator", "period"}

    def __init__(self, framework: Framework, language: str, *, empty: bool) -> None:
        self.framework, self.empty, self.defined = framework, empty, Defined(framework)
        self.names = words_of(self.defined, language)
        super().__init__(f"{framework.body} · {framework}", language)

    def lines(self) -> Mapping[str, Iterable[Line]]:
        if self.empty:
            return dict.fromkeys(HEADERS, ())
        return {
            "indicators": self._indicators(),
            "targets": self._targets(),
            "sets": [self._line(code, book.set_texts(one), code=code) for code, one in self.defined.sets.items()],
            "categories": [
                self._line(key_of(*place), book.category_texts(one), set=place[0], code=place[1])
                for place, one in self.defined.categories.items()
            ],
        }

    def _line(self, key: str, texts: Mapping[str, str], **named: str) -> Line:
        """A row in flat texts, beside what it says today."""
        return {**named, **texts, "was": was_text(key, texts)}

    def _indicators(self) -> Iterable[Line]:
        for (number, code), one in self.defined.indicators.items():
            if one.archived_at is None:
                yield self._line(key_of(number, code), self.defined.indicator_texts(one), result=number, code=code)

    def _targets(self) -> Iterable[Line]:
        places = {one.pk: place for place, one in self.defined.indicators.items() if one.archived_at is None}
        codes = {one.pk: code for code, one in self.defined.periods.items()}
        for one in self._found_targets()[:MOST_TARGETS]:
            place, slug = places[one.indicator_id], self.defined.slugs[one.body_id]
            if one.period_id is not None and one.period_id not in codes:
                continue
            period = codes[one.period_id] if one.period_id else ""
            named = {"indicator": self.defined.called(place), "body": slug, "period": period or LIFE[self.language]}
            yield self._line(key_of(*place, slug, period), {"value": number_text(one.value)}, **named)

    def _found_targets(self) -> "QuerySet[Target]":
        those = [one for one in self.defined.indicators.values() if one.archived_at is None]
        return book.targets_among(those, self.defined.bodies.values())

    def told(self, part: str, name: str, value: Any) -> Any:
        """Flat texts as cells: names for codes, numbers and days as such."""
        if not isinstance(value, str):
            return value
        if name in _NUMBERS:
            return number_of(value)
        if name in _DAYS:
            return day_of(value)
        known = self.names.get(self.chosen.get((part, name), ""), {})
        if name in ("sets", "reporters"):
            names = [known.get(code, code) for code in filter(None, value.split(";"))]
            return "; ".join(code if ";" in name else name for name, code in zip(names, value.split(";"), strict=False))
        return known.get(value, value)

    def instructions(self) -> list[str]:
        count = 0 if self.empty else self._found_targets().count()
        if count <= MOST_TARGETS:
            return _instructions()
        sentence = _("Only the first %(shown)s of %(count)s targets stand here; the others are on the pages.")
        return [*_instructions(), sentence % {"shown": wording.number(MOST_TARGETS), "count": wording.number(count)}]


def _instructions() -> list[str]:
    return [
        _("Each sheet is one kind of thing, each row one thing. Columns marked with * are needed."),
        _("An indicator is found again by its result and its code. A code that is not there yet is a new one."),
        _("Choose from the lists. Breakdowns and who reports may be several, parted by semicolons."),
        _("Who reports: “every”, a colon and a kind of body asks all of them; whom you take out is no longer asked."),
        _("Empty is not zero: an empty baseline was not measured; 0 is zero. The same holds for targets."),
        _("Targets: one row for an indicator, a body and a period; without a period it is for the whole life."),
        _("Once figures stand, what an indicator counts, its unit and how its totals are made cannot change."),
        _("A row that you delete here stays: indicators are put away, targets taken back on their pages."),
        _("What others change after you downloaded this file is kept; where you both changed the same, you are told."),
        _("Nothing is changed before you have seen what would change, and an import can be undone."),
        _("Do not write names of persons."),
    ]
