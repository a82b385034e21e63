"""What results did in words, year by year."""

from dataclasses import dataclass
from datetime import date

from tiwizi.framework.models import Framework, Result
from tiwizi.indicators.models import Review
from tiwizi.indicators.queries.scope import Around
from tiwizi.network import queries as network
from tiwizi.network.models import Body


@dataclass(frozen=True)
class Reviewed:
    """A result of a body in a year; no review: nobody wrote one yet."""

    body: Body
    result: Result
    year: int
    review: Review | None


def years_of(framework: Framework) -> list[int]:
    """The years that one can look back on, the latest first; at least the first one."""
    last = min(framework.end.year, network.today().year)
    return list(range(max(last, framework.start.year), framework.start.year - 1, -1))


def asked_year(framework: Framework, on: date | None = None) -> int:
    """The year that the donor asks for: the one before this, within the framework."""
    return min(max((on or network.today()).year - 1, framework.start.year), framework.end.year)


def review_of(body: Body, result: Result, year: int) -> Review | None:
    return Review.objects.filter(body=body, result=result, year=year).first()


def reviews_of(body: Body, framework: Framework) -> dict[str, list[Review]]:
    """The reviews of a body by its results' numbers, the latest year first."""
    found: dict[str, list[Review]] = {}
    those = Review.objects.filter(body=body, result__framework=framework).select_related("result").order_by("-year")
    for one in those:
        found.setdefault(one.result.number, []).append(one)
    return found


def reviewed(place: Around, year: int) -> list[Reviewed]:
    """Every result of the body itself, and what the bodies below wrote, for one year: result by result, the body's own
    first. Two queries."""
    results = list(place.framework.results.all())
    bodies = {one.pk: one for one in place.bodies if one.pk in place.below}
    written = {
        (one.result_id, one.body_id): one
        for one in Review.objects.filter(body__in=bodies, result__in=results, year=year)
    }
    found = []
    for result in results:
        found.append(Reviewed(place.body, result, year, written.get((result.pk, place.body.pk))))
        found += [
            Reviewed(body, result, year, written[result.pk, body.pk])
            for body in bodies.values()
            if body.pk != place.body.pk and (result.pk, body.pk) in written
        ]
    return found
