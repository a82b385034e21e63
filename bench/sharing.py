"""Shapley value and nucleolus of cost games with 5 to 12 players."""

import random
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench.calibration import Row, calibrate, keep, seconds
from tiwizi_engine.sharing import Game
from tiwizi_engine.sharing.certificate import is_nucleolus
from tiwizi_engine.sharing.nucleolus import nucleolus
from tiwizi_engine.sharing.shapley import shapley

GAMES = 3  # of each size
HOSTS = 4


def shared_training(seed: int, n: int) -> Game:
    """What a training costs each group: at its cheapest host, or parted, whichever is less. Like a real proposal."""
    r = random.Random(seed)
    fixed = [r.randint(1500, 3500) for _ in range(HOSTS)]
    direct = [[r.randint(150, 900) for _ in range(HOSTS)] for _ in range(n)]
    costs = [0.0] * (1 << n)
    for mask in range(1, 1 << n):
        inside = [k for k in range(n) if mask >> k & 1]
        costs[mask] = min(fixed[h] + sum(direct[k][h] for k in inside) for h in range(HOSTS))
        lowest, part = mask & -mask, (mask - 1) & mask
        while part:
            if part & lowest:
                costs[mask] = min(costs[mask], costs[part] + costs[mask ^ part])
            part = (part - 1) & mask
    return Game.of_table([f"P{k + 1}" for k in range(n)], costs, kind="cost")


def measure(n: int, unit: float) -> Row:
    games = [shared_training(1000 * n + k, n) for k in range(GAMES)]
    fast = [seconds(lambda g=game: shapley(g), times=3) for game in games]  # type: ignore[misc]
    slow = [seconds(lambda g=game: nucleolus(g), times=1) for game in games]  # type: ignore[misc]
    for game in games:
        if not is_nucleolus(game, nucleolus(game)):
            raise SystemExit(f"{n} players: not certified")
    return {
        "players": n,
        "groups": (1 << n) - 1,
        "Shapley, ms": round(1000 * max(fast), 2),
        "nucleolus, ms": round(1000 * max(slow), 1),
        "nucleolus, loops": round(max(slow) / unit, 3),
    }


def main() -> None:
    unit = calibrate()
    rows = [measure(n, unit) for n in range(5, 13)]
    notes = [
        f"The slowest of {GAMES} games of each size. Each nucleolus was certified by Kohlberg's criterion, outside"
        " the time shown."
    ]
    keep("sharing", "Sharing", notes, unit, {"Games": rows})


if __name__ == "__main__":
    main()
