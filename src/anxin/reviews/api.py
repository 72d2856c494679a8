"""Reviews for programs."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from ninja import Query, Router, Schema, Status
from pydantic import Field

from anxin.kit import clock
from anxin.kit.access import PUBLIC, SIGNED_IN, holds, ruled
from anxin.kit.errors import NotFound
from anxin.kit.inputs import Skip
from anxin.kit.lists import Lately
from anxin.orders import public as orders
from anxin.reviews import actions, queries
from anxin.reviews.states import ReviewState
from anxin.reviews.values import Target

router = Router(tags=["reviews"])


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
    """A review as the public reads it; `author` is masked, empty when anonymous."""

    id: UUID
    author: str
    anonymous: bool
    stars: float
    scores: dict[str, int]
    words: str
    answer: str
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


@router.get("/oversight/reviews/", response=OverseenReviews)
@ruled(holds("reviews.oversee"))
def overseen_reviews(request: Any, asked: Query[Lately], state: ReviewState | None = None) -> dict[str, Any]:
    """Reviews of the region, hidden ones too, of the last thirty days unless told otherwise."""
    found = asked.among(queries.overseen(request.actor), state=state)
    rows = [
        asdict(queries.facts(row))
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
    return Status(201, queries.facts(row))


@router.get("/agencies/{agency_id}/reviews/", response=list[ReviewOut])
@ruled(PUBLIC)
def of_agency(request: Any, agency_id: UUID, offset: Skip = 0) -> Any:
    return queries.of_agency(agency_id, request.actor, offset=max(0, offset))


@router.get("/workers/{worker_id}/reviews/", response=list[ReviewOut])
@ruled(PUBLIC)
def of_worker(request: Any, worker_id: UUID, offset: Skip = 0) -> Any:
    return queries.of_worker(worker_id, request.actor, offset=max(0, offset))
