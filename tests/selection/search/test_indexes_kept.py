"""The search index: made by declaration, kept current by the database, whatever is written and however."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import delete, select, text, update

from admin_app.errors import ClashError
from admin_app.extensions import db
from admin_app.models.post import Post
from admin_app.models.user import User
from admin_app.selection.search import indexes as search_indexes
from tests.selection.searching import found, write


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


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
@pytest.mark.parametrize("name", ["CRATE_search", "crate_search_data", "crate_search_insert"])
@pytest.mark.usefixtures("context")
def test_index_is_made_under_no_name_that_another_program_uses(name: str) -> None:
    connection = db.session.connection()
    connection.exec_driver_sql("CREATE TABLE crate (id INTEGER PRIMARY KEY, label TEXT)")
    connection.exec_driver_sql(f"CREATE TABLE {name} (id INTEGER PRIMARY KEY)")

    with pytest.raises(ClashError) as refused:
        Operations(MigrationContext.configure(connection)).create_search_index("crate", ["label"])

    db.session.rollback()
    assert str(refused.value) == (
        f"The search index of crate needs the name {name}, which something else has: give that another name, "
        "or take column_searchable_list from the resource of crate. Nothing was changed."
    )


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
