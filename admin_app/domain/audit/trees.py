"""Keep trees free of cycles: check the records that a transaction moved, before it commits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from admin_app.db.dialects import dialect_of, is_postgres
from admin_app.db.json_values import has_key, recorded_models
from admin_app.db.keys import key_from
from admin_app.db.record import Record
from admin_app.db.session_state import state_of
from admin_app.domain.audit.recorder import last_change_set, last_tables
from admin_app.domain.naming import noun_of
from admin_app.errors import InvalidRecord
from admin_app.extensions import AnySession, table_of
from admin_app.formatting import in_sentence, label
from admin_app.models.change_set import Change, Did
from admin_app.relations import ToOne
from admin_app.relations.trees import below_themselves, keys_below, trees_of


@dataclass
class _Checked:
    """The change set of a long act whose parts are checked as they are written, so that the commit need not check them."""

    set_id: int | None = None


def refuse_cycles(session: Session) -> None:
    """Raise `InvalidRecord` if the transaction put a record below itself. Its history must be written already."""
    checked, set_id = state_of(session, _Checked), last_change_set(session)
    if session.in_nested_transaction() or set_id is None:
        return
    for name in last_tables(session) if checked.set_id != set_id else ():
        for tree in trees_of(recorded_models()[name]):
            require_tree(session, tree, _changed(session, set_id, name, tree))


def mark_checked(session: AnySession, set_id: int | None) -> None:
    """Leave this change set out of the check at commit: its writer checks each part."""
    state_of(session, _Checked).set_id = set_id


def require_tree(session: AnySession, tree: ToOne, which: ColumnElement[bool]) -> None:
    """Raise `InvalidRecord` if one of these records is below itself."""
    if is_postgres(session):
        # Two people who put two records below each other at once would miss the cycle: the second one waits for the first.
        session.execute(select(func.pg_advisory_xact_lock(func.hashtext(table_of(tree.model).name))))
    if session.scalar(below_themselves(tree, which).limit(1)) is not None:
        raise InvalidRecord({tree.key: problem_of(tree)})


def problem_with_parent(session: AnySession, tree: ToOne, record: Record, parent: Record | None) -> str | None:
    """Say why a record may not be below this parent; None if it may."""
    if parent is None:
        return None
    key, above = getattr(record, tree.other_name), getattr(parent, tree.other_name)
    is_below = key == above or session.scalar(
        select(1).where(tree.other == above, tree.other.in_(keys_below(tree, key)))
    )
    return problem_of(tree) if is_below else None


def problem_of(tree: ToOne) -> str:
    """Say that a record would be below itself."""
    noun = noun_of(tree.model)
    return f"This {noun} would be below itself. Choose another {in_sentence(label(tree.key))}."


def _changed(session: Session, set_id: int, name: str, tree: ToOne) -> ColumnElement[bool]:
    """Return the condition on the records whose place a change set changed."""
    after: Any = Change.after
    mine = (Change.change_set_id == set_id, Change.model == name, Change.act != Did.DELETE)
    told = has_key(after, tree.own_name, dialect_of(session))
    found: ColumnElement[bool] = tree.other.in_(select(key_from(tree.other.table, Change.record_id)).where(*mine, told))
    return found
