"""Kinds of uploads and what each may be."""

from dataclasses import dataclass
from enum import StrEnum

from anxin.kit.text import gettext_noop

MB = 1024 * 1024


class Format(StrEnum):
    """Content types we keep; judged by content, never by name."""

    JPEG = "image/jpeg"
    PNG = "image/png"
    WEBP = "image/webp"
    PDF = "application/pdf"


IMAGES = frozenset({Format.JPEG, Format.PNG, Format.WEBP})
SUFFIX = {Format.JPEG: ".jpg", Format.PNG: ".png", Format.WEBP: ".webp", Format.PDF: ".pdf"}


class FileKind(StrEnum):
    """What an upload is for; it decides size, formats and how long the bytes are worth keeping."""

    AVATAR = "avatar"
    SERVICE_PHOTO = "service_photo"
    REVIEW_PHOTO = "review_photo"
    DOCUMENT = "document"
    CREDENTIAL = "credential"
    SIGNATURE = "signature"
    SEAL = "seal"
    CONTRACT = "contract"
    INVOICE = "invoice"
    CARDS = "cards"


class Scan(StrEnum):
    """What the virus scanner said of an upload."""

    NONE = "none"  # No scanner was in use, or the house made the file itself.
    CLEAN = "clean"
    WAITING = "waiting"  # The scanner was away; nobody is given the file before it has looked.
    INFECTED = "infected"


@dataclass(frozen=True)
class KindRule:
    """Limits of a kind. `max_bytes` of the upload, `max_side` in pixels after re-encoding (0: unchanged)."""

    label: str
    formats: frozenset[Format]
    max_bytes: int
    max_side: int = 2048


_PAPER = IMAGES | {Format.PDF}

KINDS: dict[FileKind, KindRule] = {
    FileKind.AVATAR: KindRule(gettext_noop("头像"), IMAGES, 5 * MB, 640),
    FileKind.SERVICE_PHOTO: KindRule(gettext_noop("服务照片"), IMAGES, 15 * MB),
    FileKind.REVIEW_PHOTO: KindRule(gettext_noop("评价照片"), IMAGES, 15 * MB),
    FileKind.DOCUMENT: KindRule(gettext_noop("机构资料"), _PAPER, 20 * MB, 3000),
    FileKind.CREDENTIAL: KindRule(gettext_noop("证件资料"), _PAPER, 20 * MB, 3000),
    FileKind.SIGNATURE: KindRule(gettext_noop("手写签名"), frozenset({Format.PNG}), 1 * MB, 1600),
    FileKind.SEAL: KindRule(gettext_noop("印章图片"), frozenset({Format.PNG}), 2 * MB, 1600),
    FileKind.CONTRACT: KindRule(gettext_noop("合同文件"), frozenset({Format.PDF}), 20 * MB),
    FileKind.INVOICE: KindRule(gettext_noop("发票文件"), frozenset({Format.PDF}), 10 * MB),
    FileKind.CARDS: KindRule(gettext_noop("证卡文件"), frozenset({Format.PDF}), 200 * MB),
}

# What the house makes itself; nobody uploads it.
OWN = frozenset({FileKind.CONTRACT, FileKind.INVOICE, FileKind.CARDS})

FORMAT_NAMES = {Format.JPEG: "JPG", Format.PNG: "PNG", Format.WEBP: "WEBP", Format.PDF: "PDF"}
