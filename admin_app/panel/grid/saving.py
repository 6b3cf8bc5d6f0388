"""Save rows that were edited in a list: all of them in one transaction and one change set, or none."""

from __future__ import annotations

from collections.abc import Sequence

from admin_app.domain.records import save
from admin_app.errors import InvalidRecord, PrivilegeError
from admin_app.extensions import db
from admin_app.panel.access.access import Access
from admin_app.panel.drafts import drop_sent_draft
from admin_app.panel.forms.saving import problems_of, show_problems
from admin_app.panel.grid.row_edit import RowEdit


def save_rows(access: Access, edits: Sequence[RowEdit]) -> bool:
    """Save what was changed; return False, with the reasons at their fields, when any of it cannot be saved.

    Raises `RecordGone` where somebody else writes one of the records in the same moment: then nothing is saved either.
    """
    if not all([one.saving.is_valid(one.record) for one in edits]):
        return False
    at_hand = None
    try:
        with save.saving(db.session, access.resource.model, is_known=True):
            for at_hand in edits:
                at_hand.saving.fill(at_hand.record, is_created=False)
                # Here, and not with the commit: a refusal is then about this row.
                db.session.flush()
            drop_sent_draft()
    except (InvalidRecord, PrivilegeError) as error:
        if at_hand is None:
            raise
        show_problems(at_hand.form, problems_of(error))
        return False
    return True
