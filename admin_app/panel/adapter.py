"""The one subclass of Flask-Admin's model view: its forms and filters built from a `Resource`, and one line for each route.

Nothing else in the panel knows Flask-Admin's hooks. Each route makes a page for the current person and lets it respond.
"""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlencode

from flask import Blueprint, abort, current_app, request
from flask.typing import ResponseReturnValue
from flask_admin import Admin, expose
from flask_admin.contrib.sqla import ModelView
from flask_sqlalchemy import SQLAlchemy
from typing_extensions import override

from admin_app.context import reading
from admin_app.db.attributes import is_computed
from admin_app.db.joined import require_whole
from admin_app.db.keys import require_key
from admin_app.domain.permissions.policy import Action
from admin_app.domain.records.archive import is_archived, require_archive
from admin_app.domain.records.positions import require_position
from admin_app.extensions import db
from admin_app.formatting import label, with_article
from admin_app.panel import drafts
from admin_app.panel.access.access import Access, access_to
from admin_app.panel.access.row_scope import require_rules
from admin_app.panel.base_view import ProtectedView
from admin_app.panel.cards.required import require_cards
from admin_app.panel.declarations import require_declarations
from admin_app.panel.deletion.delete_page import DeletePage
from admin_app.panel.export.export_page import ExportPage, list_exported
from admin_app.panel.files.form_uploads import FORMS as RECORD_FORMS
from admin_app.panel.files.form_uploads import accepted_by_form
from admin_app.panel.filters.declared import declared_filters
from admin_app.panel.forgetting.forget_page import forget_pages
from admin_app.panel.forgetting.removal import require_personal
from admin_app.panel.forms.converter import Converter
from admin_app.panel.forms.form_page import FormPage
from admin_app.panel.forms.presence import PresencePage
from admin_app.panel.grid.cell_edit import CellEdit
from admin_app.panel.grid.page_edit import PageEdit
from admin_app.panel.history.history_page import HistoryPage
from admin_app.panel.history.version_page import VersionPage
from admin_app.panel.import_.columns_page import FileColumnsPage
from admin_app.panel.import_.offered import may_import
from admin_app.panel.import_.reading_page import ReadingPage
from admin_app.panel.import_.template import template_file
from admin_app.panel.import_.upload_page import UploadPage
from admin_app.panel.links import link
from admin_app.panel.list.column_settings import ColumnsPage, PageSize
from admin_app.panel.list.columns import require_columns
from admin_app.panel.list.list_page import ListPage
from admin_app.panel.list.lookup_page import LookupPage
from admin_app.panel.list.row_actions import require_row_actions
from admin_app.panel.list.saved_views import DefaultView, SavedViewDeletion, SavedViewForm, SavedViewsPage
from admin_app.panel.list.ticks_page import TicksPage
from admin_app.panel.list.view_watch import ViewWatchPage
from admin_app.panel.merge.duplicates_page import DuplicatesPage, declare_likenesses
from admin_app.panel.merge.merge_page import MergePage
from admin_app.panel.notes.note_page import NotePage
from admin_app.panel.notes.notes_page import NotesPage
from admin_app.panel.notes.watch_page import WatchPage
from admin_app.panel.operators.base import Operator
from admin_app.panel.ordering.order_page import order_pages
from admin_app.panel.plan.corrections_page import CorrectionsPage
from admin_app.panel.plan.importing import make_import_plan
from admin_app.panel.plan.plan_page import PlanPage
from admin_app.panel.plan.questions.act_page import ActPage
from admin_app.panel.plan.questions.asking import AskingPage
from admin_app.panel.plan.questions.delete_many_page import DeleteQuestion
from admin_app.panel.plan.questions.edit_page import EditQuestion
from admin_app.panel.plan.questions.give_page import GiveQuestion
from admin_app.panel.plan.questions.replace_page import ReplaceQuestion
from admin_app.panel.plan.wrong_rows import wrong_rows_file
from admin_app.panel.record.file_page import FilePage
from admin_app.panel.record.peek import peek_at
from admin_app.panel.record.preview import PreviewPage
from admin_app.panel.record.record_page import RecordPage
from admin_app.panel.record.short_page import ShortPage
from admin_app.panel.record_form import RecordForm
from admin_app.panel.registry import resource_at
from admin_app.panel.resource import RecordForms, Resource
from admin_app.panel.summary.summary_page import SummaryPage
from admin_app.panel.views import ACTIONS, FORMS, IN_LIST, PURPOSES, READ, RETRIED, UPLOAD_VIEWS
from admin_app.selection.sorting.indexes import declare_indexes
from admin_app.transfer.formats import FORMATS
from admin_app.web import submitted_fields
from admin_app.web.auth import login, reauthentication
from admin_app.web.auth.login import current_principal, former_staff_id
from admin_app.web.form_parser import FILE, AcceptedFiles
from admin_app.web.leaving import LEAVING

_DECLARED = (
    "column_list",
    "column_searchable_list",
    "column_filters",
    "column_labels",
    "form_columns",
    "form_overrides",
    "form_args",
    "form_extra_fields",
    "form_choices",
    "form_widget_args",
    "column_descriptions",
)


def accepted_files() -> AcceptedFiles | None:
    """Return which files the current page accepts from this person. It runs before the body is read, and keeps no transaction open."""
    resource, view = resource_at(request.blueprint), (request.endpoint or "").rpartition(".")[2]
    if resource is None or (view not in UPLOAD_VIEWS and not (resource.file_columns and view in RECORD_FORMS)):
        return None
    with reading():
        accepted = None if current_principal() is None else _accepted(access_to(resource), view)
        db.session.rollback()
    login.forget()
    return accepted


def _accepted(access: Access, view: str) -> AcceptedFiles | None:
    if view in RECORD_FORMS:
        return accepted_by_form(access, view)
    return AcceptedFiles(frozenset({FILE}), current_app.config["UPLOAD_MB"]) if may_import(access) else None


class ResourceView(ProtectedView, ModelView):
    """The routes of one resource."""

    files = frozenset({"export", "plan_lines", "import_template", "import_wrong", "summary_file"})
    lagging = READ
    can_view_details = True
    can_export = True
    model_form_converter = Converter
    form_base_class = RecordForm
    # A column may be called `_note`.
    ignore_hidden = False
    # Flask-Admin's own row actions and cell editing: without a function they have no route.
    action_view = None
    ajax_update = None
    ajax_lookup = None

    def __init__(self, resource: Resource, database: SQLAlchemy) -> None:
        """Build the filters and forms that the resource declares; raise `ConfigurationError` for a declaration that cannot work."""
        self.resource = resource
        require_position(resource.model)
        require_personal(resource)
        self.further_pages = {**resource.further_pages, **order_pages(resource), **forget_pages(resource)}
        self.retried = RETRIED | {name for name, page in self.further_pages.items() if page.is_retried}
        in_list = IN_LIST if "edit_view" in resource.proof_for else frozenset()
        self.proof_for = resource.proof_for | in_list | forget_pages(resource).keys()
        for name in _DECLARED:
            setattr(self, name, getattr(resource, name) or None)
        # A computed column has no field; a form shows it among the facts.
        self.form_columns = [name for name in resource.form_columns if not is_computed(resource.model, name)]
        require_declarations(resource)
        resource.filters_by_name = declared_filters(resource)
        require_key(resource.model)
        require_whole(resource.model)
        require_columns(resource)
        require_archive(resource.model)
        require_row_actions(resource)
        super().__init__(resource.model, database, name=resource.plural, endpoint=resource.endpoint)
        resource.forms = RecordForms(self._create_form_class, self._edit_form_class)
        require_rules(resource)
        require_cards(resource)
        archived = is_archived(resource.model)
        declare_indexes(resource.list_schema, archived)
        declare_indexes(resource.newest_schema(), archived)
        declare_likenesses(resource)

    # ---- the routes

    @expose("/")
    def index_view(self) -> ResponseReturnValue:
        """Show the list."""
        return ListPage(self.access, peek_at).respond()

    @expose("/columns/", methods=("GET", "POST"))
    def columns_view(self) -> ResponseReturnValue:
        """Choose columns."""
        return ColumnsPage(self.access).respond()

    @expose("/page-size/", methods=("POST",))
    def page_size_view(self) -> ResponseReturnValue:
        """Choose how many rows a page has."""
        return PageSize(self.access).respond()

    @expose("/ticks/", methods=("POST",))
    def ticks_view(self) -> ResponseReturnValue:
        """Keep ticks, and go on with the ticked rows."""
        return TicksPage(self.access).respond()

    @expose("/lookup/")
    def lookup_view(self) -> ResponseReturnValue:
        """Answer a picker."""
        return LookupPage(self.access).respond()

    @expose("/summary/")
    def summary_view(self) -> ResponseReturnValue:
        """Count the list's rows by a field."""
        return SummaryPage(self.access).respond()

    @expose("/summary.csv")
    def summary_file(self) -> ResponseReturnValue:
        """Send the same as a file."""
        return SummaryPage(self.access).file()

    @expose("/views/")
    def views_view(self) -> ResponseReturnValue:
        """List the saved views."""
        return SavedViewsPage(self.access).respond()

    @expose("/views/new/", methods=("GET", "POST"))
    def new_view(self) -> ResponseReturnValue:
        """Save the list as a view."""
        return SavedViewForm(self.access, "new_view").create()

    @expose("/views/edit/", methods=("GET", "POST"))
    def change_view(self) -> ResponseReturnValue:
        """Change a view's name and audience."""
        return SavedViewForm(self.access, "change_view").change()

    @expose("/views/save/", methods=("POST",))
    def save_view(self) -> ResponseReturnValue:
        """Let the open view show the list as it is."""
        return SavedViewForm(self.access, "save_view").save_list()

    @expose("/views/delete/", methods=("GET", "POST"))
    def remove_view(self) -> ResponseReturnValue:
        """Delete a view."""
        return SavedViewDeletion(self.access).respond()

    @expose("/views/default/", methods=("POST",))
    def default_view(self) -> ResponseReturnValue:
        """Let the list open with a view."""
        return DefaultView(self.access).respond()

    @expose("/views/move/", methods=("POST",))
    def move_view(self) -> ResponseReturnValue:
        """Move a view up or down."""
        return SavedViewsPage(self.access).move()

    @expose("/views/watch/", methods=("POST",))
    def follow_view(self) -> ResponseReturnValue:
        """Watch a view, or stop."""
        return ViewWatchPage(self.access).respond()

    @expose("/details/")
    def details_view(self) -> ResponseReturnValue:
        """Show a record."""
        return RecordPage(self.access).respond()

    @expose("/<number:key>")
    def short_view(self, key: str) -> ResponseReturnValue:
        """Lead to a record."""
        return ShortPage(self.access).respond(key)

    @expose("/preview/", methods=("GET", "POST"))
    def preview_view(self) -> ResponseReturnValue:
        """Show how a text of HTML looks."""
        return PreviewPage(self.access).respond()

    @expose("/file/")
    def file_view(self) -> ResponseReturnValue:
        """Send a file that a record holds."""
        return FilePage(self.access).respond()

    @expose("/new/", methods=("GET", "POST"))
    def create_view(self) -> ResponseReturnValue:
        """Make a record."""
        return FormPage(self.access, "create_view").create()

    @expose("/edit/", methods=("GET", "POST"))
    def edit_view(self) -> ResponseReturnValue:
        """Change a record."""
        return FormPage(self.access, "edit_view").edit()

    @expose("/edit-page/", methods=("GET", "POST"))
    def edit_page_view(self) -> ResponseReturnValue:
        """Change the rows of a page."""
        return PageEdit(self.access, "edit_page_view").respond()

    @expose("/cell/", methods=("GET", "POST"))
    def cell_view(self) -> ResponseReturnValue:
        """Change a cell."""
        return CellEdit(self.access, "cell_view").respond()

    @expose("/presence/", methods=("POST",))
    def presence_view(self) -> ResponseReturnValue:
        """Answer who else has a form open."""
        return PresencePage(self.access).respond()

    @expose("/delete/", methods=("GET", "POST"))
    def delete_view(self) -> ResponseReturnValue:
        """Delete a record."""
        return DeletePage(self.access).respond()

    @expose("/merge/", methods=("GET", "POST"))
    def merge_view(self) -> ResponseReturnValue:
        """Make one record of two."""
        return MergePage(self.access).respond()

    @expose("/duplicates/", methods=("GET", "POST"))
    def duplicates_view(self) -> ResponseReturnValue:
        """List records that may be the same."""
        return DuplicatesPage(self.access).respond()

    @expose("/history/")
    def history_view(self) -> ResponseReturnValue:
        """Show what happened to a record."""
        return HistoryPage(self.access).respond()

    @expose("/version/")
    def version_view(self) -> ResponseReturnValue:
        """Show a version of a record."""
        return VersionPage(self.access).respond()

    @expose("/restore/", methods=("POST",))
    def restore_view(self) -> ResponseReturnValue:
        """Bring a version of a record back."""
        return HistoryPage(self.access).restore()

    @expose("/notes/", methods=("GET", "POST"))
    def notes_view(self) -> ResponseReturnValue:
        """Show the notes on a record, or add one."""
        return NotesPage(self.access).respond()

    @expose("/notes/<number:note>/", methods=("GET", "POST"))
    def note_view(self, note: str) -> ResponseReturnValue:  # noqa: ARG002 -- the page reads it of the address, as when a form is drawn again
        """Change or delete a note of one's own."""
        return NotePage(self.access).respond()

    @expose("/watch/", methods=("POST",))
    def watch_view(self) -> ResponseReturnValue:
        """Watch a record, or stop."""
        return WatchPage(self.access).respond()

    @expose("/import/", methods=("GET", "POST"))
    def import_view(self) -> ResponseReturnValue:
        """Take a file to be imported."""
        return UploadPage(self.access, "import_view").respond()

    @expose("/import/source/", methods=("GET", "POST"))
    def import_source_view(self) -> ResponseReturnValue:
        """Show how a file is read."""
        return ReadingPage(self.access, "import_source_view").respond()

    @expose("/import/columns/", methods=("GET", "POST"))
    def import_columns_view(self) -> ResponseReturnValue:
        """Ask where a file's columns go."""
        return FileColumnsPage(self.access, "import_columns_view").respond(make_import_plan)

    @expose("/import/template.<format_key>")
    def import_template(self, format_key: str) -> ResponseReturnValue:
        """Send a file to be filled in."""
        return template_file(self.access, format_key)

    @expose("/export/<export_type>/")
    def export(self, export_type: str) -> ResponseReturnValue:
        """Send the list as it is."""
        return ExportPage(self.access).at_once(export_type) if export_type in FORMATS else abort(404)

    @expose("/export/", methods=("GET", "POST"))
    def export_page(self) -> ResponseReturnValue:
        """Ask how to export the list, and export it."""
        return ExportPage(self.access, "export_page").respond()

    @expose("/edit-many/", methods=("GET", "POST"))
    def edit_many_view(self) -> ResponseReturnValue:
        """Change fields of many records."""
        return AskingPage(self.access, EditQuestion(self.access)).respond()

    @expose("/replace/", methods=("GET", "POST"))
    def replace_view(self) -> ResponseReturnValue:
        """Find and replace text in many records."""
        return AskingPage(self.access, ReplaceQuestion(self.access)).respond()

    @expose("/give/", methods=("GET", "POST"))
    def give_view(self) -> ResponseReturnValue:
        """Give many records to another one."""
        return AskingPage(self.access, GiveQuestion(self.access)).respond()

    @expose("/delete-many/", methods=("GET", "POST"))
    def delete_many_view(self) -> ResponseReturnValue:
        """Delete many records."""
        return AskingPage(self.access, DeleteQuestion(self.access)).respond()

    @expose("/act/<action>/", methods=("GET", "POST"))
    def act_view(self, action: str) -> ResponseReturnValue:  # noqa: ARG002 -- the page reads it of the address, as when a form is drawn again
        """Run one of the resource's own actions on records."""
        return ActPage(self.access).respond()

    @expose("/plan/", methods=("GET", "POST"))
    def plan_view(self) -> ResponseReturnValue:
        """Show a plan, agree to it, stop it."""
        return PlanPage(self.access).respond()

    @expose("/plan/lines.csv")
    def plan_lines(self) -> ResponseReturnValue:
        """Send a plan's lines."""
        return PlanPage(self.access).lines()

    @expose("/import/corrections/", methods=("GET", "POST"))
    def import_corrections_view(self) -> ResponseReturnValue:
        """Put right what is wrong with a file's rows."""
        return CorrectionsPage(self.access, "import_corrections_view").respond()

    @expose("/import/wrong/")
    def import_wrong(self) -> ResponseReturnValue:
        """Send back the rows of a file that were not imported."""
        return wrong_rows_file(self.access)

    # ---- Flask-Admin's hooks

    @property
    def access(self) -> Access:
        """The current person's access."""
        return access_to(self.resource)

    def is_accessible(self) -> bool:
        """Whether the resource shows in the menu."""
        return self.access.may(Action.LIST)

    def may_open(self, name: str) -> bool:
        """Whether the person has the right that the route requires; if it also requires re-authentication, on this very record."""
        further = self.further_pages.get(name)
        action = ACTIONS[name] if further is None else further.action
        if not self.access.may(action) or not self.resource.judges_records or "id" not in request.args:
            return self.access.may(action)
        record = self.access.find(request.args["id"])
        return record is None or self.access.reaches(record, action)

    @override
    def _handle_view(self, name: str, **arguments: object) -> ResponseReturnValue | None:
        refused = super()._handle_view(name, **arguments)
        is_left = LEAVING in request.form and name in drafts.RECORD_FORMS
        return drafts.keep_left(self._kept_fields(name)) if refused is None and is_left else refused

    def purpose_of(self, name: str) -> str:
        """Say what a route does, in the resource's own nouns."""
        further = self.further_pages.get(name)
        words = PURPOSES.get(name, "") if further is None else further.purpose
        return words.format(a_noun=with_article(self.resource.noun), nouns=self.resource.nouns)

    def back_from_file(self, name: str) -> str:
        """Lead back to the list that is exported."""
        if name == "import_template":
            return link(self.resource, "import_view")
        if name == "summary_file":
            return f"{link(self.resource, 'summary_view')}?{urlencode(drafts.arguments())}"
        return list_exported(self.resource) if name in {"export", "export_page"} else ""

    def answer_to_stranger(self, name: str) -> ResponseReturnValue:
        """Keep a draft for a person whose session has ended, then ask them to sign in."""
        if LEAVING in request.form:
            return drafts.keep_left(self._kept_fields(name))
        if name == "presence_view":
            # Sent on to the sign-in page, a script could replace the cookie of who signs in meanwhile.
            return "", 204
        reauthentication.unwrap(former_staff_id())
        if (fields := self._kept_fields(name)) and (page := drafts.keep(fields, name)) is not None:
            return page
        return super().answer_to_stranger(name)

    def _kept_fields(self, name: str) -> tuple[submitted_fields.Field, ...]:
        """Return what was typed into a form, of the fields that are kept."""
        return submitted_fields.submitted_fields(
            FORMS[name](self.access, name).kept_names() if name in FORMS else set()
        )

    def create_blueprint(self, admin: Admin) -> Blueprint:
        """Add the pages that only this resource has."""
        blueprint: Blueprint = super().create_blueprint(admin)
        for name, page in self.further_pages.items():
            blueprint.add_url_rule(page.path, name, self._further_page(name), methods=page.methods)
        return blueprint

    def _further_page(self, name: str) -> Callable[[], ResponseReturnValue]:
        def further_page() -> ResponseReturnValue:
            refused = self._handle_view(name)
            return self.answered(name, self.further_pages[name].answer) if refused is None else refused

        return further_page

    def get_filters(self) -> list[Operator]:
        """Return the declared filters. `Selection` applies them."""
        return list(self.resource.filters.values())  # type: ignore[arg-type]  # operators are Flask-Admin's filters

    @override
    def get_filter_arg(self, index: int, flt: Operator) -> str:
        """Name a filter by what it does, not by its place in a list."""
        return next(key for key, operator in self.resource.filters.items() if operator is flt)

    def _prettify_name(self, name: str) -> str:
        """Turn a column's name into a label in sentence case; Flask-Admin Capitalises Every Word."""
        return label(name)
