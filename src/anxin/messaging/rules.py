"""How an Aliyun request is signed (ACS3-HMAC-SHA256), and when a failed message is tried again."""

import hashlib
import hmac
from collections.abc import Mapping
from datetime import timedelta
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
MAX_ATTEMPTS = 5

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


def wait(attempts: int) -> timedelta | None:
    """How long to wait after the `attempts`-th failure (30 s, 1, 2, 4 min), None when it was the last."""
    return timedelta(seconds=15 * 2**attempts) if attempts < MAX_ATTEMPTS else None
