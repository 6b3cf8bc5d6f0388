"""The addresses of exports: the usual file by one click."""

from __future__ import annotations

from flask import Response, abort, request
from flask_admin import expose

from admin_app.panel.exporting import Exporting, Order


class ExportPage(Exporting):
    """One click for the list as CSV."""

    can_export = True

    @expose("/export/<export_type>/")
    def export(self, export_type: str) -> Response:
        """Send the rows that the same address shows as a list; a filter that could not be read sends nothing."""
        if export_type != "csv":
            abort(404)
        return self.download(self.order(list(request.args.items(multi=True))))

    def download(self, order: Order) -> Response:
        """Send a file while it is written; one that fails half-way is broken off."""
        return Response(
            self.export_file(order),
            content_type=order.format.content_type,
            headers={"Content-Disposition": f'attachment; filename="{self.file_name(order)}"'},
        )
