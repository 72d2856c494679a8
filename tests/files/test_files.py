"""Uploads: judged by content, cleaned of metadata, sealed on disk, given out to one viewer for a short time."""

import errno
import io
import struct
import time
import zlib
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from PIL import Image, ImageFile

from anxin.files import actions, public, rules
from anxin.files.adapters import disk
from anxin.files.models import StoredFile
from anxin.files.values import MB, FileKind, Format
from anxin.kit.actor import ANONYMOUS, SYSTEM
from anxin.kit.crypto import Tampered, sign_token
from tests.cast import NOON, signed_in

PDF = b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


@pytest.fixture(autouse=True)
def home(tmp_path, settings) -> Path:
    """A disk of its own for each test."""
    settings.ANXIN_FILES = tmp_path / "files"
    return tmp_path


def picture(form: str = "JPEG", size: tuple[int, int] = (400, 300), **options: object) -> bytes:
    out = io.BytesIO()
    mode = "RGBA" if form == "PNG" else "RGB"
    Image.new(mode, size, (200, 30, 30, 128) if form == "PNG" else (200, 30, 30)).save(out, form, **options)
    return out.getvalue()


def photo_with_place() -> bytes:
    """A JPEG that says where and with what it was taken, lying on its side."""
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010F] = "SecretPhone"
    exif.get_ifd(0x8825)[2] = (30.0, 14.0, 8.0)
    return picture(size=(400, 300), exif=exif, comment=b"secret comment")


def keep(
    content: bytes, *, kind: FileKind = FileKind.SERVICE_PHOTO, name: str = "a.jpg", by=SYSTEM
) -> StoredFile:
    return public.store(SimpleUploadedFile(name, content), kind=kind, by=by, at=NOON)


def on_disk(home: Path) -> list[Path]:
    return [path for path in (home / "files").glob("**/*") if path.is_file()]


@pytest.mark.django_db
@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_picture_is_kept_and_comes_back(form, chen_jing):
    row = keep(picture(form), by=chen_jing.actor)
    assert row.content_type == f"image/{form.lower()}"
    assert (row.width, row.height) == (400, 300)
    assert row.person_id == chen_jing.id
    with Image.open(io.BytesIO(public.content(row))) as back:
        assert back.format == form
        assert len(public.content(row)) == row.size


@pytest.mark.django_db
def test_place_camera_and_comment_are_gone_and_the_picture_stands_upright():
    given = photo_with_place()
    assert b"SecretPhone" in given
    row = keep(given)
    kept = public.content(row)
    assert b"SecretPhone" not in kept
    assert b"secret comment" not in kept
    with Image.open(io.BytesIO(kept)) as back:
        assert not back.getexif()
        assert back.size == (300, 400)


@pytest.mark.django_db
def test_text_hidden_in_a_png_is_gone():
    from PIL.PngImagePlugin import PngInfo

    info = PngInfo()
    info.add_text("Author", "SecretName")
    given = picture("PNG", pnginfo=info) + b"<script>trailing</script>"
    kept = public.content(keep(given, name="a.png"))
    assert b"SecretName" not in kept
    assert b"<script>" not in kept


@pytest.mark.django_db
def test_large_photo_is_made_smaller():
    row = keep(picture(size=(4000, 3000)), kind=FileKind.AVATAR)
    assert (row.width, row.height) == (640, 480)


@pytest.mark.django_db
def test_transparency_of_a_signature_stays():
    row = keep(picture("PNG"), kind=FileKind.SIGNATURE, name="s.png")
    with Image.open(io.BytesIO(public.content(row))) as back:
        assert back.mode == "RGBA"
        assert back.getpixel((5, 5))[3] == 128


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("content", "kind", "refusal"),
    [
        (b"", FileKind.AVATAR, public.FileEmpty),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", FileKind.AVATAR, public.FileWrongType),
        (b"<html><script>alert(1)</script>", FileKind.DOCUMENT, public.FileWrongType),
        (b"MZ\x90\x00" + b"\x00" * 100, FileKind.DOCUMENT, public.FileWrongType),
        (b"PK\x03\x04" + b"\x00" * 100, FileKind.CREDENTIAL, public.FileWrongType),
        (b"GIF89a" + b"\x00" * 100, FileKind.AVATAR, public.FileWrongType),
        (PDF, FileKind.AVATAR, public.FileWrongType),
        (b"\xff\xd8\xff\xe0" + b"\x00" * 200, FileKind.AVATAR, public.FileUnreadable),
        (picture()[:2000], FileKind.AVATAR, public.FileUnreadable),
        (b"\x89PNG\r\n\x1a\n" + b"junk" * 50, FileKind.SIGNATURE, public.FileUnreadable),
        (b"%PDF-1.7 cut off", FileKind.DOCUMENT, public.FileUnreadable),
        (PDF.replace(b"/Catalog", b"/OpenAction<</JavaScript(x)>>"), FileKind.DOCUMENT, public.PdfActive),
        (PDF.replace(b"/Catalog", b"/OpenAction<</S/Launch>>"), FileKind.CREDENTIAL, public.PdfActive),
    ],
)  # fmt: skip
def test_what_does_not_belong_is_refused_and_nothing_is_kept(content, kind, refusal, home):
    with pytest.raises(refusal) as refused:
        keep(content, kind=kind, name="innocent.jpg")
    assert "%(" not in str(refused.value)
    assert not StoredFile.objects.exists()
    assert on_disk(home) == []


@pytest.mark.django_db
def test_name_and_declared_type_do_not_decide():
    row = keep(picture("PNG"), name="holiday.jpg")
    assert row.content_type == "image/png"
    assert row.name == "holiday.png"


@pytest.mark.django_db
def test_too_big_is_refused_before_it_is_read_whole(home):
    class Endless(io.RawIOBase):
        asked = 0

        def read(self, size: int = -1) -> bytes:
            assert size > 0
            self.asked += size
            return b"\xff\xd8\xff" + b"\x00" * (size - 3)

    stream = Endless()
    with pytest.raises(public.FileTooBig) as refused:
        public.store(stream, kind=FileKind.SIGNATURE, by=SYSTEM, at=NOON)
    assert stream.asked == MB + 1
    assert "1 MB" in str(refused.value)
    assert on_disk(home) == []


def bomb(side: int) -> bytes:
    """A PNG of a few kB that claims `side` × `side` pixels."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b"\0" * 9999))
        + chunk(b"IEND", b"")
    )


@pytest.mark.django_db
@pytest.mark.parametrize("side", [8000, 20000, 60000])
def test_decompression_bomb_is_refused_before_a_pixel_of_it_is_unpacked(side, home, monkeypatch):
    unpacked = []
    monkeypatch.setattr(ImageFile.ImageFile, "load", lambda self: unpacked.append(self.size))
    with pytest.raises(public.PictureTooLarge):
        keep(bomb(side), name="a.png")
    assert unpacked == []
    assert on_disk(home) == []


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd", "etc passwd.pdf"),
        ("C:\\temp\\证书.PDF", "C temp 证书.pdf"),
        ("a\r\nSet-Cookie: x=1.pdf", "a Set-Cookie x=1.pdf"),
        ("evil\u202efdp.exe", "evil fdp.pdf"),
        ("", "file.pdf"),
        (".pdf", "pdf.pdf"),
        ("长" * 300 + ".pdf", "长" * 80 + ".pdf"),
    ],
)
def test_names_are_made_safe(given, kept):
    assert rules.safe_name(given, Format.PDF) == kept


@pytest.mark.django_db
def test_bytes_on_disk_are_sealed_and_tampering_is_found_out(home):
    row = keep(picture())
    (path,) = on_disk(home)
    assert path.name == row.sha256
    assert path.parent.name == row.sha256[2:4]
    raw = path.read_bytes()
    assert b"JFIF" not in raw
    path.write_bytes(raw[:-1] + bytes([raw[-1] ^ 1]))
    with pytest.raises(Tampered):
        public.content(row)


@pytest.mark.django_db
def test_same_content_is_kept_once(home):
    first, second = keep(picture()), keep(picture())
    assert first.id != second.id
    assert first.sha256 == second.sha256
    assert len(on_disk(home)) == 1


@pytest.mark.django_db
def test_leftovers_of_a_rolled_back_transaction_are_swept(home):
    with pytest.raises(RuntimeError), transaction.atomic():
        keep(picture(size=(10, 10)))
        raise RuntimeError
    kept = keep(picture())
    assert len(on_disk(home)) == 2
    wall = time.time()
    assert actions.sweep(by=SYSTEM, at=datetime.fromtimestamp(wall, UTC)) == 0
    assert actions.sweep(by=SYSTEM, at=datetime.fromtimestamp(wall, UTC) + timedelta(days=2)) == 1
    assert [path.name for path in on_disk(home)] == [kept.sha256]


# ── giving out ───────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.django_db
def test_viewer_gets_the_file_with_safe_headers(chen_jing, django_assert_num_queries):
    viewer = chen_jing.actor
    row = keep(picture(), by=viewer, name="厨房.jpg")
    with django_assert_num_queries(0):
        url = public.url_for(row, viewer)
    answer = signed_in(chen_jing.person).get(url)
    assert answer.status_code == 200
    assert answer.content == public.content(row)
    assert answer["Content-Type"] == "image/jpeg"
    assert answer["Content-Disposition"] == "inline; filename*=UTF-8''%E5%8E%A8%E6%88%BF.jpg"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert "default-src 'none'" in answer["Content-Security-Policy"]
    assert answer["Cache-Control"].startswith("private")


@pytest.mark.django_db
def test_another_persons_address_is_worth_nothing(chen_jing, stranger, client):
    row = keep(picture(), by=chen_jing.actor)
    url = public.url_for(row, chen_jing.actor)
    assert signed_in(stranger.person).get(url).status_code == 404
    assert client.get(url).status_code == 404


@pytest.mark.django_db
def test_public_file_is_seen_by_everybody(chen_jing, client):
    row = keep(picture())
    url = public.url_for(row, ANONYMOUS)
    assert client.get(url).status_code == 200
    assert signed_in(chen_jing.person).get(url).status_code == 200


@pytest.mark.django_db
def test_address_runs_out(chen_jing, client):
    row = keep(picture())
    with time_machine.travel("2026-03-18T02:00:00Z", tick=False) as clock:
        url = public.url_for(row, ANONYMOUS)
        clock.shift(10 * 60)
        assert client.get(url).status_code == 200
        clock.shift(10 * 60 + 1)
        assert client.get(url).status_code == 404


@pytest.mark.django_db
def test_address_is_the_same_for_ten_minutes_so_that_caches_are_of_use():
    file_id = uuid4()
    with time_machine.travel("2026-03-18T02:00:00Z", tick=False) as clock:
        first = public.url_for(file_id, ANONYMOUS)
        clock.shift(599)
        assert public.url_for(file_id, ANONYMOUS) == first
        clock.shift(2)
        assert public.url_for(file_id, ANONYMOUS) != first


@pytest.mark.django_db
def test_changed_or_borrowed_token_is_refused(client, chen_jing):
    row = keep(picture())
    url = public.url_for(row, ANONYMOUS)
    token = url.split("/")[2]
    assert client.get(f"/files/{token[:-2]}AA/").status_code == 404
    assert client.get("/files/x.y/").status_code == 404
    borrowed = sign_token("live", {"f": str(row.id), "v": "", "i": 0}, 600)
    assert client.get(f"/files/{borrowed}/").status_code == 404
    missing = public.url_for(uuid4(), ANONYMOUS)
    assert client.get(missing).status_code == 404


@pytest.mark.django_db
def test_document_is_saved_and_never_opened_inside_our_pages(chen_jing):
    row = keep(PDF, kind=FileKind.DOCUMENT, name="执照.pdf")
    answer = signed_in(chen_jing.person).get(public.url_for(row, chen_jing.actor))
    assert answer["Content-Disposition"].startswith("attachment")
    assert "sandbox" in answer["Content-Security-Policy"]
    assert "unsafe-inline" not in answer["Content-Security-Policy"]


@pytest.mark.django_db
@pytest.mark.parametrize("dest", ["script", "style", "worker", "iframe", "object", "embed"])
def test_a_file_is_neither_script_nor_style_nor_frame_of_any_page(client, dest):
    url = public.url_for(keep(picture()), ANONYMOUS)
    assert client.get(url, headers={"Sec-Fetch-Dest": dest}).status_code == 404
    assert client.get(url, headers={"Sec-Fetch-Dest": "image"}).status_code == 200


@pytest.mark.django_db
def test_missing_bytes_are_not_found_instead_of_an_error(client, home):
    row = keep(picture())
    disk.drop(row.sha256)
    assert client.get(public.url_for(row, ANONYMOUS)).status_code == 404


def test_a_disk_that_runs_full_keeps_no_half_of_an_upload(monkeypatch, home):
    def full(_descriptor):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("anxin.files.adapters.disk.os.fsync", full)

    with pytest.raises(OSError, match="No space left"):
        disk.put("ab" * 32, b"content")

    assert [path for path in home.rglob("*") if path.is_file()] == []
