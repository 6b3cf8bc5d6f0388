"""Which of the two databases a session writes to, and the INSERT of that database which can say ON CONFLICT."""

from __future__ import annotations

from sqlalchemy.dialects import postgresql, sqlite

from admin_app.extensions import AnySession


def dialect_of(session: AnySession) -> str:
    """Return the name of the session's database: "sqlite" or "postgresql"."""
    return str(session.get_bind().dialect.name)


def is_postgres(session: AnySession) -> bool:
    """Whether the session's database is PostgreSQL."""
    return dialect_of(session) == "postgresql"


def insert_into(session: AnySession, model: type[object]) -> postgresql.Insert | sqlite.Insert:
    """Return an INSERT with `on_conflict_do_nothing` and `on_conflict_do_update`; SQLAlchemy has one for each database."""
    return postgresql.insert(model) if is_postgres(session) else sqlite.insert(model)
