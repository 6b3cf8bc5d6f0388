"""A bucket on a local S3, for tests of files and of their backups."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask

from admin_app.jobs.bucket import Place, read_place

KEYS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_DEFAULT_REGION": "eu-central-1"}


@pytest.fixture(scope="module")
def bucket_server() -> Iterator[str]:
    """Serve S3 on this machine, with an empty bucket."""
    # Half a second that no other test has to wait.
    with pytest.MonkeyPatch.context() as patch:
        for name, value in KEYS.items():
            patch.setenv(name, value)
        server = pytest.importorskip("moto.server").ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
        server.start()
        address = "http://{}:{}".format(*server.get_host_and_port())
        yield address
        server.stop()


@pytest.fixture
def bucket_place(bucket_server: str) -> Iterator[Place]:
    """Return a bucket with a prefix, empty."""
    client: Any = pytest.importorskip("boto3").Session().client("s3", endpoint_url=bucket_server)
    client.create_bucket(Bucket="files", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
    yield read_place(f"s3://files/admin/?endpoint={bucket_server}&region=eu-central-1")
    for one in client.list_objects_v2(Bucket="files").get("Contents", ()):
        client.delete_object(Bucket="files", Key=one["Key"])
    client.delete_bucket(Bucket="files")


@pytest.fixture
def in_bucket(app: Flask, bucket_place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the application's files there."""
    monkeypatch.setitem(app.config, "FILES", f"s3://files/admin?endpoint={bucket_place.endpoint}")
