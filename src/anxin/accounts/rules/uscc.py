"""Unified social credit codes, GB 32100-2015: eighteen characters with an organisation code (GB 11714) inside."""

from __future__ import annotations

import re

from anxin.accounts.values import Uscc, UsccFault

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
REGISTRARS = frozenset("123456789ANY")


class UsccRefused(Exception):
    """The code cannot be one; `fault` says in which way."""

    def __init__(self, fault: UsccFault) -> None:
        self.fault = fault
        super().__init__(str(fault))


def normal_uscc(text: str) -> str:
    """The code as it is kept: no blanks, capitals."""
    return re.sub(r"[\s\u3000-]", "", text).upper()


def check_character(first17: str) -> str:
    """The eighteenth character that belongs to the first seventeen."""
    total = sum(ALPHABET.index(c) * w for c, w in zip(first17, WEIGHTS, strict=True))
    return ALPHABET[(31 - total % 31) % 31]


def organisation_check(first8: str) -> str:
    """The check character of the organisation code inside (GB 11714)."""
    total = sum(int(c, 36) * w for c, w in zip(first8, ORGANISATION_WEIGHTS, strict=True))
    return "0X987654321"[total % 11]


def parse_uscc(text: str) -> Uscc:
    """Check a code and return its parts. Raises UsccRefused.

    `organisation_ok` False is a warning only: some early codes carry an organisation code that does not check.
    """
    code = normal_uscc(text)
    if len(code) != 18:
        raise UsccRefused(UsccFault.LENGTH)
    if any(c not in ALPHABET for c in code):
        raise UsccRefused(UsccFault.ALPHABET)
    if code[0] not in REGISTRARS or not code[2:8].isdigit():
        raise UsccRefused(UsccFault.FORM)
    if code[17] != check_character(code[:17]):
        raise UsccRefused(UsccFault.CHECKSUM)
    return Uscc(code, code[:2], code[2:8], organisation_check(code[8:16]) == code[16])
