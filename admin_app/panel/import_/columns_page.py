"""The third page of an import: which field each column of the file fills, and what to do with the rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from http import HTTPStatus
from typing import Any, Protocol

from flask import request
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from admin_app.domain.naming import names_of
from admin_app.errors import InvalidRecord, PlanError, TransferError
from admin_app.extensions import db
from admin_app.formatting import in_sentence, in_words
from admin_app.jobs import uploads
from admin_app.kinds import kind_of
from admin_app.kinds.date import DateKind
from admin_app.kinds.datetime import LocalDateTimeKind
from admin_app.kinds.number import DecimalKind, FloatKind
from admin_app.models.plan import Plan
from admin_app.models.staff import Staff
from admin_app.models.upload import Upload
from admin_app.panel.access.access import Access
from admin_app.panel.drafts import answers, drop_sent_draft, shown_draft
from admin_app.panel.export.columns import ignored_headers
from admin_app.panel.import_.cells import cell_of, title_cell
from admin_app.panel.import_.headers import FoundDate, found_date, guessed_columns, guessed_lookup
from admin_app.panel.import_.offered import (
    KEY,
    columns_to_create,
    importable_columns,
    is_found,
    label_of,
    lookup_columns,
    lookup_label,
    match_columns,
    modes,
    relations_to_one,
    why_not_importable,
)
from admin_app.panel.import_.opening import Sample, sample_of
from admin_app.panel.import_.options_form import (
    COLUMNS,
    DATES,
    DECIMAL,
    DECIMALS,
    EMPTY,
    MATCH,
    MODE,
    Sent,
    is_own,
    read_options,
)
from admin_app.panel.import_.requested import requested_upload
from admin_app.panel.import_.view_models import FileColumn, Option, Question
from admin_app.panel.page import Page, lead_on
from admin_app.transfer.columns import ImportColumn, plain
from admin_app.transfer.import_.options import BY, COLUMN, KEEP, MAKE, DateOrder, Empty, ImportOptions, Mode
from admin_app.web.auth.login import signed_in_principal
from admin_app.web.flash import warn

SHOWN_VALUES = 3
LONGEST_KEPT = 200
Pair = tuple[str, str]


class MakePlan(Protocol):
    """Makes the plan of an import with these options (committed)."""

    def __call__(self, access: Access, upload: Upload, options: ImportOptions, *, staff_id: int) -> Plan:
        """Make the plan; raise an `AdminError` if that is impossible."""


class FileColumnsPage(Page):
    """Asks which fields the columns fill, and starts the plan."""

    def respond(self, make_plan: MakePlan) -> ResponseReturnValue:
        """Ask, or make the plan and redirect to it."""
        upload = requested_upload(self.access)
        try:
            sample = sample_of(self.access, upload)
        except TransferError as error:
            warn(str(error))
            return lead_on(self.link("import_view"))
        if request.method != "POST":
            return self._page(upload, sample, {}, HTTPStatus.OK)
        sent = _padded(request.form, sample)
        try:
            options = read_options(self.access, sent)
            _require_one_meaning(self.access, options, sample)
        except InvalidRecord as error:
            return self._page(upload, sample, error.problems, HTTPStatus.UNPROCESSABLE_ENTITY)
        pairs = [(name, value) for name, value in sent.items(multi=True) if is_own(name)]
        upload.mapping = {"pairs": [list(pair) for pair in pairs], COLUMNS: _by_title(options.columns, sample.titles)}
        drop_sent_draft()
        db.session.commit()
        try:
            plan = make_plan(self.access, upload, options, staff_id=signed_in_principal().id)
        except (TransferError, PlanError) as error:
            db.session.rollback()
            return self._page(upload, sample, {"": str(error)}, HTTPStatus.UNPROCESSABLE_ENTITY)
        return lead_on(self.link("plan_view", id=plan.id))

    def kept_names(self) -> set[str]:
        """Keep the answers."""
        return {name for name in request.form if is_own(name)}

    def again(self, words: str) -> ResponseReturnValue | None:
        """Draw the page with the answers."""
        upload = requested_upload(self.access)
        try:
            sample = sample_of(self.access, upload)
        except TransferError:
            return None
        return self._page(upload, sample, {"": words}, HTTPStatus.BAD_REQUEST)

    def _page(
        self, upload: Upload, sample: Sample, problems: Mapping[str, str], status: HTTPStatus
    ) -> ResponseReturnValue:
        draft = shown_draft()
        said = answers(draft)
        last = None if said or upload.mapping else _last(self.access, upload)
        chosen = said or _chosen(self.access, upload, sample, last)
        form = _Questions(self.access, sample, chosen, problems)
        columns, ways, cells = form.columns(), list(form.ways()), list(form.cells())
        page = self.render(
            "resource/import_columns.html",
            draft=draft,
            upload=upload,
            problems=problems,
            errors=_in_order(problems, [*(one.name for one in columns), *(one.name for one in (*ways, *cells))]),
            columns=columns,
            ways=ways,
            cells=cells,
            last_by=_name_of(last),
            form_url=self.link("import_columns_view", id=upload.id),
            back_url=self.link("import_source_view", id=upload.id),
            return_url=self.return_url(),
        )
        return page, status


class _Questions:
    """The questions of the page, with the present answers."""

    def __init__(self, access: Access, sample: Sample, chosen: Sent, problems: Mapping[str, str]) -> None:
        self.access, self.sample, self.chosen, self.problems = access, sample, chosen, problems
        self.nouns = access.resource.nouns
        self.offered = importable_columns(access)

    def columns(self) -> list[FileColumn]:
        """Ask which field each column of the file fills."""
        return [self._column(place, title) for place, title in enumerate(self.sample.titles)]

    def ways(self) -> Iterator[Question]:
        """Ask what to do with the rows."""
        known = modes(self.access)
        words = {
            Mode.BOTH: f"Add new {self.nouns} and change existing ones",
            Mode.ADD: f"Only add new {self.nouns}",
            Mode.UPDATE: f"Only change existing {self.nouns}",
        }
        yield self._question(MODE, "What to do with the rows", {mode: words[mode] for mode in known})
        if known != (Mode.ADD,):
            hint = f"A row changes the {self.access.resource.noun} with the same value in this field."
            yield self._question(MATCH, f"Find {self.nouns} by", match_columns(self.access), hint)
        if known != (Mode.ADD,):
            yield self._question(
                EMPTY,
                "An empty cell",
                {Empty.LEAVE: "leaves the field as it is", Empty.CLEAR: "clears the field"},
                "A column that is left out never changes anything.",
            )

    def cells(self) -> Iterator[Question]:
        """Ask how to read the cells."""
        for key, relation in relations_to_one(self.access).items():
            if key in self.offered:
                known = {one: lookup_label(self.access, relation, one) for one in lookup_columns(self.access, relation)}
                label = self.access.resource.label(relation.key)
                yield self._question(BY + key, f"{label} is identified by", known)
                if makers := [words for one, words in known.items() if columns_to_create(self.access, relation, one)]:
                    nouns = names_of(relation.target)[1]
                    named = f"are added, with their {in_words([in_sentence(one) for one in makers])} as their name"
                    answers_ = {"": "are errors in their rows", "1": named}
                    yield self._question(MAKE + key, f"Missing {nouns}", answers_)
        for key, column in self.offered.items():
            if column.is_links:
                in_row = in_sentence(column.label)
                answers_ = {
                    "": f"replace the existing {in_row}",
                    "1": f"are added to the existing {in_row}",
                }
                yield self._question(KEEP + key, f"{column.label} in the file", answers_)
        if any(_has_days(one) for one in self.offered.values()):
            yield self._dates()
        if any(isinstance(kind_of(one.column), FloatKind | DecimalKind) for one in self.offered.values()):
            yield self._question(DECIMAL, "Number format", DECIMALS)

    def _column(self, place: int, title: str) -> FileColumn:
        name = f"{COLUMN}{place}"
        chosen = self.chosen.get(name, "")
        labels = {key: label_of(self.access, one) for key, one in self.offered.items()}
        if KEY in labels:
            labels[KEY] += " (finds the record)"
        options = [Option(key, words, key == chosen) for key, words in {"": "Leave out", **labels}.items()]
        return FileColumn(
            name=name,
            title=title_cell(title),
            values=[cell_of(one) for one in self.sample.values[place][:SHOWN_VALUES]],
            options=options,
            note="" if chosen else _why_left_out(self.access, title),
            problem=self.problems.get(name, ""),
        )

    def _dates(self) -> Question:
        found = found_date(cell for column in self.sample.values for cell in column)
        text = found.text or "03.04.2026"
        example = FoundDate(text)
        words = {
            DateOrder.NONE: "Year first: 2026-04-03 is 3 April 2026",
            DateOrder.DAY_FIRST: f"Day first: {text} is {example.meant(DateOrder.DAY_FIRST) or 'no day'}",
            DateOrder.MONTH_FIRST: f"Month first: {text} is {example.meant(DateOrder.MONTH_FIRST) or 'no day'}",
        }
        return self._question(DATES, "Date format", words)

    def _question(self, name: str, label: str, known: Mapping[Any, str], hint: str = "") -> Question:
        chosen = self.chosen.get(name, "")
        options = [Option(str(value), words, str(value) == chosen) for value, words in known.items()]
        return Question(name, label, options, hint, self.problems.get(name, ""))


def _chosen(access: Access, upload: Upload, sample: Sample, last: Upload | None) -> Sent:
    """Return the first answers: those for this file, else those for the last file with the same titles, else guesses."""
    guessed = _guessed(access, sample)
    if upload.mapping:
        return MultiDict([*_pairs(upload)])
    if last is None:
        return guessed
    others = [pair for pair in _pairs(last) if not pair[0].startswith(COLUMN)]
    columns = last.mapping.get(COLUMNS, {})
    offered, times = importable_columns(access), Counter(map(_kept_title, sample.titles))
    again = [
        (f"{COLUMN}{place}", columns.get(kept, "") if columns.get(kept) in offered else "")
        for place, title in enumerate(sample.titles)
        if times[kept := _kept_title(title)] == 1
    ]
    return MultiDict({**dict(guessed.items()), **dict(others), **dict(again)})


def _guessed(access: Access, sample: Sample) -> Sent:
    columns = guessed_columns(access, sample.titles, sample.values)
    pairs = [(f"{COLUMN}{place}", columns.get(place, "")) for place in range(len(sample.titles))]
    match = next((key for key in match_columns(access) if is_found(access, key, columns.values())), KEY)
    dates = found_date(cell for column in sample.values for cell in column)
    by = [
        (BY + key, guessed_lookup(lookup_columns(access, relations_to_one(access)[key]), sample.values[place]))
        for place, key in columns.items()
        if key in relations_to_one(access)
    ]
    mode = _guessed_mode(access, MultiDict([*pairs, *by, (MATCH, match)]))
    return MultiDict(
        [*pairs, *by, (MODE, mode), (MATCH, match), (EMPTY, Empty.LEAVE), (DATES, dates.guess), (DECIMAL, ".")]
    )


def _guessed_mode(access: Access, sent: Sent) -> str:
    """Return the first mode that lacks nothing if the rows have keys, as in an export; else the first mode."""
    known = modes(access)
    if KEY not in sent.values():
        return known[0]
    for mode in known:
        try:
            read_options(access, MultiDict([*sent.items(multi=True), (MODE, mode)]))
        except InvalidRecord:
            continue
        return mode
    return known[0]


def _last(access: Access, upload: Upload) -> Upload | None:
    return uploads.last_mapped(db.session, resource=access.resource.endpoint, headers_digest=upload.headers_digest)


def _pairs(upload: Upload) -> list[Pair]:
    return [(name, value) for name, value in upload.mapping.get("pairs", [])]


def _name_of(last: Upload | None) -> str:
    staff = db.session.get(Staff, last.staff_id) if last is not None else None
    return staff.name if staff is not None else ""


def _padded(sent: Sent, sample: Sample) -> Sent:
    """Return what was sent, without columns that the file doesn't have."""
    places = {f"{COLUMN}{place}" for place in range(len(sample.titles))}
    return MultiDict(pair for pair in sent.items(multi=True) if not pair[0].startswith(COLUMN) or pair[0] in places)


def _by_title(columns: Mapping[int, str], titles: Sequence[str]) -> dict[str, str]:
    """Return the chosen fields by title, for a later file with the same titles in any order."""
    return {_kept_title(titles[place]): key for place, key in columns.items()}


def _kept_title(title: str) -> str:
    return plain(title)[:LONGEST_KEPT]


def _why_left_out(access: Access, title: str) -> str:
    """Say why a known column was left out without being asked; "" for an unknown one."""
    if closed := why_not_importable(access, title):
        return closed
    is_for_people = title and plain(title) in set(map(plain, ignored_headers(access)))
    return "An export adds this column for people to read." if is_for_people else ""


def _has_days(column: ImportColumn) -> bool:
    return isinstance(kind_of(column.column), DateKind | LocalDateTimeKind)


def _require_one_meaning(access: Access, options: ImportOptions, sample: Sample) -> None:
    """Raise `InvalidRecord` if a date is ambiguous and no order was chosen."""
    offered = importable_columns(access)
    for place, key in options.columns.items():
        found = found_date(sample.values[place])
        if options.dates is DateOrder.NONE and found.text and _has_days(offered[key]):
            raise InvalidRecord({DATES: f"Choose what {found.text} means."})


def _in_order(problems: Mapping[str, str], names: Sequence[str]) -> list[Pair]:
    """Return the problems in the order of their controls on the page. A problem without a control comes first."""
    shown = [COLUMNS, *names]
    placed = [(name if name in shown else "", words) for name, words in problems.items()]
    return sorted(placed, key=lambda pair: ["", *shown].index(pair[0]))
