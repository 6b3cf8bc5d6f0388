"""Two servers behind a balancer, a pooler, a primary and its replica are one dashboard, also while the servers are replaced."""

from __future__ import annotations

import os
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask

from admin_app.domain.auth.sign_in import FREE_FOR_PAIR
from tests.cli.serving import PATIENCE
from tests.scale.setup import NAMES, Setup, Visitor, has_balancer

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.scale,
    pytest.mark.parametrize("store", ["postgres"], indirect=True),
]


@pytest.fixture(scope="module")
def setup(
    app_on: Callable[[str], Flask], pooled_url: str, replica_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Setup]:
    """Start it on the tests' PostgreSQL."""
    if not has_balancer():
        pytest.skip("haproxy is not on this machine")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("ADMIN_", "COV_"))}
    settings = {
        "DATABASE_URL": pooled_url,
        "ADMIN_REPLICA_URL": replica_url,
        "ADMIN_FILES": "database",
        "ADMIN_EXPORT_ROWS": "0",
        "ADMIN_PROXIES": "1",
        "ADMIN_SECRET_KEY": str(app_on("postgres").config["SECRET_KEY"]),
    }
    found = Setup(tmp_path_factory.mktemp("setup"), kept | settings)
    try:
        found.start()
        yield found
    finally:
        found.stop()


@pytest.fixture
def visitor_of(app: Flask, setup: Setup, client_of: Any) -> Callable[[Any], Visitor]:
    """Let somebody in who is signed in."""
    return lambda person: Visitor(setup, client_of(person).get_cookie(app.config["SESSION_COOKIE_NAME"]))


def eventually(find: Callable[[], Any], is_meant: Callable[[Any], bool]) -> Any:
    """Return what is found once it is as it is meant to be."""
    until = time.monotonic() + PATIENCE
    while not is_meant(found := find()):
        assert time.monotonic() < until, found
        time.sleep(0.1)
    return found


# One test for all of it: the set-up takes longer to start than what is looked at, and each process of the tests would start its own.
def test_two_servers_are_one_dashboard(
    setup: Setup, visitor_of: Any, owner: Any, editor: Any, request: pytest.FixtureRequest
) -> None:
    make_user, make_post = (request.getfixturevalue(name) for name in ("make_user", "make_post"))

    what_one_server_saves_the_other_shows_at_once(visitor_of(owner), make_user)
    people_at_different_servers_see_each_other_at_a_form(visitor_of(owner), visitor_of(editor), make_post)
    a_job_that_one_server_takes_is_done_and_downloaded_from_both(visitor_of(owner), make_post)
    nobody_notices_that_the_servers_are_replaced(setup, [visitor_of(owner) for _ in range(2)], make_post)
    tries_to_sign_in_are_counted_on_both_servers(Visitor(setup), owner)


def what_one_server_saves_the_other_shows_at_once(visitor: Visitor, make_user: Any) -> None:
    user = make_user(name="Ann", email="ann@example.com").id
    form, names = f"/admin/user/edit/?id={user}", [f"Ann {number}" for number in range(1, 7)]

    shown = []
    for version, name in enumerate(names, start=1):
        saved = visitor.post(form, form, name=name, email="ann@example.com", _version=str(version))
        shown.append((saved.status_code, name in visitor.get("/admin/user/").text))

    assert shown == [(303, True)] * 6
    assert set(visitor.servers) == {*NAMES}


def tries_to_sign_in_are_counted_on_both_servers(stranger: Visitor, owner: Any) -> None:
    answers = [
        stranger.post("/sign-in", "/sign-in", email=owner.email, password="wrong").text
        for _ in range(FREE_FOR_PAIR + 1)
    ]

    assert [("Too many failed" in text) for text in answers] == [False] * FREE_FOR_PAIR + [True]
    assert set(stranger.servers) == {*NAMES}


def people_at_different_servers_see_each_other_at_a_form(first: Visitor, second: Visitor, make_post: Any) -> None:
    form = f"/admin/post/edit/?id={make_post().id}"

    first.get(form)
    notes = eventually(lambda: second.get(form).text, lambda text: "Olivia has been editing this" in text)

    assert "Edgar" not in notes.partition("Olivia has been editing this")[2][:40]


def a_job_that_one_server_takes_is_done_and_downloaded_from_both(visitor: Visitor, make_post: Any) -> None:
    make_post(content="Bicycle")
    page = "/admin/post/export/"

    asked = visitor.post(page, page, format="csv", column=["id", "content"], delimiter="comma", long_text="cut")
    jobs = eventually(lambda: visitor.get("/admin/jobs/").text, lambda text: "/admin/jobs/file/?id=" in text)
    number = jobs.partition("/admin/jobs/file/?id=")[2].partition('"')[0]
    before = len(visitor.servers)
    files = {visitor.get(f"/admin/jobs/file/?id={number}").text for _ in range(4)}

    assert asked.status_code == 303
    assert (len(files), "Bicycle" in files.pop()) == (1, True)
    assert set(visitor.servers[before:]) == {*NAMES}


def nobody_notices_that_the_servers_are_replaced(setup: Setup, visitors: list[Visitor], make_post: Any) -> None:
    make_post(content="Bicycle")
    answers: Counter[tuple[int, bool]] = Counter()
    is_over = threading.Event()

    def look(visitor: Visitor) -> None:
        # A person looks at a page before they ask for the next.
        while not is_over.wait(0.1):
            answer = visitor.get("/admin/post/")
            answers[answer.status_code, "Bicycle" in answer.text and "</html>" in answer.text] += 1

    threads = [threading.Thread(target=look, args=(one,)) for one in visitors]
    for thread in threads:
        thread.start()
    try:
        for name in NAMES:
            setup.replace(name)
    finally:
        is_over.set()
        for thread in threads:
            thread.join()

    assert set(answers) == {(200, True)}
