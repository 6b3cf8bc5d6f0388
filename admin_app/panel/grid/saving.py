"""Save rows that were edited in a list: all of them in one transaction and one change set, or none."""

from __future__ import annotations

from collections.abc import Sequence

from admin_app.db.transaction import transaction
from admin_app.domain.records.refusals import refusals_of
from admin_app.errors import InvalidRecord, PrivilegeError
from admin_app.extensions import db
from admin_app.panel.access.access import Access
from admin_app.panel.drafts import drop_sent_draft
from admin_app.panel.forms.saving import problems_of, show_problems
from admin_app.panel.grid.row_edit import RowEdit


def are_valid(edits: Sequence[RowEdit]) -> bool:
    """Check every changed row, so that all problems are shown at once."""
    verdicts = [one.saving.is_valid(one.record) for one in edits if one.is_changed]
    return all(verdicts)


def save_rows(access: Access, edits: Sequence[RowEdit]) -> bool:
    """Save valid rows; if the database or a rule refuses one, put the reason at its field, save nothing and return False.

    Raises `RecordGone` if another transaction writes one of the records at the same moment; then nothing is saved either.
    """
    at_hand = None
    try:
        with refusals_of(access.resource.model), transaction(db.session, is_known=True):
            # All rows are locked in the same order, so that two people never wait for each other.
            for at_hand in sorted(edits, key=lambda one: one.record.id):
                at_hand.saving.fill(at_hand.record, is_created=False)
                # Flush here, not with the commit, so that a refusal concerns this row.
                db.session.flush()
            drop_sent_draft()
    except (InvalidRecord, PrivilegeError) as error:
        if at_hand is None:
            raise
        show_problems(at_hand.form, access.resource.model, problems_of(error))
        return False
    return True
