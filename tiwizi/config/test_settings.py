"""Settings of the tests: the real ones, with cheap passwords and no need to collect static files."""

import os
import tempfile

os.environ.setdefault("TIWIZI_DEMO", "yes")
os.environ.setdefault("TIWIZI_SECRET_KEY", "only-for-tests")

from tiwizi.config.settings import *  # noqa: F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}  # noqa: F405
_FILES = tempfile.TemporaryDirectory(prefix="tiwizi-files-")  # gone when the tests end
STORAGES["default"]["OPTIONS"]["location"] = _FILES.name  # type: ignore[index]  # noqa: F405
MAIL = True
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
DEFAULT_FROM_EMAIL = "tiwizi@test.example"
WHITENOISE_AUTOREFRESH = True  # static files are found where they lie; nothing was collected
