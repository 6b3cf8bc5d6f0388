"""Answer the form around a list's tick boxes: save the ticks, then redirect to the action on the ticked rows."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus

from flask import abort, jsonify, request
from flask.typing import ResponseReturnValue

from admin_app.db.keys import Key, print_key, read_key
from admin_app.db.transaction import commit_act
from admin_app.domain.work import ticks
from admin_app.errors import SelectionError
from admin_app.extensions import db
from admin_app.panel.access.access import Access
from admin_app.panel.links import list_links
from admin_app.panel.list.bulk_bar import buttons, selected_in_words, show_url
from admin_app.panel.list.selections import selection_of, ticked_list
from admin_app.panel.page import Page, lead_on
from admin_app.web.flash import warn
from admin_app.web.urls import local_path

# The form's fields: the page's rows, the ticked ones, a button that changes the selection as a whole, and the pressed action.
SHOWN, TICK, SELECT, ACT = "shown", "tick", "select", "act"
JSON = "application/json"


class TicksPage(Page):
    """The address names the list and the form its rows, so no row outside the list can be selected by its id."""

    def __init__(self, access: Access) -> None:
        """Read the list from the address."""
        super().__init__(access)
        self.selection = selection_of(access, list(request.args.items(multi=True)))
        self.place = ticked_list(access, self.selection)

    def respond(self) -> ResponseReturnValue:
        """Save the ticks, then redirect to the action or back to the list; answer a script with the bar's new content."""
        select, act = request.form.get(SELECT, "ticked"), request.form.get(ACT, "")
        views = {one.view for one in buttons(self.access)}
        if not views or select not in self._SELECT or (act and act not in views):
            abort(HTTPStatus.NOT_FOUND)
        problem = self._keep(self._SELECT[select])
        if request.accept_mimetypes.best == JSON:
            return self._as_json(problem)
        return self._lead_on(act, problem, is_cleared=select == "clear")

    def _keep(self, verb: Callable[[TicksPage], None]) -> str:
        """Change the ticks and commit; return the problem, "" for none."""
        try:
            verb(self)
        except SelectionError as error:
            db.session.rollback()
            return str(error)
        commit_act(db.session)
        return ""

    def _tick(self) -> None:
        """Tick the form's rows whose boxes are ticked, and untick its other rows."""
        shown, ticked = self._keys(SHOWN), self._keys(TICK)
        whole = self.selection.unticked()
        ticks.untick(db.session, self.place, whole, shown - ticked, page=whole.page)
        ticks.tick(db.session, self.place, whole, shown & ticked, page=whole.page)

    def _tick_page(self) -> None:
        whole = self.selection.unticked()
        ticks.tick(db.session, self.place, whole, self._keys(SHOWN), page=whole.page)

    def _tick_all(self) -> None:
        ticks.tick_all(db.session, self.place)

    def _clear(self) -> None:
        ticks.clear(db.session, self.place)

    _SELECT = {"ticked": _tick, "page": _tick_page, "all": _tick_all, "clear": _clear}

    def _keys(self, name: str) -> set[Key]:
        """Read at most as many keys as a page has rows; skip those that are not valid."""
        sent = request.form.getlist(name)[: max(self.selection.schema.page_sizes)]
        return {key for text in sent if (key := read_key(self.resource.model, text)) is not None}

    def _as_json(self, problem: str) -> ResponseReturnValue:
        if problem:
            return jsonify(problem=problem), HTTPStatus.UNPROCESSABLE_ENTITY
        shown = self._keys(SHOWN)
        found = ticks.find(db.session, self.place, shown)
        return jsonify(
            words=selected_in_words(found, self.selection),
            ticked=[print_key(key) for key in found.among(shown)] if found else [],
            show_url=show_url(self.access, self.selection, found),
        )

    def _lead_on(self, act: str, problem: str, *, is_cleared: bool) -> ResponseReturnValue:
        """Redirect to the action with the ticked rows, or back to the same page of the list if no action was pressed or there is a problem."""
        found = ticks.find(db.session, self.place) if act and not problem else None
        if found is not None:
            return lead_on(list_links(self.resource, act).to(self.selection.changed(ticks=found.id)))
        if act and not problem:
            problem = f"No {self.resource.noun} is selected. Select {self.resource.nouns}, then press the button again."
        if problem:
            warn(problem)
        here = list_links(self.resource).to(self.selection.unticked() if is_cleared else self.selection)
        return lead_on(local_path(request.form.get("url"), here))
