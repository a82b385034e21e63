import json
import random
from itertools import permutations
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tiwizi_engine.errors import EngineError
from tiwizi_engine.money import round_cents, split_cents, to_cents
from tiwizi_engine.sharing import Game, share
from tiwizi_engine.sharing.certificate import is_nucleolus
from tiwizi_engine.sharing.nucleolus import nucleolus
from tiwizi_engine.sharing.shapley import shapley

DATA = Path(__file__).parent / "data"


def game(players: str, function: dict[str, float], kind: str = "cost") -> Game:
    named = {"+".join(key): value for key, value in function.items()}
    return Game.from_dict({"players": list(players), "kind": kind, "function": named})


def random_game(seed: int, n: int, kind: str = "cost") -> Game:
    """A subadditive cost game: distances to be served, parts never dearer than their sum."""
    r = random.Random(seed)
    table = [0.0] * (1 << n)
    for mask in range(1, 1 << n):
        best = sum(r.randint(5, 40) for k in range(n) if mask >> k & 1) * r.uniform(0.55, 1.0)
        part = (mask - 1) & mask
        while part:
            best = min(best, table[part] + table[mask ^ part])
            part = (part - 1) & mask
        table[mask] = round(best, 2)
    return Game.of_table([chr(65 + k) for k in range(n)], table, kind=kind)


def test_three_communes_by_hand():
    """The sample: at the nucleolus every pair is equally content, 2,800 / 3 below what it would pay by itself."""
    three = Game.from_dict(json.loads((DATA / "three-communes.json").read_text()))
    shares = share(three).by_method
    assert shares["nucleolus"] == pytest.approx([5800 / 3, 6700 / 3, 6400 / 3])
    assert shares["shapley"] == pytest.approx([6500 / 3, 6500 / 3, 5900 / 3])
    assert share(three).least_excess == pytest.approx(2800 / 3)


# The Talmud's bankruptcy games: Aumann and Maschler, J. Economic Theory 36 (1985), table in section 1. v(S) is what is
# left of the estate when the others have taken their claims of 100, 200 and 300.
@pytest.mark.parametrize(
    ("estate", "expected"),
    [(100, [100 / 3] * 3), (200, [50, 75, 75]), (300, [50, 100, 150])],
)
def test_bankruptcy(estate: int, expected: list[float]):
    claims = {"A": 100, "B": 200, "C": 300}
    coalitions = ["A", "B", "C", "AB", "AC", "BC", "ABC"]
    worth = {s: max(0, estate - sum(c for who, c in claims.items() if who not in s)) for s in coalitions}
    found = nucleolus(game("ABC", worth, "value"))
    assert found == pytest.approx(expected, abs=1e-6)
    assert is_nucleolus(game("ABC", worth, "value"), found)


def test_gloves():
    """One left glove, two right ones (Shapley's market): the core is (1, 0, 0), the value (2/3, 1/6, 1/6)."""
    market = game("LRS", {"L": 0, "R": 0, "S": 0, "LR": 1, "LS": 1, "RS": 0, "LRS": 1}, "value")
    answer = share(market)
    assert answer.by_method["shapley"] == pytest.approx([2 / 3, 1 / 6, 1 / 6])
    assert answer.by_method["nucleolus"] == pytest.approx([1, 0, 0], abs=1e-7)
    assert answer.objections["shapley"] is not None
    assert answer.objections["nucleolus"] is None
    assert answer.least_excess == pytest.approx(0, abs=1e-9)


def test_an_empty_core_is_said():
    majority = game("ABC", {"A": 0, "B": 0, "C": 0, "AB": 1, "AC": 1, "BC": 1, "ABC": 1}, "value")
    answer = share(majority).to_dict()
    assert answer["core"] == {"nonempty": False, "least_excess": pytest.approx(-1 / 3)}
    assert answer["nucleolus"] == pytest.approx({"A": 1 / 3, "B": 1 / 3, "C": 1 / 3})
    assert answer["in_core"]["nucleolus"] is False
    assert answer["worst_objection"]["equal"]["would_save"] == pytest.approx(1 / 3)


@pytest.mark.parametrize("seed", range(8))
def test_shapley_is_the_average_over_all_orders(seed: int):
    some = random_game(seed, 5)
    totals = np.zeros(5)
    for order in permutations(range(5)):
        mask = 0
        for k in order:
            totals[k] += some.table[mask | 1 << k] - some.table[mask]
            mask |= 1 << k
    assert shapley(some) == pytest.approx(list(totals / 120))


@pytest.mark.parametrize("n", [2, 3, 4, 5, 6])
def test_the_nucleolus_passes_kohlbergs_criterion(n: int):
    for seed in range(6):
        some = random_game(seed, n)
        found = nucleolus(some)
        assert sum(found) == pytest.approx(some.total)
        assert is_nucleolus(some, found), (seed, n)


def test_kohlbergs_criterion_refuses_other_shares():
    some = random_game(3, 4)
    found = nucleolus(some)
    moved = [found[0] + 0.5, found[1] - 0.5, *found[2:]]
    assert not is_nucleolus(some, moved)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10**6), st.integers(2, 5))
def test_the_nucleolus_is_in_the_core_whenever_there_is_one(seed: int, n: int):
    answer = share(random_game(seed, n))
    assert (answer.objections["nucleolus"] is None) == (answer.least_excess >= -1e-6)


def test_closed_forms_agree_with_the_table():
    airport = Game.from_dict({"players": list("ABCD"), "kind": "cost", "airport": {"A": 8, "B": 11, "C": 13, "D": 18}})
    tree = Game.from_dict(
        {
            "players": list("ABC"),
            "kind": "cost",
            "tree": {
                "A": {"parent": None, "cost": 5},
                "B": {"parent": "A", "cost": 3},
                "C": {"parent": "A", "cost": 2},
            },
        }
    )
    for structured in (airport, tree):
        table = Game.of_table(structured.players, structured.as_table(), kind="cost")
        assert shapley(structured) == pytest.approx(shapley(table))
    assert shapley(airport) == pytest.approx([2, 3, 4, 9])  # Littlechild and Owen's rule, slice by slice
    assert tree.of([1, 2]) == 10


def test_a_large_structure_has_every_answer():
    needs = {f"P{k}": float(k) for k in range(1, 61)}
    answer = share(Game.from_dict({"players": list(needs), "kind": "cost", "airport": needs}))
    assert sum(answer.by_method["shapley"]) == pytest.approx(60)
    assert sum(answer.by_method["nucleolus"]) == pytest.approx(60)
    # The lowest level: the shortest runway, 1, over its user and the branch of all others.
    assert answer.to_dict()["core"] == {"nonempty": True, "least_excess": pytest.approx(0.5)}


def test_games_from_python_that_do_not_fit_are_named():
    for change, field in (
        ({"kind": "profit"}, "kind"),
        ({"numbers": [0, 1, 1]}, "function"),
        ({"numbers": [0, 1, float("nan"), 2]}, "function"),
        ({"numbers": [5, 1, 1, 2]}, "function"),
        ({"heads": [1, -1]}, "heads"),
        ({"players": []}, "players"),
    ):
        good = {"players": ["A", "B"], "numbers": [0, 1, 1, 2], "kind": "cost", "heads": [1, 1]}
        with pytest.raises(EngineError) as caught:
            Game.of_table(**(good | change))
        assert caught.value.field == field
    with pytest.raises(EngineError, match="exactly one"):
        Game(("A",), "cost", None)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"function": {"A": 1}}, "function.B"),
        ({"function": {"A": 1, "B": 1, "A+B": 2, "C": 1}}, "function.C"),
        ({"function": {"A": 1, "B": 1, "A+B": 2, "B+A": 2}}, "function.B+A"),
        ({"function": {"A": 1, "B": 1, "A+A": 2}}, "function.A+A"),
        ({"function": {"A": "one", "B": 1, "A+B": 2}}, "function.A"),
        ({"function": {"A": float("inf"), "B": 1, "A+B": 2}}, "function.A"),
        ({"players": ["A", "A"]}, "players"),
        ({"players": []}, "players"),
        ({"players": [f"P{k}" for k in range(21)]}, "players"),
        ({"kind": "profit"}, "kind"),
        ({"airport": {"A": 1, "B": 2}}, "function"),
        ({"heads": {"A": 1}}, "heads.B"),
        ({"heads": {"A": 1, "B": -1}}, "heads"),
        ({"heads": {"A": 0, "B": 0}}, "heads"),
        ({"function": {"A": float("nan"), "B": 1, "A+B": 2}}, "function.A"),
        ({"function": {"A": 2**53 + 2, "B": 1, "A+B": 2}}, "function.A"),
        ({"function": {"A": 10**400, "B": 1, "A+B": 2}}, "function.A"),
        ({"function": {"A": True, "B": 1, "A+B": 2}}, "function.A"),
        ({"function": {"": 0, "A": 1, "B": 1, "A+B": 2}}, "function."),
        ({"function": [1, 1, 2]}, "function"),
        ({"surprise": 1}, "surprise"),
    ],
)
def test_a_game_that_does_not_fit_is_named(change: dict, field: str):
    good = {"players": ["A", "B"], "kind": "cost", "function": {"A": 1, "B": 1, "A+B": 2}}
    with pytest.raises(EngineError) as caught:
        Game.from_dict(good | change)
    assert caught.value.field == field


def test_a_tree_that_goes_in_a_circle_is_refused():
    tree = {"A": {"parent": "B", "cost": 1}, "B": {"parent": "A", "cost": 1}}
    with pytest.raises(EngineError, match="circle"):
        Game.from_dict({"players": ["A", "B"], "kind": "cost", "tree": tree})


@given(st.integers(-(10**7), 10**7), st.lists(st.integers(0, 1000), min_size=1, max_size=12))
def test_no_cent_is_lost(total: int, weights: list[int]):
    if sum(weights) == 0:
        weights[0] = 1
    parts = split_cents(total, weights)
    assert sum(parts) == total
    for a, wa in zip(parts, weights, strict=True):
        for b, wb in zip(parts, weights, strict=True):
            assert wa <= wb or (a >= b if total >= 0 else a <= b)


@given(st.lists(st.integers(0, 10**9).map(lambda x: x / 1000), min_size=1, max_size=12))
def test_whole_cents_add_up_and_keep_the_order(exact: list[float]):
    """Largest remainder, ties to the earlier: within a cent of the exact amount, and more never becomes less."""
    total = round(sum(exact))
    parts = round_cents(total, exact)
    assert sum(parts) == total
    assert all(abs(part - x) < 1 + 1e-6 for part, x in zip(parts, exact, strict=True))
    for (i, a), (j, b) in permutations(enumerate(exact), 2):
        assert not a > b or parts[i] >= parts[j]
        assert not (a == b and i < j) or parts[i] >= parts[j]


def test_three_cents_among_two():
    assert split_cents(3, [1, 1]) == [2, 1]
    assert split_cents(10_000, [1, 1, 1]) == [3334, 3333, 3333]
    assert round_cents(0, [-0.5, 0.5]) == [0, 0]
    with pytest.raises(EngineError):
        split_cents(5, [0, 0])
    with pytest.raises(EngineError):
        round_cents(100, [1.0, 2.0])
    for bad in (float("nan"), float("inf")):
        with pytest.raises(EngineError):
            round_cents(1, [bad, 1.0])
        with pytest.raises(EngineError):
            split_cents(1, [bad, 1.0])


def test_amounts_are_read_exactly():
    assert to_cents(1100.1, "x") == 110_010
    for bad in ("dix", None, True, 1.005, float("nan")):
        with pytest.raises(EngineError):
            to_cents(bad, "x")
