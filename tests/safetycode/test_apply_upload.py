"""Many applications from one file: looked at first, imported whole or not at all, by the agency's own staff."""

from __future__ import annotations

import io
import zipfile
from datetime import timedelta

import pytest

from anxin.kit import sheets
from anxin.kit.sheets import SheetTooBig, SheetUnreadable
from anxin.safetycode.actions import applying
from anxin.safetycode.actions.applying.uploads import NoRows, NoUpload, RowRefused, SameFile
from anxin.safetycode.models import Application, Upload
from anxin.safetycode.queries.applications.uploads import kept
from anxin.safetycode.values.applying import NAME, NUMBER, PHONE, TIER
from tests.safetycode.applying import Cast, opened, world
from tests.workers.world import NOW, make_worker

__all__ = ["world"]

HEAD = [NAME, PHONE, NUMBER, TIER]


def row_of(worker: object, tier: str = "居家") -> list[str]:
    return [worker.person.name, worker.person.phone, "", tier]  # type: ignore[attr-defined]


def brought(world: Cast, *rows: list[str]) -> Upload:
    return applying.preview(content=sheets.write_xlsx(HEAD, rows), name="申领.xlsx", by=world.head, at=NOW)


@pytest.mark.requirement("D-5a")
def test_a_file_is_read_told_row_by_row_and_imported_in_one_act(world: Cast) -> None:
    second, third = (make_worker(world.agency, name=name, papers=False) for name in ("李四", "赵六"))
    other = make_worker(None, name="别家人", papers=False)
    upload = brought(
        world, row_of(world.worker), row_of(second, "5"), row_of(third, "母婴"), row_of(other), row_of(third),
        ["名不符", third.person.phone, "", ""],
    )  # fmt: skip
    assert [one.faults for one in kept(upload)] == [
        (), ("tier",), (), ("unknown",), ("twice",), ("name",)
    ]  # fmt: skip
    assert (upload.total, upload.good, Application.objects.count()) == (6, 2, 0)
    applying.import_rows(upload_id=upload.pk, lines=None, by=world.head, at=NOW)
    upload.refresh_from_db()
    assert (upload.imported, upload.rows) == (2, {})
    assert sorted(Application.objects.values_list("tier", "state")) == [(2, "draft"), (4, "draft")]


def test_one_row_that_is_refused_stops_them_all(world: Cast) -> None:
    second = make_worker(world.agency, name="李四", papers=False)
    upload = brought(world, row_of(second), row_of(world.worker))
    opened(world)
    with pytest.raises(RowRefused) as refused:
        applying.import_rows(upload_id=upload.pk, lines=None, by=world.head, at=NOW)
    assert refused.value.params["line"] == 3
    assert Application.objects.count() == 1
    assert Upload.objects.get().imported == 0
    applying.import_rows(upload_id=upload.pk, lines={2}, by=world.head, at=NOW)
    assert Application.objects.count() == 2


def test_the_same_file_twice_and_rows_not_chosen(world: Cast) -> None:
    upload = brought(world, row_of(world.worker))
    with pytest.raises(NoRows):
        applying.import_rows(upload_id=upload.pk, lines={99}, by=world.head, at=NOW)
    applying.import_rows(upload_id=upload.pk, lines={2}, by=world.head, at=NOW)
    with pytest.raises(NoUpload):
        applying.import_rows(upload_id=upload.pk, lines={2}, by=world.head, at=NOW)
    with pytest.raises(SameFile):
        content = sheets.write_xlsx(HEAD, [row_of(world.worker)])
        Upload.objects.update(sha256=__import__("hashlib").sha256(content).hexdigest())
        applying.preview(content=content, name="申领.xlsx", by=world.head, at=NOW)


def test_another_agency_neither_sees_nor_imports(world: Cast) -> None:
    upload = brought(world, row_of(world.worker))
    for by in (world.rival, world.association, world.own, world.stranger):
        with pytest.raises((NoUpload, applying.NotYourTurn)):
            applying.import_rows(upload_id=upload.pk, lines=None, by=by, at=NOW)
    with pytest.raises(applying.NotYourTurn):
        applying.preview(content=b"x", name="x", by=world.own, at=NOW)
    assert not Application.objects.exists()


def test_names_and_phones_of_a_file_lie_sealed_and_are_forgotten(world: Cast) -> None:
    from django.db import connection

    brought(world, row_of(world.worker))
    with connection.cursor() as cursor:
        cursor.execute("SELECT rows FROM safetycode_upload")
        assert world.worker.person.phone.encode() not in bytes(cursor.fetchone()[0])
    assert applying.forget_uploads(at=NOW + timedelta(days=2)) == 0
    assert applying.forget_uploads(at=NOW + timedelta(days=4)) == 1


def test_a_file_that_unfolds_without_end_is_refused(world: Cast) -> None:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr("xl/worksheets/sheet1.xml", b"0" * (60 * 1024 * 1024))
        book.writestr("[Content_Types].xml", b"<Types/>")
    for content in (data.getvalue(), b"\x00\x01", b"PK\x03\x04nothing"):
        with pytest.raises((SheetTooBig, SheetUnreadable, sheets.ColumnsMissing)):
            applying.preview(content=content, name="x.xlsx", by=world.head, at=NOW)
    assert not Upload.objects.exists()
