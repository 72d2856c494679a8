"""The only writers of geography and calendar."""

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from anxin.audit import public as audit
from anxin.kit.actor import Actor
from anxin.kit.errors import Invalid
from anxin.places.adapters import seed
from anxin.places.models import Day, Division
from anxin.places.queries import UnknownDivision
from anxin.places.values import DayKind, PointSource


class PointOutside(Invalid):
    code = "point_outside"
    message = _("这个位置离%(name)s太远，请检查经纬度（纬度在前，例如 30.2358, 119.7181）。")


class ReasonMissing(Invalid):
    code = "reason_missing"
    message = _("请写明修改原因，方便以后核对。")


# A town of Hangzhou lies within this many degrees of where the public data put its county.
_NEAR_DEGREES = 1.5


@transaction.atomic
def load(*, by: Actor, at: datetime) -> int:
    """Load the divisions and days the package carries; safe to repeat.

    Points that an operator has verified and days already in the table are kept. Returns the number of divisions.
    """
    verified = set(Division.objects.filter(point_source=PointSource.VERIFIED).values_list("code", flat=True))
    rows = [
        Division(
            code=row.code,
            name=row.name,
            level=row.level,
            parent_id=row.parent_code or None,
            pinyin=row.pinyin,
            initials=row.initials,
            lat=row.lat,
            lng=row.lng,
            point_source=row.point_source or "",
        )
        for row in seed.divisions()
    ]
    named = ["name", "level", "parent", "pinyin", "initials"]
    fresh = [row for row in rows if row.code not in verified]
    kept = [row for row in rows if row.code in verified]
    Division.objects.bulk_create(
        fresh,
        update_conflicts=True,
        unique_fields=["code"],
        update_fields=[*named, "lat", "lng", "point_source"],
    )
    if kept:
        Division.objects.bulk_create(kept, update_conflicts=True, unique_fields=["code"], update_fields=named)
    Day.objects.bulk_create(
        [Day(date=day, kind=kind, festival=festival) for day, kind, festival in seed.days()],
        ignore_conflicts=True,
    )
    audit.record(
        "places.load", by=by, at=at, subject="places.division", subject_id="", detail={"count": len(rows)}
    )
    return len(rows)


@transaction.atomic
def set_day(*, day: date, kind: DayKind, festival: str = "", reason: str, by: Actor, at: datetime) -> Day:
    """Say what `day` is, as announced by the State Council. Refuses an empty reason."""
    if not reason.strip():
        raise ReasonMissing(field="reason")
    row, _created = Day.objects.update_or_create(
        date=day, defaults={"kind": kind, "festival": festival.strip()[:30]}
    )
    audit.record(
        "places.set_day",
        by=by,
        at=at,
        subject="places.day",
        subject_id=day.isoformat(),
        detail={"kind": str(kind), "festival": row.festival, "reason": reason.strip()},
    )
    return row


@transaction.atomic
def clear_day(*, day: date, reason: str, by: Actor, at: datetime) -> bool:
    """Take an exception back, so that the weekday decides again. False if there was none."""
    if not reason.strip():
        raise ReasonMissing(field="reason")
    gone, _rows = Day.objects.filter(date=day).delete()
    if gone:
        audit.record(
            "places.clear_day",
            by=by,
            at=at,
            subject="places.day",
            subject_id=day.isoformat(),
            detail={"reason": reason.strip()},
        )
    return bool(gone)


@transaction.atomic
def verify_point(*, code: str, lat: float, lng: float, reason: str, by: Actor, at: datetime) -> Division:
    """Replace the point of a division by one that was checked on the spot (WGS-84 degrees).

    Refuses an unknown code, an empty reason, and a point far from the enclosing county.
    """
    row = Division.objects.select_for_update().filter(pk=code).first()
    if row is None:
        raise UnknownDivision(given=code)
    if not reason.strip():
        raise ReasonMissing(field="reason")
    county = Division.objects.filter(pk=code[:6]).exclude(lat=None).values_list("lat", "lng").first()
    if county and max(abs(lat - (county[0] or 0)), abs(lng - (county[1] or 0))) > _NEAR_DEGREES:
        raise PointOutside(field="lat", name=row.name)
    before = {"lat": row.lat, "lng": row.lng, "source": row.point_source}
    row.lat, row.lng, row.point_source = lat, lng, PointSource.VERIFIED
    row.save(update_fields=["lat", "lng", "point_source"])
    audit.record(
        "places.verify_point",
        by=by,
        at=at,
        subject="places.division",
        subject_id=code,
        detail={"before": before, "after": {"lat": lat, "lng": lng}, "reason": reason.strip()},
    )
    return row
