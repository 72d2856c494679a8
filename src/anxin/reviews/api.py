"""Reviews for programs."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from ninja import File, Query, Router, Schema, Status, UploadedFile
from pydantic import Field

from anxin.files import public as files
from anxin.kit import clock
from anxin.kit.access import PUBLIC, SIGNED_IN, fresh, holds, ruled
from anxin.kit.errors import NotFound
from anxin.kit.inputs import PageNumber, PageSize, Skip
from anxin.kit.lists import Lately
from anxin.kit.masks import mask_phone
from anxin.orders import public as orders
from anxin.reviews import actions, queries
from anxin.reviews.models import Review
from anxin.reviews.states import ReviewState
from anxin.reviews.values import HideGround, Target

router = Router(tags=["reviews"])
MANAGE = holds("reviews.manage")


class Scores(Schema):
    content: int = Field(ge=1, le=5)
    scope: int = Field(ge=1, le=5)
    quality: int = Field(ge=1, le=5)
    fee: int = Field(ge=1, le=5)


class ReviewIn(Schema):
    target: Target
    scores: Scores
    words: str = Field("", max_length=500)
    anonymous: bool = False


class ReviewOut(Schema):
    """A review as the public reads it; `author` is masked, empty when anonymous; `photos` are addresses that hold
    for some minutes."""

    id: UUID
    author: str
    anonymous: bool
    stars: float
    scores: dict[str, int]
    words: str
    answer: str
    photos: list[str]
    created_at: datetime


class OverseenReview(ReviewOut):
    """With what a bureau or association needs besides; `order` is empty when anonymous."""

    order: str
    agency: str
    target: Target
    state: str
    hide_ground: str


class OverseenReviews(Schema):
    """One page of the reviews asked for, and figures of all of them; `low`: two and a half stars and less."""

    count: int
    low: int
    hidden: int
    unanswered: int
    rows: list[OverseenReview]


class ManagedReview(ReviewOut):
    """With what the managing post needs besides: on what ground of law it is hidden, and why."""

    target: Target
    state: ReviewState
    ground: str
    reason: str


class WordsIn(Schema):
    words: str = Field(max_length=500)


class ReasonIn(Schema):
    reason: str = Field(max_length=300)


class HideIn(ReasonIn):
    ground: HideGround


class AuthorOut(Schema):
    """The phone is masked."""

    name: str
    phone: str


@router.get("/oversight/reviews/", response=OverseenReviews)
@ruled(holds("reviews.oversee"))
def overseen_reviews(request: Any, asked: Query[Lately], state: ReviewState | None = None) -> dict[str, Any]:
    """Reviews of the region, hidden ones too, of the last thirty days unless told otherwise."""
    found = asked.among(queries.overseen(request.actor), state=state)
    rows = [
        _told(queries.facts(row), request)
        | {
            "order": "" if row.anonymous else row.order.number, "target": row.target, "state": row.state,
            "agency": row.order.provider.name if row.order.provider else "", "hide_ground": row.hide_ground,
        }
        for row in asked.cut(found)
    ]  # fmt: skip
    return queries.overseen_totals(found) | {"rows": rows}


@router.post("/orders/{number}/reviews/", response={201: ReviewOut})
@ruled(SIGNED_IN)
def review(request: Any, number: str, body: ReviewIn) -> Any:
    order = orders.by_number(number, request.actor)
    if order is None:
        raise NotFound
    row = actions.review(
        order, target=body.target, scores=body.scores.dict(), words=body.words, anonymous=body.anonymous,
        by=request.actor, at=clock.now(),
    )  # fmt: skip
    return Status(201, _told(queries.facts(row), request))


@router.post("/reviews/{review_id}/photos/", response={201: ReviewOut})
@ruled(SIGNED_IN)
def add_photo(request: Any, review_id: UUID, photo: File[UploadedFile]) -> Any:
    """The author adds a photo within an hour of writing; six at most."""
    row = queries.written(review_id, request.actor)
    if row is None:
        raise NotFound
    actions.add_photo(row, upload=photo, by=request.actor, at=clock.now())
    return Status(201, _told(queries.facts(row), request))


@router.post("/reviews/{review_id}/answer/", response=ReviewOut)
@ruled(holds("reviews.answer"))
def answer(request: Any, review_id: UUID, body: WordsIn) -> Any:
    """The agency answers in public, once."""
    row = queries.desk(request.actor).filter(pk=review_id).first()
    if row is None:
        raise NotFound
    actions.answer(row, words=body.words, by=request.actor, at=clock.now())
    return _told(queries.facts(row), request)


@router.get("/reviews/", response=list[ManagedReview])
@ruled(MANAGE)
def managed(request: Any, page: PageNumber = 1, page_size: PageSize = 50) -> Any:
    """All reviews, hidden ones too, newest first, for the post that manages them."""
    start = (page - 1) * page_size
    rows = queries.managed().select_related("author")[start : start + page_size]
    return [_managed(row, request) for row in rows]


@router.post("/reviews/{review_id}/hiding/", response=ManagedReview)
@ruled(MANAGE)
def hide(request: Any, review_id: UUID, body: HideIn) -> Any:
    """Hide a review on a ground of law; its author reads the reason. The rating stays."""
    row = _any(review_id)
    actions.hide(row, ground=body.ground, reason=body.reason, by=request.actor, at=clock.now())
    return _managed(row, request)


@router.post("/reviews/{review_id}/showing/", response=ManagedReview)
@ruled(MANAGE)
def show(request: Any, review_id: UUID, body: ReasonIn) -> Any:
    """Show a hidden review again."""
    row = _any(review_id)
    actions.show(row, reason=body.reason, by=request.actor, at=clock.now())
    return _managed(row, request)


@router.post("/reviews/{review_id}/look/", response=AuthorOut)
@ruled(fresh(MANAGE), replay=False)
def look(request: Any, review_id: UUID, body: ReasonIn) -> Any:
    """Who wrote an anonymous review; the look and its reason are kept, and the author can read that it was taken."""
    person = actions.look_behind(_any(review_id), reason=body.reason, by=request.actor, at=clock.now())
    return {"name": person.name, "phone": mask_phone(person.phone)}


def _any(review_id: UUID) -> Review:
    row = queries.managed().filter(pk=review_id).first()
    if row is None:
        raise NotFound
    return row


def _told(one: queries.ReviewFacts, request: Any) -> dict[str, Any]:
    return asdict(one) | {"photos": [files.url_for(pk, request.actor) for pk in one.photos]}


def _managed(row: Review, request: Any) -> dict[str, Any]:
    more = {"target": row.target, "state": row.state, "ground": row.hide_ground, "reason": row.hide_reason}
    return _told(queries.facts(row), request) | more


@router.get("/agencies/{agency_id}/reviews/", response=list[ReviewOut])
@ruled(PUBLIC)
def of_agency(request: Any, agency_id: UUID, offset: Skip = 0) -> Any:
    return [_told(one, request) for one in queries.of_agency(agency_id, request.actor, offset=offset)]


@router.get("/workers/{worker_id}/reviews/", response=list[ReviewOut])
@ruled(PUBLIC)
def of_worker(request: Any, worker_id: UUID, offset: Skip = 0) -> Any:
    return [_told(one, request) for one in queries.of_worker(worker_id, request.actor, offset=offset)]
