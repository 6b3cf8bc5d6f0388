"""A saved view, opened, is exactly the selection it was saved from, whoever opens it."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, urlencode

from flask import Flask
from flask_login import login_user
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from admin_app.domain import preferences
from admin_app.domain.auth import sessions
from admin_app.extensions import db
from admin_app.models.staff import Staff
from admin_app.panel.access.access import access_to
from admin_app.panel.list.columns import Columns
from admin_app.panel.list.saved_view_bar import stored_arguments
from admin_app.panel.list.selections import schema_for, selection_of
from admin_app.selection.selection import Selection
from admin_app.web.auth.login import SignedIn
from tests.stores import both_stores

pytestmark = both_stores

ARGUMENTS = st.one_of(
    st.tuples(st.just("q"), st.sampled_from(["garden", '"garden wall"', "é & +", "%", "a\0b"])),
    st.tuples(st.just("sort"), st.sampled_from(["id", "-id", "user", "-created_at"])),
    st.tuples(st.just("per_page"), st.sampled_from(["20", "50", "100"])),
    st.tuples(st.just("columns"), st.sampled_from(["id", "content,id", "user.email,id", "user,gone", ""])),
    st.sampled_from([("page", "2"), ("before", "end"), ("count", "exact"), ("view", "whole")]),
    st.tuples(st.just("content__contains"), st.text(st.characters(exclude_categories=["Cs"]), max_size=8)),
    st.tuples(st.just("created_at__from"), st.dates().map(str)),
    st.tuples(st.just("user__empty"), st.sampled_from(["yes", "no"])),
)


def test_a_view_opened_is_exactly_the_selection_it_was_saved_from(app: Flask, viewer: Staff, editor: Staff) -> None:
    resource: Any = next(one for one in app.extensions["resources"].values() if one.endpoint == "post")
    with app.app_context():
        preferences.remember_settings(
            db.session, editor, resource="post", columns=["content", "updated_at"], page_size=100
        )
        db.session.commit()

    with app.app_context():
        schema = schema_for(access_to(resource))

    def seen_by(staff: Staff, arguments: list[tuple[str, str]]) -> tuple[Selection, list[tuple[str, str]]]:
        """Return what this person's list shows, and what is kept of it as a view."""
        with app.test_request_context(), app.app_context():
            token = sessions.begin(db.session, db.session.get_one(Staff, staff.id), hours=1)
            db.session.flush()
            signed_in = sessions.find(db.session, token)
            assert signed_in
            login_user(SignedIn(signed_in, token))
            selection = selection_of(access_to(resource), arguments)
            shown = selection.changed(view=0, columns=Columns(access_to(resource)).visible(selection), schema=schema)
            return shown, stored_arguments(access_to(resource), selection)

    @settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(st.lists(ARGUMENTS, max_size=6), st.sampled_from([viewer, editor]), st.sampled_from([viewer, editor]))
    def opens_as_it_was(arguments: list[tuple[str, str]], maker: Staff, reader: Staff) -> None:
        saved, printed = seen_by(maker, arguments)

        opened = seen_by(reader, parse_qsl(urlencode(printed), keep_blank_values=True))

        assert opened == (saved, printed)

    opens_as_it_was()
