"""How a body, and who sits in it, are reached: kept apart from public facts, read by who may read people."""

import re
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator, URLValidator
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from tiwizi.accounts.models import User
from tiwizi.base import audit
from tiwizi.base.errors import Refusal
from tiwizi.base.merging import Answers, Seen, reconcile
from tiwizi.network.models import Body, Contact, Membership, Organisation
from tiwizi.network.permissions import Action, require
from tiwizi.network.queries import building

_PHONE = re.compile(r"\+?[\d\s().\-/\u00a0\u202f]{5,40}")
_NO_EMAIL = EmailValidator()
_NO_ADDRESS = URLValidator(schemes=["http", "https"])


@transaction.atomic
def set_contact(
    *,
    by: User,
    body: Body,
    organisation: Organisation | None = None,
    seen: Seen,
    answers: Answers | None = None,
    reason: str = "",
    puts_back: bool = False,
    **facts: str,
) -> Contact:
    """How the body is reached, or an organisation that sits in it. `facts`: `building.CONTACT`, empty: not known.

    `puts_back`: these are the values of an earlier state. Refused: `not-seated`, `contact-mail`, `contact-phone`,
    `contact-website`; `changed-meanwhile`.
    """
    require(by, Action.EDIT_CONTACTS, body)
    if organisation is not None and not Membership.objects.filter(body=body, organisation=organisation).exists():
        raise Refusal("not-seated", _("%(who)s does not sit in this body.") % {"who": organisation})
    owner: dict[str, Any] = {"organisation": organisation} if organisation else {"body": body}
    Contact.objects.get_or_create(**owner)
    contact = Contact.objects.select_for_update(of=("self",)).get(**owner)
    was = building.contact_facts(contact)
    typed = {name: facts[name].strip() for name in building.CONTACT if name in facts}
    contact.merged = reconcile(seen, typed, was, version=contact.version, answers=answers)
    now = was | contact.merged.values
    for refusal in faults_of(now):
        raise refusal
    if now == was:
        return contact
    for name, value in now.items():
        setattr(contact, name, value)
    contact.version += 1
    contact.save(update_fields=[*building.CONTACT, "version"])
    before, after = audit.changed(was, now)
    act = "put-back-contact" if puts_back else "set-contact"
    audit.record(act, contact, by=by, body=body.pk, reason=reason, before=before, after=after)
    return contact


def faults_of(facts: dict[str, str]) -> list[Refusal]:
    """What is wrong with a contact, one refusal for each field."""
    found = []
    if facts["mail"] and _wrong(_NO_EMAIL, facts["mail"]):
        found.append(Refusal("contact-mail", _("This is no e-mail address."), field="mail"))
    if facts["phone"] and not _PHONE.fullmatch(facts["phone"]):
        hint = _("Write it as +32 2 423 12 11.")
        found.append(Refusal("contact-phone", _("This is no telephone number."), hint, field="phone"))
    if facts["website"] and _wrong(_NO_ADDRESS, facts["website"]):
        hint = _("It begins with https:// or http://.")
        found.append(Refusal("contact-website", _("This is no address of a web site."), hint, field="website"))
    return found


def _wrong(validator: Any, value: str) -> bool:
    try:
        validator(value)
    except ValidationError:
        return True
    return False
