"""Reads of accounts."""

from tiwizi.accounts.models import User


def demo_accounts() -> list[User]:
    """The demo's accounts, in the order in which they were made."""
    return list(User.objects.filter(is_demo=True, is_active=True).order_by("created_at", "email"))
