"""A worker puts their own picture on the card: judged by content, without the place where it was taken."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from anxin.accounts.models import Person
from anxin.files import public as files
from anxin.files.models import StoredFile
from tests.cast import signed_in
from tests.workers.world import NOW, World

PAGE = "/worker/photo/"


@pytest.fixture(autouse=True)
def _noon(tmp_path: Path, settings: Any) -> Any:
    settings.ANXIN_FILES = tmp_path / "files"
    with time_machine.travel(NOW, tick=False):
        yield


def of(world: World) -> Client:
    return signed_in(Person.objects.get(pk=world.worker.person_id))


def portrait(*, place: bool = False) -> bytes:
    out, exif = io.BytesIO(), Image.Exif()
    if place:
        exif[0x010F] = "SecretPhone"
        exif.get_ifd(0x8825)[2] = (30.0, 14.0, 8.0)
    Image.new("RGB", (900, 1200), (180, 150, 130)).save(out, "JPEG", exif=exif)
    return out.getvalue()


def send(client: Client, content: bytes, name: str = "me.jpg") -> Any:
    return client.post(PAGE, {"photo": SimpleUploadedFile(name, content)})


def test_the_picture_stands_on_the_card_without_the_place_it_was_taken(world: World) -> None:
    mine = of(world)
    assert "还没有照片" in mine.get(PAGE).content.decode()
    sent = send(mine, portrait(place=True))
    assert (sent.status_code, sent.headers["Location"]) == (303, PAGE)
    world.worker.refresh_from_db()
    assert world.worker.photo_id
    kept = files.content(StoredFile.objects.get(pk=world.worker.photo_id))
    assert b"SecretPhone" not in kept
    with Image.open(io.BytesIO(kept)) as picture:
        assert not picture.getexif()
        assert max(picture.size) == 640
    assert "我现在的照片" in mine.get(PAGE).content.decode()
    card = Client().get(f"/workers/{world.worker.number}/").content.decode()
    address = card.split('alt="服务员照片"')[0].rpartition('src="')[2].split('"')[0]
    assert Client().get(address).status_code == 200


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7 not a picture", b"<svg onload=alert(1)>"])
def test_what_is_no_picture_is_refused_and_nothing_changes(world: World, content: bytes) -> None:
    mine = of(world)
    send(mine, portrait())
    world.worker.refresh_from_db()
    before, kept = world.worker.photo_id, StoredFile.objects.count()
    refused = send(mine, content, "me.jpg")
    assert refused.status_code in {400, 413, 415, 422}
    assert "ax-error" in refused.content.decode()
    world.worker.refresh_from_db()
    assert (world.worker.photo_id, StoredFile.objects.count()) == (before, kept)


def test_the_picture_can_be_taken_off_again(world: World) -> None:
    mine = of(world)
    send(mine, portrait())
    assert mine.post("/worker/photo/removal/").status_code == 303
    world.worker.refresh_from_db()
    assert world.worker.photo_id is None


def test_only_a_worker_has_a_picture_to_put_up(world: World) -> None:
    other = signed_in(Person.objects.get(pk=world.stranger.person_id))
    assert other.get(PAGE).status_code == 404
    assert send(other, portrait()).status_code == 404
    assert not StoredFile.objects.exists()
    assert Client().get(PAGE).status_code == 302
