"""Why a proposal is as it is: keys and numbers, never text, so that pages can say it in any language."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from tiwizi_engine.pooling.admission import Admission
from tiwizi_engine.pooling.costs import direct_cost, event_cost, fixed_cost, home_of, kilometres
from tiwizi_engine.pooling.games import event_game, hosts_of, objection
from tiwizi_engine.pooling.plan import Plan
from tiwizi_engine.pooling.problem import Event, Problem
from tiwizi_engine.pooling.reasons import Reason, why_bent
from tiwizi_engine.pooling.settle import Typed, checked, wished
from tiwizi_engine.sharing import METHODS, Game


@dataclass(frozen=True)
class MemberStory:
    """One member of an event. Money in cents."""

    intervention: int
    alone: int
    direct: int
    share: int
    kilometres: float


@dataclass(frozen=True)
class HostStory:
    """A host at which these members could meet, and what it would cost there."""

    host: int
    cost: int
    weeks: int


@dataclass(frozen=True)
class Objection:
    """A group of members that could do better by itself, and by how much (cents)."""

    members: tuple[int, ...]
    would_save: int


@dataclass(frozen=True)
class EventStory:
    """Everything a page says of one event. `shares[method]` in cents; `reasons` why they are what they are."""

    event: Event
    alone: int
    cost: int
    fixed: int
    members: tuple[MemberStory, ...]
    hosts: tuple[HostStory, ...]
    weeks: tuple[int, ...]
    game: Game
    shares: dict[str, tuple[int, ...]]
    objections: dict[str, Objection | None]
    constrained: bool
    agreed: bool
    reasons: tuple[Reason, ...] = ()

    @property
    def saving(self) -> int:
        return self.alone - self.cost

    def to_dict(self) -> dict[str, Any]:
        """Plain data for storage: the game as costs in cents by coalition."""
        return {
            "alone": self.alone,
            "cost": self.cost,
            "fixed": self.fixed,
            "saving": self.saving,
            "members": [vars(m) for m in self.members],
            "hosts": [vars(h) for h in self.hosts],
            "weeks": list(self.weeks),
            "shares": {name: list(s) for name, s in self.shares.items()},
            "objections": {
                name: None if o is None else {"members": list(o.members), "would_save": o.would_save}
                for name, o in self.objections.items()
            },
            "constrained": self.constrained,
            "agreed": self.agreed,
            "reasons": [reason.to_dict() for reason in self.reasons],
        }


def explain(
    problem: Problem, plan: Plan, method: str = "nucleolus", by_hand: Typed | None = None
) -> tuple[EventStory, ...]:
    """A story for each event of the plan, in its order; `method` is the one whose shares the plan carries, `by_hand`
    what was typed in its place for some events (as `settle` took it).
    """
    admission = Admission(problem)
    typed = checked(problem, plan, by_hand or {})
    stories = [_story(problem, admission, event) for event in plan.events]
    asked = [typed.get(k) or one.shares.get(method, one.event.shares) for k, one in enumerate(stories)]
    return tuple(
        replace(one, constrained=one.event.shares != wish, reasons=(*bent, _stability(one.objections["chosen"])))
        for one, wish, bent in zip(stories, asked, why_bent(problem, plan, asked), strict=True)
    )


def _story(p: Problem, admission: Admission, event: Event) -> EventStory:
    game = event_game(p, event)
    shares = {name: wished(p, event, name, game) for name in METHODS}
    objections = {name: _objection(p, event, game, given) for name, given in shares.items()}
    objections["chosen"] = _objection(p, event, game, event.shares)
    return EventStory(
        event=event,
        alone=sum(p.interventions[i].cost for i in event.members),
        cost=event_cost(p, event.members, event.host),
        fixed=fixed_cost(p, p.interventions[event.members[0]].kind, event.host),
        members=tuple(_member(p, event, k) for k in range(len(event.members))),
        hosts=tuple(
            HostStory(host, cost, len(admission.weeks(event.members, host)))
            for host, cost in hosts_of(p, admission, event.members)
        ),
        weeks=tuple(sorted(admission.weeks(event.members, event.host))),
        game=game,
        shares=shares,
        objections=objections,
        constrained=False,
        agreed=event in p.agreed,
    )


def _stability(chosen: Objection | None) -> Reason:
    if chosen is None:
        return Reason("nobody-better-alone", {})
    return Reason("group-would-save", {"members": chosen.members, "amount": chosen.would_save})


def _member(p: Problem, event: Event, k: int) -> MemberStory:
    i = event.members[k]
    km = round(kilometres(p, home_of(p, i), event.host), 1)
    return MemberStory(i, p.interventions[i].cost, direct_cost(p, i, event.host), event.shares[k], km)


def _objection(p: Problem, event: Event, game: Game, shares: Sequence[int]) -> Objection | None:
    """The strongest objection worth a cent or more for each of the group (less is rounding)."""
    found = objection(p, event, game, shares)
    if found is None or found[1] < len(found[0]):
        return None
    return Objection(found[0], round(found[1]))


def without_pooling(problem: Problem) -> Problem:
    """The same partners, budgets and interventions with nothing shared: what the same money does alone."""
    apart = tuple(replace(one, poolable=False) for one in problem.interventions)
    return replace(problem, interventions=apart, agreed=(), refused=())
