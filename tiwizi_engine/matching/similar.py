"""Needs that look alike: found by what their titles mean, filtered by facts, with reasons as data."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from tiwizi_engine.errors import EngineError
from tiwizi_engine.matching.facts import Columns, Facts, Id, Labels, Positions, distinct, km_between, weeks_in_common
from tiwizi_engine.matching.glossary import Glossary
from tiwizi_engine.matching.titles import SLACK, Scores, Titles
from tiwizi_engine.matching.words import as_written

MOST_PAIRS = 20_000_000  # of titles that are alike, when all are compared: what two gigabytes hold


@dataclass(frozen=True, kw_only=True)
class Need(Facts):
    """Something that a partnership wants to do, for a target group."""

    target: str | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.title is None:
            raise self.fault("title", "is missing")


@dataclass(frozen=True)
class Filter:
    """What has to hold between two needs. A fact that is not known does not pass a filter that asks for it.

    `least`: the likeness of their titles, above 0 and up to 1. `weeks`: at least so many in common. `km`: by road.
    """

    least: float = 0.25
    same_kind: bool = False
    same_target: bool = False
    common_language: bool = False
    weeks: int = 0
    km: float | None = None

    def __post_init__(self) -> None:
        if not 0 < self.least <= 1:
            raise EngineError("filter.least", f"expected a number above 0 and up to 1, got {self.least}")
        if self.weeks < 0:
            raise EngineError("filter.weeks", f"expected 0 or more, got {self.weeks}")
        if self.km is not None and not self.km >= 0:
            raise EngineError("filter.km", f"expected 0 kilometres or more, got {self.km}")


@dataclass(frozen=True)
class Reasons:
    """What two needs have in common: concepts of the glossary, words as the first has them, and facts.

    `None` is: not known of one of them.
    """

    concepts: tuple[str, ...]
    words: tuple[str, ...]
    same_kind: bool | None
    same_target: bool | None
    weeks: int | None
    km: float | None
    languages: tuple[str, ...]


@dataclass(frozen=True)
class Hit:
    """A need like the one asked about. `score`: the likeness of the titles, 0 to 1."""

    id: Id
    score: float
    reasons: Reasons


@dataclass(frozen=True)
class Group:
    """Needs that look alike: each member is like the `centre`, with score and reasons; the centre is not repeated."""

    centre: Id
    members: tuple[Hit, ...]


NO_FILTER = Filter()


class SimilarNeeds:
    """An index of needs, built once and asked often. Raises `EngineError` on ids that are not distinct."""

    def __init__(self, needs: Sequence[Need], glossary: Glossary | None = None) -> None:
        distinct(needs, "needs")
        self.needs = tuple(needs)
        self._titles = Titles([_title(need) for need in needs], glossary or Glossary.standard())
        self._columns = Columns(needs)
        self._position = {need.id: k for k, need in enumerate(needs)}
        self._targets = Labels([need.target for need in needs])

    def similar(self, need: Need, most: int = 10, where: Filter = NO_FILTER) -> tuple[Hit, ...]:
        """The needs most like one (which may be in the index or not), best first; itself, by its id, left out.

        Equal scores: the nearest first, then the order in which the needs were given.
        """
        if most < 1:
            raise EngineError("most", f"expected at least 1, got {most}")
        scores = self._titles.scores(_title(need))[self._titles.row_of]
        found = self._passing(need, np.flatnonzero(scores >= where.least - SLACK), where)
        return self._hits(need, found, scores[found], most)

    def groups(self, where: Filter = NO_FILTER, members: int = 2) -> tuple[Group, ...]:
        """Needs parted into groups of at least so many that look alike, each need in one at most.

        The need with the most titles like its own becomes the centre of the first group, and so on with those that
        remain (the stars of Aslam, Pelekhov and Rus 2004): nobody is in a group by way of a chain of neighbours.
        Raises `EngineError` when more titles are alike than can be held: raise `least`.
        """
        if members < 2:
            raise EngineError("members", f"expected at least 2, got {members}")
        near = list(self._near(where.least))
        row_of = self._titles.row_of.tolist()
        of_row: list[list[int]] = [[] for _ in near]
        for k, row in enumerate(row_of):
            of_row[row].append(k)
        size = [sum(len(of_row[other]) for other in rows) for rows, _ in near]
        free = np.ones(len(self.needs), dtype=np.bool_)
        found = []
        for centre in sorted(range(len(self.needs)), key=lambda k: -size[row_of[k]]):
            rows, likeness = near[row_of[centre]]
            # What is taken is passed over at once: thousands of one title would otherwise ask each for each.
            around = np.array(
                [k for row in rows for k in of_row[row] if free[k]] if free[centre] else [], dtype=np.int64
            )
            star = self._passing(self.needs[centre], around, where)
            if len(star) + 1 >= members:
                free[star] = free[centre] = False
                scores = likeness[np.searchsorted(rows, self._titles.row_of[star])]
                found.append(Group(self.needs[centre].id, self._hits(self.needs[centre], star, scores, len(star))))
        return tuple(found)

    def _near(self, least: float) -> Iterator[tuple[Positions, Scores]]:
        """For each row the rows like it, itself among them, and how much."""
        pairs = 0
        for _, block in self._titles.blocks():
            for row in block:
                at = np.flatnonzero(row >= least - SLACK)
                pairs += len(at)
                if pairs > MOST_PAIRS:
                    raise EngineError("filter.least", f"more than {MOST_PAIRS} titles are so alike: raise it")
                yield at, row[at]

    def _passing(self, need: Need, at: Positions, where: Filter) -> Positions:
        """Of some positions those that pass a filter; the need itself does not."""
        if where.same_kind:
            at = at[self._columns.same_kind(need, at)]
        if where.same_target:
            at = at[self._targets.same(need.target, at)]
        if where.common_language:
            at = at[self._columns.common_language(need, at)]
        if where.weeks:
            at = at[self._columns.weeks(need, at) >= where.weeks]
        if where.km is not None:
            at = at[self._columns.km(need, at) <= where.km]
        return np.asarray(at[at != self._position.get(need.id, -1)])

    def _hits(self, need: Need, at: Positions, scores: Scores, most: int) -> tuple[Hit, ...]:
        if len(at) > most:
            # Whoever is as good as the last that has a place goes on to be told apart by distance.
            good = scores >= np.partition(scores, len(at) - most)[len(at) - most]
            at, scores = at[good], scores[good]
        km = np.nan_to_num(self._columns.km(need, at), nan=np.inf)
        best = np.lexsort((at, km, -scores))[:most]
        return tuple(
            Hit(self.needs[k].id, round(score, 4), self._reasons(need, k))
            for k, score in zip(at[best].tolist(), scores[best].tolist(), strict=True)
        )

    def _reasons(self, need: Need, k: int) -> Reasons:
        other, mine = self.needs[k], self._titles.glossary.read(_title(need))
        its = self._titles.readings[self._titles.row_of[k]]
        return Reasons(
            concepts=tuple(one for one in mine.concepts if one in its.concepts),
            words=as_written(_title(need), {*mine.own, *mine.explained} & {*its.own, *its.explained}),
            same_kind=_same(need.kind, other.kind),
            same_target=_same(need.target, other.target),
            weeks=weeks_in_common(need, other),
            km=km_between(need, other),
            languages=tuple(sorted(need.languages & other.languages)),
        )


def _same(one: str | None, other: str | None) -> bool | None:
    return None if one is None or other is None else one == other


def _title(need: Need) -> str:
    return need.title or ""  # a need without is refused at birth
