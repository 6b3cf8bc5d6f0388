"""Relations at work: the look-up that pickers ask, and the lists of children on a record's page."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from typing import Any

from flask import abort, jsonify, request
from flask_admin import expose
from sqlalchemy import inspect as inspect_mapper
from sqlalchemy.orm import RelationshipProperty

from admin_app.domain.permissions.policy import Action
from admin_app.extensions import db
from admin_app.panel.links import ListLinks
from admin_app.panel.list_elements import Listing
from admin_app.panel.registry import resource_of
from admin_app.panel.views import Views
from admin_app.selection.paging.pages import fetch
from admin_app.selection.paging.planner import planned
from admin_app.selection.selection import PAGE, SEARCH, Parent, Selection
from admin_app.web.urls import own_path

# What a picker shows at once; the rest is a page or a longer word away.
LOOKUP_SIZE = 20


class Relations(Views):
    """A record's relations: many to one by a picker, one to many by a list."""

    @expose("/lookup/")
    def lookup_view(self) -> Any:
        """Answer a picker: a page of the records that the relation `name` may point at, found like in their own list."""
        relation = self.relation(request.args.get("name", ""))
        target = resource_of(relation.mapper.class_) if relation is not None and not relation.uselist else None
        if target is None or not self.shows(request.args["name"]):
            abort(404)
        if not target.may(Action.LIST):
            abort(403)
        arguments = [(SEARCH, request.args.get("query", "")), (PAGE, request.args.get("page", ""))]
        selection = target.selection(arguments)
        # One row more than is shown tells whether there is another page; nothing is counted.
        start = (selection.page - 1) * LOOKUP_SIZE
        rows = fetch(db.session, planned(db.session, selection).segments(), limit=LOOKUP_SIZE + 1, offset=start)
        # Whoever types a number means the record that has it, whatever else holds these digits.
        numbered = target.of_number(selection)
        shown = [row for row in rows[:LOOKUP_SIZE] if row is not numbered]
        if numbered is not None and not start:
            shown.insert(0, numbered)
        results = [{"id": str(row.id), "text": target.title_of(row), "detail": target.detail_of(row)} for row in shown]
        return jsonify(results=results, more=len(rows) > LOOKUP_SIZE)

    def detail_of(self, record: Any) -> str:
        """Tell records of the same name apart by a second line: the unique column, or the id."""
        unique = self.shown(self._unique_names)
        return str(getattr(record, unique[0])) if unique else f"ID {record.id}"

    @cached_property
    def _unique_names(self) -> list[str]:
        return [column.key for column in inspect_mapper(self.model).columns if column.unique]

    def children(self, record: Any) -> list[Listing]:
        """List what belongs to this record, one table a to-many relation whose model has a resource."""
        relations = [
            one for one in inspect_mapper(self.model).relationships if self.is_to_many(one.key) and self.shows(one.key)
        ]
        return [table for relation in relations if (table := self._child_table(record, relation)) is not None]

    def _child_table(self, record: Any, relation: RelationshipProperty[Any]) -> Listing | None:
        child = resource_of(relation.mapper.class_)
        if child is None or not child.is_accessible() or not relation.back_populates:
            return None
        prefix = f"{relation.key}."
        arguments = list(request.args.items(multi=True))
        others = [(key, value) for key, value in arguments if not key.startswith(prefix)]
        parent = Parent(getattr(child.model, relation.back_populates), record)
        schema = child.child_offer(relation.back_populates)
        selection = Selection.parse(schema, arguments, parent=parent, prefix=prefix)
        links = ListLinks(own_path(), others)
        return child.child_listing(selection, links, relation, record)

    def child_listing(self, selection: Selection, links: ListLinks, relation: Any, record: Any) -> Listing:
        """Build this resource's table as a list on another record's page."""
        back = relation.back_populates
        listing = self.listing(selection, links, identity=relation.key, hide=back)
        here = links.to(selection)
        new_url = self.link("create_view", url=here, **{back: record.id}) if listing.new_url else ""
        return replace(listing, new_url=new_url, list_url=self.link("index_view", **{f"{back}__is": record.id}))
