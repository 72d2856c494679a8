"""What governance does when the areas below tell something."""

from __future__ import annotations

from anxin.accounts.public import ConsentWithdrawn
from anxin.accounts.values import Purpose
from anxin.audit.public import ListTaken
from anxin.contracts.public import ContractCustomerSigned
from anxin.governance.actions import consents, looks
from anxin.kit.events import on
from anxin.reviews.public import LookedBehind
from anxin.safetycode.public import CodeScanned


@on(LookedBehind)
def keep_the_look(event: LookedBehind) -> None:
    looks.note_look_behind(
        review_id=event.review_id, author_id=event.author_id, words=event.reason, by=event.by, at=event.at
    )


@on(ConsentWithdrawn)
def end_what_the_consent_allowed(event: ConsentWithdrawn) -> None:
    consents.end_what_it_allowed(purpose=Purpose(event.purpose), person_id=event.person_id, at=event.at)


@on(CodeScanned)
def keep_no_place_against_the_will(event: CodeScanned) -> None:
    consents.drop_place(scan_id=event.scan_id, by_person=event.by_person)


@on(ContractCustomerSigned)
def no_handwriting_against_the_will(event: ContractCustomerSigned) -> None:
    if event.drawn:
        consents.check_handwriting(contract_id=event.contract_id)


@on(ListTaken)
def notice_who_takes_many_lists(event: ListTaken) -> None:
    looks.notice_lists(today=event.today, by=event.by, at=event.at)
