"""Who holds which role: mandates, who stands in for whom, invitations."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from tiwizi.network.models.bodies import Body, Dated, life


class Mandate(models.Model):
    """A person holds a role in a body, from a day to a day."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="mandates")
    body = models.ForeignKey(Body, models.PROTECT, related_name="mandates")
    role = models.CharField(max_length=40)  # a code of `permissions.ROLES`
    start = models.DateField(null=True)
    end = models.DateField(null=True)

    objects = Dated.as_manager()

    class Meta:
        constraints = [
            life("mandate"),
            models.UniqueConstraint(fields=["user", "body", "role", "start"], name="mandate_once"),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.role} in {self.body}"


class Delegation(models.Model):
    """Somebody stands in for the holder of a mandate, from a day to a day, while the mandate itself lasts. An offer to
    an address until that person says yes: nobody learns from it whether an address has an account."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    mandate = models.ForeignKey(Mandate, models.PROTECT, related_name="delegations")
    email = models.EmailField(blank=True)  # to whom it was offered; empty once they said yes
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="delegations")
    start = models.DateField()
    end = models.DateField()
    reason = models.TextField(blank=True)
    revoked_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = Dated.as_manager()

    class Meta:
        ordering = ["start", "created_at"]
        constraints = [
            life("delegation"),
            models.CheckConstraint(
                condition=Q(user__isnull=True) & ~Q(email="") | Q(user__isnull=False, email=""),
                name="delegation_offered_or_accepted",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user or self.email} for {self.mandate}"


class Invitation(models.Model):
    """A role offered to an e-mail address by a link that works once. The link itself is kept nowhere: it is signed."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    email = models.EmailField()
    name = models.CharField(max_length=120, blank=True)
    language = models.CharField(max_length=5)
    body = models.ForeignKey(Body, models.PROTECT, related_name="invitations")
    role = models.CharField(max_length=40)  # a code of `permissions.ROLES`
    start = models.DateField(null=True)
    end = models.DateField(null=True)
    invited_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)
    accepted_at = models.DateTimeField(null=True)
    accepted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["created_at"]
        constraints = [
            life("invitation"),
            models.CheckConstraint(
                condition=Q(accepted_at__isnull=True, accepted_by__isnull=True)
                | Q(accepted_at__isnull=False, accepted_by__isnull=False, withdrawn_at__isnull=True),
                name="invitation_accepted_by_somebody",
            ),
            models.UniqueConstraint(
                fields=["email", "body", "role"],
                condition=Q(accepted_at__isnull=True, withdrawn_at__isnull=True),
                name="invitation_once_open",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.email}: {self.role} in {self.body}"
