"""Crates. Copied by test_shapes.py."""

from __future__ import annotations

from admin_app.models.crate import Crate

from admin_app.panel.resource import Resource


class CrateResource(Resource):
    """Find a crate."""

    model = Crate

    column_list = ("label", "doubled", "area", "marked", "loud", "id")
    column_searchable_list = ("label", "marked")
    column_sortable_list = ("label", "doubled", "area", "marked")
    column_filters = ("label", "doubled", "area", "marked")
    form_columns = ("label", "width", "height", "area", "doubled")
