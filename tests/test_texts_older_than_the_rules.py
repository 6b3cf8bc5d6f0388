"""Texts that were stored before the way of keeping them, or by another program: found all the same, and given back as they were."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Enum, func, select, update
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from admin_app.domain.records.lookup import EVERYTHING, find_one
from admin_app.extensions import db
from admin_app.models.change_set import ChangeSet
from admin_app.models.role import Role
from admin_app.models.staff import Staff, StaffSession
from admin_app.models.user import User
from admin_app.panel.kinds.choice import ChoiceInList, ChoiceNotInList
from tests.domain.audit.undoing import take_back
from tests.page import Page
from tests.panel.history.history import edit
from tests.panel.history.test_restoring import restore
from tests.selection.searching import rows_of, selection

MakeUser = Callable[..., User]
DECOMPOSED, COMPOSED = "Ame\u0301lie", "Amélie"
OLD_EMAIL, EMAIL = "Jose\u0301@example.com", "josé@example.com"
# Also an invisible end, a sign whose composed form is another letter, and marks in another order than NFC's.
OLD_NAMES = [DECOMPOSED, f"{DECOMPOSED}\u200b", "\u212bngstro\u0308m", "q\u0307\u0323"]


def stored(app: Flask, key: int) -> str | None:
    with app.app_context():
        return db.session.scalar(select(User.name).where(User.id == key))


# ---- given back as it was


@pytest.mark.parametrize("old", OLD_NAMES)
def test_undo_gives_an_old_text_back_as_it_was(old: str, as_editor: Any, make_user: MakeUser, app: Flask) -> None:
    key = make_user(name=old).id
    edit(as_editor, "user", key, name="Bea")
    changed = stored(app, key)

    with app.app_context():
        take_back(db.session.scalars(select(func.max(ChangeSet.id))).one())

    assert (changed, stored(app, key)) == ("Bea", old)


@pytest.mark.parametrize("old", OLD_NAMES)
def test_a_version_brings_an_old_text_back_as_it_was(old: str, as_editor: Any, make_user: MakeUser, app: Flask) -> None:
    key = make_user(name=old).id
    edit(as_editor, "user", key, name="Bea")

    assert restore(as_editor, "user", key, 1).status_code == 303

    assert stored(app, key) == old


@pytest.mark.parametrize("old", OLD_NAMES)
def test_a_deleted_record_comes_back_as_it_was(old: str, as_editor: Any, make_user: MakeUser, app: Flask) -> None:
    key = make_user(name=old, email=OLD_EMAIL).id
    as_editor.post_form(f"/admin/user/delete/?id={key}")
    gone = stored(app, key)

    assert restore(as_editor, "user", key, 2).status_code == 303

    with app.app_context():
        again = db.session.get_one(User, key)
        assert (gone, again.name, again.email) == (None, old, OLD_EMAIL)


# ---- found


@pytest.mark.usefixtures("context")
@pytest.mark.parametrize("typed", [COMPOSED, DECOMPOSED])
@pytest.mark.parametrize("operator", ["equals", "in"])
def test_a_filter_finds_a_text_in_either_form(operator: str, typed: str, make_user: MakeUser) -> None:
    both = {make_user(name=one).id for one in (DECOMPOSED, COMPOSED)}
    make_user(name="Amelie")

    asked = selection("", User, **{f"name__{operator}": typed})
    by_index = asked.changed(by_index=asked.lookups)

    assert (len(asked.lookups), {row.id for row in rows_of(asked)}) == (1, both)
    assert {row.id for row in rows_of(by_index)} == both


@pytest.mark.usefixtures("context")
@pytest.mark.parametrize("operator", ["equals", "in"])
def test_is_finds_an_old_text_that_no_index_of_pieces_knows(operator: str, make_user: MakeUser) -> None:
    both = {make_user(name=one).id for one in ("Le\u0301a", "Léa")}
    asked = selection("", User, **{f"name__{operator}": "Léa"})

    assert asked.lookups == ()
    assert {row.id for row in rows_of(asked)} == both


@pytest.mark.usefixtures("context")
@pytest.mark.parametrize("typed", [COMPOSED, DECOMPOSED])
@pytest.mark.parametrize("operator", ["not_equals", "not_in"])
def test_a_filter_leaves_a_text_out_in_either_form(operator: str, typed: str, make_user: MakeUser) -> None:
    for one in (DECOMPOSED, COMPOSED):
        make_user(name=one)
    other = make_user(name="Amelie")

    assert [row.id for row in rows_of(selection("", User, **{f"name__{operator}": typed}))] == [other.id]


@pytest.mark.usefixtures("context")
def test_capitals_count_in_is(make_user: MakeUser) -> None:
    make_user(name=DECOMPOSED)

    assert rows_of(selection("", User, name__equals=COMPOSED.upper())) == []


@pytest.mark.usefixtures("context")
@pytest.mark.parametrize(
    ("name", "typed"),
    [(DECOMPOSED, COMPOSED), (DECOMPOSED, "AMÉLIE"), ("Le\u0301a", "Léa"), ("x", EMAIL), ("x", EMAIL.upper())],
)
def test_a_picker_finds_an_old_record(name: str, typed: str, make_user: MakeUser) -> None:
    user = make_user(name=name, email=OLD_EMAIL)

    assert find_one(db.session, User, typed, noun="user", nouns="users", visible_scope=EVERYTHING) is user


class Tables(DeclarativeBase):
    """What is here for its columns alone."""


class Thing(Tables):
    """Something of a fixed set of sizes, one of which has a letter that could be decomposed."""

    __tablename__ = "thing"
    id: Mapped[int] = mapped_column(primary_key=True)
    size: Mapped[str] = mapped_column(Enum("größer", "x"))


@pytest.mark.parametrize("operator", [ChoiceInList, ChoiceNotInList])
def test_a_fixed_set_has_no_other_forms(operator: type[Any]) -> None:
    condition = operator(Thing.size, "Size").condition(Thing.size, ["größer"])

    assert list(condition.compile().params.values()) == [["größer"]]


# ---- accounts


@pytest.fixture
def old_account(app: Flask, make_staff: Callable[..., Staff]) -> int:
    """An account whose email was stored with a capital and decomposed."""
    key = make_staff("Vera").id
    with app.app_context():
        db.session.execute(update(Staff).where(Staff.id == key).values(email=OLD_EMAIL))
        db.session.commit()
    return key


@pytest.mark.parametrize("typed", [EMAIL, EMAIL.upper(), OLD_EMAIL])
def test_an_old_account_is_signed_in_to(
    typed: str, old_account: int, as_nobody: Any, app: Flask, password: str
) -> None:
    answer = as_nobody.post_form("/sign-in", {"email": typed, "password": password})

    assert (answer.status_code, answer.location) == (303, "/admin/")
    with app.app_context():
        assert list(db.session.scalars(select(StaffSession.staff_id))) == [old_account]


# ---- names that show nothing


@pytest.mark.parametrize("name", ["\u200b", "\u2060 \u00a0", "\u3164"])
def test_a_role_has_a_name_to_see(name: str, as_owner: Any, app: Flask) -> None:
    page = Page(as_owner.post_form("/admin/role/new/", {"name": name}))

    assert (page.status, page.error_of("name")) == (422, "Enter the name.")
    with app.app_context():
        assert db.session.scalar(select(Role.id).where(Role.name == name)) is None
