"""Accounts, entries and their postings. The database refuses an entry that does not balance, and any change."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext

from anxin.accounts.public import Organisation, Person
from anxin.kit.actor import Actor
from anxin.kit.models import Base, Visible
from anxin.ledger.values import CHART, AccountKind, Code


class AccountQuerySet(Visible):
    def visible_to(self, actor: Actor) -> Self:
        """The platform's books to the operator's finance; an agency's book to those who keep it; one's own."""
        if actor.is_system or actor.holds("payments.reconcile"):
            return self
        if actor.organisation_id and actor.holds("ledger.read"):
            return self.filter(owner_organisation=actor.organisation_id)
        return self.filter(owner_person=actor.person_id) if actor.person_id else self.none()


class EntryQuerySet(Visible):
    def visible_to(self, actor: Actor) -> Self:
        """Whoever may see one of its accounts sees that the entry exists; postings are filtered by account."""
        if actor.is_system or actor.holds("payments.reconcile"):
            return self
        accounts = Account.objects.visible_to(actor)
        return self.filter(pk__in=Posting.objects.filter(account__in=accounts).values("entry"))


class Account(Base):
    """A place where money is counted: in whose book (neither owner = the platform's), about whom."""

    RETENTION = "finance"

    code = models.CharField(max_length=32)
    kind = models.CharField(max_length=16)
    owner_organisation = models.ForeignKey(
        Organisation, null=True, on_delete=models.PROTECT, related_name="+"
    )
    owner_person = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    about_organisation = models.ForeignKey(
        Organisation, null=True, on_delete=models.PROTECT, related_name="+"
    )
    about_person = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()

    objects = AccountQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["code", "owner_organisation", "owner_person", "about_organisation", "about_person"],
                name="ledger_account_once",
                nulls_distinct=False,
            ),
            models.CheckConstraint(condition=Q(code__in=[str(c) for c in Code]), name="ledger_account_code"),
            models.CheckConstraint(
                condition=Q(kind__in=[str(k) for k in AccountKind]), name="ledger_account_kind"
            ),
            models.CheckConstraint(
                condition=Q(owner_organisation=None) | Q(owner_person=None), name="ledger_account_one_owner"
            ),
        ]


class Entry(Base):
    """Something that happened with money, once: `source` and `source_id` are unique, so it posts only once."""

    at = models.DateTimeField()
    what = models.CharField(max_length=200)
    source = models.CharField(max_length=48)
    source_id = models.CharField(max_length=64)
    reverses = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="reversed_by")
    by_person = models.UUIDField(null=True)
    by_organisation = models.UUIDField(null=True)
    own_postings: list[Posting]
    """Set by `queries.entries`: the postings of the book that is read."""

    objects = EntryQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "source_id"], name="ledger_entry_once")]
        indexes = [models.Index(fields=["-at"], name="ledger_entry_at")]


class Posting(models.Model):
    """One side of an entry. Debit positive, credit negative, in fen; never zero."""

    id = models.BigAutoField(primary_key=True)
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="postings")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="postings", db_index=False)
    amount_fen = models.BigIntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(amount_fen=0), name="ledger_posting_not_zero"),
        ]
        indexes = [
            # Balances are read from the index alone.
            models.Index(fields=["account", "id"], include=["amount_fen"], name="ledger_posting_account"),
        ]

    @property
    def words(self) -> str:
        """The account's name as people read it."""
        return gettext(CHART[Code(self.account.code)][1])

    @property
    def credit_fen(self) -> int:
        """The amount as it stands in the right-hand column."""
        return -self.amount_fen
