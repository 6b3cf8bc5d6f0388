"""Shelves. Copied by test_shapes.py."""

from __future__ import annotations

from admin_app.models.shelf import Shelf

from admin_app.panel.resource import Resource


class ShelfResource(Resource):
    """Find a shelf."""

    model = Shelf

    column_list = ("label", "tags", "sizes", "uses", "id")
    column_searchable_list = ("label",)
    column_filters = ("label", "tags", "sizes", "uses")
    form_columns = ("label", "tags", "sizes", "uses", "notes", "dusted")
