"""The first page of an import: takes a file or pasted text."""

from __future__ import annotations

import io
import os
from collections.abc import Mapping
from http import HTTPStatus
from typing import IO

from flask import current_app, request
from flask.typing import ResponseReturnValue

from admin_app.domain.permissions.policy import Action
from admin_app.errors import TransferError
from admin_app.extensions import db
from admin_app.jobs import uploads
from admin_app.models.upload import Upload
from admin_app.panel.drafts import answers, drop_sent_draft, shown_draft
from admin_app.panel.import_.headers import digest_of
from admin_app.panel.import_.offered import modes, require_import
from admin_app.panel.import_.opening import kept, sample_of
from admin_app.panel.page import Page, lead_on
from admin_app.transfer.import_.options import Mode
from admin_app.transfer.import_.source import Reading
from admin_app.web.auth.login import signed_in_principal
from admin_app.web.form_parser import FILE, MEGABYTE

TEXT = "text"
NOTHING = "Choose a file, or paste rows."
BOTH = "You chose a file and pasted rows. Clear the rows, or send them alone."


class UploadPage(Page):
    """Takes a file and leads to the page that shows how it is read."""

    def respond(self) -> ResponseReturnValue:
        """Ask for a file, or store it."""
        require_import(self.access)
        if request.method != "POST":
            return self._page({})
        sent, text = request.files.get(FILE), request.form.get(TEXT, "")
        if not sent and not text.strip():
            return self._page({FILE: NOTHING})
        if sent and text.strip():
            return self._page({TEXT: BOTH})
        if sent and _size(sent.stream) > (limit := current_app.config["UPLOAD_MB"]) * MEGABYTE:
            return self._page({FILE: f"The file is larger than {limit:,} MB."})
        drop_sent_draft()
        if sent:
            return self._kept(sent.stream, sent.filename or "", FILE, Reading())
        return self._kept(io.BytesIO(text.encode()), "", TEXT, Reading(encoding="utf-8"))

    def kept_names(self) -> set[str]:
        """Keep what was pasted."""
        return {TEXT}

    def again(self, words: str) -> ResponseReturnValue:
        """Draw the page with what was pasted."""
        return self._page({"": words}, HTTPStatus.BAD_REQUEST)

    def _kept(self, file: IO[bytes], name: str, control: str, reading: Reading) -> ResponseReturnValue:
        """Store a file if it can be opened, and go on to the next page."""
        upload: Upload | None = None
        try:
            upload = uploads.keep(
                db.session,
                staff_id=signed_in_principal().id,
                resource=self.resource.endpoint,
                file_name=name,
                file=file,
            )
            sample = sample_of(self.access, upload, reading)
        except TransferError as error:
            if upload is not None:
                uploads.remove(db.session, upload)
            return self._page({control: str(error)})
        upload.reading, upload.headers_digest = kept(sample.reading), digest_of(sample.titles)
        upload_id = upload.id
        db.session.commit()
        return lead_on(self.link("import_source_view", id=upload_id))

    def _page(
        self, problems: Mapping[str, str], status: HTTPStatus = HTTPStatus.UNPROCESSABLE_ENTITY
    ) -> ResponseReturnValue:
        draft = shown_draft()
        page = self.render(
            "resource/import.html",
            draft=draft,
            problems=problems,
            text=answers(draft).get(TEXT, ""),
            largest=current_app.config["UPLOAD_MB"] * MEGABYTE,
            limit=f"{current_app.config['UPLOAD_MB']:,}",
            only=self._only(),
            form_url=self.link("import_view"),
            template_urls=[(words, self.link("import_template", format_key=key)) for key, words in TEMPLATES.items()],
            export_url=self.link("export_page") if self.access.may(Action.EXPORT) else "",
            return_url=self.return_url(),
        )
        return page, status if problems else HTTPStatus.OK

    def _only(self) -> str:
        """Say what the person may not do with an import; "" if they may do everything."""
        match modes(self.access):
            case (Mode.ADD,):
                return f"You can add {self.resource.nouns}, but not change existing ones."
            case (Mode.UPDATE,):
                return f"You can change existing {self.resource.nouns}, but not add new ones."
            case _:
                return ""


# The formats of the template file.
TEMPLATES = {"csv": "CSV", "xlsx": "Excel"}


def _size(file: IO[bytes]) -> int:
    size = file.seek(0, os.SEEK_END)
    file.seek(0)
    return size
