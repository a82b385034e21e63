"""A map of partnerships cut into blocks of neighbours, differently in each round."""

import math

import numpy as np

from tiwizi_engine.pooling.problem import Problem

GOLDEN = math.pi * (3 - math.sqrt(5))  # turning by this angle, no two rounds cut alike
MIDDLE = (0.4, 0.6)  # where a cut may fall, as shares of the weight


def blocks(p: Problem, size: int, round: int) -> list[list[int]]:
    """Partnerships in blocks of neighbours with about `size` interventions each, every partnership in one.

    The map is turned by the round's angle and halved again and again, each time across, where the widest gap between
    neighbours lies near the middle: regions are seldom cut, and never twice at the same place.
    """
    weight = np.zeros(len(p.partnerships))
    for one in p.interventions:
        weight[one.partnership] += 1
    places = np.array([(p.communes[q.commune].x, p.communes[q.commune].y) for q in p.partnerships]).reshape(-1, 2)
    angle = round * GOLDEN
    turned = places @ np.array([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]])
    busy = np.flatnonzero(weight)
    return [sorted(block.tolist()) for block in _halved(busy, turned, weight, size)]


def _halved(block: np.ndarray, places: np.ndarray, weight: np.ndarray, size: int) -> list[np.ndarray]:
    if weight[block].sum() <= size or len(block) < 2:
        return [block]
    along = places[block]
    axis = int(np.argmax(np.ptp(along, axis=0)))
    order = block[np.argsort(along[:, axis], kind="stable")]
    share = np.cumsum(weight[order])[:-1] / weight[order].sum()
    gaps = np.diff(places[order, axis])
    allowed = (share >= MIDDLE[0]) & (share <= MIDDLE[1])
    if not allowed.any():
        allowed = np.abs(share - 0.5) == np.abs(share - 0.5).min()
    cut = 1 + int(np.argmax(np.where(allowed, gaps, -1.0)))
    return _halved(order[:cut], places, weight, size) + _halved(order[cut:], places, weight, size)
