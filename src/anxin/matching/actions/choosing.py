"""Laying demands before agencies, one after the other or all at once."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_noop

from anxin.agencies import public as agencies
from anxin.kit.actor import SYSTEM, Actor
from anxin.kit.errors import Refusal
from anxin.matching import queries
from anxin.orders import public as orders
from anxin.orders.values import OrderState, Way
from anxin.safetycode import public as safetycode
from anxin.safetycode.values import COLOUR_LABELS
from anxin.workers import public as workers
from anxin.workers.values import Span

BEFORE_SERVICE = (OrderState.ACCEPTED, OrderState.CONTRACTING, OrderState.SIGNED)
# Each is a transaction of its own; whoever stands lower could hardly be there in time.
MOST_TRIED = 10


@transaction.atomic
def place_demand(*, order_id: UUID, at: datetime) -> None:
    """A new demand: to the agency the customer chose, else open to all that cover it."""
    order = orders.by_id(order_id)
    if not order.can("accept") or order.offers.filter(state="open").exists():
        return
    if order.way == Way.SENT and order.version_id:
        version = agencies.frozen_version(order.version_id)
        orders.offer_to(
            order, organisation_id=version.organisation_id, version_id=version.id, by=SYSTEM, at=at
        )
        return
    _open_to_all(order, at)


@transaction.atomic
def offer_next(*, order_id: UUID, was_open: bool, at: datetime) -> None:
    """An agency declined or kept silent: the next nearest is asked; after all, it is opened; after that, told."""
    order = orders.by_id(order_id)
    if not order.can("accept") or order.offers.filter(state="open").exists():
        return
    if was_open or at >= order.starts_at:
        orders.give_up(order, at=at)
        return
    found = queries.next_agency(order, at)
    if found is None:
        _open_to_all(order, at)
    else:
        orders.offer_to(order, organisation_id=found[0], version_id=found[1], by=SYSTEM, at=at)


def _open_to_all(order: orders.Order, at: datetime) -> None:
    """Before all, to those of good credit first (E-8)."""
    orders.offer_to(order, organisation_id=None, opens=queries.opens_when(order, at), by=SYSTEM, at=at)


def propose(
    *, order: orders.Order, worker_id: UUID, by: Actor, at: datetime, starts_at: datetime | None = None,
    reason: str = "", seen_total_fen: int | None = None,
) -> orders.Assignment:  # fmt: skip
    """Propose a worker with the explanation of the ranking as it stands now; orders decides whether it may be. With
    `starts_at` the customer is asked for that time together with the worker, for this reason, at the price seen.

    A worker who is kept out because the code is not green is told so, and their agency (C-5.3.8).
    """
    try:
        return _propose(
            order=order, worker_id=worker_id, starts_at=starts_at, reason=reason, seen_total_fen=seen_total_fen,
            by=by, at=at,
        )  # fmt: skip
    except orders.NotEligible:
        code = safetycode.judge(worker_id, max(at, starts_at or order.starts_at))
        if not code.is_green:
            workers.tell_worker_and_agency(
                worker_id=worker_id, kind="matching.kept_out", url="/code/", sms=False, at=at,
                title=gettext_noop("%(name)s没有派上一单：服务日安心码不是绿码"),
                body=gettext_noop("订单 %(order)s 服务日的安心码为%(colour)s。原因和办法见安心码页面。"),
                params={"order": order.number, "colour": COLOUR_LABELS[code.colour]},
            )  # fmt: skip
        raise


@transaction.atomic
def _propose(
    *, order: orders.Order, worker_id: UUID, starts_at: datetime | None, reason: str, seen_total_fen: int | None,
    by: Actor, at: datetime,
) -> orders.Assignment:  # fmt: skip
    span = Span(starts_at, starts_at + (order.ends_at - order.starts_at)) if starts_at else None
    place, many, ranked = queries.standing_in(order, worker_id, at, span=span)
    score = ranked.to_json() | {"place": place, "of": many} if ranked else {}
    if starts_at is not None:
        visit = orders.visits_of(order)[0]
        return orders.ask_both(
            visit, starts_at=starts_at, worker_id=worker_id, score=score, reason=reason, seen_total_fen=seen_total_fen,
            by=by, at=at,
        )  # fmt: skip
    return orders.propose(order, worker_id=worker_id, score=score, by=by, at=at)


def seek_substitute(*, order_id: UUID, at: datetime) -> orders.Assignment | None:
    """Propose the best of the agency's workers who can come now instead of one whom the door refused.

    The agency may take it back, worker and customer still have their word. Where nobody can, customer and agency are
    told. Nothing happens once the code is green again, or somebody is proposed already. Source: C-5.3.8.
    """
    order = orders.by_id(order_id)
    standing = orders.agreed_assignment(order)
    current = orders.current_assignment(order)
    if standing is None or current is None or current.pk != standing.pk:
        return None
    if order.state not in BEFORE_SERVICE or safetycode.judge(standing.worker_id, at).is_green:
        return None
    found = queries.rank(order, at)
    for place, ranked in enumerate(found[:MOST_TRIED], start=1):
        score = ranked.to_json() | {"place": place, "of": len(found)}
        try:
            made = orders.propose(
                order, worker_id=ranked.worker_id, score=score, by=SYSTEM, at=at, replaces=standing
            )
        except Refusal:
            # Their time was taken, or the way is too far from where they are now.
            continue
        orders.add_note(
            order_id=order.pk, kind="substitute_found", to="customer provider", by=SYSTEM, at=at, sms=True,
            text=gettext_noop("已找到可以替换的服务员，等本人确认后请您看看是否合适"),
        )  # fmt: skip
        return made
    orders.add_note(
        order_id=order.pk, kind="no_substitute", to="customer provider", by=SYSTEM, at=at, sms=True,
        text=gettext_noop("暂时没有可以马上替换的服务员。机构会联系您；您也可以改期，或取消且不收费"),
    )  # fmt: skip
    return None
