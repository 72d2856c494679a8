"""The worker, the agency they belong to, and how they stand."""

from __future__ import annotations

from typing import Any, ClassVar, Self

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import Exists, OuterRef, Q

from anxin.kit.actor import Actor
from anxin.kit.fields import BlindIndexField, EncryptedJSONField
from anxin.kit.geo import Point
from anxin.kit.models import Base, HistoryRow, Stateful, Visible, state_check
from anxin.workers.states import WORKER
from anxin.workers.values import AffiliationKind

# Who looks after every worker of the city, whatever their agency.
OVERSEERS = ("workers.oversee", "safetycode.manage", "safetycode.issue")
# Who sees the workers of a county or a city.
REGIONAL = ("safetycode.manage", "safetycode.issue", "governance.supervise")


def at_work_in(region: str) -> Q:
    """In a city: registered there. In a county: takes work there, or belongs to an agency there, or to nobody yet."""
    if len(region) <= 4:
        return Q(city_code__startswith=region)
    from anxin.workers.models.time import WorkArea

    areas = WorkArea.objects.filter(worker=OuterRef("pk"))
    now = Affiliation.objects.filter(worker=OuterRef("pk"), period__upper_inf=True)
    inside = Exists(areas.filter(town_code__startswith=region)) | Exists(
        now.filter(organisation__town_code__startswith=region)
    )
    return Q(city_code=region[:4]) & (Q(inside) | ~Q(Exists(areas) | Exists(now)))


class WorkerMoved(HistoryRow):
    row = models.ForeignKey(
        "workers.Worker", on_delete=models.CASCADE, related_name="history", db_index=False
    )

    class Meta:
        indexes = [models.Index(fields=["row", "id"], name="workers_worker_history")]


class WorkerQuerySet(Visible):
    def visible_to(self, actor: Actor) -> Self:
        """The worker themself; staff of the agency they belong to now; the operator; association and regulator
        within their region."""
        if actor.is_system or actor.holds("workers.oversee"):
            return self
        if any(actor.holds(permission) for permission in REGIONAL):
            return self.filter(at_work_in(actor.region))
        if not (actor.organisation_id and actor.holds("workers.read")):
            return self.filter(person_id=actor.person_id) if actor.person_id else self.none()
        now = Affiliation.objects.filter(organisation=actor.organisation_id, period__upper_inf=True)
        keys: models.QuerySet[Any, Any] = now.values("worker")
        if actor.person_id:
            # One list of keys: by "either … or …" the server looks at every worker that there is.
            own = Worker._base_manager.filter(person_id=actor.person_id).values("pk")
            keys = own.union(keys, all=True)
        return self.filter(pk__in=keys)


class Worker(Stateful):
    """A person who works in homes. The exact home is sealed; (lat, lng) is coarse, for ranking."""

    MACHINE = WORKER
    HISTORY = WorkerMoved
    RETENTION = "worker"

    person = models.OneToOneField("accounts.Person", on_delete=models.PROTECT, related_name="+")
    number = models.CharField(max_length=24, unique=True)
    # To find a worker by exact name: names themselves are sealed.
    name_hash = BlindIndexField(of="person.name")
    city_code = models.CharField(max_length=4)
    home_town = models.CharField(max_length=9, blank=True)
    home_point = EncryptedJSONField(null=True)
    lat = models.FloatField(null=True)
    lng = models.FloatField(null=True)
    practising_since = models.DateField(null=True)
    education = models.CharField(max_length=2, blank=True, default="", db_default="")
    intro = models.CharField(max_length=500, blank=True)
    photo = models.ForeignKey("files.StoredFile", null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField()

    objects = WorkerQuerySet.as_manager()

    class Meta:
        constraints = [
            state_check(WORKER, "workers_worker_state"),
            models.CheckConstraint(
                condition=Q(lat__isnull=True, lng__isnull=True)
                | Q(lat__range=(-90, 90), lng__range=(-180, 180)),
                name="workers_worker_point",
            ),
        ]
        indexes = [
            models.Index(fields=["name_hash"], name="workers_worker_name"),
            models.Index(fields=["city_code", "state", "id"], name="workers_worker_city"),
        ]

    @property
    def point(self) -> Point | None:
        return None if self.lat is None or self.lng is None else Point(self.lat, self.lng)


class Affiliation(Base):
    """A worker belongs to an agency over a half-open period; to one agency at a time (sole affiliation, §2.5)."""

    worker = models.ForeignKey(Worker, on_delete=models.PROTECT, related_name="affiliations")
    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=16)
    period = DateTimeRangeField()
    # May this worker take open orders on their own? The agency still signs.
    may_grab = models.BooleanField(default=False)
    created_at = models.DateTimeField()

    objects: ClassVar[models.Manager[Affiliation]] = models.Manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=[str(k) for k in AffiliationKind]), name="workers_affiliation_kind"
            ),
            ExclusionConstraint(
                name="workers_affiliation_sole",
                expressions=[("worker", RangeOperators.EQUAL), ("period", RangeOperators.OVERLAPS)],
            ),
        ]
        indexes = [
            models.Index(
                fields=["organisation", "worker"],
                name="workers_affiliation_current",
                condition=Q(period__upper_inf=True),
            )
        ]


class Standing(models.Model):
    """Sums that ranking reads; written by higher areas through the actions of this one.

    `rating_hundredths` is the sum of all ratings in hundredths of a star; `recent_orders` counts the visits
    of the 30 days before `counted_at`.
    """

    worker = models.OneToOneField(Worker, on_delete=models.CASCADE, primary_key=True, related_name="standing")
    rating_hundredths = models.BigIntegerField(default=0)
    rating_count = models.IntegerField(default=0)
    completed = models.IntegerField(default=0)
    late = models.IntegerField(default=0)
    credit_score = models.SmallIntegerField(default=80)
    recent_orders = models.IntegerField(default=0)
    counted_at = models.DateTimeField(null=True)
    # The colour last judged by the safety code, for lists and filters; whoever decides judges again.
    colour = models.CharField(max_length=8, blank=True)
    colour_at = models.DateTimeField(null=True)

    objects: ClassVar[models.Manager[Standing]] = models.Manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    rating_count__gte=0,
                    rating_hundredths__gte=models.F("rating_count") * 100,
                    rating_hundredths__lte=models.F("rating_count") * 500,
                    completed__gte=0,
                    late__gte=0,
                    recent_orders__gte=0,
                    credit_score__range=(0, 100),
                ),
                name="workers_standing_sums",
            )
        ]
