"""Small numbers: whoever knows the rule, the figure and what is shown cannot reckon a part that is hidden."""

from collections import defaultdict
from decimal import Decimal
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tiwizi.indicators.models import Indicator
from tiwizi.indicators.queries.small import FEWEST, hides, may_be_split, too_small

Numbers = tuple[int, ...]


def seen(parts: Numbers) -> tuple[int, Numbers | None]:
    """All that a page shows: the figure, and its parts or that they are hidden."""
    return sum(parts), None if too_small([Decimal(one) for one in parts]) else parts


def test_a_part_of_one_to_four_persons_hides_its_breakdown():
    assert too_small([Decimal(4), Decimal(40)])
    assert too_small([Decimal(1), Decimal(0)])
    assert too_small([None, Decimal(3), Decimal(9)])
    assert not too_small([Decimal(5), Decimal(40)])
    assert not too_small([Decimal(0), Decimal(40)])  # nobody is there to be recognised
    assert not too_small([None, Decimal(40)])
    assert too_small([Decimal(40)])  # one part alone says of everybody what they are
    assert not too_small([Decimal("5.5"), Decimal("7.5")])
    assert too_small([Decimal("4.9"), Decimal("7")])


@pytest.mark.parametrize("parts", [2, 3])
def test_every_hidden_part_may_be_several_numbers(parts):
    """All breakdowns of up to eleven persons a part, as an adversary tries them."""
    alike: dict[tuple[int, Numbers | None], list[Numbers]] = defaultdict(list)
    for one in product(range(12), repeat=parts):
        alike[seen(one)].append(one)
    hidden = {shown: those for shown, those in alike.items() if shown[1] is None and shown[0] <= 11}
    assert hidden
    for those in hidden.values():
        for place in range(parts):
            assert len({one[place] for one in those}) > 1, those


@given(st.lists(st.integers(0, 60), min_size=2, max_size=6).map(tuple), st.data())
def test_an_order_that_fits_as_well_is_always_there(parts, data):
    """Of any hidden breakdown there is another one that looks the same and gives a chosen part another number."""
    if seen(parts)[1] is not None:
        assert not [one for one in parts if 0 < one < FEWEST]
        return
    place = data.draw(st.integers(0, len(parts) - 1))
    others = [at for at in range(len(parts)) if at != place]
    swaps = [at for at in others if parts[at] != parts[place]]
    other = list(parts)
    if swaps:
        other[place], other[swaps[0]] = parts[swaps[0]], parts[place]
    else:  # all alike, and from 1 to 4: one person more here and less there
        other[place], other[others[0]] = parts[place] + 1, parts[place] - 1
    assert other[place] != parts[place]
    assert seen(tuple(other)) == seen(parts)


def test_the_rule_is_for_persons():
    assert hides(Indicator(counts="persons"))
    assert not hides(Indicator(counts="structures"))
    assert may_be_split(Indicator(counts="persons"))
    assert not may_be_split(Indicator(counts="scale"))  # an answer of somebody
    assert not may_be_split(Indicator(counts="text"))
