"""Acts on accounts that need no role: a person's own choices."""

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from tiwizi.accounts.models import User
from tiwizi.base import audit
from tiwizi.base.errors import Refusal


@transaction.atomic
def choose_language(*, by: User, language: str) -> User:
    """Keep the language in which a person reads Tiwizi, on every device where they sign in."""
    if language not in dict(settings.LANGUAGES):
        sentence = _("Tiwizi does not speak this language.")
        raise Refusal("language-unknown", sentence, _("Choose one of the list."), status=400)
    if by.language != language:
        before = by.language
        by.language = language
        by.save(update_fields=["language"])
        audit.record("choose-language", by, by=by, before={"language": before}, after={"language": language})
    return by
