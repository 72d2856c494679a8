"""Archives around the demo's doors: signed, partly or wholly taken back; a reward, a penalty under appeal, who left."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import UUID

from anxin.catalogue.values import CredentialKind
from anxin.kit.actor import SYSTEM
from anxin.messaging import public as messaging
from anxin.simulation.applying import CONSENTS
from anxin.simulation.cast import AgencyCast, World
from anxin.workers import public as workers
from anxin.workers.values import AUTHORISATION_NOW, AffiliationKind, ArchiveItem, ConductKind

SIGNED = 6


def archives(world: World, now: datetime) -> None:
    """The first of the busiest agency's workers have signed, the demo's door among them; the last of its list left."""
    cast = max(world.agencies, key=lambda one: len(one.workers))
    first = cast.workers[:SIGNED]
    if len(first) < 3:
        return
    # Nobody signs before they are with the agency.
    since = max(now - timedelta(days=20), world.begin + timedelta(days=5))
    for number, worker_id in enumerate(first):
        _sign(world, worker_id, since + timedelta(hours=number))
    star, second, third = first[0], first[1], first[2]
    workers.withdraw_authorisation(
        items={ArchiveItem.REVIEWS}, by=world.worker_actors[second], at=now - timedelta(days=3)
    )
    workers.withdraw_authorisation(by=world.worker_actors[third], at=now - timedelta(days=2))
    _conducts(world, cast, star, second, now)
    workers.add_practice(
        worker_id=star, place="青山湖月子会所", duty="月嫂", since=date(2017, 3, 1), until=date(2019, 8, 31),
        by=world.worker_actors[star], at=now - timedelta(days=19),
    )  # fmt: skip
    for worker_id, title in ((star, "育婴员证书"), (second, "养老护理员证书")):
        workers.add_credential(
            worker_id=worker_id, kind=CredentialKind.CERTIFICATE, title=title, issuer="临安区人力社保局", level=4,
            valid_from=now.date() - timedelta(days=30), valid_to=now.date() + timedelta(days=1000),
            number="S000033019900123", by=world.worker_actors[worker_id], at=now - timedelta(hours=9),
        )  # fmt: skip
    _leaver(world, cast, now)


def _sign(world: World, worker_id: UUID, at: datetime) -> None:
    by = world.worker_actors[worker_id]
    workers.send_authorisation_code(by=by, at=at)
    facts = workers.worker_facts(worker_id, at)
    assert facts is not None
    code = messaging.demo_phone(facts.phone, "confirm_code")["code"]
    workers.sign_authorisation(
        items=frozenset(ArchiveItem), version=AUTHORISATION_NOW.version, consents=CONSENTS, drawn=world.signature,
        code=code, by=by, at=at,
    )  # fmt: skip


def _conducts(world: World, cast: AgencyCast, star: UUID, second: UUID, now: datetime) -> None:
    at = now - timedelta(days=10)
    workers.give_conduct(
        worker_id=star, kind=ConductKind.REWARD, title="季度服务之星", basis="本机构《服务评优办法》第五条",
        given_on=at.date(), by=cast.head, at=at,
    )  # fmt: skip
    row = workers.give_conduct(
        worker_id=second, kind=ConductKind.PENALTY, title="一个月内迟到三次", basis="本机构《员工手册》第八条",
        given_on=at.date(), valid_to=at.date() + timedelta(days=180), by=cast.head, at=at,
    )  # fmt: skip
    workers.appeal_conduct(
        conduct_id=row.pk, reply="其中一次是锦城大桥封路，当天已向派单员报备。", by=world.worker_actors[second],
        at=at + timedelta(days=2),
    )  # fmt: skip


def _leaver(world: World, cast: AgencyCast, now: datetime) -> None:
    """Somebody without visits ahead has left for another agency, which has yet to apply for their code."""
    at = now - timedelta(days=1)
    other = next((one for one in world.agencies if one is not cast), None)
    if other is None:
        return
    for worker_id in reversed(cast.workers[SIGNED:]):
        try:
            workers.leave_agency(worker_id=worker_id, by=world.worker_actors[worker_id], at=at)
        except workers.StillBooked:
            continue
        workers.join_agency(
            worker_id=worker_id, organisation_id=other.organisation_id, kind=AffiliationKind.FLEXIBLE, by=SYSTEM,
            at=at + timedelta(hours=2),
        )  # fmt: skip
        return
