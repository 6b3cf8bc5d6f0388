"""Note that a person opened a record: the search for everything lists it before they type anything."""

from __future__ import annotations

from functools import partial

from admin_app.db.record import Record
from admin_app.domain.work.opened import note_opened
from admin_app.extensions import table_of
from admin_app.panel.resource import Resource
from admin_app.web.after_response import run_after_response
from admin_app.web.auth.login import signed_in_principal

# The name of the write after the response.
NOTE = "opened"


def opened(resource: Resource, record: Record) -> None:
    """Note it after the response."""
    table, staff_id = table_of(resource.model).name, signed_in_principal().id
    run_after_response(NOTE, partial(note_opened, staff_id=staff_id, table=table, record_id=record.id))
