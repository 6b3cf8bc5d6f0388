"""The sentences about what an undo cannot bring back, for every page and command that deletes or changes records."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from admin_app.db.record import Record
from admin_app.domain.naming import names_of
from admin_app.domain.records.for_good import changed_for_good, deleted_for_good
from admin_app.formatting import in_sentence, in_words, label, sentence_case


def told_of_deletion(model: type[Record], chosen: Collection[str]) -> list[str]:
    """Say what stays deleted; `chosen` are the relations whose dependents are deleted, too."""
    found = deleted_for_good(model, chosen)
    if model in found:
        # If the record itself cannot be restored, its dependents stay deleted too.
        return [f"This cannot be undone: {_lacking(found[model])}."]
    return [
        f"An undo does not bring deleted {names_of(one)[1]} back: {_lacking(names)}." for one, names in found.items()
    ]


def told_of_change(model: type[Record], fields: Sequence[str]) -> list[str]:
    """Say which of the fields do not get their former values back if they change."""
    lost = changed_for_good(model, fields)
    stays = "it as it is" if len(lost) == 1 else "them as they are"
    return [f"{sentence_case(_lacking(lost))}: an undo leaves {stays}."] if lost else []


def _lacking(names: Sequence[str]) -> str:
    return f"the history does not keep the {in_words([in_sentence(label(name)) for name in names])}"
