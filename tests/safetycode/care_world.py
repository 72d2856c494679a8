"""People around the care of codes: an entrusted association, the bureaus, an agency, a worker with a green code."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from anxin.accounts.models import Organisation
from anxin.accounts.values import POSTS
from anxin.kit.actor import SYSTEM, Actor
from anxin.safetycode import public as codes
from anxin.safetycode.models import MinistryRecord, SafetyCode
from tests.safetycode.entrusting import entrusted
from tests.workers.world import NOW, World, make_person

DAY = timedelta(days=1)


def official(body: Organisation, post: str, name: str) -> Actor:
    """Somebody in a post of an association or bureau."""
    return Actor(
        make_person(name).pk,
        body.pk,
        post,
        POSTS[post].permissions,
        verified=True,
        fresh=True,
        region=body.region,
    )


def bureau(region: str = "3301", name: str = "杭州市商务主管部门") -> Organisation:
    body: Organisation = Organisation.objects.create(
        kind="bureau", name=name, city_code=region[:4].ljust(4, "0"), region=region, created_at=NOW
    )
    return body


@dataclass
class Care:
    """An association with its staff, the city's bureau, another city's, and the worker's code, green since NOW."""

    world: World
    body: Organisation
    carer: Actor
    head: Actor
    far: Actor
    code: SafetyCode


def make_care(world: World) -> Care:
    body = entrusted()
    carer = official(body, "association.codes", "码管")
    head = official(bureau(), "bureau.head", "局长")
    far = official(bureau("3302", "宁波市商务主管部门"), "bureau.head", "外地局长")
    code = codes.issue(worker_id=world.worker.pk, by=carer, at=NOW)
    return Care(world, body, carer, head, far, code)


def recorded(worker: Any, state: str = "in_force", at: datetime = NOW) -> MinistryRecord:
    """The Ministry's record of a worker, as if it had been asked."""
    row, _ = MinistryRecord.objects.update_or_create(worker=worker, defaults={"state": state, "asked_at": at})
    return row


__all__ = ["DAY", "NOW", "SYSTEM", "Care", "bureau", "make_care", "official", "recorded"]
