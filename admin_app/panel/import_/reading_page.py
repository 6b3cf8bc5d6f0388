"""The second page of an import: how the file is read, and its first rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from http import HTTPStatus

from flask import request
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from admin_app import formatting
from admin_app.errors import TransferError
from admin_app.extensions import db
from admin_app.models.upload import Upload
from admin_app.panel.import_.cells import cell_of, title_cell
from admin_app.panel.import_.headers import digest_of
from admin_app.panel.import_.opening import Sample, kept, sample_of
from admin_app.panel.import_.requested import requested_upload
from admin_app.panel.import_.view_models import Option, Preview, Question
from admin_app.panel.page import Page, lead_on
from admin_app.transfer.import_.encodings import ENCODINGS
from admin_app.transfer.import_.source import CSV, JSON, JSON_LINES, XLSX, Reading
from admin_app.web.flash import warn

PREFIX = "reading."
SHOWN = 5
TEXTS = {CSV: "Rows with separators (CSV)", JSON: "JSON", JSON_LINES: "JSON Lines"}
WORKBOOKS = {XLSX: "Excel (XLSX)"}
SIGNS = {",": "Comma", ";": "Semicolon", "\t": "Tab", "|": "Bar"}
# In order of dependence: another format makes the encoding meaningless, another sheet has its titles elsewhere.
_ORDER = ("format", "encoding", "sheet", "delimiter", "titles")
NO_NUMBER = "Enter the number of the header row, like 1."


class ReadingPage(Page):
    """Shows how the file was read, and lets the person change that."""

    def respond(self) -> ResponseReturnValue:
        """Show the file, or read it with other settings."""
        upload = requested_upload(self.access)
        try:
            sample = sample_of(self.access, upload)
        except TransferError as error:
            # It could be read before, so the stored file must be gone.
            warn(str(error))
            return lead_on(self.link("import_view"))
        return self._read_again(upload, sample) if request.method == "POST" else self._page(upload, sample)

    def kept_names(self) -> set[str]:
        """Keep the settings."""
        return {PREFIX + name for name in _ORDER}

    def again(self, words: str) -> ResponseReturnValue | None:
        """Draw the page with the present settings."""
        upload = requested_upload(self.access)
        try:
            sample = sample_of(self.access, upload)
        except TransferError:
            return None
        return self._page(upload, sample, {"": words}, status=HTTPStatus.BAD_REQUEST)

    def _read_again(self, upload: Upload, sample: Sample) -> ResponseReturnValue:
        """Read the file with the settings that were sent, and store them if that works."""
        try:
            wanted = sent_reading(request.form, sample.reading)
        except ValueError as error:
            return self._page(upload, sample, {f"{PREFIX}titles": str(error)})
        try:
            found = sample_of(self.access, upload, wanted)
        except TransferError as error:
            problems = {PREFIX + _changed(sample.reading, wanted): str(error)}
            return self._page(upload, sample, problems, wanted)
        if (digest := digest_of(found.titles)) != upload.headers_digest:
            upload.headers_digest, upload.mapping = digest, {}
        upload.reading = kept(found.reading)
        upload_id = upload.id
        db.session.commit()
        is_on = "columns" in request.form and not found.problem
        return lead_on(self.link("import_columns_view" if is_on else "import_source_view", id=upload_id))

    def _page(
        self,
        upload: Upload,
        sample: Sample,
        problems: Mapping[str, str] | None = None,
        wanted: Reading | None = None,
        *,
        status: HTTPStatus = HTTPStatus.UNPROCESSABLE_ENTITY,
    ) -> ResponseReturnValue:
        """Draw the page; `wanted` are settings with which the file could not be read."""
        shown = wanted or sample.reading
        page = self.render(
            "resource/import_source.html",
            upload=upload,
            size=formatting.size(upload.size),
            problems=problems or {},
            preview=_preview(sample),
            questions=list(_questions(shown, sample.sheets, problems or {})),
            has_titles=shown.format not in {JSON, JSON_LINES},
            titles=request.form.get(f"{PREFIX}titles", shown.titles),
            form_url=self.link("import_source_view", id=upload.id),
            back_url=self.link("import_view"),
            return_url=self.return_url(),
        )
        return page, status if problems else HTTPStatus.OK


def sent_reading(sent: MultiDict[str, str], before: Reading) -> Reading:
    """Return the settings that were sent. Those that depend on a changed one are reset, so that they are detected again."""
    wanted = {name: sent.get(PREFIX + name, getattr(before, name)) for name in _ORDER[:-1]}
    text = sent.get(f"{PREFIX}titles", str(before.titles)).strip()
    if not (text.isascii() and text.isdecimal() and len(text) <= len("1000")):
        raise ValueError(NO_NUMBER)
    after = Reading(**{name: value[:200] for name, value in wanted.items()}, titles=int(text))
    return _found_anew(before, after)


def _found_anew(before: Reading, after: Reading) -> Reading:
    is_changed = False
    for name in _ORDER:
        if getattr(after, name) != getattr(before, name):
            is_changed = True
        elif is_changed:
            after = replace(after, titles=0) if name == "titles" else Reading(**{**asdict(after), name: ""})
    return after


def _changed(before: Reading, after: Reading) -> str:
    """Return the first setting that changed."""
    return next((name for name in _ORDER if getattr(before, name) != getattr(after, name)), "format")


def _questions(reading: Reading, sheets: Sequence[str], problems: Mapping[str, str]) -> Iterator[Question]:
    # No choice can turn a workbook into text.
    yield _question("format", "Format", WORKBOOKS if reading.format in WORKBOOKS else TEXTS, reading.format, problems)
    if reading.format == CSV:
        yield _question("delimiter", "Separator", SIGNS, reading.delimiter, problems)
    if reading.format in TEXTS:
        yield _question("encoding", "Encoding", ENCODINGS, reading.encoding, problems)
    if sheets:
        yield _question("sheet", "Sheet", {one: title_cell(one).text for one in sheets}, reading.sheet, problems)


def _question(name: str, label: str, answers: Mapping[str, str], chosen: str, problems: Mapping[str, str]) -> Question:
    known = answers if chosen in answers or not chosen else {chosen: chosen, **answers}
    options = [Option(value, words, value == chosen) for value, words in known.items()]
    return Question(PREFIX + name, label, options, problem=problems.get(PREFIX + name, ""))


def _preview(sample: Sample) -> Preview:
    rows = sample.rows[:SHOWN]
    width = len(sample.titles)
    wrong = [f"Row {row.number:,}, {row.problem}" for row in rows if row.problem]
    return Preview(
        titles=[title_cell(title) for title in sample.titles],
        rows=[(row.number, [cell_of(one) for one in _filled(row.cells, width)]) for row in rows],
        notes=[*sample.notes, *wrong],
        problem=sample.problem,
    )


def _filled(cells: Sequence[str | None], width: int) -> list[str | None]:
    """Return as many cells as there are titles."""
    return [*cells[:width], *([None] * (width - len(cells)))]
