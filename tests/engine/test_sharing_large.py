"""Games too large for a table: trees, airports, one event at one place, cost functions. Small ones agree with it."""

import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tiwizi_engine.errors import EngineError
from tiwizi_engine.sharing import (
    Game,
    Gathering,
    Tree,
    by_amounts,
    by_weights,
    each_prefix,
    is_nucleolus,
    least_excess,
    method_shares,
    sampled_shapley,
    share,
    worst_objection,
)
from tiwizi_engine.sharing.nucleolus import nucleolus
from tiwizi_engine.sharing.shapley import shapley

ANY = settings(max_examples=60, deadline=None)
COSTS = st.one_of(st.integers(0, 3), st.integers(0, 50))


@st.composite
def trees(draw) -> Tree:
    n = draw(st.integers(1, 7))
    parent = [draw(st.integers(-1, k - 1)) for k in range(n)]
    return Tree(tuple(parent), tuple(float(draw(COSTS)) for _ in range(n)))


@st.composite
def gatherings(draw) -> Gathering:
    n = draw(st.integers(1, 7))
    direct = [draw(st.integers(0, 40)) for _ in range(n)]
    alone = [d + draw(st.integers(0, 40)) for d in direct]
    return Gathering(tuple(map(float, alone)), tuple(map(float, direct)), float(draw(st.integers(0, 120))))


def tabled(form: Tree | Gathering, n: int) -> Game:
    costs = [form.of([k for k in range(n) if mask >> k & 1]) for mask in range(1 << n)]
    return Game.of_table([f"P{k}" for k in range(n)], costs, kind="cost")


def agrees(form: Tree | Gathering, n: int, seed: int) -> None:
    """Nucleolus, least excess and strongest objection are those of the table, by linear programmes and by scanning."""
    table = tabled(form, n)
    found = form.nucleolus()
    assert found == pytest.approx(nucleolus(table), abs=1e-6)
    assert is_nucleolus(table, found)
    assert form.least_excess == pytest.approx(least_excess(table), abs=1e-6)
    if n == 1:
        return
    some = np.random.default_rng(seed).normal(size=n) * 10
    some += (table.total - some.sum()) / n
    group, gain = form.objection(some)
    scanned = worst_objection(table, some)
    if scanned is None:
        assert gain < 1e-5
    else:
        assert gain == pytest.approx(scanned[1])
        assert sum(some[k] for k in group) - form.of(group) == pytest.approx(gain)


@ANY
@given(trees(), st.integers(0, 10**6))
def test_trees_agree_with_their_tables(tree: Tree, seed: int):
    n = len(tree.parent)
    agrees(tree, n, seed)
    assert tree.table() == pytest.approx(tabled(tree, n).table)
    assert tree.shapley() == pytest.approx(shapley(tabled(tree, n)))


@ANY
@given(st.lists(COSTS, min_size=1, max_size=7), st.integers(0, 10**6))
def test_airports_agree_with_their_tables(needs: list[int], seed: int):
    chain = Tree.of_needs(needs)
    agrees(chain, len(needs), seed)
    assert tabled(chain, len(needs)).table[1 << len(needs) - 1] == needs[-1]
    assert chain.shapley() == pytest.approx(shapley(tabled(chain, len(needs))))


@ANY
@given(gatherings(), st.integers(0, 10**6))
def test_gatherings_agree_with_their_tables(event: Gathering, seed: int):
    n = len(event.alone)
    agrees(event, n, seed)
    sample = event.sample(seed)
    assert sum(sample.shares) == pytest.approx(event.total)
    assert sample.shares == pytest.approx(shapley(tabled(event, n)), abs=sample.error + 1e-9)


def test_a_gathering_by_hand():
    """The Talmud's claims of 100, 200 and 300 as rooms, 400 of fixed cost: 200 are saved, as 50, 75 and 75."""
    event = Gathering((150.0, 250.0, 350.0), (50.0, 50.0, 50.0), 400.0)
    assert event.saving == 200
    assert event.nucleolus() == pytest.approx([100, 175, 275])
    answer = share(Game.of_gathering(["A", "B", "C"], event, heads=[1, 2, 3])).to_dict()
    assert answer["in_core"]["nucleolus"]
    assert answer["worst_objection"]["equal"] == {"coalition": ["A"], "would_save": pytest.approx(550 / 3 - 150)}


def test_what_all_lose_together_is_shared_equally():
    """The third member's direct cost is above its cost alone; the first two would meet without it."""
    event = Gathering((50.0, 50.0, 10.0), (5.0, 5.0, 40.0), 20.0)
    sample = event.sample()
    assert sum(sample.shares) == pytest.approx(event.total)
    assert sample.shares == pytest.approx(shapley(tabled(event, 3)), abs=sample.error)
    assert sum(event.nucleolus()) == pytest.approx(event.total)
    losing = Gathering((50.0, 50.0), (40.0, 40.0), 60.0)
    assert losing.sample().shares == pytest.approx([70, 70])
    assert losing.nucleolus() == pytest.approx([70, 70])


def test_equal_members_of_a_plenary_pay_the_same():
    event = Gathering((500.0, 700.0) * 20, (100.0, 300.0) * 20, 4_000.0)
    assert np.ptp(event.sample().shares[::2]) == 0
    assert np.ptp(event.sample().shares[1::2]) == 0
    cheap = Gathering((500.0, 700.0) * 20, (100.0, 300.0) * 20, 400.0).sample()
    assert cheap.shares == pytest.approx((110.0, 310.0) * 20)
    assert cheap.error == 0


def test_thousands_of_landings_are_shared_at_once():
    """Thirteen thousand and more, as at Littlechild and Owen's airport, of eleven types."""
    needs = np.random.default_rng(1).choice(np.arange(10_000, 43_000, 3_000), 13_572).astype(float)
    began = time.perf_counter()
    chain = Tree.of_needs(needs.tolist())
    value, nucleus = chain.shapley(), chain.nucleolus()
    assert time.perf_counter() - began < 2
    assert sum(value) == pytest.approx(40_000)
    assert sum(nucleus) == pytest.approx(40_000)
    assert chain.objection(nucleus)[1] < 1e-6


@pytest.mark.parametrize("seed", range(20))
def test_sixty_players_are_sampled_within_the_stated_error(seed: int):
    rng = np.random.default_rng(seed)
    needs = rng.integers(100, 2000, 60).astype(float)
    sample = sampled_shapley(60, lambda orders: np.maximum.accumulate(needs[orders], axis=1), seed=seed, orders=8_000)
    exact = Tree.of_needs(needs.tolist()).shapley()
    assert sum(sample.shares) == pytest.approx(needs.max(), rel=1e-12)
    assert np.abs(np.array(sample.shares) - exact).max() <= sample.error < 30


@pytest.mark.slow
def test_sampling_takes_little_time_and_is_the_same_for_a_seed():
    needs = np.random.default_rng(1).integers(100, 2000, 60).astype(float)

    def along(orders: np.ndarray) -> np.ndarray:
        return np.maximum.accumulate(needs[orders], axis=1)

    began = time.perf_counter()
    first = sampled_shapley(60, along, seed=5)
    assert time.perf_counter() - began < 2
    assert first == sampled_shapley(60, along, seed=5)
    assert first.shares != sampled_shapley(60, along, seed=6).shares
    assert np.abs(np.array(first.shares) - Tree.of_needs(needs.tolist()).shapley()).max() <= first.error < 10


def test_a_plain_function_of_a_coalition_is_sampled_too():
    tree = Tree((-1, 0, 0, 1), (5.0, 3.0, 4.0, 2.0))
    sample = sampled_shapley(4, each_prefix(tree.of), orders=2_000)
    assert sample.shares == pytest.approx(tree.shapley(), abs=sample.error)
    assert sample.certainty == 0.99


def test_what_a_player_adds_must_lie_within_its_bounds():
    """A second player makes the first one dearer: nothing bounds that without being said."""
    quarrel = each_prefix(lambda group: len(group) ** 2)
    with pytest.raises(EngineError, match="give bounds") as caught:
        sampled_shapley(3, quarrel)
    assert caught.value.field.startswith("bounds[")
    sample = sampled_shapley(3, quarrel, bounds=[(0, 5)] * 3)
    assert sample.shares == pytest.approx([3, 3, 3], abs=sample.error)
    for wrong in ({"orders": 1}, {"certainty": 1.0}, {"bounds": [(0, 5)]}, {"bounds": [(5, 0)] * 3}):
        with pytest.raises(EngineError):
            sampled_shapley(3, quarrel, **wrong)
    for bad in (lambda orders: orders[:, :1], lambda orders: np.full(orders.shape, np.nan)):
        with pytest.raises(EngineError, match="a growing group"):
            sampled_shapley(3, bad, bounds=[(0, 5)] * 3)


@pytest.mark.parametrize(
    ("form", "field"),
    [
        (lambda: Tree((1, 0), (1.0, 1.0)), "parent"),
        (lambda: Tree((2, -1), (1.0, 1.0)), "parent"),
        (lambda: Tree((-1, 0), (1.0,)), "parent"),
        (lambda: Tree((-1, 0), (1.0, -1.0)), "cost"),
        (lambda: Tree((-1, 0), (1.0, float("nan"))), "cost"),
        (lambda: Gathering((1.0,), (1.0,), float("inf")), "fixed"),
        (lambda: Gathering((-1.0,), (1.0,), 1.0), "alone"),
        (lambda: Gathering((1.0,), (), 1.0), "direct"),
        (lambda: Game.of_gathering(["A", "B"], Gathering((1.0,), (1.0,), 1.0)), "players"),
        (lambda: Game.from_dict({"kind": "cost", "players": ["A"], "airport": {"A": -1}}), "airport.A"),
        (lambda: Game.of_gathering(["A"] * 21, Gathering((1.0,) * 21, (1.0,) * 21, 1.0)).as_table(), "players"),
    ],
)
def test_a_structure_that_does_not_fit_is_named(form, field: str):
    with pytest.raises(EngineError) as caught:
        form()
    assert caught.value.field == field


def test_shares_by_hand_are_exact_or_refused_with_a_sentence():
    assert by_amounts(100_000, [60_000, 40_000], 2) == [60_000, 40_000]
    assert by_weights(100_000, [1, 1, 1], 3) == [33_334, 33_333, 33_333]
    assert by_weights(0, [0, 0], 2) == [0, 0]
    refused = [
        (lambda: by_amounts(100_000, [60_000, 35_000], 2), "amounts: add up to 950, 50 less than the cost of 1000"),
        (lambda: by_amounts(100_000, [60_000, 40_050], 2), "amounts: add up to 1000.5, 0.5 more than the cost of 1000"),
        (lambda: by_amounts(100_000, [100_000], 2), "amounts: expected 2, one a player, got 1"),
        (lambda: by_amounts(100, [-1, 101], 2), r"amounts\[0\]: expected whole cents, 0 or more, got -1"),
        (lambda: by_amounts(100, [99.5, 0.5], 2), r"amounts\[0\]: expected whole cents"),
        (lambda: by_weights(100, [0, 0], 2), "weights: are all 0: nobody would pay"),
        (lambda: by_weights(100, [1, float("nan")], 2), r"weights\[1\]: expected a number of 0 or more"),
        (lambda: by_weights(100, [1, -1], 2), r"weights\[1\]: expected a number of 0 or more"),
        (lambda: by_weights(100, [1], 2), "weights: expected 2"),
    ]
    for attempt, sentence in refused:
        with pytest.raises(EngineError, match=sentence):
            attempt()


def test_every_method_shares_the_cost_of_sixty():
    rng = np.random.default_rng(2)
    event = Gathering(tuple(rng.uniform(500, 900, 60)), tuple(rng.uniform(100, 300, 60)), 9_000.0)
    game = Game.of_gathering([f"P{k}" for k in range(60)], event, heads=[1.0] * 60)
    for method in ("nucleolus", "shapley", "equal", "proportional", "heads"):
        assert sum(method_shares(game, method)) == pytest.approx(event.total)
    assert worst_objection(game, event.nucleolus()) is None
