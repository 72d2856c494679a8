"""A stream as it lies in the store: compressed, then encrypted in chunks of 1 MiB.

    "ANXIN-STREAM-1\\n" · suite (1) · fingerprint of the backup key (8) · salt (32) · chunks

Every stream has a key of its own, derived from the backup key, the salt and the stream's name, so a stream cannot
stand for another. The nonce of a chunk is its number and whether it is the last: chunks can be neither exchanged
nor left out, and a stream that was cut short is noticed. The head is authenticated with every chunk.
"""

from __future__ import annotations

import hashlib
import os
import zlib
from collections.abc import Iterable, Iterator

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from anxin.config.recovery import RecoveryTrouble
from anxin.kit.crypto.suites import BY_NUMBER, SUITES, TAG, Aead, Suite, cipher

MAGIC = b"ANXIN-STREAM-1\n"
CHUNK = 1 << 20
HEAD = len(MAGIC) + 1 + 8 + 32
# Level 1 halves a database at the speed of the disk; the next levels cost more time than they save.
LEVEL = 1


class Damaged(RecoveryTrouble):
    """A stream that is not what was stored."""


def fingerprint(key: bytes) -> bytes:
    """Eight bytes that name a backup key and tell nothing of it."""
    return hashlib.sha256(b"anxin backup key:" + key).digest()[:8]


def pack(chunks: Iterable[bytes], key: bytes, name: str) -> Iterator[bytes]:
    """The stored form of what `chunks` hold, for the name it will be stored under."""
    suite = SUITES[settings.ANXIN_CIPHER]
    head = MAGIC + bytes([suite.number]) + fingerprint(key) + os.urandom(32)
    work = _cipher(suite, key, head, name)
    yield head
    for number, (block, last) in enumerate(_blocks(_compressed(chunks), CHUNK)):
        yield work.encrypt(_nonce(number, last), block, head)


def unpack(stored: Iterable[bytes], key: bytes, name: str) -> Iterator[bytes]:
    """What pack() was given, under the same name. Raises Damaged, before it hands out anything that was changed."""
    source = _Reader(stored)
    head = source.take(HEAD)
    if len(head) < HEAD or not head.startswith(MAGIC) or head[len(MAGIC)] not in BY_NUMBER:
        raise Damaged(f"{name} is no part of a backup, or its beginning was changed.")
    if head[len(MAGIC) + 1 : HEAD - 32] != fingerprint(key):
        raise Damaged(f"{name} was made with another backup key than this one: import the keys of that time.")
    work = _cipher(BY_NUMBER[head[len(MAGIC)]], key, head, name)
    inflate = zlib.decompressobj()
    number, last = 0, False
    while not last:
        block = source.take(CHUNK + TAG)
        last = source.is_empty()
        try:
            plain = work.decrypt(_nonce(number, last), block, head)
        except (InvalidTag, ValueError) as error:
            raise Damaged(
                f"{name} was changed or cut short in the store (chunk {number}): use another backup."
            ) from error
        if piece := inflate.decompress(plain):
            yield piece
        number += 1
    if rest := inflate.flush():
        yield rest


def _cipher(suite: Suite, key: bytes, head: bytes, name: str) -> Aead:
    derived = HKDF(SHA256(), 32, salt=head[-32:], info=b"anxin backup:" + name.encode()).derive(key)
    return cipher.__wrapped__(suite, derived)  # A key that is used once is not worth remembering.


def _nonce(number: int, last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([last])


def _compressed(chunks: Iterable[bytes]) -> Iterator[bytes]:
    deflate = zlib.compressobj(LEVEL)
    for chunk in chunks:
        yield deflate.compress(chunk)
    yield deflate.flush()


def _blocks(chunks: Iterable[bytes], size: int) -> Iterator[tuple[bytes, bool]]:
    """The same bytes in blocks of `size`, and whether a block is the last; at least one."""
    kept = bytearray()
    for chunk in chunks:
        kept += chunk
        while len(kept) > size:
            yield bytes(kept[:size]), False
            del kept[:size]
    yield bytes(kept), True


class _Reader:
    def __init__(self, chunks: Iterable[bytes]) -> None:
        self._chunks = iter(chunks)
        self._kept = bytearray()

    def take(self, size: int) -> bytes:
        """As many bytes, or what is left."""
        self._fill(size)
        taken = bytes(self._kept[:size])
        del self._kept[:size]
        return taken

    def is_empty(self) -> bool:
        self._fill(1)
        return not self._kept

    def _fill(self, size: int) -> None:
        while len(self._kept) < size:
            chunk = next(self._chunks, None)
            if chunk is None:
                return
            self._kept += chunk
