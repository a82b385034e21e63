"""Numbers so small that a reader might know who they are: what a public page may show of a breakdown.

Where one part of a breakdown counts from 1 to 4 persons, no part of that breakdown is shown for that period. Hiding the
small part alone would not do: the figure itself stands beside, and the hidden part is what is left of it. Hiding one
more part would not do either for who knows by which rule it was chosen. When all parts are hidden under one word, any
order of them fits what is shown, so no part can be reckoned (`tests/indicators/test_small.py` tries every case).
"""

from collections.abc import Collection
from decimal import Decimal

from tiwizi.indicators.models import Indicator

FEWEST = 5  # persons


def too_small(numbers: Collection[Decimal | None]) -> bool:
    """These parts of one figure, each in its category, may not be shown: one counts persons, and fewer than five; or
    there is one category only, which says of everybody what they are."""
    return len(numbers) < 2 or any(one is not None and 0 < one < FEWEST for one in numbers)


def may_be_split(indicator: Indicator) -> bool:
    """Levels on a scale are answers of persons: split, they may be one person's answer, whatever their number."""
    return indicator.counts not in (Indicator.Counts.SCALE, Indicator.Counts.TEXT)


def hides(indicator: Indicator) -> bool:
    """The rule of small numbers is for persons; a commune or a building has no secret to keep."""
    return bool(indicator.counts == Indicator.Counts.PERSONS)
