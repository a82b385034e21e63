"""A round's weeks as days."""

from datetime import date, timedelta

from tiwizi.pooling.models import Round


def end_of(round: Round) -> date:
    """The Monday after the round's last week."""
    return round.start + timedelta(weeks=round.weeks)


def monday_of(round: Round, week: int) -> date:
    """The Monday of a week of the round, numbered from 0."""
    return round.start + timedelta(weeks=week)
