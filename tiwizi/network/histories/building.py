"""How the trail of levels, kinds, contacts and network workbooks is told."""

from django.urls import reverse
from django.utils.translation import gettext_lazy

from tiwizi.network.histories import Kind, returning, tells
from tiwizi.network.histories.network import NAMES, TAKEN_BACK, reads_people
from tiwizi.network.models import BodyKind, Contact, NetworkImport, OrganisationKind
from tiwizi.network.permissions import Action, may
from tiwizi.network.queries import building

tells(
    Kind(
        Contact,
        gettext_lazy("Contact"),
        acts={
            "set-contact": gettext_lazy("said how to reach them"),
            "put-back-contact": gettext_lazy("put back how they were reached"),
            "undo-network": TAKEN_BACK,
        },
        labels={
            "office": gettext_lazy("Office in charge"),
            "mail": gettext_lazy("E-mail address"),
            "phone": gettext_lazy("Telephone"),
            "address": gettext_lazy("Postal address"),
            "website": gettext_lazy("Web site"),
        },
        bodies=lambda contact: [contact.body] if contact.body else list(contact.organisation.bodies.all()),
        address=lambda _contact, body: reverse("network:contacts", args=[body.slug]),
        tab="people",
        related=("body", "organisation"),
        readable=reads_people,
        values=building.contact_facts,
        put_back=returning.contact,
    )
)
tells(
    Kind(
        NetworkImport,
        gettext_lazy("Network workbook"),
        acts={
            "check-network": gettext_lazy("read a workbook"),
            "apply-network": gettext_lazy("imported a workbook"),
            "discard-network": gettext_lazy("put an import aside"),
            "recover-network": gettext_lazy("took an import up again"),
            "undo-network": gettext_lazy("undid an import"),
        },
        labels={
            "file": gettext_lazy("File"),
            "new": gettext_lazy("New"),
            "changed": gettext_lazy("Changed"),
            "faults": gettext_lazy("Faults"),
        },
        bodies=lambda kept: [kept.body],
        address=lambda _kept, body: reverse("network:build", args=[body.slug]),
        tab="people",
        title=lambda kept: str(kept.file_name),
        related=("body",),
        teller=lambda obj, entries: lambda name, value: str(value),
        readable=lambda by, obj, body: bool(may(by, Action.MANAGE_NETWORK, body)),
    )
)
for _model, _name, _acts, _put_back in (
    (
        BodyKind,
        gettext_lazy("Level"),
        {
            "add-level": gettext_lazy("added the level"),
            "change-level": gettext_lazy("changed the level"),
            "put-back-level": gettext_lazy("put an earlier state of the level back"),
            "undo-network": TAKEN_BACK,
        },
        returning.level,
    ),
    (
        OrganisationKind,
        gettext_lazy("Kind of organisation"),
        {
            "add-organisation-kind": gettext_lazy("added the kind of organisation"),
            "change-organisation-kind": gettext_lazy("changed the kind of organisation"),
            "put-back-organisation-kind": gettext_lazy("put an earlier state of the kind back"),
            "undo-network": TAKEN_BACK,
        },
        returning.kind,
    ),
):
    tells(
        Kind(
            _model,
            _name,
            acts=_acts,
            labels=NAMES | {"rank": gettext_lazy("Place among the levels")},
            bodies=lambda _kind: building.programmes(),  # shared by all
            address=lambda _kind, body: reverse("network:build", args=[body.slug]),
            tab="people",
            values=building.facts_of,
            put_back=_put_back,
        )
    )
