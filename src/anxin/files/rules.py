"""What an upload really is, judged by its first bytes, and a name that is safe to hand back."""

import re
import unicodedata
import zlib

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


# Names that make a PDF do something, or carry something, when staff open it.
_ACTIVE = re.compile(
    rb"/(?:JavaScript|JS|Launch|EmbeddedFiles?|RichMedia|XFA|SubmitForm|ImportData|GoToE)(?![A-Za-z0-9])"
)
_ESCAPED = re.compile(rb"#([0-9A-Fa-f]{2})")
# Objects may be packed into a stream, where a look at the bytes would miss them.
_PACKED, _BEGIN = re.compile(rb"/ObjStm(?![A-Za-z])"), re.compile(rb"stream\r?\n")
LONGEST_HEAD, MOST_STREAMS, PIECE = 2000, 10_000, 1 << 14
MOST_PACKED = 20 * 1024 * 1024
_OTHER_HEADS = (b"MZ", b"\x7fELF", b"PK\x03\x04", b"Rar!", b"7z\xbc\xaf", b"<!DOCTYPE", b"<html", b"<?xml")


class TooPacked(Exception):
    """What is packed in a PDF would take more memory than a paper has reason to."""


def active_pdf(content: bytes) -> bool:
    """Whether a PDF carries scripts, forms that send, launches programs or embeds files: refused.

    Names may be written with escapes (/J#53) and objects may be packed: both are undone first. Raises TooPacked.
    """
    if _is_active(content):
        return True
    room = MOST_PACKED
    for count, found in enumerate(_PACKED.finditer(content)):
        begin = _BEGIN.search(content, found.end(), found.end() + LONGEST_HEAD)
        if begin is None:
            continue
        packed = _unpacked(content, begin.end(), room)
        room -= len(packed)
        if room <= 0 or count >= MOST_STREAMS:
            raise TooPacked
        if _is_active(packed):
            return True
    return False


def _unpacked(content: bytes, start: int, most: int) -> bytes:
    """What is packed from `start` on, as far as it can be read, at most `most` bytes.

    Piece by piece: zlib copies what follows a stream, and a file made for it has a million of them.
    """
    work, found = zlib.decompressobj(), bytearray()
    for at in range(start, len(content), PIECE):
        try:
            found += work.decompress(content[at : at + PIECE], most - len(found))
        except zlib.error:
            break
        if work.eof or len(found) >= most:
            break
    return bytes(found)


def _is_active(content: bytes) -> bool:
    plain = _ESCAPED.sub(lambda found: bytes([int(found[1], 16)]), content) if b"#" in content else content
    return _ACTIVE.search(plain) is not None


def two_faced(content: bytes) -> bool:
    """Whether a PDF is something else as well: an archive behind its end, or other content after it."""
    after = content[content.rfind(b"%%EOF") + 5 :].strip(b"\r\n\0 \t")
    return b"PK\x05\x06" in content[-66_000:] or len(after) > 64 or after.startswith(_OTHER_HEADS)


def safe_name(given: str, kind: Format) -> str:
    """A file name without paths, controls and direction marks, with the suffix its content deserves."""
    return safe_stem(given) + SUFFIX[kind]


def safe_stem(given: str) -> str:
    """The same without the suffix, at most 80 characters."""
    name = " ".join(_UNSAFE.sub(" ", unicodedata.normalize("NFC", given)).split()).strip(" .")
    stem = name.rsplit(".", 1)[0].strip(" .") if "." in name else name
    return stem[:80] or "file"
