"""“Delete” for many records: asks what should happen to their dependents."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from werkzeug.datastructures import MultiDict

from admin_app.domain.permissions.policy import Action
from admin_app.domain.records.deletion import Dependence, dependent_names
from admin_app.panel.deletion.dependents import FATE, HEIR, DependentsForm
from admin_app.panel.plan.operation import BulkOperation
from admin_app.panel.plan.operations import deleting
from admin_app.panel.plan.questions.asking import Question


class DeleteQuestion(Question):
    """One question per relation for all records together. Without dependents, the page leads straight to the plan."""

    action = Action.DELETE
    template = "resource/delete_many.html"
    own = frozenset()

    def read(self, sent: MultiDict[str, str]) -> BulkOperation:
        """Read what should happen to the dependents."""
        return deleting.requested_deletion(self.access, self.selection(), self._dependences(), sent)

    def values(self, sent: MultiDict[str, str], problems: Mapping[str, str]) -> dict[str, object]:
        """Return the dependents, each with the choices."""
        return {"dependents": [DependentsForm(self.access, one).drawn(problems, sent) for one in self._dependences()]}

    def kept_names(self) -> set[str]:
        """Keep what was chosen."""
        return {prefix + name for prefix in (FATE, HEIR) for name in dependent_names(self.resource.model)}

    def _dependences(self) -> Sequence[Dependence]:
        return deleting.dependences_of_selection(self.access, self.selection())
