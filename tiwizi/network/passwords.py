"""Words of the context in passwords: the product, and names of bodies and organisations, are what is guessed first."""

import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from tiwizi.accounts.models import User
from tiwizi.network.queries import context_words, folded

LEFT = 8  # letters and digits that must remain once these words are taken out


class NotOfTheProgramme:
    """Such a word may stand in a password that is long without it."""

    def validate(self, password: str, user: User | None = None) -> None:
        rest = folded(password)
        for word in sorted({"tiwizi", *context_words()}, key=len, reverse=True):
            rest = rest.replace(word, " ")
        if len(re.sub(r"[\W_]", "", rest)) < LEFT:
            raise ValidationError(self.get_help_text(), code="password_of_the_programme")

    def get_help_text(self) -> str:
        return _("Not only names of the programme, its communes or Tiwizi: add words that only you know.")
