"""What an upload really is, judged by its first bytes, and a name that is safe to hand back."""

import re
import unicodedata

from anxin.files.values import SUFFIX, Format

_UNSAFE = re.compile(r'[\\/:*?"<>|;\x00-\x1f\x7f\u200e\u200f\u202a-\u202e\u2066-\u2069]+')


def sniff(head: bytes) -> Format | None:
    """The format that the first bytes spell, None for everything we do not keep."""
    if head.startswith(b"\xff\xd8\xff"):
        return Format.JPEG
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return Format.PNG
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return Format.WEBP
    if head.startswith(b"%PDF-"):
        return Format.PDF
    return None


def active_pdf(content: bytes) -> bool:
    """Whether a PDF carries scripts, launches programs or embeds files: refused, since staff will open it."""
    return any(mark in content for mark in (b"/JavaScript", b"/JS ", b"/JS(", b"/Launch", b"/EmbeddedFile"))


def safe_name(given: str, kind: Format) -> str:
    """A file name without paths, controls and direction marks, with the suffix its content deserves."""
    name = " ".join(_UNSAFE.sub(" ", unicodedata.normalize("NFC", given)).split()).strip(" .")
    stem = name.rsplit(".", 1)[0].strip(" .") if "." in name else name
    return (stem[:80] or "file") + SUFFIX[kind]
