"""Reads of reviews."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, F, Q, QuerySet, Sum

from anxin.kit.actor import SYSTEM, Actor
from anxin.kit.fields import blinds
from anxin.kit.masks import mask_name
from anxin.orders.public import Order
from anxin.reviews.models import Review
from anxin.reviews.states import ReviewState
from anxin.reviews.values import Target
from anxin.workers import public as workers


@dataclass(frozen=True)
class ReviewFacts:
    """A review as the public reads it: the author masked, or not named at all."""

    id: UUID
    author: str
    anonymous: bool
    stars: float
    scores: dict[str, int]
    words: str
    answer: str
    answered_at: datetime | None
    created_at: datetime
    item_code: str
    photos: tuple[UUID, ...]
    hidden: str
    """Why it is hidden, for its author: the ground of law, and the reason."""


def _shown(actor: Actor) -> QuerySet[Review]:
    return (
        Review.objects.visible_to(actor)
        .select_related("author")
        .prefetch_related("photos")
        .order_by("-created_at", "-id")
    )


def facts(row: Review) -> ReviewFacts:
    """The public face of one review. The name of an anonymous author is not even opened."""
    return ReviewFacts(
        id=row.pk, author="" if row.anonymous else mask_name(row.author.name), anonymous=row.anonymous,
        stars=row.stars, scores=row.scores, words=row.words, answer=row.answer, answered_at=row.answered_at,
        created_at=row.created_at, item_code=row.item_code, photos=tuple(p.file_id for p in row.photos.all()),
        hidden=f"{row.ground_words}：{row.hide_reason}" if row.hide_ground else "",
    )  # fmt: skip


def of_agency(agency_id: UUID, actor: Actor, *, limit: int = 20, offset: int = 0) -> list[ReviewFacts]:
    """Newest first; two queries."""
    return [facts(r) for r in _shown(actor).filter(agency=agency_id)[offset : offset + limit]]


def of_worker(worker_id: UUID, actor: Actor, *, limit: int = 20, offset: int = 0) -> list[ReviewFacts]:
    """Newest first; two queries."""
    return [facts(r) for r in _shown(actor).filter(worker=worker_id)[offset : offset + limit]]


def written(review_id: UUID, actor: Actor) -> Review | None:
    """The actor's own review of that key."""
    return _shown(actor).filter(pk=review_id, author=actor.person_id).first()


def of_order(order: Order) -> dict[str, Review]:
    """Target → review."""
    return {row.target: row for row in Review.objects.filter(order=order).prefetch_related("photos")}


def facts_of_order(order: Order, actor: Actor) -> list[tuple[Target, ReviewFacts]]:
    """The public face of an order's reviews, the worker's first. Two queries; a hidden one and an anonymous one for
    their author alone: whoever reads the order knows whose it is."""
    own = Q(pk__in=[]) if actor.organisation_id else Q(author=actor.person_id)
    public = Q(anonymous=False, state=ReviewState.SHOWN)
    rows = _shown(SYSTEM).filter(public | own, order=order).order_by("-target")
    return [(Target(row.target), facts(row)) for row in rows]


def of_number(*, actor: Actor, agency: str = "", worker: str = "") -> QuerySet[Review]:
    """Shown reviews of the agency or the worker of that public number, newest first; two queries."""
    return (
        _shown(actor).filter(agency__number=agency) if agency else _shown(actor).filter(worker__number=worker)
    )


def missing(order: Order) -> list[Target]:
    """Whom the customer can still review."""
    done = set(Review.objects.filter(order=order).values_list("target", flat=True))
    return [target for target in Target if target not in done]


def desk(actor: Actor) -> QuerySet[Review]:
    """An agency's reviews and those of its orders' workers, unanswered first, with the worker's name."""
    return (
        _shown(actor)
        .filter(order__provider=actor.organisation_id)
        .select_related("author", "order", "worker__person")
        .order_by("answered_at", "-created_at")
    )


def managed() -> QuerySet[Review]:
    """All reviews, for the post that manages them. Three queries with photos and looks."""
    return (
        Review.objects.prefetch_related("photos", "looks")
        .select_related("order", "order__provider", "worker__person")
        .order_by("-created_at", "-id")
    )


def overseen(actor: Actor) -> QuerySet[Review]:
    """Reviews of the actor's region, newest first, hidden ones too. Two queries with photos."""
    return (
        Review.objects.overseen_by(actor)
        .select_related("author", "order__provider", "worker__person")
        .prefetch_related("photos")
        .order_by("-created_at", "-id")
    )


def overseen_totals(rows: QuerySet[Review]) -> dict[str, int]:
    """count, low (two and a half stars and less), hidden, unanswered (with words and no answer), sum of stars × 4.
    One query."""
    found = (
        rows.order_by()
        .alias(total=F("content") + F("scope") + F("quality") + F("fee"))
        .aggregate(
            count=Count("id"), low=Count("id", filter=_STARS["low"]), hidden=Count("id", filter=Q(state="hidden")),
            unanswered=Count("id", filter=Q(answered_at=None) & ~Q(words="")),
            stars4=Sum(F("content") + F("scope") + F("quality") + F("fee")),
        )
    )  # fmt: skip
    return {name: int(value or 0) for name, value in found.items()}


@dataclass(frozen=True)
class Narrowed:
    """What is looked for among reviews; "" asks for nothing. `stars` is low, middle or high."""

    text: str = ""
    target: str = ""
    state: str = ""
    stars: str = ""
    answered: str = ""
    anonymous: str = ""
    words: str = ""
    item_code: str = ""


# Of the mean of four scores: up to two and a half, above, from four.
_STARS = {"low": Q(total__lte=10), "middle": Q(total__gt=10, total__lt=16), "high": Q(total__gte=16)}


def narrowed(rows: QuerySet[Review], wanted: Narrowed, *, managing: bool) -> QuerySet[Review]:
    """Those that match. `text` is the start of an order's number, a worker's whole name, or words of the review.

    Only who manages reviews finds an anonymous one by its order: its number would tell an agency who wrote it.
    """
    exact = {"target": wanted.target, "state": wanted.state, "item_code": wanted.item_code}
    rows = rows.filter(**{name: value for name, value in exact.items() if value})
    if wanted.text:
        rows = rows.filter(
            (Q(order__number__startswith=wanted.text.upper()) & (Q() if managing else Q(anonymous=False)))
            | Q(words__icontains=wanted.text)
            | Q(worker__name_hash__in=blinds(workers.Worker, "name_hash", wanted.text))
        )
    if wanted.stars:
        rows = rows.alias(total=F("content") + F("scope") + F("quality") + F("fee")).filter(
            _STARS[wanted.stars]
        )
    if wanted.answered:
        rows = rows.filter(answered_at__isnull=wanted.answered == "no")
    if wanted.anonymous:
        rows = rows.filter(anonymous=wanted.anonymous == "yes")
    if wanted.words:
        rows = rows.exclude(words="") if wanted.words == "yes" else rows.filter(words="")
    return rows


def unanswered(actor: Actor) -> int:
    """How many reviews of the actor's agency have words and no answer yet. One query."""
    return desk(actor).filter(answered_at=None).exclude(words="").count()


def tally(since: datetime) -> dict[str, int]:
    """Of all reviews since a moment: how many, how many low, and how many hidden. One query."""
    rows = Review.objects.filter(created_at__gte=since).alias(
        total=F("content") + F("scope") + F("quality") + F("fee")
    )
    found: dict[str, int] = rows.aggregate(
        every=Count("id"), low=Count("id", filter=_STARS["low"]), hidden=Count("id", filter=Q(state="hidden"))
    )
    return found
