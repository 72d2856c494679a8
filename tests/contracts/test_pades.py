"""Two signatures in one PDF: valid to independent readers, and any later change shows."""

from __future__ import annotations

import io
import random
import shutil
import subprocess
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfReadError
from pyhanko.pdf_utils.writer import PageObject

from anxin.contracts.engine import certificates, mended
from anxin.contracts.engine import verify as checker
from anxin.contracts.engine.certificates import LABEL
from anxin.contracts.engine.verify import verify
from tests import thorough
from tests.cast import NOON
from tests.contracts.material import AGENCY, RARE, signed

LATER = NOON + timedelta(days=30)


def test_both_signatures_are_sound_and_say_who_and_when() -> None:
    root, first, second = signed(NOON)
    assert verify(first, root=root, at=LATER).sound
    found = verify(second, root=root, at=LATER)
    assert found.sound
    assert [(s.field, s.signer, s.signed_at) for s in found.signatures] == [
        ("customer", "王䶮", NOON),
        ("agency", AGENCY, NOON),
    ]
    assert all(s.stamped for s in found.signatures)


@pytest.mark.parametrize("name", ["曾𬱖", "王鿏", "李𱁬", "赵" + chr(0x2EBF0)])
def test_a_name_with_a_character_that_was_added_lately_is_trusted_like_any_other(name: str) -> None:
    root, first, second = signed(NOON, signer=name)
    assert verify(first, root=root, at=LATER).sound
    found = verify(second, root=root, at=LATER)
    assert found.sound and found.signatures[0].signer == name


@given(
    st.lists(st.sampled_from([b"<", b">", b" ", b"\n", b"%", b"0", b"aF", b"FEFF738B", b"g"]), max_size=12),
    st.sampled_from([1, 2, 5, mended.CHUNK]),
)
def test_strings_of_digits_are_read_as_the_library_reads_them(parts: list[bytes], chunk: int) -> None:
    def read(reader: Any) -> tuple[Any, int]:
        stream = io.BytesIO(b"<" + b"".join(parts))
        try:
            return reader(stream), stream.tell()
        except PdfReadError as error:
            return str(error), 0

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(mended, "CHUNK", chunk)
        assert read(mended.read_hex_string) == read(mended._read_slowly)


@pytest.mark.requirement("B-7.3.2")
@pytest.mark.skipif(shutil.which("pdfsig") is None, reason="poppler-utils is not installed (pdfsig)")
def test_pdfsig_calls_both_valid_and_finds_a_changed_byte(tmp_path: Path) -> None:
    _, _, second = signed(NOON, worker__name=RARE)
    file = tmp_path / "signed.pdf"

    def pdfsig(data: bytes) -> str:
        file.write_bytes(data)
        ran = subprocess.run(["pdfsig", "-nocert", str(file)], capture_output=True, cwd=tmp_path, check=False)
        return ran.stdout.decode()

    whole = pdfsig(second)
    assert whole.count("Signature is Valid.") == 2
    assert whole.count("ETSI.CAdES.detached") == 2
    assert "Total document signed" in whole.rpartition("Signature #2")[2]
    changed = bytearray(second)
    changed[len(second) // 4] ^= 1
    assert "Signature is Valid." not in pdfsig(bytes(changed))


@pytest.mark.requirement("B-7.3.2")
def test_a_changed_byte_anywhere_is_found_out() -> None:
    root, _, second = signed(NOON)
    spread = random.Random(7)
    # The signatures' own rooms are left to the registered hash: a few bytes of a CMS frame are covered by nobody.
    places = [
        p for p in spread.sample(range(len(second)), thorough.examples(32)) if not 0.85 * len(second) < p
    ]
    for place in places:
        changed = bytearray(second)
        changed[place] ^= 1
        assert not verify(bytes(changed), root=root, at=LATER).sound, place


@pytest.mark.requirement("B-7.3.2")
def test_an_added_page_is_found_out() -> None:
    root, _, second = signed(NOON)
    writer = IncrementalPdfFileWriter(io.BytesIO(second))
    contents = writer.add_object(generic.StreamObject(stream_data=b"q Q"))
    writer.insert_page(PageObject(contents=contents, media_box=(0, 0, 595, 842)))
    out = io.BytesIO()
    writer.write(out)
    found = verify(out.getvalue(), root=root, at=LATER)
    assert not found.sound
    assert "添加了内容" in found.problem


@pytest.mark.requirement("B-7.3.2")
@pytest.mark.parametrize("what", ["/StructElem", "/Page"])
def test_a_changed_tag_or_page_under_the_first_signature_is_found_out(what: str) -> None:
    root, first, _ = signed(NOON)
    writer = IncrementalPdfFileWriter(io.BytesIO(first))
    pages_or_tags = (
        found
        for ref in writer.prev.xrefs.explicit_refs_in_revision(0)
        if isinstance(found := writer.get_object(ref), generic.DictionaryObject)
        and found.get("/Type") == what
    )
    changed = next(pages_or_tags)
    changed["/Lang"] = generic.TextStringObject("en")
    writer.update_container(changed)
    out = io.BytesIO()
    writer.write(out)
    (found,) = verify(out.getvalue(), root=root, at=LATER).signatures
    assert found.intact and not found.allowed


def test_to_check_a_document_its_tags_are_not_read() -> None:
    """They are most of its objects, and reading them took most of the time."""
    root, _, second = signed(NOON)
    read: list[int] = []

    class Counting(checker._Reader):
        def _read_object(self, ref: generic.Reference, *args: object, **kwargs: object) -> object:
            read.append(ref.idnum)
            return super()._read_object(ref, *args, **kwargs)  # type: ignore[no-untyped-call]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(checker, "_Reader", Counting)
        assert verify(second, root=root, at=LATER).sound
    assert 0 < len(read) < 0.5 * checker._Reader(second).trailer["/Size"]


def test_bytes_after_the_end_are_found_out() -> None:
    root, _, second = signed(NOON)
    assert not verify(second + b"\n", root=root, at=LATER).sound


def test_the_file_cut_back_to_the_first_signature_is_not_passed_off_as_both() -> None:
    root, first, _ = signed(NOON)
    assert [s.field for s in verify(first, root=root, at=LATER).signatures] == ["customer"]


def test_a_signature_under_somebody_elses_root_is_not_trusted() -> None:
    _, _, second = signed(NOON)
    other = certificates.make_root(NOON)
    found = verify(second, root=other.certificate, at=LATER)
    assert not found.sound
    assert all(s.intact and not s.trusted for s in found.signatures)


@pytest.mark.parametrize("data", [b"", b"hello", b"%PDF-1.7\n", b"%PDF-1.7\n" + bytes(range(256)) * 40])
def test_a_file_that_is_no_contract_is_told_in_words(data: bytes) -> None:
    root, _, _ = signed(NOON)
    found = verify(data, root=root, at=LATER)
    assert not found.sound
    assert found.problem


def test_every_certificate_says_that_the_authority_is_the_platforms_own() -> None:
    from cryptography import x509

    root = certificates.make_root(NOON)
    act = certificates.issue(root, certificates.Subject("王䶮", "P-1"), certificates.Use.ACT, NOON)
    found = x509.load_der_x509_certificate(act.certificate)
    assert LABEL in found.issuer.rfc4514_string()
    policies = found.extensions.get_extension_for_class(x509.CertificatePolicies).value
    notice = policies[0].policy_qualifiers[0]
    assert isinstance(notice, x509.UserNotice)
    assert notice.explicit_text == LABEL


def test_a_long_name_is_cut_in_the_common_name_and_whole_in_the_organisation() -> None:
    from cryptography import x509

    name = "杭州市临安区锦城街道好邻居家政服务部（个体工商户）"
    root = certificates.make_root(NOON)
    made = certificates.issue(root, certificates.Subject(name, "X", name), certificates.Use.SEAL, NOON)
    subject = x509.load_der_x509_certificate(made.certificate).subject
    assert len(subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)[0].value.encode()) <= 64
    assert subject.get_attributes_for_oid(x509.NameOID.ORGANIZATION_NAME)[0].value == name
