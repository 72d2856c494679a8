"""An application and an appeal as their pages say them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from anxin.accounts.public import Organisation
from anxin.safetycode.models import Appeal, Application
from anxin.safetycode.queries import applications
from anxin.safetycode.states import APPEAL_STATE_LABELS, APPLICATION_STATE_LABELS, AppealState
from anxin.safetycode.states import ApplicationState as A
from anxin.safetycode.values import REASON_LABELS, ReasonCode
from anxin.safetycode.values.applying import (
    BEFORE,
    CAUSE_LABELS,
    DESK_LABELS,
    NEED_LABELS,
    NEED_NEXT,
    REMEDY_WORDS,
    STEPS,
    Cause,
    Condition,
    Need,
    Reading,
    Remedy,
)

# Where the worker sees to a condition themself, and where their agency does; the latter by the worker's number.
OWN_PLACES = {
    Need.IDENTITY: "accounts:real_name",
    Need.AUTHORISATION: "workers:authorisation",
    Need.FACE: "safetycode:face",
    Need.TRAINING: "workers:papers",
    Need.BACKGROUND: "safetycode:my_checks",
    Need.HEALTH: "safetycode:my_exams",
}
DESK_PLACES = {
    Need.TRAINING: "workers:member",
    Need.HEALTH: "safetycode:worker_exams",
}
SHORT = {
    A.DRAFT: gettext_noop("本人填写"),
    A.AGENCY_REVIEW: gettext_noop("机构初审"),
    A.ASSOCIATION_REVIEW: gettext_noop("协会复核"),
    A.BUREAU_REVIEW: gettext_noop("信用审核"),
    A.EXAM_PENDING: gettext_noop("体检"),
    A.INSURANCE_PENDING: gettext_noop("保险"),
    A.APPROVED: gettext_noop("发码"),
    A.ISSUED: gettext_noop("下发"),
}


def state_word(state: str) -> str:
    return _(APPLICATION_STATE_LABELS[A(state)])


def turn_word(row: Application) -> str:
    desk = applications.turn_of(row)
    return _(DESK_LABELS[desk]) if desk else ""


def steps(row: Application) -> tuple[list[str], int]:
    """The eight steps in short words, and which is now; of what was returned or refused the step it came from."""
    words = [_(SHORT[state]) for state in STEPS[:-1]]
    state = A(row.sent_from or row.state)
    return words, STEPS.index(state) + 1 if state in STEPS else 0


def clock(read: Reading, row: Application) -> dict[str, Any]:
    """The clock in words: used, limit, what was not counted and for whom, at which desk the days went."""
    return {
        "read": read,
        "started": row.submitted_at is not None,
        "waited": [(_(CAUSE_LABELS[cause]), n) for cause, n in read.waited.items() if n],
        "at_desk": [(state_word(state), n) for state, n in read.at_desk.items() if n],
        "stands": next((one for one in row.pauses.all() if one.ended_at is None), None),
        "percent": min(100, round(100 * read.used / read.limit)) if read.limit else 0,
    }


def conditions(
    found: Iterable[Condition], row: Application, *, own: bool, desk: bool = False
) -> list[dict[str, Any]]:
    """Each condition: met or not, until when, what to do, where, and whether it stands in the way now."""
    now = BEFORE.get(A(row.state), ())
    return [
        {
            "label": _(NEED_LABELS[one.need]), "met": one.met, "until": one.until, "next": _(NEED_NEXT[one.need]),
            "now": one.need in now and not one.met,
            "href": "" if one.met else _place(one.need, row, own=own, desk=desk),
        }
        for one in found
    ]  # fmt: skip


def _place(need: Need, row: Application, *, own: bool, desk: bool) -> str:
    if own and need in OWN_PLACES:
        return reverse(OWN_PLACES[need])
    if desk and need is Need.INSURANCE:
        return reverse("safetycode:policies")
    if desk and need in DESK_PLACES:
        return reverse(DESK_PLACES[need], args=[row.worker.number])
    return ""


def organisations(ids: Iterable[UUID | None]) -> dict[UUID | None, str]:
    """Names by key. One query."""
    return dict(Organisation.objects.filter(pk__in={one for one in ids if one}).values_list("pk", "name"))


def timeline(row: Application) -> list[dict[str, Any]]:
    """Everything that happened, newest first: steps, pauses, extensions, each with its office. One query."""
    moves, pauses, more = row.history.all(), row.pauses.all(), row.extensions.all()
    names = organisations(one.by_organisation for rows in (moves, pauses, more) for one in rows)
    told: list[dict[str, Any]] = [
        {
            "title": state_word(one.to_state), "at": one.at, "note": one.why, "tone": _tone(one.to_state),
            "by": _by(one, row, names), "order": (one.at, 0, one.pk),
        }
        for one in moves
    ]  # fmt: skip
    for one in pauses:
        whom = one.whom or _(CAUSE_LABELS[Cause(one.cause)])
        told.append({
            "title": _("暂停计时：%(whom)s") % {"whom": whom}, "at": one.started_at, "note": one.why, "tone": "wait",
            "by": names.get(one.by_organisation, ""), "order": (one.started_at, 1, 0),
        })  # fmt: skip
        if one.ended_at:
            told.append(
                {
                    "title": _("恢复计时"),
                    "at": one.ended_at,
                    "icon": "player-play",
                    "order": (one.ended_at, 1, 1),
                }
            )
    told += [
        {
            "title": _("延长 %(n)s 个工作日") % {"n": one.days}, "at": one.at, "note": one.why, "icon": "calendar-plus",
            "by": names.get(one.by_organisation, ""), "order": (one.at, 2, 0),
        }
        for one in more
    ]  # fmt: skip
    return sorted(told, key=lambda one: one["order"], reverse=True)


def _tone(state: str) -> str:
    return {"returned": "wait", "rejected": "bad"}.get(state, "")


def _by(one: Any, row: Application, names: dict[UUID | None, str]) -> str:
    if one.by_organisation:
        return names.get(one.by_organisation, "")
    if one.by_person is None:
        return _("系统按事实自动办理")
    return _("本人") if one.by_person == row.worker.person_id else ""


def appeal_word(state: str) -> str:
    return _(APPEAL_STATE_LABELS[AppealState(state)])


def evidence(row: Appeal) -> dict[str, Any]:
    """What was decided from, in words."""
    told = row.evidence
    reasons = [
        _(REASON_LABELS[ReasonCode(code)]) % {"day": day} for code, day in told.get("reasons", ())
    ]  # fmt: skip
    return {
        "refused": told.get("ground") == "refused",
        "state": state_word(str(told["state"])) if told.get("state") else "",
        "why": told.get("why", ""),
        "reasons": reasons,
        "rule_set": told.get("rule_set", ""),
        "day": told.get("day", ""),
        "since": datetime.fromisoformat(str(told["since"])) if told.get("since") else None,
    }


def appeal_timeline(row: Appeal) -> list[dict[str, Any]]:
    """How the appeal went, newest first. One query."""
    moves = sorted(row.history.all(), key=lambda one: one.pk, reverse=True)
    names = organisations(one.by_organisation for one in moves)
    return [
        {
            "title": appeal_word(one.to_state), "at": one.at, "note": one.why,
            "by": names.get(one.by_organisation, "") if one.by_organisation
            else _("本人") if one.by_person == row.worker.person_id else _("系统"),
        }
        for one in moves
    ]  # fmt: skip


def remedies(row: Appeal) -> list[str]:
    return [_(REMEDY_WORDS[Remedy(one)]) for one in row.restored]


def lateness(read: Reading) -> dict[str, Any]:
    """For lists: days used and left, and where the time went if it is late."""
    most = max(read.at_desk.items(), key=lambda one: one[1], default=None)
    return {
        "read": read, "waited": [(_(CAUSE_LABELS[cause]), n) for cause, n in read.waited.items()],
        "mostly": _("%(desk)s用了 %(n)s 天") % {"desk": state_word(most[0]), "n": most[1]} if most else "",
    }  # fmt: skip
