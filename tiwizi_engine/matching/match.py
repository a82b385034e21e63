"""From requests and offers to who goes to whom: admissible pairs, then the best flow along them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from tiwizi_engine.errors import EngineError
from tiwizi_engine.matching.exchange import WHY, Limits, Matching, Offer, Pair, Request, Unserved, pair_cost
from tiwizi_engine.matching.facts import (
    Columns,
    Labels,
    Numbers,
    Positions,
    Truths,
    distinct,
    km_between,
    weeks_in_common,
)
from tiwizi_engine.matching.flow import Arcs, Whole, flow
from tiwizi_engine.matching.glossary import Glossary
from tiwizi_engine.matching.titles import SLACK, Titles

MOST_PAIRS = 2_000_000  # that may be: above, the flow would take minutes and gigabytes
MOST_NAMED = 10
NO_LIMITS = Limits()


@dataclass(frozen=True)
class _Options:
    """For one request: the offers that may serve it, their likeness and kilometres; if none, why not."""

    offers: Positions
    likeness: Numbers
    km: Numbers
    why: str
    fell: Positions


def match(
    requests: Sequence[Request],
    offers: Sequence[Offer],
    limits: Limits = NO_LIMITS,
    glossary: Glossary | None = None,
) -> Matching:
    """Who goes to whom: most visits; among those of most priority; then of least cost; then earlier requests first.

    The same input gives the same matching. Another order of the input may change who is in a pair, never how many
    visits there are, nor their priority, nor their cost. `check` proves it. Raises `EngineError` on ids that are not
    distinct, or when more pairs are admissible than can be held: set `limits.km`.
    """
    distinct(requests, "requests")
    distinct(offers, "offers")
    found = list(_all_options(requests, offers, limits, glossary))
    arcs = _arcs(requests, offers, found)
    likeness, km = (np.concatenate([np.zeros(0), *(getattr(o, n) for o in found)]) for n in ("likeness", "km"))
    cost = np.array([pair_cost(*one) for one in zip(km.tolist(), likeness.tolist(), strict=True)], dtype=np.int64)
    priority = np.array([one.priority for one in requests], dtype=np.int64)[arcs.source]
    visits = flow(arcs, [-np.ones_like(cost), -priority, cost, arcs.source])
    pairs = tuple(
        _pair(requests[r], offers[o], count, each, like)
        for r, o, count, each, like in zip(
            *(column.tolist() for column in (arcs.source, arcs.sink, visits, cost, likeness)), strict=True
        )
        if count
    )
    return Matching(
        pairs,
        tuple(_unserved(requests, offers, found, arcs, visits)),
        int(visits.sum()),
        int(visits @ priority),
        int(visits @ cost),
    )


def _all_options(
    requests: Sequence[Request], offers: Sequence[Offer], limits: Limits, glossary: Glossary | None
) -> Iterator[_Options]:
    columns = Columns(offers)
    partners = Labels([one.partner for one in offers])
    position = {one.id: k for k, one in enumerate(offers)}
    unwilling = {id: [k for k, one in enumerate(offers) if id in one.declines] for id in _declined(offers)}
    alike = _Likeness(requests, offers, glossary)
    pairs = 0
    for request in requests:
        likeness = np.where(columns.same_kind(request), 1.0, alike.of(request))
        weeks = columns.weeks(request)
        km = columns.km(request)
        willing = np.ones(len(offers), dtype=np.bool_)
        willing[[position[one] for one in request.declines if one in position]] = False
        willing[unwilling.get(request.id, [])] = False
        questions = (
            likeness >= limits.alike - SLACK,
            ~partners.same(request.partner),
            columns.common_language(request),
            np.isnan(weeks) | (weeks >= limits.weeks),
            km <= (np.inf if limits.km is None else limits.km),
            willing,
        )
        options = _asked(questions, likeness, km)
        pairs += len(options.offers)
        if pairs > MOST_PAIRS:
            raise EngineError("limits", f"more than {MOST_PAIRS} pairs are admissible: set fewer kilometres")
        yield options


def _asked(questions: Sequence[Truths], likeness: Numbers, km: Numbers) -> _Options:
    """Question after question, what is left of the offers."""
    left = np.arange(len(km))
    for why, passed in zip(WHY, questions, strict=False):
        kept = left[passed[left]]
        if not len(kept):
            return _Options(kept, likeness[kept], km[kept], why, left[np.argsort(km[left], kind="stable")])
        left = kept
    return _Options(left, likeness[left], km[left], "full", left[np.argsort(km[left], kind="stable")])


class _Likeness:
    """Of the titles of a request and of all offers; titles that come again are compared once."""

    def __init__(self, requests: Sequence[Request], offers: Sequence[Offer], glossary: Glossary | None) -> None:
        self._nothing = np.zeros(len(offers))
        self._known: dict[str | None, Numbers] = {None: self._nothing}
        self._titles = title_index(requests, offers, glossary)
        self._at = [k for k, one in enumerate(offers) if one.title is not None]

    def of(self, request: Request) -> Numbers:
        known = self._known.get(request.title)
        if known is None and self._titles and request.title:
            rows = self._titles.row_of[: len(self._at)]
            known = self._nothing.copy()
            known[self._at] = self._titles.scores(request.title)[rows]
            self._known[request.title] = known
        return self._nothing if known is None else known


def title_index(requests: Sequence[Request], offers: Sequence[Offer], glossary: Glossary | None) -> Titles | None:
    """The titles of offers, then of requests; nothing (and no need of scipy) where one side has none."""
    offered, sought = ([one.title for one in side if one.title is not None] for side in (offers, requests))
    return Titles(offered + sought, glossary or Glossary.standard()) if offered and sought else None


def _declined(offers: Sequence[Offer]) -> set[object]:
    return {one for offer in offers for one in offer.declines}


def _arcs(requests: Sequence[Request], offers: Sequence[Offer], found: Sequence[_Options]) -> Arcs:
    nothing = np.zeros(0, dtype=np.int64)
    return Arcs(
        np.repeat(np.arange(len(requests)), [len(options.offers) for options in found]),
        np.concatenate([nothing, *(options.offers for options in found)]),
        np.array([one.visits for one in requests], dtype=np.int64),
        np.array([one.capacity for one in offers], dtype=np.int64),
    )


def _pair(request: Request, offer: Offer, visits: int, cost: int, likeness: float) -> Pair:
    return Pair(
        request.id,
        offer.id,
        visits,
        cost,
        request.kind is not None and request.kind == offer.kind,
        round(likeness, 4),
        km_between(request, offer) or 0.0,
        weeks_in_common(request, offer),
        tuple(sorted(request.languages & offer.languages)),
    )


def _unserved(
    requests: Sequence[Request], offers: Sequence[Offer], found: Sequence[_Options], arcs: Arcs, visits: Whole
) -> Iterator[Unserved]:
    served = np.bincount(arcs.source, weights=visits, minlength=len(requests)).astype(np.int64)
    for request, options, got in zip(requests, found, served.tolist(), strict=True):
        if got < request.visits:
            named = tuple(offers[k].id for k in options.fell[:MOST_NAMED].tolist())
            yield Unserved(request.id, request.visits - got, options.why, len(options.fell), named)
