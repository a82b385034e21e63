"""What every page knows of the site."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def site(request: HttpRequest) -> dict[str, Any]:
    # Each language under its own name: the library's tag would translate "English" for a French reader.
    return {"demo": settings.DEMO, "site_languages": settings.LANGUAGES}
