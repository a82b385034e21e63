"""Among plans of the same value and the same cost, the one whose burden is spread most evenly.

Sought when shares are to be even: other plans as good as the one that was found are asked for one after the other,
each settled evenly and compared. Ties to the cent are rare, so the first question mostly has no answer, which proves
that there is nothing to choose.
"""

from collections import defaultdict
from collections.abc import Callable
from fractions import Fraction

from tiwizi_engine.pooling.arrange import arrange, score
from tiwizi_engine.pooling.climb import CENT, Climb, agreed_value
from tiwizi_engine.pooling.payments import payments
from tiwizi_engine.pooling.plan import Plan
from tiwizi_engine.pooling.problem import Problem

MOST = 10  # other plans that are looked at


def spread(p: Problem, plan: Plan) -> Fraction:
    """The distance between the largest and the smallest burden: what a partnership pays, divided by what all it does
    would cost it alone. Who does nothing, or what costs nothing, has none."""
    paid: dict[int, int] = defaultdict(int)
    alone: dict[int, int] = defaultdict(int)
    for i, _, cents in payments(p, plan):
        owner = p.interventions[i].partnership
        paid[owner] += cents
        alone[owner] += p.interventions[i].cost
    burdens = [Fraction(paid[q], alone[q]) for q in alone if alone[q] > 0]
    return max(burdens) - min(burdens) if burdens else Fraction()


def evenest(search: Climb, settled: Callable[[Plan], Plan]) -> None:
    """Give the search the evenest of the plans that are as good as its own, which is proven to be the best.

    Of those that the model lists, which leaves out an event at a host that is nowhere better for anybody. Evenness is
    that of whole cents.
    """
    p, model, best = search.p, search.model, search.plan
    least = spread(p, settled(best))
    model.floor("value", search.score.value - agreed_value(p))
    model.floor("saving", search.worth("saving") - CENT)
    for _ in range(MOST):
        options: dict[str, float] = {"random_seed": search.seed, "mip_max_improving_sols": 1}
        if search.left <= 0:
            break
        if search.clock.left < float("inf"):
            options["time_limit"] = search.left
        found = model.solve("saving", options, None, None)
        if found.choice is None:
            break
        plan, crowd = arrange(p, found.choice)
        if crowd is not None:
            model.forbid_overbooking(*crowd)
            continue
        model.forbid(found.choice)
        if plan is None or score(p, plan) != search.score:
            continue
        width = spread(p, settled(plan))
        if width < least:
            best, least = plan, width
    search.plan = best
