"""The only writers of reviews."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, BinaryIO

from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from anxin.accounts import public as accounts
from anxin.agencies import public as agencies
from anxin.audit.public import record
from anxin.files import public as files
from anxin.kit.actor import Actor
from anxin.kit.errors import Conflict, Forbidden, Invalid
from anxin.kit.events import announce
from anxin.kit.forms import Resumed
from anxin.kit.models import begin, move
from anxin.kit.text import gettext_noop
from anxin.orders import public as orders
from anxin.orders.values import OrderState, Side
from anxin.reviews import rules
from anxin.reviews.events import LookedBehind
from anxin.reviews.models import LookBehind, Review, ReviewPhoto
from anxin.reviews.states import ReviewState
from anxin.reviews.values import HIDE_GROUND_LABELS, MOST_PHOTOS, MOST_WORDS, HideGround, Target
from anxin.workers import public as workers

# A photo belongs to what was written, which others have begun to read.
PHOTOS_WITHIN = timedelta(hours=1)


class NotYetReviewable(Conflict):
    code = "not_yet_reviewable"
    message = _("付款后 15 天内可以评价，这张订单现在不能评价。")


class OnlyTheCustomer(Forbidden):
    code = "only_the_customer"
    message = _("只有这张订单的客户可以评价。")


class ScoresUnfit(Invalid):
    code = "scores_unfit"
    message = _("请为每一项选择 1 到 5 星。")


class WordsTooLong(Invalid):
    code = "words_too_long"
    message = _("评价最多 500 字，照片最多 6 张。")


class AlreadyReviewed(Conflict):
    code = "already_reviewed"
    message = _("您已经评价过了，感谢您的反馈。")


class AlreadyAnswered(Conflict):
    code = "already_answered"
    message = _("这条评价已经回复过了，每条评价只能公开回复一次。")


class ReasonNeeded(Invalid):
    code = "reason_needed"
    message = _("请写明理由，会记录在案。")


class PhotosClosed(Conflict):
    code = "photos_closed"
    message = _("照片请在评价后一小时内补充，最多 6 张。")


@transaction.atomic
def review(
    order: orders.Order,
    *,
    target: Target,
    scores: Mapping[str, int],
    words: str,
    anonymous: bool,
    photos: Sequence[UploadedFile[Any] | Resumed] = (),
    by: Actor,
    at: datetime,
) -> Review:
    """The customer rates agency or worker of a paid order; the rating moves the ranking at once (B-7.7.1).

    When both are rated under the customer's name, the order is closed. Of an anonymous review its order tells neither
    agency nor worker, and ends only with the time for reviews: it would say who wrote it. Refuses: OnlyTheCustomer,
    NotYetReviewable, ScoresUnfit, WordsTooLong, AlreadyReviewed, and what files refuse.
    """
    if orders.side_of(order, by) != Side.CUSTOMER:
        raise OnlyTheCustomer
    # Agency and worker may be rated at the same moment: the later one sees that both are, and closes the order.
    orders.lock(order)
    if order.state != OrderState.PAID:
        raise NotYetReviewable
    if not rules.fits(scores):
        raise ScoresUnfit("scores")
    if len(words) > MOST_WORDS or len(photos) > MOST_PHOTOS:
        raise WordsTooLong("words")
    row = Review(order=order, target=str(target), item_code=order.item_code, author_id=by.person,
                 anonymous=anonymous, words=words.strip(), created_at=at, **scores)  # fmt: skip
    _aim(row, order, scores, by=by, at=at)
    try:
        with transaction.atomic():
            begin(row, by=by, at=at)
    except IntegrityError as error:
        raise AlreadyReviewed from error
    for photo in photos:
        stored = files.store(photo, kind=files.FileKind.REVIEW_PHOTO, by=by, at=at)
        ReviewPhoto.objects.create(review=row, file=stored, at=at)
    orders.add_note(order_id=order.pk, kind="reviewed_unnamed" if anonymous else f"reviewed_{target}",
                    text=gettext_noop("客户评价了 %(stars)s 星"), by=by, at=at, side="customer",
                    to="" if anonymous else "provider worker", stars=f"{rules.stars(scores):.1f}")  # fmt: skip
    record("reviews.review", by=by, at=at, subject="review", subject_id=row.pk,
           detail={"order": str(order.pk), "target": str(target)})  # fmt: skip
    if Review.objects.filter(order=order, anonymous=False).count() == len(Target):
        orders.close(order_id=order.pk, by=by, at=at)
    return row


def _aim(row: Review, order: orders.Order, scores: Mapping[str, int], *, by: Actor, at: datetime) -> None:
    """Name whom the review is about, and add the rating to their standing."""
    if row.target == Target.AGENCY:
        agency = agencies.agency_of(order.provider_id) if order.provider_id else None
        if agency is None:
            raise NotYetReviewable
        row.agency_id = agency.id
        agencies.record_rating(agency.id, scores, by=by, at=at)
        return
    assignment = orders.agreed_assignment(order)
    if assignment is None:
        raise NotYetReviewable
    row.worker_id = assignment.worker_id
    workers.record_rating(worker_id=assignment.worker_id, stars=rules.stars(scores), by=by, at=at)


@transaction.atomic
def add_photo(
    row: Review, *, upload: UploadedFile[Any] | BinaryIO | Resumed, by: Actor, at: datetime
) -> ReviewPhoto:
    """The author adds a photo to what they have just written.

    Refuses: OnlyTheCustomer, PhotosClosed (after an hour, beyond six, hidden), and what files refuse.
    """
    row.refresh_from_db(from_queryset=Review.objects.select_for_update(no_key=True))
    if row.author_id != by.person_id or by.organisation_id:
        raise OnlyTheCustomer
    late = at - row.created_at > PHOTOS_WITHIN
    if late or row.state != ReviewState.SHOWN or row.photos.count() >= MOST_PHOTOS:
        raise PhotosClosed("photo")
    stored = files.store(upload, kind=files.FileKind.REVIEW_PHOTO, by=by, at=at)
    photo = ReviewPhoto.objects.create(review=row, file=stored, at=at)
    record("reviews.add_photo", by=by, at=at, subject="review", subject_id=row.pk)
    return photo


@transaction.atomic
def answer(row: Review, *, words: str, by: Actor, at: datetime) -> Review:
    """The agency answers in public, once. Refuses: WordsTooLong, ReasonNeeded, AlreadyAnswered."""
    if not words.strip():
        raise ReasonNeeded("words")
    if len(words) > MOST_WORDS:
        raise WordsTooLong("words")
    changed = Review.objects.filter(pk=row.pk, answered_at=None).update(answer=words.strip(), answered_at=at)
    if not changed:
        raise AlreadyAnswered
    row.refresh_from_db()
    record("reviews.answer", by=by, at=at, subject="review", subject_id=row.pk)
    return row


@transaction.atomic
def hide(row: Review, *, ground: HideGround, reason: str, by: Actor, at: datetime) -> Review:
    """Hide a review on a ground of law, with a reason that its author is told; the rating stays."""
    if not reason.strip():
        raise ReasonNeeded("reason")
    move(
        row,
        ReviewState.HIDDEN,
        by=by,
        at=at,
        why=reason,
        hide_ground=str(ground),
        hide_reason=reason.strip()[:300],
    )
    orders.add_note(order_id=row.order_id, kind="review_hidden", by=by, at=at, side="platform", to="customer",
                    text=gettext_noop("平台依法隐藏了您的一条评价（%(ground)s）：%(reason)s"),
                    ground=HIDE_GROUND_LABELS[ground], reason=row.hide_reason)  # fmt: skip
    record("reviews.hide", by=by, at=at, subject="review", subject_id=row.pk, detail={"ground": str(ground)})
    return row


@transaction.atomic
def show(row: Review, *, reason: str, by: Actor, at: datetime) -> Review:
    """Show a hidden review again, after an appeal or on second thought."""
    if not reason.strip():
        raise ReasonNeeded("reason")
    move(row, ReviewState.SHOWN, by=by, at=at, why=reason, hide_ground="", hide_reason="")
    orders.add_note(order_id=row.order_id, kind="review_shown", by=by, at=at, side="platform", to="customer",
                    text=gettext_noop("平台恢复公开了您的一条评价"))  # fmt: skip
    record("reviews.show", by=by, at=at, subject="review", subject_id=row.pk)
    return row


@transaction.atomic
def look_behind(row: Review, *, reason: str, by: Actor, at: datetime) -> accounts.Person:
    """Tell the managing post who wrote an anonymous review; the look itself is kept (B-7.7.2)."""
    if not reason.strip():
        raise ReasonNeeded("reason")
    LookBehind.objects.create(review=row, by_person=by.person, at=at, reason=reason.strip()[:300])
    record("reviews.look_behind", by=by, at=at, subject="review", subject_id=row.pk,
           detail={"reason": reason.strip()[:300]})  # fmt: skip
    announce(
        LookedBehind(review_id=row.pk, author_id=row.author_id, reason=reason.strip()[:300], by=by, at=at)
    )
    return row.author
