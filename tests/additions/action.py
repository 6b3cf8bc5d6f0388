"""Posts, with a page for their rows, and an action on them. Copied by test_additions.py."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from flask import abort, request
from typing_extensions import override

from admin_app.domain.permissions.rights import Action
from admin_app.extensions import db
from admin_app.models.post import Post
from admin_app.panel.access.access import access_of
from admin_app.panel.list.selections import selection_of
from admin_app.panel.resource import BulkAction, FurtherPage, Resource
from admin_app.panel.row_action import RowAction
from admin_app.selection.paging.counting import count_of
from admin_app.selection.paging.planner import planned


def measured() -> str:
    """Say how many posts the address means."""
    access = access_of(Post) or abort(404)
    selection = selection_of(access, list(request.args.items(multi=True)), action=Action.VIEW)
    return f"Measured {count_of(db.session, planned(db.session, selection))}."


class Shorten(RowAction):
    """Keep the first words of a post."""

    label = "Shorten"
    done = "shortened"
    writes = ("content",)

    @override
    def change(self, record: Any, form: Any) -> Mapping[str, object]:
        """Cut it."""
        return {"content": record.content[:3]}


class PostResource(Resource):
    """Find a post, measure some, shorten some."""

    model = Post
    column_list = ("content", "user", "created_at", "id")
    form_columns = ("content", "user")

    bulk_actions: ClassVar[tuple[BulkAction, ...]] = (
        *Resource.bulk_actions,
        BulkAction("measure_page", "Measure", Action.HISTORY),
    )
    row_actions: ClassVar[tuple[RowAction, ...]] = (Shorten(),)
    further_pages: ClassVar[Mapping[str, FurtherPage]] = {
        "measure_page": FurtherPage("/measure/", Action.HISTORY, "", measured)
    }
