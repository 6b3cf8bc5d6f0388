"""The jobs of a day, each with what it may cost at most with scripts, and possible without them."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Page, expect
from sqlalchemy import select

from admin_app.db.string_set import StringSet
from admin_app.extensions import db
from admin_app.models.post import Post
from admin_app.models.role import Role
from admin_app.models.staff import Staff
from admin_app.models.user import User
from tests.browser.conftest import OpenAs
from tests.browser.effort import Effort
from tests.browser.lasers import contents
from tests.browser.steps import BOTH, arrived, chips, result_line
from tests.many import many

pytestmark = [BOTH, pytest.mark.usefixtures("posts")]

Begin = Callable[[Staff], Effort]


@pytest.fixture
def begin(open_as: OpenAs, *, javascript: bool) -> Begin:
    """Let somebody begin at the home page."""

    def at_home(staff: Staff) -> Effort:
        page = open_as(staff)
        page.goto("/admin/")
        return Effort(page, has_scripts=javascript)

    return at_home


def heading(page: Page) -> Any:
    return page.get_by_role("heading", level=1)


def emails(app: Flask) -> list[str]:
    with app.app_context():
        return list(db.session.scalars(select(User.email).order_by(User.email)))


def test_correct_an_email(begin: Begin, editor: Staff, app: Flask) -> None:
    job = begin(editor)

    job.find("ann@example.com", "Ann Lee")
    job.write(job.page.get_by_label("Email"), "ann.lee@example.com")
    job.click(job.page.get_by_role("button", name="Save user", exact=True))

    expect(result_line(job.page)).to_contain_text("2 users")
    assert emails(app) == ["ann.lee@example.com", "bob@example.com"]
    job.require(clicks=3, keys=1, loads=2)


def test_from_a_tickets_number_to_the_record(begin: Begin, editor: Staff, app: Flask) -> None:
    (post,) = many(app, Post, [{"id": 3890, "content": "How do I mend a fence?"}])
    job = begin(editor)

    job.find(str(post), "How do I mend a fence?")

    expect(job.page).to_have_url("/admin/post/edit/?id=3890")
    job.require(clicks=1, keys=1, loads=1)


def test_correct_the_third_hit_by_the_keyboard_alone(begin: Begin, editor: Staff, app: Flask) -> None:
    many(app, User, [{"name": f"Cleo {number}", "email": f"cleo{number}@example.com"} for number in range(3)])
    job = begin(editor)

    if job.has_scripts:
        job.press("Control+k")
        job.type("cleo")
        expect(job.page.locator("[data-palette-words]")).to_have_text("3 results.")
        job.press("ArrowDown", 3)
    else:
        job.press_until("Tab", job.page.get_by_label("Search everything").first)
        job.type("cleo")
        job.press("Enter")
        job.press_until("Tab", job.page.locator("main .found a").nth(2))
    job.press("Enter")
    expect(heading(job.page)).to_have_text("Cleo 0")
    arrived(job.page)
    name = job.page.get_by_label("Name")
    if job.has_scripts:
        job.press("e")
        expect(name).to_be_focused()
        job.press("Control+a")
    else:
        # Past the navigation and the record's head.
        job.press("Tab")
        job.press("Enter")
        job.press("Tab")
        job.press("Enter")
        expect(name).to_be_focused()
        job.press("Control+a")
    job.type("Cleopatra")
    job.press("Enter")

    expect(result_line(job.page)).to_contain_text("5 users")
    with app.app_context():
        assert db.session.scalar(select(User.name).where(User.email == "cleo0@example.com")) == "Cleopatra"
    job.require(clicks=0, keys=8, loads=2)


def test_find_the_posts_of_nobody_of_a_day_and_take_them_as_excel(begin: Begin, editor: Staff) -> None:
    job = begin(editor)
    # How many posts a week is there to be read.
    expect(job.page.get_by_role("region", name="Posts per week")).to_contain_text("this week")
    job.require(clicks=0, loads=0)

    job.find("no:user created:2026-01-01", "Posts: no user, created at is on 2026-01-01")

    expect(result_line(job.page)).to_have_text("1 post")
    expect(chips(job.page)).to_have_text(["No user", "Created at is on 2026-01-01"])
    job.require(clicks=1, keys=1, loads=1)
    job.click(job.page.locator("#main summary").filter(has_text="Export"))
    with job.page.expect_download() as download:
        job.click(job.page.get_by_role("link", name="Excel"))
    assert download.value.suggested_filename.endswith(".xlsx")
    job.require(clicks=3, keys=1, loads=2)


def test_take_back_what_a_colleague_did(begin: Begin, editor: Staff, as_owner: Any, ann: User, app: Flask) -> None:
    form = {"name": "Ann Lee", "email": "wrong@example.com"}
    as_owner.post_form(f"/admin/user/edit/?id={ann.id}", form)
    job = begin(editor)

    job.click(job.page.get_by_role("link", name="Activity").first)
    job.click(job.page.get_by_role("button", name="Undo Changed user “Ann Lee”"))

    expect(job.page.get_by_role("alert")).to_contain_text("undone")
    assert emails(app) == ["ann@example.com", "bob@example.com"]
    job.require(clicks=3, loads=2)


def test_give_twenty_posts_to_a_user(begin: Begin, editor: Staff, app: Flask) -> None:
    job = begin(editor)

    job.click(job.page.get_by_role("link", name="Posts", exact=True).first)
    if job.has_scripts:
        job.click(job.page.get_by_label("Select all posts on this page"))
    else:
        job.click(job.page.get_by_role("button", name="Select all 20 on this page"))
    job.click(job.page.get_by_role("button", name="Give to…"))
    expect(heading(job.page)).to_have_text("Give posts to another user")
    job.pick(job.page.locator("[id='value.user']"), "bob", "bob@example.com")
    job.click(job.page.get_by_role("button", name="Show what changes"))
    job.click(job.page.get_by_role("button", name="Change 20 posts"))

    expect(heading(job.page)).to_have_text("20 posts changed")
    assert [*contents(app).values()].count("Bob Ray") == 23
    job.require(clicks=6, loads=5)


def test_write_a_post_for_a_user(begin: Begin, editor: Staff, app: Flask) -> None:
    job = begin(editor)

    job.find("add post", "Add post")
    expect(heading(job.page)).to_have_text("Add post")
    job.write(job.page.get_by_label("Content"), "A lens for sale")
    job.pick(job.page.locator("#user"), "bob", "bob@example.com")
    job.click(job.page.get_by_role("button", name="Save post", exact=True))

    expect(result_line(job.page)).to_contain_text("50 posts")
    assert contents(app)["A lens for sale"] == "Bob Ray"
    job.require(clicks=5, keys=1, loads=2)


def test_delete_a_user_and_give_their_posts_to_another(begin: Begin, editor: Staff, app: Flask) -> None:
    job = begin(editor)

    job.find("bob@example.com", "Bob Ray")
    expect(heading(job.page)).to_have_text("Bob Ray")
    job.click(job.page.get_by_role("link", name="Delete", exact=True).first)
    job.click(job.page.get_by_label("Give the posts to another user"))
    job.pick(job.page.get_by_label("Give them to this user").first, "ann", "ann@example.com")
    job.click(job.page.get_by_role("button", name="Delete user"))

    expect(result_line(job.page)).to_contain_text("1 user")
    assert [*contents(app).values()].count("Ann Lee") == 48
    job.require(clicks=6, keys=1, loads=3)


def test_bring_in_a_colleagues_corrections(begin: Begin, editor: Staff, app: Flask, ann: User) -> None:
    rows: Any = {
        "name": "users.csv",
        "mimeType": "text/csv",
        "buffer": f"ID;Email\n{ann.id};ann.lee@example.com\n".encode(),
    }
    job = begin(editor)

    job.find("import users", "Import users")
    expect(heading(job.page)).to_have_text("Import users")
    job.page.get_by_label("File").set_input_files(files=[rows])
    job.clicks += 1
    job.click(job.page.get_by_role("button", name="Read rows"))
    job.click(job.page.get_by_role("button", name="Continue to columns"))
    job.click(job.page.get_by_role("button", name="Show what changes"))
    job.click(job.page.get_by_role("button", name="Import 1 user"))

    expect(heading(job.page)).to_contain_text("imported")
    assert emails(app) == ["ann.lee@example.com", "bob@example.com"]
    job.require(clicks=6, keys=1, loads=5)


def test_keep_a_list_for_everybody(begin: Begin, editor: Staff, viewer: Staff) -> None:
    job = begin(editor)

    job.find("no:user has:content", "Posts: no user")
    job.click(job.page.locator("#main summary").filter(has_text="Views"))
    job.click(job.page.get_by_role("link", name="Save as view"))
    name = job.page.get_by_label("Name")
    if job.has_scripts:
        # The form begins there.
        expect(name).to_be_focused()
        job.type("Without a user")
    else:
        job.write(name, "Without a user")
    job.choose(job.page.get_by_label("Visible to"), "Everyone")
    job.click(job.page.get_by_role("button", name="Save view"))

    expect(heading(job.page)).to_be_visible()
    other = begin(viewer)
    expect(other.page.get_by_role("link", name="Without a user").first).to_be_attached()
    job.require(clicks=6, keys=1, loads=3)


@pytest.fixture
def limited(keep: Any, make_staff: Any) -> Staff:
    words = {"permissions": StringSet(["post:list", "post:view", "post:edit"]), "rows": StringSet(["post:own"])}
    keep(Role(name="Author", key="author", **words))
    return make_staff("Lea", "author")


def test_say_why_a_colleague_does_not_see_a_post(begin: Begin, owner: Staff, limited: Staff, posts: list[int]) -> None:
    job = begin(owner)

    job.find(limited.email, "Lea")
    job.click(job.page.get_by_role("link", name="Permissions", exact=True))
    job.choose(job.page.get_by_label("List"), "Posts")
    job.choose(job.page.get_by_label("Action"), "View")
    job.write(job.page.get_by_label("ID of a record"), str(posts[0]))
    job.click(job.page.get_by_role("button", name="Explain"))

    expect(job.page.locator("#answer")).to_contain_text("The role Author limits it to their own posts.")
    job.require(clicks=8, keys=1, loads=3)


def test_look_at_what_a_colleague_sees(begin: Begin, owner: Staff, limited: Staff) -> None:
    job = begin(owner)

    job.find(limited.email, "Lea")
    job.click(job.page.get_by_role("link", name="See as this person"))
    job.click(job.page.get_by_role("button", name="See as Lea"))
    job.click(job.page.get_by_role("link", name="Posts", exact=True).first)

    expect(result_line(job.page)).to_contain_text("0 posts")
    expect(job.page.locator(".seen-as")).to_contain_text("You see what Lea sees.")
    offered = job.page.get_by_role("link", name=re.compile("Account|Inbox")).or_(job.page.get_by_text("Export"))
    expect(offered.filter(visible=True)).to_have_count(0)
    job.require(clicks=4, keys=1, loads=4)
