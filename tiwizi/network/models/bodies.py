"""Organisations, bodies with their lives, crossing groupings, seats, contacts, decisions, hosting."""

import uuid
from datetime import date

from django.db import models
from django.db.models import F, Q

from tiwizi.base.fields import TranslatedField
from tiwizi.base.merging import Merge


def alive(start: date | None, end: date | None, first: date, last: date | None = None) -> bool:
    """Does what begins and ends on these days (either may be open) live on a day, or on at least one day between two?
    In the database the same is `Dated.on` and `Dated.during`."""
    return (start is None or start <= (last or first)) and (end is None or end >= first)


class Dated(models.QuerySet):
    """Rows with `start` and `end` (either may be open)."""

    def on(self, day: date) -> "Dated":
        """Those alive on a day."""
        return self.during(day, day)

    def during(self, first: date, last: date) -> "Dated":
        """Those alive on at least one day between two days, both included."""
        return self.filter(Q(start__isnull=True) | Q(start__lte=last), Q(end__isnull=True) | Q(end__gte=first))


def life(name: str) -> models.CheckConstraint:
    return models.CheckConstraint(
        condition=Q(start__isnull=True) | Q(end__isnull=True) | Q(end__gte=F("start")), name=f"{name}_life_in_order"
    )


class OrganisationKind(models.Model):
    """Commune, association, province...: data, so that a programme adds its own."""

    code = models.SlugField(primary_key=True, max_length=40)
    name = TranslatedField()
    version = models.PositiveIntegerField(default=1)

    merged: Merge | None = None  # what the last change merged, for who made it

    def __str__(self) -> str:
        return str(self.name)


class Organisation(models.Model):
    """A commune, an association, a ministry... with public data only; a point in WGS84 degrees when known."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    slug = models.SlugField(max_length=80, unique=True)
    kind = models.ForeignKey(OrganisationKind, models.PROTECT)
    name = TranslatedField()
    country = models.CharField(max_length=2)
    scheme = models.CharField(max_length=20, blank=True)  # HCP, NIS, KBO
    ref = models.CharField(max_length=40, blank=True)
    province = models.CharField(max_length=80, blank=True)
    region = models.CharField(max_length=80, blank=True)
    lat = models.FloatField(null=True)
    lon = models.FloatField(null=True)
    approximate = models.BooleanField(default=False)
    population = models.PositiveIntegerField(null=True)
    population_year = models.PositiveSmallIntegerField(null=True)
    source = models.CharField(max_length=200, blank=True)
    version = models.PositiveIntegerField(default=1)

    merged: Merge | None = None

    class Meta:
        ordering = ["slug"]
        constraints = [
            models.CheckConstraint(
                condition=Q(lat__isnull=True, lon__isnull=True) | Q(lat__isnull=False, lon__isnull=False),
                name="organisation_point_whole",
            ),
            models.CheckConstraint(condition=Q(lat__isnull=True) | Q(lat__range=(-90, 90)), name="organisation_lat"),
            models.CheckConstraint(condition=Q(lon__isnull=True) | Q(lon__range=(-180, 180)), name="organisation_lon"),
        ]

    def __str__(self) -> str:
        return str(self.name)


class BodyKind(models.Model):
    """A level: programme (rank 0), country, regional or thematic group, partnership."""

    code = models.SlugField(primary_key=True, max_length=40)
    rank = models.PositiveSmallIntegerField()
    name = TranslatedField()
    version = models.PositiveIntegerField(default=1)

    merged: Merge | None = None

    class Meta:
        ordering = ["rank", "code"]

    def __str__(self) -> str:
        return str(self.name)


class Body(models.Model):
    """Anything that coordinates and plans. Bodies form a graph, not a tree: see `Grouping`."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    slug = models.SlugField(max_length=80, unique=True)
    kind = models.ForeignKey(BodyKind, models.PROTECT)
    name = TranslatedField()
    start = models.DateField(null=True)
    end = models.DateField(null=True)
    successor = models.ForeignKey("self", models.PROTECT, null=True, related_name="predecessors")
    origin = models.ForeignKey("self", models.PROTECT, null=True, related_name="offshoots")  # of a divided body
    uncertain = models.BooleanField(default=False)
    note = models.TextField(blank=True)
    version = models.PositiveIntegerField(default=1)  # of name, level, first day, note
    organisations = models.ManyToManyField(Organisation, through="Membership", related_name="bodies")

    objects = Dated.as_manager()
    merged: Merge | None = None

    class Meta:
        ordering = ["kind__rank", "slug"]
        constraints = [
            life("body"),
            models.CheckConstraint(condition=~Q(successor=F("id")), name="body_not_own_successor"),
        ]

    def __str__(self) -> str:
        return str(self.name)


class FormerName(models.Model):
    """How a body was called until a day, included."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    body = models.ForeignKey(Body, models.PROTECT, related_name="former_names")
    name = TranslatedField()
    until = models.DateField()

    class Meta:
        ordering = ["until"]
        constraints = [models.UniqueConstraint(fields=["body", "until"], name="former_name_once_a_day")]

    def __str__(self) -> str:
        return str(self.name)


class Membership(models.Model):
    """An organisation's seat in a body, on a side."""

    class Side(models.TextChoices):
        NORTH = "north"
        SOUTH = "south"
        MEMBER = "member"
        DONOR = "donor"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    body = models.ForeignKey(Body, models.PROTECT, related_name="memberships")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="memberships")
    side = models.CharField(max_length=10)
    start = models.DateField(null=True)
    end = models.DateField(null=True)

    objects = Dated.as_manager()

    class Meta:
        constraints = [
            life("membership"),
            models.CheckConstraint(condition=Q(side__in=["north", "south", "member", "donor"]), name="membership_side"),
            models.UniqueConstraint(fields=["body", "organisation", "start"], name="membership_once"),
        ]

    def __str__(self) -> str:
        return f"{self.organisation} in {self.body}"


class Grouping(models.Model):
    """A body belongs to a wider one, for a time. A body may belong to several (the structure is a graph)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    body = models.ForeignKey(Body, models.PROTECT, related_name="groupings")
    whole = models.ForeignKey(Body, models.PROTECT, related_name="parts")
    start = models.DateField(null=True)
    end = models.DateField(null=True)

    objects = Dated.as_manager()

    class Meta:
        constraints = [
            life("grouping"),
            models.CheckConstraint(condition=~Q(body=F("whole")), name="grouping_not_itself"),
            models.UniqueConstraint(fields=["body", "whole", "start"], name="grouping_once"),
        ]

    def __str__(self) -> str:
        return f"{self.body} in {self.whole}"


class Decision(models.Model):
    """What was decided for a body, by which office, and what must follow by when. Offices, never names of persons."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    body = models.ForeignKey(Body, models.PROTECT, related_name="decisions")
    day = models.DateField()
    text = models.TextField()
    decided_by = models.CharField(max_length=200)
    owner = models.CharField(max_length=200, blank=True)
    due = models.DateField(null=True)
    done_on = models.DateField(null=True)
    archived_at = models.DateTimeField(null=True)
    archive_reason = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-day", "-created_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(done_on__isnull=True) | Q(done_on__gte=F("day")), name="decision_done_after_it_was_taken"
            )
        ]

    def __str__(self) -> str:
        return self.text if len(self.text) < 80 else f"{self.text[:79]}…"


class Contact(models.Model):
    """How to reach an organisation or a body. Apart from what is public; an office in charge, never a person."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    organisation = models.OneToOneField(Organisation, models.PROTECT, null=True, related_name="contact")
    body = models.OneToOneField(Body, models.PROTECT, null=True, related_name="contact")
    office = models.CharField(max_length=120, blank=True)
    mail = models.EmailField(blank=True)
    phone = models.CharField(max_length=40, blank=True)
    address = models.TextField(blank=True)
    website = models.URLField(blank=True)
    version = models.PositiveIntegerField(default=1)

    merged: Merge | None = None

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(organisation__isnull=True, body__isnull=False)
                | Q(organisation__isnull=False, body__isnull=True),
                name="contact_of_one",
            )
        ]

    def __str__(self) -> str:
        return str(self.organisation or self.body)


class HostingTerms(models.Model):
    """What a commune offers when it receives others: seats, and its level of cost in percent of the usual."""

    organisation = models.OneToOneField(Organisation, models.PROTECT, primary_key=True, related_name="hosting")
    accepts = models.BooleanField(default=True)
    seats = models.PositiveIntegerField(null=True)
    cost_percent = models.PositiveSmallIntegerField(default=100)

    def __str__(self) -> str:
        return f"{self.organisation}: {self.seats}"


class UnavailableSpan(models.Model):
    """Days on which a commune cannot receive anybody; without a commune, nobody can (holidays)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="unavailable")
    start = models.DateField()
    end = models.DateField()
    label = TranslatedField()

    class Meta:
        ordering = ["start"]
        constraints = [models.CheckConstraint(condition=Q(end__gte=F("start")), name="unavailable_span_in_order")]

    def __str__(self) -> str:
        return str(self.label)
