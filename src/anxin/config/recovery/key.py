"""The backup key: 32 bytes in a file outside the database and outside every backup."""

from __future__ import annotations

import base64
import binascii
import secrets
from pathlib import Path

from django.conf import settings

from anxin.config.recovery import RecoveryTrouble
from anxin.kit.crypto import keyfiles


def path() -> Path:
    """Where the key is kept."""
    return Path(settings.ANXIN_BACKUP_KEY)


def backup_key(*, make: bool = False) -> bytes:
    """The key. `make` makes it if there is none, which is right for a backup and wrong for a restore."""
    file = path()
    if make and not file.exists():
        keyfiles.make("backup.key", base64.b64encode(secrets.token_bytes(32)))
    try:
        key = base64.b64decode(file.read_text(), validate=True)
    except FileNotFoundError as error:
        raise RecoveryTrouble(
            f"The backup key {file} is missing: `anxin keys import` puts it back, or set ANXIN_BACKUP_KEY."
        ) from error
    except binascii.Error as error:
        raise RecoveryTrouble(f"{file} is no backup key.") from error
    if len(key) != 32:
        raise RecoveryTrouble(f"{file} is no backup key.")
    return key
