"""Administrative divisions down to the village and the working-day calendar."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from anxin.places.values import (
    DAY_KIND_LABELS,
    LEVEL_LABELS,
    POINT_SOURCE_LABELS,
    DayKind,
    Level,
    PointSource,
)


class Division(models.Model):
    """A province, city, county, town or village by its statistical code (2/4/6/9/12 digits).

    A code is the prefix of the codes below it, so ancestors and descendants need no recursion.
    """

    code = models.CharField(primary_key=True, max_length=12)
    name = models.CharField(max_length=60)
    level = models.CharField(max_length=8, choices=[(k.value, v) for k, v in LEVEL_LABELS.items()])
    parent = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")
    # PostgreSQL may lack a pinyin collation, so the order of names is kept as a column.
    pinyin = models.CharField(max_length=120)
    initials = models.CharField(max_length=40)
    lat = models.FloatField(null=True)
    lng = models.FloatField(null=True)
    point_source = models.CharField(
        max_length=8, default="", blank=True, choices=[(k.value, v) for k, v in POINT_SOURCE_LABELS.items()]
    )

    class Meta:
        verbose_name = _("行政区划")
        ordering = ["code"]
        indexes = [models.Index(fields=["level", "code"], name="places_level_code")]
        constraints = [
            models.CheckConstraint(
                name="places_division_level", condition=models.Q(level__in=[v.value for v in Level])
            ),
            models.CheckConstraint(
                name="places_division_point",
                condition=models.Q(lat=None, lng=None, point_source="")
                | models.Q(
                    lat__range=(-90, 90),
                    lng__range=(-180, 180),
                    point_source__in=[v.value for v in PointSource],
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class Day(models.Model):
    """A day that is not what its weekday says: holiday, day off in exchange, or make-up workday."""

    date = models.DateField(primary_key=True)
    kind = models.CharField(max_length=9, choices=[(k.value, v) for k, v in DAY_KIND_LABELS.items()])
    festival = models.CharField(max_length=30, blank=True, default="")

    class Meta:
        verbose_name = _("特殊日期")
        ordering = ["date"]
        constraints = [
            models.CheckConstraint(
                name="places_day_kind", condition=models.Q(kind__in=[v.value for v in DayKind])
            )
        ]

    def __str__(self) -> str:
        return f"{self.date} {self.kind}"
