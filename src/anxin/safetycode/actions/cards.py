"""Home-visit cards: made with the code, printed alone or by the thousand, replaced; the blank cards they take."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from anxin.audit.public import record
from anxin.files import public as files
from anxin.files.values import FileKind
from anxin.kit.actor import Actor
from anxin.kit.errors import Conflict, Forbidden, Invalid
from anxin.kit.events import announce
from anxin.kit.jobs import defer
from anxin.kit.live import touch
from anxin.safetycode import queries
from anxin.safetycode.events import CardsPrinted
from anxin.safetycode.models import Card, CardBatch, CardPart, CardStock, SafetyCode
from anxin.safetycode.queries.authority import may_act
from anxin.safetycode.states import CodeState
from anxin.safetycode.values import REPRINTS, CardForm, CardReason, StockReason

MOST = 10_000
# Twenty-five sheets: what one job sets. The typesetter remembers the last ten, so a quarter of the memory of a hundred.
A_PART = 200
KEEP_FILES = timedelta(days=30)


class MayNotPrint(Forbidden):
    code = "may_not_print"
    message = _("只有发码单位可以印制居家上门服务证。")


class NothingToPrint(Conflict):
    code = "nothing_to_print"
    message = _("没有等待印制的证卡。新发放的安心码会自动排到这里。")


class CodeNotInForce(Conflict):
    code = "code_not_in_force"
    message = _("安心码不在有效状态，不能印制证卡。请先恢复或重新发放。")


class WhyAnother(Invalid):
    code = "why_another"
    message = _("这张码已经印过证卡，请选择补办或换发的原因。")


class StockWrong(Invalid):
    code = "stock_wrong"
    message = _("数量不能为 0；入库为正数，报损为负数。")


def make_card(code: SafetyCode, *, reason: CardReason, by: Actor, at: datetime) -> Card:
    """Make a card that waits to be printed; one that waits already is enough."""
    card, _made = Card.objects.get_or_create(
        code=code, printed_at=None, defaults={"reason": str(reason), "at": at, "by_person": by.person_id}
    )
    return card


@transaction.atomic
def print_waiting(*, form: CardForm, by: Actor, at: datetime, most: int = MOST) -> CardBatch:
    """Have all cards printed that wait at the actor's organisation, at most 10,000 at a time, by number.

    Refuses: MayNotPrint, NothingToPrint. Source: 浙商务发〔2020〕21号 §1.
    """
    _may(by)
    Card.objects.bulk_create(
        [
            Card(code=code, reason=str(CardReason.ISSUE), at=at, by_person=by.person_id)
            for code in queries.cardless(by).only("pk")[:most]
        ],
        ignore_conflicts=True,
        batch_size=2_000,
    )
    # Two who press at once share the cards out between them.
    waiting = queries.to_print(by).order_by("code__number").select_for_update(of=("self",), skip_locked=True)
    ids = list(waiting.values_list("pk", flat=True)[:most])
    if not ids:
        raise NothingToPrint
    return _batch(ids, form, by=by, at=at)


@transaction.atomic
def print_one(*, code: SafetyCode, reason: str, form: CardForm, by: Actor, at: datetime) -> CardBatch:
    """Print one code's card; a further one only for a reason (lost, damaged, changed).

    Refuses: MayNotPrint, CodeNotInForce, WhyAnother.
    """
    _may(by)
    if not may_act(by, code.worker, at):
        raise MayNotPrint
    if code.state != CodeState.ISSUED:
        raise CodeNotInForce
    cards = Card.objects.select_for_update().filter(code=code)
    waiting = cards.filter(printed_at=None).first()
    if waiting is None:
        first = not cards.filter(at__gte=code.issued_at).exists()
        if not first and reason not in REPRINTS:
            raise WhyAnother("reason")
        waiting = make_card(code, reason=CardReason.ISSUE if first else CardReason(reason), by=by, at=at)
    elif waiting.part is not None:
        batch: CardBatch = waiting.part.batch
        return batch
    return _batch([waiting.pk], form, by=by, at=at)


def _batch(ids: Sequence[UUID], form: CardForm, *, by: Actor, at: datetime) -> CardBatch:
    batch = CardBatch.objects.create(
        issuer_id=by.organisation_id, total=len(ids), form=str(form), at=at, by_person=by.person_id
    )
    for number, start in enumerate(range(0, len(ids), A_PART), start=1):
        chosen = ids[start : start + A_PART]
        part = CardPart.objects.create(batch=batch, number=number, count=len(chosen))
        Card.objects.filter(pk__in=chosen).update(part=part)
        # One after the other: what several at once would need of memory is not known here.
        defer("safetycode.print_part", part_id=part.pk, lock="safetycode.cards")
    record("safetycode.print_cards", by=by, at=at, subject="card_batch", subject_id=batch.pk,
           detail={"cards": len(ids)})  # fmt: skip
    return batch


@transaction.atomic
def make_part(*, part_id: int, by: Actor, at: datetime) -> CardPart:
    """Set one part of a batch, once: its cards are printed then, and the blank ones they take are gone. The last part
    has the batch bound."""
    part = CardPart.objects.select_for_update(of=("self",)).select_related("batch").get(pk=part_id)
    if part.done_at is not None:
        return part
    batch = part.batch
    part.file = files.store_bytes(
        queries.part_pdf(part, at), name=f"cards-{batch.at:%Y%m%d}-{part.number:02d}.pdf", kind=FileKind.CARDS,
        by=by, at=at, person_id=batch.by_person, organisation_id=batch.issuer_id,
    )  # fmt: skip
    part.done_at = at
    part.save(update_fields=["file", "done_at"])
    part.cards.update(printed_at=at)
    if batch.issuer_id:
        CardStock.objects.create(
            issuer_id=batch.issuer_id, reason=str(StockReason.PRINTED), change=-part.count, at=at,
            by_person=batch.by_person,
        )  # fmt: skip
    if not batch.parts.filter(done_at=None).exists():
        defer("safetycode.bind_batch", batch_id=str(batch.pk), lock="safetycode.cards")
    announce(CardsPrinted(batch.pk, part.pk))
    touch(f"cards:{batch.pk}")
    return part


@transaction.atomic
def bind_batch(*, batch_id: UUID, by: Actor, at: datetime) -> CardBatch:
    """Make one PDF of all parts of a batch, once; theirs are deleted. A batch of which a part is missing waits."""
    batch: CardBatch = CardBatch.objects.select_for_update(of=("self",)).get(pk=batch_id)
    if batch.done_at is not None or batch.parts.filter(done_at=None).exists():
        return batch
    found = (part.file for part in batch.parts.select_related("file").order_by("number"))
    papers = [paper for paper in found if paper is not None]
    if len(papers) == 1:
        [batch.file] = papers
    elif papers:
        batch.file = files.store_bytes(
            queries.bound_pdf(papers), name=f"cards-{batch.at:%Y%m%d}.pdf", kind=FileKind.CARDS,
            by=by, at=at, person_id=batch.by_person, organisation_id=batch.issuer_id,
        )  # fmt: skip
    batch.done_at = at
    batch.save(update_fields=["file", "done_at"])
    batch.parts.update(file=None)
    files.discard([paper.pk for paper in papers if paper.pk != batch.file_id])
    touch(f"cards:{batch.pk}")
    return batch


@transaction.atomic
def record_stock(*, reason: str, change: int, note: str, by: Actor, at: datetime) -> CardStock:
    """Write down blank cards that came in (+), were spoiled (−) or counted (±). Refuses: MayNotPrint, StockWrong."""
    _may(by)
    assert by.organisation_id is not None
    kind = StockReason(reason)
    sign = {StockReason.RECEIVED: change > 0, StockReason.SPOILED: change < 0}.get(kind, change != 0)
    if not sign or kind is StockReason.PRINTED:
        raise StockWrong("change")
    row = CardStock.objects.create(
        issuer_id=by.organisation_id, reason=str(kind), change=change, note=note.strip()[:200], at=at,
        by_person=by.person_id,
    )  # fmt: skip
    record("safetycode.card_stock", by=by, at=at, subject="card_stock", subject_id=row.pk,
           detail={"reason": str(kind), "change": change})  # fmt: skip
    return row


def forget_files(*, at: datetime) -> int:
    """Delete the PDFs of batches that were printed a month ago: they are lists of names. Returns how many."""
    old = CardBatch.objects.filter(done_at__lt=at - KEEP_FILES, file__isnull=False)
    ids = list(old.values_list("file_id", flat=True))
    CardBatch.objects.filter(file__in=ids).update(file=None)
    return files.discard([one for one in ids if one])


def _may(by: Actor) -> None:
    if by.organisation_id is None or not (by.holds("safetycode.issue") or by.holds("workers.oversee")):
        raise MayNotPrint
