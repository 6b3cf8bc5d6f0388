"""Relations of many shapes on every page; test_relation_shapes.py runs this file in a copy of the project."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import pytest
from admin_app.models.shapes import Article, Author, Book, Contract, Place, Portrait, Review, Sensor, Topic, Unit
from flask import Flask
from sqlalchemy import select

from admin_app.db.keys import print_key
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

    assert boxes == {"1": True, "2": True}
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
    assert boxes == {"1": True, "2": False, "3": True}
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
def test_two_peoples_changes_of_links_are_merged(app: Flask, as_editor: Any, as_owner: Any) -> None:
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


@pytest.mark.usefixtures("articles")
@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("article/?q=bees", ["Second", "First"]),
        ("article/?q=rt", ["First"]),
        ("article/?sort=-topics", ["First", "Second", "Third"]),
        ("article/?sort=topics", ["Third", "Second", "First"]),
        ("topic/?sort=-articles", ["Bees", "Art", "Dogs, wolves", "Cats"]),
    ],
)
def test_lists_are_searched_by_the_names_and_narrowed_and_sorted_by_the_number_of_links(
    query: str, names: list[str], as_viewer: Any
) -> None:
    assert Page(as_viewer.get(f"/admin/{query}")).column("Name") == names


# ---- records that depend on each other


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


# ---- the records that refer to a record


@pytest.fixture
def ann(app: Flask, topics: Any) -> Any:
    """Make the authors 1 and 2, Ann and Bea; a book of Ann's that Bea edits and has reviewed, about Art, and one the other way round."""
    with app.app_context():
        ann, bea = Author(name="Ann"), Author(name="Bea")
        art = db.session.get_one(Topic, 1)
        hers, other = (
            Book(name="Hers", author=ann, editor=bea, topics=[art]),
            Book(name="Other", author=bea, editor=ann),
        )
        portrait = Portrait(name="Ann in oil", author=ann)
        db.session.add_all([hers, other, portrait, Review(words="Good", book=hers, reader=bea)])
        db.session.commit()
    return topics


def books(app: Flask) -> dict[str, tuple[int | None, int | None, list[str]]]:
    with app.app_context():
        found = db.session.scalars(select(Book).order_by(Book.id))
        return {one.name: (one.author_id, one.editor_id, [topic.name for topic in one.topics]) for one in found}


@pytest.mark.usefixtures("ann")
def test_a_page_lists_what_hangs_on_a_record_and_names_what_is_only_looked_at(as_editor: Any) -> None:
    page = Page(as_editor.get("/admin/author/details/?id=2"))
    portrait = Page(as_editor.get("/admin/author/details/?id=1"))

    assert (page.column("Name", "books"), portrait.column("Name", "portrait")) == (["Other"], ["Ann in oil"])
    assert "Hers" in page.texts("dd")


@pytest.mark.usefixtures("ann")
def test_a_second_one_of_what_there_is_one_of_is_told_at_its_field(as_editor: Any) -> None:
    page = Page(as_editor.post_form("/admin/portrait/new/", {"name": "Again", "author": "1"}))
    review = Page(as_editor.post_form("/admin/review/new/", {"words": "Again", "book": "1", "reader": "2"}))

    assert page.error_of("author") == "Author is already used by portrait 1. Enter a different one."
    assert [review.error_of(name) for name in ("book", "reader")] != ["", ""]


@pytest.mark.usefixtures("ann")
def test_a_deletion_tells_apart_what_goes_what_stays_and_what_is_asked(app: Flask, as_editor: Any) -> None:
    address = "/admin/author/delete/?id=1"

    page = Page(as_editor.get(address))
    gone = as_editor.post_form(address, {"fate.portrait": "give", "heir.portrait": "2"})
    after = books(app)
    (undo,) = Page(as_editor.get(gone.location)).all("form", class_="undo")
    as_editor.post_form("/admin/activity/undo/", {"id": undo.all("input", name="id")[0].attributes["value"]})

    assert page.texts("p", class_="note") == [
        "1 book is deleted too, with everything that belongs only to it.",
        "1 book stays, without this author.",
    ]
    assert page.texts("legend") == ["What should happen to this author's 1 portrait?"]
    assert after == {"Other": (2, None, [])}
    assert books(app) == {"Hers": (1, 2, ["Art"]), "Other": (2, 1, [])}


@pytest.mark.usefixtures("ann")
def test_what_must_not_lose_its_record_keeps_it_until_it_is_given_to_another(app: Flask, as_editor: Any) -> None:
    with app.app_context():
        db.session.add(Contract(name="For life", author_id=2))
        db.session.commit()
    address = "/admin/author/delete/?id=2"

    page, before = Page(as_editor.get(address)), books(app)
    refused = Page(as_editor.post_form(address, {"fate.review.reader_id": "delete"}))
    plan = as_editor.post_form("/admin/author/delete-many/?id__in=2", {"fate.review.reader_id": "delete"})

    assert "What should happen to this author's 1 contract?" in page.texts("legend")
    assert [one.attributes["value"] for one in page.all("input", type="radio", name="fate.contract.author_id")] == [
        "give"
    ]
    assert (refused.status, plan.status_code) == (422, 422)
    assert books(app) == before

    given = {"fate.contract.author_id": "give", "heir.contract.author_id": "1", "fate.review.reader_id": "delete"}
    answer = as_editor.post_form(address, given)

    with app.app_context():
        (contract,) = db.session.scalars(select(Contract)).all()
    assert (answer.status_code, contract.author_id) == (303, 1)


@pytest.mark.usefixtures("ann")
def test_many_deletions_say_what_goes_and_what_stays(app: Flask, as_editor: Any) -> None:
    with app.app_context():
        db.session.delete(db.session.get_one(Portrait, 1))
        db.session.commit()

    plan = as_editor.post_form("/admin/author/delete-many/?id__in=1").location
    page = Page(as_editor.get(plan))
    as_editor.post_form(plan)
    after = books(app)
    (undo,) = Page(as_editor.get(plan)).all("form", class_="undo")
    as_editor.post_form("/admin/activity/undo/", {"id": undo.all("input", name="id")[0].attributes["value"]})

    told = page.texts("main", id="main")[0]
    assert "deleted too, with everything that belongs only to them" in told
    assert "kept, without an author" in told
    assert after == {"Other": (2, None, [])}
    assert books(app) == {"Hers": (1, 2, ["Art"]), "Other": (2, 1, [])}


@pytest.mark.usefixtures("ann")
def test_a_merge_says_beforehand_what_cannot_move_and_moves_what_a_deletion_would_take_along(
    app: Flask, as_editor: Any
) -> None:
    with app.app_context():
        db.session.add_all([Contract(name="For life", author_id=1), Contract(name="For life", author_id=2)])
        db.session.commit()
    address = "/admin/author/merge/?a=2&b=1"

    refused = Page(as_editor.get(address))
    with app.app_context():
        db.session.delete(db.session.get_one(Contract, 2))
        db.session.commit()
    open_ = Page(as_editor.get(address))
    as_editor.post_form(address, {"take.name": "a"})

    assert "1 contract. “Bea” may have only one contract like the one with the ID 1." in refused.texts("dd")
    assert (refused.texts("dt").count("Prevents the merge"), refused.form().all("button")) == (1, [])
    assert (open_.texts("dt").count("Prevents the merge"), len(open_.form().all("button"))) == (0, 1)
    assert books(app) == {"Hers": (2, 2, ["Art"]), "Other": (2, 2, [])}


# ---- files


def imported(client: Any, text: str, *, to: str = ARTICLE, **chosen: str) -> Page:
    """Bring rows in as they are guessed, or chosen otherwise; return the page of what came of it."""
    sent = client.post_form(f"{to}import/", {"text": text})
    url = client.post_form(sent.location, {"columns": "1"}).location
    form = Page(client.get(url)).values("import-form")
    made = client.post_form(url, {**form, **{name.replace("__", "."): value for name, value in chosen.items()}})
    client.post_form(made.location)
    return Page(client.get(made.location))


@pytest.mark.usefixtures("articles")
@pytest.mark.parametrize(
    ("chosen", "first"), [({}, ["Cats"]), ({"keep__topics": "1"}, ["Art", "Bees", "Cats"])], ids=["replaced", "kept"]
)
def test_a_file_brings_links_by_names_and_numbers(
    chosen: dict[str, str], first: list[str], app: Flask, as_editor: Any
) -> None:
    text = 'ID\tName\tTopics\n1\tFirst\tcats\n2\tSecond\t2\n\tNew\t1, "Dogs, wolves"\n'

    page = imported(as_editor, text, mode="both", match="id", **chosen)

    assert page.status == 200
    assert about(app) == {"First": first, "Second": ["Bees"], "Third": [], "New": ["Art", "Dogs, wolves"]}


@pytest.mark.usefixtures("articles")
def test_a_link_that_means_nothing_is_wrong_in_its_row(app: Flask, as_editor: Any) -> None:
    page = imported(as_editor, "ID\tName\tTopics\n1\tFirst\tArt, Fish\n2\tSecond\tCats\n", match="id")

    assert "“Fish”: it does not exist." in page.texts("main", id="main")[0]
    assert about(app)["First"] == ["Art", "Bees"]


@pytest.mark.usefixtures("articles")
def test_an_export_comes_back_unchanged_and_an_import_is_undone(app: Flask, as_editor: Any) -> None:
    before = about(app)
    file = as_editor.get(f"{ARTICLE}export/csv/").text

    page = imported(as_editor, file, mode="both", match="id")
    imported(as_editor, "ID\tTopics\n1\tCats\n", mode="update", match="id", empty="clear")
    changed = about(app)
    (undo,) = Page(as_editor.get(f"{ARTICLE}edit/?id=1")).all("form", class_="undo")[:1]
    as_editor.post_form("/admin/activity/undo/", {"id": undo.all("input", name="id")[0].attributes["value"]})

    assert page.texts("main", id="main")[0].count("The same as before") == 3
    assert changed == {**before, "First": ["Cats"]}
    assert about(app) == before


# ---- keys of every kind


def measured(app: Flask) -> dict[str, list[str]]:
    with app.app_context():
        return {one.name: sorted(unit.code for unit in one.units) for one in db.session.scalars(select(Sensor))}


def test_many_links_by_texts_and_uuids_are_made_changed_filed_lost_and_undone(app: Flask, as_editor: Any) -> None:
    with app.app_context():
        db.session.add_all(
            [Unit(code="°C", name="Celsius"), Unit(code="m/s", name="Speed"), Unit(code="%", name="Share")]
        )
        db.session.commit()
    sensor = "/admin/sensor/"

    def undo(page: Page) -> None:
        (form,) = page.all("form", class_="undo")[-1:]
        as_editor.post_form("/admin/activity/undo/", {"id": form.all("input", name="id")[0].attributes["value"]})

    as_editor.post_form(f"{sensor}new/", {"name": "Roof", "units": "°C, Speed"})
    made = measured(app)
    plan = as_editor.post_form(
        f"{sensor}edit-many/", {"change": "units", "how.units": "add", "add.units": "%"}
    ).location
    as_editor.post_form(plan)
    added = measured(app)
    file = as_editor.get(f"{sensor}export/csv/").text
    undo(Page(as_editor.get(plan)))
    taken = measured(app)
    brought = imported(as_editor, file, to=sensor, mode="both", match="id")
    again = measured(app)
    found = [
        Page(as_editor.get(f"{sensor}?{query}")).column("Name")
        for query in ("units__in=Share", "q=celsius", "sort=-units")
    ]
    with app.app_context():
        unit = print_key("m/s")
    lost = as_editor.post_form(f"/admin/unit/delete/?id={unit}")
    without = measured(app)
    undo(Page(as_editor.get(lost.location)))

    assert (made, added, taken) == (
        {"Roof": ["m/s", "°C"]},
        {"Roof": ["%", "m/s", "°C"]},
        {"Roof": ["m/s", "°C"]},
    )
    assert (brought.status, again) == (200, added)
    assert found == [["Roof"]] * 3
    assert without == {"Roof": ["%", "°C"]}
    assert measured(app) == added


# ---- forms that are filled in


@pytest.mark.usefixtures("articles")
def test_a_copy_and_a_record_made_from_the_other_sides_page_begin_with_their_links(as_editor: Any) -> None:
    add = Page(as_editor.get("/admin/topic/edit/?id=2")).link("Add article")

    copy, new = Page(as_editor.get(f"{ARTICLE}new/?copy=1")), Page(as_editor.get(add))

    assert (copy.values()["topics"], new.values()["topics"]) == (["1", "2"], "2")
