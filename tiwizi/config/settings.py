"""Settings of Tiwizi. Every value an installation may change comes from the environment (`docs/settings.md`)."""

import os
import secrets
import sqlite3
from pathlib import Path
from typing import Any

import dj_database_url
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

ROOT = Path(__file__).resolve().parents[2]
VAR = Path(os.environ.get("TIWIZI_VAR", ROOT / "var"))


def _flag(name: str, default: str = "no") -> bool:
    return os.environ.get(name, default).lower() in {"1", "yes", "true", "on"}


def _secret_key() -> str:
    """The key from the environment, else one made once for this installation and kept in var/ for its owner only."""
    if key := os.environ.get("TIWIZI_SECRET_KEY"):
        return key
    file = VAR / "secret-key"
    if not file.exists():
        VAR.mkdir(parents=True, exist_ok=True)
        file.touch(mode=0o600)
        file.write_text(secrets.token_urlsafe(50))
    return file.read_text()


def _wal_is_safe(version: tuple[int, int, int]) -> bool:
    """SQLite before these releases can corrupt a database in WAL mode with several connections (the WAL-reset bug)."""
    return version >= (3, 51, 3) or (3, 50, 7) <= version < (3, 51) or (3, 44, 6) <= version < (3, 45)


def _database() -> dict[str, Any]:
    """SQLite in var/ unless TIWIZI_DATABASE names a PostgreSQL database."""
    if url := os.environ.get("TIWIZI_DATABASE"):
        return dict(dj_database_url.parse(url, conn_max_age=60, conn_health_checks=True))
    journal = "WAL" if _wal_is_safe(sqlite3.sqlite_version_info) else "TRUNCATE"
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": VAR / "tiwizi.sqlite3",
        "OPTIONS": {
            # IMMEDIATE: a writer waits its turn at the start instead of failing in the middle.
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": f"PRAGMA journal_mode={journal}; PRAGMA foreign_keys=ON; PRAGMA synchronous=FULL;",
        },
    }


def _count(name: str) -> int:
    """A whole number from 0; anything else stops the start, with the setting's name."""
    typed = os.environ.get(name) or "0"
    if not (typed.isascii() and typed.isdigit()):
        raise ImproperlyConfigured(f"{name} is a whole number such as 0 or 1, not {typed!r} (docs/settings.md).")
    return int(typed)


def _days(name: str, usual: int) -> int | None:
    """A number of days; 0 is without end."""
    return (_count(name) if os.environ.get(name) else usual) or None


def _words(name: str, default: str) -> frozenset[str]:
    """Words separated by commas."""
    return frozenset(word.strip().lower() for word in os.environ.get(name, default).split(",") if word.strip())


def _one_of(name: str, *allowed: str) -> str:
    """One of a few words, the first unless said otherwise; anything else stops the start, with the setting's name."""
    typed = os.environ.get(name) or allowed[0]
    if typed not in allowed:
        raise ImproperlyConfigured(f"{name} is one of {', '.join(allowed)}, not {typed!r} (docs/settings.md).")
    return typed


DEBUG = _flag("TIWIZI_DEBUG")
SECRET_KEY = _secret_key()
# Keys before it: what they signed and encrypted is still read, nothing new is made with them.
SECRET_KEY_FALLBACKS = [key for key in os.environ.get("TIWIZI_OLD_SECRET_KEYS", "").split(",") if key]
ALLOWED_HOSTS = os.environ.get("TIWIZI_HOSTS", "localhost,127.0.0.1,[::1]").split(",")
HTTPS = _flag("TIWIZI_HTTPS")

INSTALLED_APPS = [
    # Our rooms first: their templates win over the libraries'.
    "tiwizi.base",
    "tiwizi.accounts",
    "tiwizi.network",
    "tiwizi.documents",
    "tiwizi.framework",
    "tiwizi.plans",
    "tiwizi.indicators",
    "tiwizi.pooling",
    "tiwizi.interop",
    "tiwizi.portal",
    "django.forms",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "csp",
    "django_htmx",
]

MIDDLEWARE = [
    "tiwizi.base.middleware.BodySizeMiddleware",  # first: nothing of a body is read before it
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "tiwizi.accounts.middleware.LanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "tiwizi.base.reading.ReadingMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "tiwizi.base.middleware.RefusalMiddleware",
    "tiwizi.network.middleware.SecondFactorMiddleware",
]

ROOT_URLCONF = "tiwizi.config.urls"
WSGI_APPLICATION = "tiwizi.config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "tiwizi.base.context.site",
            ],
            "builtins": ["django.templatetags.i18n", "tiwizi.base.templatetags.tiwizi"],
        },
    }
]

FORM_RENDERER = "django.forms.renderers.TemplatesSetting"  # so that our templates win here too

DATABASES = {"default": _database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# In the database, so that several web processes on several machines share rate limits.
CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "cache"}}

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "tiwizi.network.passwords.NotOfTheProgramme"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "portal:home"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_REDIRECT_URL = "portal:home"
ACCOUNT_ADAPTER = "tiwizi.accounts.adapter.AccountAdapter"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_REAUTHENTICATION_TIMEOUT = 15 * 60
# Who signs in where somebody did before is counted apart: nobody locks others out (docs/adr/0010-sign-in.md).
ACCOUNT_RATE_LIMITS = {
    "login": "120/m/ip",
    "login_unknown_place": "30/m/ip",
    "login_failed": "10/m/ip,5/5m/key",
    "login_failed_anywhere": "100/h/key",
    "login_failed_known_device": "5/5m/key",
    "second_factor_failed": "5/5m/key",
    "reset_password": "10/m/ip,5/h/key",
    "public_csv": "20/m/ip",
}
PASSWORD_RESET_TIMEOUT = 4 * 3600
MFA_ADAPTER = "tiwizi.accounts.adapter.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Tiwizi"
MFA_TOTP_TOLERANCE = 1  # phones whose clock is half a minute off
# Roles whose holders need a second factor, as codes separated by commas; "all" or "none". The demo needs none.
SECOND_FACTOR_ROLES = os.environ.get(
    "TIWIZI_SECOND_FACTOR", "none" if _flag("TIWIZI_DEMO") else "programme_coordinator"
)
# Single sign-on: off unless the environment names a provider.
OIDC_SERVER = os.environ.get("TIWIZI_OIDC_SERVER", "").rstrip("/")
OIDC_APP = {
    "provider_id": "oidc",
    "name": os.environ.get("TIWIZI_OIDC_NAME", ""),
    "client_id": os.environ.get("TIWIZI_OIDC_CLIENT", ""),
    "secret": os.environ.get("TIWIZI_OIDC_SECRET", ""),
    "settings": {"server_url": OIDC_SERVER},
}
SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": [OIDC_APP] if OIDC_SERVER else []}}
SOCIALACCOUNT_ADAPTER = "tiwizi.accounts.adapter.SingleSignOnAdapter"
SOCIALACCOUNT_STORE_TOKENS = False

# Mail: without a host nothing is sent, and the pages say so.
MAIL = bool(os.environ.get("TIWIZI_MAIL_HOST"))
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if MAIL else 'dummy'}.EmailBackend"
EMAIL_HOST = os.environ.get("TIWIZI_MAIL_HOST", "")
EMAIL_PORT = _count("TIWIZI_MAIL_PORT") or 587
EMAIL_HOST_USER = os.environ.get("TIWIZI_MAIL_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("TIWIZI_MAIL_PASSWORD", "")
EMAIL_USE_SSL = _one_of("TIWIZI_MAIL_SECURITY", "starttls", "tls", "none") == "tls"
EMAIL_USE_TLS = _one_of("TIWIZI_MAIL_SECURITY", "starttls", "tls", "none") == "starttls"
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = os.environ.get("TIWIZI_MAIL_FROM", "")
if MAIL and not DEFAULT_FROM_EMAIL:
    raise ImproperlyConfigured("TIWIZI_MAIL_HOST is set: say in TIWIZI_MAIL_FROM who writes (docs/settings.md).")

LANGUAGE_CODE = "fr"
LANGUAGES = [("fr", "Français"), ("nl", "Nederlands"), ("en", "English"), ("ar", "العربية")]
LOCALE_PATHS = [ROOT / "tiwizi" / "locale"]
USE_I18N = True
LANGUAGE_COOKIE_NAME = "tiwizi_language"
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600
LANGUAGE_COOKIE_SAMESITE = "Lax"
TIME_ZONE = os.environ.get("TIWIZI_TIME_ZONE", "Europe/Brussels")
USE_TZ = True
FORMAT_MODULE_PATH = ["tiwizi.config.formats"]

STATIC_URL = "static/"
STATIC_ROOT = VAR / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": VAR / "files"}},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
FILE_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
# A request with more is answered before any of it is read: a workbook is 5 MB at most, and its form a little more.
REQUEST_MAX_BYTES = DATA_UPLOAD_MAX_MEMORY_SIZE = 6 * 1024 * 1024
# Documents may be larger. Their pages read nothing of a request before they know that its sender may add one.
DOCUMENT_MAX_BYTES = (_count("TIWIZI_DOCUMENT_MB") or 20) * 1024 * 1024
DOCUMENT_REQUESTS = r"^/b/[-\w]+/documents/"
DOCUMENT_KINDS = _words("TIWIZI_DOCUMENT_KINDS", "pdf,docx,xlsx,pptx,odt,ods,odp,jpg,jpeg,png,webp,txt,csv")

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        # A form that ends at the provider of single sign-on is let through; nothing else leaves.
        "form-action": [SELF, *(["/".join(OIDC_SERVER.split("/")[:3])] if OIDC_SERVER else [])],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "manifest-src": [SELF],
    }
}
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = (_count("TIWIZI_SESSION_DAYS") or 14) * 24 * 3600
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SECURE_HSTS_SECONDS = 31536000 if HTTPS else 0
SECURE_SSL_REDIRECT = HTTPS
# What a request says of itself in X-Forwarded-... is believed only as far as proxies of ours have written it.
PROXIES = _count("TIWIZI_PROXIES")
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if PROXIES else None
ALLAUTH_TRUSTED_PROXY_COUNT = PROXIES
CSRF_TRUSTED_ORIGINS = [o for o in os.environ.get("TIWIZI_ORIGINS", "").split(",") if o]
CSRF_FAILURE_VIEW = "tiwizi.base.views.csrf_failure"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
SILENCED_SYSTEM_CHECKS = ["security.W004", "security.W008", "security.W012", "security.W016"]

# The demo accounts and their shared password exist only where this is set (`make demo` sets it).
DEMO = _flag("TIWIZI_DEMO")
# Outlines under the points of a map: "none" or "countries". Showing a boundary is an administrator's choice.
MAP_OUTLINES = os.environ.get("TIWIZI_MAP_OUTLINES", "none")
# How long a worker may be silent before its job is given to another, in seconds.
JOB_LEASE_SECONDS = int(os.environ.get("TIWIZI_JOB_LEASE", "60"))
# The age public key for which backups are encrypted; the secret one stays elsewhere.
BACKUP_KEY = os.environ.get("TIWIZI_BACKUP_KEY", "")

# How many days things are kept after they ended; None: without end (`manage.py forget` throws away, TIWIZI_KEEP_...).
KEEP_DAYS = {
    "invitations": _days("TIWIZI_KEEP_INVITATIONS", 90),
    "ended-sessions": _days("TIWIZI_KEEP_ENDED_SESSIONS", 30),
    "drafts": _days("TIWIZI_KEEP_DRAFTS", 60),
    "jobs": _days("TIWIZI_KEEP_JOBS", 90),
    "closed-accounts": _days("TIWIZI_KEEP_CLOSED_ACCOUNTS", 730),
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": os.environ.get("TIWIZI_LOG", "WARNING")},
}
