"""Letters about roles; large network workbooks."""

from django.urls import reverse
from django.utils import timezone, translation

from tiwizi.accounts import mail
from tiwizi.accounts import queries as accounts
from tiwizi.accounts.models import User
from tiwizi.base.errors import Refusal
from tiwizi.base.jobs import Hold, handles
from tiwizi.base.wording import day
from tiwizi.network import rules
from tiwizi.network.models import Delegation, Invitation, NetworkImport
from tiwizi.network.permissions import ROLES


@handles("network.invitation-letter")
def invitation_letter(hold: Hold) -> None:
    """The link is made here, so that no table ever holds it; nothing is sent once the invitation is closed."""
    found = Invitation.objects.select_related("body", "invited_by").filter(pk=hold.payload["invitation"]).first()
    if found is None or found.accepted_at or found.withdrawn_at or found.expires_at < timezone.now():
        return
    with translation.override(found.language):
        context = {
            "name": found.name,
            "inviter": found.invited_by.called if found.invited_by else "",
            "role": ROLES[found.role],
            "body": str(found.body.name),
            "until": day(timezone.localdate(found.expires_at)),
            "link": hold.payload["site"].rstrip("/") + reverse("network:invitation", args=[rules.token_of(found)]),
        }
    mail.send(hold, "network/mail/invitation.txt", context, to=found.email, language=found.language)


@handles("network.offer-letter")
def offer_letter(hold: Hold) -> None:
    """In the reader's language where the address has an account, else in that of who lends: only the reader sees it.
    Nothing is sent once the offer is closed."""
    offers = Delegation.objects.select_related("mandate__body", "mandate__user")
    found = offers.filter(pk=hold.payload["offer"], user__isnull=True, revoked_at__isnull=True).first()
    if found is None:
        return
    lender = found.mandate.user
    language = (accounts.account_of(found.email) or lender).language
    with translation.override(language):
        context = {
            "who": lender.called,
            "role": ROLES[found.mandate.role],
            "body": str(found.mandate.body.name),
            "first": day(found.start),
            "last": day(found.end),
            "link": hold.payload["site"].rstrip("/") + reverse("network:offer", args=[rules.offer_token_of(found)]),
        }
    mail.send(hold, "network/mail/offer.txt", context, to=found.email, language=language)


@handles("network.import")
def network_import(hold: Hold) -> None:
    """All of it and the end of the job are one transaction: a worker that dies leaves nothing, and the next begins
    anew. What is refused is no failure: the import stands where it stood, and says why."""
    payload = hold.payload
    kept = NetworkImport.objects.select_related("body").get(pk=payload["import"])
    by = User.objects.get(pk=payload["by"])
    hold.progress(0.1, payload["state"])
    try:
        with hold.completing():
            rules.work_on_import(by=by, kept=kept, state=payload["state"])
    except Refusal as refusal:
        with hold.completing():
            rules.give_up_import(kept=kept, state=payload["state"], code=refusal.code)
