"""Relations as people have them, on every page; test_relation_shapes.py runs this file in a copy of the project."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import pytest
from admin_app.models.shapes import Article, Place, Topic
from flask import Flask
from sqlalchemy import select

from admin_app.extensions import db
from admin_app.models.change_set import Change
from tests.page import Page

ARTICLE = "/admin/article/"


@pytest.fixture
def topics(app: Flask) -> None:
    """Make the topics 1 to 4: Art, Bees, Cats, and one with a comma in its name."""
    with app.app_context():
        db.session.add_all([Topic(name=name) for name in ("Art", "Bees", "Cats", "Dogs, wolves")])
        db.session.commit()


@pytest.fixture
def articles(app: Flask, topics: Any) -> Any:
    """Make the articles 1 to 3: about Art and Bees, about Bees, about nothing; return the topics."""
    with app.app_context():
        art, bees = (db.session.get_one(Topic, key) for key in (1, 2))
        for name, about in (("First", [art, bees]), ("Second", [bees]), ("Third", [])):
            db.session.add(Article(name=name, topics=about))
            db.session.flush()
        db.session.commit()
    return topics


def about(app: Flask) -> dict[str, list[str]]:
    with app.app_context():
        found = db.session.scalars(select(Article).order_by(Article.id))
        return {one.name: sorted(topic.name for topic in one.topics) for one in found}


@pytest.mark.usefixtures("topics")
def test_links_are_typed_by_name_and_by_number(app: Flask, as_editor: Any) -> None:
    typed = {"name": "New", "topics": 'art, 3, "Dogs, wolves"'}

    response = as_editor.post_form(f"{ARTICLE}new/", typed)

    assert (response.status_code, about(app)) == (303, {"New": ["Art", "Cats", "Dogs, wolves"]})


@pytest.mark.usefixtures("articles")
def test_links_are_boxes_to_be_taken_out_of(app: Flask, as_editor: Any) -> None:
    address = f"{ARTICLE}edit/?id=1"
    page = Page(as_editor.get(address))
    boxes = {
        one.attributes["value"]: "checked" in one.attributes
        for one in page.all("input", type="checkbox", name="topics")
    }

    as_editor.post_form(address, {**page.values(), "topics": ["2", "Cats"]})

    assert boxes == {"1": True, "2": True, "": True}
    assert about(app)["First"] == ["Bees", "Cats"]


@pytest.mark.usefixtures("articles")
def test_what_was_typed_and_means_nothing_is_told_and_stands_there_again(app: Flask, as_editor: Any) -> None:
    address = f"{ARTICLE}edit/?id=1"

    page = Page(as_editor.post_form(address, {"name": "First", "topics": ["1", "Cats, Fish"]}))

    assert page.status == 422
    assert page.error_of("topics") == "No topic has the ID or name “Fish”. Check it, or look in the list of topics."
    boxes = {
        one.attributes["value"]: "checked" in one.attributes
        for one in page.all("input", type="checkbox", name="topics")
    }
    assert boxes == {"1": True, "2": False, "3": True, "": True}
    assert page.all("input", id="topics")[0].attributes["value"] == "Fish"
    assert about(app)["First"] == ["Art", "Bees"]


@pytest.mark.usefixtures("articles")
@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("topics__is=2", ["Second", "First"]),
        ("topics__in=1,cats", ["First"]),
        ("topics__all=Art,Bees", ["First"]),
        ("topics__not_in=1,3", ["Third", "Second"]),
        ("topics__empty=yes", ["Third"]),
        ("topics__empty=no", ["Second", "First"]),
    ],
)
def test_lists_are_narrowed_by_links(query: str, names: list[str], as_viewer: Any) -> None:
    page = Page(as_viewer.get(f"{ARTICLE}?{query}"))

    assert page.column("Name") == names


@pytest.mark.usefixtures("articles")
def test_links_are_named_in_lists_and_counted_on_the_other_side(as_viewer: Any) -> None:
    articles, topics = (Page(as_viewer.get(f"/admin/{name}/")) for name in ("article", "topic"))
    page = Page(as_viewer.get("/admin/topic/details/?id=2"))

    assert articles.column("Topics") == ["—No value", "Bees", "Art, Bees"]
    assert topics.column("Articles") == ["0", "0", "2", "1"]
    assert page.column("Name", "articles") == ["Second", "First"]


@pytest.mark.usefixtures("articles")
def test_history_tells_what_was_linked_and_what_no_more_and_gives_it_back(app: Flask, as_editor: Any) -> None:
    as_editor.post_form(f"{ARTICLE}edit/?id=1", {"name": "First", "topics": ["2", "3"]})
    history = Page(as_editor.get(f"{ARTICLE}history/?id=1"))

    (undo,) = Page(as_editor.get(f"{ARTICLE}edit/?id=1")).all("form", class_="undo")[:1]
    as_editor.post_form("/admin/activity/undo/", {"id": undo.all("input", name="id")[0].attributes["value"]})

    assert [one.text for one in history.all("del")] == ["removed: Art"]
    assert [one.text for one in history.all("ins")] == ["added: Cats"]
    assert about(app)["First"] == ["Art", "Bees"]


@pytest.mark.usefixtures("articles")
def test_an_earlier_version_is_brought_back_with_its_links(app: Flask, as_editor: Any) -> None:
    as_editor.post_form(f"{ARTICLE}edit/?id=1", {"name": "First", "topics": "3"})
    as_editor.post_form(f"{ARTICLE}edit/?id=1", {"name": "First", "topics": "4"})

    with app.app_context():
        wanted = select(Change.id).where(Change.model == "article", Change.record_id == 1).order_by(Change.id)
        (_, cats, _) = db.session.scalars(wanted)

    as_editor.post_form("/admin/article/restore/", {"change": str(cats)}, page=f"{ARTICLE}history/?id=1")

    assert about(app)["First"] == ["Cats"]


@pytest.mark.usefixtures("articles")
def test_what_two_people_did_to_links_is_put_together(app: Flask, as_editor: Any, as_owner: Any) -> None:
    address = f"{ARTICLE}edit/?id=1"
    mine, theirs = (Page(one.get(address)).values() for one in (as_editor, as_owner))

    as_owner.post(address, data={**theirs, "topics": ["1"]})
    page = Page(as_editor.get(as_editor.post(address, data={**mine, "topics": ["1", "2", "3"]}).location))

    assert about(app)["First"] == ["Art", "Cats"]
    assert "Both changes are kept." in page.texts("main", id="main")[0] + " ".join(page.texts("p"))


@pytest.mark.usefixtures("articles")
def test_a_deletion_says_what_loses_a_link(app: Flask, as_editor: Any) -> None:
    address = "/admin/topic/delete/?id=2"

    page = Page(as_editor.get(address))
    as_editor.post_form(address)

    assert page.texts("p", class_="note") == ["2 articles stay, without this topic."]
    assert about(app) == {"First": ["Art"], "Second": [], "Third": []}


@pytest.mark.usefixtures("articles")
def test_many_deletions_say_what_loses_links_and_are_undone_as_one(app: Flask, as_editor: Any) -> None:
    plan = as_editor.post_form("/admin/topic/delete-many/?id__in=1,2").location
    page = Page(as_editor.get(plan))

    as_editor.post_form(plan)
    after = about(app)
    (undo,) = Page(as_editor.get(plan)).all("form", class_="undo")
    as_editor.post_form("/admin/activity/undo/", {"id": undo.all("input", name="id")[0].attributes["value"]})

    assert "2 articles" in page.texts("main", id="main")[0]
    assert after == {"First": [], "Second": [], "Third": []}
    assert about(app) == {"First": ["Art", "Bees"], "Second": ["Bees"], "Third": []}


@pytest.mark.usefixtures("articles")
def test_files_have_the_names_and_the_numbers_of_links(as_editor: Any) -> None:
    as_editor.post_form(f"{ARTICLE}edit/?id=3", {"name": "Third", "topics": ["4", "1"]})

    rows = list(csv.DictReader(io.StringIO(as_editor.get(f"{ARTICLE}export/csv/").text)))
    lines = json.loads(as_editor.get(f"{ARTICLE}export/json/").text)

    assert [(one["Topics ID"], one["Topics"]) for one in rows] == [
        ("1, 4", 'Art, "Dogs, wolves"'),
        ("2", "Bees"),
        ("1, 2", "Art, Bees"),
    ]
    assert [one["topics"] for one in lines] == ['Art, "Dogs, wolves"', "Bees", "Art, Bees"]


@pytest.mark.usefixtures("articles")
def test_two_articles_merged_are_about_what_either_was(app: Flask, as_editor: Any) -> None:
    address = f"{ARTICLE}merge/?a=3&b=1"

    as_editor.post_form(address, {"take.name": "b"})

    assert about(app) == {"Second": ["Bees"], "First": ["Art", "Bees"]}


@pytest.mark.usefixtures("articles")
@pytest.mark.parametrize(
    ("way", "typed", "names"),
    [
        ("add", "Cats, 2", {"First": ["Art", "Bees", "Cats"], "Second": ["Bees", "Cats"], "Third": ["Bees", "Cats"]}),
        ("remove", "bees", {"First": ["Art"], "Second": [], "Third": []}),
        ("replace", "3", {"First": ["Cats"], "Second": ["Cats"], "Third": ["Cats"]}),
        ("clear", "", {"First": [], "Second": [], "Third": []}),
    ],
)
def test_links_of_many_are_changed_and_undone_as_one(
    way: str, typed: str, names: dict[str, list[str]], app: Flask, as_editor: Any
) -> None:
    before, address = about(app), f"{ARTICLE}edit-many/"

    plan = as_editor.post_form(address, {"change": "topics", "how.topics": way, f"{way}.topics": typed}).location
    page = Page(as_editor.get(plan))
    as_editor.post_form(plan)
    after = about(app)
    (undo,) = Page(as_editor.get(plan)).all("form", class_="undo")
    as_editor.post_form("/admin/activity/undo/", {"id": undo.all("input", name="id")[0].attributes["value"]})

    assert page.status == 200
    assert (after, about(app)) == (names, before)


@pytest.mark.usefixtures("articles")
def test_a_change_of_many_links_that_means_nothing_is_told_at_its_control(app: Flask, as_editor: Any) -> None:
    address = f"{ARTICLE}edit-many/"
    typed = {"change": "topics", "how.topics": "add", "add.topics": "Fish"}

    page = Page(as_editor.post(address, data={**Page(as_editor.get(address)).values(), **typed}))

    assert page.error_of("add.topics") == "No topic has the ID or name “Fish”. Check it, or look in the list of topics."
    assert about(app)["Third"] == []


# ---- records that hang on each other


@pytest.fixture
def places(app: Flask) -> None:
    """Make the places 1 to 4: Earth, Europe within it, Rome within that; and Mars."""
    with app.app_context():
        for name, within in (("Earth", None), ("Europe", 1), ("Rome", 2), ("Mars", None)):
            db.session.add(Place(name=name, within_id=within))
            db.session.commit()


def within(app: Flask) -> dict[int, int | None]:
    with app.app_context():
        return dict(map(tuple, db.session.execute(select(Place.id, Place.within_id))))


SAID = "This place would be below itself. Choose another within."


@pytest.mark.usefixtures("places")
@pytest.mark.parametrize("parent", ["1", "3"])
def test_a_record_is_not_put_below_itself(parent: str, app: Flask, as_editor: Any) -> None:
    before = within(app)

    page = Page(as_editor.post_form("/admin/place/edit/?id=1", {"name": "Earth", "within": parent}))

    assert (page.status, page.error_of("within")) == (422, SAID)
    assert within(app) == before


@pytest.mark.usefixtures("places")
def test_of_many_those_stay_that_would_be_below_themselves(app: Flask, as_editor: Any) -> None:
    plan = as_editor.post_form("/admin/place/edit-many/?id__in=1,4", {"change": "within", "value.within": "3"}).location

    as_editor.post_form(plan)

    assert SAID in Page(as_editor.get(plan)).texts("main", id="main")[0]
    assert within(app) == {1: None, 2: 1, 3: 2, 4: 3}


@pytest.mark.usefixtures("places")
def test_what_is_given_away_does_not_go_below_itself(app: Flask, as_editor: Any) -> None:
    address = "/admin/place/delete/?id=1"

    page = Page(as_editor.post_form(address, {"fate.places": "give", "heir.places": "3"}))

    assert (page.status, page.summary) == (422, ["“Rome” is below what it would get. Choose another place."])
    assert within(app) == {1: None, 2: 1, 3: 2, 4: None}


@pytest.mark.usefixtures("places")
def test_lists_are_narrowed_to_what_is_below_however_deep(as_viewer: Any) -> None:
    page = Page(as_viewer.get("/admin/place/?within__under=earth"))

    assert page.column("Name") == ["Rome", "Europe"]
    assert "Within is or is under “Earth”" in page.texts("main", id="main")[0]
