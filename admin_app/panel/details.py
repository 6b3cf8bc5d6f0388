"""A record to read: its facts, and what belongs to it."""

from __future__ import annotations

from collections.abc import Collection
from functools import cached_property
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from flask import request
from flask_admin import expose
from sqlalchemy import inspect as inspect_mapper
from sqlalchemy.exc import OperationalError

from admin_app.context import lift_time_limit
from admin_app.db.connection import is_timeout
from admin_app.domain.permissions.policy import Action
from admin_app.errors import SelectionError
from admin_app.extensions import db
from admin_app.panel.cells import cell_of
from admin_app.panel.elements import Fact, Steps
from admin_app.panel.relations import Relations
from admin_app.selection.paging.neighbours import neighbours_of


class Details(Relations):
    """The page for who may look but not change."""

    can_view_details = True
    details_template = "resource/details.html"

    @expose("/details/")
    def details_view(self) -> Any:
        """Show everything about a record but secrets."""
        record = self.requested()
        return self.render(
            self.details_template,
            resource=self,
            record_title=self.title_of(record),
            facts=self.facts(record),
            steps=self.steps(record, "details_view"),
            children=self.children(record),
            return_url=self.return_url(),
            history_url=self.history_url(record),
            edit_url=self.link_for(Action.EDIT, "edit_view", record),
            delete_url=self.link_for(Action.DELETE, "delete_view", record),
        )

    def history_url(self, record: Any) -> str:
        """Return the address of what happened to the record, for who may know it."""
        return self.link_for(Action.HISTORY, "history_view", record)

    def link_for(self, act: Action, view: str, record: Any) -> str:
        """Return the address of a view of the record that leads back to where this page does, for who may do this with it."""
        return self.link(view, record, url=self.return_url()) if self.reaches(record, act) else ""

    def steps(self, record: Any, view: str) -> Steps | None:
        """Link the records before and after this one in the list that it was opened from, if it was opened from one."""
        if "url" not in request.args:
            return None
        back = self.return_url()
        address = urlsplit(back)
        if not request.args["url"] or address.path != self.link("index_view"):
            return None
        try:
            selection = self.selection(parse_qsl(address.query, keep_blank_values=True)).changed()
            found = neighbours_of(db.session, selection, record)
        except SelectionError:
            return None
        except OperationalError as error:
            if not is_timeout(error):
                raise
            # The page is the record's: it does without the way to the next one.
            lift_time_limit()
            db.session.rollback()
            return None
        if found is None:
            return None
        return Steps(
            previous_url=self.link(view, found.previous, url=back) if found.previous is not None else "",
            next_url=self.link(view, found.following, url=back) if found.following is not None else "",
            position=f"{found.position} of {found.count}" if found.position.is_exact else "",
        )

    def facts(self, record: Any, *, leave_out: Collection[str] = ()) -> tuple[Fact, ...]:
        """List a record's columns and to-one relations, without secrets and without bare foreign keys."""
        names = [name for name in self._fact_names() if name not in leave_out]
        return tuple(
            Fact(self.get_column_name(name), cell_of(self, record, name, counts={}, is_whole=True)) for name in names
        )

    def _fact_names(self) -> list[str]:
        """Name what may be shown: the record's own columns first, its key, times and version last."""
        return self.shown(self._told_names)

    @cached_property
    def _told_names(self) -> list[str]:
        mapper = inspect_mapper(self.model)
        columns = [
            attribute.key
            for attribute in mapper.column_attrs
            if not attribute.columns[0].foreign_keys and not attribute.columns[0].info.get("secret")
        ]
        relations = [one.key for one in mapper.relationships if not one.uselist]
        last = ["id", "created_at", "updated_at", "version"]
        names = [name for name in [*columns, *relations] if name not in last]
        return [*names, *(name for name in last if name in columns)]
