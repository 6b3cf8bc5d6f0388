"""One record in an edited list: the form fields of its cells, and what was typed into them."""

from __future__ import annotations

from collections.abc import Collection

from werkzeug.datastructures import MultiDict
from wtforms import Field

from admin_app.db.record import Record
from admin_app.domain.permissions.policy import Action
from admin_app.formatting import in_sentence, in_words
from admin_app.panel.access.access import Access
from admin_app.panel.forms.conflict_view_models import Meanwhile
from admin_app.panel.forms.conflicts import Conflicts, Merge, is_changed
from admin_app.panel.forms.form_access import narrow, own_names
from admin_app.panel.forms.saving import Saving
from admin_app.panel.forms.source import Source
from admin_app.panel.grid.sent import SentRow


class RowEdit:
    """A record's cells. `columns` are those that the person sees; `may_edit` says whether they may change the record."""

    def __init__(
        self,
        access: Access,
        record: Record,
        columns: Collection[str],
        *,
        may_edit: bool = True,
        sent: SentRow | None = None,
    ) -> None:
        """Create the form of these columns, compare what was sent with the present record, and keep the differences for saving."""
        self.record = record
        self.sent = sent
        self.form = access.resource.forms.edit(None if sent is None else _only(sent.typed, columns), obj=record)
        access.resource.shape_form(self.form, is_new=False)
        self._keep(access, columns)
        typed = self._changed(access)
        if may_edit:
            narrow(access, self.form, Action.EDIT, record)
        else:
            self._keep(access, ())
        # What was typed into cells that the person may no longer write, by the column's label.
        self.lost = {access.resource.label(name): self._typed(name) for name in typed if name not in self.form}
        self.controls: dict[str, Field] = {name: self.form[name] for name in own_names(access, self.form)}
        self._conflicts = Conflicts(access, record)
        self._merge: Merge | None = None
        if sent is not None:
            self._merge = self._conflicts.merge(self._source(sent))
            # Unchanged fields are neither checked nor written.
            self._keep(access, self._changed(access))
        self.saving = Saving(access, self.form, Action.EDIT)

    @property
    def is_changed(self) -> bool:
        """Whether there is anything to save."""
        return self.sent is not None and any(name in self.form for name in self.controls)

    @property
    def is_refused(self) -> bool:
        """Whether the person has to look before anything is saved: somebody else changed the record, or their right to write is gone."""
        return bool(self.lost) or not (self._merge is None or self._merge.is_agreed)

    def problems(self) -> tuple[str, ...]:
        """Return the messages about the whole row."""
        names = in_words([in_sentence(name) for name in self.lost])
        lost = f"You can no longer change this: {names}." if self.lost else ""
        return tuple(filter(None, (lost, *self.form.form_errors)))

    def meanwhile(self) -> Meanwhile | None:
        """Return who else changed the record, with the open and made choices; None if nobody did."""
        if self.sent is None or self._merge is None or not self._merge.is_stale:
            return None
        return self._conflicts.meanwhile(self._merge, self._source(self.sent))

    def _typed(self, name: str) -> str:
        return self.sent.typed.get(name, "") if self.sent is not None else ""

    def _source(self, sent: SentRow) -> Source:
        return Source(self.form, sent.own, sent=sent.typed)

    def _keep(self, access: Access, names: Collection[str]) -> None:
        for name in own_names(access, self.form):
            if name not in names:
                del self.form[name]

    def _changed(self, access: Access) -> list[str]:
        """Return the fields that differ from the record; unreadable input counts as different."""
        if self.sent is None:
            return []
        fields = [self.form[name] for name in own_names(access, self.form)]
        return [one.name for one in fields if one.process_errors or is_changed(one, self.record)]


def _only(typed: MultiDict[str, str], columns: Collection[str]) -> MultiDict[str, str]:
    """Drop everything that a request sends besides the cells: the resource's own form fields have no cell."""
    return MultiDict((name, value) for name, value in typed.items(multi=True) if name in columns)
