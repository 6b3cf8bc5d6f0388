"""The functions of ours that SQLAlchemy calls, for which events, and in which order; `create_app` installs them."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from sqlalchemy import Engine, Pool, event
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import ORMExecuteState, Session

from admin_app import metrics
from admin_app.config import OURS
from admin_app.db import connection, pooler, replica, statement_times
from admin_app.domain.audit import recorder, trees
from admin_app.domain.auth import alerts, session_revocation
from admin_app.models import change_set
from admin_app.models.change_set import Change, ChangeSet

# The events, and the function for each; several functions for one event are called from top to bottom.
LISTENERS: tuple[tuple[object, str, Callable[..., object]], ...] = (
    (Engine, "connect", connection.prepare),
    (Engine, "connect", pooler.note_pooler),
    (Engine, "begin", connection.begin),
    (Engine, "before_cursor_execute", statement_times.note_begin),
    (Engine, "after_cursor_execute", statement_times.note_end),
    (Engine, "handle_error", connection.count_timeout),
    (Engine, "handle_error", connection.drop_demoted),
    (Pool, "checkout", connection.fit),
    (Pool, "checkout", metrics.take_connection),
    (Pool, "checkin", metrics.give_connection_back),
    (Session, "before_flush", recorder.read_before_flush),
    (Session, "after_flush", recorder.note_flush),
    # The history tells whose rights a transaction changed. Ending their sessions belongs to the same history, so it is completed last.
    (Session, "before_commit", session_revocation.sign_out_changed),
    (Session, "before_commit", recorder.finish_set),
    (Session, "before_commit", trees.refuse_cycles),
    (Session, "after_transaction_create", recorder.remember_savepoint),
    (Session, "after_soft_rollback", recorder.forget_since_savepoint),
    (Session, "after_transaction_end", recorder.forget_transaction),
    (Session, "do_orm_execute", recorder.refuse_unrecorded),
    (Session, "do_orm_execute", replica.route),
    (Session, "after_commit", recorder.tell),
    (Session, "after_rollback", recorder.forget_untold),
    (Session, "after_commit", alerts.let_go),
    (Session, "after_rollback", alerts.forget),
    *(
        (model, name, change_set.refuse_to_rewrite)
        for model in (ChangeSet, Change)
        for name in ("before_update", "before_delete")
    ),
)


def install(own: Engine | None = None) -> None:
    """Install the listeners once per process; they are called for every application of the process.

    If the process has other applications, the dashboard passes its `own` engine, and the listeners act only on that engine and its sessions.
    """
    targets: dict[object, object] = {} if own is None else {Engine: own, Pool: own.pool}
    for target, name, function in LISTENERS:
        listener = _of_ours(function) if own is not None and target is Session else function
        if not event.contains(targets.get(target, target), name, listener):
            event.listen(targets.get(target, target), name, listener)


@cache
def _of_ours(function: Callable[..., object]) -> Callable[..., object]:
    """Wrap a listener so that it is called only for sessions on an engine of ours."""

    def listen(first: Session | ORMExecuteState, *further: object) -> object:
        session = first.session if isinstance(first, ORMExecuteState) else first
        return function(first, *further) if _is_ours(session) else None

    return listen


def _is_ours(session: Session) -> bool:
    try:
        bind = session.get_bind()
    except (RuntimeError, SQLAlchemyError):
        # A session of another application, whose context has ended.
        return False
    return bool(bind.get_execution_options().get(OURS))
