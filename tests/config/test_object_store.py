"""Backups in an object store that others wrote: what our own simulator shares with us, it does not."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest
import time_machine

from anxin.config.recovery import base, wal
from anxin.config.recovery import manifest as manifests
from anxin.config.recovery.restore import choose, restore
from anxin.config.recovery.s3 import EMPTY, signed_headers
from anxin.config.recovery.source import Source
from anxin.kit import clock
from tests.config.object_store import bucket_of, foreign_store
from tests.config.test_recovery import KEY, note, notes, scratch, source, upload

__all__ = ["foreign_store", "scratch", "source"]
pytestmark = [pytest.mark.requirement("A-7.4.7"), pytest.mark.django_db]
AT = datetime(2026, 3, 18, 2, 0, tzinfo=UTC)


@pytest.mark.thorough
def test_a_house_comes_back_from_it_at_a_chosen_moment(
    source: Source, scratch: Path, foreign_store: str, settings
) -> None:
    store = bucket_of(foreign_store, "安心/临安")
    kept = upload(settings.ANXIN_FILES, "a photo")
    note(source, 1, "before the backup")
    made = base.take(source, store, KEY, at=clock.now())
    between = note(source, 2, "worth keeping")
    with source.connect() as server:
        server.execute("DELETE FROM note")
    wal.ship_now(source, store, KEY)

    assert [one.id for one in manifests.all_of(store, KEY)] == [made.id]
    assert choose(store, KEY, at=between) == made
    restored = restore(store, KEY, made, scratch / "then", at=between, throwaway=True)
    try:
        assert notes(restored.cluster.address) == ["before the backup", "worth keeping"]
        back = scratch / "then" / "files" / kept.relative_to(settings.ANXIN_FILES)
        assert back.read_text() == "a photo"
    finally:
        restored.cluster.stop()


def test_more_names_than_it_tells_at_once_are_all_listed(foreign_store: str) -> None:
    store = bucket_of(foreign_store, "many")
    from moto.s3.models import s3_backends

    backend = s3_backends["123456789012"]["aws"]
    for number in range(1100):
        backend.put_object(store._bucket, f"many/n {number:04} 号", b"x")
    assert store.names() == [f"n {number:04} 号" for number in range(1100)]


@pytest.mark.parametrize(
    "query", ["", "uploads=", "list-type=2&prefix=a%20house%2F%E5%A4%87", "partNumber=2&uploadId=x%2By%3D"]
)
@pytest.mark.parametrize("name", ["1/base/a", "1/wal/b + c", "备份/~(1)*!'"])
def test_requests_are_signed_as_by_others(name: str, query: str) -> None:
    from botocore.auth import S3SigV4Auth
    from botocore.awsrequest import AWSRequest
    from botocore.credentials import Credentials

    url = f"https://store.example.org/bucket/{quote(name)}" + (f"?{query}" if query else "")
    ours = signed_headers("PUT", url, {}, EMPTY, AT, region="us-east-1", key="house", secret="house-secret")
    theirs = AWSRequest("PUT", url, headers={"host": urlsplit(url).netloc, "X-Amz-Content-SHA256": EMPTY})
    with time_machine.travel(AT, tick=False):
        S3SigV4Auth(Credentials("house", "house-secret"), "s3", "us-east-1").add_auth(theirs)
    assert ours["authorization"] == theirs.headers["Authorization"]
