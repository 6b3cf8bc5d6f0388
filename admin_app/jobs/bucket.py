"""Files in an Amazon S3 bucket, or of a compatible server: for dashboards and workers on several machines.

Failures are raised as `OSError`, as for a disk. No file is held in memory as a whole: it is sent in parts and read in
pieces.
"""

from __future__ import annotations

import io
import os
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from itertools import chain
from typing import IO, Protocol, cast
from urllib.parse import parse_qsl, urlsplit

from typing_extensions import Buffer, override

from admin_app.errors import ConfigurationError
from admin_app.extensions import Values
from admin_app.jobs.sized_file import SizedFile

SCHEME = "s3://"
# Size of a part: S3 takes up to 10,000, each but the last at least 5 MB.
PART = 8 * 1024 * 1024
# How much is requested at once when a file is read, and how much is passed on.
READ, CHUNK = 4 * 1024 * 1024, 1024 * 1024
# Seconds to wait for a connection and for a response, and the number of tries per request.
CONNECT, ANSWER, TRIES = 5, 30, 3
# Up to this many files are checked one by one; for more, all are listed.
FEW = 2
MISSING = frozenset({"404", "NoSuchKey", "NotFound"})

Call = Callable[..., Values]


class Client(Protocol):
    """The calls of boto3 that we use: they take keyword arguments and return a dictionary."""

    put_object: Call
    create_multipart_upload: Call
    upload_part: Call
    complete_multipart_upload: Call
    abort_multipart_upload: Call
    list_multipart_uploads: Call
    list_objects_v2: Call
    head_object: Call
    head_bucket: Call
    get_object: Call
    delete_object: Call


@dataclass(frozen=True)
class Place:
    """A bucket, the prefix of its keys, and its endpoint and region if the environment does not give them."""

    bucket: str
    prefix: str
    endpoint: str | None = None
    region: str | None = None

    @property
    def client(self) -> Client:
        """Return the client. Each process has its own, because processes cannot share a connection."""
        return _client(os.getpid(), self.endpoint, self.region)


def read_place(text: str) -> Place:
    """Read the setting."""
    url = urlsplit(text)
    prefix, options = url.path.strip("/"), dict(parse_qsl(url.query))
    return Place(url.netloc, f"{prefix}/" if prefix else "", options.get("endpoint"), options.get("region"))


def require_library(place: str) -> None:
    """Stop the start if files are to be in a bucket and boto3 is not installed."""
    if place.startswith(SCHEME) and find_spec("boto3") is None:
        message = "ADMIN_FILES names a bucket, which needs boto3. Run: pip install -r requirements-s3.txt"
        raise ConfigurationError(message)


def problem_with(place: Place) -> str:
    """Return the problem with a bucket, "" if it answers."""
    try:
        with _as_os_error():
            place.client.head_bucket(Bucket=place.bucket)
    except OSError as error:
        return f"The bucket {place.bucket} cannot be used: {error}."
    return ""


class Bucket:
    """Files of one kind of owner, each an object: "prefix/job-12-1" is the file of job 12's first attempt."""

    def __init__(self, place: Place, word: str) -> None:
        """Keep the place, and the word in the keys."""
        self.place, self._start, self._own = place, f"{place.prefix}{word}-", {"Bucket": place.bucket}

    def write(self, owner_id: int, attempt: int, chunks: Iterable[bytes]) -> int:
        """Send a file in parts. It appears under its key when the last part has arrived; an interrupted upload is removed."""
        key, parts = self._of(owner_id, attempt), _parts(chunks)
        first, second = next(parts), next(parts, None)
        with _as_os_error():
            if second is None:
                self._client.put_object(**key, Body=first)
                return len(first)
            upload = {**key, "UploadId": self._client.create_multipart_upload(**key)["UploadId"]}
        try:
            return self._sent(upload, first, second, parts)
        except BaseException:
            with _as_os_error():
                self._client.abort_multipart_upload(**upload)
            raise

    def read(self, owner_id: int, attempt: int) -> Iterator[bytes] | None:
        """Return a file's pieces."""
        file = self.open(owner_id, attempt)
        return None if file is None else iter(lambda: file.read(CHUNK), b"")

    def open(self, owner_id: int, attempt: int) -> IO[bytes] | None:
        """Open a file for reading in pieces, all of them from the version that exists now."""
        key = self._of(owner_id, attempt)
        head = self._head(key)
        if head is None:
            return None
        ranges = _Ranges(self._client, {**key, "IfMatch": head["ETag"]}, head["ContentLength"])
        return io.BufferedReader(ranges, READ)

    def gone(self, wanted: Collection[tuple[int, int]]) -> set[tuple[int, int]]:
        """Check each of a few files, or list all. If the server does not answer, a file does not count as gone."""
        try:
            if len(wanted) <= FEW:
                return {one for one in wanted if self._head(self._of(*one)) is None}
            there = set(self._keys(self._start))
        except OSError:
            return set()
        return {one for one in wanted if self._of(*one)["Key"] not in there}

    def remove(self, owner_id: int, attempt: int | None = None) -> None:
        """Remove an owner's objects, and the parts of unfinished uploads."""
        start = f"{self._start}{owner_id}-"
        wanted = start if attempt is None else f"{start}{attempt}"
        with _as_os_error():
            # The prefix of attempt "12-1" is also that of attempt 11.
            for key in [one for one in self._keys(wanted) if attempt is None or one == wanted]:
                self._client.delete_object(**self._own, Key=key)
            for one in self._client.list_multipart_uploads(**self._own, Prefix=wanted).get("Uploads", ()):
                if attempt is None or one["Key"] == wanted:
                    self._client.abort_multipart_upload(**self._own, Key=one["Key"], UploadId=one["UploadId"])

    def owner_ids(self) -> set[int]:
        """Return the ids of the owners that have objects."""
        return {owner_id for owner_id, _ in self.writings()}

    def writings(self) -> set[tuple[int, int]]:
        """Return the objects, as (owner, attempt)."""
        named = [key.removeprefix(self._start).partition("-") for key in self._keys(self._start)]
        return {(int(one), int(attempt)) for one, _, attempt in named if one.isdigit() and attempt.isdigit()}

    @property
    def _client(self) -> Client:
        return self.place.client

    def _of(self, owner_id: int, attempt: int) -> dict[str, str]:
        return {**self._own, "Key": f"{self._start}{owner_id}-{attempt}"}

    def _sent(self, upload: Values, first: bytes, second: bytes, further: Iterator[bytes]) -> int:
        """Send the parts, each with its checksum; return their size."""
        size, sent = 0, []
        for number, part in enumerate(chain((first, second), further), start=1):
            with _as_os_error():
                answer = self._client.upload_part(**upload, PartNumber=number, Body=part)
            sums = {
                name: value for name, value in answer.items() if name.startswith("Checksum") and name != "ChecksumType"
            }
            sent.append({"PartNumber": number, "ETag": answer["ETag"], **sums})
            size += len(part)
        with _as_os_error():
            self._client.complete_multipart_upload(**upload, MultipartUpload={"Parts": sent})
        return size

    def _head(self, key: dict[str, str]) -> Values | None:
        try:
            with _as_os_error():
                return self._client.head_object(**key)
        except FileNotFoundError:
            return None

    def _keys(self, start: str) -> Iterator[str]:
        further: Values = {}
        while True:
            with _as_os_error():
                page = self._client.list_objects_v2(**self._own, Prefix=start, **further)
            yield from (one["Key"] for one in page.get("Contents", ()))
            if not page.get("IsTruncated"):
                return
            further = {"ContinuationToken": page["NextContinuationToken"]}


class _Ranges(SizedFile):
    """A seekable object."""

    def __init__(self, client: Client, asked: Values, size: int) -> None:
        super().__init__(size)
        self._client, self._asked = client, asked

    @override
    def readinto(self, buffer: Buffer) -> int:
        end = min(self._place + len(memoryview(buffer)), self._size)
        if self._place >= end:
            return 0
        with _as_os_error():
            answer = self._client.get_object(**self._asked, Range=f"bytes={self._place}-{end - 1}")
            found: bytes = answer["Body"].read()
        memoryview(buffer)[: len(found)] = found
        self._place += len(found)
        return len(found)


@cache
def _client(_process: int, endpoint: str | None, region: str | None) -> Client:
    """Create a client. boto3 reads credentials, and whatever the place lacks, from its usual environment."""
    import boto3
    from botocore.config import Config

    patience = Config(connect_timeout=CONNECT, read_timeout=ANSWER, retries={"mode": "standard", "max_attempts": TRIES})
    # A session of its own: boto3's default session is not thread-safe.
    return cast("Client", boto3.Session().client("s3", endpoint_url=endpoint, region_name=region, config=patience))


@contextmanager
def _as_os_error() -> Iterator[None]:
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        yield
    except ClientError as error:
        answer: Values = error.response.get("Error", {})
        kind = FileNotFoundError if answer.get("Code") in MISSING else OSError
        raise kind(f"{answer.get('Code', '')} {answer.get('Message', '')}".strip()) from error
    except BotoCoreError as error:
        raise OSError(str(error)) from error


def _parts(chunks: Iterable[bytes]) -> Iterator[bytes]:
    buffer = bytearray()
    for chunk in chunks:
        buffer += chunk
        while len(buffer) >= PART:
            yield bytes(buffer[:PART])
            del buffer[:PART]
    # An empty file exists, too.
    yield bytes(buffer)
