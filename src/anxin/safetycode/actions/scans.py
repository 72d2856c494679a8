"""A scan: the colour at that moment, kept with who looked, for which visit, and where."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from anxin.kit.actor import Actor
from anxin.kit.crypto import blind_index
from anxin.kit.errors import TooMany
from anxin.kit.events import announce
from anxin.kit.geo import Point
from anxin.policies.public import read
from anxin.safetycode.events import CodeScanned
from anxin.safetycode.models import Scan, Tally
from anxin.safetycode.queries.codes import judge
from anxin.safetycode.queries.tokens import TokenExpired, read_token
from anxin.safetycode.values import LOOKS_A_MINUTE, SCAN_RESULTS

KEEP_TALLIES = timedelta(days=1)


class TooManyScans(TooMany):
    code = "too_many_scans"
    message = _("查码太频繁，请一分钟后再试。")


@transaction.atomic
def scan(
    *, token: str, by: Actor, at: datetime, visit_ref: UUID | None = None, point: Point | None = None
) -> Scan:
    """Read a token and keep the scan: colour, every reason, rule set, result (pass, warn, stop).

    A code out of force is a scan too (red). With `visit_ref` the token must be the rotating one: a printed card
    proves no presence. Refuses: TokenForged, TokenExpired. Source: D-3b, 浙商务发〔2020〕21号 §3.
    """
    found = read_token(token, at)
    if visit_ref and found.printed:
        raise TokenExpired
    judgement = judge(found.code.worker_id, at)
    row = Scan(
        code=found.code, at=at, by_person=by.person_id, visit_ref=visit_ref, printed=found.printed,
        place={"lat": point.lat, "lng": point.lng} if point else None,
        colour=str(judgement.colour), rule_set=judgement.rule_set, rule_version=judgement.rule_version,
        reasons=[
            {"code": str(r.code), "day": r.day.isoformat() if r.day else None} for r in judgement.reasons
        ],
        result=str(SCAN_RESULTS[judgement.colour]),
    )  # fmt: skip
    row.save(force_insert=True)
    announce(CodeScanned(row.pk, found.code.worker_id, by.person_id, visit_ref, row.colour))
    return row


def count_look(*, address: str, at: datetime) -> int:
    """Count a look from an address, found or not; returns the looks of this minute. Refuses: TooManyScans.

    Outside of any transaction of the look itself: a refused look counts too.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO safetycode_tally (address_hash, minute, count) VALUES (%s, date_trunc('minute', %s), 1)
            ON CONFLICT (address_hash, minute) DO UPDATE SET count = safetycode_tally.count + 1
            RETURNING count
            """,
            [blind_index("safetycode.tally", address), at],
        )
        looks = int(cursor.fetchone()[0])
    if looks > read(LOOKS_A_MINUTE, at=at):
        raise TooManyScans
    return looks


def forget_tallies(*, at: datetime) -> int:
    """Drop the counts older than a day."""
    return Tally.objects.filter(minute__lt=at - KEEP_TALLIES).delete()[0]
