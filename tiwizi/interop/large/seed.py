"""The steps, in their order."""

from collections.abc import Callable
from random import Random

from django.db import connection, transaction

from tiwizi.indicators import rules as indicators
from tiwizi.interop.large.measured import Measured
from tiwizi.interop.large.network import PROGRAMME, Network
from tiwizi.interop.large.planned import Planned
from tiwizi.interop.large.size import Size
from tiwizi.network.models import Body

Told = Callable[[str, int], None]


class AlreadyThere(Exception):
    """The large programme stands in this database: it is built once."""


def seed(size: Size, *, number: int = 1, told: Told = lambda step, count: None) -> None:
    """Build the programme; `told(step, count)` after each step, and while figures go in. All or nothing."""
    with transaction.atomic():
        if Body.objects.filter(slug=PROGRAMME).exists():
            raise AlreadyThere(PROGRAMME)
        network = Network(size, Random(number))
        told("bodies", network.found())
        told("people", network.staff())
        planned = Planned(network)
        told("results", planned.adopt())
        told("activities", planned.plan())
        told("collective activities", planned.pool())
        measured = Measured(network, planned)
        told("indicators, who reports, targets", measured.define())
        told("figures in all", measured.report(lambda made: told("figures", made)))
        told("totals", indicators.renew_all(framework=planned.framework))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")  # so many new rows: the database must know them to plan its reading
