"""Emails with a domain that is not ASCII: browsers send it as the DNS spells it, and people read and search it in letters."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from admin_app.domain.auth.accounts import has_email
from admin_app.extensions import db
from admin_app.models.staff import Staff
from admin_app.models.user import User
from admin_app.unicode_text import dns_domain, readable_domain
from tests.selection.searching import found

LETTERS, DNS = "anna@m\u00fcller.example", "anna@xn--mller-kva.example"


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        (DNS, LETTERS),
        ("b@XN--MLLER-KVA.example", "b@m\u00fcller.example"),
        ("b@xn--strae-oqa.example", "b@stra\u00dfe.example"),
        ("xn--mller-kva@b.example", "xn--mller-kva@b.example"),
        # No spelling of the DNS, none of its letters, a joiner that nobody sees, nothing, and not in any form that the DNS writes.
        *((f"b@{one}.example",) * 2 for one in ("xn--\u00e4", "xn--a-", "xn--ab-m1t", "xn--", "xn--zzzzzzzzzz9")),
    ],
)
def test_a_domain_is_kept_in_letters_where_it_has_them(sent: str, kept: str) -> None:
    assert readable_domain(sent) == kept


def test_an_ascii_domain_is_the_same_in_both_spellings() -> None:
    assert dns_domain("Anna@Example.com") == "Anna@Example.com"


def test_form_list_and_export_have_the_email_as_it_was_typed(as_editor: Any) -> None:
    as_editor.post_form("/admin/user/new/", {"name": "Anna", "email": DNS})

    shown = [as_editor.get(f"/admin/user/{path}").text for path in ("", "edit/?id=1", "export/csv/")]

    assert [("xn--" in one, LETTERS in one) for one in shown] == [(False, True)] * 3


@pytest.mark.usefixtures("context")
@pytest.mark.parametrize("stored", [LETTERS, DNS])
def test_search_finds_both_spellings_by_both(stored: str, make_user: Any) -> None:
    user = make_user(name="Anna", email=stored)
    make_user(name="Bea")

    ids = [found(typed, User) for typed in (LETTERS, DNS, LETTERS.partition("@")[2])]

    assert ids == [[user.id]] * 3


@pytest.mark.usefixtures("context")
@pytest.mark.parametrize("stored", [LETTERS, DNS])
def test_an_account_is_found_by_both_spellings(stored: str, make_staff: Any) -> None:
    staff = make_staff("owner", email=stored)

    assert [db.session.scalar(select(Staff).where(has_email(sent))) for sent in (LETTERS, DNS)] == [staff, staff]
