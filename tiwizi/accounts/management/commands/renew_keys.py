"""`manage.py renew_keys`: after the installation's key was replaced."""

from typing import Any

from allauth.mfa.adapter import get_adapter
from cryptography.fernet import InvalidToken
from django.core.management.base import BaseCommand, CommandError

from tiwizi.accounts.rules import renew_keys


class Command(BaseCommand):
    help = "Encrypt the secrets of second factors with the key of today; then the keys before it can go."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            renewed = renew_keys(renew=get_adapter().renew)
        except InvalidToken as error:
            sentence = "A second factor is readable with no key: put the old one into TIWIZI_OLD_SECRET_KEYS."
            raise CommandError(f"{sentence} Nothing was changed.") from error
        self.stdout.write(f"{renewed} second factors are encrypted with the key of today.")
