"""Their places in the dashboard."""

from __future__ import annotations

from admin_app.models.legacy import Customer, Order, OrderTotal

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
