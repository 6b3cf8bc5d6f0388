"""Its place in the dashboard. Copied by test_shapes.py."""

from __future__ import annotations

from admin_app.models.lack import Lack

from admin_app.panel.resource import Resource


class LackResource(Resource):
    """Find what lacks something."""

    model = Lack

    column_list = ("label", "user", "id")
    column_sortable_list = ("label", "body", "length", "fellows", ("user", "user.name"))
    form_columns = ("label", "body", "user")
