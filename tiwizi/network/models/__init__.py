"""Who sits where: organisations, bodies with lives, crossing groupings, mandates."""

from tiwizi.network.models.bodies import (
    Body,
    BodyKind,
    Contact,
    Dated,
    Decision,
    FormerName,
    Grouping,
    HostingTerms,
    Membership,
    Organisation,
    OrganisationKind,
    UnavailableSpan,
    alive,
)
from tiwizi.network.models.imports import (
    NetworkImport,
)
from tiwizi.network.models.people import (
    Delegation,
    Invitation,
    Mandate,
)

__all__ = [
    "Body",
    "BodyKind",
    "Contact",
    "Dated",
    "Decision",
    "Delegation",
    "FormerName",
    "Grouping",
    "HostingTerms",
    "Invitation",
    "Mandate",
    "Membership",
    "NetworkImport",
    "Organisation",
    "OrganisationKind",
    "UnavailableSpan",
    "alive",
]
