"""What each view of a resource requires, and which views have forms that can be drawn again."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from admin_app.domain.permissions.policy import Action
from admin_app.panel.access.access import Access
from admin_app.panel.deletion.delete_page import DeletePage
from admin_app.panel.export.export_page import ExportPage
from admin_app.panel.forms.form_page import FormPage
from admin_app.panel.grid.page_edit import PageEdit
from admin_app.panel.import_.columns_page import FileColumnsPage
from admin_app.panel.import_.reading_page import ReadingPage
from admin_app.panel.import_.upload_page import UploadPage
from admin_app.panel.list.column_settings import ColumnsPage
from admin_app.panel.list.saved_views import SavedViewForm
from admin_app.panel.merge.merge_page import MergePage
from admin_app.panel.notes.note_page import NotePage
from admin_app.panel.notes.notes_page import NotesPage
from admin_app.panel.page import Page
from admin_app.panel.plan.corrections_page import CorrectionsPage
from admin_app.panel.plan.plan_page import PlanPage
from admin_app.panel.plan.questions.act_page import ActPage
from admin_app.panel.plan.questions.asking import asking
from admin_app.panel.plan.questions.delete_many_page import DeleteQuestion
from admin_app.panel.plan.questions.edit_page import EditQuestion
from admin_app.panel.plan.questions.give_page import GiveQuestion
from admin_app.panel.plan.questions.replace_page import ReplaceQuestion

# The right that each route requires. A route that is not named here answers nobody.
ACTIONS: Mapping[str, Action] = {
    "index_view": Action.LIST,
    "columns_view": Action.LIST,
    "page_size_view": Action.LIST,
    "ticks_view": Action.LIST,
    # Everybody may save views; sharing one requires `Action.SHARE`, and only its person, or for a shared view someone with all rights, may change one.
    "views_view": Action.LIST,
    "new_view": Action.LIST,
    "save_view": Action.LIST,
    "change_view": Action.LIST,
    "remove_view": Action.LIST,
    "default_view": Action.LIST,
    "follow_view": Action.LIST,
    "move_view": Action.LIST,
    "lookup_view": Action.LIST,
    "summary_view": Action.LIST,
    "summary_file": Action.EXPORT,
    "details_view": Action.VIEW,
    "short_view": Action.VIEW,
    "preview_view": Action.VIEW,
    "file_view": Action.VIEW,
    "create_view": Action.CREATE,
    "edit_view": Action.EDIT,
    "edit_page_view": Action.EDIT,
    "cell_view": Action.EDIT,
    "presence_view": Action.EDIT,
    "delete_view": Action.DELETE,
    "merge_view": Action.DELETE,
    "duplicates_view": Action.LIST,
    "import_view": Action.IMPORT,
    "import_source_view": Action.IMPORT,
    "import_columns_view": Action.IMPORT,
    "import_template": Action.IMPORT,
    "export": Action.EXPORT,
    "export_page": Action.EXPORT,
    "edit_many_view": Action.BULK,
    "give_view": Action.BULK,
    "delete_many_view": Action.BULK,
    # A single record of a list needs no `Action.BULK`; the page checks the right of the action.
    "act_view": Action.LIST,
    "replace_view": Action.BULK,
    # The page requires `Action.BULK`, or `Action.IMPORT` for a file, as its plan needs.
    "plan_view": Action.LIST,
    "plan_lines": Action.LIST,
    "import_corrections_view": Action.IMPORT,
    "import_wrong": Action.IMPORT,
    "history_view": Action.HISTORY,
    "notes_view": Action.VIEW,
    "note_view": Action.VIEW,
    # Being told about changes needs the right to the history.
    "watch_view": Action.HISTORY,
    "version_view": Action.HISTORY,
    "restore_view": Action.UNDO,
}
# The purpose of a view, as the page of re-authentication says it.
PURPOSES: Mapping[str, str] = {
    "create_view": "add {a_noun}",
    "edit_view": "change {a_noun}",
    "edit_page_view": "change {nouns}",
    "cell_view": "change {a_noun}",
    "delete_view": "delete {a_noun}",
    "merge_view": "merge two {nouns}",
    "restore_view": "restore {a_noun}",
    "export_page": "export this many {nouns}",
    "act_view": "change {a_noun}",
    "plan_view": "change this many {nouns}",
}
# The pages that can be drawn again with the typed values.
FORMS: Mapping[str, Callable[[Access, str], Page]] = {
    "create_view": FormPage,
    "edit_view": FormPage,
    "edit_page_view": PageEdit,
    "delete_view": DeletePage,
    "notes_view": NotesPage,
    "note_view": NotePage,
    "merge_view": MergePage,
    "import_view": UploadPage,
    "import_source_view": ReadingPage,
    "import_columns_view": FileColumnsPage,
    "export_page": ExportPage,
    "edit_many_view": asking(EditQuestion),
    "give_view": asking(GiveQuestion),
    "delete_many_view": asking(DeleteQuestion),
    "act_view": ActPage,
    "replace_view": asking(ReplaceQuestion),
    "plan_view": PlanPage,
    "import_corrections_view": CorrectionsPage,
    "columns_view": ColumnsPage,
    "new_view": SavedViewForm,
    "change_view": SavedViewForm,
}
# The pages that take a file.
UPLOAD_VIEWS = frozenset({"import_view"})
# Views that require re-authentication wherever the record's form does.
IN_LIST = frozenset({"edit_page_view", "cell_view"})
# Views that change records or a person's own data: their transactions may conflict with others.
RETRIED = frozenset(
    {
        *("create_view", "edit_view", "edit_page_view", "cell_view", "delete_view", "merge_view", "restore_view"),
        *("act_view", "plan_view", "notes_view", "note_view", "watch_view"),
        *("new_view", "change_view", "save_view", "remove_view", "default_view", "move_view", "follow_view"),
        *("columns_view", "page_size_view", "ticks_view"),
    }
)
# Pages that a replica may answer, because they only show data. Pages that change data read from the primary.
READ = frozenset(
    {
        *("index_view", "lookup_view", "summary_view", "summary_file", "export"),
        *("details_view", "short_view", "history_view", "version_view"),
    }
)
