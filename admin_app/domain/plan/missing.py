"""Create the related records that a file names and that don't exist yet, before the file's own records."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, bindparam, select, update

from admin_app.db.caseless import caseless, is_caseless, same_as_any
from admin_app.db.keys import Key
from admin_app.db.record import Record
from admin_app.domain.audit.bulk import add_rows
from admin_app.extensions import AnySession, TableColumn, table_of
from admin_app.models.plan import PlanLine

_LINE = table_of(PlanLine)


@dataclass(frozen=True)
class Missing:
    """Related records of a model, named by a unique column. A missing one is created with the name in the `made` columns."""

    model: type[Record]
    column: TableColumn
    made: tuple[str, ...]

    def fold(self, text: str) -> str:
        """Return the form in which two names of one record are equal."""
        return str(caseless(text)) if is_caseless(self.column) else text

    def keys(self, session: AnySession, texts: Collection[str]) -> Mapping[str, Key]:
        """Return the keys of existing records, by their folded names."""
        is_wanted = same_as_any(self.column, texts) if is_caseless(self.column) else self.column.in_(texts)
        found = session.execute(select(self.column, self.model.id).where(is_wanted))
        return {self.fold(text): key for text, key in found}


def make_missing(session: AnySession, missing: Mapping[str, Missing], lines: ColumnElement[bool]) -> None:
    """Create the missing related records of some lines, and put their keys into the lines (not yet committed)."""
    if not missing:
        return
    asked = select(_LINE.c.plan_id, _LINE.c.number, _LINE.c.after, _LINE.c.missing)
    found = session.execute(asked.where(lines, _LINE.c.missing.is_not(None)).order_by(_LINE.c.number)).all()
    keys = {
        name: _made(session, one, [row.missing[name] for row in found if name in row.missing])
        for name, one in missing.items()
    }
    if not found:
        return
    given = [
        {"plan": row.plan_id, "line": row.number, "values": {**row.after, **_meant(row.missing, missing, keys)}}
        for row in found
    ]
    mine = (_LINE.c.plan_id == bindparam("plan"), _LINE.c.number == bindparam("line"))
    statement = update(_LINE).where(*mine).values(after=bindparam("values", type_=_LINE.c.after.type))
    session.connection().execute(statement, given)


def _made(session: AnySession, one: Missing, texts: Sequence[str]) -> Mapping[str, Key]:
    """Return the keys of the records with these names. Missing records are created."""
    there = one.keys(session, texts)
    new: dict[str, str] = {}
    for text in texts:
        if (folded := one.fold(text)) not in there:
            # If the file writes a name in several ways, the first one counts.
            new.setdefault(folded, text)
    if new:
        add_rows(session, one.model, [dict.fromkeys(one.made, text) for text in new.values()])
    return one.keys(session, texts) if new else there


def _meant(
    named: Mapping[str, str], missing: Mapping[str, Missing], keys: Mapping[str, Mapping[str, Key]]
) -> Mapping[str, Key]:
    return {name: keys[name][missing[name].fold(text)] for name, text in named.items()}
