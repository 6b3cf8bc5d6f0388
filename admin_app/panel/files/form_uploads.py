"""Store the files of a record's form before it is read: from then on it is a form of texts, with a reference for each file.

So a form that is refused, stale or kept as a draft still has its files.
"""

from __future__ import annotations

from flask import request

from admin_app.domain.permissions.policy import Action
from admin_app.errors import TransferError
from admin_app.extensions import db
from admin_app.jobs import stored_files
from admin_app.kinds.file import MEGABYTE
from admin_app.panel.access.access import Access
from admin_app.panel.kinds.file import SENT, TAKEN_AWAY, RefusedFile
from admin_app.web.form_parser import AcceptedFiles, the_body

# The forms of a record, with the right that each needs.
FORMS = {"create_view": Action.CREATE, "edit_view": Action.EDIT}
# The limits of the form without files: its number of fields, and the size of its texts.
MOST_PARTS = 1000
ROOM_MB = 16


def accepted_by_form(access: Access, view: str) -> AcceptedFiles | None:
    """Return which files a record's form accepts from this person; None if it accepts none."""
    names = access.resource.file_columns
    action = FORMS.get(view)
    if not names or action is None or not access.may(action):
        return None
    may = [name for name in names if access.may_write(name, action)]
    megabytes = sum(names[name].most_bytes for name in may) // MEGABYTE
    return AcceptedFiles(frozenset(name + SENT for name in may), megabytes + ROOM_MB, MOST_PARTS) if may else None


def store_sent_files(access: Access, action: Action) -> None:
    """Store the files that were sent (committed), and replace them by references in the request's fields."""
    names = [name for name in access.resource.file_columns if access.may_write(name, action)]
    changed = {name: found for name in names if (found := _sent(access, name)) is not None}
    asked = {name + end for name in names for end in (SENT, TAKEN_AWAY)}
    if not changed:
        return
    others = [(name, value) for name, value in request.form.items(multi=True) if name not in {*changed, *asked}]
    the_body().hold([*others, *changed.items()])


def _sent(access: Access, name: str) -> str | None:
    """Return the new reference of a field; None if it keeps its present one."""
    held, file = request.form.get(name, ""), request.files.get(name + SENT)
    if not file:
        return "" if name + TAKEN_AWAY in request.form else None
    label = access.resource.label(name)
    try:
        kind = access.resource.file_columns[name]
        return stored_files.keep(db.session, kind, label, file_name=file.filename or "", file=file.stream)
    except TransferError as error:
        refused = RefusedFile(held)
        refused.words = str(error)
        return refused
