"""Notes of records that are gone for good."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import delete, select

from admin_app.domain.work import notes
from admin_app.extensions import db
from admin_app.models.change_set import Change
from admin_app.models.note import Mention, Note
from admin_app.models.staff import Staff


@pytest.mark.usefixtures("context")
def test_a_note_goes_when_nothing_can_bring_its_record_back(owner: Staff, editor: Staff, make_post: Any) -> None:
    kept, undoable, lost = make_post(), make_post(), make_post()
    for post in (kept, undoable, lost):
        notes.add_note(db.session, post, author=owner, text=f"On {post.id}", mentioned=[editor.id])
    db.session.flush()
    db.session.delete(undoable)
    lost_id = lost.id
    db.session.delete(lost)
    db.session.commit()
    db.session.execute(delete(Change).where(Change.record_id == lost_id))
    recorded = db.session.scalars(select(Change.id)).all()

    forgotten = [notes.forget_lost(db.session), notes.forget_lost(db.session)]

    assert forgotten == [1, 0]
    assert db.session.scalars(select(Note.text).order_by(Note.id)).all() == [f"On {kept.id}", f"On {lost_id - 1}"]
    assert len(db.session.scalars(select(Mention.id)).all()) == 2
    assert db.session.scalars(select(Change.id)).all() == recorded
