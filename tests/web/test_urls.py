"""A link back leads only to a path of our own."""

from __future__ import annotations

import pytest

from admin_app.web.urls import local_path

START = "/admin/"


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/admin/user/",
        "/admin/user/?q=ann&page=2",
        "/admin/user/?name__contains=%C3%A9&sort=-created_at",
        "/admin/post/edit/?id=7&url=%2Fadmin%2Fpost%2F%3Fpage%3D3",
        "/admin/user/?next=//evil.example",
        "/admin/user/?q=https://evil.example",
        "/" + "a" * 3999,
    ],
)
def test_a_path_of_ours_is_kept(path: str) -> None:
    assert local_path(path, START) == path


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        " ",
        "admin/user/",
        "//evil.example",
        "///evil.example",
        "//evil.example/%2f..",
        "/\\evil.example",
        "\\\\evil.example",
        "/admin\\..\\evil",
        "https://evil.example",
        "https:evil.example",
        "https:/evil.example",
        "HTTPS:evil.example",
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "data:text/html,x",
        "/\n/evil.example",
        "/\r/evil.example",
        "/\t/evil.example",
        "\t//evil.example",
        "/admin/\n",
        "/admin/\r\nSet-Cookie: a=b",
        "\n/admin/",
        " /admin/",
        "/admin/ ",
        "/admin/\0",
        "/admin/\x7f",
        "/admin/é",
        "/\u2028/evil.example",
        "／／evil.example",  # noqa: RUF001 -- full-width slashes are the point
        "?q=ann",
        "#main",
        "@evil.example",
        "/" + "a" * 4000,
    ],
)
def test_anything_else_falls_back(text: str | None) -> None:
    assert local_path(text, START) == START
