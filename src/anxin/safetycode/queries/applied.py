"""How long applications took, by city, in working days."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta

from django.db.models import Count

from anxin.kit.actor import Actor
from anxin.kit.clock import local_date
from anxin.safetycode.models import Application
from anxin.safetycode.queries.applications.clock import workdays
from anxin.safetycode.queries.figures import Span
from anxin.safetycode.states import ApplicationState
from anxin.workers.public import Worker


def average_days(actor: Actor, span: Span) -> dict[str, str]:
    """city → mean working days from handing in to issue, pauses counted, of what was issued in the span; one decimal.

    Counting starts on the next working day (standards §15.3). Two queries.
    """
    rows = (
        Application.objects.filter(
            worker__in=Worker.objects.visible_to(actor), state=ApplicationState.ISSUED,
            state_at__gte=span.since, state_at__lt=span.until, submitted_at__isnull=False,
        )
        .order_by()
        .values_list("worker__city_code", "submitted_at", "state_at")
        .annotate(n=Count("pk"))
    )  # fmt: skip
    found = [(city, local_date(first), local_date(last), n) for city, first, last, n in rows]
    if not found:
        return {}
    begin, end = min(row[1] for row in found), max(row[2] for row in found)
    is_workday = workdays(begin, end)
    # Working days up to each day, so that a span is one subtraction.
    sums, total, day = {}, 0, begin
    while day <= end:
        total += is_workday(day)
        sums[day] = total
        day += timedelta(days=1)
    days: dict[str, int] = defaultdict(int)
    counts: dict[str, int] = defaultdict(int)
    for city, first, last, n in found:
        days[city] += (sums[last] - sums[first]) * n
        counts[city] += n
    return {city: f"{days[city] / counts[city]:.1f}" for city in days}
