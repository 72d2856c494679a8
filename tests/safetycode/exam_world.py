"""What the tests of health checks, insurance and background checks need beside the workers' world."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from anxin.accounts import public as accounts
from anxin.accounts.values import ASKED, Purpose
from anxin.kit.actor import Actor
from anxin.safetycode import public as safetycode
from anxin.safetycode.models import ExamSlot
from anxin.safetycode.values.exams import NewSlot
from anxin.workers.values import HealthTier
from tests import cast
from tests.cast import NOON, Member

# The session: the Friday after NOON, 08:00–09:30 in Lin'an.
STARTS = datetime.fromisoformat("2026-03-20T08:00+08:00")
ENDS = STARTS + timedelta(minutes=90)
REPORT = "TJ2026032000012"


def institution(serial: int = 501, name: str = "临安区第一人民医院体检中心") -> Member:
    """The registrar of a health-check institution."""
    house = cast.new_organisation("exam", name, serial)
    return cast.in_post(cast.new_person(serial, "孟登记"), house, "exam.registrar")


def insurer(serial: int = 511, name: str = "示例财产保险公司") -> Member:
    """The clerk of an insurer."""
    house = cast.new_organisation("insurer", name, serial)
    return cast.in_post(cast.new_person(serial, "谢承保"), house, "insurer.clerk")


def agree(person: Any, *purposes: Purpose, at: datetime = NOON) -> None:
    """The person agrees to what is asked of workers."""
    actor = Actor(person_id=person.pk)
    for purpose in purposes:
        accounts.give_consent(purpose=purpose, version=ASKED[purpose].now.version, by=actor, at=at)


def session(
    house: Member, *, capacity: int = 2, tier: HealthTier = HealthTier.MATERNAL, starts: datetime = STARTS
) -> ExamSlot:
    slot = NewSlot(starts, starts + timedelta(minutes=90), tier, capacity, NOON - timedelta(days=1))
    return safetycode.open_slot(
        slot=slot, place="衣锦街 548 号 2 楼", by=house.actor, at=NOON - timedelta(days=1)
    )
