"""How long applications took, by city and by issuer, in working days."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta

from django.db.models import Count, OuterRef, Subquery

from anxin.kit.actor import Actor
from anxin.kit.clock import local_date
from anxin.safetycode.models import Application, Issue
from anxin.safetycode.queries.applications.clock import workdays
from anxin.safetycode.queries.figures import NOBODY, Span, alone, of_issuer
from anxin.safetycode.states import ApplicationState
from anxin.workers.public import Worker


def average_days(actor: Actor, span: Span, city: str = "") -> dict[str, str]:
    """city → mean working days from handing in to issue, pauses counted, of what was issued in the span; one decimal.
    With a city: issuer (an id, or NOBODY) → the same within it.

    Counting starts on the next working day (standards §15.3). Two queries.
    """
    whose = Issue.objects.filter(code=OuterRef("code"), issued_at__lte=OuterRef("state_at")).order_by(
        "-issued_at"
    )
    rows = Application.objects.filter(
        worker__in=Worker.objects.visible_to(actor), state=ApplicationState.ISSUED,
        state_at__gte=span.since, state_at__lt=span.until, submitted_at__isnull=False,
    ).annotate(house=Subquery(whose.values("issuer")[:1]))  # fmt: skip
    rows = of_issuer(rows, actor, alone(actor) if city else "")
    if city:
        rows = rows.filter(worker__city_code=city)
    column = "house" if city else "worker__city_code"
    times = rows.order_by().values_list(column, "submitted_at", "state_at").annotate(n=Count("pk"))
    found = [(str(key or NOBODY), local_date(first), local_date(last), n) for key, first, last, n in times]
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
    for key, first, last, n in found:
        days[key] += (sums[last] - sums[first]) * n
        counts[key] += n
    return {key: f"{days[key] / counts[key]:.1f}" for key in days}
