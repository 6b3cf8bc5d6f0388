"""Undo: it gives back exactly what an act changed; accounts come back with as little as can be."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import func, select, update

from admin_app.db import json_values
from admin_app.db.transaction import transaction
from admin_app.domain.audit.bulk import add_rows, change_rows
from admin_app.domain.audit.recorder import describe, record_event
from admin_app.domain.audit.undo import undone_by
from admin_app.domain.audit.undo_offers import for_good_among, is_for_good, last_undoable
from admin_app.domain.audit.undo_words import as_noun, named_way, opposite, words_of, words_to_undo
from admin_app.domain.records.deletion import Decision, Fate, delete_record
from admin_app.domain.records.deletion_scope import everything_in_scope
from admin_app.errors import LastOwnerError, UndoError
from admin_app.extensions import db
from admin_app.models.change_set import Change, ChangeSet, Kind
from admin_app.models.post import Post
from admin_app.models.role import EDITOR, OWNER, VIEWER
from admin_app.models.staff import Staff
from admin_app.models.user import User
from tests.domain.audit.undoing import done, state, take_back, words

pytestmark = pytest.mark.usefixtures("context")


def test_a_change_is_given_back_and_given_again(make_user: Any) -> None:
    user = make_user(name="Ann")
    with transaction(db.session):
        user.name = "Anna"
    changed = done()

    outcome = take_back(changed)
    undone = done()
    after_undo = (user.name, user.version)
    take_back(undone)

    assert (outcome.given_back, outcome.left) == (1, 0)
    assert (after_undo, (user.name, user.version)) == (("Ann", 3), ("Anna", 4))
    summaries = list(db.session.scalars(select(ChangeSet.summary).order_by(ChangeSet.id)))
    assert summaries[1:] == ["Changed user “Anna”", "Undid: Changed user “Anna”", "Redid: Changed user “Anna”"]
    assert undone_by(db.session, db.session.get_one(ChangeSet, changed)) is None


def test_what_takes_an_undo_back_is_a_redo_and_is_undone_itself(make_user: Any) -> None:
    make_user()
    for _ in range(3):
        take_back(done())
    made, undone, redone, undone_again = db.session.scalars(select(ChangeSet).order_by(ChangeSet.id))

    assert [words_to_undo(one).act for one in (made, undone, redone, undone_again)] == ["Undo", "Redo", "Undo", "Redo"]
    assert [words_of(one).past for one in (undone, redone, undone_again)] == ["undid", "redid", "undid"]
    assert [opposite(words_of(one)).done for one in (undone, redone)] == ["redone", "undone"]
    assert [named_way(one) for one in (made, undone, redone)] == [made.kind, "undo", "redo"]


def test_what_was_undone_says_so(make_user: Any) -> None:
    make_user()
    made = done()

    take_back(made)

    found = undone_by(db.session, db.session.get_one(ChangeSet, made))
    assert found is not None
    assert (found.kind, found.undoes_id, found.resource) == ("undo", made, "user")


def test_what_the_history_does_not_wholly_know_is_deleted_for_good(
    make_user: Any, make_post: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    user, post = make_user(), make_post()
    monkeypatch.setattr(json_values, "_KEPT", {})
    monkeypatch.setattr(Post, "__history__", ("user_id",))
    for record in (user, post):
        with transaction(db.session):
            delete_record(db.session, record, {}, everything_in_scope)

    sets = list(db.session.scalars(select(ChangeSet).order_by(ChangeSet.id)))

    assert [(one.summary.split()[0], one.resource, is_for_good(db.session, one)) for one in sets] == [
        ("Created", "user", False),
        ("Created", "post", False),
        ("Deleted", "user", False),
        ("Deleted", "post", True),
    ]


def test_what_comes_back_in_part_can_be_undone(
    make_user: Any, make_post: Any, monkeypatch: pytest.MonkeyPatch, statements: Any
) -> None:
    user, posts = make_user(), [make_post() for _ in range(3)]
    monkeypatch.setattr(json_values, "_KEPT", {})
    monkeypatch.setattr(Post, "__history__", ("user_id",))
    found = []
    for number, post in enumerate(posts):
        with transaction(db.session):
            delete_record(db.session, post, {}, everything_in_scope)
            # What a project's own code changes in the same transaction.
            user.name = "Changed" if number == 1 else user.name
        found.append(last_undoable(db.session) is not None)
    sets = list(db.session.scalars(select(ChangeSet)))
    with statements() as sent:
        for_good = for_good_among(db.session, sets)

    assert found == [False, True, False]
    assert (len(for_good), len(sent)) == (2, 1)


def test_those_who_pointed_at_what_is_gone_for_good_do_not_come_back(
    make_user: Any, make_post: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    user = make_user()
    make_post(user=user)
    monkeypatch.setattr(json_values, "_KEPT", {})
    monkeypatch.setattr(User, "__history__", ("name",))

    with transaction(db.session):
        delete_record(db.session, user, {"posts": Decision(Fate.DELETE)}, everything_in_scope)

    assert last_undoable(db.session) is None
    assert take_back(done()).given_back == 0


@pytest.mark.parametrize("fate", list(Fate))
def test_a_deletion_is_given_back_with_ids_relations_and_times(fate: Fate, make_user: Any, make_post: Any) -> None:
    user, heir = make_user(), make_user()
    for _ in range(3):
        make_post(user=user)
    before = (state(User), state(Post))
    with transaction(db.session):
        delete_record(db.session, user, {"posts": Decision(fate, heir)}, everything_in_scope)

    outcome = take_back(done())

    assert (outcome.given_back, outcome.left) == (4, 0)
    assert (state(User), state(Post)) == before
    assert {one.version for one in db.session.scalars(select(Post))} == {3}


def test_what_was_made_is_gone_again(make_user: Any) -> None:
    kept = make_user()
    make_user()

    take_back(done())

    assert list(state(User)) == [kept.id]


def test_of_two_deletions_the_first_can_be_undone(make_user: Any) -> None:
    first, second = make_user(), make_user()
    key, sets = first.id, []
    for user in (first, second):
        with transaction(db.session):
            db.session.delete(user)
        sets.append(done())

    take_back(sets[0])

    assert list(state(User)) == [key]


def test_a_changed_password_does_not_come_back(make_staff: Any) -> None:
    make_staff("Olivia", OWNER)
    person = make_staff("Ann")
    with transaction(db.session):
        person.password_hash = "another"

    outcome = take_back(done())

    assert words(outcome) == ["The old value is not stored (a password, for example), so it cannot be restored."]


def test_an_account_comes_back_switched_off_and_without_a_password(make_staff: Any) -> None:
    make_staff("Olivia", OWNER)
    person = make_staff("Ann", EDITOR)
    key = person.id
    with transaction(db.session):
        db.session.delete(person)

    take_back(done())

    again = db.session.get_one(Staff, key)
    assert (again.name, again.roles, again.is_active, again.password_hash) == ("Ann", (EDITOR,), False, "")
    last = db.session.scalars(select(Change).order_by(Change.id.desc())).first()
    assert last is not None
    assert last.after is not None
    assert last.after["is_active"] == 0


def rewrite(before: dict[str, Any]) -> None:
    """Let the latest change have been written before a column came: the history refuses it by itself."""
    latest = select(func.max(Change.id)).scalar_subquery()
    db.session.execute(update(Change.__table__).where(Change.__table__.c.id == latest).values(before=before))
    db.session.commit()


def test_an_account_deleted_before_there_were_roles_comes_back_with_the_least(make_staff: Any) -> None:
    make_staff("Olivia", OWNER)
    person = make_staff("Ann", EDITOR)
    key = person.id
    with transaction(db.session):
        db.session.delete(person)
    deleted = done()
    change = db.session.scalars(select(Change).order_by(Change.id.desc())).first()
    assert change is not None
    assert change.before is not None
    rewrite({name: value for name, value in change.before.items() if name != "roles"} | {"role": "editor"})

    take_back(deleted)

    assert db.session.get_one(Staff, key).roles == (VIEWER,)


def test_a_change_of_a_column_that_is_no_more_is_left_and_said(make_staff: Any) -> None:
    make_staff("Olivia", OWNER)
    person = make_staff("Ann", EDITOR)
    with transaction(db.session):
        person.name = "Anna"
    rewrite({"role": "viewer"})

    outcome = take_back(last_change_set())

    assert (outcome.given_back, words(outcome), person.roles) == (
        0, ["The old value was stored in another form, so it cannot be restored."], (EDITOR,))  # fmt: skip


def last_change_set() -> int:
    return int(db.session.scalar(select(func.max(Change.change_set_id))) or 0)


def test_an_undo_never_takes_the_last_owner(make_staff: Any) -> None:
    make_staff("Olivia", OWNER)
    made = done()

    with pytest.raises(LastOwnerError):
        take_back(made)

    assert len(state(Staff)) == 1


@pytest.mark.parametrize("kind", [Kind.EXPORT, Kind.FORM])
def test_an_act_that_changed_no_record_cannot_be_undone(kind: Kind) -> None:
    record_event(db.session, kind=kind, summary="Nothing", count=5 if kind is Kind.EXPORT else 0)
    db.session.commit()

    with pytest.raises(UndoError, match="no record was changed"):
        take_back(done())


def test_several_changes_of_a_record_in_one_act_are_taken_back_one_after_the_other(make_user: Any) -> None:
    ann, bea = make_user(name="Ann"), make_user(name="Bea")
    before = state(User)
    with transaction(db.session):
        change_rows(db.session, User, User.id > 0, {"name": "One"})
        change_rows(db.session, User, User.id == ann.id, {"name": "Two"})
        change_rows(db.session, User, User.id == bea.id, {"email": "two@example.com"})
        keys = add_rows(db.session, User, [{"name": "New", "email": "new@example.com"}])
        change_rows(db.session, User, User.id.in_(keys), {"name": "Newer"})

    take_back(done())

    assert state(User) == before


def test_an_undo_costs_as_many_statements_for_many_as_for_one(make_user: Any, make_post: Any, statements: Any) -> None:
    sent = []
    for number in (1, 30):
        user = make_user()
        for _ in range(number):
            make_post(user=user)
        with transaction(db.session):
            describe(db.session, reason="test")
            delete_record(db.session, user, {"posts": Decision(Fate.DELETE)}, everything_in_scope)
        deleted = done()
        with statements() as found:
            take_back(deleted)
        sent.append(len(found))

    assert sent[0] == sent[1]
    assert len(state(Post)) == 31


@pytest.mark.parametrize(
    ("summary", "noun"),
    [
        ("Changed user “Ann”", "Change to user “Ann”"),
        ("Deleted user “Ann” and Bob", "Deletion of user “Ann” and Bob"),
        ("Deleted user “Ann” and changed 17 posts", "Deleted user “Ann” and changed 17 posts:"),
        ("Merged user “Ann” into “Anna”", "Merged user “Ann” into “Anna”:"),
    ],
)
@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
def test_an_act_is_named_as_a_thing_where_it_is_one(summary: str, noun: str) -> None:
    assert as_noun(summary) == noun
