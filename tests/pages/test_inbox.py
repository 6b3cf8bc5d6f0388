"""The inbox: mentions, news of what is watched, and how little of it is told to who may not see it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from admin_app.db.string_set import StringSet
from admin_app.domain.work import watching
from admin_app.errors import InvalidRecord
from admin_app.extensions import db
from admin_app.models.note import Mention, Note
from admin_app.models.post import Post
from admin_app.models.role import Role
from admin_app.models.saved_view import SavedView
from admin_app.models.staff import Staff
from admin_app.models.watch import Watch
from tests.client import Client
from tests.page import Page
from tests.panel.notes.noting import add, notes_page, texts, undo
from tests.stores import both_stores

pytestmark = pytest.mark.covers


@pytest.fixture(params=["sqlite"])
def store(request: pytest.FixtureRequest) -> str:
    """Run on one store unless told: a page says the same on both."""
    return str(request.param)


@pytest.fixture
def post(make_post: Any) -> Post:
    return make_post(content="Bicycle")


@pytest.fixture
def make_view(keep: Callable[[Any], Any], viewer: Staff) -> SavedView:
    """Return Vera's view of posts about gardens."""
    return keep(SavedView(staff_id=viewer.id, resource="post", name="Gardens", arguments="q=garden&per_page=20"))


def inbox(client: Client) -> Page:
    return Page(client.get("/admin/inbox/"))


def entries(page: Page) -> list[str]:
    return [one.all("p")[0].text for listing in page.all("ol", aria_label="Unread") for one in listing.all("li")]


def badge(page: Page) -> str:
    """Return what the menu says is unread."""
    return next(one.text for one in page.all("a") if one.text.startswith("Inbox")).removeprefix("Inbox").strip()


def press(client: Client, page: Page, words: str) -> Page:
    """Press the one button of these words; return the page that follows."""
    (form,) = [one for one in page.all("form", within="main") if words in [button.text for button in one.all("button")]]
    button = next(one for one in form.all("button") if one.text == words)
    sent: dict[str, list[str]] = {}
    for one in [*form.all("input"), button]:
        if "name" in one.attributes:
            sent.setdefault(one.attributes["name"], []).append(one.attributes.get("value", ""))
    return Page(client.get(client.post(form.attributes["action"], data=sent).location, follow_redirects=True))


def watch(client: Client, record: Any) -> Page:
    return press(client, notes_page(client, record), f"Watch this {record.__table__.name}")


def edit(client: Client, post: Post, content: str) -> None:
    url = f"/admin/post/edit/?id={post.id}"
    assert client.post(url, data={**Page(client.get(url)).values(), "content": content}).status_code == 303


# ---- mentions


@both_stores
def test_a_mention_reaches_the_inbox_and_leads_to_the_note(as_editor: Client, as_viewer: Client, post: Post) -> None:
    said = add(as_editor, post, "@vera please look").notice
    page = inbox(as_viewer)

    assert said == "Success Note added. Vera will see it in the inbox."
    assert (badge(page), entries(page)) == ("1 unread", ["Edgar mentioned you in a note on post “Bicycle”"])
    assert texts(page) == ["@vera please look"]
    found = Page(as_viewer.get(page.link("Edgar mentioned you in a note on post “Bicycle”").partition("#")[0]))
    assert texts(found) == ["@vera please look"]
    assert "Mentions Vera" in found.texts("p")
    assert (badge(inbox(as_editor)), entries(inbox(as_editor))) == ("", [])


def test_a_read_mention_is_listed_below_and_counted_no_more(as_editor: Client, as_viewer: Client, post: Post) -> None:
    add(as_editor, post, "@vera one")
    add(as_editor, post, "@vera two")
    words = "Mark as read: Edgar mentioned you in a note on post “Bicycle”"
    page = inbox(as_viewer)
    first = next(
        one for one in page.all("form", within="main") if words in [button.text for button in one.all("button")]
    )
    sent = {one.attributes["name"]: one.attributes["value"] for one in first.all("input")}
    page = Page(as_viewer.get(as_viewer.post(first.attributes["action"], data=sent).location))

    assert (badge(page), texts(page)) == ("1 unread", ["@vera one", "@vera two"])
    page = press(as_viewer, page, "Mark all as read")
    assert (badge(page), entries(page), texts(page)) == ("", [], ["@vera two", "@vera one"])


def test_read_mentions_are_a_page_after_another(as_viewer: Client, viewer: Staff, post: Post, app: Flask) -> None:
    with app.app_context():
        place = {"subject": "post", "subject_id": post.id, "author_id": 99, "author": "Ann"}
        notes = [Note(**place, text=f"Note {number}") for number in range(21)]
        db.session.add_all(notes)
        db.session.flush()
        db.session.add_all(Mention(note_id=one.id, staff_id=viewer.id, read_at=one.created_at) for one in notes)
        db.session.commit()

    page = inbox(as_viewer)
    older = Page(as_viewer.get(page.link("Older")))

    assert (texts(page), texts(older)) == ([f"Note {number}" for number in range(20, 0, -1)], ["Note 0"])


def test_a_word_that_fits_several_is_asked_about_before_anything_is_kept(
    as_editor: Client, client_of: Any, make_staff: Any, post: Post
) -> None:
    people = [make_staff("Anna", email=f"anna{number}@example.com") for number in (1, 2)]
    asked = add(as_editor, post, "@anna and @media")
    choices = [one.text for one in asked.all("label", within="main")]
    done = add(as_editor, post, "@anna and @media", **{"who:Anna": str(people[1].id), "who:media": "nobody"})

    assert (asked.status, asked.summary) == (
        422,
        [
            "Who do you mean by “@Anna”?",
            "No colleague who can see this post is called “@media”. Correct the name, or leave it as text.",
        ],
    )
    assert choices[:4] == [
        "Anna (anna1@example.com)",
        "Anna (anna2@example.com)",
        "Nobody: “@Anna” is only text",
        "Nobody: “@media” is only text",
    ]
    assert texts(asked) == []
    assert done.notice == "Success Note added. Anna will see it in the inbox."
    assert [len(entries(inbox(client_of(one)))) for one in people] == [0, 1]


def test_an_answer_is_kept_while_the_rest_is_asked(as_editor: Client, make_staff: Any, post: Post) -> None:
    make_staff("Anna", email="anna1@example.com")
    other = make_staff("Anna", email="anna2@example.com")

    asked = add(as_editor, post, "@anna and @media", **{"who:Anna": str(other.id)})
    form = {**asked.values(), "who:media": "nobody"}
    done = as_editor.post(f"/admin/post/notes/?id={post.id}", data=form)

    assert asked.summary == [
        "No colleague who can see this post is called “@media”. Correct the name, or leave it as text."
    ]
    assert Page(as_editor.get(done.location)).notice == "Success Note added. Anna will see it in the inbox."


def test_only_who_may_see_the_record_can_be_mentioned(
    as_editor: Client, keep: Any, make_staff: Any, post: Post, app: Flask
) -> None:
    keep(Role(key="users", name="Users", permissions=StringSet(["user:*"])))
    keep(Role(key="own", name="Own", permissions=StringSet(["post:*"]), rows=StringSet(["post:own"])))
    make_staff("Una", "users")
    make_staff("Otto", "own")

    asked = add(as_editor, post, "@una and @otto@example.com")

    assert asked.summary == [
        f"No colleague who can see this post is called “@{word}”. Correct the name, or leave it as text."
        for word in ("una", "otto@example.com")
    ]
    with app.app_context():
        assert db.session.scalars(select(Mention.id)).all() == []


def test_changed_and_deleted_notes_change_who_is_told(
    as_editor: Client, as_viewer: Client, as_owner: Client, post: Post
) -> None:
    page = add(as_editor, post, "@vera look")
    url = next(one.attributes["href"] for one in page.all("a", class_="row-action"))
    form = Page(as_editor.get(url)).values()
    as_editor.post(url, data={**form, "text": "@olivia look"})
    told = [entries(inbox(one)) for one in (as_viewer, as_owner)]
    deleted = Page(as_editor.get(as_editor.post(url, data={**form, "delete": "1"}).location))
    gone = entries(inbox(as_owner))
    undo(as_editor, deleted)

    assert told == [[], ["Edgar mentioned you in a note on post “Bicycle”"]]
    assert (gone, entries(inbox(as_owner))) == ([], told[1])


def test_an_edited_note_still_means_whom_it_meant(
    as_editor: Client, make_staff: Any, client_of: Any, post: Post
) -> None:
    make_staff("Anna", email="anna1@example.com")
    other = make_staff("Anna", email="anna2@example.com")
    page = add(as_editor, post, "@anna", **{"who:Anna": str(other.id)})
    url = next(one.attributes["href"] for one in page.all("a", class_="row-action"))

    saved = as_editor.post(url, data={**Page(as_editor.get(url)).values(), "text": "@anna, look again"})

    assert saved.status_code == 303
    assert len(entries(inbox(client_of(other)))) == 1


def test_of_a_record_that_is_out_of_sight_an_entry_says_nothing(
    as_editor: Client, client_of: Any, make_staff: Any, post: Post, app: Flask
) -> None:
    otto = make_staff("Otto", "viewer")
    as_otto = client_of(otto)
    add(as_editor, post, "@otto secret words")
    watch(as_otto, post)
    edit(as_editor, post, "Secret bicycle")
    with app.app_context():
        db.session.add(Role(key="own", name="Own", permissions=StringSet(["post:*"]), rows=StringSet(["post:own"])))
        db.session.get_one(Staff, otto.id).roles = StringSet(["own"])
        db.session.commit()

    again = client_of(otto)
    page = inbox(again)

    assert entries(page) == ["You were mentioned in a note on a record that you can no longer see."]
    assert badge(page) == "1 unread"
    assert "A record that you can no longer see" in page.texts("span", within="main")
    assert not any(word in page.root.text for word in ("Edgar", "Bicycle", "bicycle", "secret"))
    page = press(again, page, "Stop watching: A record that you can no longer see")
    assert "Watching" not in page.texts("h2")


# ---- records


@both_stores
def test_changes_and_notes_of_others_are_told_once_until_they_are_read(
    as_editor: Client, as_viewer: Client, post: Post
) -> None:
    add(as_editor, post, "Before")
    edit(as_editor, post, "Boat")
    notice = watch(as_viewer, post).notice
    assert entries(inbox(as_viewer)) == []
    for words in ("Car", "Cart"):
        edit(as_editor, post, words)
        add(as_editor, post, words)
    add(as_viewer, post, "My own")
    page = inbox(as_viewer)

    assert notice == "Success You are now watching post “Boat”."
    assert (badge(page), entries(page)) == (
        "2 unread",
        [
            "Edgar (edgar@example.com) changed post “Cart” (2 changes)",
            "Edgar added a note to post “Cart” (2 notes)",
        ],
    )
    page = press(as_viewer, page, "Mark all as read")
    assert (badge(page), entries(page)) == ("", [])
    edit(as_editor, post, "Tram")
    assert entries(inbox(as_viewer)) == ["Edgar (edgar@example.com) changed post “Tram”"]


def test_who_is_mentioned_in_a_note_on_a_watched_record_is_told_once(
    as_editor: Client, as_viewer: Client, as_owner: Client, post: Post
) -> None:
    for client in (as_viewer, as_owner):
        watch(client, post)
    add(as_editor, post, "@vera look")

    assert entries(inbox(as_viewer)) == ["Edgar mentioned you in a note on post “Bicycle”"]
    assert entries(inbox(as_owner)) == ["Edgar added a note to post “Bicycle”"]


def test_a_watched_record_that_goes_is_told_of_by_its_last_name(
    as_editor: Client, as_viewer: Client, post: Post
) -> None:
    watch(as_viewer, post)
    as_editor.post_form(f"/admin/post/delete/?id={post.id}")

    page = inbox(as_viewer)

    assert entries(page) == ["Edgar (edgar@example.com) deleted post “Bicycle”"]
    assert Page(as_viewer.get(page.link("Edgar (edgar@example.com) deleted post “Bicycle”"))).status == 200


def test_a_person_stops_watching_where_they_began(as_editor: Client, as_viewer: Client, post: Post) -> None:
    page = watch(as_viewer, post)
    assert page.heading == "Notes on “Bicycle”"
    page = press(as_viewer, Page(as_viewer.get(f"/admin/post/details/?id={post.id}")), "Stop watching this post")
    edit(as_editor, post, "Boat")

    assert page.notice == "Success You are no longer watching post “Bicycle”."
    assert entries(inbox(as_viewer)) == []


def test_who_watches_a_merged_record_watches_the_one_that_survived(
    as_editor: Client, as_viewer: Client, make_post: Any, post: Post
) -> None:
    other = make_post(content="Bike")
    watch(as_viewer, post)
    url = f"/admin/post/merge/?a={other.id}&b={post.id}"
    as_editor.post(url, data={**Page(as_editor.get(url)).values(""), "survivor": str(other.id)})
    edit(as_editor, other, "Bicycles")

    assert entries(inbox(as_viewer))[0].endswith(" changed post “Bicycles”")


def test_who_may_not_read_the_history_watches_nothing(client_with: Any, post: Post) -> None:
    liam = client_with("post:list", "post:view")
    token = liam.token_of("/admin/account/")

    page = Page(liam.get(f"/admin/post/details/?id={post.id}"))
    answer = liam.post(f"/admin/post/watch/?id={post.id}", data={"csrf_token": token, "on": "1"})

    assert ("Watch this post" in page.texts("button"), answer.status_code) == (False, 403)


def test_nobody_watches_more_than_can_be_looked_at(as_viewer: Client, viewer: Staff, post: Post, app: Flask) -> None:
    with app.app_context():
        db.session.add_all(
            Watch(staff_id=viewer.id, subject="post", subject_id=1000 + number)
            for number in range(watching.MOST_WATCHED)
        )
        db.session.commit()

    page = watch(as_viewer, post)

    assert page.notice == "There is a problem You are already watching 200 records. Stop watching one first."
    assert len(page.texts("button", within="main")) > 0


@both_stores
def test_many_entries_take_no_more_statements_than_one(
    as_editor: Client, as_viewer: Client, make_post: Any, statements: Any
) -> None:
    def tell() -> None:
        post = make_post(content="Bicycle")
        watch(as_viewer, post)
        edit(as_editor, post, "Boat")
        add(as_editor, post, "Seen")
        add(as_editor, post, "@vera look")

    tell()
    inbox(as_viewer)
    with statements() as few:
        inbox(as_viewer)
    tell()
    tell()
    with statements() as many:
        assert len(entries(inbox(as_viewer))) == 9

    assert len(few) == len(many)


def test_a_save_of_a_watched_record_sends_no_statement_more(
    as_editor: Client, as_viewer: Client, make_post: Any, statements: Any
) -> None:
    plain, watched = make_post(content="Plain"), make_post(content="Watched")
    watch(as_viewer, watched)
    counts = []
    for post in (plain, watched):
        url = f"/admin/post/edit/?id={post.id}"
        form = {**Page(as_editor.get(url)).values(), "content": "New"}
        with statements() as sent:
            as_editor.post(url, data=form)
        counts.append(len(sent))

    assert counts[0] == counts[1]


# ---- views


@both_stores
def test_rows_that_come_into_a_watched_view_are_told_of(
    as_viewer: Client, make_post: Any, make_view: SavedView
) -> None:
    make_post(content="Old garden")
    page = press(
        as_viewer, Page(as_viewer.get(f"/admin/post/?view={make_view.id}", follow_redirects=True)), "Watch Gardens"
    )
    notice = page.notice
    for words in ("New garden", "Boat", "Garden wall"):
        make_post(content=words)
    page = inbox(as_viewer)
    led = Page(as_viewer.get(page.link("2 new posts in “Gardens”"), follow_redirects=True))
    read = press(as_viewer, page, "Mark as read: 2 new posts in “Gardens”")

    assert (
        notice
        == "Success You are now watching the view “Gardens”: the inbox tells you of new posts in it, not of changed ones."
    )
    assert entries(page) == ["2 new posts in “Gardens”"]
    assert len(led.rows()) == 3
    assert entries(read) == []
    assert press(as_viewer, read, "Stop watching: New posts in the view “Gardens”").texts("h2", within="main") == []


def test_more_new_rows_than_anybody_reads_are_not_counted(as_viewer: Client, make_view: SavedView, app: Flask) -> None:
    press(as_viewer, Page(as_viewer.get("/admin/post/views/")), "Watch Gardens")
    with app.app_context():
        db.session.add_all(Post(content=f"Garden {number}") for number in range(102))
        db.session.commit()

    assert entries(inbox(as_viewer)) == ["More than 100 new posts in “Gardens”"]
    assert make_view.name == "Gardens"


def test_a_view_that_is_shared_no_more_tells_nothing(
    as_editor: Client, keep: Any, viewer: Staff, make_post: Any, app: Flask
) -> None:
    view = keep(
        SavedView(staff_id=viewer.id, resource="post", name="All", arguments="per_page=20", audience="everyone")
    )
    press(as_editor, Page(as_editor.get("/admin/post/views/")), "Watch All")
    make_post()
    shared = entries(inbox(as_editor))
    with app.app_context():
        db.session.get_one(SavedView, view.id).audience = "mine"
        db.session.commit()
    page = inbox(as_editor)

    assert (shared, entries(page), "Watching" in page.texts("h2")) == (["1 new post in “All”"], [], False)


def test_a_view_whose_filter_is_gone_holds_nothing_up(
    as_viewer: Client, make_post: Any, make_view: SavedView, app: Flask
) -> None:
    press(as_viewer, Page(as_viewer.get("/admin/post/views/")), "Watch Gardens")
    make_post(content="Garden")
    with app.app_context():
        db.session.get_one(SavedView, make_view.id).arguments = "sort=gone"
        db.session.commit()

    assert (inbox(as_viewer).status, entries(inbox(as_viewer))) == (200, [])


def test_nobody_watches_more_views_than_can_be_counted(
    viewer: Staff, make_view: SavedView, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watching, "MOST_VIEWS", 0)
    with app.app_context(), pytest.raises(InvalidRecord, match="You are already watching 0 views"):
        watching.watch_view(db.session, viewer, make_view, Post)


# ---- what is sent by hand


def test_what_is_anothers_or_means_nothing_marks_nothing(
    as_editor: Client, as_viewer: Client, as_owner: Client, post: Post
) -> None:
    add(as_editor, post, "@vera look")
    watch(as_viewer, post)
    edit(as_editor, post, "Boat")
    many = "99999999999"
    entries_ = [
        "",
        "mention",
        "mention.x",
        "mention.1",
        "watch.1.2",
        "watch.1.99.99",
        f"watch.1.{many}.{many}",
        "view.1.9",
        "other.1",
    ]
    token = as_owner.token_of("/admin/account/")
    sent = {"csrf_token": token, "entry": entries_, "watch": "1", "view": "1"}

    answers = [as_owner.post(f"/admin/inbox/{what}/", data=sent) for what in ("read", "stop")]

    assert [one.status_code for one in answers] == [303, 303]
    assert badge(inbox(as_viewer)) == "2 unread"


@pytest.mark.parametrize(
    ("begun", "names"),
    [
        ("li", ["Lina Lee"]),
        ("LEE", ["Lina Lee"]),
        ("anna", ["a1@example.com", "a2@example.com"]),
        ("lina@ex", ["Lina Lee"]),
        ("una", []),
        ("gone", []),
        ("", []),
    ],
)
def test_names_are_offered_of_who_may_read_the_note(
    as_editor: Client, keep: Any, make_staff: Any, post: Post, *, begun: str, names: list[str]
) -> None:
    keep(Role(key="users", name="Users", permissions=StringSet(["user:list", "user:view"])))
    make_staff("Una", "users")
    make_staff("Gone", is_active=False)
    make_staff("Lina Lee", email="lina@example.com")
    for number in (1, 2):
        make_staff("Anna", email=f"a{number}@example.com")

    answer = as_editor.get(f"/admin/post/notes/?id={post.id}&who={begun}")

    assert answer.json == {"names": names}


def test_no_names_are_offered_to_who_may_not_read_the_note(
    client_of: Any, keep: Any, make_staff: Any, post: Post
) -> None:
    keep(Role(key="users", name="Users", permissions=StringSet(["user:list", "user:view"])))

    answer = client_of(make_staff("Una", "users")).get(f"/admin/post/notes/?id={post.id}&who=e")

    assert answer.status_code == 403
