"""A case that waited for several houses is gone from the desks of the others once one has taken the step."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from anxin.accounts.public import organisations
from anxin.kit.actor import Actor
from anxin.kit.clock import local
from anxin.kit.errors import Conflict
from anxin.safetycode.models import Application
from anxin.safetycode.queries.applications.desks import PERMISSIONS, TASKS, posted_at, turn
from anxin.safetycode.queries.authority import authority
from anxin.safetycode.states import APPLICATION_STATE_LABELS, ApplicationState
from anxin.safetycode.values.applying import DESK_OF


class HandledElsewhere(Conflict):
    code = "handled_elsewhere"
    headline = _("其他单位已经办理")
    message = _("申领 %(number)s 的“%(step)s”这一步已由%(house)s于 %(when)s 办理，贵单位不用再办。")


def handled_elsewhere(actor: Actor, **which: Any) -> HandledElsewhere | None:
    """Who took the step, and when, for those for whom the case waited just then; None for everybody else.

    which: the application, by number or pk. Of the worker nothing is said. Five queries at most.
    """
    house = actor.organisation_id
    states = [state for desk in TASKS if actor.holds(PERMISSIONS[desk]) for state in turn(desk)]
    if house is None or not states:
        return None
    row = Application.objects.select_related("worker").filter(submitted_at__isnull=False, **which).first()
    taken = row and row.history.filter(from_state__in=states).order_by("-id").first()
    if not row or not taken or taken.by_organisation in (None, house):
        return None
    state = ApplicationState(taken.from_state)
    desk = DESK_OF[state]
    if not posted_at(actor, desk, row) or authority(house, row.worker, taken.at, TASKS[desk]) is None:
        return None
    return HandledElsewhere(
        number=row.number, step=gettext(APPLICATION_STATE_LABELS[state]), when=f"{local(taken.at):%Y-%m-%d %H:%M}",
        house=organisations([taken.by_organisation])[taken.by_organisation].name,
    )  # fmt: skip
