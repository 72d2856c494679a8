"""The credit-information authorisation: signed by hand and one-time code, taken back item by item or as a whole."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _text
from django.utils.translation import gettext_lazy as _

from anxin.accounts import public as accounts
from anxin.accounts.values import ASKED, CodeProof, CodePurpose, Purpose
from anxin.audit.public import record
from anxin.kit.actor import Actor
from anxin.kit.clock import local
from anxin.kit.crypto import sha256
from anxin.kit.errors import Conflict, Forbidden, Invalid
from anxin.kit.events import announce
from anxin.kit.ids import number
from anxin.kit.ink import NotInk, NotTheName, signature
from anxin.kit.models import begin, move
from anxin.kit.text import gettext_noop
from anxin.kit.typesetting import Unprintable
from anxin.workers.actions.people import NotEnrolled, NotVerified
from anxin.workers.actions.told import tell_worker_and_agency
from anxin.workers.engine.authorisation import AuthorisationPaper, authorisation_pdf
from anxin.workers.events import AuthorisationChanged
from anxin.workers.models import Affiliation, Authorisation, AuthorisedItem, Worker
from anxin.workers.queries.archive import authorisation_of, sensitive
from anxin.workers.queries.people import affiliation_of, worker_of
from anxin.workers.states import AuthorisationState
from anxin.workers.values.archive import (
    AUTHORISATION_NOW,
    AUTHORISATION_TITLE,
    ITEM_LABELS,
    ITEM_WORDS,
    SEPARATE,
    ArchiveItem,
    AuthorisationFacts,
)


class OnlyWorker(Forbidden):
    code = "only_worker"
    message = _("授权书只能由本人签署和撤回，别人不能代办。")


class NoAgencyYet(Conflict):
    code = "no_agency_yet"
    message = _("您还不属于任何家政机构。请先由机构办理加入，再签署授权书。")


class NothingGiven(Invalid):
    code = "nothing_given"
    message = _("请至少勾选“基本信息”。")


class AuthorisationTextChanged(Conflict):
    code = "authorisation_text_changed"
    message = _("授权书刚刚更新过，请重新阅读后再签署。")


class DrawingUnfit(Invalid):
    code = "drawing_unfit"
    message = _("%(why)s")


class NameDiffers(Invalid):
    code = "name_differs"
    message = _("%(why)s")


class NameUnprintable(Invalid):
    code = "name_unprintable"
    message = _("这些字暂时无法印在授权书上：%(characters)s。请联系平台客服。")


class NotAuthorised(Conflict):
    code = "not_authorised"
    message = _("没有生效中的授权书，无需撤回。")


def needed_consents(items: Collection[ArchiveItem], *, drawn: bool = True) -> tuple[Purpose, ...]:
    """The consents, each a text of its own, without which an authorisation of these items is not signed.

    A name that is typed shows nobody's hand: only one that is drawn needs the consent to that.
    """
    hand = (Purpose.HANDWRITING,) if drawn else ()
    return (*(SEPARATE[item] for item in sensitive(items)), Purpose.SHARING, *hand)


def signable(by: Actor, at: datetime) -> tuple[Worker, Affiliation]:
    """Who signs, and the one agency that is named. Refuses: OnlyWorker, NotEnrolled, NotVerified, NoAgencyYet."""
    if by.person_id is None or by.organisation_id is not None:
        raise OnlyWorker
    worker = worker_of(by.person_id)
    if worker is None:
        raise NotEnrolled
    if worker.person.verified_at is None:
        raise NotVerified
    agency = affiliation_of(worker.pk, at)
    if agency is None:
        raise NoAgencyYet
    return worker, agency


def send_authorisation_code(*, by: Actor, at: datetime) -> str:
    """Send the worker the one-time code that confirms their signature; returns the masked phone.

    Refuses what `signable` refuses, and accounts' limits on sending.
    """
    worker, _agency = signable(by, at)
    sent = accounts.send_code(phone=worker.person.phone, purpose=CodePurpose.AUTHORISATION, by=by, at=at)
    return str(sent.phone_masked)


def sign_authorisation(
    *,
    items: Collection[ArchiveItem],
    version: int,
    consents: Mapping[Purpose, int | None],
    code: str,
    drawn: str = "",
    written: str = "",
    user_agent: str = "",
    by: Actor,
    at: datetime,
) -> Authorisation:
    """The worker authorises their one agency, item by item: signed by hand or by their typed name, and the code.

    version: of the text that was read. consents: the versions ticked of `needed_consents` (none needed for those in
    force already). drawn: PNG as a data URL; written: their own name, counts where nothing is drawn. One signed before
    is replaced.
    Refuses: what `signable` refuses, NothingGiven, AuthorisationTextChanged, DrawingUnfit, accounts' ConsentNeeded,
    TextChanged and CodeWrong, NameDiffers, NameUnprintable. Source: 浙商务发〔2020〕21号 annex 2, standards §3.2.
    """
    worker, agency = signable(by, at)
    if ArchiveItem.BASIC not in items:
        raise NothingGiven("items")
    if version != AUTHORISATION_NOW.version:
        raise AuthorisationTextChanged("version")
    try:
        picture = signature(drawn=drawn, written=written, name=worker.person.name)
    except NotTheName as error:
        raise NameDiffers("written", why=_text(str(error))) from error
    except NotInk as error:
        raise DrawingUnfit("drawn", why=_text(str(error))) from error
    # Each consent stands by itself: what was agreed to here stays agreed to, though the signature should fail.
    with transaction.atomic():
        for purpose in needed_consents(items, drawn=bool(drawn)):
            accounts.ask_consent(
                purpose=purpose, person_id=worker.person_id, version=consents.get(purpose), by=by, at=at
            )
    # Outside the signing transaction: a wrong code costs an attempt, though nothing is signed.
    proof = accounts.check_code(
        phone=worker.person.phone, purpose=CodePurpose.AUTHORISATION, code=code, at=at
    )
    return _sign(worker, agency, frozenset(items), picture, bool(drawn), proof, user_agent, by=by, at=at)


@transaction.atomic
def _sign(
    worker: Worker, agency: Affiliation, items: frozenset[ArchiveItem], picture: bytes, drawn: bool,
    proof: CodeProof, user_agent: str, *, by: Actor, at: datetime,
) -> Authorisation:  # fmt: skip
    # The one in force is replaced under the worker's row: of two signatures at once the later one stands alone.
    Worker.objects.select_for_update().filter(pk=worker.pk).values_list("pk").get()
    for old in Authorisation.objects.filter(worker=worker, state=AuthorisationState.SIGNED):
        move(old, AuthorisationState.REPLACED, by=by, at=at)
    row = Authorisation(
        worker=worker, organisation=agency.organisation, number=number("S", at),
        version=AUTHORISATION_NOW.version, text_hash=AUTHORISATION_NOW.digest, code=proof.code_id,
        address=by.address, user_agent=user_agent[:300], signed_at=at,
    )  # fmt: skip
    document = _set(row, worker, items, picture, drawn, proof, at=at)
    row.sha256 = sha256(document)
    row.write(document=document, picture=picture)
    begin(row, by=by, at=at)
    AuthorisedItem.objects.bulk_create(
        [AuthorisedItem(authorisation=row, item=str(item)) for item in ArchiveItem if item in items]
    )
    record(
        "workers.sign_authorisation", by=by, at=at, subject="worker", subject_id=worker.pk,
        detail={"authorisation": row.number, "items": sorted(items), "sha256": row.sha256},
    )  # fmt: skip
    _changed(worker.pk, row, at)
    return row


def _set(
    row: Authorisation, worker: Worker, items: frozenset[ArchiveItem], picture: bytes, drawn: bool,
    proof: CodeProof, *, at: datetime,
) -> bytes:  # fmt: skip
    person, agency = worker.person, row.organisation
    paper = AuthorisationPaper(
        title=AUTHORISATION_TITLE, number=row.number, name=person.name, id_number=person.id_number or "",
        phone=person.phone, agency=agency.name, uscc=agency.uscc or "",
        items=tuple((ITEM_LABELS[item], ITEM_WORDS[item], item in items) for item in ArchiveItem),
        paragraphs=AUTHORISATION_NOW.paragraphs,
        consents=tuple(ASKED[purpose].now.text for purpose in needed_consents(items, drawn=drawn)),
        signed=f"{local(at):%Y年%m月%d日 %H:%M}",
        proof=f"本人{'手写签名' if drawn else '输入姓名签名'}，"
        f"并以发到 {proof.phone_masked} 的验证码于 {local(proof.confirmed_at):%H:%M:%S} 确认。",
        text=AUTHORISATION_NOW.digest[:16],
    )  # fmt: skip
    try:
        return authorisation_pdf(paper, picture, at=at)
    except Unprintable as error:
        raise NameUnprintable(characters="、".join(error.characters)) from error


@transaction.atomic
def withdraw_authorisation(
    *, by: Actor, at: datetime, items: Collection[ArchiveItem] | None = None
) -> AuthorisationFacts | None:
    """The worker takes back some items, or (None, or the basic ones) the whole. Returns what is left in force.

    What was taken back is not read or shown any more from this moment. Without what is necessary the code is
    suspended by whoever follows `AuthorisationChanged`. Refuses: OnlyWorker, NotAuthorised. Source: 个保法 art. 15, 47.
    """
    worker = worker_of(by.person_id) if by.organisation_id is None else None
    if worker is None:
        raise OnlyWorker
    row = _open(worker.pk)
    if row is None:
        raise NotAuthorised
    taken = frozenset(ArchiveItem) if items is None else frozenset(items)
    return _take_back(row, taken, by=by, at=at)


def take_back_with_consent(*, person_id: UUID, purpose: Purpose, by: Actor, at: datetime) -> None:
    """A separate consent was taken back: what it allowed goes with it. Nothing to do where nothing is signed."""
    worker = worker_of(person_id)
    row = _open(worker.pk) if worker else None
    items = frozenset(item for item, asked in SEPARATE.items() if asked is purpose)
    if purpose is Purpose.SHARING:
        items = frozenset(ArchiveItem)
    if row is not None and items:
        _take_back(row, items, by=by, at=at)


def end_authorisation(*, worker_id: UUID, by: Actor, at: datetime) -> None:
    """The affiliation ended, and with it what the one agency was authorised to. Safe to run twice."""
    row = _open(worker_id)
    if row is not None:
        move(row, AuthorisationState.ENDED, by=by, at=at)
        _changed(worker_id, row, at)


def _open(worker_id: UUID) -> Authorisation | None:
    found: Authorisation | None = (
        Authorisation.objects.select_for_update()
        .filter(worker=worker_id, state=AuthorisationState.SIGNED)
        .first()
    )
    return found


def _take_back(
    row: Authorisation, items: frozenset[ArchiveItem], *, by: Actor, at: datetime
) -> AuthorisationFacts | None:
    open_items = AuthorisedItem.objects.filter(authorisation=row, withdrawn_at=None)
    changed = open_items.filter(item__in=[str(item) for item in items]).update(
        withdrawn_at=at, withdrawn_channel=by.channel
    )
    if not changed:
        return authorisation_of(row.worker_id)
    whole = not open_items.filter(item=str(ArchiveItem.BASIC)).exists()
    if whole:
        open_items.update(withdrawn_at=at, withdrawn_channel=by.channel)
        move(row, AuthorisationState.WITHDRAWN, by=by, at=at)
    record(
        "workers.withdraw_authorisation", by=by, at=at, subject="worker", subject_id=row.worker_id,
        detail={"authorisation": row.number, "items": sorted(items), "whole": whole},
    )  # fmt: skip
    left = _changed(row.worker_id, row, at)
    what = _text("全部") if whole else "、".join(_text(ITEM_LABELS[item]) for item in sorted(items))
    tell_worker_and_agency(
        worker_id=row.worker_id, kind="workers.authorisation", sms=False, at=at, url="/worker/authorisation/",
        title=gettext_noop("%(name)s撤回了信用信息授权"),
        body=gettext_noop("撤回的事项：%(what)s。从现在起不再提供查看；缺少申领必需的事项时，安心码暂停。"),
        params={"what": what},
    )  # fmt: skip
    return left


def _changed(worker_id: UUID, row: Authorisation, at: datetime) -> AuthorisationFacts | None:
    left = authorisation_of(worker_id)
    complete = left is not None and left.complete
    announce(AuthorisationChanged(worker_id, row.organisation_id, str(row.state), complete, at))
    return left
