"""What tests of public results have: the measured figures, accepted in the first period and waiting in the second."""

from dataclasses import dataclass

from tests.factories.results import Figures
from tiwizi.indicators import rules
from tiwizi.indicators.models import Indicator, Publication, Report

INTRODUCTION = {"fr": "Ce que les communes ont fait ensemble.", "en": "What municipalities did together."}


@dataclass
class Published:
    """52 trained in the first period (7 f, 5 m told of them), accepted; 25 more of Jette in the second, handed in."""

    figures: Figures
    publication: Publication
    secret: Indicator  # not public
    told: Indicator  # in words


def accept(*sheets: Report) -> None:
    """By the level above."""
    for sheet in sheets:
        rules.validate_report(by=None, report=sheet)


def make_published(figures: Figures) -> Published:
    measured = figures.measured
    cast = measured.cast
    secret = measured.indicator("secret", "sum", public=False, name={"fr": "Indicateur interne"})
    told = measured.indicator("told", "latest", counts="text", name={"fr": "Récit"})
    both = {"value": "8811"}
    measured.report(cast.etterbeek, measured.first, secret=both, told={"text": "Un récit que personne ne lit"})
    accept(*Report.objects.filter(period=measured.first))
    measured.report(cast.jette, measured.second, trained={"value": "25"}, members="31")
    opened = rules.publish_results(
        by=cast.programme_coordinator, body=cast.programme, reason="Décision du comité", introduction=INTRODUCTION
    )
    return Published(figures, opened, secret, told)
