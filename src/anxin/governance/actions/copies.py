"""A copy of all that is held of a person: asked for, built by a job, sealed, fetched by a link, gone."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _text
from django.utils.translation import gettext_lazy as _

from anxin.accounts import public as accounts
from anxin.audit.public import record
from anxin.files import public as files
from anxin.governance.models import Copy
from anxin.governance.queries import copy as reads
from anxin.governance.states import CopyState
from anxin.governance.values.columns import COLUMNS, kinds_of
from anxin.governance.values.copies import COPIES_A_DAY, COPY_DAYS
from anxin.kit import clock
from anxin.kit.actor import SYSTEM, Actor
from anxin.kit.crypto import Tampered, read_token, sign_token, unseal
from anxin.kit.errors import Conflict, NotFound, TooMany
from anxin.kit.jobs import defer
from anxin.kit.models import begin, move
from anxin.kit.text import gettext_noop
from anxin.notices import public as notices
from anxin.policies import public as policies

BUILD = "governance.build_copy"
PURPOSE = "governance.copy"


class CopyUnderWay(Conflict):
    code = "copy_under_way"
    message = _("上一份副本还在准备，好了会通知您。")


class TooManyCopies(TooMany):
    code = "too_many_copies"
    message = _("今天已经申请过 %(most)s 份副本，请明天再来。")


@transaction.atomic
def ask(*, by: Actor, at: datetime) -> Copy:
    """Ask for a copy of all one's data (个人信息保护法 art. 45). Refuses: CopyUnderWay, TooManyCopies."""
    most = policies.read(COPIES_A_DAY, at=at)
    accounts.lock(by.person)
    if Copy.objects.filter(person_id=by.person, created_at__gt=at - timedelta(days=1)).count() >= most:
        raise TooManyCopies(most=most)
    row = Copy(person_id=by.person, total=len(reads.holdings()) + 1, created_at=at)
    try:
        with transaction.atomic():
            begin(row, by=by, at=at)
    except IntegrityError as error:
        raise CopyUnderWay from error
    record("governance.ask_copy", by=by, at=at, subject="copy", subject_id=row.pk)
    defer(BUILD, copy_id=str(row.pk))
    return row


def build(*, copy_id: UUID, at: datetime) -> Copy | None:
    """Gather, pack and seal; `done` counts the parts as they come. Safe to run twice: what is built stays."""
    row: Copy | None = Copy.objects.filter(pk=copy_id, state=CopyState.ASKED).first()
    if row is None:
        return None
    packed = _packed(row, at)
    row.refresh_from_db(fields=["total"])
    with transaction.atomic():
        move(
            row, CopyState.READY, by=SYSTEM, at=at, body=_sealed(row, packed), size=len(packed), done=row.total,
            sha256=sha256(packed).hexdigest(), expires_at=at + timedelta(days=policies.read(COPY_DAYS, at=at)),
        )  # fmt: skip
        notices.tell(
            row.person_id, kind="governance.copy_ready", title=gettext_noop("您的个人信息副本准备好了"),
            body=gettext_noop("请在 %(days)s 天内下载，过期自动销毁。"),
            params={"days": policies.read(COPY_DAYS, at=at)}, url="/me/privacy/copies/", at=at,
        )  # fmt: skip
        record("governance.build_copy", by=SYSTEM, at=at, subject="copy", subject_id=row.pk,
               detail={"size": len(packed)})  # fmt: skip
    return row


def _packed(row: Copy, at: datetime) -> bytes:
    """The ZIP: data.json for machines, index.html for people, and the files: contracts, invoices, photos, uploads."""
    papers = reads.papers(row.person_id)
    Copy.objects.filter(pk=row.pk).update(total=len(reads.holdings()) + len(papers) + 1)
    out, sections, names = io.BytesIO(), [], dict[str, list[str]]()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as pack:
        for section in reads.sections(row.person_id):
            sections.append(section)
            _count(row, len(sections))
        for done, paper in enumerate(papers, len(sections) + 1):
            try:
                # PDFs and pictures are packed already.
                pack.writestr(f"{paper.folder}/{paper.name}", paper.read(), zipfile.ZIP_STORED)
                names.setdefault(paper.folder, []).append(paper.name)
            except (NotFound, files.FileHeld):
                names.setdefault("", []).append(paper.name)
            _count(row, done)
        data = {
            "made_at": at.isoformat(),
            "data": {one.holding.model: one.rows for one in sections if one.rows},
            "files": {folder: found for folder, found in names.items() if folder},
            "missing": names.get("", []),
        }
        pack.writestr("data.json", json.dumps(data, ensure_ascii=False, indent=1))
        pack.writestr("index.html", _readable(sections, names, at))
    return out.getvalue()


def _count(row: Copy, done: int) -> None:
    Copy.objects.filter(pk=row.pk, state=CopyState.ASKED).update(done=done)


def _readable(sections: list[reads.Section], names: dict[str, list[str]], at: datetime) -> str:
    groups: dict[str, list[dict[str, Any]]] = {}
    with translation.override("zh-hans"):
        for one in sections:
            if one.rows:
                columns = [name for name in one.rows[0] if name in COLUMNS]
                groups.setdefault(_text(one.heading), []).append({
                    "purpose": _text(one.holding.purpose), "kinds": [_text(kind) for kind in kinds_of(one.holding)],
                    "columns": [_text(COLUMNS[name]) for name in columns],
                    "rows": [[row.get(name) for name in columns] for row in one.rows],
                })  # fmt: skip
        folders = [
            (folder, _text(words), names[folder])
            for folder, words in reads.FOLDERS.items()
            if folder in names
        ]
        context = {
            "groups": list(groups.items()), "folders": folders, "missing": names.get("", []), "at": clock.local(at),
        }  # fmt: skip
        return render_to_string("governance/copy.html", context)


def _body() -> Any:
    return Copy._meta.get_field("body")


def _sealed(row: Copy, packed: bytes) -> bytes:
    sealed: bytes = _body().sealed(row, packed)
    return sealed


def link(row: Copy, at: datetime) -> str:
    """The token by which the person fetches their copy until it ends; it names nobody."""
    left = int((row.expires_at - at).total_seconds()) if row.expires_at else 0
    return sign_token(PURPOSE, {"c": str(row.pk)}, max(left, 0))


@transaction.atomic
def fetch(*, token: str, by: Actor, at: datetime) -> bytes:
    """The ZIP, for nobody but the person it is about. Refuses NotFound: a wrong token, another person, run out."""
    try:
        claims = read_token(PURPOSE, token)
    except Tampered as error:
        raise NotFound from error
    row: Copy | None = (
        Copy.objects.visible_to(by)
        .filter(person_id=by.person_id, pk=claims["c"], state=CopyState.READY, expires_at__gt=at)
        .first()
    )
    if row is None or row.body is None:
        raise NotFound
    Copy.objects.filter(pk=row.pk, fetched_at=None).update(fetched_at=at)
    record("governance.fetch_copy", by=by, at=at, subject="copy", subject_id=row.pk)
    return unseal(bytes(row.body), _body().context(row))


def expire(*, at: datetime) -> int:
    """Destroy the copies whose days are over. Returns how many."""
    gone = 0
    for row in Copy.objects.filter(state=CopyState.READY, expires_at__lte=at):
        with transaction.atomic():
            move(row, CopyState.EXPIRED, by=SYSTEM, at=at, body=None)
        gone += 1
    return gone
