"""The only writers of the ledger: post once, reverse once. Nothing is ever changed or taken out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from anxin.kit.actor import Actor
from anxin.kit.errors import Conflict, Invalid
from anxin.ledger import queries
from anxin.ledger.models import Account, Entry, Posting
from anxin.ledger.values import CHART, AccountRef, Line


class Unbalanced(Invalid):
    code = "ledger_unbalanced"
    message = _("这笔分录借贷不平，没有记账。请联系平台运营。")


class PostedOtherwise(Conflict):
    code = "ledger_posted_otherwise"
    message = _("同一笔业务已经按另一内容记过账，没有重复记账。请联系平台运营核对。")


@transaction.atomic
def post(
    *,
    what: str,
    source: str,
    source_id: UUID | str,
    lines: Sequence[Line],
    by: Actor,
    at: datetime,
    reverses: Entry | None = None,
) -> Entry:
    """Post an entry once per (`source`, `source_id`); the same again returns the first one.

    Amounts in fen, debit positive. Lines of amount zero are left out; each book must sum to zero.
    Refuses: Unbalanced, PostedOtherwise (the source has posted something else). Source: A-6.3.3b.
    """
    kept = [line for line in lines if line.amount_fen]
    sums: dict[tuple[UUID | None, UUID | None], int] = defaultdict(int)
    for line in kept:
        sums[line.account.book] += line.amount_fen
    if not kept or any(sums.values()):
        raise Unbalanced
    before = queries.entry_of(source, str(source_id))
    if before is not None:
        return _same(before, kept)
    try:
        with transaction.atomic():
            entry = Entry.objects.create(
                at=at,
                what=what[:200],
                source=source,
                source_id=str(source_id),
                reverses=reverses,
                by_person=by.person_id,
                by_organisation=by.organisation_id,
            )
    except IntegrityError:
        # Somebody posted it between our look and our insert.
        before = queries.entry_of(source, str(source_id))
        if before is None:
            raise
        return _same(before, kept)
    Posting.objects.bulk_create(
        Posting(entry=entry, account=_account(line.account, at), amount_fen=line.amount_fen) for line in kept
    )
    return entry


@transaction.atomic
def reverse(*, entry: Entry, what: str, by: Actor, at: datetime) -> Entry:
    """Post the opposite of `entry`, once."""
    lines = [Line(line.account, -line.amount_fen) for line in queries.lines_of(entry)]
    return post(
        what=what, source="ledger.reversal", source_id=entry.pk, lines=lines, by=by, at=at, reverses=entry
    )


def _same(entry: Entry, lines: Sequence[Line]) -> Entry:
    key = lambda line: (repr(line.account), line.amount_fen)  # noqa: E731
    if sorted(queries.lines_of(entry), key=key) != sorted(lines, key=key):
        raise PostedOtherwise
    return entry


def _account(ref: AccountRef, at: datetime) -> Account:
    account, _created = Account.objects.get_or_create(
        **queries.account_filter(ref), defaults={"kind": str(CHART[ref.code][0]), "created_at": at}
    )
    return account
