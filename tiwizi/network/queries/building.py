"""Reads for those who build a network: what is said of each thing, who uses it, and how one reaches it."""

from collections.abc import Collection, Iterable
from datetime import date
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Q

from tiwizi.base.models import Job
from tiwizi.network.models import (
    Body,
    BodyKind,
    Contact,
    Membership,
    NetworkImport,
    Organisation,
    OrganisationKind,
)
from tiwizi.network.places import Place
from tiwizi.network.queries import graph, organisations_of, today

# What is edited of each thing as plain fields, besides its name in each language; kinds stand as their codes.
FACTS: dict[type, tuple[str, ...]] = {
    BodyKind: ("rank",),
    OrganisationKind: (),
    Organisation: (
        "kind_id", "country", "scheme", "ref", "province", "region", "lat", "lon", "population", "population_year",
    ),
    Body: ("kind_id", "start", "uncertain", "note"),
}  # fmt: skip
CONTACT = ("office", "mail", "phone", "address", "website")


def facts_of(thing: BodyKind | OrganisationKind | Organisation | Body) -> dict[str, Any]:
    """What a thing says today, under the names of its form: its name by language, its plain fields."""
    names = {f"name_{code}": thing.name.get(code, "") for code, _language in settings.LANGUAGES}
    return names | {name.removesuffix("_id"): getattr(thing, name) for name in FACTS[type(thing)]}


def used_outside(managed: set[UUID]) -> dict[str, set[Any]]:
    """Keys of the levels, kinds and organisations that bodies outside of these use. Three queries."""
    elsewhere = Membership.objects.exclude(body__in=managed)
    return {
        "levels": set(Body.objects.exclude(pk__in=managed).values_list("kind_id", flat=True)),
        "kinds": set(elsewhere.values_list("organisation__kind_id", flat=True)),
        "organisations": set(elsewhere.values_list("organisation_id", flat=True)),
        "bodies": set(),
    }


def organisations_of_places(found: Iterable[Place]) -> dict[str, Organisation]:
    """The organisations that have the codes of these places already, by the places' keys. One query, none for none."""
    wanted = Q(pk__in=[])
    for one in found:
        wanted |= Q(scheme=one.scheme, ref=one.code)
    return {f"{one.scheme}:{one.ref}": one for one in Organisation.objects.filter(wanted)}


def imports_of(body: Body) -> list[NetworkImport]:
    """The latest imports of a network, without what their files said."""
    return list(NetworkImport.objects.filter(body=body).defer("entries", "undo")[:20])


def job_of_import(kept: NetworkImport) -> Job | None:
    """Who works on an import, or last did."""
    return Job.objects.filter(pk=kept.job).first() if kept.job else None


def work_has_ended(kept: NetworkImport) -> bool:
    """Did the worker of an import stop without finishing?"""
    job = job_of_import(kept)
    return job is None or job.is_over


def contact_of(owner: Organisation | Body) -> Contact:
    """How to reach an organisation or a body; one that is not kept yet where nobody said it."""
    owned = {"organisation": owner} if isinstance(owner, Organisation) else {"body": owner}
    return Contact.objects.filter(**owned).first() or Contact(**owned)


def contact_facts(contact: Contact) -> dict[str, str]:
    """What a contact says; empty texts where nobody said it."""
    return {name: getattr(contact, name) for name in CONTACT}


def contacts_in(body: Body) -> list[tuple[Organisation | Body, Contact | None]]:
    """The body and who sits in it today, each with its contact. Two queries."""
    owners: list[Any] = [body, *(seat.organisation for seat in seated_now(body))]
    wanted = Q(body=body) | Q(organisation__in=owners[1:])
    found = {one.organisation_id or one.body_id: one for one in Contact.objects.filter(wanted)}
    return [(owner, found.get(owner.pk)) for owner in owners]


def contacts_of(bodies: Collection[UUID]) -> list[Contact]:
    """The contacts that are kept of these bodies and of who ever sat in them, bodies first. One query."""
    wanted = Q(body__in=bodies) | Q(organisation__memberships__body__in=bodies)
    found = Contact.objects.filter(wanted).select_related("body", "organisation").distinct()
    return sorted(found, key=lambda one: (one.body is None, str((one.body or one.organisation).slug)))  # type: ignore[union-attr]


def seated_now(body: Body) -> list[Membership]:
    """The seats of a body today; of a closed one, those of its last day. One query."""
    return organisations_of([body], on=min(today(), body.end or date.max))


def programmes_of(body: Body) -> list[Body]:
    """The widest bodies that this one belongs to; itself when it belongs to nothing."""
    everything = graph(date.min, date.max)
    tops = [pk for pk in everything.above(body.pk) if not everything.up.get(pk)]
    return list(Body.objects.filter(pk__in=tops).select_related("kind"))


def programmes() -> list[Body]:
    """Every body that belongs to nothing wider."""
    return list(Body.objects.filter(groupings__isnull=True).select_related("kind"))
