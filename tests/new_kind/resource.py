"""Servers. Copied by test_new_kind.py."""

from __future__ import annotations

from admin_app.models.server import Server

from admin_app.panel.resource import Resource


class ServerResource(Resource):
    """Find a server, change it."""

    model = Server
    menu_order = 30

    column_list = ("name", "address", "id")
    column_searchable_list = ("name",)
    column_sortable_list = ("name", "address", "id")
    column_filters = ("name", "address")
    form_columns = ("name", "address")
