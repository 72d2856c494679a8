"""Uploads that resume: the tus protocol as a client speaks it, and the form that takes the finished file over."""

from __future__ import annotations

import base64
import hashlib
import time
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django import forms
from django.http import QueryDict
from django.test import Client
from django.utils.datastructures import MultiValueDict

from anxin.files import actions, public
from anxin.files.models import StoredFile
from anxin.files.values import MB, FileKind
from anxin.kit.errors import NotFound, Refusal
from anxin.kit.forms import Resumed, UploadField
from tests.cast import signed_in
from tests.files.test_files import PDF, picture

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("A-7.4.3")]


@pytest.fixture(autouse=True)
def home(tmp_path, settings):
    """A disk of its own for each test."""
    settings.ANXIN_FILES = tmp_path / "files"
    return tmp_path


@pytest.fixture
def mine(chen_jing) -> Client:
    return signed_in(chen_jing.person)


def ask(client: Client, method: str, path: str, content: bytes = b"", **headers: str) -> Any:
    named = {"Tus-Resumable": "1.0.0"} | {name.replace("_", "-"): value for name, value in headers.items()}
    return client.generic(
        method,
        path,
        content,
        "application/offset+octet-stream",
        headers={k: v for k, v in named.items() if v},
    )


def begin(client: Client, length: int, kind: str = "document", name: str = "执照.jpg") -> Any:
    told = ",".join(
        f"{key} {base64.b64encode(value.encode()).decode()}"
        for key, value in (("filename", name), ("kind", kind))
    )
    return ask(client, "POST", "/uploads/", Upload_Length=str(length), Upload_Metadata=told)


def number_of(path: str) -> UUID:
    return UUID(path.split("/")[2])


def parts_on_disk(home) -> list[str]:
    return sorted(path.name for path in (home / "files" / "uploads").glob("*/*.part"))


def test_what_the_protocol_can_do_is_told(mine):
    told = mine.options("/uploads/")
    assert told.status_code == 204
    assert told["Tus-Version"] == "1.0.0"
    assert set(told["Tus-Extension"].split(",")) == {"creation", "expiration", "checksum", "termination"}


def test_an_upload_goes_on_where_it_broke_off_and_the_form_takes_it_over(mine, chen_jing, home):
    content = picture(size=(800, 600))
    path = begin(mine, len(content))["Location"]
    half = len(content) // 2
    first = ask(mine, "PATCH", path, content[:half], Upload_Offset="0")
    assert (first.status_code, first["Upload-Offset"]) == (204, str(half))
    asked = ask(mine, "HEAD", path)
    assert (asked["Upload-Offset"], asked["Upload-Length"]) == (str(half), str(len(content)))
    assert asked["Cache-Control"] == "no-store" and asked["Upload-Expires"]
    digest = base64.b64encode(hashlib.sha256(content[half:]).digest()).decode()
    rest = ask(
        mine, "PATCH", path, content[half:], Upload_Offset=str(half), Upload_Checksum=f"sha256 {digest}"
    )
    assert rest["Upload-Offset"] == str(len(content))
    assert all(content[:64] not in file.read_bytes() for file in (home / "files").rglob("*.part"))

    row = public.store(
        Resumed(number_of(path)), kind=FileKind.DOCUMENT, by=chen_jing.actor, at=datetime.now(UTC)
    )
    assert (row.content_type, row.name, row.width) == ("image/jpeg", "执照.jpg", 800)


@pytest.mark.django_db(transaction=True)
def test_its_parts_go_when_the_file_is_kept(mine, chen_jing, home):
    path = begin(mine, len(PDF), name="执照.pdf")["Location"]
    ask(mine, "PATCH", path, PDF, Upload_Offset="0")
    assert parts_on_disk(home) == ["000000000000.part"]
    resumed = Resumed(number_of(path))
    public.store(resumed, kind=FileKind.DOCUMENT, by=chen_jing.actor, at=datetime.now(UTC))
    assert parts_on_disk(home) == []
    with pytest.raises(NotFound):
        public.store(resumed, kind=FileKind.DOCUMENT, by=chen_jing.actor, at=datetime.now(UTC))
    StoredFile.objects.all().delete()


@pytest.mark.parametrize(
    ("content", "headers", "status"),
    [
        (b"x", {"Upload_Offset": "5"}, 409),
        (b"x", {"Upload_Offset": "-1"}, 422),
        (b"x", {}, 422),
        (PDF, {"Upload_Offset": "0", "Upload_Checksum": "sha1 AAAA"}, 460),
        (PDF, {"Upload_Offset": "0", "Upload_Checksum": "md5 AAAA"}, 422),
        (PDF + b"more", {"Upload_Offset": "0"}, 413),
        (b"<html>" + PDF[6:], {"Upload_Offset": "0"}, 415),
        (PDF, {"Upload_Offset": "0", "Tus_Resumable": "0.2.2"}, 412),
        (PDF, {"Upload_Offset": "0", "Tus_Resumable": ""}, 400),
    ],
)
def test_a_part_that_does_not_fit_is_refused_and_not_kept(mine, home, content, headers, status):
    path = begin(mine, len(PDF))["Location"]
    answer = ask(mine, "PATCH", path, content, **headers)
    assert answer.status_code == status
    assert answer["Tus-Resumable"] == "1.0.0"
    assert parts_on_disk(home) == []


def test_a_part_of_another_content_type_is_refused(mine):
    path = begin(mine, len(PDF))["Location"]
    assert mine.patch(path, PDF, "text/plain", headers={"Tus-Resumable": "1.0.0"}).status_code == 415


@pytest.mark.parametrize(
    ("length", "kind", "status"),
    [(21 * MB, "document", 413), (0, "document", 422), (5, "contract", 422), (5, "nonsense", 422)],
)
def test_what_could_not_be_kept_is_not_begun(mine, home, length, kind, status):
    assert begin(mine, length, kind).status_code == status
    assert list((home / "files").rglob("state")) == []


def test_nobody_else_sees_continues_takes_or_removes_it(mine, stranger, home):
    path = begin(mine, len(PDF))["Location"]
    other = signed_in(stranger.person)
    for method in ("HEAD", "PATCH", "DELETE"):
        assert ask(other, method, path, PDF, Upload_Offset="0").status_code == 404
    with pytest.raises(NotFound):
        public.store(
            Resumed(number_of(path)), kind=FileKind.DOCUMENT, by=stranger.actor, at=datetime.now(UTC)
        )
    assert ask(Client(), "HEAD", path).status_code == 302
    assert ask(mine, "HEAD", path).status_code == 200


def test_an_unfinished_upload_or_one_of_another_kind_is_not_taken_over(mine, chen_jing):
    path = begin(mine, len(PDF))["Location"]
    ask(mine, "PATCH", path, PDF[:20], Upload_Offset="0")
    for kind, code in ((FileKind.DOCUMENT, "upload_unfinished"), (FileKind.CREDENTIAL, "not_found")):
        with pytest.raises(Refusal) as refused:
            public.store(Resumed(number_of(path)), kind=kind, by=chen_jing.actor, at=datetime.now(UTC))
        assert refused.value.code == code
    assert not StoredFile.objects.exists()


def test_it_is_given_up_or_forgotten_after_a_day(mine, home):
    first, second = (begin(mine, len(PDF))["Location"] for _ in range(2))
    assert ask(mine, "DELETE", first).status_code == 204
    assert ask(mine, "HEAD", first).status_code == 404
    later = datetime.fromtimestamp(time.time(), UTC) + timedelta(hours=25)
    actions.sweep(by=None, at=datetime.now(UTC))
    assert ask(mine, "HEAD", second).status_code == 200
    actions.sweep(by=None, at=later)
    assert ask(mine, "HEAD", second).status_code == 404
    assert list((home / "files" / "uploads").glob("*")) == []


def test_there_is_an_end_to_how_many_are_begun(mine):
    assert [begin(mine, 10).status_code for _ in range(21)] == [201] * 20 + [429]


def test_a_forged_request_begins_nothing(chen_jing):
    strict = signed_in(chen_jing.person, enforce_csrf_checks=True)
    assert begin(strict, 10).status_code == 403


class Papers(forms.Form):
    file = UploadField(kind="document")


def test_the_field_takes_a_file_or_the_number_of_an_upload():
    number = uuid4()
    form = Papers(QueryDict(f"file-upload={number}"), MultiValueDict())
    assert form.is_valid() and form.cleaned_data["file"] == Resumed(number)
    assert not Papers(QueryDict("file-upload=nonsense"), MultiValueDict()).is_valid()
    assert not Papers(QueryDict(""), MultiValueDict()).is_valid()
    assert 'data-resume="/uploads/"' in str(form["file"])
