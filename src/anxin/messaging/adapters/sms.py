"""Text messages through Aliyun's SendSms (2017-05-25) or whatever speaks the same protocol at ANXIN_SMS_URL."""

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlsplit

import httpx
from django.conf import settings

from anxin.kit import outbound
from anxin.kit.errors import Silent
from anxin.messaging.rules import authorization

TIMEOUT_SECONDS = 5.0


class SmsRefused(Exception):
    """The provider said no. `code` is its word for why."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code


class SmsUnreachable(Silent):
    """No usable answer came: whether the message went out is not known."""


@dataclass(frozen=True)
class Credentials:
    """Access key of the provider's account and the registered signature name."""

    key: str
    secret: str
    sign_name: str


def credentials() -> Credentials:
    """From the operator's settings; the simulator knows the defaults."""
    return Credentials(settings.ANXIN_SMS_KEY, settings.ANXIN_SMS_SECRET, settings.ANXIN_SMS_SIGN_NAME)


def send(*, phone: str, template_code: str, params: Mapping[str, str], out_id: str, at: datetime) -> str:
    """Send one message; the provider's id (BizId). Raises SmsRefused, SmsUnreachable."""
    who = credentials()
    base = urlsplit(settings.ANXIN_SMS_URL)
    query = {
        "PhoneNumbers": phone,
        "SignName": who.sign_name,
        "TemplateCode": template_code,
        "TemplateParam": json.dumps(dict(params), ensure_ascii=False, separators=(",", ":")),
        "OutId": out_id,
    }
    path = base.path.rstrip("/") + "/"
    headers = {
        "host": base.netloc,
        "x-acs-action": "SendSms",
        "x-acs-version": "2017-05-25",
        # The provider refuses skewed clocks, so this is the moment of sending, whatever moment the action is for.
        "x-acs-date": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "x-acs-signature-nonce": secrets.token_hex(16),
        "x-acs-content-sha256": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    }
    headers["Authorization"] = authorization(
        key=who.key, method="POST", path=path, params=query, headers=headers, body=b"", secret=who.secret
    )
    try:
        with outbound.client(timeout=TIMEOUT_SECONDS) as http:
            answer = http.post(f"{base.scheme}://{base.netloc}{path}", params=query, headers=headers)
        found = answer.json()
    except (httpx.HTTPError, ValueError, RecursionError) as error:
        raise SmsUnreachable(type(error).__name__) from error
    if answer.status_code >= 500 or not isinstance(found, dict):
        raise SmsUnreachable(f"HTTP {answer.status_code}")
    if found.get("Code") != "OK":
        raise SmsRefused(str(found.get("Code", "")), str(found.get("Message", ""))[:100])
    return str(found.get("BizId", ""))
