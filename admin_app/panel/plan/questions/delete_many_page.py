"""“Delete”: many records deleted, after the question of the delete page about everything that hangs on them."""

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
    """What hangs on the records is asked about once for all of them; where nothing does, the page leads to the plan."""

    action = Action.DELETE
    template = "resource/delete_many.html"
    own = frozenset()

    def read(self, sent: MultiDict[str, str]) -> BulkOperation:
        """Read what becomes of what hangs on them."""
        return deleting.asked_deletion(self.access, self.selection(), self._hanging(), sent)

    def values(self, sent: MultiDict[str, str], problems: Mapping[str, str]) -> dict[str, object]:
        """Say what hangs on them, with what may become of it."""
        return {"dependents": [DependentsForm(self.access, one).drawn(problems, sent) for one in self._hanging()]}

    def kept_names(self) -> set[str]:
        """Keep what was chosen."""
        return {prefix + name for prefix in (FATE, HEIR) for name in dependent_names(self.resource.model)}

    def _hanging(self) -> Sequence[Dependence]:
        return deleting.hanging_on(self.access, self.selection())
