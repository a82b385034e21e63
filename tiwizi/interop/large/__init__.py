"""A large invented programme, to measure and to try things on: `seed` builds it, the same for the same number.

Communes, people and figures are numbers; nothing in it is real. What a person would do a few times is done by the
usual rules; half a million figures go in by a rule for loaders (`indicators.rules.plant_figures`).
"""

from tiwizi.interop.large.seed import PROGRAMME, AlreadyThere, seed
from tiwizi.interop.large.size import Size

__all__ = ["PROGRAMME", "AlreadyThere", "Size", "seed"]
