"""The indexes of sorted text are found, created, dropped and restored here: Alembic sees only some of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from alembic.autogenerate import renderers
from alembic.autogenerate.api import AutogenContext
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import Connection

from admin_app.extensions import db
from admin_app.selection.sorting import migrations as sort_migrations
from admin_app.selection.sorting import text_indexes
from admin_app.selection.sorting.text_indexes import SortIndex


@pytest.fixture
def connection(context: Any) -> Iterator[Connection]:
    """Return a connection whose changes are taken back."""
    with context.app_context(), db.engine.connect() as one:
        yield one
        one.info.clear()
        one.rollback()


def test_declared_indexes_exist(connection: Connection) -> None:
    assert sort_migrations
    assert text_indexes.present(connection) == text_indexes.declared(db.metadata)
    assert SortIndex("user", "name") in text_indexes.declared(db.metadata)


def test_index_within_a_parent_is_created_found_and_removed(connection: Connection) -> None:
    before = text_indexes.present(connection)
    index = SortIndex("staff", "name", "time_zone")
    operations: Any = Operations(MigrationContext.configure(connection))

    operations.create_sort_index(*index)
    made = text_indexes.present(connection)
    operations.drop_sort_index(*index)

    assert made - before == {index}
    assert text_indexes.present(connection) == before


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
def test_index_that_a_rebuilt_table_lost_comes_back_and_one_dropped_on_purpose_does_not(connection: Connection) -> None:
    before = text_indexes.present(connection)
    operations: Any = Operations(MigrationContext.configure(connection))
    text_indexes.keep(connection)

    operations.drop_sort_index("user", "email")
    connection.exec_driver_sql("DROP INDEX ix_user_name_sort_key")
    text_indexes.repair(connection)

    assert before - text_indexes.present(connection) == {SortIndex("user", "email")}


def test_index_of_similar_texts_is_created_found_and_removed(connection: Connection) -> None:
    before = text_indexes.present(connection)
    index = SortIndex("staff", "email", "", "mailbox")
    operations: Any = Operations(MigrationContext.configure(connection))

    operations.create_sort_index(*index)
    made = text_indexes.present(connection)
    operations.drop_sort_index(*index)

    assert made - before == {index}
    assert text_indexes.present(connection) == before


@pytest.mark.parametrize(
    ("index", "written"),
    [
        (SortIndex("tag", "label"), "op.create_sort_index('tag', 'label')"),
        (SortIndex("tag", "label", "post_id"), "op.create_sort_index('tag', 'label', 'post_id')"),
        (SortIndex("tag", "label", "", "namesake"), "op.create_sort_index('tag', 'label', '', 'namesake')"),
    ],
)
@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
def test_a_migration_says_no_more_than_it_has_to(index: SortIndex, written: str, connection: Connection) -> None:
    context = AutogenContext(MigrationContext.configure(connection))

    assert (
        renderers.dispatch(sort_migrations.CreateSortIndex(index))(context, sort_migrations.CreateSortIndex(index))
        == written
    )
