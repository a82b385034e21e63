"""Our engine beside plain models of the same problem, in one run: HiGHS on one model, and CP-SAT.

`python bench/rivals.py --sizes 100 10000 --seeds 1 2 3` chooses what is run; each contestant has a process of its own.
"""

import argparse
import math
import os
import sys
import time
from dataclasses import dataclass, replace
from pathlib import Path

import highspy

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench.calibration import Row, calibrate, keep
from bench.peak import apart
from bench.problems import problem
from bench.rivals_solvers import THREADS, by_cp_sat, by_highs, climb
from tiwizi_engine.crew import crew_of
from tiwizi_engine.pooling import Plan, Problem, Progress, Stop, check, solve
from tiwizi_engine.pooling.arrange import arrange, mend, score
from tiwizi_engine.pooling.master import Master
from tiwizi_engine.pooling.solve import MONOLITH, opening

SMALL = 1_000  # up to here a proof is asked for; above, the smallest gap within the time
VALUE, COST = "value proven after", "cost proven after"
LATE = 2  # times its time, and a minute: a solver that then still runs is ended, and has what it began with
SECONDS = {100: 100.0, 300: 100.0, 1_000: 100.0, 10_000: 300.0}


@dataclass(frozen=True)
class Result:
    """What one contestant did. `claimed`: the best value its solver had, weeks found or not; seconds to each proof.

    `worked`: seconds of processors that it got, which a shared machine may make few.
    """

    plan: Plan
    claimed: int
    bound: float
    seconds: float
    value_proven: float | None = None
    cost_proven: float | None = None
    worked: float = 0.0


def ours(p: Problem, seconds: float) -> Result:
    """The engine as it comes: one process for what is one model, all cores for blocks."""
    began = time.perf_counter()
    stages: dict[str, float] = {}

    def hear(one: Progress) -> None:
        stages.setdefault(one.stage, time.perf_counter() - began)

    with crew_of(f"pool:{os.cpu_count()}" if len(p.interventions) > MONOLITH else "here") as crew:
        plan = solve(p, stop=Stop(seconds=seconds), progress=hear, crew=crew)
    spent = time.perf_counter() - began
    value = stages.get("cost", spent) if plan.proven else None
    cost = spent if plan.bound.cost is not None else None
    return Result(plan, plan.value, plan.bound.value, spent, value, cost)


def columns(p: Problem, seconds: float) -> Result:
    """Our own listed events as one model for HiGHS, without blocks: value only, from all that is mandatory alone."""
    began = time.perf_counter()
    plan, model = opening(p), Master.of(p)
    model.floor("mandatory", score(p, plan).mandatory)
    highspy.Highs.resetGlobalScheduler(True)  # HiGHS keeps one number of threads a process
    left = max(1.0, seconds - (time.perf_counter() - began))
    options = {"threads": THREADS, "time_limit": left, "mip_rel_gap": 0.0, "mip_abs_gap": 0.99}
    found = model.solve("value", options, start=plan)
    highspy.Highs.resetGlobalScheduler(True)
    spent = time.perf_counter() - began
    choice = found.choice
    if choice is None:
        return Result(plan, score(p, plan).value, found.bound, spent)
    claimed = round(choice.worth(p, "value"))
    arranged, crowd = arrange(p, choice)
    fits = crowd is None
    while crowd is not None:
        choice = mend(p, choice, crowd)
        arranged, crowd = arrange(p, choice)
    if arranged is not None and score(p, arranged) > score(p, plan):
        plan = arranged
    return Result(plan, claimed, found.bound, spent, spent if found.proven and fits else None)


def compact(p: Problem, seconds: float) -> Result:
    return _climbed(p, by_highs, seconds)


def cp_sat(p: Problem, seconds: float) -> Result:
    return _climbed(p, by_cp_sat, seconds)


def _climbed(p, solver, seconds: float) -> Result:  # type: ignore[no-untyped-def]
    c = climb(p, solver, seconds)
    claimed = max(c.raw, score(p, c.plan).value)
    return Result(c.plan, claimed, c.bound, c.spent, c.value_proven, c.cost_proven)


CONTESTANTS = {
    "Tiwizi": ours,
    "HiGHS, our events in one model": columns,
    "HiGHS, compact model": compact,
    "CP-SAT, compact model": cp_sat,
}


def race(who: str, n: int, seed: int, seconds: float) -> Result:
    """One contestant on one problem. A plan with faults stops the run."""
    p = Problem.from_dict(problem(n, seed))
    before = sum(os.times()[:4])
    result = CONTESTANTS[who](p, seconds)
    result = replace(result, worked=sum(os.times()[:4]) - before)
    for fault in check(p, result.plan).errors:
        if fault.rule != "bound":  # a rival's plan carries none
            raise SystemExit(f"{who}, {n}, seed {seed}: {fault.sentence}")
    if (missed := check(p, result.plan).mandatory_missed) > 0:
        raise SystemExit(f"{who}, {n}, seed {seed}: misses {missed} mandatory")
    return result


def compare(n: int, seed: int, seconds: float, names: list[str]) -> list[Row]:
    """All contestants on one problem, and each one's gap to its own bound and to the best bound of all."""
    p = Problem.from_dict(problem(n, seed))
    results, memory = {}, {}
    limit = LATE * seconds + 60
    for who in names:
        try:
            results[who], memory[who] = apart(race, who, n, seed, seconds, limit=limit)
        except TimeoutError:
            plan = opening(p)
            results[who], memory[who] = Result(plan, score(p, plan).value, math.inf, limit), None
        print(who, n, seed, round(results[who].seconds, 1), results[who].claimed, results[who].bound, flush=True)
    best = min(int(min(r.bound, 1e15) + 1e-6) for r in results.values())
    rows = []
    for who, r in results.items():
        found = score(p, r.plan)
        proven = r.cost_proven is not None or r.value_proven is not None
        rows.append({
            "interventions": n, "seed": seed, "who": who, "value": found.value, "value claimed": r.claimed,
            "cost": round(-found.saving / 100), "own gap": _percent(r.bound, r.claimed),
            "gap to the best bound": _percent(best, r.claimed),
            VALUE: _seconds(r.value_proven), COST: _seconds(r.cost_proven),
            "seconds": round(r.seconds, 2), "of at most": seconds, "processor seconds": round(r.worked, 1),
            "MB": memory[who],
        })  # fmt: skip
        if proven and found.value != best:
            raise SystemExit(f"{who}, {n}, seed {seed}: proved {found.value}, others know a bound of {best}")
    return rows


def _percent(bound: float, value: int) -> str | None:
    return f"{(bound - value) / max(1, value):.3%}" if abs(bound) < 1e15 else None


def _seconds(x: float | None) -> str:
    return "not proven" if x is None else f"{x:.2f} s"


def times(rows: list[Row], proof: str) -> list[Row]:
    """By problem, how many times our time each rival needed for a proof; `>=` when it had not at its end."""
    found = []
    if proof == COST:
        rows = [row for row in rows if CONTESTANTS[row["who"]] is not columns]  # which seeks the value alone
    for key in dict.fromkeys((row["interventions"], row["seed"]) for row in rows):
        here = {row["who"]: row for row in rows if (row["interventions"], row["seed"]) == key}
        we = here.pop("Tiwizi", None)
        if we is None or we[proof] == "not proven":
            continue
        line: Row = {"interventions": key[0], "seed": key[1], "Tiwizi": we[proof]}
        for who, row in here.items():
            line[who] = _times(row[proof], row["seconds"], we[proof])
        found.append(line)
    return found


def _times(theirs: str, spent: float, mine: str) -> str:
    proven = theirs != "not proven"
    ratio = (float(theirs.split()[0]) if proven else spent) / max(0.01, float(mine.split()[0]))
    return f"{ratio:.1f}" if proven else f">= {ratio:.1f}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[100, 10_000])
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3], help="of problems up to 1,000; above, 1")
    parser.add_argument("--seconds", type=float, default=None, help="for each contestant; default by size")
    parser.add_argument("--note", default=None, help="a sentence for the page: what else ran on the machine")
    parser.add_argument("--who", nargs="+", choices=CONTESTANTS, default=None)
    chosen = parser.parse_args()
    unit, rows = calibrate(), []
    for n in chosen.sizes:
        # Above, CP-SAT has nothing to say: at 1,000 it was 57 % from its own bound after half a minute.
        names = chosen.who or [who for who in CONTESTANTS if n <= SMALL or who != "CP-SAT, compact model"]
        seconds = chosen.seconds or SECONDS.get(n, 300.0)
        for seed in chosen.seeds if n <= SMALL else chosen.seeds[:1]:
            rows += compare(n, seed, seconds, names)
    write(rows, unit, chosen.note)


def write(rows: list[Row], unit: float, note: str | None) -> None:
    tables = {"Contestants": rows}
    for what, proof in (("value", VALUE), ("value and then of the cost", COST)):
        if ratios := times(rows, proof):
            tables[f"Time to the proof of the {what}, as multiples of ours"] = ratios
    keep("rivals", "Rivals", [*NOTES, note] if note else NOTES, unit, tables)


NOTES = [
    "The same problems (`bench/problems.py`), one after the other in one run, each contestant in a process of its own"
    " with the same time for everything, reading excepted. Rivals have two threads; Tiwizi has one up to 1,500"
    " interventions and two processes above.",
    "**HiGHS, compact model** and **CP-SAT, compact model**: one model of places, joining and shares"
    " (`bench/rivals_models.py`), written without our listed events; the same rows for both, what is mandatory as hard"
    " rows, value first and then cost. **HiGHS, our events in one model**: the engine's own model, whole, value only."
    " On four hundred tiny problems in which every rule may bind the compact model proves what we prove, by HiGHS and"
    " by CP-SAT (`tests/engine/test_rivals.py` keeps some of them).",
    "`value` is that of the plan, with weeks and shares, which passed `check`; `value claimed` the best that the"
    " solver had before events found their weeks, and gaps are reckoned from it, in the rival's favour. `own gap`: to"
    " the contestant's own bound; `gap to the best bound`: to the least bound of all contestants. `processor"
    " seconds`: what it really got of both cores, which others may have used too. `MB`: the most that its processes"
    " held at once.",
]


if __name__ == "__main__":
    main()
