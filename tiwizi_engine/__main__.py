"""The command line: `python -m tiwizi_engine pool|check|share|rollup FILE.json`. See `docs/formats/`."""

import argparse
import json
import os
import sys
from pathlib import Path
from typing import Any

from tiwizi_engine.crew import crew_of
from tiwizi_engine.errors import EngineError
from tiwizi_engine.memory import read_file
from tiwizi_engine.money import to_units
from tiwizi_engine.pooling import Plan, Problem, Progress, Relief, Stop, check, relief, solve
from tiwizi_engine.pooling.payments import payments
from tiwizi_engine.pooling.solve import MONOLITH
from tiwizi_engine.sharing import Game, share

YES, NO, BAD_INPUT = 0, 1, 2


def main(arguments: list[str] | None = None) -> int:
    """Exit code: 0 yes, 1 the answer is no, 2 the input does not fit (one sentence on standard error)."""
    chosen = _parser().parse_args(arguments)
    # The solver greets on standard output, which is for the answer alone: until then it is standard error.
    answer_to = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    try:
        answer, code = COMMANDS[chosen.command](chosen)
    except EngineError as fault:
        print(fault, file=sys.stderr)
        return BAD_INPUT
    with answer_to:
        json.dump(answer, answer_to, ensure_ascii=False)
        answer_to.write("\n")
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="tiwizi_engine", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    pool = commands.add_parser("pool", help="the best plan of a pooling problem")
    pool.add_argument("problem", type=Path)
    pool.add_argument("--gap", type=float, default=0.0)
    pool.add_argument("--seconds", type=float, default=None)
    pool.add_argument("--seed", type=int, default=1)
    pool.add_argument("--method", default="nucleolus")
    pool.add_argument("--crew", default=None, help="here, pool:2 (processes) or dask:tcp://scheduler:8786")
    pool.add_argument("--start", type=Path, default=None, help="an earlier plan to begin from")
    verify = commands.add_parser("check", help="does a plan keep every rule?")
    verify.add_argument("problem", type=Path)
    verify.add_argument("plan", type=Path)
    game = commands.add_parser("share", help="who pays what of a cost game")
    game.add_argument("game", type=Path)
    facts = commands.add_parser("rollup", help="totals over crossing groupings, each fact once")
    facts.add_argument("facts", type=Path)
    for one in (pool, verify, game, facts):
        one.add_argument("--lenient", action="store_true", help="ignore fields that the format does not know")
    return parser


def _read(path: Path) -> Any:
    try:
        return json.loads(read_file(path).decode(), parse_constant=_no_constant)
    except EngineError:
        raise
    except MemoryError:
        raise EngineError(str(path), "does not fit into the memory that is there") from None
    except OSError as fault:
        raise EngineError(str(path), f"cannot be read: {fault.strerror}") from None
    except (ValueError, EOFError) as fault:
        raise EngineError(str(path), f"is not JSON: {fault}") from None


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not a number")


def _pool(chosen: argparse.Namespace) -> tuple[Any, int]:
    problem = Problem.from_dict(_read(chosen.problem), chosen.lenient)
    stop = Stop(chosen.gap, chosen.seconds)
    start = None if chosen.start is None else Plan.from_dict(_read(chosen.start), chosen.lenient)
    with crew_of(chosen.crew or _crew_for(problem)) as crew:
        plan = solve(problem, stop=stop, seed=chosen.seed, method=chosen.method, progress=_tell, crew=crew, start=start)
    missed = check(problem, plan).mandatory_missed
    if missed:
        print(_blocked(problem, plan), file=sys.stderr)
    return plan.to_dict(), NO if missed else YES


def _crew_for(problem: Problem) -> str:
    """Every core for a problem that is swept in blocks; the answer is the same."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return f"pool:{cores}" if cores > 1 and len(problem.free) > MONOLITH else "here"


def _tell(progress: Progress) -> None:
    print(f"{progress.stage} {progress.done:.0%}", file=sys.stderr)


def _blocked(problem: Problem, plan: Plan) -> str:
    """Which mandatory interventions are missed, and the least that would help."""
    done = {one.intervention for one in payments(problem, plan)}
    missed = [i for i, one in enumerate(problem.interventions) if one.mandatory and i not in done]
    named = ", ".join(f"intervention {i} (partnership {problem.interventions[i].partnership})" for i in missed)
    return f"{len(missed)} mandatory cannot be done: {named}\n{_help(relief(problem))}"


def _help(found: Relief | None) -> str:
    if found is None:
        return "no way to do more of them was found"
    more = [f"{to_units(c)} more in the budget of partnership {q}" for q, c in sorted(found.budgets.items())]
    more += [f"{to_units(c)} more for partnership {q} in period {t}" for (q, t), c in sorted(found.caps.items())]
    said = [f"the least that helps: {'; '.join(more)}"] if more else []
    if found.never:
        said.append(f"whatever the money, no place, week or partner for: {', '.join(map(str, found.never))}")
    return "\n".join(said)


def _check(chosen: argparse.Namespace) -> tuple[Any, int]:
    problem = Problem.from_dict(_read(chosen.problem), chosen.lenient)
    report = check(problem, Plan.from_dict(_read(chosen.plan), chosen.lenient))
    return report.to_dict(), YES if report.ok else NO


def _share(chosen: argparse.Namespace) -> tuple[Any, int]:
    return share(Game.from_dict(_read(chosen.game), chosen.lenient)).to_dict(), YES


def _rollup(chosen: argparse.Namespace) -> tuple[Any, int]:
    # Only this command needs scipy, which the others are used without.
    from tiwizi_engine.rollup import rollup

    return rollup(_read(chosen.facts), chosen.lenient), YES


COMMANDS = {"pool": _pool, "check": _check, "share": _share, "rollup": _rollup}

if __name__ == "__main__":
    sys.exit(main())
