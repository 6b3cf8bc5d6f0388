"""Send a record's present or former file, if the person may see it there."""

from __future__ import annotations

import re
from urllib.parse import quote

from flask import Response, abort, request
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from admin_app.db.attributes import hides_secret
from admin_app.db.keys import print_key
from admin_app.db.record import Record
from admin_app.domain.permissions.policy import Action
from admin_app.extensions import db, table_of
from admin_app.jobs import stored_files
from admin_app.kinds.file import PICTURES
from admin_app.kinds.file_reference import NAMELESS, FileReference, read_reference
from admin_app.models.change_set import Change
from admin_app.panel.files.addresses import FIELD, FORMER, SMALL, is_binary, is_image
from admin_app.panel.page import Page

# Whatever the file contains, a browser that shows it runs and loads nothing.
SANDBOX = "default-src 'none'; sandbox"


class FilePage(Page):
    """The address names a record and a field, never a stored file: the record says which file that is, and its history knows former ones."""

    def respond(self) -> ResponseReturnValue:
        """Send the file: a picture to be shown on the page, anything else to be saved."""
        name = request.args.get(FIELD, "")
        is_held = name in self.resource.file_columns or is_binary(self.resource, name)
        if not is_held or hides_secret(self.resource.model, name) or not self.access.shows(name):
            abort(404)
        record = self.access.requested(Action.VIEW)
        if is_binary(self.resource, name):
            return self._bytes(record, name)
        reference = self._former(record, name) if FORMER in request.args else read_reference(getattr(record, name))
        stored = None if reference is None else stored_files.found(db.session, reference)
        if reference is None or stored is None:
            abort(404)
        is_picture = is_image(self.resource, name) and stored.content_type in PICTURES
        is_small = is_picture and stored.has_preview and SMALL in request.args
        content = stored_files.content_of(stored, is_small=is_small)
        if content is None:
            abort(404, stored_files.GONE)
        answer = Response(content, content_type="image/webp" if is_small else stored.content_type)
        if not is_small:
            answer.content_length = stored.size
        answer.headers["Content-Disposition"] = _disposition("inline" if is_picture else "attachment", reference.name)
        answer.headers["Content-Security-Policy"] = SANDBOX
        return answer

    def _bytes(self, record: Record, name: str) -> Response:
        """Send the value of a column of bytes, whose type is unknown."""
        content = getattr(record, name)
        if content is None:
            abort(404)
        called = f"{self.resource.endpoint}-{print_key(record.id)}-{name}.bin"
        headers = {"Content-Disposition": _disposition("attachment", called), "Content-Security-Policy": SANDBOX}
        return Response(content, content_type="application/octet-stream", headers=headers)

    def _former(self, record: Record, name: str) -> FileReference | None:
        """Find a former file of the record by its digest, in the history of the field."""
        if not self.access.reaches(record, Action.HISTORY):
            abort(404)
        here = Change.model == table_of(type(record)).name, Change.record_id == record.id
        for change in db.session.scalars(select(Change).where(*here).order_by(Change.id.desc())):
            for values in (change.before or {}, change.after or {}):
                reference = read_reference(values.get(name))
                if reference is not None and reference.sha256 == request.args[FORMER]:
                    return reference
        return None


def _disposition(how: str, name: str) -> str:
    """Return the header with the file's name: in Unicode, and in ASCII for clients that read nothing else."""
    plain = re.sub(r"[^ -~]", "", name).strip(" .") or NAMELESS
    return f"{how}; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
