"""Find and replace: read the form into an operation, for the page and the job."""

from __future__ import annotations

from collections.abc import Mapping

from werkzeug.datastructures import MultiDict

from admin_app.domain.permissions.policy import Action
from admin_app.domain.plan.changes import Edit, ReplaceText
from admin_app.domain.plan.replacing import FIND, WITH, Replacement
from admin_app.errors import InvalidRecord
from admin_app.formatting import in_words
from admin_app.panel.access.access import Access
from admin_app.panel.plan.operation import BulkOperation
from admin_app.panel.plan.operations.editing import editable_fields
from admin_app.panel.plan.operations.fields import EditableField

KEY = "replace"
# Controls besides the two texts: the ticked fields, and the search options.
FIELD = "in"
CASE, WORD, EXPRESSION = "case", "word", "expression"
NO_FIELD = "Choose at least one field."
_WAYS = {CASE: "match case", WORD: "whole words", EXPRESSION: "regular expression"}


def text_fields(access: Access) -> Mapping[str, EditableField]:
    """Return the text fields that the person may change."""
    fields, texts = editable_fields(access, MultiDict()), access.resource.texts()
    return {name: one for name, one in fields.items() if name in texts}


def read_replacement(access: Access, sent: MultiDict[str, str]) -> BulkOperation:
    """Read what to replace; raise `InvalidRecord` with the problems by control."""
    fields = text_fields(access)
    chosen = [fields[name] for name in dict.fromkeys(sent.getlist(FIELD)) if name in fields]
    problems = {} if chosen else {FIELD: NO_FIELD}
    try:
        replacement = Replacement(
            find=sent.get(FIND, ""),
            by=sent.get(WITH, ""),
            matches_case=CASE in sent,
            is_whole_word=WORD in sent,
            is_expression=EXPRESSION in sent,
        )
    except InvalidRecord as error:
        raise InvalidRecord({**error.problems, **problems}) from error
    if problems:
        raise InvalidRecord(problems)
    model = access.resource.model
    checks = {one.key: one.check for one in chosen if one.check is not None}
    return BulkOperation(
        key=KEY,
        action=Action.EDIT,
        verb="Replace text in",
        done="changed",
        same="without a match",
        what=_said(replacement, chosen, sent),
        pairs=[(name, value) for name, value in sent.items(multi=True) if name in {FIND, WITH, FIELD, *_WAYS}],
        values=Edit(model, {one.key: ReplaceText(replacement) for one in chosen}, checks),
    )


def _said(replacement: Replacement, chosen: list[EditableField], sent: MultiDict[str, str]) -> list[tuple[str, str]]:
    how = [words for name, words in _WAYS.items() if name in sent]
    return [
        ("Find", ", ".join([f"“{replacement.find}”", *how])),
        ("Replace with", f"“{replacement.by}”" if replacement.by else "nothing"),
        ("In", in_words([one.label for one in chosen])),
    ]
