"""How large: the whole programme, or a part of it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Size:
    """How many of each. `of(1)` is the whole; a smaller scale has fewer of everything, and at least a few."""

    plans: int = 300
    countries: int = 4
    regions: int = 12
    themes: int = 6
    networks: int = 2
    results: int = 20
    indicators: int = 1000
    periods: int = 10
    reporters: int = 62  # bodies that report an indicator
    measurements: int = 500_000

    @classmethod
    def of(cls, scale: float) -> "Size":
        """A part of the whole. Raises `ValueError` outside 0.001 to 1."""
        if not 0.001 <= scale <= 1:
            raise ValueError("expected a scale from 0.001 to 1")
        if scale == 1:
            return cls()
        side = scale**0.5  # figures are bodies times indicators: both shrink alike
        plans, indicators = max(6, round(300 * side)), max(8, round(1000 * side))
        periods, measurements = 4 if side < 0.2 else 10, max(40, round(500_000 * scale))
        return cls(
            plans=plans,
            countries=2 if side < 0.5 else 4,
            regions=3 if side < 0.5 else 12,
            themes=2 if side < 0.5 else 6,
            networks=1 if side < 0.5 else 2,
            results=max(3, round(20 * side)),
            indicators=indicators,
            periods=periods,
            reporters=min(plans, -(-measurements * 5 // (4 * indicators * periods)) + 1),  # some cells stay empty
            measurements=measurements,
        )
