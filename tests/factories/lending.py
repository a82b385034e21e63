"""Somebody stands in for somebody, as the two do it: one offers, the other says yes."""

from datetime import date

from tiwizi.accounts.models import User
from tiwizi.network import rules
from tiwizi.network.models import Delegation, Mandate


def stand_in(mandate: Mandate, deputy: User, start: date, end: date, reason: str = "") -> Delegation:
    """Offered by who holds the mandate, and taken up."""
    offer = rules.lend_mandate(
        by=mandate.user, mandate=mandate, email=deputy.email, start=start, end=end, reason=reason,
        site="http://testserver/",
    )  # fmt: skip
    return rules.accept_offer(by=deputy, offer=offer)
