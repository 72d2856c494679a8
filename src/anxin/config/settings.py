"""One settings file. Every choice of the operator is an environment variable that starts with ANXIN_."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from django.utils.translation import gettext_lazy as _

from anxin.kit.network import networks
from anxin.kit.once import write_once

ROOT = Path(__file__).resolve().parents[3]


def _flag(name: str, default: bool) -> bool:
    return os.environ.get(name, str(int(default))) in {"1", "true", "yes", "on"}


def _secret(path: Path) -> str:
    """A secret made at the first start and kept beside the data."""
    if not path.exists():
        write_once(path, secrets.token_urlsafe(48).encode())
    return path.read_text()


def _database(url: str) -> dict[str, object]:
    parts = urlsplit(url)
    options: dict[str, object] = dict(parse_qsl(parts.query))
    return {
        "ENGINE": "anxin.kit.postgres",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": str(options.pop("host", "") or parts.hostname or ""),
        "PORT": str(parts.port or options.pop("port", "")),
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {**options, "application_name": "anxin"},
    }


# ── where things are ────────────────────────────────────────────────────────────────────────────────
ANXIN_HOME = Path(os.environ.get("ANXIN_HOME", ROOT / ".anxin")).resolve()
ANXIN_PORT = int(os.environ.get("ANXIN_PORT", "8000"))
ANXIN_ORIGIN = os.environ.get("ANXIN_ORIGIN", f"http://localhost:{ANXIN_PORT}")
ANXIN_LIVE_URL = os.environ.get("ANXIN_LIVE_URL", f"http://localhost:{ANXIN_PORT + 1}/live")
ANXIN_SIMULATOR_URL = os.environ.get("ANXIN_SIMULATOR_URL", f"http://localhost:{ANXIN_PORT + 2}")
ANXIN_KEY_RING = Path(os.environ.get("ANXIN_KEY_RING", ANXIN_HOME / "keys" / "ring.json"))
# AES-256-GCM or SM4-GCM: what new values are sealed with; both are always read.
ANXIN_CIPHER = os.environ.get("ANXIN_CIPHER", "AES-256-GCM")
# Where named, a key management service (OpenBao or Vault, transit) wraps the secrets of the key ring.
ANXIN_KMS_URL = os.environ.get("ANXIN_KMS_URL", "")
ANXIN_KMS_KEY = os.environ.get("ANXIN_KMS_KEY", "anxin")
ANXIN_KMS_TOKEN = os.environ.get("ANXIN_KMS_TOKEN", "")
ANXIN_KMS_TOKEN_FILE = os.environ.get("ANXIN_KMS_TOKEN_FILE", "")
ANXIN_FILES = ANXIN_HOME / "files"
# The key that signs the audit trail, apart from the ring; anchors of what was sealed; months until sealed entries move
# from the table to a file (by law no fewer than six).
ANXIN_AUDIT_KEY = Path(os.environ.get("ANXIN_AUDIT_KEY", ANXIN_HOME / "keys" / "audit.pem"))
ANXIN_ANCHORS = Path(os.environ.get("ANXIN_ANCHORS", ANXIN_HOME / "anchors"))
ANXIN_AUDIT_MONTHS = max(6, int(os.environ.get("ANXIN_AUDIT_MONTHS", "12")))
# A time-stamp authority (RFC 3161) for the anchors, none by default; the file of root certificates (PEM) that its
# tokens are judged by, offline.
ANXIN_TIMESTAMP_URL = os.environ.get("ANXIN_TIMESTAMP_URL", "")
ANXIN_TIMESTAMP_ROOTS = os.environ.get("ANXIN_TIMESTAMP_ROOTS", "")
# Backups: a folder or s3://bucket/prefix; the address of a role that may replicate where the product's own may not.
ANXIN_BACKUP_TO = os.environ.get("ANXIN_BACKUP_TO") or str(ANXIN_HOME / "backups")
ANXIN_BACKUP_FOLLOW = _flag("ANXIN_BACKUP_FOLLOW", False)
ANXIN_BACKUP_KEY = Path(os.environ.get("ANXIN_BACKUP_KEY", ANXIN_HOME / "keys" / "backup.key"))
ANXIN_BACKUP_DATABASE_URL = os.environ.get("ANXIN_BACKUP_DATABASE_URL", "")
ANXIN_BACKUP_S3 = {
    "endpoint": os.environ.get("ANXIN_BACKUP_S3_ENDPOINT", ""),
    "region": os.environ.get("ANXIN_BACKUP_S3_REGION", "us-east-1"),
    "key": os.environ.get("ANXIN_BACKUP_S3_KEY", ""),
    "secret": os.environ.get("ANXIN_BACKUP_S3_SECRET", ""),
}
ANXIN_POSTGRES_BIN = os.environ.get("ANXIN_POSTGRES_BIN", "")
ANXIN_DEMO = _flag("ANXIN_DEMO", True)
# Proxies whose X-Forwarded-For is believed: networks or addresses, parted by commas.
ANXIN_TRUSTED_PROXIES = networks(os.environ.get("ANXIN_TRUSTED_PROXIES", ""))
# Who may read figures and details of the house's health: networks or addresses, parted by commas.
ANXIN_METRICS_NETWORKS = networks(os.environ.get("ANXIN_METRICS_NETWORKS", "127.0.0.0/8,::1"))
# How often whoever may ask is counted unless switched off; never for these networks. The demo is asked by benchmarks.
ANXIN_LIMITS = _flag("ANXIN_LIMITS", True)
ANXIN_LIMIT_EXEMPT = networks(os.environ.get("ANXIN_LIMIT_EXEMPT", "127.0.0.0/8,::1" if ANXIN_DEMO else ""))
# Kinds of organisations whose posts are taken up with a second factor only (none = of nobody).
ANXIN_SECOND_FACTOR = frozenset(
    filter(None, os.environ.get("ANXIN_SECOND_FACTOR", "operator,association,bureau,credit").split(","))
) - {"none"}
# Apps of ours that may make and use passkeys, as they name themselves (android:apk-key-hash:…), parted by commas.
ANXIN_PASSKEY_ORIGINS = tuple(filter(None, os.environ.get("ANXIN_PASSKEY_ORIGINS", "").split(",")))
# From where posts of the operator may be used: networks or addresses, parted by commas; empty = from everywhere.
ANXIN_ADMIN_NETWORKS = networks(os.environ.get("ANXIN_ADMIN_NETWORKS", ""))
# "json" gives one object a line, for machines that gather logs.
ANXIN_LOG_FORMAT = os.environ.get("ANXIN_LOG_FORMAT", "line")

# Inner networks in which partners may live (a key service, an object store): a partner's name must otherwise lead
# to a public address.
ANXIN_PARTNER_NETWORKS = networks(os.environ.get("ANXIN_PARTNER_NETWORKS", ""))

# ── outside systems: real addresses in production, simulators on the loopback otherwise ──────────────
ANXIN_IDENTITY_URL = os.environ.get("ANXIN_IDENTITY_URL", f"{ANXIN_SIMULATOR_URL}/identity")
ANXIN_IDENTITY_APP = os.environ.get("ANXIN_IDENTITY_APP", "anxin")
ANXIN_IDENTITY_SECRET = os.environ.get("ANXIN_IDENTITY_SECRET", "")
# The authority that checks backgrounds, and the provider that compares a live picture with the card's.
ANXIN_BACKGROUND_URL = os.environ.get("ANXIN_BACKGROUND_URL", f"{ANXIN_SIMULATOR_URL}/background")
ANXIN_BACKGROUND_APP = os.environ.get("ANXIN_BACKGROUND_APP", "anxin")
ANXIN_BACKGROUND_SECRET = os.environ.get("ANXIN_BACKGROUND_SECRET", "")
ANXIN_FACE_URL = os.environ.get("ANXIN_FACE_URL", f"{ANXIN_SIMULATOR_URL}/face")
ANXIN_FACE_APP = os.environ.get("ANXIN_FACE_APP", "anxin")
ANXIN_FACE_SECRET = os.environ.get("ANXIN_FACE_SECRET", "")
# The Ministry of Commerce's platform of workers' credit records.
ANXIN_MINISTRY_URL = os.environ.get("ANXIN_MINISTRY_URL", f"{ANXIN_SIMULATOR_URL}/ministry")
ANXIN_MINISTRY_APP = os.environ.get("ANXIN_MINISTRY_APP", "anxin")
ANXIN_MINISTRY_SECRET = os.environ.get("ANXIN_MINISTRY_SECRET", "")
ANXIN_SMS_URL = os.environ.get("ANXIN_SMS_URL", f"{ANXIN_SIMULATOR_URL}/sms")
ANXIN_SMS_KEY = os.environ.get("ANXIN_SMS_KEY", "simulator")
ANXIN_SMS_SECRET = os.environ.get("ANXIN_SMS_SECRET", "simulator-secret")
ANXIN_SMS_SIGN_NAME = os.environ.get("ANXIN_SMS_SIGN_NAME", "安心家政")
ANXIN_WECHATPAY_URL = os.environ.get("ANXIN_WECHATPAY_URL", f"{ANXIN_SIMULATOR_URL}/wechatpay")
ANXIN_INVOICE_URL = os.environ.get("ANXIN_INVOICE_URL", f"{ANXIN_SIMULATOR_URL}/invoice")
# A virus scanner that speaks clamd's protocol, tcp://host:port; without one uploads are not scanned. While it is away
# uploads are refused, or, with "hold", kept and given to nobody before it has looked.
ANXIN_SCANNER_URL = os.environ.get("ANXIN_SCANNER_URL", "")
ANXIN_SCANNER_DOWN = os.environ.get("ANXIN_SCANNER_DOWN", "refuse")
# Only a real channel needs these; "key", "apiv3_key" and "platform_key" are paths of files.
ANXIN_WECHATPAY = {
    name: os.environ.get(f"ANXIN_WECHATPAY_{name.upper()}", "")
    for name in (
        "mchid",
        "appid",
        "serial",
        "key",
        "apiv3_key",
        "platform_serial",
        "platform_key",
        "app_secret",
    )
}
ANXIN_INVOICE = {name: os.environ.get(f"ANXIN_INVOICE_{name.upper()}", "") for name in ("key", "secret")}
ANXIN_CALLBACK_ORIGIN = os.environ.get("ANXIN_CALLBACK_ORIGIN", ANXIN_ORIGIN)

# ── the province and city this house serves ──────────────────────────────────────────────────────────
ANXIN_CITY_CODE = os.environ.get("ANXIN_CITY_CODE", "3301")
ANXIN_COUNTY_CODE = os.environ.get("ANXIN_COUNTY_CODE", "330112")

# ── Django ───────────────────────────────────────────────────────────────────────────────────────────
SECRET_KEY = os.environ.get("ANXIN_SECRET_KEY") or _secret(ANXIN_HOME / "keys" / "secret")
DEBUG = _flag("ANXIN_DEBUG", False)
ALLOWED_HOSTS = [*os.environ.get("ANXIN_HOSTS", "localhost,127.0.0.1,[::1]").split(",")]
CSRF_TRUSTED_ORIGINS = [ANXIN_ORIGIN]
ROOT_URLCONF = "anxin.config.urls"
WSGI_APPLICATION = "anxin.config.wsgi.application"
AUTH_USER_MODEL = "accounts.Person"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Low to high, as in the stack: handlers subscribe in this order.
AREAS = [
    "audit", "places", "messaging", "accounts", "files", "policies", "notices", "catalogue", "agencies",
    "workers", "safetycode", "customers", "orders", "contracts", "ledger", "payments", "reviews",
    "matching", "governance", "web", "simulation",
]  # fmt: skip

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django_linear_migrations",
    "django_htmx",
    "procrastinate.contrib.django",
    *[f"anxin.{area}" for area in AREAS],
    # Its pages about the interface come with their own scripts only as an app; after ours, whose templates go first.
    "ninja",
    "anxin.config",
]

MIDDLEWARE = [
    "anxin.config.middleware.RequestId",
    "anxin.config.middleware.Measured",
    "anxin.config.middleware.ClientAddress",
    "anxin.config.headers.Headers",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "anxin.config.middleware.Language",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "anxin.config.interface.Interface",
    "anxin.config.middleware.FormsOwnPage",
    "anxin.config.middleware.WhoActs",
    "anxin.config.limits.Limits",
    "anxin.config.middleware.ReadableText",
    "anxin.accounts.pages.step_up.StepUp",
    "anxin.config.middleware.ReplayGuard",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "anxin.config.middleware.template_context",
            ],
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "anxin.web.templatetags.anxin",
            ],
        },
    }
]

DATABASES = {
    "default": _database(os.environ.get("ANXIN_DATABASE_URL", "postgres://anxin@127.0.0.1:54329/anxin"))
}

# ── sign-in (GB/T 22239 level 2; standards §13.1) ────────────────────────────────────────────────────
AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
SESSION_ENGINE = "anxin.config.sessions"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = ANXIN_ORIGIN.startswith("https://")
# Two installations on one machine share "localhost"; the port keeps their cookies apart.
# Over TLS the prefix makes browsers refuse a cookie of that name from a neighbouring host, or without TLS.
SESSION_COOKIE_NAME = "__Host-anxin_session" if SESSION_COOKIE_SECURE else f"anxin_session_{ANXIN_PORT}"
CSRF_COOKIE_NAME = "__Host-anxin_csrf" if SESSION_COOKIE_SECURE else f"anxin_csrf_{ANXIN_PORT}"
CSRF_COOKIE_SECURE = SESSION_COOKIE_SECURE
CSRF_COOKIE_HTTPONLY = False
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "anxin.web.public.csrf_failure"
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 12 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
FILE_UPLOAD_HANDLERS = [
    "anxin.kit.uploads.Unwritten",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

# ── language and time ────────────────────────────────────────────────────────────────────────────────
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("简体中文")), ("en", "English")]
# Areas are found by themselves; kit is none.
LOCALE_PATHS = [ROOT / "src" / "anxin" / "kit" / "locale"]
LANGUAGE_COOKIE_NAME = "anxin_language"
LANGUAGE_COOKIE_SECURE = SESSION_COOKIE_SECURE
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"

# ── static files, built by frontend/ ─────────────────────────────────────────────────────────────────
STATIC_URL = "/static/"
STATIC_ROOT = ANXIN_HOME / "static"
STATICFILES_DIRS = [path for path in [ROOT / "frontend" / "dist"] if path.is_dir()]
# Hashed names need the manifest that collectstatic writes; `anxin run` switches it on once it is there.
ANXIN_STATIC_MANIFEST = _flag("ANXIN_STATIC_MANIFEST", False)
WHITENOISE_USE_FINDERS = not ANXIN_STATIC_MANIFEST
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if ANXIN_STATIC_MANIFEST
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}

PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "tasks"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"request": {"()": "anxin.kit.logs.OfRequest"}},
    "formatters": {
        "line": {"()": "anxin.kit.logs.Line"},
        "json": {"()": "anxin.kit.logs.Json"},
    },
    "handlers": {
        "stderr": {
            "class": "logging.StreamHandler",
            "formatter": "json" if ANXIN_LOG_FORMAT == "json" else "line",
            "filters": ["request"],
        }
    },
    "root": {"handlers": ["stderr"], "level": os.environ.get("ANXIN_LOG_LEVEL", "INFO")},
    "loggers": {
        "httpx": {"level": "WARNING"},
        "fontTools": {"level": "WARNING"},
        "procrastinate": {"level": "WARNING"},
    },
}
