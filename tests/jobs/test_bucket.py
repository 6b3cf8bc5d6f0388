"""Files in a bucket, on a local S3: whole or not there, sent in parts, read in pieces, and gone with their owners."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask

from admin_app.cli.check import findings
from admin_app.errors import ConfigurationError
from admin_app.jobs import bucket
from admin_app.jobs.bucket import Bucket, Place, read_place, require_library
from admin_app.jobs.files import JOBS, files_of
from tests.jobs.asking import ask

pytestmark = pytest.mark.parametrize("store", ["sqlite"], indirect=True)


@pytest.fixture
def place(bucket_place: Place) -> Place:
    """Stand in for the place of the tests beside this one."""
    return bucket_place


@pytest.fixture
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let files of some megabytes have parts and pieces, and asking twice be listing."""
    for name, value in {"PART": 5 * 1024 * 1024, "READ": 1024 * 1024, "FEW": 1}.items():
        monkeypatch.setattr(bucket, name, value)


def unfinished(place: Place) -> int:
    return len(place.client.list_multipart_uploads(Bucket=place.bucket).get("Uploads", ()))


@pytest.mark.usefixtures("small_parts")
def test_a_file_comes_back_as_it_was_written(place: Place) -> None:
    files, large = Bucket(place, "job"), os.urandom(12 * 1024 * 1024 + 7)
    texts = {1: b"", 2: b"small", 3: large}

    sizes = {key: files.write(key, 1, [text[:100], text[100:]]) for key, text in texts.items()}
    read = {key: b"".join(files.read(key, 1) or []) for key in texts}
    file: Any = files.open(3, 1)
    end = file.seek(-7, io.SEEK_END), file.read(), file.seek(2), file.read(3)

    assert sizes == {key: len(text) for key, text in texts.items()}
    assert read == texts
    assert end == (len(large) - 7, large[-7:], 2, large[2:5])
    assert (files.read(9, 1), files.open(9, 1)) == (None, None)


@pytest.mark.usefixtures("small_parts")
def test_a_file_that_breaks_off_leaves_nothing(place: Place) -> None:
    files = Bucket(place, "job")

    def broken() -> Iterator[bytes]:
        yield b"x" * (11 * 1024 * 1024)
        raise RuntimeError

    with pytest.raises(RuntimeError):
        files.write(1, 1, broken())

    assert (files.read(1, 1), files.owner_ids(), unfinished(place)) == (None, set(), 0)


@pytest.mark.usefixtures("small_parts")
def test_files_go_with_their_owners_and_attempts(place: Place) -> None:
    files, others = Bucket(place, "job"), Bucket(place, "upload")
    for key, attempt in ((1, 1), (1, 11), (12, 1)):
        files.write(key, attempt, [b"text"])
    others.write(1, 1, [b"text"])
    # A process that was killed while it wrote.
    place.client.create_multipart_upload(Bucket="files", Key="admin/job-1-1")

    owners, missing = files.owner_ids(), files.gone([(1, 1), (1, 2), (12, 1)])
    files.remove(1, 1)
    after_one, left = files.gone([(1, 1)]), unfinished(place)
    files.remove(1)

    assert (owners, missing) == ({1, 12}, {(1, 2)})
    assert (after_one, left) == ({(1, 1)}, 0)
    assert (files.owner_ids(), others.owner_ids()) == ({12}, {1})


def test_a_bucket_that_does_not_answer_has_lost_nothing(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bucket, "TRIES", 1)
    nowhere = read_place("s3://files?endpoint=http://127.0.0.1:9&region=eu-central-1")
    files = Bucket(nowhere, "job")

    with pytest.raises(OSError, match="Could not connect"):
        files.write(1, 1, [b"text"])

    assert files.gone([(1, 1)]) == set()
    assert "cannot be used" in bucket.problem_with(nowhere)
    assert "cannot be used: 404" in bucket.problem_with(Place("other", "", place.endpoint, place.region))
    assert bucket.problem_with(place) == ""


@pytest.mark.usefixtures("in_bucket")
def test_a_jobs_file_is_kept_in_the_bucket_and_downloaded_from_it(
    app: Flask, as_viewer: Any, make_post: Any, jobs: Any
) -> None:
    make_post(content="Bicycle")

    job_id = ask(as_viewer)
    jobs.work()
    file = as_viewer.get(f"/admin/jobs/file/?id={job_id}")

    with app.app_context():
        assert files_of(JOBS).owner_ids() == {job_id}
        found = [one.problem for one in findings() if "bucket" in one.problem]
    assert (file.status_code, file.data[:2], found) == (200, b"PK", [])


def test_without_its_library_a_bucket_stops_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bucket, "find_spec", lambda _name: None)

    require_library("database")
    with pytest.raises(ConfigurationError) as refused:
        require_library("s3://files")

    assert str(refused.value) == (
        "ADMIN_FILES names a bucket, which needs boto3. Run: pip install -r requirements-s3.txt"
    )
