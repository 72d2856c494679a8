"""What stands on home-visit cards, and what there is to print."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery, Sum
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from anxin.files.public import StoredFile, content, files
from anxin.kit.actor import Actor
from anxin.kit.clock import local_date
from anxin.kit.errors import Refusal
from anxin.policies.public import read
from anxin.safetycode import rules
from anxin.safetycode.engine.binding import bound
from anxin.safetycode.engine.cards import CardFace, cards_pdf, code_svg, photo_svg
from anxin.safetycode.models import Card, CardBatch, CardPart, CardStock, SafetyCode
from anxin.safetycode.queries.codes import facts_of
from anxin.safetycode.queries.tokens import printed_token
from anxin.safetycode.states import CodeState
from anxin.safetycode.values import COLOUR_LABELS, HOTLINE, BatchState, CardForm
from anxin.workers.public import cards as worker_cards

LISTED = 30


def to_print(by: Actor) -> QuerySet[Card]:
    """Cards that wait to be printed by this issuer (the operator: by anybody), of codes in force."""
    rows = Card.objects.filter(printed_at=None, part=None, code__state=CodeState.ISSUED)
    return rows if by.holds("workers.oversee") else rows.filter(code__issuer=by.organisation_id)


def cardless(by: Actor) -> QuerySet[SafetyCode]:
    """Codes in force for which no card was made since they were issued: those of before cards were kept."""
    newest = Card.objects.filter(code=OuterRef("pk")).order_by("-at").values("at")[:1]
    rows: QuerySet[SafetyCode] = SafetyCode.objects.filter(state=CodeState.ISSUED)
    rows = rows.annotate(card_at=Subquery(newest)).filter(Q(card_at=None) | Q(card_at__lt=F("issued_at")))
    return rows if by.holds("workers.oversee") else rows.filter(issuer=by.organisation_id)


def faces(codes: Sequence[SafetyCode], at: datetime) -> list[CardFace]:
    """What stands on the cards of these codes, in their order. A fixed number of queries, and the photos' files."""
    ids = [code.worker_id for code in codes]
    people, facts, day = worker_cards(ids, at, masked=False), facts_of(ids), local_date(at)
    photos = files({one.photo_id for one in people.values() if one.photo_id})
    found = []
    for code in codes:
        person, shade = people[code.worker_id], rules.colour(facts[code.worker_id], day).colour
        found.append(
            CardFace(
                name=person.name,
                number=code.number,
                agency=person.organisation_name or _("未加入机构"),
                issuer=code.issuer.name if code.issuer else _("平台代发"),
                until=code.valid_to.isoformat(),
                colour=str(shade),
                word=_(COLOUR_LABELS[shade]),
                judged=_("%(day)s 印制时") % {"day": day.isoformat()},
                code=code_svg(_address(code), shade),
                photo=_photo(photos.get(person.photo_id)) if person.photo_id else "",
            )
        )
    return found


def _address(code: SafetyCode) -> str:
    return settings.ANXIN_ORIGIN + reverse("safetycode:scan", args=[printed_token(code)])


def _photo(row: StoredFile | None) -> str:
    try:
        return photo_svg(content(row), row.content_type) if row else ""
    except Refusal:
        # Not on this disk, or not yet looked at by the scanner: the initial stands in.
        return ""


def part_pdf(part: CardPart, at: datetime) -> bytes:
    """The PDF of one part of a batch."""
    codes = SafetyCode.objects.filter(pk__in=part.cards.values("code")).select_related("issuer", "worker")
    hotline = read(HOTLINE, at=at)
    return cards_pdf(
        faces(list(codes.order_by("number")), at), form=CardForm(part.batch.form), at=at,
        title=_("居家上门服务证"),
        notice=_("扫码查看此刻的颜色和公开信息，以扫码结果为准。咨询与维权 %(phone)s") % {"phone": hotline},
        labels={"number": _("号码"), "agency": _("机构"), "until": _("有效期至")},
    )  # fmt: skip


def bound_pdf(papers: Iterable[StoredFile]) -> bytes:
    """The PDFs of parts as one, each read when its turn comes."""
    return bound(map(content, papers), title=_("居家上门服务证"), language=get_language() or "zh-Hans")


@dataclass(frozen=True)
class BatchRow:
    """A batch and how far it is: `done` of its cards are set."""

    batch: CardBatch
    done: int

    @property
    def state(self) -> BatchState:
        if self.batch.done_at is None:
            return BatchState.BINDING if self.done == self.batch.total else BatchState.SETTING
        return BatchState.READY if self.batch.file_id else BatchState.DELETED


def batches(actor: Actor) -> list[BatchRow]:
    """The latest batches that an actor may see. One query."""
    rows = _with_done(CardBatch.objects.visible_to(actor)).order_by("-at")[:LISTED]
    return [_row(row) for row in rows]


def batch(actor: Actor, batch_id: UUID) -> BatchRow | None:
    """One batch. One query."""
    row = _with_done(CardBatch.objects.visible_to(actor)).filter(pk=batch_id).first()
    return _row(row) if row else None


def _row(batch: CardBatch) -> BatchRow:
    return BatchRow(batch, getattr(batch, "done", None) or 0)


def _with_done(rows: QuerySet[CardBatch]) -> QuerySet[CardBatch]:
    return rows.select_related("issuer").annotate(
        done=Sum("parts__count", filter=Q(parts__done_at__isnull=False))
    )


def cards_of(actor: Actor, code: SafetyCode) -> list[Card]:
    """Every card made for a code, newest first. One query."""
    return list(Card.objects.visible_to(actor).filter(code=code).select_related("part").order_by("-at"))


def stock(actor: Actor) -> tuple[int, list[CardStock]]:
    """How many blank cards lie at the issuer, and the latest that came in and went out. Two queries."""
    rows = CardStock.objects.visible_to(actor)
    left = rows.aggregate(left=Sum("change"))["left"] or 0
    return left, list(rows.order_by("-at", "-id")[:LISTED])


def counts_to_print(actor: Actor) -> int:
    """How many cards wait for this issuer, those of codes without a card included. Two queries."""
    waiting = to_print(actor).aggregate(n=Count("pk"))["n"]
    return int(waiting) + cardless(actor).count()
