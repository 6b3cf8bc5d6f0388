"""The search index: made by declaration, kept current by the database, asked for rare words and only for those."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, insert, select, text, update

from admin_app.extensions import db
from admin_app.models.post import Post
from admin_app.models.user import User
from admin_app.panel.registry import resource_of
from admin_app.selection import search_indexes, strategy
from admin_app.selection.counting import count_of
from admin_app.selection.paging import fetch
from admin_app.selection.search import terms_of
from admin_app.selection.selection import Selection
from admin_app.selection.strategy import planned
from admin_app.text import folded

MANY = 4000


def rows_of(selection: Selection) -> list[Any]:
    """Read all rows of a selection."""
    return fetch(db.session, selection.segments(), limit=10_000)


def selection(search: str, of: type[Any] = Post, **filters: str) -> Selection:
    resource = resource_of(of)
    assert resource
    return Selection.parse(resource.offer(), [("q", search), *filters.items()])


def looked_up(chosen: Selection) -> list[str]:
    """Name the words that are looked up in the index."""
    return [term.text for one in chosen.by_index for term in one.terms]


def found(search: str, of: type[Any] = Post) -> list[int]:
    """Find by the index, then by walking; they have to agree."""
    walk = selection(search, of)
    by_walking = sorted(row.id for row in rows_of(walk))
    lookups = tuple(one for one in walk.lookups if one.letters > 2)
    by_index = sorted(row.id for row in rows_of(walk.changed(by_index=lookups)))
    assert by_index == by_walking
    return by_index


def write(*contents: str, **values: Any) -> list[int]:
    rows = [{"content": content, **values} for content in contents]
    return list(db.session.scalars(insert(Post).returning(Post.id, sort_by_parameter_order=True), rows))


def plan_of(chosen: Selection) -> str:
    """Return how the store goes about the page; in figures it would show what it expects."""
    statement = next(chosen.segments()).limit(20).compile(db.engine, compile_kwargs={"literal_binds": True})
    word = "EXPLAIN QUERY PLAN" if db.engine.dialect.name == "sqlite" else "EXPLAIN"
    return "\n".join(str(row[-1]) for row in db.session.connection().exec_driver_sql(f"{word} {statement}"))


@pytest.fixture
def many(context: Flask, store: str) -> Iterator[None]:
    """Fill the tables: one post is about zebras, every tenth about a garden; nobody wrote any of them."""
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
    yield
    db.session.remove()
    assert context


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


@pytest.mark.usefixtures("many")
def test_common_word_walks_the_order_of_the_list(store: str) -> None:
    db.session.execute(insert(Post), [{"content": "garden"}] * 3000)
    chosen = planned(db.session, selection("garden"))

    plan = plan_of(chosen)

    assert chosen.by_index == ()
    assert "ix_post_created_at" in plan
    assert ("VIRTUAL TABLE" if store == "sqlite" else "trigrams") not in plan


@pytest.mark.usefixtures("many")
@pytest.mark.parametrize(("search", "counted"), [("garden", "more than 50"), ("Ottilie", "more than 50"), ("zebra", "1"),
                                                 ("garden Ottilie", "40")])  # fmt: skip
def test_common_word_of_a_long_table_is_counted_to_a_few(
    search: str, counted: str, make_user: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(strategy, "MANY", 1000)
    monkeypatch.setattr(strategy, "WALKED_COUNT", 50)
    monkeypatch.setattr(strategy, "FEW", 10)
    hers = (Post.id % 10 == 2) | (Post.id <= 400)
    named = update(Post).where(hers).values(user_id=make_user(name="Ottilie").id)
    db.session.execute(named, execution_options={"synchronize_session": False})

    count = count_of(db.session, planned(db.session, selection(search)))

    assert str(count) == counted


@pytest.mark.usefixtures("many")
@pytest.mark.parametrize("search", ["garden zebra", "zebra garden", '"note" zebra ga'])
def test_rarest_word_is_the_one_that_is_looked_up(search: str) -> None:
    assert looked_up(planned(db.session, selection(search))) == ["zebra"]


@pytest.mark.usefixtures("many")
@pytest.mark.parametrize("search", ["", "ze", "日本", "?!", "é"])
def test_what_no_index_knows_is_walked_for(search: str) -> None:
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


@pytest.mark.usefixtures("many")
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


@pytest.mark.usefixtures("many")
@pytest.mark.parametrize(
    "where",
    [
        "content contains zebra or user.name contains Ottilie",
        "(content contains zebra and created_at from 2020-01-01) or (user.name contains Ottilie and content ends tea)",
        "content contains zebra or (content contains wood and (content contains nowhere or user.email contains nobody))",
    ],
)
def test_group_of_rare_words_is_looked_up_in_the_indexes(where: str, store: str, make_user: Any) -> None:
    make_user(name="Ottilie")
    chosen = planned(db.session, selection("", where=where))
    if store == "postgres":
        db.session.execute(text("SET LOCAL enable_seqscan = off"))

    plan = plan_of(chosen)

    assert "zebra" in looked_up(chosen)
    assert ("post_search VIRTUAL TABLE" if store == "sqlite" else "ix_post_content_trigrams") in plan
    assert ("user_search VIRTUAL TABLE" if store == "sqlite" else "ix_user_") in plan
    assert "ix_post_created_at" not in plan
    assert [row.content for row in rows_of(chosen)] == ["A zebra in a wood"]


@pytest.mark.usefixtures("many")
@pytest.mark.parametrize(
    "where",
    [
        "content contains garden or content contains zebra",
        "content contains zebra or user empty yes",
        "content contains zebra or content contains ga",
        "content contains zebra or (content starts Note and user empty yes)",
    ],
)
def test_group_that_no_index_knows_all_of_or_of_a_common_word_walks_the_order_of_the_list(
    where: str, store: str
) -> None:
    db.session.execute(insert(Post), [{"content": "garden"}] * 3000)
    chosen = planned(db.session, selection("", where=where))

    plan = plan_of(chosen)

    assert looked_up(chosen) == []
    assert "ix_post_created_at" in plan
    assert ("VIRTUAL TABLE" if store == "sqlite" else "trigrams") not in plan


@pytest.mark.usefixtures("many")
@pytest.mark.parametrize(("operator", "text"), [("starts", "a ZEBRA"), ("ends", "zebra in a Wood"), ("equals", "A zebra in a wood"),
                                                ("in", '"A zebra in a wood", nowhere')])  # fmt: skip
def test_where_a_rare_text_begins_or_ends_or_is_all_is_looked_up_too(operator: str, text: str) -> None:
    chosen = planned(db.session, selection("", **{f"content__{operator}": text}))

    assert looked_up(chosen)[0] in text
    assert [row.content for row in rows_of(chosen)] == ["A zebra in a wood"]


@pytest.mark.usefixtures("many")
@pytest.mark.parametrize(("operator", "text"), [("not_contains", "zebra"), ("not_equals", "zebra"), ("equals", "ze"), ("in", "zebra, ze"),
                                                ("in", ",".join(f"zebra{number}" for number in range(21)))])  # fmt: skip
def test_what_is_not_there_and_what_no_index_knows_is_walked_for(operator: str, text: str) -> None:
    assert looked_up(planned(db.session, selection("", **{f"content__{operator}": text}))) == []


@pytest.mark.usefixtures("many")
def test_filters_that_no_index_can_be_asked_are_walked_for() -> None:
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


@pytest.mark.usefixtures("context")
def test_an_empty_table_is_searched_too() -> None:
    chosen = planned(db.session, selection("zebra"))

    assert rows_of(chosen) == []


# ---- what is found

EXAMPLES = [
    ("École", "école"), ("école", "ÉCOLE"), ("ЯБЛОКО", "яблоко"), ("яблоко", "Яблоко"), ("STRAẞE", "straße"),
    ("straße", "STRAẞE"), ("ΑΣΑ", "ΑΣ"), ("\u212aelvin", "kelvin"), ("\u0130stanbul", "istanbul"), ("İİİ", "iii"),
    ("日本語の本", "日本語"), ("x📷📷📷y", "📷📷📷"), ("50%_off\\", "%_off\\"), ('a 5" disk', '5"'), ("a\tb  c", '"b  c"'),
    ("\u1c90\u1c91\u1c92", "\u10d0\u10d1\u10d2"), ("\U0001e900\U0001e901\U0001e902", "\U0001e922\U0001e923\U0001e924"),
]  # fmt: skip


@pytest.mark.usefixtures("context")
@pytest.mark.parametrize(("stored", "searched"), EXAMPLES)
def test_text_is_found_however_it_is_written(stored: str, searched: str) -> None:
    (key,) = write(f"before{stored}after")
    write("something else", "")

    assert found(searched) == [key]


@pytest.mark.usefixtures("context")
def test_accents_count() -> None:
    write("resume", "naïve")

    assert found("résumé") == []
    assert found("naive") == []


@pytest.mark.usefixtures("context")
def test_pieces_that_stand_apart_are_no_word() -> None:
    write("abcd bcde", "abc and bcd")
    (key,) = write("xabcdex")

    assert found("abcde") == [key]


@pytest.mark.usefixtures("context")
def test_pieces_in_two_columns_are_no_word(make_user: Callable[..., User]) -> None:
    make_user(name="zeb", email="bra@example.com")
    key = make_user(name="Zebra").id

    assert found("zebra", User) == [key]


@pytest.mark.usefixtures("context")
def test_related_rows_are_found_by_their_index(make_user: Callable[..., User], make_post: Callable[..., Post]) -> None:
    ann = make_user(name="Ann Zebra", email="ann@work.example")
    posts = [make_post(user=ann, content=content).id for content in ("Hello", "a zebra")]
    make_post(user=make_user(), content="Hello")
    other = make_post(content="zebra too").id

    assert found("zebra") == [*posts, other]
    assert found("work.example hello") == posts[:1]


LETTERS = "abkiKI\u0131\u0130\u212aéÉяЯßẞ\u03c3\u03c2\u03a3日本📷%_\\\"*' -."
TEXTS = st.text(LETTERS, max_size=12)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(contents=st.lists(TEXTS, max_size=6), search=TEXTS)
@pytest.mark.usefixtures("context")
def test_search_finds_what_a_naive_contains_finds(contents: list[str], search: str) -> None:
    db.session.execute(delete(Post))
    keys = write(*contents) if contents else []
    terms = [folded(term) for term in terms_of(search.strip())]

    expected = [key for key, one in zip(keys, contents, strict=True) if all(term in folded(one) for term in terms)]

    assert found(search) == sorted(expected)
    db.session.rollback()


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
@pytest.mark.usefixtures("context")
def test_index_takes_every_capital_for_its_small_letter() -> None:
    capitals = [one for one in map(chr, range(sys.maxunicode)) if one.lower() != one]
    keys = dict(zip(write(*(letter * 3 for letter in capitals)), capitals, strict=True))

    missed = []
    for key, letter in keys.items():
        one = selection(folded(letter) * 3)
        one = one.changed(by_index=one.lookups)
        if key not in {row.id for row in rows_of(one)}:
            missed.append(letter)

    assert len(capitals) > 1300
    assert missed == []


# ---- how the index is kept


@pytest.mark.usefixtures("context")
def test_index_follows_every_kind_of_change(make_user: Callable[..., User]) -> None:
    user = make_user()
    one, two, three = write("zebra one", "zebra two", "horse", user_id=user.id)

    inserted = found("zebra")
    db.session.execute(update(Post).where(Post.id == three).values(content="zebra three"))
    db.session.execute(update(Post).where(Post.id == one).values(user_id=None))
    updated = found("zebra")
    db.session.execute(update(Post).values(content=Post.content + "!"))
    db.session.execute(delete(Post).where(Post.user_id == user.id))
    deleted = found("zebra")

    assert inserted == [one, two]
    assert updated == [one, two, three]
    assert deleted == [one]
    assert found("horse") == []


@pytest.mark.usefixtures("context")
def test_index_follows_a_transaction_that_is_rolled_back(make_post: Callable[..., Post]) -> None:
    key = make_post(content="zebra").id

    write("another zebra")
    db.session.execute(update(Post).values(content="horse"))
    db.session.rollback()

    assert found("zebra") == [key]


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
@pytest.mark.usefixtures("context")
def test_index_of_sqlite_fits_its_table_after_many_changes(make_user: Callable[..., User]) -> None:
    user = make_user(name="Zoë", email="zoe@example.com")
    user.name = "Zoë Zebra"
    write("zebra", "Größe 日本語", "")
    db.session.commit()
    db.session.execute(update(Post).values(content="a " + Post.content))
    db.session.execute(delete(Post).where(Post.content == "a "))

    # It fails where the index and the table differ.
    for table in ("post", "user", "staff"):
        name = search_indexes.search_table(table)
        db.session.execute(text(f"INSERT INTO {name}({name}, rank) VALUES ('integrity-check', 1)"))

    assert db.session.scalar(select(Post.id).where(Post.content == "a zebra"))


@pytest.mark.usefixtures("context")
def test_what_the_resources_declare_is_in_the_database() -> None:
    declared = {table: set(columns) for table, columns in search_indexes.declared(db.metadata).items()}

    present = {table: set(columns) for table, columns in search_indexes.present(db.session.connection()).items()}

    people = {"user": {"name", "email"}, "staff": {"name", "email"}}
    assert present == declared == {"post": {"content"}, "change_set": {"summary", "actor"}, **people}


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
@pytest.mark.usefixtures("context")
def test_triggers_that_a_rebuilt_table_lost_are_made_again() -> None:
    names = select(text("name")).select_from(text("sqlite_schema")).where(text("name LIKE 'post_search_%te'"))
    before = set(db.session.scalars(names))
    for name in ("post_search_insert", "post_search_delete", "post_search_update"):
        db.session.execute(text(f"DROP TRIGGER IF EXISTS {name}"))

    search_indexes.repair(db.session.connection())

    assert set(db.session.scalars(names)) == before == {"post_search_delete", "post_search_update"}
    (key,) = write("zebra")
    assert found("zebra") == [key]
    db.session.rollback()


@pytest.mark.usefixtures("context")
def test_many_rows_that_are_loaded_at_once_are_indexed_at_the_end() -> None:
    (before,) = write("zebra")

    with search_indexes.loading(db.session.connection(), "post", 2):
        loaded = write("zebra two", "horse")[:1]
    (after,) = write("zebra three")

    assert found("zebra") == [before, *loaded, after]
    db.session.rollback()


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
@pytest.mark.usefixtures("context")
def test_no_write_merges_a_whole_index_at_once() -> None:
    tables = [search_indexes.search_table(table) for table in search_indexes.present(db.session.connection())]

    told = {table: db.session.scalar(text(f"SELECT v FROM {table}_config WHERE k = 'crisismerge'")) for table in tables}

    assert set(told.values()) == {search_indexes.MOST_PIECES}
