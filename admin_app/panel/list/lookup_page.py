"""Answer pickers: the records that a relation may refer to, found as in their own list."""

from __future__ import annotations

from collections.abc import Sequence

from flask import abort, jsonify, request
from flask.typing import ResponseReturnValue

from admin_app.db.keys import print_key
from admin_app.db.record import Record
from admin_app.domain.permissions.policy import Action
from admin_app.extensions import db
from admin_app.panel.access.lookup import find_offered_at_once, typing_hint
from admin_app.panel.list.selections import of_number, selection_of
from admin_app.panel.page import Page
from admin_app.selection.paging.pages import fetch
from admin_app.selection.paging.planner import planned
from admin_app.selection.selection import PAGE, SEARCH, Selection

# The records that a picker shows at once; the next page or a longer word shows others.
LOOKUP_SIZE = 20


class LookupPage(Page):
    """Answers pickers in JSON."""

    def respond(self) -> ResponseReturnValue:
        """Answer with a page of the records that the relation `name` may refer to."""
        name = request.args.get("name", "")
        relation, target = self.resource.relation(name), self.access.beyond(name)
        if relation is None or self.resource.is_to_many(name) or target is None or not self.access.shows(name):
            abort(404)
        if not target.may(Action.LIST):
            abort(403)
        arguments = [(SEARCH, request.args.get("query", "")), (PAGE, request.args.get("page", ""))]
        selection = selection_of(target, arguments)
        model, start = target.resource.model, (selection.page - 1) * LOOKUP_SIZE
        is_by_name = bool(selection.search) and not selection.schema.search
        # Records without a search are found by what people may type without the picker.
        rows = find_offered_at_once(model, selection.search) if is_by_name else _page(selection, start)
        # A typed number means the record with this id, even if others contain these digits.
        numbered = of_number(selection)
        shown = [row for row in rows[:LOOKUP_SIZE] if row is not numbered]
        if numbered is not None and not start:
            shown.insert(0, numbered)
        results = [
            {"id": print_key(row.id), "text": target.title_of(row), "detail": target.detail_of(row)} for row in shown
        ]
        return jsonify(results=results, more=len(rows) > LOOKUP_SIZE, hint=typing_hint(model) if is_by_name else "")


def _page(selection: Selection, start: int) -> Sequence[Record]:
    """Read a page and one row more, which shows whether there is another page; nothing is counted."""
    return fetch(db.session, planned(db.session, selection).segments(), limit=LOOKUP_SIZE + 1, offset=start)
