"""One side asks not to be brought together with the other again, and takes it back."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from anxin.audit.public import record
from anxin.kit.actor import Actor
from anxin.kit.errors import Conflict
from anxin.workers.models import Block
from anxin.workers.values import BlockSide


class AlreadyBlocked(Conflict):
    code = "already_blocked"
    message = _("已经记下不再安排了，不用再提。")


class NotBlocked(Conflict):
    code = "not_blocked"
    message = _("这一条已经取消了。")


@transaction.atomic
def block(
    *, worker_id: UUID, household: UUID, side: BlockSide, about: UUID, reason: str, by: Actor, at: datetime
) -> Block:
    """Keep a worker and a household apart from now on; what is agreed already stands.

    about: the order on which it was said; reason: for whoever sets it alone. The caller has checked that they may.
    Refuses: AlreadyBlocked (by this side). Source: standards §6.3.
    """
    row = Block(
        worker_id=worker_id, household=household, side=str(side), about=about, reason=reason.strip()[:300],
        by_person=by.person_id, organisation_id=by.organisation_id if side is BlockSide.AGENCY else None, created_at=at,
    )  # fmt: skip
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        if Block.objects.standing().filter(worker=worker_id, household=household, side=str(side)).exists():
            raise AlreadyBlocked from error
        raise
    # Neither who the other is nor why: the trail is read by more people than the two.
    record("workers.block", by=by, at=at, subject="block", subject_id=row.pk, detail={"side": str(side)})
    return row


@transaction.atomic
def lift_block(row: Block, *, by: Actor, at: datetime) -> Block:
    """They may be brought together again. Refuses: NotBlocked."""
    if not Block.objects.standing().filter(pk=row.pk).update(lifted_at=at):
        raise NotBlocked
    row.lifted_at = at
    record("workers.lift_block", by=by, at=at, subject="block", subject_id=row.pk, detail={"side": row.side})
    return row
