"""Enrolling workers and keeping their record: profile, skills, areas, shifts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from anxin.accounts.public import Person
from anxin.audit.public import record
from anxin.kit.actor import Actor
from anxin.kit.errors import Conflict, Forbidden, Invalid, NotFound
from anxin.kit.events import announce
from anxin.kit.geo import Point
from anxin.kit.ids import number
from anxin.kit.models import begin
from anxin.workers import events, rules
from anxin.workers.models import Shift, Skill, Standing, WorkArea, Worker
from anxin.workers.values.archive import Education


class NotVerified(Conflict):
    code = "person_not_verified"
    message = _("登记前需先完成实名核验。请本人登录后在“我的资料”中完成。")


class AlreadyEnrolled(Conflict):
    code = "already_enrolled"
    message = _("此人已登记为家政服务员，请直接查找其档案。")


class NoSuchWorker(NotFound):
    code = "no_such_worker"
    message = _("没有找到这位服务员，或您无权查看。请核对编号。")


class NotEnrolled(NotFound):
    code = "not_enrolled"
    message = _("您还没有登记为家政服务员。请先在“我要当家政”登记。")


class NotYours(Forbidden):
    code = "not_your_worker"
    message = _("只有本人或其所属机构可以修改这份档案。")


class LevelUnknown(Invalid):
    code = "level_unknown"
    message = _("技能等级应为 1 至 5 级，或“未评级”。")


class ShiftUnfit(Invalid):
    code = "shift_unfit"
    message = _("可服务时段有误：结束须晚于开始，同一天的时段不能重叠。")


class EducationUnknown(Invalid):
    code = "education_unknown"
    message = _("请从列表中选择学历。")


class TownUnknown(Invalid):
    code = "town_unknown"
    message = _("没有这个镇街：%(town)s。请从列表中选择。")


def owned(worker_id: UUID, by: Actor) -> Worker:
    """The worker, if `by` is the worker, or staff of their agency who may manage workers, or the system.

    Refuses: NoSuchWorker (also for those who may not know of them), NotYours.
    """
    row: Worker | None = Worker.objects.visible_to(by).filter(pk=worker_id).first()
    if row is None:
        raise NoSuchWorker
    if not (row.person_id == by.person_id or by.holds("workers.manage")):
        raise NotYours
    return row


@transaction.atomic
def enrol(
    *,
    person_id: UUID,
    by: Actor,
    at: datetime,
    home_town: str = "",
    home: Point | None = None,
    practising_since: date | None = None,
    intro: str = "",
    city_code: str = "",
) -> Worker:
    """Enter a verified person as a worker: themself, or by agency staff who may manage workers.

    The exact home is sealed; a coarse point is kept for ranking. Refuses: NotVerified, AlreadyEnrolled, NotYours.
    Source: A-6.2.3.
    """
    if not (by.person_id == person_id or by.holds("workers.manage")):
        raise NotYours
    person = Person.objects.filter(pk=person_id).first()
    if person is None or not person.is_verified:
        raise NotVerified
    rough = rules.coarse(home) if home else None
    row = Worker(
        person=person, number=number("W", at),
        city_code=city_code or settings.ANXIN_CITY_CODE, home_town=home_town,
        home_point={"lat": home.lat, "lng": home.lng} if home else None,
        lat=rough.lat if rough else None, lng=rough.lng if rough else None,
        practising_since=practising_since, intro=intro.strip(), created_at=at,
    )  # fmt: skip
    try:
        with transaction.atomic():
            begin(row, by=by, at=at)
    except IntegrityError as error:
        raise AlreadyEnrolled from error
    Standing.objects.create(worker=row)
    record("workers.enrol", by=by, at=at, subject="worker", subject_id=row.pk)
    announce(events.Enrolled(row.pk, person_id, by.organisation_id))
    return row


@transaction.atomic
def change_profile(
    *,
    worker_id: UUID,
    by: Actor,
    at: datetime,
    home_town: str | None = None,
    home: Point | None = None,
    practising_since: date | None = None,
    intro: str | None = None,
    education: str | None = None,
) -> Worker:
    """Change what is given, leave the rest. `education`: GB/T 4658, "" = not told.

    Refuses: NoSuchWorker, NotYours, EducationUnknown.
    """
    row = owned(worker_id, by)
    if education and education not in list(Education):
        raise EducationUnknown("education")
    changed: dict[str, object] = {}
    if home_town is not None:
        changed["home_town"] = home_town
    if home is not None:
        rough = rules.coarse(home)
        changed |= {"home_point": {"lat": home.lat, "lng": home.lng}, "lat": rough.lat, "lng": rough.lng}
    if practising_since is not None:
        changed["practising_since"] = practising_since
    if intro is not None:
        changed["intro"] = intro.strip()
    if education is not None:
        changed["education"] = education
    for name, value in changed.items():
        setattr(row, name, value)
    if changed:
        row.save(update_fields=list(changed))
        record(
            "workers.change_profile", by=by, at=at, subject="worker", subject_id=row.pk,
            detail={"fields": sorted(changed)},
        )  # fmt: skip
    return row


@transaction.atomic
def set_photo(*, worker_id: UUID, photo_id: UUID | None, by: Actor, at: datetime) -> Worker:
    """Put a stored picture on the worker's card, or take it off (None). Refuses: NoSuchWorker, NotYours."""
    row = owned(worker_id, by)
    row.photo_id = photo_id
    row.save(update_fields=["photo"])
    record(
        "workers.set_photo", by=by, at=at, subject="worker", subject_id=row.pk,
        detail={"file": str(photo_id or "")},
    )  # fmt: skip
    return row


@transaction.atomic
def set_skills(*, worker_id: UUID, levels: Mapping[str, int], by: Actor, at: datetime) -> None:
    """Replace the skills: catalogue item code → national level (0 = none certified).

    Refuses: LevelUnknown, NoSuchWorker, NotYours.
    """
    row = owned(worker_id, by)
    if any(level not in range(6) for level in levels.values()):
        raise LevelUnknown("level")
    Skill.objects.filter(worker=row).exclude(item_code__in=list(levels)).delete()
    Skill.objects.bulk_create(
        [Skill(worker=row, item_code=code, level=level) for code, level in levels.items()],
        update_conflicts=True, unique_fields=["worker", "item_code"], update_fields=["level"],
    )  # fmt: skip
    record("workers.set_skills", by=by, at=at, subject="worker", subject_id=row.pk, detail=dict(levels))


@transaction.atomic
def set_areas(*, worker_id: UUID, town_codes: Iterable[str], by: Actor, at: datetime) -> None:
    """Replace the towns (9 digits) in which the worker takes work. Refuses: TownUnknown, NoSuchWorker, NotYours."""
    row = owned(worker_id, by)
    towns = sorted(set(town_codes))
    for town in towns:
        if not (len(town) == 9 and town.isascii() and town.isdigit()):
            raise TownUnknown("town_code", town=town)
    WorkArea.objects.filter(worker=row).exclude(town_code__in=towns).delete()
    WorkArea.objects.bulk_create(
        [WorkArea(worker=row, town_code=town) for town in towns], ignore_conflicts=True
    )
    record("workers.set_areas", by=by, at=at, subject="worker", subject_id=row.pk, detail={"towns": towns})


@transaction.atomic
def set_shifts(*, worker_id: UUID, shifts: Iterable[tuple[int, int, int]], by: Actor, at: datetime) -> None:
    """Replace the weekly availability: (weekday 0 = Monday, from minute, to minute ≤ 1440).

    Refuses: ShiftUnfit (empty, backwards, overlapping), NoSuchWorker, NotYours. What is booked already stays booked.
    """
    row = owned(worker_id, by)
    wanted = sorted(shifts)
    for index, (weekday, start, end) in enumerate(wanted):
        previous = wanted[index - 1] if index else None
        if not (0 <= weekday <= 6 and 0 <= start < end <= rules.DAY_MINUTES):
            raise ShiftUnfit("shifts")
        if previous and previous[0] == weekday and previous[2] > start:
            raise ShiftUnfit("shifts")
    Shift.objects.filter(worker=row).delete()
    Shift.objects.bulk_create(
        [Shift(worker=row, weekday=d, from_minute=a, to_minute=b) for d, a, b in wanted]
    )
    record(
        "workers.set_shifts", by=by, at=at, subject="worker", subject_id=row.pk,
        detail={"shifts": [list(s) for s in wanted]},
    )  # fmt: skip
