"""The upload that an address names."""

from __future__ import annotations

from flask import abort, request

from admin_app.db.limits import as_key
from admin_app.errors import NotFoundError
from admin_app.extensions import db
from admin_app.jobs import uploads
from admin_app.models.upload import Upload
from admin_app.panel.access.access import Access
from admin_app.panel.import_.offered import require_import
from admin_app.web.auth.login import signed_in_principal


def requested_upload(access: Access) -> Upload:
    """Return the person's own upload; 404 for another person's, or one that expired."""
    require_import(access)
    key = as_key(Upload, request.args.get("id", "")) or 0
    try:
        return uploads.requested(
            db.session, upload_id=key, staff_id=signed_in_principal().id, resource=access.resource.endpoint
        )
    except NotFoundError:
        abort(404)
