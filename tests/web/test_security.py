"""What every response carries, what cookies are made of, and which hosts are answered to."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, Response

from admin_app import create_app
from admin_app.web.auth.known_devices import known_device, remember_device
from admin_app.web.client_info import client_info

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "X-Permitted-Cross-Domain-Policies": "none",
    "X-DNS-Prefetch-Control": "off",
    "Permissions-Policy": "accelerometer=(), autoplay=(), browsing-topics=(), camera=(), display-capture=(), encrypted-media=(), fullscreen=(), geolocation=(), gyroscope=(), hid=(), idle-detection=(), local-fonts=(), magnetometer=(), microphone=(), midi=(), payment=(), picture-in-picture=(), screen-wake-lock=(), serial=(), sync-xhr=(), usb=(), xr-spatial-tracking=(), publickey-credentials-create=(self), publickey-credentials-get=(self)",
}
PRIVATE = "no-store, private"
FOR_EVER = "public, max-age=31536000, immutable"

# How each kind of response is asked for: status, address, whether it is a POST.
KINDS = {
    "page": (200, "/admin/", False),
    "list": (200, "/admin/user/", False),
    "form": (200, "/admin/user/new/", False),
    "redirect": (302, "/", False),
    "redirect to the slash": (308, "/admin", False),
    "download": (200, "/admin/user/export/csv/", False),
    "picker": (200, "/admin/post/lookup/?name=user", False),
    "bad selection": (400, "/admin/user/?nothing=1", False),
    "missing token": (400, "/sign-in", True),
    "forbidden": (403, "/admin/staff/", False),
    "missing page": (404, "/nowhere", False),
    "missing record": (404, "/admin/user/edit/?id=99", False),
    "missing file": (404, "/static/nowhere.css", False),
    "missing versioned file": (404, "/static/nowhere.css?v=1", False),
    "wrong method": (405, "/admin/user/", True),
    "static": (200, "/static/icon.svg", False),
    "versioned static": (200, "/static/icon.svg?v=1", False),
    "vendored static": (200, "/static/vendor/htmx-2.0.11/htmx.min.js", False),
}
STATIC = {"static": None, "versioned static": FOR_EVER, "vendored static": FOR_EVER}


@pytest.fixture
def store() -> str:
    """Stay on one store: what is tested here stands in front of it."""
    return "sqlite"


@pytest.fixture
def answer(as_editor: Any) -> Callable[[str], Any]:
    """Ask for one kind of response, signed in as an editor."""

    def ask(kind: str) -> Any:
        status, url, is_post = KINDS[kind]
        response = as_editor.open(url, method="POST" if is_post else "GET", buffered=True)
        assert response.status_code == status
        return response

    return ask


@pytest.fixture
def start(tmp_path: Path) -> Callable[..., Flask]:
    """Start an application of our own with these settings; its database is empty."""
    return lambda **settings: create_app(settings, instance_path=str(tmp_path))


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_response_carries_every_header(kind: str, answer: Callable[[str], Any]) -> None:
    response = answer(kind)

    assert {name: response.headers.getlist(name) for name in HEADERS} == {
        name: [value] for name, value in HEADERS.items()
    }


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in STATIC])
def test_nothing_but_static_files_is_kept_by_a_browser(kind: str, answer: Callable[[str], Any]) -> None:
    assert answer(kind).headers["Cache-Control"] == PRIVATE


@pytest.mark.parametrize("kind", [kind for kind in STATIC if STATIC[kind]])
def test_a_static_file_with_its_version_in_the_address_is_kept_for_ever(
    kind: str, answer: Callable[[str], Any]
) -> None:
    assert answer(kind).headers["Cache-Control"] == FOR_EVER


def test_a_static_file_without_a_version_is_asked_for_again(answer: Callable[[str], Any]) -> None:
    assert answer("static").headers["Cache-Control"] == "no-cache"


def test_a_page_links_only_to_static_files_that_exist_and_may_be_kept(as_owner: Any) -> None:
    page = as_owner.get("/admin/user/").text
    links = [part.split('"')[0] for part in page.replace('src="', 'href="').split('href="') if part[:8] == "/static/"]

    kept = {link: as_owner.get(link, buffered=True).headers["Cache-Control"] for link in links}

    paths = dict.fromkeys(link.partition("?")[0] for link in links)
    assert list(paths) == [f"/static/{name}" for name in ("icon.svg", "app.css", "app.js", "icons.svg")]
    assert kept == dict.fromkeys(links, FOR_EVER)


def test_pages_hold_nothing_inline(as_owner: Any) -> None:
    for url in ("/admin/", "/admin/user/", "/admin/user/new/", "/admin/staff/new/", "/admin/account/", "/nowhere"):
        page = as_owner.get(url).text.lower()

        assert [word for word in ("<style", " style=", " onclick=", " onload=", "javascript:") if word in page] == []
        assert page.count("<script") == page.count("<script defer src=")


def test_http_is_told_nothing_about_https(answer: Callable[[str], Any]) -> None:
    assert "Strict-Transport-Security" not in answer("page").headers


# ---- cookies


def test_the_cookie_is_out_of_reach_of_scripts_and_of_other_sites(as_nobody: Any) -> None:
    cookie = attributes(as_nobody.get("/sign-in"))

    assert re.fullmatch("session-[0-9a-f]{8}", cookie.pop("name"))
    assert cookie == {"HttpOnly": "", "Path": "/", "SameSite": "Lax"}


@pytest.mark.usefixtures("owner")
@pytest.mark.parametrize("cookie", ["", "\0", "\xff\xfe", "a.b.c", ".", "x" * 5000, "eyJfdXNlcl9pZCI6IjEifQ.aa.bb"])
def test_a_forged_cookie_is_nobody(cookie: str, as_nobody: Any, app: Flask) -> None:
    response = as_nobody.get("/admin/", headers={"Cookie": f"{app.config['SESSION_COOKIE_NAME']}={cookie}"})

    assert (response.status_code, response.location) == (302, "/sign-in?next=%2Fadmin%2F")


def test_over_https_the_cookie_is_bound_to_this_host(start: Callable[..., Flask]) -> None:
    client = start(ADMIN_HTTPS="1").test_client()

    cookie = attributes(client.get("/sign-in", base_url="https://admin.example"))

    assert re.fullmatch("__Host-session-[0-9a-f]{8}", cookie.pop("name"))
    assert cookie == {"Secure": "", "HttpOnly": "", "Path": "/", "SameSite": "Lax"}


def test_over_https_browsers_are_told_to_stay_there(start: Callable[..., Flask]) -> None:
    response = start(ADMIN_HTTPS="1").test_client().get("/sign-in", base_url="https://admin.example")

    assert response.headers["Strict-Transport-Security"] == "max-age=31536000"


def test_behind_a_proxy_that_ends_https_the_request_counts_as_https(start: Callable[..., Flask]) -> None:
    client = start(ADMIN_HTTPS="1", ADMIN_PROXIES="1").test_client()

    response = client.get("/sign-in", headers={"X-Forwarded-Proto": "https", "X-Forwarded-Host": "admin.example"})

    assert response.headers["Strict-Transport-Security"] == "max-age=31536000"


def test_without_a_declared_proxy_forwarded_headers_are_not_believed(start: Callable[..., Flask]) -> None:
    client = start().test_client()
    forwarded = {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "evil.example"}

    response = client.get("/admin", headers=forwarded)

    assert response.location == "http://localhost/admin/"
    assert "Strict-Transport-Security" not in response.headers


# ---- two dashboards on one host


def test_two_dashboards_on_one_host_do_not_sign_each_other_out(tmp_path: Path) -> None:
    """Browsers tell no ports apart for cookies: another dashboard's cookies must not take the place of ours."""
    names = set()
    for port, key in ((8000, "a" * 40), (8001, "b" * 40)):
        app = create_app({"ADMIN_SECRET_KEY": key}, instance_path=str(tmp_path / str(port)))
        response = app.test_client().get("/sign-in", base_url=f"http://localhost:{port}")
        names.add(attributes(response)["name"])

    assert len(names) == 2


def test_a_browser_that_was_known_under_the_old_name_stays_known(app: Flask, viewer: Any) -> None:
    with app.test_request_context():
        remember_device(viewer)
        _, _, value = app.process_response(Response()).headers["Set-Cookie"].partition(";")[0].partition("=")

    with app.test_request_context(headers={"Cookie": f"device={value}"}):
        device = known_device()

    assert device is not None
    assert device.staff_ids == (viewer.id,)


# ---- where a form over https comes from

OURS, THEIRS = "https://admin.example", "https://evil.example"


@pytest.mark.parametrize(
    ("headers", "status", "words"),
    [
        ({"Origin": OURS}, 422, ""),
        ({"Origin": OURS, "Referer": ""}, 422, ""),
        ({"Referer": f"{OURS}/sign-in?next=/"}, 422, ""),
        ({"Origin": "null", "Referer": f"{OURS}/sign-in"}, 422, ""),
        ({}, 400, "does not say where"),
        ({"Origin": "null"}, 400, "does not say where"),
        ({"Origin": THEIRS}, 400, THEIRS),
        ({"Origin": THEIRS, "Referer": f"{OURS}/sign-in"}, 400, THEIRS),
        ({"Referer": f"{THEIRS}/{OURS}/"}, 400, THEIRS),
        ({"Referer": f"{OURS}.evil.example/"}, 400, "evil.example"),
        ({"Origin": "http://admin.example"}, 400, "http://admin.example"),
        ({"Origin": f"{OURS}:8443"}, 400, ":8443"),
    ],
)
def test_over_https_an_origin_or_a_referer_of_ours_is_enough(
    headers: dict[str, str], status: int, words: str, as_nobody: Any
) -> None:
    token = re.search('name="csrf_token"[^>]*value="([^"]+)"', as_nobody.get("/sign-in", base_url=OURS).text)
    assert token

    sent = {"csrf_token": token[1], "email": "", "password": ""}
    response = as_nobody.post("/sign-in", base_url=OURS, data=sent, headers=headers)

    assert (response.status_code, words in response.text) == (status, True)


# ---- hosts


@pytest.mark.parametrize(
    ("hosts", "host", "status"),
    [
        ("[::1]", "[::1]", 200),
        ("[::1]", "[::1]:8000", 200),
        ("[::1]:8000", "[::1]:8000", 200),
        ("admin.example, [0:0:0:0:0:0:0:1]", "[::1]:8000", 200),
        ("[2001:DB8::1]", "[2001:db8::1]", 200),
        ("[2001:db8::1]", "[2001:db8::2]", 400),
        ("[::1]", "localhost", 400),
        ("admin.example", "[::1]", 400),
    ],
)
def test_an_address_of_ipv6_is_a_host(hosts: str, host: str, status: int, start: Callable[..., Flask]) -> None:
    response = start(ADMIN_HOSTS=hosts).test_client().get("/sign-in", base_url=f"http://{host}")

    assert response.status_code == status


@pytest.mark.parametrize(
    ("forwarded", "address"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("192.0.2.7:5678", "192.0.2.7"),
        ("2001:db8::1", "2001:db8::1"),
        ("[2001:db8::1]", "2001:db8::1"),
        ("[2001:db8::1]:443", "2001:db8::1"),
        ("[::ffff:192.0.2.7]:443", "192.0.2.7"),
        ("10.0.0.9, 192.0.2.7:5678", "192.0.2.7"),
        ("unknown", ""),
        ("[x]:443", ""),
    ],
)
def test_a_port_behind_a_forwarded_address_is_left_out(
    forwarded: str, address: str, start: Callable[..., Flask]
) -> None:
    app, seen = start(ADMIN_PROXIES="1"), []
    app.add_url_rule("/where", view_func=lambda: seen.append(client_info().address) or "")

    app.test_client().get("/where", headers={"X-Forwarded-For": forwarded})

    assert seen == [address]


@pytest.mark.parametrize("host", ["admin.example", "admin.example:8000", "ADMIN.example", "second.example"])
def test_a_declared_host_is_answered(host: str, start: Callable[..., Flask]) -> None:
    client = start(ADMIN_HOSTS="admin.example, second.example").test_client()

    assert client.get("/sign-in", base_url=f"http://{host}").status_code == 200


@pytest.mark.parametrize("host", ["evil.example", "admin.example.evil.example", "evil-admin.example", "127.0.0.1"])
@pytest.mark.parametrize("url", ["/sign-in", "/admin/", "/nowhere", "/static/icon.svg"])
def test_an_unknown_host_is_refused_in_a_page_of_ours(host: str, url: str, start: Callable[..., Flask]) -> None:
    client = start(ADMIN_HOSTS="admin.example").test_client()

    response = client.get(url, base_url=f"http://{host}")

    assert response.status_code == 400
    assert "<h1>This address is not valid</h1>" in response.text.replace(' dir="auto"', "")
    assert host not in response.text
    assert {name: response.headers.get(name) for name in HEADERS} == HEADERS


def test_a_post_to_an_unknown_host_is_refused(start: Callable[..., Flask]) -> None:
    client = start(ADMIN_HOSTS="admin.example").test_client()

    assert client.post("/sign-out", base_url="http://evil.example").status_code == 400


def attributes(response: Any) -> dict[str, str]:
    """Read the one cookie that a response sets: its name and its attributes."""
    (header,) = response.headers.getlist("Set-Cookie")
    first, *rest = header.split("; ")
    return {"name": first.partition("=")[0], **{part.partition("=")[0]: part.partition("=")[2] for part in rest}}
