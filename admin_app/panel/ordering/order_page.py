"""The page that moves a record up or down among its siblings: each row has two buttons, which need no script."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from itertools import pairwise

from flask import abort, request
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from admin_app.db.keys import print_key
from admin_app.db.record import Record
from admin_app.db.transaction import transaction
from admin_app.domain.audit.undo_offers import last_undoable
from admin_app.domain.permissions.policy import Action
from admin_app.domain.records.positions import Way, among, in_order, move
from admin_app.domain.records.refusals import refusals_of
from admin_app.errors import InvalidRecord, RecordGone
from admin_app.extensions import db
from admin_app.formatting import sentence_case
from admin_app.panel.access.access import access_to
from admin_app.panel.links import record_url
from admin_app.panel.list.row_actions import ORDER_VIEW
from admin_app.panel.page import Page, lead_on
from admin_app.panel.resource import FurtherPage, Resource
from admin_app.web.flash import announce

# The most rows of the page; a longer order shows the part around the record.
MOST_ROWS = 100
# The fields of a row's form: the record, its neighbour as the page showed it, and the direction.
MOVED, PAST = "moved", "past"


@dataclass(frozen=True)
class OrderRow:
    """A row of the order; `above` and `below` are the neighbours' keys, "" if there is none."""

    key: str
    title: str
    url: str
    is_asked: bool
    above: str = ""
    below: str = ""


class OrderPage(Page):
    """The order around the record in the address."""

    def respond(self) -> ResponseReturnValue:
        """Show the order, or move a record."""
        record = self.access.requested(Action.EDIT)
        if not self.access.may_write(self.resource.model.__position__, Action.EDIT):
            abort(HTTPStatus.FORBIDDEN)
        return self._moved(record) if request.method == "POST" else self._page(record)

    def _moved(self, record: Record) -> ResponseReturnValue:
        way, model = request.form.get("way", ""), self.resource.model
        moved, past = (self.access.find(request.form.get(name, "")) for name in (MOVED, PAST))
        if way not in set(Way) or moved is None or past is None:
            abort(HTTPStatus.NOT_FOUND)
        if len(self.access.reached([moved, past], Action.EDIT)) < len({moved, past}):
            abort(HTTPStatus.FORBIDDEN)
        try:
            with refusals_of(model), transaction(db.session):
                move(db.session, moved, Way(way), past=past, rows=self.access.rows(Action.EDIT))
        except (InvalidRecord, RecordGone) as error:
            return self._page(record, {"": str(error)}, HTTPStatus.CONFLICT)
        words = f"{sentence_case(self.resource.noun)} “{self.access.title_of(moved)}” was moved {way}."
        announce(words, undo=last_undoable(db.session))
        return lead_on(self.link(ORDER_VIEW, record, url=self.return_url()))

    def _page(
        self, record: Record, problems: Mapping[str, str] | None = None, status: HTTPStatus = HTTPStatus.OK
    ) -> ResponseReturnValue:
        page = self.render(
            "resource/order.html",
            problems=problems or {},
            places=self._rows(record),
            form_url=self.link(ORDER_VIEW, record, url=self.return_url()),
            return_url=self.return_url(),
        )
        return page, status

    def _rows(self, record: Record) -> Sequence[OrderRow]:
        """Read the records around this one that the person may change."""
        model, rows = self.resource.model, self.access.rows(Action.EDIT)
        may = [among(record), *([] if rows is None else [rows])]
        keys = list(db.session.scalars(select(model.id).where(*may).order_by(*in_order(model))))
        here = keys.index(record.id) if record.id in keys else 0
        first = max(min(here - MOST_ROWS // 2, len(keys) - MOST_ROWS), 0)
        shown = keys[first : first + MOST_ROWS]
        found = {one.id: one for one in db.session.scalars(select(model).where(model.id.in_(shown)))}
        above = {key: print_key(other) for other, key in pairwise(keys)}
        below = {key: print_key(other) for key, other in pairwise(keys)}
        return [
            OrderRow(
                key=print_key(key),
                title=self.access.title_of(found[key]),
                url=record_url(self.access, found[key]),
                is_asked=key == record.id,
                above=above.get(key, ""),
                below=below.get(key, ""),
            )
            for key in shown
        ]


def order_pages(resource: Resource) -> Mapping[str, FurtherPage]:
    """Return the page of a resource whose records have places."""
    if not resource.model.__position__:
        return {}
    page = FurtherPage(
        "/order/",
        Action.EDIT,
        "change the order of {nouns}",
        lambda: OrderPage(access_to(resource)).respond(),
        is_retried=True,
    )
    return {ORDER_VIEW: page}
