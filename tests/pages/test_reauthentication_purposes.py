"""The page that asks for the password again says what for."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from admin_app.models.staff import Staff
from tests.page import Page
from tests.pages.reauthenticating import let_proof_age


def said(answer: Any) -> str:
    (why,) = Page(answer).texts("p", id="proof-why")
    return why.partition(", enter your password.")[0]


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("/admin/staff/new/", "To add a colleague"),
        ("/admin/staff/edit/?id={id}", "To change a colleague"),
        ("/admin/staff/edit-page/", "To change staff"),
        ("/admin/staff/cell/?id={id}&field=name", "To change a colleague"),
        ("/admin/staff/delete/?id={id}", "To delete a colleague"),
        ("/admin/staff/access/?id={id}", "To change how a colleague signs in"),
        ("/admin/role/new/", "To add a role"),
        ("/admin/account/two-factor/", "To change your two-factor sign-in"),
        ("/admin/account/passkeys/", "To add a passkey"),
    ],
)
def test_it_names_what_was_sent(url: str, words: str, app: Flask, as_owner: Any, viewer: Staff) -> None:
    let_proof_age(app, minutes=16)

    asked = as_owner.post_form(url.format(id=viewer.id), page="/admin/account/")

    assert (asked.status_code, said(asked)) == (403, words)


def test_it_names_what_is_undone(app: Flask, as_owner: Any, as_editor: Any) -> None:
    made = as_editor.post_form("/admin/user/new/", {"name": "Ann", "email": "ann@example.com"})
    assert made.status_code == 303
    form = Page(as_owner.get("/admin/activity/")).all("form", class_="undo")[0]
    sent = {one.attributes["name"]: one.attributes["value"] for one in form.all("input")}
    let_proof_age(app, minutes=16)

    asked = as_owner.post(form.attributes["action"], data=sent)

    assert (asked.status_code, said(asked)) == (403, "To undo “Created user \u2018Ann\u2019”")
