"""What is kept of people: a column that says who somebody is has a rule that erases it; how long things last."""

import re
from datetime import datetime, timedelta

import pytest
from django.apps import apps
from django.db import models
from django.utils import timezone

from tests.house.sources import ours, text
from tiwizi.base import personal

# How a column is called that says who somebody is. A new one of these has its place in its room's `personal.py`.
NAMES = {"name", "first_name", "last_name", "full_name", "display_name", "username", "phone", "telephone", "user_agent"}
# Called so, and of things: which ones, and of what.
OF_THINGS = {
    "auth.Group.name": "a group of permissions, not used",
    "auth.Permission.name": "a permission, not used",
    "network.Contact.mail": "of an office; the form asks for no person's",
    "network.Contact.phone": "of an office",
    "socialaccount.SocialApp.name": "a provider, not used: it stands in the settings",
}


def telling() -> set[str]:
    """The columns of every table, also of libraries, that say who somebody is."""
    found = set()
    for model in apps.get_models(include_auto_created=True):
        for field in model._meta.local_fields:
            typed = isinstance(field, models.EmailField | models.GenericIPAddressField)
            called = type(field) in (models.CharField, models.TextField) and field.name in NAMES
            if typed or called:
                found.add(f"{model._meta.app_label}.{model.__name__}.{field.name}")
    assert set(OF_THINGS) <= found  # a list that grew old would hide a new column
    return found - set(OF_THINGS)


def test_every_column_that_names_somebody_has_its_eraser():
    held = {column for part in personal.parts() if part.goes for column in part.holds}
    assert {"accounts.User.name", "network.Invitation.email"} <= telling()
    assert sorted(telling() - held) == []
    assert sorted(held - telling()) == []


def test_who_keeps_something_says_how_it_goes_or_why_it_stays():
    before = personal.parts()
    with pytest.raises(TypeError):
        personal.keeps("Names")
    with pytest.raises(TypeError):
        personal.keeps("Names", erase=lambda *, by, user: None, stays="because")
    assert personal.parts() == before
    assert all(str(part.stays) for part in before if not part.goes)


def test_every_setting_of_days_is_enforced_and_none_is_forgotten(settings):
    assert {one.setting for one in personal.limits()} == set(settings.KEEP_DAYS)


def test_a_limit_without_end_throws_nothing_away(db, settings):
    settings.KEEP_DAYS = dict.fromkeys(settings.KEEP_DAYS)
    assert personal.forget_old() == []


def test_days_are_counted_from_the_settings(monkeypatch, settings):
    asked: list[datetime] = []

    def forget(*, before: datetime) -> int:
        asked.append(before)
        return 3

    one = personal.Limit("Drafts", "drafts", forget)
    monkeypatch.setattr(personal, "_limits", [one])
    settings.KEEP_DAYS = {"drafts": 10}
    now = timezone.now()
    assert personal.forget_old(now=now) == [(one, 3)]
    assert asked == [now - timedelta(days=10)]


def test_pages_ask_how_somebody_is_called():
    """Of whoever was erased the name is empty; one's own stands on one's own pages."""
    asked = re.compile(r"(?<!request)\.(user|\w+_by)\.name\b")
    found = [
        str(path) for path in ours(".py", ".html", ".txt") if path.parts[0] == "tiwizi" and asked.search(text(path))
    ]
    assert found == []
