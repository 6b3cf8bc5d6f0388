"""The columns page of an import: fields are guessed, mistakes are reported at their control, and choices reach the plan."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from admin_app.db.string_set import StringSet
from admin_app.extensions import db
from admin_app.jobs.uploads import last_mapped
from admin_app.models.plan import Plan
from admin_app.models.post import Post
from admin_app.models.role import Role
from admin_app.models.upload import PlannedUpload
from admin_app.models.user import User
from admin_app.panel.access.access import access_to
from admin_app.panel.import_.offered import match_columns
from tests.page import Page
from tests.panel.import_.sending import USERS, chosen, columns_url, sent, source_url, uploads_of, values
from tests.stores import both_stores

ALREADY = "Two columns go to Email. Leave one of them out."
NOTHING = "Choose a field for at least one column."
CHOOSE = "Choose one of these."
# Answers that no control has.
UNKNOWN = {"secret", "created_at", "replace", "name", "maybe", "ymd", "x"}


def plans(app: Flask) -> list[Plan]:
    with app.app_context():
        found = list(db.session.scalars(select(Plan).order_by(Plan.id)))
        db.session.expunge_all()
        return found


def shown(client: Any, url: str) -> list[tuple[str, list[str]]]:
    """Return each row of the table: the header, and the first values."""
    page = Page(client.get(url))
    rows = [tr for tbody in page.all("tbody", within="columns") for tr in tbody.all("tr")]
    return [(row.all("th")[0].text, [one.text for one in row.all("li")]) for row in rows]


def test_each_column_of_the_file_is_shown_with_its_first_values(as_editor: Any) -> None:
    upload_id = sent(as_editor, b"Name,,Extra\nAnn,,x\nBob,,\n,,y\nCy,,z\nDi,,w\n")

    assert shown(as_editor, columns_url(upload_id)) == [
        ("Name", ["Ann", "Bob", "Cy"]),
        ("(no header)", []),
        ("Extra", ["x", "y", "z"]),
    ]


@pytest.mark.parametrize(
    ("resource", "content", "expected"),
    [
        ("user", b"NAME,E-Mail, email ,Notes\na,b,c@example.com,d\n", {"column.0": "name", "column.1": "", "column.2": "email", "column.3": "", "mode": "both", "match": "email"}),
        ("user", b"id,name\n1,Ann\n", {"column.0": "id", "column.1": "name", "mode": "update", "match": "id"}),
        ("user", b"name,email\nAnn,ann@example.com\n", {"column.0": "name", "column.1": "email", "mode": "both", "match": "email"}),
        ("user", b"Name,Name,Email\na,b,c@example.com\n", {"column.0": "name", "column.1": "", "column.2": "email"}),
        ("user", b"name,E-Mail,Website\na,b@example.com,c\n", {"column.1": "email", "column.2": "", "match": "email"}),
        ("post", b"CONTENT:,UserID\nHello,12\n", {"column.0": "content", "column.1": "user_id"}),
        ("post", b"Content,User ID\nHello,12\n", {"column.0": "content", "column.1": "user_id", "by.user_id": "id", "mode": "add"}),
        ("post", b"content,user\nHello,ann@example.com\n", {"column.1": "user_id", "by.user_id": "email"}),
        ("post", b"content,user\nHello,12\n", {"column.1": "user_id", "by.user_id": "id"}),
        # What an export writes for people: names, which find nobody.
        ("post", b"content,user\nHello,Ann Lee\n", {"column.1": ""}),
        ("post", b"ID,Content,User ID,User,Created at\n1,a,2,Ann,2026-01-01T00:00:00Z\n", {"column.0": "id", "column.2": "user_id", "column.3": "", "column.4": "", "mode": "both", "match": "id"}),
    ],
)  # fmt: skip
def test_where_columns_go_is_guessed(as_editor: Any, resource: str, content: bytes, expected: dict[str, str]) -> None:
    upload_id = sent(as_editor, content, to=resource)

    found = values(as_editor, columns_url(upload_id, resource))

    assert {name: found.get(name) for name in expected} == expected


def test_a_column_that_is_left_out_says_why(as_editor: Any, client_with: Callable[..., Any]) -> None:
    content = b"Name,Email,Created at,Updated at,Notes\nAnn,ann@example.com,,,\n"
    limited = client_with("user:*", fields=["user.email:read_only"])

    said = []
    for client in (as_editor, limited):
        page = Page(client.get(columns_url(sent(client, content))))
        said.append([page.texts(id=f"column.{place}-note") for place in range(5)])

    for_people, by_dashboard = (
        ["An export adds this column for people to read."],
        ["Created at is filled in by the dashboard."],
    )
    assert said == [
        [[], [], by_dashboard, for_people, []],
        [[], ["You cannot fill in Email."], by_dashboard, for_people, []],
    ]


def test_columns_that_a_person_may_not_see_are_not_named(client_with: Callable[..., Any]) -> None:
    client = client_with("user:*", fields=["user.email:hidden"])
    upload_id = sent(client, b"ID,Name,Email\n1,Ann,ann@example.com\n")

    page = Page(client.get(columns_url(upload_id)))

    select_ = page.all("select", id="column.2")[0]
    assert [one.text for one in select_.all("option")] == ["Leave out", "ID (finds the record)", "Name"]
    assert page.texts(id="column.2-note") == []
    assert values(client, columns_url(upload_id))["mode"] == "update"


def test_no_record_is_found_by_a_column_that_is_a_secret(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    users = app.extensions["resources"][User]
    with app.app_context():
        before = list(match_columns(access_to(users)))
        # After the start, which would refuse it: users are searched by it.
        monkeypatch.setitem(User.__table__.c.email.info, "secret", "yes")

        after = list(match_columns(access_to(users)))

    assert (before, after) == (["id", "email"], ["id"])


# ---- what is wrong


@pytest.mark.parametrize(
    ("changes", "control", "problem"),
    [
        ({"column_2": "email"}, "column.2", ALREADY),
        ({"column_2": "secret"}, "column.2", "This cannot be imported. Choose another field, or leave it out."),
        ({"column_2": "created_at"}, "column.2", "This cannot be imported. Choose another field, or leave it out."),
        ({"column_0": "", "column_1": "", "mode": "add"}, "columns", NOTHING),
        ({"column_0": "", "mode": "add"}, "columns", "A new user needs Name. Choose the column that has it, or only change existing ones."),
        ({"column_0": "", "column_1": "", "column_2": "id", "match": "id", "mode": "update"}, "columns", NOTHING),
        ({"mode": "replace"}, "mode", CHOOSE),
        ({"match": "name"}, "match", CHOOSE),
        ({"match": "id"}, "match", "No column of the file goes to ID. Choose the column that finds users."),
        ({"empty": "maybe"}, "empty", CHOOSE),
        ({"dates": "ymd"}, None, CHOOSE),
        ({"decimal": "x"}, None, CHOOSE),
    ],
)  # fmt: skip
def test_a_problem_is_reported_at_its_control_and_the_answers_survive(
    as_editor: Any, app: Flask, changes: dict[str, str], control: str | None, problem: str
) -> None:
    url = columns_url(sent(as_editor, b"Name,Email,Extra\nAnn,ann@example.com,x\n"))

    response = chosen(as_editor, url, **changes)

    page = Page(response)
    assert (response.status_code, page.title.startswith("Error: "), page.summary) == (422, True, [problem])
    assert control is None or page.error_of(control) == problem
    made = {one.replace("column_", "column."): value for one, value in changes.items() if value not in UNKNOWN}
    assert {**page.values("import-form"), **made} == page.values("import-form")
    assert plans(app) == []


def test_an_unknown_way_to_name_a_related_record_is_refused(as_editor: Any) -> None:
    url = columns_url(sent(as_editor, b"Content,User ID\nHello,1\n", to="post"), "post")

    response = chosen(as_editor, url, by_user_id="name")

    assert (response.status_code, Page(response).error_of("by.user_id")) == (422, CHOOSE)


def test_several_problems_stand_in_the_order_of_the_page(as_editor: Any) -> None:
    url = columns_url(sent(as_editor, b"Email,Email 2\nann@example.com,b\n"))

    response = chosen(as_editor, url, column_1="email", empty="x", mode="both", match="id")

    assert Page(response).summary == [
        "A new user needs Name. Choose the column that has it, or only change existing ones.",
        ALREADY,
        "No column of the file goes to ID. Choose the column that finds users.",
        CHOOSE,
    ]


# ---- rights


@pytest.mark.parametrize(
    ("right", "mode", "said"),
    [("create", "add", "Only add new users"), ("edit", "update", "Only change existing users")],
)
def test_a_person_with_one_right_has_one_mode(
    client_with: Callable[..., Any], app: Flask, right: str, mode: str, said: str
) -> None:
    client = client_with("user:list", "user:import", f"user:{right}")
    url = columns_url(sent(client))

    page = Page(client.get(url))
    other = chosen(client, url, mode="both")
    response = chosen(client, url)

    assert page.texts("p", class_="import-said")[0] == f"What to do with the rows {said}"
    assert ("match" in page.values("import-form")) == (mode == "update")
    assert (other.status_code, Page(other).error_of("mode")) == (422, CHOOSE)
    assert (response.status_code, dict(plans(app)[0].arguments["fields"])["mode"]) == (303, mode)


def test_a_field_for_new_records_only_is_refused_for_existing_ones(keep: Any, make_staff: Any, client_of: Any) -> None:
    may_add = Role(name="Adding", key="adding", permissions=StringSet(["user:list", "user:import", "user:create"]))
    may_edit = Role(name="Editing", key="editing", permissions=StringSet(["user:list", "user:import", "user:edit"]),
                    fields=StringSet(["user.name:read_only"]))  # fmt: skip
    for one in (may_add, may_edit):
        keep(one)
    client = client_of(make_staff("Ada", "adding", "editing"))
    url = columns_url(sent(client))

    both, adding = chosen(client, url, mode="both"), chosen(client, url, mode="add")

    problem = "You may fill in Name only for new users. Leave the column out, or choose “Only add new users” above."
    assert (both.status_code, Page(both).error_of("column.0")) == (422, problem)
    assert adding.status_code == 303


@both_stores
def test_a_file_changes_no_rows_of_others(
    client_with: Callable[..., Any], app: Flask, make_user: Any, make_post: Any
) -> None:
    client = client_with("post:*", rows=["post:own"])
    liam, ann = make_user(email="liam@example.com"), make_user()
    mine, theirs = make_post(content="Mine", user=liam), make_post(content="Theirs", user=ann)
    upload_id = sent(client, f"ID,Content\n{mine.id},New\n{theirs.id},New\n".encode(), to="post")

    planned = chosen(client, columns_url(upload_id, "post"), mode="update", match="id")
    client.post_form(planned.location)

    with app.app_context():
        found = {post.id: post.content for post in db.session.scalars(select(Post))}
    assert found == {mine.id: "New", theirs.id: "Theirs"}


# ---- what comes of it


@both_stores
def test_the_choices_are_handed_on_to_a_plan(as_editor: Any, app: Flask, make_user: Any, place_of_files: str) -> None:
    make_user(name="Anna", email="ann@example.com")
    upload_id = sent(as_editor)

    response = chosen(as_editor, columns_url(upload_id))

    plan = plans(app)[0]
    fields = dict(plan.arguments["fields"])
    assert place_of_files
    assert (response.status_code, response.location) == (303, f"/admin/user/plan/?id={plan.id}")
    assert fields == {
        "upload": str(upload_id),
        "column.0": "name",
        "column.1": "email",
        "mode": "both",
        "match": "email",
        "empty": "leave",
        "dates": "",
        "decimal": ".",
        "verbatim": "",
    }
    with app.app_context():
        assert db.session.scalars(select(PlannedUpload.upload_id)).all() == [upload_id]
    # And carried out, it is what the file says.
    as_editor.post_form(response.location, {})
    with app.app_context():
        found = db.session.execute(select(User.name, User.email).order_by(User.id)).all()
    assert [tuple(one) for one in found] == [("Ann", "ann@example.com"), ("Bob", "bob@example.com")]


@pytest.fixture(params=["folder", "database"])
def place_of_files(request: pytest.FixtureRequest, app: Flask, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setitem(app.config, "FILES", str(tmp_path / "files") if request.param == "folder" else "database")
    return str(request.param)


def test_the_key_column_is_used_only_to_find_records(as_editor: Any, app: Flask, make_user: Any) -> None:
    make_user(name="Anna", email="ann@example.com")
    content = b"ID,Name,Email\n1,Ann,ann@example.com\n"

    for changes in ({"match": "id"}, {"match": "email"}, {"mode": "add"}):
        assert chosen(as_editor, columns_url(sent(as_editor, content)), **changes).status_code == 303

    places = [[one for one in plan.arguments["fields"] if one[0] == "column.0"] for plan in plans(app)]
    assert places == [[["column.0", "id"]], [], []]


def test_earlier_answers_are_filled_in_again(as_editor: Any) -> None:
    url = columns_url(sent(as_editor, b"Name,Email,Extra\nAnn,ann@example.com,x\n"))
    chosen(as_editor, url, column_0="", mode="update", empty="clear")

    found = values(as_editor, url)

    assert (found["column.0"], found["mode"], found["empty"]) == ("", "update", "clear")


def test_the_same_headers_go_where_they_went_last_time_in_whatever_order(as_editor: Any, as_owner: Any) -> None:
    first = sent(as_editor, b"Label,Mail,Email\nAnn,ann@example.com,x\n")
    assert chosen(as_editor, columns_url(first), column_0="name", column_1="email", column_2="", match="email", mode="both", empty="clear").status_code == 303  # fmt: skip
    second = sent(as_owner, b"Email;MAIL;label\nx;bob@example.com;Bob\n")

    found, page = values(as_owner, columns_url(second)), Page(as_owner.get(columns_url(second)))

    assert [found[f"column.{place}"] for place in range(3)] == ["", "email", "name"]
    assert (found["match"], found["mode"], found["empty"]) == ("email", "both", "clear")
    assert page.texts("p", class_="note") == ["The columns go where they went last time, by Edgar."]


def test_a_file_without_a_plan_does_not_count_as_the_last_time(as_editor: Any, as_owner: Any, app: Flask) -> None:
    first = sent(as_editor, b"Label,Email\nAnn,ann@example.com\n")
    chosen(as_editor, columns_url(first), column_0="id", match="id", mode="both")
    second = sent(as_owner, b"Label,Email\nAnn,ann@example.com\n")

    with app.app_context():
        digest = uploads_of(app)[0].headers_digest
        assert last_mapped(db.session, resource="user", headers_digest=digest) is None
    assert values(as_owner, columns_url(second))["column.0"] == ""


def test_the_last_time_gives_nobody_more_than_they_may_fill_in(as_editor: Any, client_with: Callable[..., Any]) -> None:
    content = b"Label,Mail\nAnn,ann@example.com\n"
    chosen(
        as_editor, columns_url(sent(as_editor, content)), column_0="name", column_1="email", match="email", mode="add"
    )
    limited = client_with("user:*", fields=["user.email:read_only"])

    found = values(limited, columns_url(sent(limited, content)))

    assert (found["column.0"], found["column.1"]) == ("name", "")


def test_reading_the_file_otherwise_forgets_the_choices_of_other_headers(as_editor: Any) -> None:
    upload_id = sent(as_editor, b"Report,x\nName,Email\nAnn,ann@example.com\n")
    chosen(as_editor, columns_url(upload_id), column_0="", mode="update")
    form = {**values(as_editor, source_url(upload_id)), "reading.titles": "1"}

    as_editor.post_form(source_url(upload_id), form)

    assert [one for one, _ in shown(as_editor, columns_url(upload_id))] == ["Report", "x"]
    assert values(as_editor, columns_url(upload_id))["column.0"] == ""


def test_the_choices_survive_a_stale_token(as_editor: Any, app: Flask) -> None:
    url = columns_url(sent(as_editor))
    form = {**values(as_editor, url), "csrf_token": "old", "column.0": "", "empty": "clear", "mode": "update"}

    response = as_editor.post(url, data=form)

    found = Page(response).values("import-form")
    assert (response.status_code, found["column.0"], found["empty"], found["mode"]) == (400, "", "clear", "update")
    assert plans(app) == []


def test_hostile_headers_and_values_are_text(as_editor: Any) -> None:
    title = "<script>alert(1)</script>" + "t" * 10_000
    upload_id = sent(as_editor, f'{title},"a\nb",Name\n<img src=x>,\u202eevil,אבג\n'.encode())

    response = as_editor.get(columns_url(upload_id))

    assert shown(as_editor, columns_url(upload_id)) == [
        (title[:59] + "…", ["<img src=x>"]),
        ("a b", ["\u202eevil"]),
        ("Name", ["אבג"]),
    ]
    assert ("<script>alert" in response.text, "<img src=x" in response.text) == (False, False)


def test_a_title_of_megabytes_takes_no_longer_than_its_beginning(as_editor: Any) -> None:
    upload_id = sent(as_editor, b"Name," + b"t" * 2_000_000 + b"\nAnn," + b"v" * 2_000_000 + b"\n")

    assert len(as_editor.get(columns_url(upload_id)).data) < 50_000


def test_columns_that_the_file_does_not_have_are_ignored(as_editor: Any, app: Flask) -> None:
    url = columns_url(sent(as_editor, USERS))

    response = chosen(as_editor, url, column_7="name", column_x="email")

    assert response.status_code == 303
    assert [name for name, _ in plans(app)[0].arguments["fields"] if name.startswith("column.")] == [
        "column.0",
        "column.1",
    ]
