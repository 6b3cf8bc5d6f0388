"""Forgetting a person: what is removed, where a value is looked for, and what keeps it from being done."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import ForeignKey, Index, MetaData, String, UniqueConstraint, func, select
from sqlalchemy.orm import Mapped, mapped_column, registry

from admin_app.context import acting, writing
from admin_app.db.record import Record
from admin_app.domain.auth.accounts import actor_of
from admin_app.domain.forgetting import forget as forgetting
from admin_app.domain.forgetting.held import held_about
from admin_app.domain.forgetting.subject import Subject, stand_in, subject_of
from admin_app.domain.forgetting.texts import replaced
from admin_app.domain.records.deletion_scope import everything_in_scope
from admin_app.domain.records.merge import merge_records
from admin_app.domain.work.notes import add_note, delete_note
from admin_app.errors import ConfigurationError, ForgettingError
from admin_app.extensions import db
from admin_app.models.change_set import Change, ChangeSet, Kind
from admin_app.models.draft import Draft
from admin_app.models.forgotten import Forgotten
from admin_app.models.job import Job, JobState
from admin_app.models.note import Note
from admin_app.models.plan import Plan, PlanLine, PlanState
from admin_app.models.post import Post
from admin_app.models.presence import Presence
from admin_app.models.saved_view import SavedView
from admin_app.models.staff import Staff, StaffSession
from admin_app.models.upload import Upload
from admin_app.models.user import User

ABOUT = frozenset({"user", "post"})
NAME, OLD, EMAIL = "Zoë Zanders", "Zoe Old", "zoe.z@example.com"
SOON = datetime(2099, 1, 1, tzinfo=UTC)


@pytest.fixture
def zoe(context: object, owner: Staff, make_user: Any) -> User:  # noqa: ARG001 -- the database is that of its application
    """Somebody whose data is everywhere: in the history, notes, drafts, plans, jobs, uploads, views and a post."""
    with acting(lambda: (owner.id, "Olivia (olivia@example.com)"), kind=Kind.FORM), writing():
        user = make_user(name=OLD, email=EMAIL)
        user.name = NAME
        db.session.commit()
        for text in (f"{NAME} called", "Gone again"):
            add_note(db.session, user, author=owner, text=text, mentioned=())
            db.session.commit()
        add_note(db.session, db.session.merge(owner), author=owner, text="About somebody else", mentioned=())
        db.session.commit()
        gone = select(Note).where(Note.text == "Gone again")
        delete_note(db.session, user, db.session.scalars(gone).one())
        db.session.commit()
    job = {"kind": "export", "staff_id": owner.id, "title": "Users", "state": JobState.DONE}
    plan = {"resource": "user", "model": "user", "operation": "edit", "expires_at": SOON, "staff_id": owner.id}
    kept = Plan(**plan, state=PlanState.DONE)
    db.session.add_all(
        [
            Post(content=f"Write to {EMAIL.upper()}, not to x{EMAIL}", user_id=user.id),
            Draft(staff_id=owner.id, address="/admin/user/edit/", fields=[["name", NAME]]),
            Draft(staff_id=owner.id, address="/admin/post/new/", fields=[["content", "Other"]]),
            SavedView(staff_id=owner.id, resource="user", name="Zoë", arguments="email__equals=zoe.z%40example.com"),
            Job(**job, arguments={"resource": "user"}),
            Job(**job, arguments={"resource": "role"}),
            Upload(staff_id=owner.id, resource="post", expires_at=SOON),
            Presence(table="user", record_id=user.id, staff_id=owner.id, since=SOON, expires_at=SOON),
            kept,
        ]
    )
    db.session.flush()
    db.session.add(
        PlanLine(plan_id=kept.id, number=1, record_id=user.id, version=1, verdict="done", before={"name": OLD})
    )
    db.session.commit()
    return user


def about(user: User) -> Subject:
    return subject_of(db.session, User, user.id, ("name", "email"))


def forget(subject: Subject) -> Any:
    with acting(lambda: (1, "Olivia"), kind=Kind.FORM), writing():
        removed = forgetting.forget(db.session, subject, ABOUT, reason="She asked")
        db.session.commit()
    return removed


def number(model: type[Any]) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def everything() -> str:
    tables = db.metadata.sorted_tables
    rows = [[str(value) for value in row] for table in tables for row in db.session.execute(select(table))]
    return json.dumps(rows, ensure_ascii=False)


def test_everything_held_is_told(zoe: User) -> None:
    held = held_about(db.session, about(zoe))

    assert (held["record"]["values"]["email"], held["record"]["id"]) == (EMAIL, zoe.id)
    assert [one["act"] for one in held["history"]] == ["create", "update"]
    assert [one["text"] for one in held["notes"]] == [f"{NAME} called"]
    assert [len(held["dependents"]["post"]), [*held["dependents"]]] == [1, ["post"]]


@pytest.mark.no_cover
def test_nothing_of_a_person_is_left_in_any_table(zoe: User) -> None:
    subject = about(zoe)
    extent = forgetting.extent_of(db.session, subject, ABOUT)

    removed = forget(subject)

    told = everything().lower()
    assert [one in told for one in (NAME.lower(), OLD.lower(), f" {EMAIL}", "zoe.z%40", "gone again")] == [False] * 5
    db.session.expire_all()
    assert (zoe.name, zoe.email) == ("Forgotten", f"forgotten-{zoe.id}@forgotten.invalid")
    assert (extent.is_there, extent.changes, extent.notes, extent.drafts) == (True, 2, 1, 1)
    assert (extent.plans, extent.jobs, extent.uploads) == (1, 1, 1)
    assert [number(one) for one in (Draft, Job, Upload, Plan, Note, Presence)] == [1, 1, 0, 0, 1, 0]
    assert (len(removed.jobs), len(removed.uploads), removed.elsewhere) == (1, 1, [])


def test_what_is_of_others_stays(zoe: User) -> None:
    forget(about(zoe))

    db.session.expire_all()
    (post,) = zoe.posts
    assert post.content == f"Write to [forgotten], not to x{EMAIL}"
    assert db.session.scalars(select(SavedView.arguments)).all() == ["email__equals=[forgotten]"]


def test_a_mark_says_who_when_and_why_and_nothing_takes_it_back(zoe: User) -> None:
    forget(about(zoe))

    done = db.session.scalars(select(ChangeSet).order_by(ChangeSet.id.desc()).limit(1)).one()
    assert (done.kind, done.summary) == (Kind.FORGET, f"Removed all personal data of user {zoe.id}")
    assert (done.actor, done.reason, done.count) == ("Olivia", "She asked", 0)
    mark = db.session.scalars(select(Forgotten)).one()
    assert (mark.model, mark.record_id, mark.actor, mark.reason) == ("user", zoe.id, "Olivia", "She asked")
    assert db.session.scalar(select(func.count()).where(Change.change_set_id == done.id)) == 0


def test_a_name_that_may_be_somebody_elses_is_told_of_and_stays(zoe: User, make_post: Any) -> None:
    make_post(content=f"Meet {NAME} tomorrow")

    removed = forget(about(zoe))

    # In a post, and in what the history keeps of it.
    assert {(one.table, one.column, one.count) for one in removed.elsewhere} == {
        ("change", "title", 1),
        ("change", "after", 1),
        ("change_set", "summary", 1),
        ("post", "content", 1),
    }


def test_an_address_that_a_colleague_has_too_stays_theirs(zoe: User, make_staff: Any) -> None:
    colleague = make_staff("Zoe", email=EMAIL)

    forget(about(zoe))

    db.session.expire_all()
    assert colleague.email == EMAIL
    assert zoe.email != EMAIL


def test_who_is_deleted_is_forgotten_in_the_history(zoe: User) -> None:
    key = zoe.id
    with acting(lambda: (1, "Olivia"), kind=Kind.FORM), writing():
        db.session.delete(zoe.posts[0])
        db.session.delete(zoe)
        db.session.commit()

    forget(subject_of(db.session, User, key, ("name", "email")))

    assert NAME not in everything()
    last = db.session.scalars(select(Change).where(Change.model == "user").order_by(Change.id.desc()).limit(1)).one()
    assert (last.title, last.before["name"]) == ("Forgotten", "Forgotten")


def test_records_that_were_merged_into_one_are_forgotten_with_it(zoe: User, make_user: Any) -> None:
    first, second = make_user(name="Zed", email="zed@example.com"), make_user(name="Zee", email="zee@example.com")
    former = [second.id, first.id]
    with acting(lambda: (1, "Olivia"), kind=Kind.FORM), writing():
        for survivor, gone in ((second, first), (zoe, second)):
            merge_records(db.session, survivor, gone, values={}, scopes=everything_in_scope)
            db.session.commit()

    held = held_about(db.session, about(zoe))
    forget(about(zoe))

    told = everything()
    assert [one["after"]["name"] for one in held["history"] if one["act"] == "create"] == [OLD, "Zed", "Zee"]
    assert [one in told for one in ("Zed", "zed@", "Zee", "zee@")] == [False] * 4
    assert {one.record_id for one in db.session.scalars(select(Forgotten))} == {zoe.id, *former}


@pytest.mark.parametrize("busy", ["job", "plan"])
def test_work_under_way_is_waited_for(busy: str, zoe: User) -> None:
    if busy == "job":
        db.session.scalars(select(Job).order_by(Job.id).limit(1)).one().state = JobState.RUNNING
    else:
        db.session.scalars(select(Plan)).one().state = PlanState.AGREED
    db.session.commit()

    with pytest.raises(ForgettingError, match=r"Wait until it has ended\. Nothing was removed"):
        forget(about(zoe))


def test_nothing_is_removed_where_something_would_be_left(zoe: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forgetting, "replace_everywhere", lambda _session, _values: 0)

    with pytest.raises(ForgettingError, match=r"Something would be left in .*post\.content.*Nothing was removed"):
        forget(about(zoe))
    db.session.rollback()

    assert zoe.name == NAME


def test_a_restored_backup_brings_somebody_back(zoe: User, owner: Staff) -> None:
    forget(about(zoe))
    marks = forgetting.values_of_marks(db.session)
    is_back = forgetting.is_back(db.session, about(zoe))
    with acting(lambda: (owner.id, "Olivia"), kind=Kind.FORM), writing():
        zoe.name = NAME
        db.session.commit()

    assert (is_back, forgetting.is_back(db.session, about(zoe))) == (False, True)
    assert forgetting.add_missing(db.session, [*marks, {**marks[0], "record_id": 77}]) == 1


@pytest.mark.usefixtures("context")
def test_a_record_without_unmistakable_values_is_forgotten_too(make_user: Any) -> None:
    user = make_user(name="Al")
    subject = subject_of(db.session, User, user.id, ("name",))

    extent = forgetting.extent_of(db.session, subject, ABOUT)
    forget(subject)

    assert (extent.texts, user.name) == ([], "Forgotten")
    again = subject_of(db.session, User, user.id, ("name",))
    assert forgetting.extent_of(db.session, again, ABOUT).elsewhere == []
    assert forget(again).elsewhere == []


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("ann@a.org", "[forgotten]"),
        ("joann@a.org ann@a.org.uk ann@a.org.", "joann@a.org ann@a.org.uk [forgotten]."),
        ("next=%2Fadmin%3Femail%3Dann%40a.org&x", "next=%2Fadmin%3Femail%3D[forgotten]&x"),
        (json.dumps("x\nann@a.org ä\nZoë"), '"x\\n[forgotten] \\u00e4\\n[forgotten]"'),
    ],
)
def test_a_value_is_found_where_it_stands_by_itself(text: str, left: str) -> None:
    assert replaced(text, {"ann@a.org", "Zoë"}) == left


def test_no_value_replaces_nothing() -> None:
    assert replaced("text", set()) == "text"


OWN = MetaData()


class Passport(Record):
    """A record with personal columns of each sort."""

    metadata = OWN
    _sa_registry = registry(metadata=OWN)
    number: Mapped[str] = mapped_column(String(40), unique=True)
    height: Mapped[int]
    born: Mapped[datetime | None]
    holder_id: Mapped[int | None] = mapped_column(ForeignKey("passport.id"))
    country: Mapped[str] = mapped_column(String(2))
    serial: Mapped[str] = mapped_column(String(40))
    mail: Mapped[str | None] = mapped_column(String(29), info={"format": "email"})
    code: Mapped[str | None] = mapped_column(String(8))
    chip: Mapped[int | None]
    issuer_mail: Mapped[str | None] = mapped_column(ForeignKey("passport.mail"))
    former_code: Mapped[str | None] = mapped_column(ForeignKey("passport.code"))
    former_chip: Mapped[int | None] = mapped_column(ForeignKey("passport.chip"))
    __table_args__ = (UniqueConstraint("country", "serial"), Index("by_mail", "mail", unique=True))


def test_every_personal_column_has_a_stand_in_or_is_refused() -> None:
    columns = Passport.__table__.c

    names = ("born", "number", "serial", "mail", "code", "chip", "issuer_mail")
    assert {name: stand_in(columns[name], 7) for name in names} == {
        "born": None,
        "number": "forgotten-7",
        "serial": "forgotten-7",
        "mail": "forgotten-7@forgotten.invalid",
        "code": "gotten-7",
        "chip": None,
        "issuer_mail": None,
    }
    assert stand_in(columns.mail, 10) == "forgotten-10"
    with pytest.raises(ConfigurationError, match="a personal column must hold text, or may be empty"):
        stand_in(columns.height, 7)


def test_a_colleague_who_left_signs_in_no_more_and_is_named_nowhere(zoe: User, make_staff: Any, owner: Staff) -> None:
    lena = make_staff("Lena Leaver", email="lena.l@example.com", is_active=False)
    with acting(lambda: actor_of(lena), kind=Kind.FORM), writing():
        zoe.name = "Zoë"
        add_note(db.session, zoe, author=lena, text="Rang back", mentioned=())
        add_note(db.session, zoe, author=db.session.merge(owner), text="Again", mentioned=())
        db.session.commit()
    db.session.add(
        StaffSession(token_hash="x", staff_id=lena.id, expires_at=SOON, user_agent="Browser", address="192.0.2.7")
    )
    db.session.commit()
    subject = subject_of(db.session, Staff, lena.id, ("name", "email"))
    extent = forgetting.extent_of(db.session, subject, frozenset({"staff"}))

    with acting(lambda: actor_of(owner), kind=Kind.FORM), writing():
        removed = forgetting.forget(db.session, subject, frozenset({"staff"}), reason="Left")
        db.session.commit()

    told = everything().lower()
    db.session.expire_all()
    called = f"Forgotten {lena.id}"
    assert [one in told for one in ("lena leaver", "lena.l", "192.0.2.7")] == [False] * 3
    assert (lena.name, lena.email, lena.password_hash) == ("Forgotten", f"forgotten-{lena.id}@forgotten.invalid", "")
    assert (extent.acts, removed.elsewhere, number(StaffSession)) == (2, [], 0)
    assert {called, "Olivia (olivia@example.com)"} <= set(db.session.scalars(select(ChangeSet.actor)))
    assert [one.author for one in db.session.scalars(select(Note).order_by(Note.id))][-2:] == [called, owner.name]


@pytest.mark.usefixtures("context")
def test_a_colleague_who_can_still_sign_in_is_not_forgotten(owner: Staff) -> None:
    subject = subject_of(db.session, Staff, owner.id, ("name", "email"))

    with pytest.raises(ForgettingError, match=r"^This colleague can still sign in\. Switch the account off first\."):
        forget(subject)

    assert forgetting.extent_of(db.session, subject, ABOUT).is_there
