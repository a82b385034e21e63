"""Two bars: alone and together."""

from dataclasses import dataclass

WIDTH = 300


@dataclass(frozen=True)
class Pair:
    """Two amounts in cents, drawn on the same scale."""

    alone: int
    together: int

    @property
    def _most(self) -> int:
        return max(self.alone, self.together, 1)

    @property
    def alone_width(self) -> int:
        return round(WIDTH * self.alone / self._most)

    @property
    def together_width(self) -> int:
        return round(WIDTH * self.together / self._most)

    @property
    def saved(self) -> int:
        return self.alone - self.together

    @property
    def saved_share(self) -> float:
        return self.saved / self.alone if self.alone else 0.0
