"""The search index: used for rare words only, and what it costs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, insert, select, text, update

from admin_app.extensions import db
from admin_app.models.post import Post
from admin_app.models.user import User
from admin_app.selection.paging import planner
from admin_app.selection.paging.counting import count_of
from admin_app.selection.paging.pages import page_of
from admin_app.selection.paging.planner import planned
from admin_app.selection.search.match_sql import contains
from admin_app.selection.selection import Selection
from tests.selection.searching import rows_of, selection, write
from tests.stores import emptied

MANY = 4000


def looked_up(chosen: Selection) -> list[str]:
    """Name the words that are looked up in the index."""
    return [term.text for one in chosen.by_index for term in one.terms]


def plan_of(chosen: Selection) -> str:
    """Return how the store goes about the page; in figures it would show what it expects."""
    statement = next(chosen.segments()).limit(20).compile(db.engine, compile_kwargs={"literal_binds": True})
    word = "EXPLAIN QUERY PLAN" if db.engine.dialect.name == "sqlite" else "EXPLAIN"
    return "\n".join(str(row[-1]) for row in db.session.connection().exec_driver_sql(f"{word} {statement}"))


@pytest.fixture
def app(app_on: Callable[[str], Flask], store: str) -> Flask:
    """Return the application as the test before left it: filling the tables takes a hundred times as long as a test."""
    return app_on(store)


@pytest.fixture
def many(context: Flask, store: str) -> Iterator[None]:
    """Fill the tables, for tests that write nothing: one post is about zebras, every tenth about a garden; nobody wrote any of them."""
    if not is_filled():
        emptied(context)
        fill(store)
    yield
    db.session.remove()


@pytest.fixture
def many_anew(context: Flask, store: str) -> Iterator[None]:
    """Fill the tables for this test alone: also what is rolled back leaves traces, and PostgreSQL plans by them."""
    emptied(context)
    fill(store)
    yield
    db.session.remove()
    emptied(context)


def is_filled() -> bool:
    numbers = [db.session.scalar(select(func.count(model.id))) for model in (Post, User)]
    db.session.rollback()
    return numbers == [MANY + 1, MANY // 2]


def fill(store: str) -> None:
    contents = [f"Note {number} on {'a garden wall' if number % 10 == 0 else 'tea'}" for number in range(MANY)]
    write(*contents, "A zebra in a wood")
    # Of a table that it knows nothing of, PostgreSQL guesses, today so and tomorrow so.
    users = [{"name": f"Writer {number}", "email": f"writer-{number}@example.com"} for number in range(MANY // 2)]
    db.session.execute(insert(User), users)
    db.session.commit()
    db.session.execute(text("ANALYZE"))
    if store == "postgres":
        # What was just inserted waits in a list; autovacuum would see to it in its own time.
        indexes = "SELECT gin_clean_pending_list(indexrelid::regclass) FROM pg_stat_user_indexes"
        db.session.execute(text(f"{indexes} WHERE indexrelname LIKE '%trigrams'"))
    db.session.commit()
    # A connection knows the statistics that there were when it was opened.
    db.engine.dispose()


# ---- how rows are found


@pytest.mark.usefixtures("many")
def test_rare_word_is_looked_up_in_the_index(store: str) -> None:
    chosen = planned(db.session, selection("zebra"))
    if store == "postgres":
        # A table this small it would rather read as a whole.
        db.session.execute(text("SET LOCAL enable_seqscan = off"))

    plan = plan_of(chosen)

    assert looked_up(chosen) == ["zebra"]
    assert ("post_search VIRTUAL TABLE" if store == "sqlite" else "ix_post_content_trigrams") in plan
    assert "ix_post_created_at" not in plan
    assert [row.content for row in rows_of(chosen)] == ["A zebra in a wood"]


@pytest.mark.usefixtures("many_anew")
def test_rare_word_of_several_spellings_is_looked_up_in_the_index(store: str) -> None:
    stored_by_word = {"ΠΑΠΠΆΣ": "Herr Παππάς ist da", "ZIEGELSTRASSE": "In der Ziegelstraße"}
    write(*stored_by_word.values())
    chosen_by_word = {word: planned(db.session, selection(word)) for word in stored_by_word}
    if store == "postgres":
        db.session.execute(text("SET LOCAL enable_seqscan = off"))

    for word, chosen in chosen_by_word.items():
        plan = plan_of(chosen)

        assert looked_up(chosen) == [word]
        assert ("post_search VIRTUAL TABLE" if store == "sqlite" else "ix_post_content_trigrams") in plan, word
        assert "ix_post_created_at" not in plan, word
        assert [row.content for row in rows_of(chosen)] == [stored_by_word[word]]


@pytest.mark.usefixtures("context")
@pytest.mark.parametrize("word", ["zebra", "css", "ΝΕΡΌ", "naïve"])
def test_word_of_one_spelling_is_one_condition(word: str) -> None:
    assert str(contains(Post.content, word).compile(db.engine)).count(" ESCAPE ") <= (
        2 if "sqlite" in str(db.engine.url) else 1
    )


@pytest.mark.usefixtures("many_anew")
def test_common_word_walks_the_order_of_the_list(store: str) -> None:
    db.session.execute(insert(Post), [{"content": "garden"}] * 3000)
    chosen = planned(db.session, selection("garden"))

    plan = plan_of(chosen)

    assert chosen.by_index == ()
    assert "ix_post_created_at" in plan
    assert ("VIRTUAL TABLE" if store == "sqlite" else "trigrams") not in plan


@pytest.mark.usefixtures("many_anew")
def test_common_word_of_a_long_table_is_counted_to_a_few(make_user: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(planner, "MANY", 1000)
    monkeypatch.setattr(planner, "WALKED_COUNT", 50)
    monkeypatch.setattr(planner, "FEW", 10)
    hers = (Post.id % 10 == 2) | (Post.id <= 400)
    named = update(Post).where(hers).values(user_id=make_user(name="Ottilie").id)
    db.session.execute(named, execution_options={"synchronize_session": False})

    searches = ("garden", "Ottilie", "zebra", "garden Ottilie")
    counts = {search: str(count_of(db.session, planned(db.session, selection(search)))) for search in searches}

    assert counts == {"garden": "more than 50", "Ottilie": "more than 50", "zebra": "1", "garden Ottilie": "40"}


@pytest.fixture
def long_table(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take the tables for long ones, in which a common word is counted to fifty."""
    for name, value in (("MANY", 1000), ("WALKED_COUNT", 50), ("FEW", 10)):
        monkeypatch.setattr(planner, name, value)


@pytest.mark.usefixtures("many", "long_table")
def test_common_word_is_counted_where_it_is_planned_if_the_index_can_be_read_in_part(
    statements: Callable[[], AbstractContextManager[list[str]]], store: str
) -> None:
    with statements() as sent:
        page = page_of(db.session, selection("garden"))

    assert str(page.count) == "more than 50"
    assert len(sent) == {"sqlite": 2, "postgres": 3}[store]


@pytest.mark.usefixtures("many", "long_table")
def test_word_of_common_pieces_that_stand_apart_is_looked_up() -> None:
    # Nearly every post is a note on tea.
    assert looked_up(planned(db.session, selection("notea"))) == ["notea"]


@pytest.mark.usefixtures("many")
@pytest.mark.parametrize("search", ["garden zebra", "zebra garden", '"note" zebra ga'])
def test_rarest_word_is_the_one_that_is_looked_up(search: str) -> None:
    assert looked_up(planned(db.session, selection(search))) == ["zebra"]


@pytest.mark.usefixtures("many")
@pytest.mark.parametrize("search", ["", "ze", "日本", "?!", "é"])
def test_words_that_no_index_knows_are_walked_for(search: str) -> None:
    assert planned(db.session, selection(search)).by_index == ()


@pytest.mark.usefixtures("many")
def test_filter_by_a_rare_word_is_looked_up_in_the_index(store: str) -> None:
    chosen = planned(db.session, selection("", content__contains="Zebra", created_at__from="2020-01-01"))
    if store == "postgres":
        db.session.execute(text("SET LOCAL enable_seqscan = off"))

    plan = plan_of(chosen)

    assert looked_up(chosen) == ["Zebra"]
    assert ("post_search VIRTUAL TABLE" if store == "sqlite" else "ix_post_content_trigrams") in plan
    assert [row.content for row in rows_of(chosen)] == ["A zebra in a wood"]


@pytest.mark.usefixtures("many_anew")
def test_filter_by_a_common_word_walks_the_order_of_the_list(store: str) -> None:
    db.session.execute(insert(Post), [{"content": "garden"}] * 3000)
    chosen = planned(db.session, selection("", content__contains="garden"))

    plan = plan_of(chosen)

    assert looked_up(chosen) == []
    assert "ix_post_created_at" in plan
    assert ("VIRTUAL TABLE" if store == "sqlite" else "trigrams") not in plan


@pytest.mark.usefixtures("many")
@pytest.mark.parametrize(
    ("search", "filters", "word"),
    [
        ("garden", {"content__contains": "zebra"}, "zebra"),
        ("zebra", {"content__contains": "wood"}, "zebra"),
        ("tea", {"user.name__contains": "nobody has it"}, "nobody has it"),
    ],
)
def test_rarest_of_words_and_filters_is_looked_up(search: str, filters: dict[str, str], word: str) -> None:
    chosen = planned(db.session, selection(search, **filters))

    assert looked_up(chosen) == [word]
    assert [row.id for row in rows_of(chosen)] == [row.id for row in rows_of(selection(search, **filters))]


GROUPS_OF_RARE_WORDS = (
    "content contains zebra or user.name contains Ottilie",
    "(content contains zebra and created_at from 2020-01-01) or (user.name contains Ottilie and content ends tea)",
    "content contains zebra or (content contains wood and (content contains nowhere or user.email contains nobody))",
)


@pytest.mark.usefixtures("many_anew")
def test_group_of_rare_words_is_looked_up_in_the_indexes(store: str, make_user: Any) -> None:
    make_user(name="Ottilie")
    chosen_by_group = {where: planned(db.session, selection("", where=where)) for where in GROUPS_OF_RARE_WORDS}
    if store == "postgres":
        db.session.execute(text("SET LOCAL enable_seqscan = off"))

    for where, chosen in chosen_by_group.items():
        plan = plan_of(chosen)

        assert "zebra" in looked_up(chosen), where
        assert ("post_search VIRTUAL TABLE" if store == "sqlite" else "ix_post_content_trigrams") in plan, where
        assert ("user_search VIRTUAL TABLE" if store == "sqlite" else "ix_user_") in plan, where
        assert "ix_post_created_at" not in plan, where
        assert [row.content for row in rows_of(chosen)] == ["A zebra in a wood"], where


GROUPS_TO_WALK_FOR = (
    "content contains garden or content contains zebra",
    "content contains zebra or user empty yes",
    "content contains zebra or content contains ga",
    "content contains zebra or (content starts Note and user empty yes)",
)


@pytest.mark.usefixtures("many_anew")
def test_group_that_no_index_knows_all_of_or_of_a_common_word_walks_the_order_of_the_list(store: str) -> None:
    db.session.execute(insert(Post), [{"content": "garden"}] * 3000)

    for where in GROUPS_TO_WALK_FOR:
        chosen = planned(db.session, selection("", where=where))
        plan = plan_of(chosen)

        assert looked_up(chosen) == [], where
        assert "ix_post_created_at" in plan, where
        assert ("VIRTUAL TABLE" if store == "sqlite" else "trigrams") not in plan, where


@pytest.mark.usefixtures("many")
@pytest.mark.parametrize(("operator", "text"), [("starts", "a ZEBRA"), ("ends", "zebra in a Wood"), ("equals", "A zebra in a wood"),
                                                ("in", '"A zebra in a wood", nowhere')])  # fmt: skip
def test_filters_by_the_beginning_end_or_whole_of_a_rare_text_are_looked_up(operator: str, text: str) -> None:
    chosen = planned(db.session, selection("", **{f"content__{operator}": text}))

    assert looked_up(chosen)[0] in text
    assert [row.content for row in rows_of(chosen)] == ["A zebra in a wood"]


@pytest.mark.usefixtures("many")
@pytest.mark.parametrize(("operator", "text"), [("not_contains", "zebra"), ("not_equals", "zebra"), ("equals", "ze"), ("in", "zebra, ze"),
                                                ("in", ",".join(f"zebra{number}" for number in range(21)))])  # fmt: skip
def test_missing_words_and_words_that_no_index_knows_are_walked_for(operator: str, text: str) -> None:
    assert looked_up(planned(db.session, selection("", **{f"content__{operator}": text}))) == []


@pytest.mark.usefixtures("many")
def test_filters_without_an_index_are_walked_for() -> None:
    chosen = planned(db.session, selection("", content__contains="x" * 1000))

    assert (looked_up(chosen), rows_of(chosen)) == ([], [])


@pytest.mark.usefixtures("many")
def test_choosing_costs_one_small_statement(statements: Any) -> None:
    with statements() as for_none:
        planned(db.session, selection(""))
    with statements() as for_one:
        planned(db.session, selection("zebra"))
    with statements() as for_many:
        planned(db.session, selection(" ".join(["garden"] + [f"note{number}" for number in range(15)])))

    assert [len(sent) for sent in (for_none, for_one, for_many)] == [0, 1, 1]
