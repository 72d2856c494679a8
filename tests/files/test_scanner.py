"""The virus scanner: spoken with as clamd is, before anything opens an upload; and what happens while it is away."""

from __future__ import annotations

import zlib

import pytest

from anxin.audit.models import Entry
from anxin.files import actions, public
from anxin.files.adapters import clamd
from anxin.files.adapters.clamd_simulator import EICAR, listening
from anxin.files.models import StoredFile
from anxin.files.rules import MOST_PACKED, TooPacked, active_pdf, two_faced
from anxin.files.values import FileKind, Scan
from anxin.kit.actor import ANONYMOUS, SYSTEM
from tests.cast import NOON
from tests.files.test_files import PDF, keep, on_disk, picture

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("A-7.4.3")]


@pytest.fixture(autouse=True)
def home(tmp_path, settings):
    """A disk of its own for each test."""
    settings.ANXIN_FILES = tmp_path / "files"
    return tmp_path


@pytest.fixture
def scanner(settings):
    with listening() as url:
        settings.ANXIN_SCANNER_URL = url
        yield url


@pytest.fixture
def away(settings):
    """A scanner whose address nobody answers."""
    settings.ANXIN_SCANNER_URL = "tcp://127.0.0.1:9"


def infected() -> bytes:
    return PDF.replace(b"%%EOF", b"%" + EICAR + b"\n%%EOF")


def test_a_clean_upload_is_kept_as_clean(scanner):
    assert keep(picture()).scan == Scan.CLEAN
    assert keep(PDF, kind=FileKind.DOCUMENT).scan == Scan.CLEAN


def test_an_infected_upload_is_refused_and_nothing_is_kept(scanner, home):
    with pytest.raises(public.FileInfected):
        keep(infected(), kind=FileKind.DOCUMENT)
    # Found in the picture as it came, although writing it anew would have left the virus behind.
    with pytest.raises(public.FileInfected):
        keep(picture() + EICAR)
    assert not StoredFile.objects.exists()
    assert on_disk(home) == []


def test_a_file_of_many_pieces_is_scanned_whole(scanner):
    assert clamd.scan(b"\0" * 300_000) == ""
    assert clamd.scan(b"\0" * 300_000 + EICAR) == "Eicar-Test-Signature"


def test_while_the_scanner_is_away_uploads_are_refused(away, home):
    with pytest.raises(public.ScannerAway) as refused:
        keep(picture())
    assert refused.value.status == 503
    assert on_disk(home) == []


def test_or_kept_and_given_to_nobody_before_it_has_looked(away, settings, client):
    settings.ANXIN_SCANNER_DOWN = "hold"
    clean, bad = keep(picture()), keep(infected(), kind=FileKind.DOCUMENT)
    assert {clean.scan, bad.scan} == {Scan.WAITING}
    assert client.get(public.url_for(clean, ANONYMOUS)).status_code == 409
    assert actions.scan_waiting(by=SYSTEM, at=NOON) == 0
    with listening() as url:
        settings.ANXIN_SCANNER_URL = url
        assert actions.scan_waiting(by=SYSTEM, at=NOON) == 2
        assert actions.scan_waiting(by=SYSTEM, at=NOON) == 0
    assert client.get(public.url_for(clean, ANONYMOUS)).status_code == 200
    assert client.get(public.url_for(bad, ANONYMOUS)).status_code == 404
    assert Entry.objects.get(action="files.infected").subject_id == str(bad.pk)


def test_without_a_scanner_nothing_is_scanned():
    assert keep(picture()).scan == Scan.NONE


def test_an_answer_that_is_none_of_its_own_is_no_verdict(settings):
    import socketserver
    import threading

    class Odd(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            self.request.recv(10)
            self.request.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n\0")

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Odd) as server:
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        settings.ANXIN_SCANNER_URL = f"tcp://127.0.0.1:{server.server_address[1]}"
        with pytest.raises(clamd.ScannerDown):
            clamd.scan(b"x")
        server.shutdown()


# ── papers that act, or are two things at once ───────────────────────────────────────────────────────
def packed(objects: bytes) -> bytes:
    body = zlib.compress(objects)
    return (
        b"%PDF-1.7\n1 0 obj<</Type/ObjStm/Filter/FlateDecode/N 1>>stream\n" + body + b"\nendstream\n%%EOF\n"
    )


@pytest.mark.parametrize(
    "content",
    [
        PDF.replace(b"/Catalog", b"/OpenAction<</S/J#61vaScript/J#53(x)>>"),
        PDF.replace(b"/Catalog", b"/AcroForm<</XFA 3 0 R>>"),
        PDF.replace(b"/Catalog", b"/A<</S/SubmitForm/F(http://x)>>"),
        packed(b"<</S/JavaScript/JS(app.alert(1))>>"),
    ],
    ids=["escaped names", "XFA", "a form that sends", "packed objects"],
)
def test_a_paper_that_acts_is_refused_however_it_is_written(content):
    assert active_pdf(content)
    with pytest.raises(public.PdfActive):
        keep(content, kind=FileKind.DOCUMENT)


def test_a_quiet_paper_with_packed_objects_is_kept():
    assert (
        keep(packed(b"<</Type/Page/Title(JS Bach)>>"), kind=FileKind.DOCUMENT).content_type
        == "application/pdf"
    )


def test_a_paper_packed_without_measure_is_refused():
    with pytest.raises(TooPacked):
        active_pdf(packed(b"\0" * (MOST_PACKED + 1)))


@pytest.mark.parametrize(
    "tail", [b"PK\x03\x04zip PK\x05\x06" + b"\0" * 18, b"<html><script>1</script>", b"MZ\x90", b"x" * 100]
)
def test_a_paper_that_is_something_else_as_well_is_refused(tail):
    assert two_faced(PDF + tail)
    with pytest.raises(public.PdfActive):
        keep(PDF + tail, kind=FileKind.DOCUMENT)
