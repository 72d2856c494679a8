"""A store in an S3-compatible object store: signature version 4, uploads in parts, over httpx.

Five operations do not need the forty megabytes of an SDK; the signature is held against the published examples.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from urllib.parse import quote, urlsplit
from xml.etree import ElementTree

import httpx

from anxin.config.recovery import RecoveryTrouble
from anxin.config.recovery.store import PIECE, Absent, Written
from anxin.kit import clock, outbound

# The smallest part that the protocol allows is 5 MiB, the most parts 10,000: 160 GB compressed.
PART = 16 << 20
TIMEOUT_S = 60.0
EMPTY = hashlib.sha256(b"").hexdigest()


def signed_headers(
    method: str, url: str, headers: Mapping[str, str], payload: str, at: datetime, *,
    region: str, key: str, secret: str, service: str = "s3",
) -> dict[str, str]:  # fmt: skip
    """The headers with x-amz-date, x-amz-content-sha256 (`payload`, hex) and the Authorization of AWS signature v4."""
    parts, stamp = urlsplit(url), at.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
    sent = {name.lower(): value.strip() for name, value in headers.items()}
    sent |= {"host": parts.netloc, "x-amz-content-sha256": payload, "x-amz-date": stamp}
    names = ";".join(sorted(sent))
    query = "&".join(sorted(one if "=" in one else f"{one}=" for one in parts.query.split("&") if one))
    lines = "".join(f"{name}:{sent[name]}\n" for name in sorted(sent))
    request = "\n".join([method, parts.path or "/", query, lines, names, payload])
    scope = f"{stamp[:8]}/{region}/{service}/aws4_request"
    text = "\n".join(["AWS4-HMAC-SHA256", stamp, scope, hashlib.sha256(request.encode()).hexdigest()])
    work = f"AWS4{secret}".encode()
    for step in (stamp[:8], region, service, "aws4_request"):
        work = hmac.digest(work, step.encode(), "sha256")
    signature = hmac.digest(work, text.encode(), "sha256").hex()
    credential = f"AWS4-HMAC-SHA256 Credential={key}/{scope}, SignedHeaders={names}, Signature={signature}"
    return sent | {"authorization": credential}


class S3:
    """A bucket, addressed by path, so that it works with MinIO, Ceph and the public clouds alike."""

    def __init__(
        self, bucket: str, prefix: str, *, endpoint: str, region: str, key: str, secret: str
    ) -> None:
        if not (bucket and endpoint and key and secret):
            raise RecoveryTrouble(
                "An object store needs s3://bucket/prefix and ANXIN_BACKUP_S3_ENDPOINT, _KEY and _SECRET."
            )
        self._root = f"{endpoint.rstrip('/')}/{quote(bucket)}"
        self._prefix = f"{prefix.strip('/')}/" if prefix.strip("/") else ""
        self._bucket, self._region, self._key, self._secret = bucket, region, key, secret
        self._client = outbound.client(timeout=TIMEOUT_S, partner=endpoint)

    def __str__(self) -> str:
        return f"s3://{self._bucket}/{self._prefix}"

    def put(self, name: str, chunks: Iterable[bytes]) -> Written:
        digest, size, tags, upload = hashlib.sha256(), 0, list[str](), ""
        try:
            for part, last in _parts(chunks):
                digest.update(part)
                size += len(part)
                if last and not upload:
                    self._ask("PUT", name, content=part)
                    break
                upload = upload or self._begin(name)
                query = f"partNumber={len(tags) + 1}&uploadId={quote(upload, safe='')}"
                tags.append(self._ask("PUT", name, query, part).headers["etag"])
            else:
                self._complete(name, upload, tags)
        except BaseException:
            if upload:
                self._ask("DELETE", name, f"uploadId={quote(upload, safe='')}", expect=(204, 404))
            raise
        return Written(size, digest.hexdigest())

    def get(self, name: str) -> Iterator[bytes]:
        url, headers = self._signed("GET", name, "", EMPTY)
        try:
            with self._client.stream("GET", url, headers=headers) as answer:
                if answer.status_code == 404:
                    raise Absent(f"{name} is not in {self}.")
                if answer.status_code != 200:
                    answer.read()
                    raise _refused("GET", answer)
                yield from answer.iter_bytes(PIECE)
        except httpx.HTTPError as error:
            raise RecoveryTrouble(f"The object store does not answer: {type(error).__name__}.") from error

    def names(self, prefix: str = "") -> list[str]:
        found: list[str] = []
        token = ""
        while True:
            query = f"list-type=2&prefix={quote(self._prefix + prefix, safe='')}"
            query += f"&continuation-token={quote(token, safe='')}" if token else ""
            tree = _read(self._ask("GET", None, query))
            space = tree.tag[: tree.tag.index("}") + 1] if tree.tag.startswith("{") else ""
            keys = (one.findtext(f"{space}Key") or "" for one in tree.iter(f"{space}Contents"))
            found += [key.removeprefix(self._prefix) for key in keys]
            token = tree.findtext(f"{space}NextContinuationToken") or ""
            if not token:
                return sorted(found)

    def delete(self, name: str) -> None:
        self._ask("DELETE", name, expect=(200, 204, 404))

    def _begin(self, name: str) -> str:
        tree = _read(self._ask("POST", name, "uploads="))
        found = next((one.text for one in tree.iter() if one.tag.endswith("UploadId")), "")
        if not found:
            raise RecoveryTrouble("The object store began an upload without naming it.")
        return found

    def _complete(self, name: str, upload: str, tags: list[str]) -> None:
        parts = "".join(
            f"<Part><PartNumber>{number}</PartNumber><ETag>{tag}</ETag></Part>"
            for number, tag in enumerate(tags, 1)
        )
        body = f"<CompleteMultipartUpload>{parts}</CompleteMultipartUpload>".encode()
        answer = self._ask("POST", name, f"uploadId={quote(upload, safe='')}", body)
        # The protocol may answer 200 and then tell of an error in the body.
        if b"<Error>" in answer.content:
            raise _refused("POST", answer)

    def _ask(
        self,
        method: str,
        name: str | None,
        query: str = "",
        content: bytes = b"",
        expect: tuple[int, ...] = (200,),
    ) -> httpx.Response:
        url, headers = self._signed(method, name, query, hashlib.sha256(content).hexdigest())
        try:
            answer = self._client.request(method, url, headers=headers, content=content)
        except httpx.HTTPError as error:
            raise RecoveryTrouble(f"The object store does not answer: {type(error).__name__}.") from error
        if answer.status_code not in expect:
            raise _refused(method, answer)
        return answer

    def _signed(self, method: str, name: str | None, query: str, payload: str) -> tuple[str, dict[str, str]]:
        url = self._root if name is None else f"{self._root}/{quote(self._prefix + name)}"
        url += f"?{query}" if query else ""
        at = clock.now()
        return url, signed_headers(
            method, url, {}, payload, at, region=self._region, key=self._key, secret=self._secret
        )


def _refused(method: str, answer: httpx.Response) -> RecoveryTrouble:
    said = answer.text
    code = said.partition("<Code>")[2].partition("</Code>")[0] or answer.reason_phrase
    return RecoveryTrouble(f"The object store refused to {method} ({answer.status_code} {code}).")


def _parts(chunks: Iterable[bytes]) -> Iterator[tuple[bytes, bool]]:
    kept = bytearray()
    for chunk in chunks:
        kept += chunk
        while len(kept) > PART:
            yield bytes(kept[:PART]), False
            del kept[:PART]
    yield bytes(kept), True


def _read(answer: httpx.Response) -> ElementTree.Element:
    """An answer's XML; none of the protocol's answers declares a document type or entities."""
    try:
        text = answer.content.decode()
        if "<!" not in text:
            return ElementTree.fromstring(text)  # nosec B314  # no entities can come in
    except (ElementTree.ParseError, ValueError):
        pass
    raise RecoveryTrouble("The object store answered with something that is not its protocol's XML.")
