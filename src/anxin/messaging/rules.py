"""How an Aliyun request is signed (ACS3-HMAC-SHA256), and when a failed message is tried again."""

import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime, timedelta
from urllib.parse import quote

ALGORITHM = "ACS3-HMAC-SHA256"
SIGNED = (
    "host",
    "x-acs-action",
    "x-acs-content-sha256",
    "x-acs-date",
    "x-acs-signature-nonce",
    "x-acs-version",
)
# A provider that says no for a passing reason, and one that is away: the latter comes back within a day.
REFUSED_ATTEMPTS, SILENT_ATTEMPTS, LONGEST_WAIT_S = 5, 100, 900

# Answers that another attempt cannot change: malformed number, unknown template or signature, no money.
_FINAL = frozenset(
    {
        "isv.MOBILE_NUMBER_ILLEGAL",
        "isv.SMS_TEMPLATE_ILLEGAL",
        "isv.SMS_SIGNATURE_ILLEGAL",
        "isv.TEMPLATE_MISSING_PARAMETERS",
        "isv.ACCOUNT_NOT_EXISTS",
        "isv.BLACK_KEY_CONTROL_LIMIT",
        "SignatureDoesNotMatch",
    }
)


def canonical_query(params: Mapping[str, str]) -> str:
    """Parameters sorted by name, percent-encoded by RFC 3986 (~ stays, space is %20)."""
    return "&".join(f"{quote(key, safe='~')}={quote(params[key], safe='~')}" for key in sorted(params))


def signature(
    *, method: str, path: str, params: Mapping[str, str], headers: Mapping[str, str], body: bytes, secret: str
) -> str:
    """Hex signature of a request. `headers` (lower-case names) must hold all of SIGNED that apply."""
    names = sorted(name for name in headers if name in SIGNED or name.startswith("x-acs-"))
    canonical = "\n".join(
        [
            method,
            path,
            canonical_query(params),
            "".join(f"{name}:{headers[name].strip()}\n" for name in names),
            ";".join(names),
            hashlib.sha256(body).hexdigest(),
        ]
    )
    digest = hashlib.sha256(canonical.encode()).hexdigest()
    return hmac.new(secret.encode(), f"{ALGORITHM}\n{digest}".encode(), hashlib.sha256).hexdigest()


def authorization(
    *,
    key: str,
    method: str,
    path: str,
    params: Mapping[str, str],
    headers: Mapping[str, str],
    body: bytes,
    secret: str,
) -> str:
    """The Authorization header of a request."""
    names = ";".join(sorted(name for name in headers if name in SIGNED or name.startswith("x-acs-")))
    signed = signature(method=method, path=path, params=params, headers=headers, body=body, secret=secret)
    return f"{ALGORITHM} Credential={key},SignedHeaders={names},Signature={signed}"


def is_final(code: str) -> bool:
    """Whether trying again after this answer is useless."""
    return code in _FINAL


def wait(attempts: int, *, silent: bool = False) -> timedelta | None:
    """How long to wait after the `attempts`-th failure, None when it was the last.

    30 s, 1, 2, 4 min after a refusal; a provider that is away is asked on for a day, every quarter of an hour.
    """
    if attempts >= (SILENT_ATTEMPTS if silent else REFUSED_ATTEMPTS):
        return None
    return timedelta(seconds=min(15 * 2 ** min(attempts, 9), LONGEST_WAIT_S))


def useless_at(params: Mapping[str, str], made_at: datetime) -> datetime | None:
    """When a message stops being of use: a code says itself how many minutes it lives. None: never."""
    minutes = params.get("minutes", "")
    return made_at + timedelta(minutes=int(minutes)) if minutes.isdigit() else None
