"""Their places in the dashboard."""

from __future__ import annotations

from admin_app.models.legacy import Customer, Order, OrderTotal, Truck, Vehicle

from admin_app.panel.resource import Resource


class CustomerResource(Resource):
    """Who buys."""

    model = Customer
    column_list = ("label", "mail", "orders", "number")
    column_searchable_list = ("label", "mail")
    column_filters = ("label", "mail", "number")
    form_columns = ("label", "mail")


class OrderResource(Resource):
    """What they buy."""

    model = Order
    column_list = ("order_no", "type", "query", "page", "origin", "customer")
    column_searchable_list = ("type", "query", "customer.label")
    column_filters = ("type", "query", "page", "origin", "customer", "order_no")
    form_columns = ("order_no", "type", "query", "page", "origin", "customer")


class OrderTotalResource(Resource):
    """How much they buy."""

    model = OrderTotal
    column_list = ("customer", "number")
    column_filters = ("number",)


class VehicleResource(Resource):
    """All that drives."""

    model = Vehicle
    column_list = ("label", "sort")
    column_searchable_list = ("label",)
    column_filters = ("label",)
    form_columns = ("label",)


class TruckResource(Resource):
    """What carries something."""

    model = Truck
    column_list = ("label", "load", "driver", "plate")
    column_searchable_list = ("label", "driver")
    column_filters = ("label", "load")
    form_columns = ("label", "load", "driver")
