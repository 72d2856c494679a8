"""Background checks by file: questions go out signed, answers come in whole or not at all, and never twice."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from anxin.audit.public import record
from anxin.kit.actor import Actor
from anxin.kit.clock import local_date
from anxin.kit.errors import Conflict, Forbidden, Invalid, NotFound
from anxin.kit.ids import number
from anxin.kit.models import move
from anxin.safetycode.actions.checks import settle
from anxin.safetycode.adapters.background import secret
from anxin.safetycode.engine import exchange
from anxin.safetycode.models import AnswerFile, BackgroundCheck, RequestBatch
from anxin.safetycode.queries import checks as queries
from anxin.safetycode.states import CheckState
from anxin.safetycode.values.checks import LineFault

MOST = 1_000


class MayNotExchange(Forbidden):
    code = "may_not_exchange"
    message = _("核查文件由行业协会收发。")


class NothingToSend(Conflict):
    code = "nothing_to_send"
    message = _("没有等着送核的申请。")


class NoSuchBatch(NotFound):
    code = "no_such_batch"
    message = _("没有这一批核查文件，或您无权查看。")


class AnswerBroken(Invalid):
    code = "answer_file_broken"
    message = "%(why)s"


class AnswerReplayed(Conflict):
    code = "answer_file_replayed"
    message = _("这份答复文件已经导入过，没有重复导入。")


class AnswerFaulty(Invalid):
    """`faults`: (line of the file, what is wrong with it)."""

    code = "answer_file_faulty"
    message = _("答复文件有 %(n)s 行有误，一行也没有导入。请对方更正后重发。")

    def __init__(self, faults: Sequence[tuple[int, LineFault]]) -> None:
        super().__init__("file", n=len(faults))
        self.faults = faults


WHY = {
    exchange.Broken.SHAPE: _("这不是核查答复文件，或者文件不完整。"),
    exchange.Broken.ROWS: _("文件尾记的行数和实际不符，可能在传送中丢了行。"),
    exchange.Broken.DIGEST: _("文件内容与文件尾的校验值不符，可能被改动或损坏。"),
    exchange.Broken.SIGNATURE: _("文件的签名不对，不是约定的核查方发来的。"),
}


@transaction.atomic
def make_batch(*, by: Actor, at: datetime) -> RequestBatch:
    """Gather the questions that wait for a file, at most 1,000. Refuses: MayNotExchange, NothingToSend."""
    if not by.holds("safetycode.manage"):
        raise MayNotExchange
    rows = list(queries.to_be_batched(by).select_for_update(of=("self",), skip_locked=True)[:MOST])
    if not rows:
        raise NothingToSend
    batch = RequestBatch.objects.create(
        number=number("P", at),
        organisation_id=by.organisation_id,
        count=len(rows),
        made_at=at,
        made_by=by.person_id,
    )
    for row in rows:
        move(row, CheckState.WAITING, by=by, at=at, batch_id=batch.pk)
    record(
        "safetycode.make_batch",
        by=by,
        at=at,
        subject="check_batch",
        subject_id=batch.pk,
        detail={"n": len(rows)},
    )
    return batch


@transaction.atomic
def request_file(*, batch_id: UUID, by: Actor, at: datetime) -> tuple[str, bytes]:
    """The file of a batch, signed, made anew from its open questions: it names people, so it is kept nowhere.

    Returns its name and content. Refuses: MayNotExchange, NoSuchBatch.
    """
    batch = _batch(batch_id, by)
    rows = BackgroundCheck.objects.select_related("worker__person").filter(
        batch=batch, state=CheckState.WAITING
    )
    people = [(row.number, row.worker.person.name, row.worker.person.id_number or "")
              for row in rows.order_by("number")]  # fmt: skip
    content = exchange.write_requests(batch.number, local_date(at), people, secret())
    record("safetycode.request_file", by=by, at=at, subject="check_batch", subject_id=batch.pk,
           detail={"n": len(people)})  # fmt: skip
    return f"{batch.number}.txt", content


@transaction.atomic
def take_answers(*, content: bytes, by: Actor, at: datetime) -> AnswerFile:
    """Take an answer file in: every line of it, or nothing. What was answered before in the same way is passed over.

    Refuses: MayNotExchange, AnswerBroken (shape, count of rows, digest, signature), NoSuchBatch, AnswerReplayed,
    AnswerFaulty.
    """
    if not by.holds("safetycode.manage"):
        raise MayNotExchange
    try:
        told = exchange.read_answers(content, secret())
    except exchange.FileBroken as broken:
        raise AnswerBroken("file", why=WHY[broken.why]) from None
    batch = RequestBatch.objects.visible_to(by).select_for_update().filter(number=told.batch).first()
    if batch is None:
        raise NoSuchBatch("file")
    try:
        with transaction.atomic():
            kept = AnswerFile.objects.create(
                batch=batch, digest=told.digest, count=len(told.found), at=at, by_person=by.person_id
            )
    except IntegrityError as error:
        raise AnswerReplayed("file") from error
    rows = {
        row.number: row for row in BackgroundCheck.objects.filter(batch=batch, number__in=list(told.found))
    }
    faults = [*told.faults]
    for name, (line, answer) in told.found.items():
        row = rows.get(name)
        if row is None:
            faults.append((line, LineFault.UNKNOWN))
        elif row.state == CheckState.ANSWERED and queries.answer_of(row) != answer:
            faults.append((line, LineFault.OTHER_ANSWER))
    if faults:
        raise AnswerFaulty(sorted(faults))
    for name, (_line, answer) in told.found.items():
        settle(rows[name], answer, by=by, at=at)
    record("safetycode.take_answers", by=by, at=at, subject="check_batch", subject_id=batch.pk,
           detail={"n": len(told.found), "sha256": told.digest})  # fmt: skip
    return kept


def _batch(batch_id: UUID, by: Actor) -> RequestBatch:
    if not by.holds("safetycode.manage"):
        raise MayNotExchange
    batch: RequestBatch | None = RequestBatch.objects.visible_to(by).filter(pk=batch_id).first()
    if batch is None:
        raise NoSuchBatch
    return batch
