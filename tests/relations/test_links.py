"""Many-to-many links: a field of the record that owns them, in its history, its versions and its undo."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Column, Text, false, select

from admin_app.db.transaction import transaction
from admin_app.domain.audit.bulk import delete_rows
from admin_app.domain.plan.changes import AddLinks, RemoveLinks, ReplaceText, SetLinks
from admin_app.domain.records.conflicts import earlier_state, merged_links
from admin_app.domain.records.deletion import delete_record, losses
from admin_app.domain.records.deletion_scope import DeletionScope, everything_in_scope
from admin_app.domain.records.merge import merge_records
from admin_app.domain.records.refusals import refusals_of
from admin_app.errors import AdminError, InvalidRecord
from admin_app.extensions import db
from admin_app.models.change_set import Change
from admin_app.relations import ManyToMany, links_into, links_of, relation_of
from admin_app.selection.list_schema import ListSchema
from admin_app.selection.paging import planner
from admin_app.selection.paging.counting import Count
from admin_app.selection.paging.pages import page_of
from admin_app.selection.selection import Parent, Selection
from admin_app.transfer.columns import ExportColumn, ImportColumn
from admin_app.transfer.export.reader import exported_rows
from admin_app.transfer.import_.headers import columns_named
from admin_app.transfer.import_.options import ImportOptions, options_of
from tests.domain.audit.undoing import done, take_back, words
from tests.domain.plan.planning import carried_out, planned, verdicts
from tests.relations.linked import Animal, Article, Farm, Tag, Visit

pytestmark = pytest.mark.usefixtures("linked")


def make(*tags: str, name: str = "First", **values: Any) -> int:
    """Make an article with tags of these names; return the change set."""
    with transaction(db.session):
        there = {one.name: one for one in db.session.scalars(select(Tag))}
        db.session.add(Article(name=name, tags=[there.get(one) or Tag(name=one) for one in tags], **values))
    return done()


def relink(*tags: str, article: int = 1) -> int:
    """Give an article these tags, which are there; return the change set."""
    with transaction(db.session):
        wanted = list(db.session.scalars(select(Tag).where(Tag.name.in_(tags))))
        db.session.get_one(Article, article).tags = wanted
    return done()


def names() -> dict[str, list[str]]:
    """Return the names of each article's tags."""
    db.session.expire_all()
    articles = db.session.scalars(select(Article).order_by(Article.id))
    return {one.name: sorted(tag.name for tag in one.tags) for one in articles}


def changes(set_id: int, model: str = "article") -> list[tuple[str, int, Any, Any]]:
    """Return what a change set did to articles, their links alone."""
    found = db.session.scalars(
        select(Change).where(Change.change_set_id == set_id, Change.model == model).order_by(Change.id)
    )
    return [
        (one.act, one.version, *(value and value.get("tags") for value in (one.before, one.after))) for one in found
    ]


def test_one_side_keeps_the_links() -> None:
    kept, far = relation_of(Article.tags), relation_of(Tag.articles)

    assert (kept.is_links, list(kept.history()), kept.back) == (True, ["tags"], "articles")
    assert (far.is_links, list(far.history()), far.load(), far.keys(Tag())) == (False, [], [], [])
    assert [*links_of(Article)] == ["tags", "see_also"]
    assert [one.key for one in links_into(Tag)] == ["tags"]
    assert [one.key for one in links_into(Article)] == ["see_also"]


def test_either_side_finds_what_is_linked() -> None:
    make("a", "b")
    make("b", name="Second")
    kept, far = relation_of(Article.tags), relation_of(Tag.articles)

    by_tag = [
        list(db.session.scalars(select(Article.name).where(kept.condition(key)).order_by(Article.id))) for key in (1, 2)
    ]
    by_article = [list(db.session.scalars(select(Article.name).where(far.condition(key)))) for key in (1,)]

    assert by_tag == [["First"], ["First", "Second"]]
    assert by_article == [["First"]]


def test_links_are_recorded_with_a_version_of_their_record() -> None:
    made = make("a", "b")
    changed = relink("b")

    assert changes(made) == [("create", 1, None, [1, 2])]
    assert changes(changed) == [("update", 2, [1, 2], [2])]
    assert changes(changed, "tag") == []


def test_links_set_from_the_other_side_are_the_same_change() -> None:
    make("a", "b")

    with transaction(db.session):
        db.session.get_one(Tag, 1).articles = []

    assert changes(done()) == [("update", 2, [1, 2], [2])]


def test_a_change_of_links_is_undone_and_redone() -> None:
    make("a", "b", "c")
    changed = relink("c")

    take_back(changed)
    undone, undoing = names(), done()
    take_back(undoing)

    assert undone == {"First": ["a", "b", "c"]}
    assert changes(undoing) == [("update", 3, [3], [1, 2, 3])]
    assert names() == {"First": ["c"]}


def test_an_undo_keeps_links_that_changed_since_unless_forced() -> None:
    make("a", "b")
    changed = relink("b")
    relink("a")
    change = db.session.scalars(select(Change).where(Change.change_set_id == changed)).one()

    left = take_back(changed)
    after = names()
    take_back(changed, insisted={change.id: db.session.get_one(Article, 1).version})

    assert (words(left), after) == (["Changed since: tags."], {"First": ["a"]})
    assert names() == {"First": ["a", "b"]}


def test_an_undo_cannot_restore_a_link_to_a_deleted_record() -> None:
    make("a", "b")
    changed = relink("b")
    with transaction(db.session):
        delete_rows(db.session, Tag, Tag.id == 1)

    left = take_back(changed)

    assert words(left) == ["Tags: tag 1 no longer exists. Restore that first."]
    assert names() == {"First": ["b"]}


@pytest.mark.parametrize("way", ["one", "many"])
def test_a_deleted_record_comes_back_with_its_links(way: str) -> None:
    make("a", "b")
    make("b", name="Second", see_also=[db.session.get_one(Article, 1)])

    with transaction(db.session):
        if way == "one":
            delete_record(db.session, db.session.get_one(Article, 1), {}, everything_in_scope)
        else:
            delete_rows(db.session, Article, Article.id == 1)
    gone = done()
    left = names()
    take_back(gone)

    assert left == {"Second": ["b"]}
    assert names() == {"First": ["a", "b"], "Second": ["b"]}
    assert [one.name for one in db.session.get_one(Article, 2).see_also] == ["First"]


@pytest.mark.parametrize("way", ["one", "many"])
def test_a_record_loses_the_link_to_a_deleted_one_and_gets_it_back(way: str) -> None:
    make("a", "b")
    make("b", name="Second")

    with transaction(db.session):
        if way == "one":
            delete_record(db.session, db.session.get_one(Tag, 2), {}, everything_in_scope)
        else:
            delete_rows(db.session, Tag, Tag.id == 2)
    gone = done()
    left = names()
    take_back(gone)

    assert left == {"First": ["a"], "Second": []}
    assert changes(gone) == [("update", 2, [1, 2], [1]), ("update", 2, [2], [])]
    assert names() == {"First": ["a", "b"], "Second": ["b"]}


def test_undoing_a_creation_removes_its_links() -> None:
    made = make("a", "b")

    result = take_back(made)

    assert (result.given_back, result.left, names()) == (3, 0, {})


def test_a_created_record_that_others_link_to_by_now_stays() -> None:
    with transaction(db.session):
        db.session.add(Tag(name="a"))
    made = done()
    make("a")

    left = take_back(made)

    assert words(left) == ["It has 1 article now. Delete it yourself and choose what happens to them."]


def test_a_merged_record_leaves_its_links_to_the_survivor() -> None:
    make("a", "b")
    make("b", name="Second")
    with transaction(db.session):
        first, third = db.session.get_one(Article, 1), Article(name="Third")
        third.see_also = [first, db.session.get_one(Article, 2)]
        db.session.add(third)
    a, b = (db.session.get_one(Tag, key) for key in (1, 2))

    with transaction(db.session):
        merge_records(db.session, a, b, values={}, scopes=everything_in_scope)
    tags_merged = done()
    with transaction(db.session):
        merge_records(
            db.session,
            db.session.get_one(Article, 2),
            db.session.get_one(Article, 1),
            values={},
            scopes=everything_in_scope,
        )
    see_also = [one.name for one in db.session.get_one(Article, 3).see_also]
    merged = names()
    take_back(done())
    take_back(tags_merged)

    assert changes(tags_merged) == [("update", 2, [1, 2], [1]), ("update", 2, [2], [1])]
    assert (merged, see_also) == ({"Second": ["a"], "Third": []}, ["Second"])
    assert names() == {"First": ["a", "b"], "Second": ["b"], "Third": []}
    assert [one.name for one in db.session.get_one(Article, 3).see_also] == ["First", "Second"]


@pytest.mark.parametrize("verb", ["delete", "merge"])
def test_links_that_the_person_may_not_change_prevent_a_deletion(verb: str) -> None:
    make("a", "b")
    a, b = (db.session.get_one(Tag, key) for key in (1, 2))
    mine = {"scopes": lambda _relation: DeletionScope(to_move=false())}

    with pytest.raises(AdminError, match=r"^You cannot change some of the articles that are linked with"):
        merge_records(db.session, a, b, values={}, **mine) if verb == "merge" else delete_record(
            db.session, b, {}, **mine
        )
    db.session.rollback()

    assert names() == {"First": ["a", "b"]}
    assert [one.is_allowed for one in losses(db.session, Tag, Tag.id == 1, **mine)] == [False]


def test_files_name_the_linked_records_that_the_person_may_see() -> None:
    make("a", "b, c")
    make(name="Second")
    told = Tag.name != "a"
    columns = [
        ExportColumn("name", "Name", Article.name),
        ExportColumn("tags", "Tags", relation=Article.tags),
        ExportColumn("tags.id", "Tags ID", Tag.id, Article.tags, told),
        ExportColumn("see_also", "See also", relation=Article.see_also),
    ]

    rows = list(exported_rows(db.engine, Selection(ListSchema(Article)), columns))

    assert rows == [("First", 'a, "b, c"', "2", None), ("Second", None, None, None)]


@pytest.mark.parametrize(
    ("change", "after"),
    [
        (AddLinks((2,)), {"First": ["a", "b"], "Second": ["b"]}),
        (RemoveLinks((1,)), {"First": [], "Second": []}),
        (SetLinks((1, 2)), {"First": ["a", "b"], "Second": ["a", "b"]}),
    ],
)
def test_links_of_many_records_are_changed_by_a_plan_and_undone_as_one(
    change: Any, after: dict[str, list[str]]
) -> None:
    make("a")
    make(name="Second")
    with transaction(db.session):
        db.session.add(Tag(name="b"))

    plan = carried_out(planned(Article, {"tags": change, "name": ReplaceText(str.upper)}))
    changed = names()
    assert plan.change_set_id is not None
    take_back(plan.change_set_id)

    assert changed == {name.upper(): tags for name, tags in after.items()}
    assert set(verdicts(plan).values()) == {"done"}
    assert names() == {"First": ["a"], "Second": []}


def test_a_planned_link_to_a_deleted_record_fails_only_its_line() -> None:
    make("a", "b")
    make(name="Second")
    plan = planned(Article, {"tags": AddLinks((2,))}, meant=Article.id == 2)
    with transaction(db.session):
        delete_rows(db.session, Tag, Tag.id == 2)

    carried_out(plan)

    assert verdicts(plan) == {2: "failed"}
    assert plan.reasons[0][1] == "One of the tags no longer exists. Check them, and save again."


def test_the_links_of_an_earlier_version_are_known() -> None:
    make("a", "b")
    relink("b")
    with transaction(db.session):
        db.session.get_one(Article, 1).name = "Changed"
    article = db.session.get_one(Article, 1)

    earlier, now = earlier_state(db.session, article, 1), earlier_state(db.session, article, 2)

    assert (earlier.value_of(article, "tags"), earlier.value_of(article, "name")) == ([1, 2], "First")
    assert (now.value_of(article, "tags"), now.value_of(article, "name")) == ([2], "First")


def test_two_peoples_changes_of_links_are_merged() -> None:
    assert merged_links([1, 2, 3], [2, 3, 4], [1, 3, 5]) == [3, 4, 5]


def test_lost_links_are_counted_as_far_as_the_person_sees_them() -> None:
    make("a")
    make("a", name="Second")

    (found,) = losses(db.session, Tag, Tag.id == 1, lambda _relation: DeletionScope(seen=Article.id == 1))

    assert (found.count.number, found.is_allowed) == (1, True)


def test_a_second_title_for_the_same_links_is_ignored() -> None:
    links = ImportColumn("tags", "Tags", Column("tags", Text), ("tags.id", "Tags ID"))

    assert columns_named(["Tags ID", "Tags"], [links], []) == {0: "tags"}
    assert links.is_links


def test_import_options_for_links_are_read_as_they_were_written() -> None:
    options = ImportOptions({0: "tags"}, keeps=frozenset({"tags"}))

    assert options_of(options.to_pairs()) == options


def test_records_of_a_view_only_relation_are_named_and_found() -> None:
    relation = relation_of(Farm.visits)
    with transaction(db.session):
        db.session.add_all([Farm(name="Home"), Farm(name="Empty")])
        db.session.flush()
        db.session.add(Animal(name="Cow", farm_id=1))
        db.session.flush()
        db.session.add(Visit(name="First", animal_id=1))
    assert isinstance(relation, ManyToMany)

    found = [
        list(db.session.scalars(select(Farm.name).where(one)))
        for one in (relation.condition(1), relation.linked().asked)
    ]

    assert (relation.is_links, list(relation.history()), found) == (True, [], [["Home"], ["Home"]])
    assert relation.keys(db.session.get_one(Farm, 1)) == [1]
    assert "visits" not in links_of(Farm)


def test_records_that_own_links_to_others_are_found() -> None:
    with transaction(db.session):
        db.session.add_all([Article(name="With", tags=[Tag(name="own")]), Article(name="Without")])
    relation = links_of(Article)["tags"]
    keys = select(Tag.id).where(Tag.name == "own")

    found = db.session.scalars(select(Article.name).where(Article.id.in_(relation.owners_of(keys)))).all()

    assert found == ["With"]


@pytest.mark.parametrize("keys", [None, [1], [1, 2], [3]])
def test_looking_up_links_and_testing_each_row_find_the_same_rows(keys: list[int] | None) -> None:
    one, two, three = (Tag(name=name) for name in "abc")
    with transaction(db.session):
        db.session.add_all([one, two, three])
        db.session.flush()
        db.session.add_all(
            [Article(name="Both", tags=[one, two]), Article(name="One", tags=[two]), Article(name="None")]
        )
    linked = links_of(Article)["tags"].linked(keys)

    found, asked = (
        db.session.scalars(select(Article.name).where(condition).order_by(Article.id)).all()
        for condition in (linked.found, linked.asked)
    )

    wanted = [] if keys == [3] else ["Both"] if keys == [1] else ["Both", "One"]
    assert (found, asked) == (wanted, wanted)


@pytest.mark.parametrize("archive", [{}, {"archived": Article.name == "None", "archived_name": "name"}])
@pytest.mark.parametrize(("limit", "is_walked"), [(1, True), (2, False)])
def test_a_common_tag_is_tested_row_by_row_and_counted_up_to_a_limit(
    monkeypatch: pytest.MonkeyPatch, limit: int, archive: dict[str, Any], *, is_walked: bool
) -> None:
    monkeypatch.setattr(planner, "LARGE_SET", limit)
    with transaction(db.session):
        tag = Tag(name="a")
        db.session.add_all([Article(name=name, tags=[tag]) for name in ("First", "Second")] + [Article(name="None")])
    schema = ListSchema(Article, default_sort="-id", page_sizes=(1,), **archive)
    asked = [("archived", "too")] if archive else []
    tagged = Selection.parse(schema, asked, parent=Parent(Article.tags, db.session.get_one(Tag, 1)))

    found, page = planner.planned(db.session, tagged), page_of(db.session, tagged)
    rest = page_of(db.session, tagged.changed(after=page.after))

    assert (bool(found.walked), found.count_limit == planner.WALKED_COUNT) == (is_walked, is_walked)
    assert [row.name for row in (*page.rows, *rest.rows)] == ["Second", "First"]
    assert (page.count, rest.count) == (Count(2), Count(2))


def test_a_refusal_for_another_reason_is_not_blamed_on_links() -> None:
    with pytest.raises(InvalidRecord) as refusal, refusals_of(Article), transaction(db.session):
        db.session.add(Article(name=None))

    assert set(refusal.value.problems) & set(links_of(Article)) == set()
