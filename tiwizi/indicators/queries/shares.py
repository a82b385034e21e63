"""Whose a figure of several bodies is, as people write it."""

from tiwizi.indicators.models import Measurement
from tiwizi.network.models import Body
from tiwizi_engine.money import split_cents

WHOLE = 10_000  # hundredths of a percent


def shares_of(measurement: Measurement) -> tuple[dict[Body, int], dict[Body, int]]:
    """The partners of a figure with their weights as they are kept, and in hundredths of a percent that make the whole.
    One query."""
    those = measurement.shares.select_related("body").order_by("body__slug")
    weights = {share.body: share.weight for share in those}
    parts = split_cents(WHOLE, list(weights.values())) if any(weights.values()) else [0] * len(weights)
    return weights, dict(zip(weights, parts, strict=True))
