"""What a migration removes for good: `db migrate` tells its author, `upgrade --plan` tells the operator."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Iterator

from alembic.operations.ops import DropColumnOp, DropTableOp, MigrationScript, ModifyTableOps

log = logging.getLogger(__name__)

_NAME = r'(?P<table>(?:"[^"]+"|\w+)(?:\.(?:"[^"]+"|\w+))?)'
_COLUMN = r'(?P<column>"[^"]+"|\w+)'
_LOSSES = (
    (rf"DROP TABLE (?:IF EXISTS )?{_NAME}", "Removes the table {table} with all its data."),
    (
        rf"ALTER TABLE (?:IF EXISTS )?(?:ONLY )?{_NAME} DROP (?:COLUMN )?(?!CONSTRAINT )(?:IF EXISTS )?{_COLUMN}",
        "Removes the column {table}.{column} with all its data.",
    ),
    (rf"(?:DELETE FROM|TRUNCATE(?: TABLE)?) (?:ONLY )?{_NAME}", "Deletes rows of {table}."),
)


def losses_in(statements: Iterable[str]) -> Iterator[str]:
    """Say for each statement that removes data what it removes."""
    for statement in statements:
        line = " ".join(statement.split())
        for begin, words in _LOSSES:
            if (found := re.match(begin, line, re.IGNORECASE)) is not None:
                yield words.format(**{name: (part or "").replace('"', "") for name, part in found.groupdict().items()})


def warn_of_losses(scripts: Iterable[MigrationScript]) -> None:
    """Warn the author of a generated migration of what it removes."""
    for script in scripts:
        for upgrade_ops in script.upgrade_ops_list:
            for op in upgrade_ops.ops:
                for one in op.ops if isinstance(op, ModifyTableOps) else [op]:
                    if isinstance(one, DropColumnOp):
                        log.warning("It removes the column %s.%s with all its data.", one.table_name, one.column_name)
                    elif isinstance(one, DropTableOp):
                        log.warning("It removes the table %s with all its data.", one.table_name)
