"""The timeline of an archive: everything that happened, latest first, as far as the reader may see it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from anxin.kit.clock import at_local
from anxin.kit.text import gettext_noop
from anxin.workers.models import Affiliation, Authorisation, Conduct, Credential
from anxin.workers.pages.life import checked
from anxin.workers.queries.archive import item_of
from anxin.workers.queries.dossier import Dossier
from anxin.workers.states import (
    AUTHORISATION_STATE_LABELS,
    CONDUCT_STATE_LABELS,
    WORKER_STATE_LABELS,
    AuthorisationState,
    ConductState,
    WorkerState,
)
from anxin.workers.values import AFFILIATION_LABELS, AffiliationKind
from anxin.workers.values.archive import ITEM_LABELS, ArchiveEvent, ArchiveItem

PRACTICE = ArchiveItem.OCCUPATIONAL


def timeline(found: Dossier, at: datetime) -> list[dict[str, Any]]:
    """The entries as the component `timeline` shows them."""
    reading = found.reading
    entries = [one for one in _events(found) if reading.sees(one.item, one.at) and one.at <= at]
    entries.sort(key=lambda one: one.at, reverse=True)
    return [
        {"at": one.at, "icon": one.icon, "title": _(one.title) % one.params, "note": one.sub}
        for one in entries
    ]


def _events(found: Dossier) -> Iterable[ArchiveEvent]:
    title = gettext_noop("登记为家政服务员")
    yield ArchiveEvent(found.worker.created_at, ArchiveItem.BASIC, "user-plus", title)
    for move in found.moves:
        if move.from_state:
            word = {"word": _(WORKER_STATE_LABELS[WorkerState(move.to_state)])}
            yield ArchiveEvent(move.at, PRACTICE, "refresh", "%(word)s", word, move.why)
    for row in found.affiliations:
        yield from _of_affiliation(row)
    for paper in found.papers:
        yield from _of_paper(found, paper)
    for signed in found.authorisations:
        yield from _of_authorisation(signed)
    for conduct in found.conducts:
        yield from _of_conduct(conduct)
    for one in found.practices:
        words = gettext_noop("在%(place)s从业")
        yield ArchiveEvent(
            at_local(one.since, 0), PRACTICE, "briefcase", words, {"place": one.place}, one.duty
        )


def _of_affiliation(row: Affiliation) -> Iterable[ArchiveEvent]:
    agency = {"agency": row.organisation.name}
    kind = _(AFFILIATION_LABELS[AffiliationKind(row.kind)])
    joined = gettext_noop("加入%(agency)s")
    yield ArchiveEvent(row.period.lower, PRACTICE, "building-store", joined, agency, kind)
    if row.period.upper:
        yield ArchiveEvent(row.period.upper, PRACTICE, "logout", gettext_noop("离开%(agency)s"), agency)


def _of_paper(found: Dossier, row: Credential) -> Iterable[ArchiveEvent]:
    item, title = item_of(row.kind), {"paper": row.title}
    yield ArchiveEvent(
        row.created_at, item, "certificate", gettext_noop("登记“%(paper)s”"), title, row.issuer
    )
    if row.verified_at:
        words, how = gettext_noop("核验“%(paper)s”"), checked(found, row)
        yield ArchiveEvent(row.verified_at, item, "rosette-discount-check", words, title, how)
    if row.withdrawn_at:
        words = gettext_noop("撤回“%(paper)s”")
        yield ArchiveEvent(row.withdrawn_at, item, "x", words, title, row.withdrawn_why)
    else:
        over = at_local(row.valid_to + timedelta(days=1), 0)
        yield ArchiveEvent(over, item, "calendar-off", gettext_noop("“%(paper)s”到期"), title)


def _of_authorisation(row: Authorisation) -> Iterable[ArchiveEvent]:
    item, number = ArchiveItem.BASIC, {"number": row.number}
    words = gettext_noop("签署信用信息授权书 %(number)s")
    yield ArchiveEvent(row.signed_at, item, "signature", words, number, row.organisation.name)
    if row.state != AuthorisationState.SIGNED:
        over = number | {"word": _(AUTHORISATION_STATE_LABELS[AuthorisationState(row.state)])}
        yield ArchiveEvent(row.state_at, item, "x", gettext_noop("授权书 %(number)s：%(word)s"), over)
        return
    gone: dict[datetime, list[str]] = {}
    for one in row.all_items:  # type: ignore[attr-defined]
        if one.withdrawn_at:
            gone.setdefault(one.withdrawn_at, []).append(_(ITEM_LABELS[ArchiveItem(one.item)]))
    for when, items in gone.items():
        yield ArchiveEvent(when, item, "x", gettext_noop("撤回部分授权"), {}, _("、").join(items))


def _of_conduct(row: Conduct) -> Iterable[ArchiveEvent]:
    words = gettext_noop("“%(title)s”：%(state)s")
    for step in row.moves:  # type: ignore[attr-defined]
        told = {"title": row.title, "state": _(CONDUCT_STATE_LABELS[ConductState(step.to_state)])}
        yield ArchiveEvent(step.at, ArchiveItem.CONDUCT, "award", words, told, step.why)
