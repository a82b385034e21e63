"""People who sign in."""

import uuid
from typing import Any

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext as _


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """A new account; without a password nobody can sign in to it."""
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email__iexact=username)


class User(AbstractBaseUser):
    """A person's account. Roles are held in bodies: `network.Mandate`."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    email = models.EmailField(unique=True)
    name = models.CharField(max_length=120)
    language = models.CharField(max_length=5, default="fr")
    is_active = models.BooleanField(default=True)
    is_demo = models.BooleanField(default=False)
    demo_sentence = models.JSONField(default=dict)
    created_at = models.DateTimeField(auto_now_add=True)
    erasure_asked_at = models.DateTimeField(null=True)  # waits for who may erase, while roles are held
    erased_at = models.DateTimeField(null=True)  # name and address are gone; the id stays under what was done

    # For whom this person stands in with the act in hand (`network.permissions.require` says so); not kept.
    acting_for: uuid.UUID | None = None

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["name"]
    objects = UserManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(Lower("email"), name="user_email_any_case"),
            models.CheckConstraint(
                condition=Q(language__in=[code for code, _ in settings.LANGUAGES]), name="user_language_known"
            ),
            models.CheckConstraint(
                condition=Q(erased_at__isnull=True)
                | Q(is_active=False, name="", email__endswith="@left.invalid", erasure_asked_at__isnull=True),
                name="user_erased_whole",
            ),
        ]

    def __str__(self) -> str:
        return self.called

    @property
    def called(self) -> str:
        """The name on every page; of somebody who was erased, words in the reader's language."""
        return _("a person who left") if self.erased_at else self.name
