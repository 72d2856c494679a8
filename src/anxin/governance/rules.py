"""Decisions about personal data, as plain functions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from anxin.kit.masks import mask_id, mask_name, mask_phone

GONE = "已注销用户"


def unusual(today: int, threshold: int) -> bool:
    """Whether this look is one to tell of: the threshold is reached, and each time as many come on top."""
    return today >= threshold and today % threshold == 0


def masked(field: str, value: str) -> str:
    """A value as staff see it before they say why they need it whole."""
    if not value:
        return ""
    if field in {"name", "contact"}:
        return mask_name(value)
    if field == "phone":
        return mask_phone(value)
    return mask_id(value) if field == "id_number" else "****"


def without(value: Any, secrets: Mapping[str, str]) -> Any:
    """JSON with every secret that stands in one of its texts replaced: {"陈静": "已注销用户"}."""
    if isinstance(value, str):
        for secret in sorted(secrets, key=len, reverse=True):
            value = value.replace(secret, secrets[secret])
        return value
    if isinstance(value, Mapping):
        return {key: without(one, secrets) for key, one in value.items()}
    return [without(one, secrets) for one in value] if isinstance(value, list) else value
