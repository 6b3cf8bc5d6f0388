"""Roles: keys that nobody else has, and what is asked of a list of them."""

from __future__ import annotations

from typing import Any

import pytest

from admin_app.db.string_set import StringSet
from admin_app.domain.permissions import roles
from admin_app.errors import ConfigurationError, InvalidRecord
from admin_app.extensions import db
from admin_app.models.role import Role

pytestmark = [pytest.mark.usefixtures("context"), pytest.mark.parametrize("store", ["sqlite"], indirect=True)]


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("Author", "author"),
        ("Rédacteur en chef", "redacteur-en-chef"),
        ("  A / B  ", "a-b"),
        ("作者", "role"),
        ("Owner", "owner-2"),
        ("Everyone", "everyone-2"),
        ("Mine!", "mine-2"),
        ("None", "none-2"),
        ("A name that is longer than any key may be", "a-name-that-is-longe"),
    ],
)
def test_a_key_is_made_of_the_name(name: str, key: str) -> None:
    assert roles.new_key(db.session, name) == key


def test_a_key_that_is_taken_gets_a_number_within_its_length(keep: Any) -> None:
    for number, key in enumerate(("a-name-that-is-longe", "a-name-that-is-lon-2")):
        keep(Role(name=f"Long {number}", key=key))

    assert roles.new_key(db.session, "A name that is longer") == "a-name-that-is-lon-3"


def test_a_key_that_is_none_is_refused_with_what_there_is() -> None:
    words = r"^The role king does not exist\. Choose from: editor, owner, viewer\.$"
    with pytest.raises(InvalidRecord, match=words):
        roles.of_keys(db.session, ["owner", "king"])


def test_a_setting_that_names_no_role_is_refused_with_what_there_is() -> None:
    roles.require_known(db.session, {"owner"}, "ADMIN_TWO_FACTOR")

    words = r"^ADMIN_TWO_FACTOR names a role that does not exist: king\. Choose from: editor, owner, viewer\.$"
    with pytest.raises(ConfigurationError, match=words):
        roles.require_known(db.session, {"owner", "king"}, "ADMIN_TWO_FACTOR")


def test_who_has_a_role_counts_whether_switched_off_or_not(make_staff: Any) -> None:
    make_staff("Ann", "viewer", "editor")
    make_staff("Bo", "editor", is_active=False)
    make_staff("Cy", "viewer")
    (role,) = roles.of_keys(db.session, ["editor"])

    assert [roles.number_of_holders(db.session, role, are_active=only) for only in (False, True)] == [2, 1]


def test_a_set_of_words_is_the_same_text_in_any_order() -> None:
    assert (StringSet(["b", "a", "b"]).to_text(), str(StringSet(["b", "a"]))) == ('["a","b"]', "a, b")
