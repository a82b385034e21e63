"""What pooling buys: the same wishes under less and more money, with and without pooling."""

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext as _

from tiwizi.base.pictures import Curve, Step
from tiwizi.pooling.models import Run
from tiwizi_engine import pooling

PERCENTS = (25, 50, 75, 100, 125, 150)
PATIENCE = 2.0  # seconds for one point; a point that is not proven is left out
IN_ALL = 8.0  # seconds for the whole curve: proposals wait for it


def what_money_buys(problem: Any, seed: int, told: Callable[[float], object]) -> list[dict[str, int]]:
    """For each share of the budgets: the money in cents, and the proven best value together and alone.

    Agreements are set free: under less money they could not be kept, and points are to be compared.
    """
    found, began = [], time.monotonic()
    for k, percent in enumerate(PERCENTS):
        if time.monotonic() - began > IN_ALL:
            break
        told(k / len(PERCENTS))
        scaled = replace(problem, partnerships=tuple(_scaled(one, percent) for one in problem.partnerships), agreed=())
        stop = pooling.Stop(gap=0.0, seconds=PATIENCE)
        together = pooling.solve(scaled, stop=stop, seed=seed)
        alone = pooling.solve(pooling.without_pooling(scaled), stop=stop, seed=seed)
        if together.proven and alone.proven:
            money = sum(one.budget for one in scaled.partnerships)
            found.append({"money": money, "together": together.value, "alone": alone.value})
    return found


def _scaled(partner: Any, percent: int) -> Any:
    caps = tuple(cap * percent // 100 for cap in partner.period_cap)
    return replace(partner, budget=partner.budget * percent // 100, period_cap=caps)


def curve_of(run: Run) -> Curve | None:
    """The picture of what pooling buys; None when too few points were proven."""
    steps = [Step(**point) for point in run.figures.get("curve", [])]
    if len(steps) < 2:
        return None
    return Curve(
        steps=steps,
        now=sum(one["budget_cents"] for one in run.figures["partners"]),
        most=run.figures["value_all"],
        title=_("What the same money buys, in priority points"),
        names=(_("with pooling"), _("without pooling")),
    )
