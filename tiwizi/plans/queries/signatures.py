"""Who stands by a plan."""

from dataclasses import dataclass
from datetime import datetime

from tiwizi.accounts.models import User
from tiwizi.network.queries import named, names_of
from tiwizi.plans.models import Plan, Signature


@dataclass(frozen=True)
class Signed:
    """A signature that counts: by whom (both names where somebody stood in), since when."""

    who: str
    at: datetime
    mine: bool


def signatures_of(plan: Plan, user: User) -> list[Signed]:
    """The signatures that count, in order. Two queries."""
    found = list(Signature.objects.standing().filter(plan=plan))
    names = names_of({one for each in found for one in (each.signed_by, each.on_behalf)}) if found else {}
    return [
        Signed(named(names, each.signed_by, each.on_behalf), each.signed_at, each.signed_by == user.pk)
        for each in found
    ]
