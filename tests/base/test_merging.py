"""Two people change the same thing: what merges, what clashes, and that nothing is lost without a word."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tiwizi.base.errors import Conflict
from tiwizi.base.merging import MINE, THEIRS, Answers, Merge, Seen, merge, reconcile

SETS = ("hosts", "languages")
TOGETHER = [("first", "last")]
TEXTS = st.sampled_from(["", "a", "b", "c"])
MANY = st.lists(st.sampled_from("uvwxyz"), unique=True)
STATES = st.fixed_dictionaries(
    {"title": TEXTS, "note": TEXTS, "cost": st.none() | st.integers(0, 3), "first": TEXTS, "last": TEXTS}
    | {"hosts": MANY, "languages": MANY}
)


def merged(was, mine, theirs) -> Merge:
    return merge(was, mine, theirs, sets=SETS, together=TOGETHER)


def alike(name, one, other):
    return set(one) == set(other) if name in SETS else one == other


@given(STATES, STATES, STATES)
def test_no_change_of_anybody_is_lost_without_a_word(was, mine, theirs):
    found = merged(was, mine, theirs)
    clashing = {name for clash in found.clashes for name in clash.names}
    assert set(found.values) | clashing == set(mine)
    assert not set(found.values) & clashing
    for name in found.values:
        for changed, other in ((mine, theirs), (theirs, mine)):
            if name in SETS:
                assert set(changed[name]) - set(was[name]) <= set(found.values[name])
                assert not (set(was[name]) - set(changed[name])) & set(found.values[name])
            elif changed[name] != was[name]:
                assert found.values[name] == changed[name]
            elif other[name] == was[name]:
                assert found.values[name] == was[name]
    for clash in found.clashes:  # only where both changed it, and not alike
        assert any(mine[n] != was[n] for n in clash.names)
        assert any(theirs[n] != was[n] for n in clash.names)
        assert any(mine[n] != theirs[n] for n in clash.names)


@given(STATES, STATES, STATES)
def test_it_does_not_matter_who_was_first(was, mine, theirs):
    one, other = merged(was, mine, theirs), merged(was, theirs, mine)
    assert {clash.names for clash in one.clashes} == {clash.names for clash in other.clashes}
    assert all(alike(name, one.values[name], other.values[name]) for name in one.values)


@given(STATES, st.permutations([{"title": "T"}, {"note": "N", "cost": 7}, {"first": "F", "last": "L"}]))
def test_three_writers_of_different_fields_end_alike_in_any_order(was, changes):
    stands = dict(was)
    for change in changes:
        stands |= merged(was, was | change, stands).values
    assert stands == was | {"title": "T", "note": "N", "cost": 7, "first": "F", "last": "L"}


@given(STATES, STATES, STATES)
def test_every_clash_can_be_decided_either_way(was, mine, theirs):
    found = merged(was, mine, theirs)
    for side, values in ((MINE, mine), (THEIRS, theirs)):
        decided = found.settled(Answers(4, {clash.name: side for clash in found.clashes}), 4)
        assert not decided.clashes
        assert all(decided.values[n] == values[n] for clash in found.clashes for n in clash.names)


@given(STATES, STATES)
def test_who_changes_nothing_takes_what_stands(was, theirs):
    found = merged(was, was, theirs)
    assert not found.clashes
    assert all(alike(name, found.values[name], theirs[name]) for name in theirs)
    assert set(found.taken) == {name for name in theirs if not alike(name, was[name], theirs[name])}


@given(STATES, STATES, STATES)
def test_what_is_told_as_taken_was_changed_by_others_and_stands(was, mine, theirs):
    found = merged(was, mine, theirs)
    for name, (before, after) in found.taken.items():
        assert not alike(name, before, after)
        assert (before, after) == (was[name], theirs[name])


def test_halves_of_one_period_are_not_mixed():
    was = {"first": "1", "last": "4"}
    (clash,) = merged(was, {"first": "2", "last": "4"}, {"first": "1", "last": "5"}).clashes
    assert (clash.names, clash.name) == (("first", "last"), "first")
    assert merged(was, {"first": "2", "last": "4"}, was).values == {"first": "2", "last": "4"}


def test_without_knowing_what_was_every_difference_is_asked():
    found = merged(None, {"title": "a", "cost": 1, "hosts": ["u"]}, {"title": "b", "cost": 1, "hosts": ["v"]})
    assert [clash.name for clash in found.clashes] == ["title", "hosts"]
    assert found.values == {"cost": 1}


def test_a_field_that_was_not_known_then_is_asked():
    assert [clash.name for clash in merged({}, {"title": "a"}, {"title": "b"}).clashes] == ["title"]


def test_an_answer_counts_for_the_version_that_was_looked_at():
    found = merged({"title": "a"}, {"title": "b"}, {"title": "c"})
    assert found.settled(Answers(2, {"title": MINE}), 3).clashes
    assert found.settled(Answers(3, {"title": "nobody's"}), 3).clashes
    assert found.settled(None, 3).clashes
    assert found.settled(Answers(3, {"title": MINE}), 3).values == {"title": "b"}


def test_unknown_is_not_zero():
    assert merged({"cost": None}, {"cost": 0}, {"cost": None}).values == {"cost": 0}
    assert merged({"cost": 5}, {"cost": None}, {"cost": 0}).clashes


def test_what_was_seen_comes_back_from_the_form_and_only_from_ours():
    seen = Seen(3, {"day": date(2017, 7, 3), "title": "Été", "cost": None})
    text = seen.sealed("activity 1")
    assert Seen.read(text, "activity 1") == Seen(3, {"day": "2017-07-03", "title": "Été", "cost": None})
    assert Seen.read(text, "activity 2") == Seen.read(text[:-1], "activity 1") == Seen(None)
    assert Seen.read(Seen(None).sealed("x"), "x") == Seen(None)


def test_days_and_line_ends_compare_as_they_were_kept():
    was = {"day": "2017-07-03", "note": "a\nb"}
    found = merge(was, {"day": date(2017, 7, 3), "note": "a\r\nb"}, {"day": date(2017, 7, 10), "note": "c"})
    assert found.values == {"day": date(2017, 7, 10), "note": "c"}


def test_the_version_that_stands_needs_no_merge():
    assert reconcile(Seen(2), {"title": "b"}, {"title": "a"}, version=2).values == {"title": "b"}
    with pytest.raises(Conflict) as caught:
        reconcile(Seen(1), {"title": "b"}, {"title": "a"}, version=2)
    assert (caught.value.code, caught.value.version) == ("changed-meanwhile", 2)
