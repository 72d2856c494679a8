"""A key management service that wraps the ring's secrets: the transit interface of OpenBao and Vault.

    POST {url}/v1/transit/encrypt/{key}  {"plaintext": base64, "associated_data": base64} → data.ciphertext
    POST {url}/v1/transit/decrypt/{key}  {"ciphertext": text, "associated_data": base64}  → data.plaintext

The master key never leaves the service. What is asked for is kept in memory as long as the process lives, so a
service that is down stops new processes only.
"""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import httpx
from django.conf import settings

from anxin.kit import outbound

TIMEOUT_S = 10.0


class KmsTrouble(Exception):
    """The key management service did not do what was asked; the text is one line with the remedy."""


def wrap(secret: bytes, bound_to: str) -> str:
    """The secret as only the service can open it again, for the same `bound_to`."""
    data = _ask("encrypt", {"plaintext": _text(secret)}, bound_to)
    return str(data["ciphertext"])


def unwrap(wrapped: str, bound_to: str) -> bytes:
    """The secret again."""
    data = _ask("decrypt", {"ciphertext": wrapped}, bound_to)
    return base64.b64decode(data["plaintext"])


def _ask(verb: str, body: dict[str, str], bound_to: str) -> dict[str, Any]:
    if not settings.ANXIN_KMS_URL:
        raise KmsTrouble(
            "The key ring is wrapped by a key management service: set ANXIN_KMS_URL and its token."
        )
    url = f"{settings.ANXIN_KMS_URL.rstrip('/')}/v1/transit/{verb}/{settings.ANXIN_KMS_KEY}"
    try:
        with outbound.client(timeout=TIMEOUT_S) as http:
            answer = http.post(
                url,
                json={**body, "associated_data": _text(bound_to.encode())},
                headers={"X-Vault-Token": _token()},
            )
    except httpx.HTTPError as error:
        raise KmsTrouble(
            f"The key management service does not answer ({type(error).__name__}): {url}"
        ) from error
    if answer.status_code != 200:
        said = "; ".join(map(str, _json(answer).get("errors", []))) or answer.reason_phrase
        raise KmsTrouble(f"The key management service refused to {verb} ({answer.status_code}): {said}")
    data: dict[str, Any] = _json(answer)["data"]
    return data


def _token() -> str:
    """The access token: from a file, which may be renewed while we run, else from the environment."""
    file = settings.ANXIN_KMS_TOKEN_FILE
    return Path(file).read_text().strip() if file else str(settings.ANXIN_KMS_TOKEN)


def _json(answer: httpx.Response) -> dict[str, Any]:
    try:
        found = answer.json()
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()
