"""Through how many files of admin_app a request runs: what somebody has to read who wants to follow it.

A list with a search and a filter, a post that is saved, and an export of the list, each by somebody who may edit. Every
request is sent once before it is watched, so that nothing counts which only the first one does.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from types import FrameType
from typing import Any

from werkzeug.test import Client

from admin_app import create_app
from admin_app.models.role import EDITOR
from benchmarks.common.forms import Form
from benchmarks.common.site import ROOT, prepare

POSTS = 200
PACKAGE = f"{ROOT / 'admin_app'}/"
# A word that the demo's posts are full of.
LIST = "/admin/post/?q=garden&user__empty=no"
EXPORT = "/admin/post/export/csv/?q=garden&user__empty=no"
FORM = "/admin/post/edit/?id=7"


@contextmanager
def watched(files: set[str]) -> Iterator[None]:
    """Note every file of the package that a call enters, in this thread and in those that it starts."""

    def note(frame: FrameType, event: str, _argument: Any) -> None:
        if event == "call" and frame.f_code.co_filename.startswith(PACKAGE):
            files.add(frame.f_code.co_filename.removeprefix(PACKAGE))

    threading.setprofile(note)
    sys.setprofile(note)
    try:
        yield
    finally:
        sys.setprofile(None)
        threading.setprofile(None)


def read(client: Client, path: str) -> str:
    """Open a page or a file and read it to its end."""
    response = client.get(path)
    _require(response.status_code, 200, path)
    text = response.get_data(as_text=True)
    response.close()
    return text


def save(client: Client, form: dict[str, str]) -> None:
    """Send the form, with a text that is new each time."""
    response = client.post(FORM, data=form | {"content": f"saved at {time.perf_counter_ns()}"})
    _require(response.status_code, 303, FORM)
    response.close()


def files_of(ready: Callable[[], Callable[[], object]]) -> list[str]:
    """Send a request unwatched, then watch the next one; `ready` does beforehand what belongs to neither."""
    ready()()
    request, files = ready(), set[str]()
    with watched(files):
        request()
    return sorted(files)


def requests(client: Client) -> dict[str, Callable[[], Callable[[], object]]]:
    """Name the three, and what makes each ready."""

    def ready_to_save() -> Callable[[], object]:
        return partial(save, client, Form(read(client, FORM), "content").fields)

    return {
        "a list": lambda: partial(read, client, LIST),
        "a save": ready_to_save,
        "an export": lambda: partial(read, client, EXPORT),
    }


def _require(status: int, expected: int, path: str) -> None:
    if status != expected:
        message = f"{path} answered {status}"
        raise SystemExit(message)


def main() -> None:
    """Count for each request, and list the files where that is asked for."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--files", action="store_true", help="list the files, too")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="admin-files-") as name:
        folder = Path(name)
        cookie = prepare(folder, POSTS, EDITOR)
        app = create_app({"DATABASE_URL": f"sqlite:///{folder / 'admin.db'}"}, instance_path=name)
        client = app.test_client()
        client.set_cookie(*cookie.split("=", 1))
        for title, ready in requests(client).items():
            files = files_of(ready)
            print(f"{title}: {len(files)} files")
            if options.files:
                print("".join(f"  {file}\n" for file in files))


if __name__ == "__main__":
    main()
