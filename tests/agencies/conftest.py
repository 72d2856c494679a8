"""Rows of this area for the people of the cast."""

from __future__ import annotations

from anxin.agencies.models import Agency
from anxin.agencies.values import VersionFacts
from tests.agencies import made
from tests.cast import BEGIN, Member
from tests.tape import taped


@taped
def jia_agency(jia_head: Member) -> Agency:
    """甲, live since BEGIN."""
    return made.live(jia_head, BEGIN)


@taped
def yi_agency(yi_head: Member) -> Agency:
    """乙, live since BEGIN."""
    return made.live(yi_head, BEGIN)


@taped
def cleaning(jia_agency: Agency, jia_head: Member) -> VersionFacts:
    """甲's 日常保洁, first version."""
    return made.offering(jia_agency, jia_head, BEGIN)
