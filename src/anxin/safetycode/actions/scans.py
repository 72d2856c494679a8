"""A scan: the colour at that moment, kept with who looked, for which visit, and where."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from anxin.kit.actor import Actor
from anxin.kit.crypto import blind_index
from anxin.kit.errors import TooMany
from anxin.kit.events import announce
from anxin.kit.geo import Point
from anxin.kit.network import network_of
from anxin.policies.public import read
from anxin.safetycode.events import CodeScanned
from anxin.safetycode.models import Scan, Tally
from anxin.safetycode.queries.codes import judge
from anxin.safetycode.queries.tokens import TokenPrinted, read_token
from anxin.safetycode.values import LOOKS_A_MINUTE, LOOKS_AT_ONE, SCAN_RESULTS

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
    proves no presence. Refuses: TokenForged, TokenExpired, TokenPrinted, TooManyScans (of one code; never at a door).
    Source: D-3b, 浙商务发〔2020〕21号 §3.
    """
    found = read_token(token, at)
    if visit_ref and found.printed:
        raise TokenPrinted
    if visit_ref is None:
        _count(look_key(bytes(found.code.handle), found.printed), read(LOOKS_AT_ONE, at=at), at)
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
    return _count(address_key(address), read(LOOKS_A_MINUTE, at=at), at)


def _count(key: bytes, limit: int, at: datetime) -> int:
    looks = share_counts(counts={key: 1}, at=at)[key]
    if looks > limit:
        raise TooManyScans
    return looks


def address_key(address: str) -> bytes:
    """Under what the looks from an address are counted: of IPv6 from all that one subscriber has."""
    return blind_index("safetycode.tally", network_of(address))


def look_key(handle: bytes, printed: bool) -> bytes:
    """Under what the looks at a code are counted. A card that is scanned all the time stops nobody at a door."""
    return blind_index("safetycode.tally", f"{handle.hex()}:{'printed' if printed else 'display'}")


def share_counts(*, counts: Mapping[bytes, int], at: datetime) -> dict[bytes, int]:
    """Add to the counts of this minute, by key; returns what all processes have counted of these. One statement."""
    if not counts:
        return {}
    # In one order, so that two processes do not wait for each other.
    keys = sorted(counts)
    with connection.cursor() as cursor:
        cursor.execute(_SHARE, {"keys": keys, "counts": [counts[key] for key in keys], "at": at})
        return {bytes(key): count for key, count in cursor.fetchall()}


_SHARE = """
  INSERT INTO safetycode_tally (address_hash, minute, count)
  SELECT key, date_trunc('minute', %(at)s), n FROM unnest(%(keys)s::bytea[], %(counts)s::int[]) AS t(key, n)
  ON CONFLICT (address_hash, minute) DO UPDATE SET count = safetycode_tally.count + EXCLUDED.count
  RETURNING address_hash, count
"""


def write_looks(*, looks: Mapping[tuple[UUID, str, bool], int], at: datetime) -> None:
    """Add to how often codes were looked at by programs in this hour, by (code, colour, printed). One statement."""
    rows = sorted((code, colour, printed, count) for (code, colour, printed), count in looks.items())
    codes, colours, kinds, counts = (list(column) for column in zip(*rows, strict=True))
    values: dict[str, Any] = {
        "codes": codes,
        "colours": colours,
        "printed": kinds,
        "counts": counts,
        "at": at,
    }
    with connection.cursor() as cursor:
        cursor.execute(_LOOKS, values)


# A code that is gone meanwhile is nobody's to count.
_LOOKS = """
  INSERT INTO safetycode_lookcount (code_id, hour, colour, printed, count)
  SELECT t.code, date_trunc('hour', %(at)s), t.colour, t.printed, t.n
  FROM unnest(%(codes)s::uuid[], %(colours)s::text[], %(printed)s::boolean[], %(counts)s::int[])
    AS t(code, colour, printed, n)
  JOIN safetycode_safetycode k ON k.id = t.code
  ON CONFLICT (code_id, hour, colour, printed) DO UPDATE SET count = safetycode_lookcount.count + EXCLUDED.count
"""


def forget_tallies(*, at: datetime) -> int:
    """Drop the counts older than a day."""
    return Tally.objects.filter(minute__lt=at - KEEP_TALLIES).delete()[0]
