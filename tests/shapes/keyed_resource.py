"""Their places in the dashboard."""

from __future__ import annotations

from admin_app.models.keyed import Branch, Desk, Good, Holiday, Keeper, Saw, Shelf, Stop, Ticket, Tool

from admin_app.panel.resource import Resource


class ShelfResource(Resource):
    model = Shelf
    column_list = ("label", "mail", "id", "aisle", "mark", "goods")
    column_searchable_list = ("label",)
    column_filters = ("label", "mail", "aisle", "mark")
    form_columns = ("aisle", "mark", "label", "mail")


class HolidayResource(Resource):
    model = Holiday
    column_list = ("label", "day", "stops")
    column_searchable_list = ("label",)
    column_filters = ("label", "day")
    form_columns = ("day", "label")


class StopResource(Resource):
    model = Stop
    column_list = ("label", "holiday", "at", "moment", "size", "sort")
    column_searchable_list = ("label", "holiday.label")
    column_filters = ("label", "holiday", "size")
    form_columns = ("holiday", "at", "moment", "size", "sort", "label")


class KeeperResource(Resource):
    model = Keeper
    column_list = ("label", "mail", "goods")
    column_searchable_list = ("label",)
    column_filters = ("label",)
    form_columns = ("label", "mail")


class GoodResource(Resource):
    model = Good
    column_list = ("label", "shelf", "keeper", "aisle", "mark", "keeper_mail")
    column_searchable_list = ("label", "shelf.label", "keeper.label", "keeper_mail")
    column_sortable_list = ("label", ("shelf", "shelf.label"), ("keeper", "keeper.label"))
    column_filters = ("label", "shelf", "keeper", "aisle", "keeper_mail")
    form_columns = ("label", "shelf", "keeper")


class BranchResource(Resource):
    model = Branch
    column_list = ("label",)
    column_searchable_list = ("label",)
    form_columns = ("label",)


class DeskResource(Resource):
    model = Desk
    column_list = ("label", "branch", "number", "sign")
    column_searchable_list = ("label",)
    form_columns = ("branch", "number", "label", "sign")


class TicketResource(Resource):
    model = Ticket
    column_list = ("label", "branch", "desk", "former")
    column_searchable_list = ("label",)
    column_filters = ("branch", "desk", "former")
    form_columns = ("label", "branch", "desk", "former")


class ToolResource(Resource):
    model = Tool
    column_list = ("label", "sort")
    column_searchable_list = ("label",)
    column_filters = ("label",)
    form_columns = ("label",)


class SawResource(Resource):
    model = Saw
    column_list = ("label", "teeth")
    column_searchable_list = ("label",)
    column_filters = ("label", "teeth")
    form_columns = ("label", "teeth")
