"""Why shares differ from the method's: keys and numbers, never text, so that pages can say it in any language."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from tiwizi_engine.errors import EngineError
from tiwizi_engine.pooling.costs import direct_cost
from tiwizi_engine.pooling.payments import payments
from tiwizi_engine.pooling.plan import Plan
from tiwizi_engine.pooling.problem import Event, Problem

# What each sentence needs. Amounts in cents; interventions, partnerships and periods as positions in the problem.
# `method` is what the chosen method asks for this activity; `would_pay` and `pays` of a budget or a cap are all that
# the partnership pays (in the period), with the method's shares within the band and as settled.
REASONS: Mapping[str, tuple[str, ...]] = {
    "band-low": ("intervention", "direct", "method", "pays"),
    "band-high": ("intervention", "alone", "method", "pays"),
    "budget-binds": ("partnership", "budget", "would_pay", "pays"),
    "cap-binds": ("partnership", "period", "cap", "would_pay", "pays"),
    "bent-for-another": ("intervention", "method", "pays", "partnerships"),
    "nobody-better-alone": (),
    "group-would-save": ("members", "amount"),
}


@dataclass(frozen=True)
class Reason:
    """One sentence about an event: `key` names it, `numbers` fill it (some are several: members, partnerships)."""

    key: str
    numbers: Mapping[str, int | tuple[int, ...]]

    def __post_init__(self) -> None:
        if self.key not in REASONS:
            raise EngineError("key", f"expected one of {', '.join(REASONS)}, got {self.key!r}")
        if set(self.numbers) != set(REASONS[self.key]):
            raise EngineError("numbers", f"{self.key} needs {', '.join(REASONS[self.key]) or 'none'}")

    def to_dict(self) -> dict[str, Any]:
        plain = {name: list(x) if isinstance(x, tuple) else x for name, x in self.numbers.items()}
        return {"key": self.key} | plain


@dataclass(frozen=True)
class _Accounts:
    """What each partnership pays, in all and by period, in cents."""

    whole: Mapping[int, int]
    period: Mapping[tuple[int, int], int]

    @classmethod
    def of(cls, p: Problem, plan: Plan, shares: Sequence[Sequence[int]]) -> "_Accounts":
        whole: dict[int, int] = defaultdict(int)
        period: dict[tuple[int, int], int] = defaultdict(int)
        events = tuple(replace(e, shares=tuple(given)) for e, given in zip(plan.events, shares, strict=True))
        for i, t, cents in payments(p, plan.with_events(events)):
            q = p.interventions[i].partnership
            whole[q] += cents
            period[q, t] += cents
        return cls(whole, period)


def why_bent(p: Problem, plan: Plan, asked: Sequence[Sequence[int]]) -> list[list[Reason]]:
    """For each event why its shares are not those that were `asked` (cents, by event and member); none where they are.

    A share is first pulled into the band, between direct cost and cost alone. Who then pays less than asked does so
    because its budget or a period's cap is full; who pays more, because another of the event pays less.
    """
    within = [_in_band(p, event, given) for event, given in zip(plan.events, asked, strict=True)]
    now = _Accounts.of(p, plan, [event.shares for event in plan.events])
    then = _Accounts.of(p, plan, within)
    return [
        [] if event in p.agreed else [*_band(p, event, wish), *_full(p, event, near, now, then), *_for(p, event, wish)]
        for event, wish, near in zip(plan.events, asked, within, strict=True)
    ]


def _in_band(p: Problem, event: Event, asked: Sequence[int]) -> list[int]:
    if event in p.agreed:
        return list(asked)
    lows = [direct_cost(p, i, event.host) for i in event.members]
    return [
        min(max(share, low), p.interventions[i].cost) for i, share, low in zip(event.members, asked, lows, strict=True)
    ]


def _band(p: Problem, event: Event, asked: Sequence[int]) -> Iterator[Reason]:
    for i, wish, pays in zip(event.members, asked, event.shares, strict=True):
        direct, alone = direct_cost(p, i, event.host), p.interventions[i].cost
        if wish < direct:
            yield Reason("band-low", {"intervention": i, "direct": direct, "method": wish, "pays": pays})
        if wish > alone:
            yield Reason("band-high", {"intervention": i, "alone": alone, "method": wish, "pays": pays})


def _full(p: Problem, event: Event, near: Sequence[int], now: _Accounts, then: _Accounts) -> Iterator[Reason]:
    """The budgets and caps that are full and keep somebody of this event below what was asked."""
    t = event.week // p.meta.period_weeks
    pairs = zip(event.members, near, event.shares, strict=True)
    for q in sorted({p.interventions[i].partnership for i, wish, pays in pairs if pays < wish}):
        one = p.partnerships[q]
        if now.whole[q] >= one.budget:
            numbers = {"budget": one.budget, "would_pay": then.whole[q], "pays": now.whole[q]}
            yield Reason("budget-binds", {"partnership": q} | numbers)
        if now.period[q, t] >= one.period_cap[t]:
            numbers = {"cap": one.period_cap[t], "would_pay": then.period[q, t], "pays": now.period[q, t]}
            yield Reason("cap-binds", {"partnership": q, "period": t} | numbers)


def _for(p: Problem, event: Event, asked: Sequence[int]) -> Iterator[Reason]:
    """Who pays more than asked, and above its direct cost, for others who pay less."""
    rows = list(zip(event.members, asked, event.shares, strict=True))
    spared = tuple(sorted({p.interventions[i].partnership for i, wish, pays in rows if pays < wish}))
    for i, wish, pays in rows:
        others = tuple(q for q in spared if q != p.interventions[i].partnership)
        if others and pays > max(wish, direct_cost(p, i, event.host)):
            yield Reason("bent-for-another", {"intervention": i, "method": wish, "pays": pays, "partnerships": others})
