"""The match of person and card (F-3): consent first; result, score, time and provider stay, the picture nowhere."""

from __future__ import annotations

import base64
import io
import tempfile
from pathlib import Path

import pytest
from django.conf import settings as conf
from django.db import connection
from PIL import Image

from anxin.accounts.public import ConsentNeeded, ConsentOfAnother
from anxin.accounts.values import Purpose
from anxin.kit.errors import Refusal
from anxin.safetycode import actions
from anxin.safetycode import public as safetycode
from anxin.safetycode.engine import shapes
from anxin.safetycode.models import FaceMatch
from anxin.safetycode.queries import checks as queries
from anxin.safetycode.values.checks import FaceResult
from tests.cast import NOON
from tests.safetycode.exam_world import agree

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("F-3")]


@pytest.fixture
def worker(stage):
    agree(stage.people[0].person, Purpose.FACE)
    return stage.workers[0]


def own(worker):
    return shapes.drawn(worker.person.id_number)


def match(stage, worker, picture, **more):
    return safetycode.match_face(
        worker_id=worker.pk, picture=picture, **{"by": stage.worker, "at": NOON, **more}
    )


def test_the_same_face_matches_and_what_was_found_is_kept(simulators, stage, worker):
    row = match(stage, worker, own(worker))
    assert (row.result, row.score, row.provider) == ("match", 100, "face-simulator")
    assert row.request_id and row.at == NOON
    assert safetycode.face_of(worker.pk).result is FaceResult.MATCH


def test_another_face_does_not(simulators, stage, worker):
    row = match(stage, worker, shapes.drawn("somebody else"))
    assert row.result == "mismatch" and row.score < 80


def test_a_photograph_at_another_size_and_in_jpeg_is_still_the_same(simulators, stage, worker):
    data = io.BytesIO()
    with Image.open(io.BytesIO(own(worker))) as image:
        image.resize((1031, 977)).save(data, "JPEG", quality=60)
    assert match(stage, worker, data.getvalue()).result == "match"


def test_what_shows_nothing_is_told_as_such(simulators, stage, worker):
    assert match(stage, worker, b"\x89PNG\r\n\x1a\nbroken").result == "unreadable"
    for picture in (b"", b"GIF89a", b"\xff\xd8\xff" + bytes(8 * 1024 * 1024)):
        with pytest.raises(actions.PictureUnfit):
            match(stage, worker, picture)
    assert FaceMatch.objects.count() == 1


def test_without_separate_consent_no_picture_leaves_the_house(stage, monkeypatch):
    monkeypatch.setattr(actions.faces.face, "compare", lambda **_: pytest.fail("asked the provider"))
    worker = stage.workers[0]
    with pytest.raises(ConsentNeeded):
        match(stage, worker, own(worker))
    with pytest.raises(ConsentOfAnother):
        match(stage, worker, own(worker), by=stage.head.actor)
    agree(stage.people[0].person, Purpose.HEALTH, Purpose.BACKGROUND)
    with pytest.raises(ConsentNeeded):
        match(stage, worker, own(worker))
    assert not FaceMatch.objects.exists()


def test_while_the_provider_is_down_that_is_kept_and_told(simulators, stage, worker, settings):
    settings.ANXIN_FACE_URL = f"{simulators}/nowhere"
    with pytest.raises(actions.FaceUnavailable):
        match(stage, worker, own(worker))
    assert FaceMatch.objects.get().result == "unavailable"
    assert safetycode.face_of(worker.pk) is None


def test_five_a_day_and_no_more(simulators, stage, worker):
    for _ in range(5):
        match(stage, worker, shapes.drawn("x"))
    with pytest.raises(actions.FacesTooOften):
        match(stage, worker, own(worker))


def test_the_agency_compares_with_the_worker_before_it_and_others_do_not(simulators, stage, worker, stranger):
    assert match(stage, worker, own(worker), by=stage.head.actor).result == "match"
    for member in (stage.rival, stranger, stage.customer):
        with pytest.raises(Refusal):
            match(stage, worker, own(worker), by=member.actor)
        assert queries.faces(member.actor, worker.pk) == []
    assert len(queries.faces(stage.head.actor, worker.pk)) == 1


def traces(picture):
    """What bytes of a picture would look like wherever they were kept."""
    middle = picture[len(picture) // 2 :][:48]
    return [middle, base64.b64encode(picture)[40:88], middle.hex().encode(), repr(middle)[2:60].encode()]


def test_the_picture_is_in_no_row_no_file_and_no_log(
    simulators, stage, worker, caplog, capfd, tmp_path, monkeypatch
):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    caplog.set_level("DEBUG")
    noisy = Image.effect_noise((400, 400), 90).convert("RGB")
    data = io.BytesIO()
    noisy.save(data, "PNG")
    picture = data.getvalue()
    match(stage, worker, picture)
    with pytest.raises(actions.FaceUnavailable):
        conf_url = conf.ANXIN_FACE_URL
        conf.ANXIN_FACE_URL = f"{conf_url}/nowhere"
        try:
            match(stage, worker, picture)
        finally:
            conf.ANXIN_FACE_URL = conf_url
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
        )
        tables = [row[0] for row in cursor.fetchall()]
        rows = []
        for table in tables:
            cursor.execute(f'SELECT t::text FROM "{table}" t')
            rows += [row[0].encode() for row in cursor.fetchall()]
    files = [
        path.read_bytes()
        for root in (Path(conf.ANXIN_HOME), tmp_path)
        for path in root.rglob("*")
        if path.is_file()
    ]
    printed = capfd.readouterr()
    logs = [caplog.text.encode(), printed.out.encode(), printed.err.encode()]
    for trace in traces(picture):
        assert not any(trace in kept for kept in [*rows, *files, *logs])
    assert FaceMatch.objects.count() == 2
