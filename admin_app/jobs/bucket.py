"""Files in a bucket of Amazon S3, or of a server that speaks its language: for dashboards and workers on several machines.

What goes wrong there is an `OSError`, as it is of a disk. Nothing holds a whole file: it is sent in parts, and read in pieces.
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
# A part of a file: S3 takes 10,000 of them, and none but the last below 5 MB.
PART = 8 * 1024 * 1024
# What is asked for at once when a file is read, and what is handed on.
READ, CHUNK = 4 * 1024 * 1024, 1024 * 1024
# Seconds to wait for a connection and for an answer, and how often a request is tried.
CONNECT, ANSWER, TRIES = 5, 30, 3
# So many files are asked for one by one; where it is more, all are listed.
FEW = 2
MISSING = frozenset({"404", "NoSuchKey", "NotFound"})

Call = Callable[..., Values]


class Client(Protocol):
    """What is asked of boto3: its calls take names and return a dictionary."""

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
    """A bucket, what stands before the keys in it, and where it is, if not where the environment says."""

    bucket: str
    prefix: str
    endpoint: str | None = None
    region: str | None = None

    @property
    def client(self) -> Client:
        """Return what asks for it: one for each process, since a connection that two processes have is none."""
        return _client(os.getpid(), self.endpoint, self.region)


def read_place(text: str) -> Place:
    """Read what the setting says."""
    url = urlsplit(text)
    prefix, options = url.path.strip("/"), dict(parse_qsl(url.query))
    return Place(url.netloc, f"{prefix}/" if prefix else "", options.get("endpoint"), options.get("region"))


def require_library(place: str) -> None:
    """Stop the start where files are to be in a bucket, and what asks for it is not installed."""
    if place.startswith(SCHEME) and find_spec("boto3") is None:
        message = "ADMIN_FILES names a bucket, which needs boto3. Run: pip install -r requirements-s3.txt"
        raise ConfigurationError(message)


def problem_with(place: Place) -> str:
    """Say what is wrong with a bucket, "" where it answers."""
    try:
        with _as_os_error():
            place.client.head_bucket(Bucket=place.bucket)
    except OSError as error:
        return f"The bucket {place.bucket} cannot be used: {error}."
    return ""


class Bucket:
    """Files of owners of one sort, each an object of its own: "prefix/job-12-1" is what the first attempt of job 12 wrote."""

    def __init__(self, place: Place, word: str) -> None:
        """Keep where, and the word in the keys."""
        self.place, self._start, self._own = place, f"{place.prefix}{word}-", {"Bucket": place.bucket}

    def write(self, owner_id: int, attempt: int, chunks: Iterable[bytes]) -> int:
        """Send it in parts: it stands under its key when the last one has arrived, and what broke off is taken away."""
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
        """Return its pieces."""
        file = self.open(owner_id, attempt)
        return None if file is None else iter(lambda: file.read(CHUNK), b"")

    def open(self, owner_id: int, attempt: int) -> IO[bytes] | None:
        """Read the pieces that are asked for, all of them of the file that is there now."""
        key = self._of(owner_id, attempt)
        head = self._head(key)
        if head is None:
            return None
        ranges = _Ranges(self._client, {**key, "IfMatch": head["ETag"]}, head["ContentLength"])
        return io.BufferedReader(ranges, READ)

    def gone(self, wanted: Collection[tuple[int, int]]) -> set[tuple[int, int]]:
        """Ask for each of a few, else list all; what the server does not answer is not gone for that."""
        try:
            if len(wanted) <= FEW:
                return {one for one in wanted if self._head(self._of(*one)) is None}
            there = set(self._keys(self._start))
        except OSError:
            return set()
        return {one for one in wanted if self._of(*one)["Key"] not in there}

    def remove(self, owner_id: int, attempt: int | None = None) -> None:
        """Remove an owner's objects, and the parts of those that never became whole."""
        start = f"{self._start}{owner_id}-"
        wanted = start if attempt is None else f"{start}{attempt}"
        with _as_os_error():
            # Of one attempt, "12-1", those of the eleventh begin the same.
            for key in [one for one in self._keys(wanted) if attempt is None or one == wanted]:
                self._client.delete_object(**self._own, Key=key)
            for one in self._client.list_multipart_uploads(**self._own, Prefix=wanted).get("Uploads", ()):
                if attempt is None or one["Key"] == wanted:
                    self._client.abort_multipart_upload(**self._own, Key=one["Key"], UploadId=one["UploadId"])

    def owner_ids(self) -> set[int]:
        """Return whose objects there are."""
        return {owner_id for owner_id, _ in self.writings()}

    def writings(self) -> set[tuple[int, int]]:
        """Return which objects there are."""
        named = [key.removeprefix(self._start).partition("-") for key in self._keys(self._start)]
        return {(int(one), int(attempt)) for one, _, attempt in named if one.isdigit() and attempt.isdigit()}

    @property
    def _client(self) -> Client:
        return self.place.client

    def _of(self, owner_id: int, attempt: int) -> dict[str, str]:
        return {**self._own, "Key": f"{self._start}{owner_id}-{attempt}"}

    def _sent(self, upload: Values, first: bytes, second: bytes, further: Iterator[bytes]) -> int:
        """Send the parts, each with its checksum; return how much they are."""
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
    """An object that can be gone back in."""

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
    """Make a client; who it is, and what the place does not say, boto3 reads of its usual environment."""
    import boto3
    from botocore.config import Config

    patience = Config(connect_timeout=CONNECT, read_timeout=ANSWER, retries={"mode": "standard", "max_attempts": TRIES})
    # A session of its own: boto3's common one is not for several threads.
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
    # An empty file is one, too.
    yield bytes(buffer)
