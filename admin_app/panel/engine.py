"""Flask-Admin's model view with what is wrong or missing for everybody put right; the capabilities build on it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any, ClassVar

from flask import Response, abort, request, url_for
from flask_admin.contrib.sqla import ModelView
from sqlalchemy import Select, bindparam, select
from sqlalchemy import inspect as inspect_mapper
from sqlalchemy.orm import RelationshipProperty, joinedload
from sqlalchemy.orm.interfaces import ORMOption, RelationshipDirection

from admin_app.domain.permissions import Act
from admin_app.extensions import db
from admin_app.models.base import Record
from admin_app.models.limits import as_key
from admin_app.panel.elements import Link
from admin_app.panel.guarded import Guarded
from admin_app.panel.standing import standing
from admin_app.text import label
from admin_app.web.links import here, local_path


class Engine(Guarded, ModelView):
    """What every part of a resource can count on: names, rights, ids, links."""

    record: ClassVar[type[Record]]
    # What one record and several are called; by default the model's name, and that with an s.
    noun: str = ""
    nouns: str = ""
    description: ClassVar[str] = ""
    # Whether the command line imports and exports it.
    can_transfer: ClassVar[bool] = True
    # Where the resource stands in the menu; smaller comes first.
    menu_order: ClassVar[int] = 100
    # Which right each exposed view asks for. A view that is not named here answers nobody.
    acts: ClassVar[dict[str, Act]] = {}

    # Bulk acts and in-place editing of Flask-Admin's have no page of ours yet; without a function there is no address.
    action_view = None
    ajax_update = None
    ajax_lookup = None

    @property
    def is_guarded(self) -> bool:
        """Whether a right to every resource leaves this one out."""
        return self.record.__guarded__

    def may(self, act: Act) -> bool:
        """Whether the person at the screen may do this here."""
        person = standing()
        return person.implies(
            (self.endpoint, "may", act), lambda: person.rights.may(act, self.endpoint, guarded=self.is_guarded)
        )

    def is_accessible(self) -> bool:
        """Whether the resource shows in the menu."""
        return self.may(Act.LIST)

    def may_open(self, name: str) -> bool:
        """Whether the person at the screen has the right that the view asks for."""
        return self.may(self.acts[name])

    def purpose_of(self, name: str) -> str:
        """Say what a view does, with what the records are called."""
        words = super().purpose_of(name)
        return words and words.format(noun=self.noun, nouns=self.nouns)

    def get_one(self, id: Any) -> Any:  # noqa: A002 -- Flask-Admin's name
        """Return the record of this id as it stands in a URL, or None; anything that is no id is nobody's."""
        key = as_key(self.model, str(id))
        return None if key is None else db.session.scalar(self._by_key, {"key": key})

    def requested(self) -> Any:
        """Return the record that the URL names; one that is missing answers 404."""
        record = self.get_one(request.args.get("id", ""))
        if record is None:
            abort(404)
        return record

    def return_url(self) -> str:
        """Where Cancel and Save lead: the list (with its filters and page) that the person came from."""
        # Asked of a page's every link. `get` of what is not there costs ten times what `in` does.
        said = [one["url"] for one in (request.form, request.args) if "url" in one]
        return local_path(next(filter(None, said), ""), self.link("index_view"))

    def here(self) -> str:
        """Return this page's own address, for links that lead back to it."""
        return here()

    def link(self, view: str, record: Any = None, /, **arguments: Any) -> str:
        """Return the address of a view of this resource, of a record if one is given."""
        address = url_for(f"{self.endpoint}.{view}", **arguments)
        return address if record is None else with_id(address, record)

    def url_of(self, record: Any, **arguments: Any) -> str:
        """Return the address of the record's page: the form for who may edit, the facts for who may not."""
        return self.link("edit_view" if self.may(Act.EDIT) else "details_view", record, **arguments)

    def record_links(self, record: Any) -> Sequence[Link]:  # noqa: ARG002 -- for resources to say more
        """Return links to further pages about the record, for the head of its page."""
        return ()

    def title_of(self, record: Any) -> str:
        """Name the record in a few words."""
        return str(record)

    def as_called(self, name: str, value: Any) -> Any:  # noqa: ARG002 -- for resources to say more
        """Return a column's value as people call it, where its table holds a key or a sign for it; else as it is."""
        return value

    def relation(self, name: str) -> RelationshipProperty[Any] | None:
        """Return the model's relation of this name, if it is one."""
        return self._relations.get(name)

    @cached_property
    def _relations(self) -> dict[str, RelationshipProperty[Any]]:
        # Asked of every cell: a plain dictionary answers fastest.
        return dict(inspect_mapper(self.model).relationships.items())

    @cached_property
    def _by_key(self) -> Select[tuple[Any]]:
        # Put together once: to do it, and to recognise it among those compiled before, costs as much as to run it.
        return select(self.model).where(self.model.id == bindparam("key")).options(*self._with_related)

    @cached_property
    def _with_related(self) -> list[ORMOption]:
        # A record's pages name what it belongs to: read along with it, that is no statement more.
        to_one = [one for one in self._relations.values() if not one.uselist]
        return [joinedload(one.class_attribute) for one in to_one]

    def is_to_many(self, name: str) -> bool:
        """Whether this name is the model's relation to many others."""
        relation = self.relation(name)
        return relation is not None and relation.direction is RelationshipDirection.ONETOMANY and bool(relation.uselist)

    def _prettify_name(self, name: str) -> str:
        """Turn a column's name into a label in sentence case; Flask-Admin Capitalises Every Word."""
        return label(name)

    def redirect(self, url: str) -> Response:
        """Lead on after a POST, so that reloading the next page sends nothing again."""
        return Response(status=303, headers={"Location": url})


def with_id(address: str, record: Any) -> str:
    """Add the record that a view's address is about."""
    return f"{address}{'&' if '?' in address else '?'}id={record.id}"


def foreign_key_of(relation: RelationshipProperty[Any]) -> Any:
    """Return the column of a to-one relation that holds the other side's key."""
    return relation.local_remote_pairs[0][0]
