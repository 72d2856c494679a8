"""Resident identity numbers, GB 11643-1999: eighteen characters, checked in four levels, each with its own words."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from anxin.accounts.values import IdFault, Sex

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECK = "10X98765432"
PROVINCES = frozenset(
    f"{n}"
    for span in (range(11, 16), range(21, 24), range(31, 38), range(41, 47), range(50, 55), range(61, 66))
    for n in span
) | {"71", "81", "82", "83"}
MAX_AGE = 120


@dataclass(frozen=True, slots=True)
class IdFacts:
    """What a valid number says: county at issue, birthday, sex."""

    county_code: str
    birth_date: date
    sex: Sex

    def age_on(self, day: date) -> int:
        """Full years on `day`."""
        return age_on(self.birth_date, day)


class IdRefused(Exception):
    """The number cannot be one; `fault` says in which way."""

    def __init__(self, fault: IdFault) -> None:
        self.fault = fault
        super().__init__(str(fault))


def normal_id(text: str) -> str:
    """The number as it is kept: full-width digits made narrow, no blanks, X in capitals."""
    narrow = text.translate({0xFF10 + n: str(n) for n in range(10)} | {0xFF38: "X", 0xFF58: "X"})
    return re.sub(r"[\s\u3000-]", "", narrow).upper()


def check_character(first17: str) -> str:
    """The eighteenth character that belongs to seventeen digits (ISO 7064 MOD 11-2)."""
    return CHECK[sum(int(c) * w for c, w in zip(first17, WEIGHTS, strict=True)) % 11]


def id_facts(text: str, on: date) -> IdFacts:
    """Check a number on a day and return what it says. Raises IdRefused (standards §1.2, levels 1–4).

    The county code is not checked against a list: codes are abolished and people keep theirs.
    """
    number = normal_id(text)
    if re.fullmatch(r"\d{15}", number, re.ASCII):
        raise IdRefused(IdFault.OLD)
    if len(number) != 18:
        raise IdRefused(IdFault.LENGTH)
    if not re.fullmatch(r"\d{17}[\dX]", number, re.ASCII):
        raise IdRefused(IdFault.FORM)
    if number[:2] not in PROVINCES:
        raise IdRefused(IdFault.PROVINCE)
    try:
        birth = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        raise IdRefused(IdFault.DATE) from None
    if birth > on:
        raise IdRefused(IdFault.FUTURE)
    if age_on(birth, on) > MAX_AGE:
        raise IdRefused(IdFault.AGE)
    if number[17] != check_character(number[:17]):
        raise IdRefused(IdFault.CHECKSUM)
    return IdFacts(number[:6], birth, Sex.MALE if int(number[16]) % 2 else Sex.FEMALE)


def age_on(birth: date, day: date) -> int:
    """Full years between a birthday and a day; who was born on 29 February ages on 1 March."""
    return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))
