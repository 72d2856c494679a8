"""A key management service that speaks the transit interface of OpenBao and Vault.

One master key for each key name, kept below the home of the simulators. The token is "simulator".
"""

from __future__ import annotations

import base64
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

PREFIX = "/kms"
MARK = "vault:v1:"
TOKEN = "simulator"


async def encrypt(request: Request) -> JSONResponse:
    """plaintext, associated_data (base64) → ciphertext."""
    return await _answer(request, _encrypt)


async def decrypt(request: Request) -> JSONResponse:
    """ciphertext, associated_data → plaintext (base64)."""
    return await _answer(request, _decrypt)


async def _answer(request: Request, work: object) -> JSONResponse:
    assert callable(work)
    if request.headers.get("x-vault-token") != TOKEN:
        return JSONResponse({"errors": ["permission denied"]}, status_code=403)
    body = await request.json()
    try:
        associated = base64.b64decode(body.get("associated_data", ""))
        return JSONResponse({"data": work(_master(request.path_params["name"]), body, associated)})
    except (InvalidTag, KeyError, ValueError):
        return JSONResponse({"errors": ["cipher: message authentication failed"]}, status_code=400)


def _encrypt(master: AESGCM, body: dict[str, str], associated: bytes) -> dict[str, str]:
    nonce = os.urandom(12)
    sealed = nonce + master.encrypt(nonce, base64.b64decode(body["plaintext"]), associated)
    return {"ciphertext": MARK + base64.b64encode(sealed).decode()}


def _decrypt(master: AESGCM, body: dict[str, str], associated: bytes) -> dict[str, str]:
    sealed = base64.b64decode(body["ciphertext"].removeprefix(MARK))
    return {"plaintext": base64.b64encode(master.decrypt(sealed[:12], sealed[12:], associated)).decode()}


def _master(name: str) -> AESGCM:
    file = settings.ANXIN_HOME / "simulators" / f"kms-{name}.key"
    if not file.exists():
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            with open(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
                out.write(os.urandom(32))
        except FileExistsError:
            pass
    return AESGCM(file.read_bytes())


routes = [
    Route("/v1/transit/encrypt/{name:str}", encrypt, methods=["POST"]),
    Route("/v1/transit/decrypt/{name:str}", decrypt, methods=["POST"]),
]
