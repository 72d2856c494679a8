"""Reads of the ledger."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db.models import Prefetch, Q, QuerySet, Sum

from anxin.kit.actor import Actor
from anxin.ledger.models import Account, Entry, Posting
from anxin.ledger.values import CHART, AccountKind, AccountRef, Balance, Code, Line

CREDIT_KINDS = (AccountKind.LIABILITY, AccountKind.INCOME)


def account_filter(ref: AccountRef) -> dict[str, UUID | str | None]:
    """The columns that name one account."""
    return {
        "code": str(ref.code),
        "owner_organisation_id": ref.organisation_id,
        "owner_person_id": ref.person_id,
        "about_organisation_id": ref.about_organisation_id,
        "about_person_id": ref.about_person_id,
    }


def entry_of(source: str, source_id: str) -> Entry | None:
    """The entry that a source posted, if it did."""
    return Entry.objects.filter(source=source, source_id=source_id).first()


def lines_of(entry: Entry) -> list[Line]:
    """What an entry posted, in the order in which it was written."""
    return [
        Line(
            AccountRef(
                Code(p.account.code),
                p.account.owner_organisation_id,
                p.account.owner_person_id,
                p.account.about_organisation_id,
                p.account.about_person_id,
            ),
            p.amount_fen,
        )
        for p in entry.postings.select_related("account").order_by("id")
    ]


def balance(ref: AccountRef, *, until: datetime | None = None) -> int:
    """What one account holds in fen, debit positive; 0 for an account that was never used."""
    found = Posting.objects.filter(
        **{f"account__{name}": value for name, value in account_filter(ref).items()}
    )
    if until is not None:
        found = found.filter(entry__at__lt=until)
    return int(found.aggregate(total=Sum("amount_fen"))["total"] or 0)


def balances(actor: Actor, *, organisation_id: UUID | None, until: datetime | None = None) -> list[Balance]:
    """All accounts of one book (None = the platform's) as `actor` may see them; one query."""
    when = Q(postings__entry__at__lt=until) if until else Q()
    rows = (
        Account.objects.visible_to(actor)
        .filter(owner_organisation_id=organisation_id, owner_person=None)
        .annotate(raw=Sum("postings__amount_fen", filter=when))
        .order_by("kind", "code", "id")
    )
    return [
        Balance(
            code=Code(row.code),
            kind=AccountKind(row.kind),
            label=CHART[Code(row.code)][1],
            about_organisation_id=row.about_organisation_id,
            about_person_id=row.about_person_id,
            amount_fen=-(row.raw or 0) if row.kind in CREDIT_KINDS else (row.raw or 0),
            raw_fen=row.raw or 0,
        )
        for row in rows
    ]


def totals(actor: Actor, *, organisation_id: UUID | None) -> list[Balance]:
    """One book by account code, over all whom its accounts are about; one query."""
    rows = (
        Account.objects.visible_to(actor)
        .filter(owner_organisation_id=organisation_id, owner_person=None)
        .values_list("kind", "code")
        .annotate(raw=Sum("postings__amount_fen"))
        .order_by("kind", "code")
    )
    return [
        Balance(
            code=Code(code),
            kind=AccountKind(kind),
            label=CHART[Code(code)][1],
            about_organisation_id=None,
            about_person_id=None,
            amount_fen=-(raw or 0) if kind in CREDIT_KINDS else (raw or 0),
            raw_fen=raw or 0,
        )
        for kind, code, raw in rows
    ]


def trial_balance() -> dict[UUID | None, int]:
    """The sum of all postings of each book (None = the platform's); every value is zero, always."""
    rows = Posting.objects.values_list("account__owner_organisation_id", "account__owner_person_id").annotate(
        total=Sum("amount_fen")
    )
    return {organisation or person: total for organisation, person, total in rows}


def entries(actor: Actor, *, organisation_id: UUID | None, code: str = "") -> QuerySet[Entry]:
    """The journal of one book, newest first, each entry with the postings of that book; two queries a page.

    `code` leaves those that touch one account.
    """
    own = Account.objects.visible_to(actor).filter(owner_organisation_id=organisation_id, owner_person=None)
    touched = own.filter(code=code) if code else own
    postings = Posting.objects.filter(account__in=own).select_related("account").order_by("id")
    return (
        Entry.objects.visible_to(actor)
        .filter(pk__in=Posting.objects.filter(account__in=touched).values("entry"))
        .order_by("-at", "-id")
        .prefetch_related(Prefetch("postings", queryset=postings, to_attr="own_postings"))
    )
