"""The rows of a file become records: planned, corrected, confirmed, carried out at once or by a job, reported and undone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, text, update

from admin_app.db.string_set import StringSet
from admin_app.extensions import db
from admin_app.models.change_set import ChangeSet
from admin_app.models.plan import Plan, PlanLine
from admin_app.models.post import Post
from admin_app.models.role import EDITOR, Role
from admin_app.models.upload import Upload
from admin_app.models.user import User
from admin_app.panel.access.access import access_to
from admin_app.panel.export.export import export_file, order
from admin_app.panel.plan import jobs as plan_jobs
from admin_app.panel.registry import resource_of
from admin_app.resources.user import UserResource
from tests.page import Page
from tests.panel.import_.sending import chosen, columns_url, sent
from tests.panel.plan.plans import agreed, work
from tests.stores import both_stores

pytestmark = pytest.mark.covers

GOOD = b"Name,Email\nAnn,ann@example.com\nBob,bob@example.com\n"
MIXED = b"Name,Email\nAnn,ann@example.com\nBob,nowhere\nCleo,nowhere\n,dora@example.com\n"


@pytest.fixture
def few_rows(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a job do what is about more than one row, one a transaction."""
    monkeypatch.setitem(app.config, "PLAN_ROWS", 1)
    monkeypatch.setattr(plan_jobs, "FIRST_CHUNK", 1)
    monkeypatch.setattr(plan_jobs, "MOST_LINES", 1)


def planned(client: Any, content: bytes, *, to: str = "user", **choices: str) -> str:
    """Send a file, take what is guessed of its columns, and return the plan's address."""
    response = chosen(client, columns_url(sent(client, content, to=to), to), **choices)
    assert response.status_code == 303, Page(response).summary
    return str(response.location)


def users(client: Any) -> dict[str, str]:
    with client.application.app_context():
        return {one.name: one.email for one in db.session.scalars(select(User).order_by(User.id))}


def tabs(page: Page) -> list[str]:
    return [one.text for one in page.all("nav", aria_label="Records by what happens to them")[0] if one.tag == "a"]


def corrections_of(plan: str) -> str:
    return plan.replace("/plan/", "/import/corrections/")


# ---- a file that is right


@both_stores
def test_rows_are_shown_before_they_come_in_and_undone_they_are_gone(as_editor: Any, make_user: Any) -> None:
    ada = make_user(name="Ada", email="ada@example.com")
    content = f"ID,Name,Email\n{ada.id},Grace,ada@example.com\n,Bob,bob@example.com\n".encode()

    plan = planned(as_editor, content)
    before = Page(as_editor.get(plan))
    done = agreed(as_editor, plan, whole="1", reason="As sent")

    assert (before.heading, tabs(before)) == ("Import 2 users?", ["All 2", "To be changed 1", "To be added 1"])
    assert (done.heading, users(as_editor)) == (
        "2 users imported",
        {"Grace": "ada@example.com", "Bob": "bob@example.com"},
    )
    with as_editor.application.app_context():
        made = db.session.scalars(select(ChangeSet).where(ChangeSet.kind == "import")).one()
        assert (made.summary, made.reason) == ("Changed 1 user and created 1 user", "As sent")
    as_editor.post_form("/admin/activity/undo/", {"id": str(made.id)})
    assert users(as_editor) == {"Ada": "ada@example.com"}


def test_an_unedited_export_changes_nothing(as_editor: Any, make_user: Any) -> None:
    make_user(name="Ada", email="ada@example.com")
    make_user(name="=1+1", email="bo@example.com")
    written = as_editor.get("/admin/user/export/csv/").data

    page = Page(as_editor.get(planned(as_editor, written)))

    assert page.heading == "Import users: nothing to do"
    assert "There is nothing to do: no record would change." in page.texts("p", class_="note")


def test_the_imported_records_are_a_list_of_their_own(as_editor: Any, make_user: Any) -> None:
    make_user(name="Ada", email="ada@example.com")
    plan = planned(as_editor, GOOD)
    agreed(as_editor, plan)

    listed = as_editor.post_form(plan, {"list": "done"}).location

    assert Page(as_editor.get(f"{listed}&sort=name")).column("Name") == ["Ann", "Bob"]


def test_the_history_of_each_record_leads_to_all_of_them(as_editor: Any, make_user: Any) -> None:
    make_user(name="Ada", email="ada@example.com")
    agreed(as_editor, planned(as_editor, GOOD))
    ann = Page(as_editor.get("/admin/user/?name__contains=Ann")).ids()[0]
    history = Page(as_editor.get(f"/admin/user/history/?id={ann}"))
    act = next(one.attributes["href"] for one in history.all("a") if "/activity/set/" in one.attributes.get("href", ""))

    listed = as_editor.post_form("/admin/activity/list/", {"id": act.rpartition("=")[2], "resource": "user"}, page=act)

    assert Page(as_editor.get(f"{listed.location}&sort=name")).column("Name") == ["Ann", "Bob"]


@pytest.mark.usefixtures("few_rows")
@both_stores
def test_many_rows_are_planned_and_carried_out_by_jobs(as_editor: Any) -> None:
    plan = planned(as_editor, GOOD)
    waiting = Page(as_editor.get(plan)).heading
    made = work(as_editor)
    ready = Page(as_editor.get(plan))
    under_way = agreed(as_editor, plan)
    done = work(as_editor)

    assert (waiting, made, ready.heading) == ("Import users: making the plan", "done", "Import 2 users?")
    assert not ready.all("input", name="whole")
    assert (under_way.heading, done) == ("Import users: under way", "done")
    assert users(as_editor) == {"Ann": "ann@example.com", "Bob": "bob@example.com"}


# ---- a file that is not


def test_all_or_nothing_is_nothing_where_a_row_is_wrong(as_editor: Any) -> None:
    plan = planned(as_editor, MIXED)

    refused = Page(as_editor.post_form(plan, {"whole": "1"}))
    page = agreed(as_editor, plan, whole="0")

    assert refused.status == 422
    assert refused.summary == ["3 users can't be imported. Correct them, leave them out, or import only the others."]
    assert (page.heading, users(as_editor)) == ("1 user imported", {"Ann": "ann@example.com"})


def test_wrong_rows_are_given_back_as_they_were_sent(as_editor: Any) -> None:
    content = b'Name;Email\r\n"Ann";ann@example.com\r\n"B""ob";nowhere\r\n'
    plan = planned(as_editor, content)

    given = as_editor.get(plan.replace("/plan/", "/import/wrong/"))

    assert given.data.decode() == (
        'error;Name;Email\r\n"Email “nowhere”: use the form name@example.com.";"B""ob";nowhere\r\n'
    )
    assert given.headers["Content-Disposition"] == 'attachment; filename="user-not-imported.csv"'


def test_a_wrong_cell_is_corrected_on_the_page(as_editor: Any) -> None:
    plan = planned(as_editor, MIXED)
    page = Page(as_editor.get(corrections_of(plan)))
    values = page.values("corrections")

    again = as_editor.post_form(
        corrections_of(plan), {**values, "cell.3.email": "bob@example.com", "cell.5.name": "Dora"}
    ).location

    assert [one.text for one in page.all("h2", class_="corrections__row")] == ["Row 3", "Row 4", "Row 5"]
    assert Page(as_editor.get(again)).heading == "Import 3 users?"
    agreed(as_editor, again, whole="0")
    assert users(as_editor) == {"Ann": "ann@example.com", "Bob": "bob@example.com", "Dora": "dora@example.com"}


def test_a_value_is_put_right_wherever_it_stands_and_the_rest_is_left_out(as_editor: Any, make_user: Any) -> None:
    ann = make_user(name="Ann", email="ann@example.com")
    plan = planned(as_editor, b"Content,User ID\na,anne@example.com\nb,anne@example.com\nc,bo@example.com\n", to="post")
    reason = "User ID: it does not exist."
    url = f"{corrections_of(plan)}&reason={reason}"

    values = Page(as_editor.get(url)).values("corrections")
    again = as_editor.post_form(url, {**values, "means.user_id.anne@example.com": "ann@example.com"}).location
    left = as_editor.post_form(f"{corrections_of(again)}&reason={reason}", {"leave": reason}).location
    page = agreed(as_editor, left, whole="1")

    assert Page(as_editor.get(again)).heading == "Import 2 posts?"
    assert (page.heading, tabs(page)) == ("2 posts imported", ["All 3", "Left out 1", "Imported 2"])
    with as_editor.application.app_context():
        assert {one.content: one.user_id for one in db.session.scalars(select(Post))} == {"a": ann.id, "b": ann.id}


def test_corrections_hold_until_the_file_is_imported(as_editor: Any) -> None:
    plan = planned(as_editor, MIXED)
    first = as_editor.post_form(corrections_of(plan), {"cell.3.email": "bob@example.com"}).location

    second = as_editor.post_form(corrections_of(first), {"cell.4.email": "cleo@example.com"}).location

    assert Page(as_editor.get(second)).heading == "Import 3 users?"


def test_a_plan_that_was_agreed_to_is_corrected_no_more(as_editor: Any) -> None:
    plan = planned(as_editor, MIXED)
    agreed(as_editor, plan, whole="0")

    token = as_editor.token_of("/admin/user/")
    sent_late = as_editor.post(corrections_of(plan), data={"csrf_token": token, "cell.3.email": "x@example.com"})

    assert [as_editor.get(corrections_of(plan)).location, sent_late.location] == [plan, plan]
    assert users(as_editor) == {"Ann": "ann@example.com"}


# ---- what happens meanwhile


@pytest.mark.parametrize("whole", ["1", "0"])
def test_a_record_changed_meanwhile_is_not_overwritten(as_editor: Any, app: Flask, make_user: Any, whole: str) -> None:
    ada, bob = make_user(name="Ada", email="ada@example.com"), make_user(name="Bob", email="bob@example.com")
    plan = planned(as_editor, f"ID,Name\n{ada.id},Grace\n{bob.id},Robert\n".encode())
    with app.app_context():
        db.session.get_one(User, ada.id).name = "Ada L."
        db.session.commit()

    page = Page(as_editor.post_form(plan, {"whole": whole}, follow_redirects=True))

    if whole == "1":
        assert page.summary == ["Nothing was imported: 1 record was changed meanwhile. Check the file again."]
        assert set(users(as_editor)) == {"Ada L.", "Bob"}
    else:
        assert tabs(page) == ["All 2", "Imported 1", "Changed since 1"]
        assert set(users(as_editor)) == {"Ada L.", "Robert"}


def test_a_unique_value_taken_meanwhile_fails_its_row(as_editor: Any, make_user: Any) -> None:
    plan = planned(as_editor, GOOD)
    make_user(name="Other", email="BOB@example.com")

    page = Page(as_editor.post_form(plan, {"whole": "0"}, follow_redirects=True))

    assert (page.heading, tabs(page)) == ("1 user imported", ["All 2", "Imported 1", "Failed 1"])


@pytest.mark.usefixtures("few_rows")
def test_a_right_that_was_withdrawn_stops_the_job(as_editor: Any, app: Flask) -> None:
    plan = planned(as_editor, GOOD)
    work(as_editor)
    agreed(as_editor, plan)
    with app.app_context():
        db.session.execute(update(Role).where(Role.key == EDITOR).values(permissions=StringSet(["user:list"])))
        db.session.commit()

    assert work(as_editor) == "failed You can no longer import this."
    assert users(as_editor) == {}


@pytest.mark.usefixtures("few_rows")
def test_a_list_that_takes_no_files_any_more_stops_the_job_and_says_so(
    as_editor: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = planned(as_editor, GOOD)
    work(as_editor)
    agreed(as_editor, plan)
    monkeypatch.setattr(UserResource, "can_transfer", False)

    assert work(as_editor) == "failed Users cannot be imported."


def test_a_file_that_is_gone_makes_no_plan_again(as_editor: Any, app: Flask) -> None:
    plan = planned(as_editor, MIXED)
    with app.app_context():
        db.session.execute(Upload.__table__.delete())
        db.session.commit()

    assert as_editor.post_form(corrections_of(plan), {"cell.3.email": "x@example.com"}).status_code == 404


# ---- rights


def test_an_import_does_nothing_that_the_person_could_not_do_by_the_form(
    client_with: Callable[..., Any], make_user: Any, make_post: Any
) -> None:
    mine, other = make_user(name="Liam", email="liam@example.com"), make_user(name="Ann", email="ann@example.com")
    ours, theirs = make_post(content="mine", user=mine), make_post(content="theirs", user=other)
    liam = client_with("post:*", "user:list", "user:view", rows=["post:own"])
    content = (
        "ID,Content,User ID\n"
        f"{ours.id},changed,{mine.id}\n"
        f"{theirs.id},stolen,{mine.id}\n"
        f"{ours.id + 100},made up,{mine.id}\n"
        f",new,{mine.id}\n"
        f",for her,{other.id}\n"
        ",of nobody,\n"
    )

    plan = planned(liam, content.encode(), to="post")
    page = agreed(liam, plan, whole="0")

    assert page.heading == "3 posts imported"
    with liam.application.app_context():
        verdicts = dict(map(tuple, db.session.execute(select(PlanLine.number, PlanLine.verdict))))
        posts = {one.content: one.user_id for one in db.session.scalars(select(Post))}
    assert verdicts == {2: "done", 3: "wrong", 4: "wrong", 5: "done", 6: "refused", 7: "done"}
    assert posts == {"changed": mine.id, "theirs": other.id, "new": mine.id, "of nobody": mine.id}


@both_stores
def test_a_value_that_is_taken_names_only_records_that_are_seen(
    client_with: Callable[..., Any], make_user: Any
) -> None:
    make_user(email="ann@other.example")
    mine, client = make_user(email="bea@example.com"), client_with("user:*", rows=["user:same_domain"])

    page = Page(client.get(planned(client, b"Name,Email\nCleo,ann@other.example\nDora,bea@example.com\n", mode="add")))

    assert page.texts("p", class_="plan__problem") == [
        "Email “ann@other.example”: already used by another record.",
        f"Email “bea@example.com”: already used by ID {mine.id}.",
    ]


@pytest.mark.parametrize("page", ["plan/", "import/corrections/", "import/wrong/"])
def test_a_plan_is_its_owners_alone(page: str, as_editor: Any, as_owner: Any) -> None:
    plan = planned(as_editor, MIXED)
    address = plan.replace("plan/", page)
    token = as_owner.token_of("/admin/user/")

    assert (as_editor.get(address).status_code, as_owner.get(address).status_code) == (200, 404)
    assert [as_owner.post(one, data={"csrf_token": token}).status_code for one in (plan, corrections_of(plan))] == [
        404,
        404,
    ]


def test_a_person_who_lost_the_right_cannot_agree(as_editor: Any, app: Flask) -> None:
    plan = planned(as_editor, GOOD)
    with app.app_context():
        kept = StringSet(["user:list", "user:create", "user:edit", "user:bulk"])
        db.session.execute(update(Role).where(Role.key == EDITOR).values(permissions=kept))
        db.session.commit()

    token = as_editor.token_of("/admin/user/")
    assert [as_editor.get(plan).status_code, as_editor.post(plan, data={"csrf_token": token}).status_code] == [403, 403]
    assert users(as_editor) == {}


def test_plans_of_files_go_with_them(as_editor: Any, app: Flask) -> None:
    planned(as_editor, GOOD)

    with app.app_context():
        upload = db.session.scalars(select(Upload)).one()
        plan = db.session.scalars(select(Plan)).one()
        assert dict(plan.arguments["fields"])["upload"] == str(upload.id)


@pytest.mark.parametrize("format_", ["csv", "xlsx", "json", "jsonl"])
def test_every_export_is_the_same_when_it_comes_back(
    format_: str, as_editor: Any, app: Flask, make_user: Any, make_post: Any
) -> None:
    user = make_user(name="Žofie “Z”", email="z@example.com")
    for content in (
        "=1+1",
        "'=1+1",
        "''",
        " x ",
        "a\r\nb",
        "0012",
        "1e21",
        "TRUE",
        "2026-01-02",
        "-5",
        "日本",
        "",
        "NULL",
    ):
        make_post(content=content, user=user)
    with app.app_context():
        posts = resource_of(Post)
        assert posts is not None
        # What no cell may bring; another program wrote it.
        for key, odd in ((1, "-infinity"), (2, "0044-03-15 00:00:00+00 BC")):
            db.session.execute(text(f"UPDATE {Post.__tablename__} SET created_at = '{odd}' WHERE id = {key}"))
        db.session.commit()
        columns = ["id", "content", "user_id", "created_at"]
        made = b"".join(export_file(order(access_to(posts), [], columns=columns, format_key=format_)))

    page = Page(as_editor.get(planned(as_editor, made, to="post")))

    assert page.heading == "Import posts: nothing to do"
    with app.app_context():
        assert db.session.scalars(select(Plan)).one().counts == {"same": 13}


# ---- by jobs


@pytest.mark.usefixtures("few_rows")
@both_stores
def test_a_job_finds_what_cannot_be_seen_over_all_rows(as_editor: Any, make_user: Any) -> None:
    make_user(name="Ada", email="ada@example.com")
    content = b"Name,Email\nAnn,ann@example.com\nAnna,ANN@example.com\nBob,bob@example.com\n"
    plan = planned(as_editor, content)

    work(as_editor)

    page = Page(as_editor.get(plan))
    assert (page.heading, tabs(page)) == ("Import 1 user?", ["All 3", "To be added 1", "Can't be imported 2"])


@pytest.mark.usefixtures("few_rows")
@both_stores
def test_a_missing_record_is_made_by_the_first_row_that_names_it(as_editor: Any) -> None:
    content = b"Content,User ID\na,ann@example.com\nb,\nc,ANN@example.com\n"
    plan = planned(as_editor, content, to="post", **{"make.user_id": "1"})
    work(as_editor)

    agreed(as_editor, plan)
    work(as_editor)

    with as_editor.application.app_context():
        (ann,) = db.session.scalars(select(User))
        assert (ann.name, ann.email) == ("ann@example.com", "ann@example.com")
        assert {one.content: one.user_id for one in db.session.scalars(select(Post))} == {
            "a": ann.id, "b": None, "c": ann.id
        }  # fmt: skip


def test_empty_cells_are_corrected_in_their_own_rows(as_editor: Any) -> None:
    plan = planned(as_editor, b"Name,Email\n,a@example.com\n,b@example.com\n")

    page = Page(as_editor.get(f"{corrections_of(plan)}&reason=Name: enter the name."))

    names = [one.attributes["name"] for one in page.form("corrections").all("input", type="text")]
    assert names == ["cell.2.name", "cell.3.name"]
