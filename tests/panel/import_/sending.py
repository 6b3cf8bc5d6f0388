"""Files sent to be imported, as a person without JavaScript sends them."""

from __future__ import annotations

import io
from typing import Any

from sqlalchemy import select
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from admin_app.extensions import db
from admin_app.models.upload import Upload
from tests.page import Page

USERS = b"Name,Email\nAnn,ann@example.com\nBob,bob@example.com\n"
# A picture, to judge by its first bytes.
PICTURE = b"\x89PNG\r\n\x1a\n" + b"\0" * 100


def send(client: Any, content: bytes = USERS, name: str = "users.csv", *, to: str = "user", text: str = "") -> Any:
    """Send a file, and text that was pasted."""
    token = client.session_token()
    file = FileStorage(io.BytesIO(content), name, "file", "application/octet-stream")
    boundary, body = encode_multipart({"csrf_token": token, "text": text, "file": file})
    return client.post(f"/admin/{to}/import/", data=body, content_type=f"multipart/form-data; boundary={boundary}")


def paste(client: Any, text: str, *, to: str = "user") -> Any:
    """Send pasted text; the browser sends the empty field for a file, too."""
    return send(client, b"", "", to=to, text=text)


def sent(client: Any, content: bytes = USERS, name: str = "users.csv", *, to: str = "user") -> int:
    """Send a file that is taken; return its upload's id."""
    response = send(client, content, name, to=to)
    assert response.status_code == 303, Page(response).summary
    return int(response.location.rpartition("=")[2])


def source_url(upload_id: int, to: str = "user") -> str:
    return f"/admin/{to}/import/source/?id={upload_id}"


def columns_url(upload_id: int, to: str = "user") -> str:
    return f"/admin/{to}/import/columns/?id={upload_id}"


def values(client: Any, url: str) -> dict[str, Any]:
    """Return what stands in the form of a page, without its token."""
    page = Page(client.get(url))
    found = page.values("import-form" if "columns" in url else "import-reading")
    return {name: value for name, value in found.items() if name != "csrf_token"}


def chosen(client: Any, url: str, **changes: str) -> Any:
    """Change some answers of the columns' page, the names with "_" for ".", and send it."""
    changed = {name.replace("column_", "column.").replace("by_", "by.", 1): value for name, value in changes.items()}
    return client.post_form(url, {**values(client, url), **changed})


def uploads_of(app: Any) -> list[Upload]:
    with app.app_context():
        found = list(db.session.scalars(select(Upload).order_by(Upload.id)))
        db.session.expunge_all()
        return found
