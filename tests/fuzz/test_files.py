"""What people upload: whatever the bytes are, they are told what is wrong with them, soon; and what is kept is what
it says it is."""

from __future__ import annotations

import base64
import io
import time
import zlib
from datetime import timedelta
from functools import cache

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from PIL import Image

from anxin.contracts.engine import verify
from anxin.contracts.engine.text import TextError, read
from anxin.files.actions import uploads
from anxin.files.actions.uploads import UploadDamaged, UploadUnknown
from anxin.files.adapters.images import TooManyPixels, Unreadable, rewrite
from anxin.files.pages import _metadata
from anxin.files.rules import TooPacked, active_pdf, safe_name, sniff, two_faced
from anxin.files.values import SUFFIX, Format
from anxin.kit import ink
from tests.cast import NOON
from tests.contracts.material import TEXTS, drawn, signed
from tests.fuzz.register import examples, fuzzes
from tests.stage import picture

KINDS = [Format.JPEG, Format.PNG, Format.WEBP]


@st.composite
def broken(draw: st.DrawFn, *whole: bytes) -> bytes:
    """Bytes of any kind, or a real file with a few bytes changed, cut out, put in or repeated."""
    if draw(st.integers(0, 4)) == 0:
        return draw(st.sampled_from([one[:12] for one in whole])) + draw(st.binary(max_size=300))
    data = bytearray(draw(st.sampled_from(whole)))
    for _ in range(draw(st.integers(0, 4))):
        at = draw(st.integers(0, max(len(data) - 1, 0)))
        length = draw(st.sampled_from([0, 1, 2, 4, 16, len(data)]))
        data[at : at + length] = draw(st.one_of(st.binary(max_size=8), st.just(bytes(data[at : at + 64]))))
    return bytes(data)


@cache
def pictures() -> tuple[bytes, ...]:
    moving = io.BytesIO()
    frames = [Image.new("P", (30, 30), n) for n in range(3)]
    frames[0].save(moving, "PNG", save_all=True, append_images=frames[1:])
    return (*(picture(kind, (40, 30)) for kind in ("PNG", "JPEG", "WEBP")), moving.getvalue())


@pytest.fixture(scope="module", autouse=True)
def made() -> None:
    """What is made once is made before any example is timed."""
    pictures()
    papers()


@fuzzes("files.adapters.images.rewrite", "files.rules.sniff")
@examples
@given(st.data())
def test_a_picture(data: st.DataObject) -> None:
    content = data.draw(broken(*pictures()))
    found = sniff(content)
    kind = found if found in KINDS else data.draw(st.sampled_from(KINDS))
    try:
        made = rewrite(content, kind, data.draw(st.sampled_from([0, 16, 2000])))
    except (Unreadable, TooManyPixels):
        return
    assert sniff(made.content) is kind
    again = rewrite(made.content, kind, 0)
    assert (again.width, again.height) == (made.width, made.height)
    with Image.open(io.BytesIO(made.content)) as image:
        assert not image.getexif()
        assert getattr(image, "n_frames", 1) == 1


@fuzzes("files.rules.safe_name")
@examples
@given(st.text(max_size=300), st.sampled_from(list(Format)))
@example("../../etc/passwd", Format.PDF)
@example("a\u202egnp.exe", Format.PNG)
def test_a_files_name(given_name: str, kind: Format) -> None:
    name = safe_name(given_name, kind)
    assert name.endswith(SUFFIX[kind])
    assert 0 < len(name) <= 90
    assert not set(name) & set('\\/:*?"<>|;\0\r\n\t\u202e\u2066')
    assert not name.startswith((".", " "))
    assert safe_name(name, kind) == name


@cache
def contract() -> tuple[bytes, bytes]:
    """Root certificate, and a contract that both sides have signed."""
    root, _first, whole = signed(NOON)
    return root, whole


@cache
def papers() -> tuple[bytes, ...]:
    packed = b"%PDF-1.5\n1 0 obj<</Type/ObjStm/Length 9>>stream\n" + zlib.compress(b"<</S/Java#53cript>>")
    return contract()[1], packed + b"\nendstream endobj\n%%EOF"


@fuzzes("files.rules.active_pdf", "files.rules.two_faced")
@examples
@given(st.data())
def test_a_paper(data: st.DataObject) -> None:
    content = data.draw(broken(*papers()))
    two_faced(content)
    try:
        active = active_pdf(content)
    except TooPacked:
        return
    assert active is active_pdf(content)
    assert active_pdf(content + b"/JavaScript ")


def test_a_paper_made_to_take_for_ever_is_read_soon() -> None:
    tiny = zlib.compress(b"")
    for content in (
        b"/ObjStm " * 200_000,
        b"/ObjStm stream\n" * 100_000,
        (b"/ObjStm stream\n" + tiny) * 50_000,
        b"/ObjStm stream\n" + zlib.compress(b"\0" * 30_000_000),
        b"#4a" * 500_000,
    ):
        began = time.thread_time()
        try:
            active_pdf(b"%PDF-1.5 " + content)
        except TooPacked:
            pass
        assert time.thread_time() - began < 5


@fuzzes("contracts.engine.verify.verify", "contracts.engine.verify._canonical")
@examples
@given(st.data())
def test_a_signed_contract(data: st.DataObject) -> None:
    root, whole = contract()
    content = data.draw(broken(whole))
    found = verify.verify(content, root=root, at=NOON + timedelta(days=1))
    assert not found.sound or content == whole


@fuzzes("kit.ink.clean", "kit.ink._open")
@examples
@given(st.data())
def test_a_drawn_signature(data: st.DataObject) -> None:
    whole = base64.b64decode(drawn().removeprefix(ink.PREFIX))
    text = data.draw(
        st.one_of(
            st.text(max_size=80),
            broken(whole).map(lambda one: ink.PREFIX + base64.b64encode(one).decode()),
            st.text(max_size=40).map(lambda one: ink.PREFIX + one),
            st.just(drawn()),
        )
    )
    try:
        kept = ink.clean(text)
    except ink.NotInk:
        return
    with Image.open(io.BytesIO(kept)) as image:
        assert image.format == "PNG"
        assert image.width <= ink.SIZE[0]
        assert image.height <= ink.SIZE[1]
        assert set(image.info) == set()


def test_a_drawing_too_large_or_not_even_letters_is_refused_at_once() -> None:
    for text in (ink.PREFIX + "A" * 50_000_000, ink.PREFIX + "签名", ink.PREFIX + "\ud800", ""):
        try:
            ink.clean(text)
        except ink.NotInk:
            continue
        raise AssertionError(text[:40])


@fuzzes("contracts.engine.text.read")
@examples
@given(st.data())
def test_a_contracts_text(data: st.DataObject) -> None:
    lines = (TEXTS / "zj-default-1.1-once.txt").read_text().splitlines()
    parts = st.one_of(
        st.sampled_from(lines), st.text(max_size=40), st.sampled_from(["[要点]", "[正文]", "# ", "{", "<x>"])
    )
    source = "\n".join(data.draw(st.lists(parts, max_size=30)))
    try:
        found = read(data.draw(st.sampled_from([source, "title: 合同\n[要点]\n甲: 乙\n[正文]\n" + source])))
    except TextError:
        return
    assert found.title
    assert found.clauses


PAIRS = st.text(alphabet="filenamtyp ,;=+/QUJD\u00e9", max_size=60)


@fuzzes("files.pages._metadata")
@examples
@given(text=PAIRS)
@example(text="filename YS5wbmc=,type aW1hZ2UvcG5n")
@example(text="filename /w==")
def test_the_labels_of_a_large_upload_are_read_or_refused(text: str) -> None:
    try:
        found = _metadata(text)
    except UploadUnknown:
        return
    assert all(isinstance(name, str) and isinstance(value, str) for name, value in found.items())


@fuzzes("files.actions.uploads._check")
@examples
@given(content=st.binary(max_size=40), checksum=PAIRS)
@example(content=b"", checksum="sha256 47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=")
@example(content=b"x", checksum="sha256 47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=")
def test_a_part_passes_only_with_its_own_checksum(content: bytes, checksum: str) -> None:
    try:
        uploads._check(content, checksum)
    except (UploadUnknown, UploadDamaged):
        return
    assert not checksum or content == b""
