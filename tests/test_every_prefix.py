"""The dashboard under a path of its own, beside another site on the same host: no address of any answer leads out of it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse, create_environ, run_wsgi_app

from admin_app import create_app
from admin_app.web.prefix import Prefix
from tests.client import Client
from tests.page import Page
from tests.routes import ROUTES

PREFIX = "/tools/admin-app"
ADDRESSES = re.compile(r"(?:data-)?(?:href|src|action|formaction|hx-.*)|data-.*")


@pytest.fixture
def store() -> str:
    """Stay on one store: addresses are made above it."""
    return "sqlite"


class Mounted:
    """What a server does that has the dashboard under a path, and another site beside it."""

    def __init__(self, inner: Callable[..., Iterable[bytes]]) -> None:
        self.inner = inner
        self.beside: list[str] = []

    def __call__(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        if path != PREFIX and not path.startswith(f"{PREFIX}/"):
            self.beside.append(path)
            start("404 NOT FOUND", [("Content-Type", "text/plain")])
            return [b"the site beside it"]
        return self.inner(environ | {"SCRIPT_NAME": PREFIX, "PATH_INFO": path.removeprefix(PREFIX)}, start)


@pytest.fixture
def mounted(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Mounted:
    site = Mounted(app.wsgi_app)
    monkeypatch.setattr(app, "wsgi_app", site)
    return site


@pytest.fixture
def client(app: Flask, mounted: Mounted, owner: Any, password: str) -> Client:
    """Sign in under the path: its cookies have to come back."""
    client = app.test_client()
    assert isinstance(client, Client)
    address = f"{PREFIX}/sign-in"
    answer = client.post_form(address, {"email": owner.email, "password": password})
    assert (answer.status_code, answer.location, mounted.beside) == (303, f"{PREFIX}/admin/", [])
    return client


def leaving(response: TestResponse) -> Iterator[str]:
    """Yield what leads out of the path: in the page, in the header that leads on, in the cookies."""
    found = [response.headers.get("Location", "")]
    if response.mimetype == "text/html":
        for element in Page(response).all():
            found += [value for name, value in element.attributes.items() if ADDRESSES.fullmatch(name)]
    for address in found:
        path = address.removeprefix("http://localhost")
        if path.startswith("/") and not path.startswith(f"{PREFIX}/"):
            yield address
    for cookie in response.headers.getlist("Set-Cookie"):
        if f"Path={PREFIX}" not in cookie.split("; "):
            yield cookie


@pytest.mark.parametrize("person", ["nobody", "owner"])
def test_no_answer_of_any_route_leads_out_of_the_path(
    person: str, client: Client, app: Flask, mounted: Mounted, address_of: Callable[[str], str]
) -> None:
    asking = client if person == "owner" else app.test_client()
    page = f"{PREFIX}/admin/account/" if person == "owner" else f"{PREFIX}/sign-in"
    token, found = asking.token_of(page), {}
    for rule, route in sorted(ROUTES.items(), key=lambda pair: pair[0] == "/sign-out"):
        url = PREFIX + address_of(rule)
        answers = [asking.get(url)] if route.get else []
        if route.post:
            answers.append(asking.post(url, data={"csrf_token": token}))
        if out := [one for answer in answers for one in leaving(answer)]:
            found[rule] = out

    assert found == {}
    assert mounted.beside == []


@pytest.mark.parametrize(
    "path", ["/admin/user/?nothing=1", "/nowhere", "/admin/user/edit/?id=99", "/admin/user/?q=a&page_size=x"]
)
def test_no_error_page_leads_out_of_it(client: Client, path: str) -> None:
    answer = client.get(PREFIX + path)

    assert answer.status_code >= 400
    assert list(leaving(answer)) == []


def test_the_main_job_is_done_there(client: Client, mounted: Mounted, make_user: Any) -> None:
    make_user(name="Ann")
    back = f"{PREFIX}/admin/user/?q=ann"
    page = Page(client.get(back))
    edit = page.link("Ann", within="listing")

    form = Page(client.get(edit))
    saved = client.post(form.form().attributes["action"], data={**form.values(), "name": "Bea"})

    assert edit.startswith(f"{PREFIX}/admin/user/edit/?")
    assert (saved.status_code, saved.location) == (303, back)
    assert "Bea" in client.get(f"{PREFIX}/admin/user/").text
    assert mounted.beside == []


@pytest.mark.parametrize(
    ("onward", "leads_to"),
    [
        (f"{PREFIX}/admin/user/?q=a", f"{PREFIX}/admin/user/?q=a"),
        ("/", f"{PREFIX}/admin/"),
        ("/admin/user/", f"{PREFIX}/admin/"),
        ("/tools/other", f"{PREFIX}/admin/"),
        (f"{PREFIX}-other/", f"{PREFIX}/admin/"),
        (f"{PREFIX}/../other/", f"{PREFIX}/admin/"),
        (f"{PREFIX}/.%2E/other/", f"{PREFIX}/admin/"),
        (f"{PREFIX}/..", f"{PREFIX}/admin/"),
        (f"{PREFIX}/admin/user/?q=/../", f"{PREFIX}/admin/user/?q=/../"),
    ],
)
def test_a_way_back_stays_in_it(
    onward: str, leads_to: str, *, app: Flask, owner: Any, password: str, mounted: Mounted
) -> None:
    sent = {"email": owner.email, "password": password, "next": onward}

    answer = app.test_client().post_form(f"{PREFIX}/sign-in", sent)

    assert (answer.status_code, answer.location, mounted.beside) == (303, leads_to, [])


def test_who_is_signed_out_comes_back_to_the_page(app: Flask, mounted: Mounted) -> None:
    answer = app.test_client().get(f"{PREFIX}/admin/user/?q=a")

    assert answer.location == f"{PREFIX}/sign-in?next=%2Ftools%2Fadmin-app%2Fadmin%2Fuser%2F%3Fq%3Da"
    assert mounted.beside == []


@pytest.mark.usefixtures("mounted")
def test_a_link_that_is_handed_over_leads_there(client: Client, viewer: Any) -> None:
    answer = client.post_form(f"{PREFIX}/admin/staff/access/?id={viewer.id}", {"act": "link"})

    assert f"http://localhost{PREFIX}/password/" in (answer.text + client.get(answer.location or PREFIX).text)


# ---- a proxy that says so


@pytest.mark.parametrize(("proxies", "root"), [("1", PREFIX), ("0", "")])
def test_a_proxy_that_is_believed_names_the_path(proxies: str, root: str, tmp_path: Any) -> None:
    app = create_app({"ADMIN_PROXIES": proxies, "ADMIN_SECRET_KEY": "k" * 40}, instance_path=str(tmp_path))

    answer = app.test_client().get("/admin/user/", headers={"X-Forwarded-Prefix": f"{PREFIX}/"})

    assert answer.location.startswith(f"{root}/sign-in?next=")


@pytest.mark.parametrize("said", ["//tools", "tools", "/tools/", "//tools//"])
def test_a_path_is_written_in_one_way(said: str, tmp_path: Any) -> None:
    app = create_app({"ADMIN_PROXIES": "1", "ADMIN_SECRET_KEY": "k" * 40}, instance_path=str(tmp_path))

    answer = app.test_client().get("/", headers={"X-Forwarded-Prefix": said})
    page = app.test_client().get("/sign-in", headers={"X-Forwarded-Prefix": said})

    assert answer.location == "/tools/admin/"
    assert 'href="/tools/static/' in page.text
    assert [one for one in page.headers.getlist("Set-Cookie") if "Path=/tools" not in one.split("; ")] == []


@pytest.mark.parametrize(
    ("asked", "answered"),
    [
        ("/tools/admin/user", "http://localhost/tools/admin/user/"),
        ("//admin//user/", "http://localhost/tools/admin/user/"),
        ("/tools//admin/user/", "/tools/sign-in?next=%2Ftools%2Fadmin%2Fuser%2F"),
        ("/tools", "http://localhost/tools/"),
        ("/tools/", "/tools/admin/"),
        ("/", "/tools/admin/"),
        ("/toolshed/", None),
        ("/health/live", None),
    ],
)
def test_a_server_that_has_a_path_takes_it_off(asked: str, answered: str | None, app: Flask) -> None:
    environ = create_environ() | {"PATH_INFO": asked}

    _, status, headers = run_wsgi_app(Prefix(app.wsgi_app, "tools/"), environ, buffered=True)

    assert headers.get("Location") == answered
    assert status.startswith("404" if "shed" in asked else "200" if answered is None else "30")


def test_over_https_the_cookie_keeps_to_the_path(tmp_path: Any) -> None:
    app = create_app({"ADMIN_PROXIES": "1", "ADMIN_HTTPS": "1"}, instance_path=str(tmp_path))
    headers = {"X-Forwarded-Prefix": PREFIX, "X-Forwarded-Proto": "https", "X-Forwarded-Host": "admin.example"}

    cookie = app.test_client().get("/sign-in", headers=headers).headers["Set-Cookie"]

    # A name with `__Host-` would be refused by browsers: it takes the whole host.
    assert re.match(r"__Secure-session-[0-9a-f]{8}=", cookie)
    assert {"Secure", "HttpOnly", f"Path={PREFIX}", "SameSite=Lax"} <= set(cookie.split("; "))
