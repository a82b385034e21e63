"""Games whose values are published, and what must hold of any game. Each value is found again by another way: the
Shapley value as the mean over all orders, the nucleolus by Kohlberg's criterion and by not being improved nearby.
"""

import math
from itertools import combinations, permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tiwizi_engine.sharing import Game, is_nucleolus, least_excess, method_shares, share, worst_objection
from tiwizi_engine.sharing.core import excesses
from tiwizi_engine.sharing.nucleolus import nucleolus
from tiwizi_engine.sharing.shapley import shapley


def of_function(players: str, worth, kind: str = "value") -> Game:
    """A game of named players; `worth` of a coalition given as a text of their names."""
    groups = [c for size in range(1, len(players) + 1) for c in combinations(players, size)]
    named = {"+".join(c): worth("".join(c)) for c in groups}
    return Game.from_dict({"players": list(players), "kind": kind, "function": named})


def over_all_orders(game: Game) -> list[float]:
    n = len(game.players)
    added = np.zeros(n)
    for order in permutations(range(n)):
        mask = 0
        for k in order:
            added[k] += game.as_table()[mask | 1 << k] - game.as_table()[mask]
            mask |= 1 << k
    return list(added / math.factorial(n))


def no_neighbour_is_better(game: Game, shares: list[float]) -> bool:
    """Small transfers among players, that keep all at their own numbers, never raise the sorted excesses."""
    rng = np.random.default_rng(3)
    here = np.sort(excesses(game, shares)[1:-1])
    sign = 1 if game.kind == "cost" else -1
    for size in (1e-1, 1e-2, 1e-3):
        for _ in range(100):
            step = rng.standard_normal(len(shares))
            moved = np.array(shares) + size * max(1, abs(game.total)) * (step - step.mean())
            if (sign * (np.array(game.alone) - moved) < -1e-9).any():
                continue
            there = np.sort(excesses(game, moved)[1:-1])
            first = np.flatnonzero(np.abs(there - here) > 1e-7 * max(1, abs(game.total)))
            if len(first) and there[first[0]] > here[first[0]]:
                return False
    return True


def known(game: Game, value: list[float] | None = None, nucleus: list[float] | None = None) -> None:
    answer = share(game).by_method
    assert answer["shapley"] == pytest.approx(over_all_orders(game))
    assert is_nucleolus(game, answer["nucleolus"])
    assert no_neighbour_is_better(game, answer["nucleolus"])
    if value is not None:
        assert answer["shapley"] == pytest.approx(value)
    if nucleus is not None:
        assert answer["nucleolus"] == pytest.approx(nucleus, abs=1e-6)


def test_tennessee_valley():
    """Ransmeier, The Tennessee Valley Authority (1942); Straffin and Heaney, International Journal of Game Theory 10
    (1981): navigation, flood control and power, in thousands of dollars."""
    costs = {"N": 163520, "F": 140826, "P": 250096, "NF": 301607, "NP": 378821, "FP": 367370, "NFP": 412584}
    known(of_function("NFP", costs.__getitem__, "cost"), [117829, 100756.5, 193998.5], [116234, 93540, 202810])


@pytest.mark.parametrize(
    ("estate", "expected"), [(100, [100 / 3] * 3), (150, [50] * 3), (200, [50, 75, 75]), (300, [50, 100, 150])]
)
def test_the_talmud(estate: int, expected: list[float]):
    """Aumann and Maschler, Journal of Economic Theory 36 (1985)."""
    claims = {"A": 100, "B": 200, "C": 300}
    known(of_function("ABC", lambda s: max(0, estate - sum(claims[k] for k in "ABC" if k not in s))), None, expected)


def test_an_airport():
    """Littlechild and Owen, Management Science 20 (1973): each slice among its users."""
    needs = {"A": 12, "B": 28, "C": 30, "D": 44}
    known(of_function("ABCD", lambda s: max(needs[k] for k in s), "cost"), [3, 25 / 3, 28 / 3, 70 / 3])


def test_the_apex_game():
    """One great player and four small ones; seats 3, 1, 1, 1, 1 of 7, four win. In a homogeneous constant-sum game the
    nucleolus is the weights themselves (Peleg, International Journal of Game Theory 1, 1968)."""
    seats = dict(zip("ABCDE", [3, 1, 1, 1, 1], strict=True))
    won = of_function("ABCDE", lambda s: int(sum(seats[k] for k in s) >= 4))
    known(won, [0.6, 0.1, 0.1, 0.1, 0.1], [3 / 7, 1 / 7, 1 / 7, 1 / 7, 1 / 7])


def test_the_security_council():
    """Shapley and Shubik's index of the council of fifteen: 421 / 2145 for each with a veto, 4 / 2145 for others. The
    nucleolus leaves nothing to who has no veto."""
    masks = np.arange(1 << 15)
    size = sum(masks >> k & 1 for k in range(15))
    passes = ((masks & 31) == 31) & (size >= 9)
    council = Game.of_table([f"P{k}" for k in range(15)], passes.astype(float), kind="value")
    assert shapley(council) == pytest.approx([421 / 2145] * 5 + [4 / 2145] * 10)
    found = nucleolus(council)
    assert found == pytest.approx([0.2] * 5 + [0] * 10)
    assert is_nucleolus(council, found)


def test_a_spanning_tree():
    """Bird, Networks 6 (1976): who joins the source by a cheapest tree pays the edge towards it; nobody objects."""
    source = {"A": 4, "B": 6, "C": 9}
    between = {"AB": 3, "AC": 7, "BC": 2}

    def tree(group: str) -> float:
        reached, cost = "", 0.0
        while len(reached) < len(group):
            price, who = min(
                (min([source[k], *(between["".join(sorted(k + j))] for j in reached)]), k)
                for k in group
                if k not in reached
            )
            reached, cost = reached + who, cost + price
        return cost

    game = of_function("ABC", tree, "cost")
    assert game.total == 9
    assert worst_objection(game, [4, 3, 2]) is None
    known(game)


def test_the_players_own_numbers_can_bind():
    """B and C are worth 1 without A, who adds nothing and costs all 1: A's own 0 holds the nucleolus, not the excesses
    (the prenucleolus would take from A)."""
    game = of_function("ABC", lambda s: {"BC": 3, "ABC": 2}.get(s, 0))
    found = nucleolus(game)
    known(game, None, [0, 1, 1])
    assert not is_nucleolus(game, [-2 / 3, 4 / 3, 4 / 3])
    assert is_nucleolus(game, found)


STYLES = st.sampled_from(["few levels", "wide", "below 0", "hair", "additive"])


@st.composite
def games(draw, least: int = 2, most: int = 6) -> Game:
    """Any game at all: degenerate, not superadditive, integral cents, a hair away from no saving."""
    n = draw(st.integers(least, most))
    style, rng = draw(STYLES), np.random.default_rng(draw(st.integers(0, 10**6)))
    low, high = {"few levels": (0, 3), "wide": (0, 10**8), "below 0": (-50, 50)}.get(style, (0, 1))
    numbers = rng.integers(low, high, 1 << n).astype(float)
    if style in {"hair", "additive"}:
        own = rng.integers(10**6, 10**7, n)
        numbers = np.array([sum(own[k] for k in range(n) if mask >> k & 1) for mask in range(1 << n)], dtype=float)
    if style == "hair":
        numbers += rng.integers(-99, 100, 1 << n)
    numbers[0] = 0
    return Game.of_table([f"P{k}" for k in range(n)], numbers, kind=draw(st.sampled_from(["cost", "value"])))


def changed(game: Game, numbers: np.ndarray) -> Game:
    return Game.of_table(game.players, numbers, kind=game.kind)


ANY = settings(max_examples=60, deadline=None)


@ANY
@given(games())
def test_the_nucleolus_is_certified_whatever_the_game(game: Game):
    found = nucleolus(game)
    assert sum(found) == pytest.approx(game.total, abs=1e-6 * np.abs(game.table).max())
    assert is_nucleolus(game, found)
    if least_excess(game) > 0:
        assert worst_objection(game, found) is None


@ANY
@given(games(), st.integers(1, 9), st.integers(0, 10**6))
def test_scaled_and_shifted_games_have_scaled_and_shifted_shares(game: Game, factor: int, seed: int):
    extra = np.random.default_rng(seed).integers(-100, 100, len(game.players))
    own = np.array([sum(extra[k] for k in range(len(extra)) if m >> k & 1) for m in range(len(game.table))])
    other = changed(game, factor * game.table + own)
    near = 1e-6 * max(1.0, float(np.abs(other.table).max()))
    for method in ("shapley", "nucleolus"):
        expected = factor * np.array(method_shares(game, method)) + extra
        assert method_shares(other, method) == pytest.approx(list(expected), abs=near)


@ANY
@given(games(), st.randoms())
def test_names_do_not_matter(game: Game, chance):
    n = len(game.players)
    order = list(range(n))
    chance.shuffle(order)  # player k takes the place of order[k]
    numbers = np.zeros(1 << n)
    for mask in range(1 << n):
        numbers[sum(1 << order[k] for k in range(n) if mask >> k & 1)] = game.table[mask]
    near = 1e-6 * max(1.0, float(np.abs(numbers).max()))
    for method in ("shapley", "nucleolus"):
        there, here = method_shares(changed(game, numbers), method), method_shares(game, method)
        assert [there[order[k]] for k in range(n)] == pytest.approx(here, abs=near)


@ANY
@given(games(), games())
def test_shapley_adds_up(one: Game, other: Game):
    n = min(len(one.players), len(other.players))
    a, b = (Game.of_table(one.players[:n], g.table[: 1 << n], kind="cost") for g in (one, other))
    both = changed(a, a.table + b.table)
    near = 1e-9 * max(1.0, float(np.abs(both.table).max()), float(np.abs(a.table).max()))
    assert shapley(both) == pytest.approx([x + y for x, y in zip(shapley(a), shapley(b), strict=True)], abs=near)
    assert sum(shapley(a)) == pytest.approx(a.total, abs=near)


@ANY
@given(games(), st.integers(-99, 99))
def test_who_adds_the_same_everywhere_pays_just_that(game: Game, own: int):
    more = Game.of_table([*game.players, "D"], np.concatenate([game.table, game.table + own]), kind=game.kind)
    near = 1e-6 * max(1.0, float(np.abs(more.table).max()))
    assert shapley(more)[-1] == pytest.approx(own, abs=near)
    if least_excess(game) >= 0:  # then whatever is in the core gives just that
        assert nucleolus(more)[-1] == pytest.approx(own, abs=near)


def test_of_objections_that_gain_the_same_the_smallest_is_named():
    game = of_function("ABC", lambda s: {1: 0, 2: 1, 3: 1}[len(s)])
    assert worst_objection(game, [1 / 3] * 3) == ((0, 1), pytest.approx(1 / 3))
    alone = of_function("ABC", lambda s: 5 * len(s) if s != "ABC" else 18, "cost")
    assert worst_objection(alone, [6, 6, 6]) == ((0, 1), pytest.approx(2))
    assert worst_objection(alone, [8, 5, 5]) == ((0,), pytest.approx(3))


@pytest.mark.slow
@pytest.mark.parametrize("n", [9, 12, 16])
def test_larger_games_are_certified(n: int):
    rng = np.random.default_rng(n)
    numbers = rng.integers(0, 1000, 1 << n).astype(float) + 500 * sum(np.arange(1 << n) >> k & 1 for k in range(n))
    numbers[0] = 0
    game = Game.of_table([f"P{k}" for k in range(n)], numbers, kind="cost")
    assert is_nucleolus(game, nucleolus(game))
