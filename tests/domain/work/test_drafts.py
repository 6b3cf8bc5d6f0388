"""Drafts: few, small, for a day, and for one person."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from admin_app.db.types import utc_now
from admin_app.domain.work.drafts import LONGEST_DRAFT, MOST_DRAFTS, draft_of, drafts_of, drop_draft, keep_draft
from admin_app.extensions import db
from admin_app.models.draft import Draft

pytestmark = pytest.mark.usefixtures("context")


def kept(staff: Any, text: str = "Words", address: str = "/form") -> Any:
    draft = keep_draft(db.session, staff.id, address=address, fields=[("content", text)])
    db.session.commit()
    return draft


def test_a_draft_holds_what_no_column_takes_without_it(context: Flask, editor: Any) -> None:
    draft = kept(editor, "a\0b\ud800c")

    assert context
    assert draft.fields == [["content", "ab?c"]]


def test_a_draft_is_given_back_to_its_person_at_its_form(editor: Any, viewer: Any) -> None:
    draft = kept(editor)

    assert draft_of(db.session, editor, draft.key, address="/form") is draft
    assert draft_of(db.session, viewer, draft.key, address="/form") is None
    assert draft_of(db.session, editor, draft.key, address="/other") is None
    assert draft_of(db.session, editor, "", address="/form") is None
    assert draft_of(db.session, editor, "\0", address="/form") is None


def test_a_draft_of_yesterday_is_given_to_nobody_and_goes_with_the_next(editor: Any) -> None:
    old = kept(editor).key
    db.session.execute(update(Draft).values(created_at=utc_now() - timedelta(hours=25)))
    db.session.commit()

    found = draft_of(db.session, editor, old, address="/form")
    new = kept(editor).key

    assert (found, db.session.scalars(select(Draft.key)).all()) == (None, [new])


def test_the_oldest_of_too_many_go(editor: Any, viewer: Any) -> None:
    hers = kept(viewer).key
    keys = [kept(editor, str(number)).key for number in range(MOST_DRAFTS + 2)]

    left = set(db.session.scalars(select(Draft.key)))

    assert left == {hers, *keys[2:]}


def test_a_draft_of_the_same_key_is_replaced_but_not_anothers(editor: Any, viewer: Any) -> None:
    key = "k" * 22
    for staff, text in ((editor, "First"), (editor, "Second"), (viewer, "Hers")):
        keep_draft(db.session, staff.id, address="/form", fields=[("content", text)], key=key)

    found = {one.fields[0][1]: one.key == key for one in db.session.scalars(select(Draft))}

    assert found == {"Second": True, "Hers": False}


def test_too_much_is_not_kept_and_nobody_keeps_nothing(editor: Any) -> None:
    assert keep_draft(db.session, editor.id, address="/form", fields=[("a", "x" * LONGEST_DRAFT)]) is None
    assert keep_draft(db.session, editor.id + 1, address="/form", fields=[("a", "x")]) is None


def test_only_its_person_drops_a_draft(editor: Any, viewer: Any) -> None:
    key = kept(editor).key

    drop_draft(db.session, viewer, key)
    still = db.session.scalars(select(Draft.key)).all()
    drop_draft(db.session, editor, key)

    assert (still, db.session.scalars(select(Draft.key)).all()) == ([key], [])


def test_everything_that_somebody_typed_and_did_not_save_is_theirs_the_newest_first(editor: Any, viewer: Any) -> None:
    keys = [kept(editor, address=f"/form?id={number}").key for number in (1, 2)]
    old = kept(editor, address="/old").key
    kept(viewer)
    db.session.execute(update(Draft).where(Draft.key == old).values(created_at=utc_now() - timedelta(hours=25)))

    found = drafts_of(db.session, editor)

    assert [(one.key, one.address) for one in found] == [(keys[1], "/form?id=2"), (keys[0], "/form?id=1")]
