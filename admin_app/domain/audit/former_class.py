"""The class of a deleted record: the history files it under the base class's table, and holds its state."""

from __future__ import annotations

from sqlalchemy import inspect as inspect_mapper
from sqlalchemy import select

from admin_app.db.attributes import name_of
from admin_app.db.joined import class_column
from admin_app.db.keys import Key
from admin_app.db.record import Record
from admin_app.extensions import AnySession, table_of
from admin_app.models.change_set import Change, Did


def was_of_class(session: AnySession, model: type[Record], key: Key) -> bool:
    """Whether a deleted record was of this model's class. Every record is of the base class; for another class of a model without a history the answer is no."""
    mapper, told = inspect_mapper(model), class_column(model)
    if mapper.inherits is None:
        return True
    first: type[Record] = mapper.base_mapper.class_
    if told is None or session.get(first, key) is not None:
        return False
    mine = (Change.model == table_of(model).name, Change.record_id == key, Change.act == Did.DELETE)
    before = session.scalar(select(Change.before).where(*mine).order_by(Change.id.desc()).limit(1)) or {}
    return before.get(name_of(first, told)) in {one.polymorphic_identity for one in mapper.self_and_descendants}
