"""Uploads that resume: begun, continued where they broke off, taken over by the form they belong to, or forgotten."""

from __future__ import annotations

import base64
import binascii
import hashlib
from datetime import datetime, timedelta
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.forms import BaseForm
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from anxin.files.actions.refusals import FileEmpty, FileTooBig, FileWrongType
from anxin.files.adapters import parts
from anxin.files.adapters.parts import Partial
from anxin.files.rules import safe_stem, sniff
from anxin.files.values import FORMAT_NAMES, KINDS, MB, OWN, FileKind, Format
from anxin.kit.actor import Actor
from anxin.kit.crypto import Tampered
from anxin.kit.errors import Conflict, Invalid, NotFound, Refusal, SignInNeeded, TooMany
from anxin.kit.forms import Chosen, Resumed, UploadField
from anxin.kit.ids import new_id

LIFE = timedelta(days=1)
MOST_PART = 8 * MB
MOST_AT_ONCE = 20
CHECKSUMS = {"sha256": hashlib.sha256, "sha1": hashlib.sha1}


class UploadElsewhere(Conflict):
    code = "upload_elsewhere"
    message = _("这部分接不上已收到的内容，请从断开的地方继续。")


class UploadDamaged(Refusal):
    status = 460
    code = "upload_damaged"
    message = _("这部分在传输中损坏了，请重新发送。")


class UploadUnfinished(Conflict):
    code = "upload_unfinished"
    message = _("文件还没有传完，请等进度到 100% 再提交。")


class ManyUploads(TooMany):
    code = "many_uploads"
    message = _("同时上传的文件太多，请先完成或取消前面的。")


class UploadUnknown(Invalid):
    code = "upload_unknown"
    message = _("不能识别的上传请求。")


def begin(*, kind: str, name: str, length: int, by: Actor, at: datetime) -> Partial:
    """Begin an upload of `length` bytes for a kind. Refuses SignInNeeded, UploadUnknown, FileEmpty, FileTooBig,
    ManyUploads (20 at once)."""
    if by.person_id is None:
        raise SignInNeeded
    if kind not in KINDS or kind in OWN:
        raise UploadUnknown(field="file")
    rule = KINDS[FileKind(kind)]
    if length < 1:
        raise FileEmpty(field="file")
    if length > rule.max_bytes:
        raise FileTooBig(field="file", label=gettext(rule.label), limit=rule.max_bytes // MB)
    if parts.count_of(str(by.person_id)) >= MOST_AT_ONCE:
        raise ManyUploads
    made = Partial(
        str(new_id()), str(by.person_id), kind, safe_stem(name), length, 0, (at + LIFE).timestamp()
    )
    parts.begin(made)
    return made


def find(upload_id: UUID, *, by: Actor, at: datetime) -> Partial:
    """One's own upload, as far as it has come. Refuses NotFound, also when its day is over."""
    return _own(parts.look(upload_id), by, at)


def go_on(
    upload_id: UUID, *, offset: int, content: bytes, checksum: str = "", by: Actor, at: datetime
) -> Partial:
    """Take the next part, which begins at `offset`. `checksum`: algorithm and base64, as the protocol writes it.

    Refuses NotFound, UploadElsewhere (another offset), FileTooBig (past the length), UploadDamaged (checksum),
    FileWrongType (the first bytes are of no format of the kind; the upload is over then).
    """
    with parts.held(upload_id) as known:
        found = _own(known, by, at)
        if offset != found.offset:
            raise UploadElsewhere
        rule = KINDS[FileKind(found.kind)]
        if offset + len(content) > found.length:
            raise FileTooBig(field="file", label=gettext(rule.label), limit=rule.max_bytes // MB)
        _check(content, checksum)
        if not content:
            return found
        if offset == 0 and len(content) >= 16 and sniff(content[:16]) not in rule.formats:
            parts.drop(upload_id)
            formats = "、".join(FORMAT_NAMES[known] for known in Format if known in rule.formats)
            raise FileWrongType(field="file", label=gettext(rule.label), formats=formats)
        return parts.add(found, content)


def give_up(upload_id: UUID, *, by: Actor, at: datetime) -> None:
    """Remove one's own upload. Refuses NotFound."""
    find(upload_id, by=by, at=at)
    parts.drop(upload_id)


def take_over(resumed: Resumed, *, kind: FileKind, by: Actor, at: datetime) -> tuple[bytes, str]:
    """The content and the name of a finished upload, for the form that names it; its parts go when that is kept.

    Refuses NotFound (nobody else's, and of this kind only), UploadUnfinished.
    """
    found = find(resumed.upload_id, by=by, at=at)
    if found.kind != kind:
        raise NotFound
    if found.offset < found.length:
        raise UploadUnfinished(field="file")
    try:
        content = parts.content(found)
    except (Tampered, FileNotFoundError) as error:
        raise NotFound from error
    transaction.on_commit(lambda: parts.drop(found.id))
    return content, found.name


def keep_chosen(form: BaseForm, *, by: Actor, at: datetime) -> None:
    """Let the files of a refused form wait, so that nobody has to choose them again. A file that is itself what was
    refused does not wait; what cannot be kept is told at its field."""
    waiting: dict[str, list[Chosen]] = {}
    for name, field in form.fields.items() if form.is_bound else ():
        if not isinstance(field, UploadField) or form.errors.get(name):
            continue
        given, waiting[name] = form[name].data, []
        for one in given if isinstance(given, list) else [given]:
            try:
                kept = _kept(one, field.kind, by, at) if one else None
            except Refusal as refusal:
                # The others of its field wait all the same.
                form.add_error(name, str(refusal))
            else:
                waiting[name] += [Chosen(kept.id, kept.name)] if kept else []
    form.chosen = waiting  # type: ignore[attr-defined]


def _kept(given: UploadedFile[bytes] | Resumed, kind: str, by: Actor, at: datetime) -> Partial:
    if isinstance(given, Resumed):
        return find(given.upload_id, by=by, at=at)
    made = begin(kind=kind, name=given.name or "", length=given.size or 0, by=by, at=at)
    given.seek(0)
    return go_on(UUID(made.id), offset=0, content=given.read(), by=by, at=at)


def forget(*, at: datetime) -> int:
    """Remove uploads that nobody finished, or that no form took over, within a day."""
    gone = parts.expired(at.timestamp())
    for upload_id in gone:
        parts.drop(upload_id)
    return len(gone)


def _own(found: Partial | None, by: Actor, at: datetime) -> Partial:
    if found is None or found.person_id != str(by.person_id or "") or found.expires_at < at.timestamp():
        raise NotFound
    return found


def _check(content: bytes, checksum: str) -> None:
    if not checksum:
        return
    name, _blank, given = checksum.partition(" ")
    if name not in CHECKSUMS:
        raise UploadUnknown(field="file")
    try:
        wanted = base64.b64decode(given, validate=True)
    except (binascii.Error, ValueError) as error:
        raise UploadUnknown(field="file") from error
    if CHECKSUMS[name](content, usedforsecurity=False).digest() != wanted:
        raise UploadDamaged
