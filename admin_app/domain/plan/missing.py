"""Records that a file's rows name and nobody has, made before the rows' own."""

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
    """Records of a model that are named by a unique column; those that are missing get the name in these columns."""

    model: type[Record]
    column: TableColumn
    made: tuple[str, ...]

    def fold(self, text: str) -> str:
        """Return what two names of one record have in common."""
        return str(caseless(text)) if is_caseless(self.column) else text

    def keys(self, session: AnySession, texts: Collection[str]) -> Mapping[str, Key]:
        """Return the keys of the records that are there, by their folded names."""
        is_wanted = same_as_any(self.column, texts) if is_caseless(self.column) else self.column.in_(texts)
        found = session.execute(select(self.column, self.model.id).where(is_wanted))
        return {self.fold(text): key for text, key in found}


def make_missing(session: AnySession, missing: Mapping[str, Missing], lines: ColumnElement[bool]) -> None:
    """Make what these lines name and nobody has, and let the lines mean it (not yet committed)."""
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
    """Return the keys of the records of these names, made where there are none."""
    there = one.keys(session, texts)
    new: dict[str, str] = {}
    for text in texts:
        if (folded := one.fold(text)) not in there:
            # Written in several ways, it is made as the first row writes it.
            new.setdefault(folded, text)
    if new:
        add_rows(session, one.model, [dict.fromkeys(one.made, text) for text in new.values()])
    return one.keys(session, texts) if new else there


def _meant(
    named: Mapping[str, str], missing: Mapping[str, Missing], keys: Mapping[str, Mapping[str, Key]]
) -> Mapping[str, Key]:
    return {name: keys[name][missing[name].fold(text)] for name, text in named.items()}
