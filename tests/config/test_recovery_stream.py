"""Streams and stores of backups: nothing changed, exchanged, cut short or foreign is ever read."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anxin.config.recovery import RecoveryTrouble, s3
from anxin.config.recovery.s3 import EMPTY, S3, signed_headers
from anxin.config.recovery.store import Absent, Folder, Store
from anxin.config.recovery.stream import CHUNK, HEAD, Damaged, pack, unpack
from tests.config.object_store import bucket_of, foreign_store

__all__ = ["foreign_store"]
KEY = bytes(range(32))
# The smallest part that stores of others take.
PART = 5 << 20
pytestmark = pytest.mark.requirement("A-7.4.7")


def packed(content: bytes, name: str = "a") -> bytes:
    return b"".join(pack([content], KEY, name))


def opened(stored: bytes, name: str = "a", key: bytes = KEY) -> bytes:
    return b"".join(unpack([stored], key, name))


@given(st.lists(st.binary(max_size=3000), max_size=5), st.integers(1, 700))
def test_what_is_packed_comes_back_however_it_is_cut(pieces: list[bytes], size: int) -> None:
    stored = b"".join(pack(pieces, KEY, "a"))
    cut = [stored[start : start + size] for start in range(0, len(stored), size)]
    assert b"".join(unpack(cut, KEY, "a")) == b"".join(pieces)


@pytest.mark.parametrize("name", ["AES-256-GCM", "SM4-GCM"])
def test_large_streams_are_chunked_and_either_suite_is_read(name: str, settings) -> None:
    settings.ANXIN_CIPHER = name
    content = os.urandom(3 * CHUNK + 17)
    stored = packed(content)
    settings.ANXIN_CIPHER = "AES-256-GCM"
    assert opened(stored) == content
    assert content[:64] not in stored


@given(st.data())
def test_no_changed_byte_passes(data) -> None:
    stored = packed(b"every change of every byte is noticed" * 9)
    place, flip = data.draw(st.integers(0, len(stored) - 1)), data.draw(st.integers(1, 255))
    with pytest.raises(Damaged):
        opened(stored[:place] + bytes([stored[place] ^ flip]) + stored[place + 1 :])


def test_chunks_left_out_exchanged_or_cut_off_are_noticed() -> None:
    stored = packed(os.urandom(3 * CHUNK))
    size = CHUNK + 16
    head, chunks = stored[:HEAD], [stored[n : n + size] for n in range(HEAD, len(stored), size)]
    assert len(chunks) == 4
    for wrong in (
        chunks[:-1], chunks[1:], [chunks[1], chunks[0], *chunks[2:]], [*chunks[:2], chunks[3]], [],
        [*chunks, chunks[3]],
    ):  # fmt: skip
        with pytest.raises(Damaged, match="changed or cut short"):
            opened(head + b"".join(wrong))


def test_a_stream_cannot_stand_for_another_and_a_foreign_key_is_told_apart_from_damage() -> None:
    stored = packed(b"x", "system/base/1/cluster")
    with pytest.raises(Damaged, match="changed or cut short"):
        opened(stored, "system/base/2/cluster")
    with pytest.raises(Damaged, match="another backup key"):
        opened(stored, "system/base/1/cluster", bytes(32))
    with pytest.raises(Damaged, match="no part of a backup"):
        opened(b"something else entirely" * 9)
    with pytest.raises(Damaged, match="no part of a backup"):
        opened(b"")


@pytest.fixture(params=["folder", "s3", "s3 of others"])
def store(request, tmp_path: Path, monkeypatch) -> Store:
    monkeypatch.setattr(s3, "PART", PART)
    if request.param == "folder":
        return Folder(tmp_path / "store")
    if request.param == "s3 of others":
        return bucket_of(request.getfixturevalue("foreign_store"), "a house/备份")
    url = request.getfixturevalue("simulator_url")
    return S3(
        f"bucket-{os.urandom(4).hex()}", "a house/备份", endpoint=f"{url}/s3", region="us-east-1", key="simulator",
        secret="simulator-secret",
    )  # fmt: skip


def test_a_store_keeps_lists_and_forgets(store: Store) -> None:
    store.put("1/base/a/cluster", [b"one", b"two"])
    written = store.put("1/wal/b + c", [])
    assert (written.size, written.sha256) == (0, EMPTY)
    store.put("1/wal/b + c", [b"again"])

    assert b"".join(store.get("1/base/a/cluster")) == b"onetwo"
    assert store.names() == ["1/base/a/cluster", "1/wal/b + c"]
    assert store.names("1/wal/") == ["1/wal/b + c"]
    store.delete("1/wal/b + c")
    store.delete("1/wal/b + c")
    assert store.names() == ["1/base/a/cluster"]
    with pytest.raises(Absent):
        list(store.get("1/wal/b + c"))


def test_what_breaks_off_leaves_nothing_behind(store: Store) -> None:
    def breaks() -> object:
        yield os.urandom(PART)
        yield os.urandom(PART)
        raise RecoveryTrouble("the server went away")

    with pytest.raises(RecoveryTrouble, match="went away"):
        store.put("1/base/a/cluster", breaks())  # type: ignore[arg-type]
    assert store.names() == []


def test_a_large_stream_goes_in_parts(store: Store) -> None:
    content = [os.urandom(4 << 20) for _ in range(3)]
    written = store.put("large", iter(content))
    assert written.size == 12 << 20 > 2 * PART
    assert b"".join(store.get("large")) == b"".join(content)


def test_a_list_longer_than_a_page_is_whole(simulator_url: str, monkeypatch) -> None:
    from anxin.config.simulated import s3_simulator

    monkeypatch.setattr(s3_simulator, "PAGE", 3)
    store = S3(f"bucket-{os.urandom(4).hex()}", "", endpoint=f"{simulator_url}/s3", region="us-east-1",
               key="simulator", secret="simulator-secret")  # fmt: skip
    for number in range(8):
        store.put(f"n{number}", [b"x"])
    assert store.names() == [f"n{number}" for number in range(8)]


def test_a_wrong_secret_and_a_missing_store_are_told_in_one_line(simulator_url: str) -> None:
    given = {"region": "us-east-1", "key": "simulator", "secret": "wrong"}
    with pytest.raises(RecoveryTrouble, match=r"refused to PUT \(403 SignatureDoesNotMatch\)"):
        S3("b", "", endpoint=f"{simulator_url}/s3", **given).put("a", [b"x"])
    with pytest.raises(RecoveryTrouble, match="does not answer"):
        S3("b", "", endpoint="http://127.0.0.1:9", **given).names()
    with pytest.raises(RecoveryTrouble, match="ANXIN_BACKUP_S3_ENDPOINT"):
        S3("b", "", endpoint="", **given)


def test_a_name_never_leads_out_of_the_folder(tmp_path: Path) -> None:
    with pytest.raises(RecoveryTrouble, match="leads out"):
        Folder(tmp_path / "store").put("../elsewhere", [b"x"])


@pytest.mark.parametrize(
    ("method", "path", "headers", "payload", "signature"),
    [
        ("GET", "/test.txt", {"Range": "bytes=0-9"}, EMPTY,
         "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"),
        ("PUT", "/test%24file.text",
         {"Date": "Fri, 24 May 2013 00:00:00 GMT", "x-amz-storage-class": "REDUCED_REDUNDANCY"},
         "44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072",
         "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd"),
        ("GET", "/?lifecycle", {}, EMPTY, "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"),
        ("GET", "/?max-keys=2&prefix=J", {}, EMPTY,
         "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"),
    ],
)  # fmt: skip
def test_requests_are_signed_as_in_the_published_examples(method, path, headers, payload, signature) -> None:
    """Amazon S3 API reference, "Signature calculations for the Authorization header": examples."""
    sent = signed_headers(
        method, f"https://examplebucket.s3.amazonaws.com{path}", headers, payload, datetime(2013, 5, 24, tzinfo=UTC),
        region="us-east-1", key="AKIAIOSFODNN7EXAMPLE",  # pragma: allowlist secret
        secret="wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
    )  # fmt: skip
    assert sent["authorization"].endswith(f"Signature={signature}")
