"""An object store that is not ours: moto speaks the protocol as others read it."""

from __future__ import annotations

import os
from collections.abc import Iterator

import httpx
import pytest

from anxin.config.recovery.s3 import S3


@pytest.fixture(scope="session")
def foreign_store() -> Iterator[str]:
    """Its address; it lives in this process and forgets everything with it."""
    # Its start costs a second, which only these tests pay.
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    yield "http://{}:{}".format(*server.get_host_and_port())
    server.stop()


def bucket_of(url: str, prefix: str) -> S3:
    """A new bucket there, as a store of backups."""
    name = f"bucket-{os.urandom(4).hex()}"
    httpx.put(f"{url}/{name}", trust_env=False).raise_for_status()
    return S3(name, prefix, endpoint=url, region="us-east-1", key="house", secret="house-secret")
