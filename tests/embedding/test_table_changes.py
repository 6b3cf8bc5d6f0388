"""What an upgrade of the dashboard's tables says of each difference: which part of a table it is, never how Python writes it."""

from __future__ import annotations

import pytest
from alembic.operations import MigrateOperation
from alembic.operations.ops import (
    AlterColumnOp,
    CreateForeignKeyOp,
    CreateUniqueConstraintOp,
    DropConstraintOp,
    DropTableOp,
)

from admin_app.db.unique_text import CreateUniqueText
from admin_app.embedding.table_changes import in_words
from admin_app.selection.search.migrations import CreateSearchIndex
from admin_app.selection.sorting.migrations import CreateSortIndex
from admin_app.selection.sorting.text_indexes import SortIndex


@pytest.mark.parametrize(
    ("operation", "words"),
    [
        (DropConstraintOp("uq_job", "job"), "constraint uq_job of job: the dashboard does not have it"),
        (CreateUniqueConstraintOp("uq_job", "job", ["name"]), "constraint uq_job of job"),
        (CreateForeignKeyOp(None, "job", "staff", ["staff_id"], ["id"]), "a constraint of job"),
        (CreateSearchIndex("job", ["title"]), "search index of job"),
        (CreateSortIndex(SortIndex("job", "title")), "index ix_job_title_sort_key"),
        (CreateUniqueText([("staff", "email")]), "unique text in staff.email"),
        (DropTableOp("former"), "table former: the dashboard does not have it"),
        (AlterColumnOp("job", "name", modify_nullable=False), "column job.name: may not be empty"),
        (
            AlterColumnOp("job", "name", modify_server_default=None),
            "column job.name: the dashboard has another default",
        ),
        (AlterColumnOp("job", "name", modify_comment="x"), "column job.name: the dashboard declares it differently"),
    ],
)
def test_each_difference_is_said_in_words(operation: MigrateOperation, words: str) -> None:
    assert in_words(operation) == words
