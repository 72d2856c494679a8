"""One order as a story, for each of its parties at one address."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from anxin.agencies import public as agencies
from anxin.catalogue import public as catalogue
from anxin.contracts import public as contracts
from anxin.contracts.values import CONTRACT_LABELS
from anxin.files import public as files
from anxin.kit import clock
from anxin.kit.access import SIGNED_IN, Request, any_of, holds, page
from anxin.kit.actor import Actor
from anxin.kit.errors import NotFound
from anxin.kit.moments import said
from anxin.kit.redirects import see_other
from anxin.matching.values import COMPONENT_LABELS, Component
from anxin.orders import public as orders
from anxin.orders.values import AssignmentState, OrderState, Side, VisitState
from anxin.payments import public as payments
from anxin.payments.values import BILL_KIND_LABELS, BILL_LABELS, BillFacts
from anxin.places import public as places
from anxin.reviews import public as reviews
from anxin.reviews.values import TARGET_LABELS
from anxin.safetycode import public as safetycode
from anxin.web import story
from anxin.web.pages.offline import keep_until
from anxin.workers import public as workers
from anxin.workers.values import Span

TEMPLATES = {Side.CUSTOMER: "customer", Side.WORKER: "worker", Side.AGENCY: "agency"}
ENDED = (OrderState.CLOSED, OrderState.CANCELLED)
PARTY = any_of(SIGNED_IN, holds("orders.read"))


@page(PARTY)
def order(request: Request, number: str) -> HttpResponse:
    """The order's page; each side has its own face of it."""
    return _show(request, number, "order")


@page(PARTY)
def order_live(request: Request, number: str) -> HttpResponse:
    """What changes on the page, fetched again when the order was touched."""
    return _show(request, number, "live")


def _show(request: Request, number: str, what: str) -> HttpResponse:
    found = orders.by_number(number, request.actor)
    if found is None:
        return _gone(request, number, what)
    side = orders.side_of(found, request.actor)
    if side not in TEMPLATES:
        raise NotFound
    template = f"web/order/{TEMPLATES[side]}{'_live' if what == 'live' else ''}.html"
    context = context_of(found, side, request)
    response = render(request, template, context)
    # A worker goes on where there is no signal: the phone may keep this card, and only for its day.
    keeps = side is Side.WORKER and what == "order" and context["knows_customer"]
    if keeps and (until := keep_until(context["visit"].starts_at, context["visit"].ends_at, clock.now())):
        response["X-Keep-Until"] = until
    return response


def _gone(request: Request, number: str, what: str) -> HttpResponse:
    """A worker who does not come any more may have an older notice, or this very page, open: they are told so."""
    former = orders.former_order(number, request.actor)
    if former is None:
        raise NotFound
    if what == "live":
        return HttpResponse(headers={"HX-Redirect": reverse("web:order", args=[number])})
    if former.state == OrderState.CANCELLED:
        messages.info(request, _("订单 %(number)s 已取消，您不用上门。") % {"number": number})
    else:
        messages.info(request, _("订单 %(number)s 现在不由您上门。") % {"number": number})
    return see_other(reverse("web:today"))


def context_of(found: orders.Order, side: Side, request: Request) -> dict[str, Any]:
    """Everything the templates show; a fixed number of queries."""
    at = clock.now()
    visit = found.visits.order_by("sequence")[0]
    assignment = _assignment(found, side, request)
    papers = contracts.contracts_of(found.pk)
    # What waits for a signature comes first: an addendum is what the order waits for, not the contract that stands.
    contract = next((one for one in reversed(papers) if not one.is_signed), papers[0] if papers else None)
    bills = payments.bills_of(found.pk)
    bill = next((b for b in bills if b.open_fen), bills[-1] if bills else None)
    missing = reviews.missing(found) if found.state == OrderState.PAID else []
    extras = list(visit.extras.all())
    asked = any(extra.state == "proposed" for extra in extras)
    green = _green_then(found, side, visit)
    facts = story.Facts(
        found, side, visit, assignment, contract, bill, bool(missing), asked, green,
        orders.no_show_minutes(at) if _waited_for(found, side, visit, at) else None,
    )  # fmt: skip
    steps = _steps(visit, request)
    item = catalogue.item(found.item_code, found.created_at)
    shown = assignment if assignment and assignment.state != AssignmentState.PROPOSED else None
    # A customer learns the whole name once they have chosen: the contract says it too.
    masked = side is Side.CUSTOMER and shown is not None and shown.state == AssignmentState.CARDED
    card = workers.cards([shown.worker_id], at, masked=masked).get(shown.worker_id) if shown else None
    agency = agencies.agency_of(found.provider_id) if found.provider_id and side is not Side.AGENCY else None
    photo = card.photo_id if card else None
    return {
        "order": found, "side": side, "agency": agency, "visit": visit, "assignment": assignment, "contract": contract,
        "beside": _beside(found, side), "papers": _papers(papers, bills),
        "compensation": payments.compensation_of(found.pk, request.actor) if found.compensation_fen else None,
        "next": story.next_step(facts), "stages": [_(words) for words, _states in story.STAGES],
        "stage": story.stage(found.state), "item": item,
        "answers": catalogue.tell_answers(item, found.scope),
        "timeline": _timeline(orders.timeline(found, side, request.actor)), "extras": extras,
        "steps": steps, "steps_done": sum(step.done_at is not None for step, _photos in steps),
        **_change(found, side, visit, assignment, request.actor), "waits_on": _waits_on(found, side, assignment),
        "warnings": list(found.warnings.filter(cleared_at=None)),
        "card": card, "photo": files.url_for(photo, request.actor) if photo else "",
        "home_town": places.named([card.home_town]).get(card.home_town, "") if card and card.home_town else "",
        "code": safetycode.judge(shown.worker_id, at) if shown else None,
        "scores": _scores(shown.score) if shown else [], "topics": [f"order:{found.pk}"],
        "reviews": [(_(TARGET_LABELS[target]), one) for target, one in reviews.facts_of_order(found, request.actor)],
        "replaceable": side is Side.AGENCY and _replaceable(found, visit, assignment),
        "movable": found.state not in ENDED and visit.entered_at is None,
        "retimable": found.state not in ENDED and visit.state == VisitState.PLANNED,
        "shows_place": side is not Side.WORKER or _agreed(assignment),
        "masks_customer": side is Side.AGENCY,
        "knows_customer": side is Side.AGENCY or (side is Side.WORKER and _agreed(assignment)),
        "ranked": bool(assignment and assignment.score),
        "apart": assignment is not None if side is Side.WORKER else shown is not None,
    }  # fmt: skip


def _assignment(found: orders.Order, side: Side, request: Request) -> orders.Assignment | None:
    """The assignment that this reader is concerned with: a worker's is their own, even while another is asked."""
    if side is Side.WORKER:
        return orders.assignment_for_worker(found, request.actor)
    return orders.current_assignment(found)


def _waited_for(found: orders.Order, side: Side, visit: orders.Visit, at: datetime) -> bool:
    """Whether the customer waits, at the time that was agreed, for somebody who has not set out."""
    planned = found.state == OrderState.SIGNED and visit.state == VisitState.PLANNED
    return side is Side.CUSTOMER and planned and visit.starts_at <= at


def _green_then(found: orders.Order, side: Side, visit: orders.Visit) -> bool:
    """Whether nothing is known against the code of who is agreed to come, for the customer who waits for them."""
    waits = side is Side.CUSTOMER and found.state == OrderState.SIGNED
    agreed = orders.agreed_assignment(found) if waits else None
    if agreed is None:
        return True
    days = Span(visit.starts_at, visit.ends_at).days(clock.now())
    return agreed.worker_id in safetycode.green_ids([agreed.worker_id], *days)


def _change(
    found: orders.Order, side: Side, visit: orders.Visit, assignment: orders.Assignment | None, actor: Actor
) -> dict[str, Any]:
    """The open request for another time, and who would come then. A worker who is not asked hears of no other; the
    customer hears of another worker once that one has confirmed."""
    change = found.changes.filter(state="asked").first()
    together = change is not None and assignment is not None and assignment.asked == change
    confirmed = assignment is not None and assignment.state != AssignmentState.PROPOSED
    unheard = not confirmed if together else change is not None and change.worker_id is not None
    if change is not None and (side is Side.WORKER if together else change.worker_id is not None):
        # Their own time is on the page.
        change = None
    if change is not None and unheard and (side is Side.CUSTOMER or not together):
        change, together = None, False
    asked_by_customer = change is not None and change.asked_side == Side.CUSTOMER
    speaks = side is Side.CUSTOMER or actor.holds("orders.dispatch")
    until = orders.agreeable_until(change, clock.now()) if change is not None else None
    beside = orders.asked_beside(change) if change is not None else []
    before_fen, after_fen = orders.prices_of([change, *beside]) if change is not None else (None, None)
    return {
        "change": change, "change_with": together, "change_pair": bool(beside), "change_before_fen": before_fen,
        "change_after_fen": after_fen, "change_until": until, "change_late": until is not None and until <= clock.now(),
        "change_own": side is not Side.WORKER and speaks and (side is Side.CUSTOMER) == asked_by_customer,
        "change_answers": side is not Side.WORKER and (side is Side.CUSTOMER) != asked_by_customer,
        "coming": assignment if side is Side.WORKER and assignment is not None else visit,
    }  # fmt: skip


def _waits_on(found: orders.Order, side: Side, assignment: orders.Assignment | None) -> dict[str, Any] | None:
    """Whom the agency has asked and waits for: the worker it proposed, then the customer; since when, until when."""
    if side is not Side.AGENCY or assignment is None or _agreed(assignment):
        return None
    of_worker = assignment.state == AssignmentState.PROPOSED
    who = (assignment.worker if of_worker else found.customer).person.name
    return {"of_worker": of_worker, "who": who, "since": assignment.state_at, "until": assignment.due_at}


def _beside(found: orders.Order, side: Side) -> dict[str, Any] | None:
    """The other order of a pair: for a worker that somebody comes too, for the parties which, who, at what price."""
    other = orders.other_half(found)
    if other is None:
        return None
    ended = other.state == OrderState.CANCELLED
    if side is Side.WORKER:
        return {"ended": ended}
    live: list[orders.Assignment] = other.live_assignments  # type: ignore[attr-defined]  # prefetched
    who = next((one.worker.person.name for one in live if one.state == AssignmentState.AGREED), "")
    own_fen, other_fen = (one.total_fen or one.estimate.get("low_fen") or 0 for one in (found, other))
    return {"ended": ended, "order": other, "who": who, "own_fen": own_fen, "other_fen": other_fen,
            "both_fen": own_fen + other_fen}  # fmt: skip


def _agreed(assignment: orders.Assignment | None) -> bool:
    return assignment is not None and assignment.state == AssignmentState.AGREED


def _replaceable(found: orders.Order, visit: orders.Visit, assignment: orders.Assignment | None) -> bool:
    """Whether the agency may still send somebody else: chosen, and not yet let in."""
    chosen = found.state in (OrderState.CONTRACTING, OrderState.SIGNED)
    return chosen and _agreed(assignment) and visit.entered_at is None


def _steps(visit: orders.Visit, request: Request) -> list[tuple[Any, list[str]]]:
    """The checklist with addresses of its photos, good for this reader alone."""
    return [
        (step, [files.url_for(photo.file_id, request.actor) for photo in step.photos.all()])
        for step in orders.steps_of(visit)
    ]


def _papers(signed: list[contracts.ContractFacts], bills: list[BillFacts]) -> dict[str, list[dict[str, Any]]]:
    """Contracts and bills with their states in words."""
    return {
        "contracts": [
            {"number": c.number, "kind": c.kind, "state": c.state, "label": _(CONTRACT_LABELS[c.state])}
            for c in signed
        ],
        "bills": [
            {
                "number": b.number, "due_fen": b.due_fen, "state": b.state, "label": _(BILL_LABELS[b.state]),
                "kind": _(BILL_KIND_LABELS[b.kind]), "invoice": b.invoiceable,
            }
            for b in bills
        ],
    }  # fmt: skip


def _timeline(notes: list[Any]) -> list[dict[str, Any]]:
    rows = [
        {
            "title": _(note.text) % {k: said(v) if isinstance(v, str) else v for k, v in note.params.items()},
            "at": note.at,
        }
        for note in notes
    ]
    if rows:
        rows[-1]["now"] = True
    return list(reversed(rows))


def _scores(score: dict[str, Any]) -> list[dict[str, Any]]:
    """The components of the ranking as they stood when the worker was proposed."""
    return [
        {
            "label": _(COMPONENT_LABELS[Component(part["component"])]),
            "value": round(part["value"] * 100),
            "words": _(part["fact"]) % part["params"],
            "weight": round(100 * part["weight"]),
        }
        for part in score.get("scores", [])
    ]
