"""Bodies on a map."""

from django.urls import reverse
from django.utils.translation import gettext as _

from tiwizi.base.pictures import Map, Point
from tiwizi.network.models import Body, Membership

ASIDE = 380  # a map beside the text


def map_of(body: Body, seats: list[Membership]) -> Map:
    """The South communes of a body and those below it; the North's are named beside, off this map's scale."""
    norths: dict[object, list[str]] = {}
    for seat in seats:
        if seat.side == "north":
            norths.setdefault(seat.body_id, []).append(str(seat.organisation))
    points: dict[object, Point] = {}
    for seat in seats:
        place = seat.organisation
        if seat.side == "south" and place.lat is not None and place.lon is not None and place.pk not in points:
            points[place.pk] = Point(
                lat=place.lat, lon=place.lon, label=str(place), approximate=place.approximate,
                note=_("with %(who)s") % {"who": ", ".join(north)} if (north := norths.get(seat.body_id)) else "",
                href=reverse("portal:body", args=[seat.body.slug]) if seat.body_id != body.pk else "",
            )  # fmt: skip
    return Map(points=list(points.values()), title=_("Communes of %(body)s") % {"body": body}, width=ASIDE)
