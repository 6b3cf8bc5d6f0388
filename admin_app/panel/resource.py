"""`Resource`: the declaration of one model's place in the dashboard, and what follows from it for everyone."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from inspect import signature
from typing import ClassVar

from flask.typing import ResponseReturnValue
from sqlalchemy import bindparam, select
from sqlalchemy import inspect as inspect_mapper
from wtforms import Field, Form

from admin_app import formatting
from admin_app.db.attributes import followed_columns, is_computed, stored_columns
from admin_app.db.endpoints import endpoint_of
from admin_app.db.keys import key_names
from admin_app.db.ordering import Likeness
from admin_app.db.record import Record
from admin_app.domain.naming import name_records
from admin_app.domain.permissions.policy import Action
from admin_app.domain.permissions.principal import AnyPrincipal
from admin_app.domain.records.deletion import dependent_names
from admin_app.domain.records.rules import is_read_only
from admin_app.extensions import Statement
from admin_app.formatting import sentence_case
from admin_app.kinds import kind_of
from admin_app.kinds.file import FileKind
from admin_app.kinds.markdown import MarkdownKind
from admin_app.panel.archiving import archiving_actions
from admin_app.panel.card import Card, Newest
from admin_app.panel.paths import Path, attribute_at, known_to_sql, require_order
from admin_app.panel.row_action import RowAction
from admin_app.panel.view_models import Link, Section
from admin_app.relations import Relation, relations_of
from admin_app.selection.list_schema import Filter, ListSchema, SearchColumn, SortKey

# Every record has this column.
CREATED_AT = "created_at"
# The actions that are closed for read-only records.
WRITING = frozenset({Action.CREATE, Action.EDIT, Action.DELETE, Action.IMPORT, Action.BULK, Action.UNDO})
# The menu's heading for resources that name no other.
CONTENT = "Content"
# The view that merges two records.
MERGE = "merge_view"
# The declaration of the sort columns.
SORTS = "column_sortable_list"
# The view of every resource's own actions.
ROW_ACTION_VIEW = "act_view"


@dataclass(frozen=True)
class RowRule:
    """A row rule that a role can have: it limits a person to the rows that these filters match, written as in a URL."""

    label: str
    filters: Callable[[AnyPrincipal], Mapping[str, str]]
    # The rows in words, for the limited person: "your own posts". Without it the label is quoted.
    yours: str = ""
    # The rows in words, for others: "their own posts".
    theirs: str = ""
    # The person's detail that the filters compare, for people who find no rows: "those of the user with your email,
    # ann@example.com".
    told_by: Callable[[AnyPrincipal], str] | None = None


@dataclass(frozen=True)
class RecordForms:
    """The forms that Flask-Admin built for a model: of a new record, and of an existing one."""

    create: type[Form]
    edit: type[Form]

    def fields(self) -> Iterator[Field]:
        """Yield the fields of both forms."""
        for form in (self.create(), self.edit()):
            yield from form


@dataclass(frozen=True)
class FurtherPage:
    """A page about a record that only this resource has. `purpose` says what it does, for the page of re-authentication.

    With `is_retried` its POST is tried again if its transaction conflicts with another; anything that it does outside of
    its transaction must then come last.
    """

    path: str
    action: Action
    purpose: str
    answer: Callable[[], ResponseReturnValue]
    methods: tuple[str, ...] = ("GET", "POST")
    is_retried: bool = False


@dataclass(frozen=True)
class BulkAction:
    """An action on rows of a list. `view` carries it out, or asks how, for the rows in its address; `verb` labels its buttons.

    With `is_plan` it changes records by a plan, and needs `Action.BULK`, the right to write the columns `writes`, and
    the right to write at least one of `fields`; `further` are other required rights. `is_for` says which resources
    have the action, and `asks` for which of them it asks a question before its plan, so that its button ends with "…".
    Actions with `is_danger` come last.
    """

    view: str
    verb: str
    action: Action
    is_plan: bool = False
    further: tuple[Action, ...] = ()
    is_for: Callable[[Resource], bool] = lambda _resource: True
    writes: tuple[str, ...] = ()
    fields: Callable[[Resource], Collection[str]] | None = None
    is_danger: bool = False
    asks: Callable[[Resource], bool] = lambda _resource: False

    @property
    def actions(self) -> tuple[Action, ...]:
        """The rights that the action needs."""
        return (self.action, *self.further, *((Action.BULK,) if self.is_plan else ()))

    def words_for(self, resource: Resource) -> str:
        """Return the label of its button."""
        return f"{self.verb}…" if self.asks(resource) else self.verb


class Resource:
    """The declaration of one model's place in the dashboard.

    A subclass names its `model`, `column_list`, `form_columns` and, as wanted, `column_further_list` (what a person may add),
    `column_searchable_list`, `column_sortable_list`, `column_filters`, `column_default_sort` and `column_labels`, all as
    Flask-Admin knows them. The methods at the end are hooks for resources that behave differently.
    """

    model: ClassVar[type[Record]]
    # The singular and the plural for its records; by default the model's name, and that with an s.
    noun: str = ""
    nouns: str = ""
    description: ClassVar[str] = ""
    # Whether the command line can import and export its records.
    can_transfer: ClassVar[bool] = True
    # The resource's place in the menu: its heading, its order (smaller comes first), and its icon.
    menu_group: ClassVar[str] = CONTENT
    menu_order: ClassVar[int] = 100
    icon: ClassVar[str] = "table-2"
    # The actions that its pages offer, each with a right.
    actions: ClassVar[frozenset[Action]] = frozenset(Action)
    # Views that require a recent re-authentication.
    proof_for: ClassVar[frozenset[str]] = frozenset()
    # The bulk actions on rows of the list, selected ones or all; a bulk action of its own needs a further page.
    bulk_actions: ClassVar[tuple[BulkAction, ...]] = (
        BulkAction("edit_many_view", "Change…", Action.EDIT, is_plan=True, fields=lambda one: one.changeable()),
        BulkAction("give_view", "Give to…", Action.EDIT, is_plan=True, is_for=lambda one: bool(one.givers())),
        BulkAction("replace_view", "Find and replace…", Action.EDIT, is_plan=True, fields=lambda one: one.texts()),
        BulkAction("export_page", "Export", Action.EXPORT),
        BulkAction(MERGE, "Merge", Action.DELETE, further=(Action.EDIT,), is_for=lambda one: one.is_open_to_bulk),
        BulkAction(
            "delete_many_view",
            "Delete",
            Action.DELETE,
            is_plan=True,
            is_danger=True,
            asks=lambda one: bool(dependent_names(one.model)),
        ),
    )
    # Its own row actions, offered in the list, in each row and on the record's page.
    row_actions: ClassVar[tuple[RowAction, ...]] = ()
    # Its cards on the home page.
    cards: ClassVar[tuple[Card, ...]] = (Newest(),)
    # Whether a bulk change needs a reason, which the history keeps.
    needs_reason: ClassVar[bool] = False
    # Whether rights depend on more than rows and fields: `withheld` then returns the records that an action is closed for.
    judges_records: ClassVar[bool] = False

    column_list: Sequence[str] = ()
    column_further_list: Collection[str] = ()
    column_searchable_list: Sequence[str] = ()
    column_sortable_list: Sequence[str | tuple[str, str]] = ()
    column_filters: Sequence[str] = ()
    # The filters that the list's bar shows as buttons, at most two; by default the first relation and the first time among the filters.
    promoted: Sequence[str] | None = None
    column_default_sort: str | tuple[str, bool] | list[tuple[str, bool]] = ("id", True)
    column_labels: Mapping[str, str] = {}
    # Formatters of a list's cells. The form, the record's page and exports show the value itself.
    column_formatters: Mapping[str, Callable[..., object]] = {}
    # The labels of a column's values, in lists and pages.
    column_choices: Mapping[str, Sequence[tuple[object, str]]] = {}
    # Descriptions of columns, in the head of a list and in the form.
    column_descriptions: Mapping[str, str] = {}
    # The facts on the record's page, in this order; by default all.
    column_details_list: Sequence[str] = ()
    # The columns that can be edited in the list, among those that list and form share; None: all.
    column_editable_list: Sequence[str] | None = None
    # Actions that are closed for everybody, whatever their roles say.
    can_create: ClassVar[bool] = True
    can_edit: ClassVar[bool] = True
    can_delete: ClassVar[bool] = True
    can_export: ClassVar[bool] = True
    form_columns: Sequence[str] = ()
    # Text columns that may hold HTML: a form shows a preview.
    html_columns: Collection[str] = ()
    form_overrides: Mapping[str, type[Field]] = {}
    form_args: Mapping[str, Mapping[str, object]] = {}
    form_extra_fields: Mapping[str, object] = {}
    # Columns with a select in the form, and its choices; attributes of the inputs.
    form_choices: Mapping[str, Sequence[tuple[object, str]]] = {}
    form_widget_args: Mapping[str, Mapping[str, object]] = {}
    # The short texts by which two records may be duplicates, and how they are compared.
    duplicate_keys: ClassVar[Mapping[str, Likeness]] = {}
    # The columns with personal data, which an owner can have erased.
    personal: ClassVar[Sequence[str]] = ()
    # The row rules, by the names that roles store.
    row_rules: ClassVar[Mapping[str, RowRule]] = {}

    # The further pages, by the names of their views.
    further_pages: ClassVar[Mapping[str, FurtherPage]] = {}

    # Set when the dashboard is built: each field's filters, and the forms.
    filters_by_name: Mapping[str, Sequence[Filter]]
    forms: RecordForms

    def __init__(self) -> None:
        """Register the nouns for the records."""
        self.endpoint = endpoint_of(self.model)
        self.noun = self.noun or self.model.__name__.lower()
        self.nouns = self.nouns or formatting.plural_of(self.noun)
        name_records(self.model, self.noun, self.nouns)

    @property
    def plural(self) -> str:
        """The resource's title, "Posts"."""
        return sentence_case(self.nouns)

    @property
    def is_guarded(self) -> bool:
        """Whether a right to all resources leaves this one out."""
        return self.model.__guarded__

    @property
    def is_open_to_bulk(self) -> bool:
        """Whether many records may be changed at once: not if a hook has to check each before it is saved or deleted."""
        judging = ("before_save", "before_delete", "shape_form")
        own = type(self)
        return not self.judges_records and all(getattr(own, name) is getattr(Resource, name) for name in judging)

    @property
    def can_import(self) -> bool:
        """Whether a file can be imported: only if no hook has to check each record."""
        return self.can_transfer and self.is_open_to_bulk and not self.model.__read_only__

    @property
    def offered_actions(self) -> frozenset[Action]:
        """The actions that its pages offer, without the closed ones."""
        closed = set() if self.is_open_to_bulk else {Action.BULK}
        return self.actions - self.closed_actions - closed - (set() if self.can_import else {Action.IMPORT})

    @cached_property
    def closed_actions(self) -> frozenset[Action]:
        """The actions that Flask-Admin's declarations such as `can_delete = False` close for everybody."""
        told = (
            (self.can_create, (Action.CREATE, Action.IMPORT)),
            (self.can_edit, (Action.EDIT, Action.BULK)),
            (self.can_delete, (Action.DELETE,)),
            (self.can_export, (Action.EXPORT,)),
        )
        read_only = WRITING if self.model.__read_only__ else ()
        return frozenset([*read_only, *(action for may, actions in told if not may for action in actions)])

    # ---- its columns and relations

    def label(self, name: str) -> str:
        """Return the label of a column."""
        return self.column_labels.get(name) or formatting.label(name)

    @cached_property
    def relations(self) -> Mapping[str, Relation]:
        """The model's relations by their names."""
        return relations_of(self.model)

    def givers(self) -> list[str]:
        """Return the form's relations by which a record belongs to another one and can be given to a third."""
        found = self.relations
        own = {name for name, one in found.items() if not one.is_many and (one.is_plain or not one.is_view)}
        return [name for name in self.form_columns if name in own]

    @cached_property
    def key_fields(self) -> frozenset[str]:
        """The fields that never change, as history and URLs rely on them: the key, and relations that share a column with it."""
        keys = key_names(self.model)
        leading = (name for name, one in self.relations.items() if not one.is_many and {*one.own_names} & {*keys})
        return frozenset([*keys, *leading])

    @cached_property
    def fixed_fields(self) -> frozenset[str]:
        """The fields that only the form of a new record has: `key_fields`, and columns whose change the database would pass on to other records."""
        return self.key_fields | followed_columns(self.model)

    def is_read_only(self, name: str) -> bool:
        """Whether this is a column that no form changes."""
        plain = stored_columns(self.model)
        return is_computed(self.model, name) or (name in plain and is_read_only(plain[name]))

    def changeable(self) -> list[str]:
        """Return the form's fields that are the record's own: columns and to-one relations."""
        plain = inspect_mapper(self.model).column_attrs
        own = [name for name in self.form_columns if name in plain or name in self.givers()]
        return [name for name in own if not self.is_read_only(name) and name not in self.fixed_fields]

    def texts(self) -> list[str]:
        """Return the changeable fields that hold free text."""
        plain = stored_columns(self.model)
        found = [name for name in self.changeable() if name in plain]
        return [name for name in found if kind_of(plain[name]).normaliser is not None]

    def is_markdown(self, name: str) -> bool:
        """Whether a column holds Markdown."""
        plain = stored_columns(self.model)
        return name in plain and isinstance(kind_of(plain[name]), MarkdownKind)

    @cached_property
    def file_columns(self) -> Mapping[str, FileKind]:
        """The columns that hold files, by their names."""
        kinds = ((name, kind_of(column)) for name, column in stored_columns(self.model).items())
        return {name: kind for name, kind in kinds if isinstance(kind, FileKind)}

    def previewed(self) -> list[str]:
        """Return the columns that a page shows with a preview."""
        return [*self.html_columns, *(name for name in self.form_columns if self.is_markdown(name))]

    def offered_bulk_actions(self) -> list[BulkAction]:
        """Return the bulk actions that these records have, the dangerous ones last."""
        own = (_as_bulk_action(one) for one in self.acts)
        found = [
            one for one in (*self.bulk_actions, *own) if one.is_for(self) and (one.fields is None or one.fields(self))
        ]
        return sorted((one for one in found if self.is_open_to_bulk or not one.is_plan), key=lambda one: one.is_danger)

    @property
    def acts(self) -> Sequence[RowAction]:
        """Its own row actions, and those of its model's archive."""
        return (*self.row_actions, *archiving_actions(self.model))

    def row_action(self, name: str) -> RowAction | None:
        """Return the row action with this name."""
        return next((one for one in self.acts if one.name == name), None)

    def relation(self, name: str) -> Relation | None:
        """Return the model's relation of this name, if it is one."""
        return self.relations.get(name)

    def is_to_many(self, name: str) -> bool:
        """Whether this name is a to-many relation whose records are counted, not named."""
        relation = self.relation(name)
        return relation is not None and relation.is_many and not relation.is_links

    def is_links(self, name: str) -> bool:
        """Whether this name is a relation whose linked records are a field of the record."""
        relation = self.relation(name)
        return relation is not None and relation.is_links

    def attribute(self, path: str) -> Path:
        """Return the attribute that a dotted path names, and the relation that leads to it."""
        return attribute_at(self.model, path)

    def known_to_sql(self, path: str, declared: str) -> Path:
        """Return the attribute that a dotted path names; raise `ConfigurationError` if SQL cannot use it. `declared` is the declaration that names it."""
        return known_to_sql(self.model, path, place=f"{type(self).__name__}.{declared}", is_sort=declared == SORTS)

    @cached_property
    def by_key(self) -> Statement:
        """The statement that reads the record with a `key`, and the records that it belongs to, which its pages name.

        It is built once: building it takes as long as running it, a tenth of a form's time.
        """
        # Links are left out: each needs a statement of its own, which the code that shows them runs.
        along = [option for one in self.relations.values() if not one.is_links for option in one.load()]
        return select(self.model).where(self.model.id == bindparam("key")).options(*along)

    @cached_property
    def filters(self) -> Mapping[str, Filter]:
        """The declared filters by their keys, "name__contains"."""
        return by_key(self.filters_by_name)

    def searched(self) -> dict[str, SearchColumn]:
        """Return the columns that `column_searchable_list` names; each gets its index by the next migration."""
        return {name: self._search_column(name) for name in self.column_searchable_list}

    @cached_property
    def list_schema(self) -> ListSchema:
        """Return what the resource declares that lists offer."""
        return ListSchema(
            model=self.model,
            search=self.searched(),
            sorts=self._sorts(),
            filters=self.filters,
            default_sort=self._default_sorts()[0],
            default_then=self._default_sorts()[1],
        )

    def _default_sorts(self) -> tuple[str, str]:
        """Read `column_default_sort`: a name, a pair of a name and whether it is descending, or a list of one or two of these."""
        declared = self.column_default_sort
        ones = declared if isinstance(declared, list) else [declared]
        pairs = [(one, False) if isinstance(one, str) else one for one in ones]
        names = [f"-{name}" if is_descending else name for name, is_descending in pairs]
        return names[0], "".join(names[1:2])

    def columns_and_relations(self) -> list[str]:
        """Return the names of all mapped attributes."""
        return list(inspect_mapper(self.model).attrs.keys())

    def formatted(self, name: str, record: Record) -> object:
        """Call a formatter of `column_formatters`: with the record, or as Flask-Admin does, with the view first."""
        formatter = self.column_formatters[name]
        return formatter(self, None, record, name) if name in self._formatted_as_theirs else formatter(record)

    @cached_property
    def _formatted_as_theirs(self) -> frozenset[str]:
        theirs = len(("view", "context", "model", "name"))
        return frozenset(
            name for name, one in self.column_formatters.items() if len(signature(one).parameters) == theirs
        )

    def newest_schema(self) -> ListSchema:
        """Return the schema whose default sort is the home page's order of newest records, so that the order gets an index."""
        sorts = {CREATED_AT: SortKey(self.model.created_at)} if self.has_times else {}
        return ListSchema(self.model, sorts=sorts, default_sort="id")

    @property
    def has_times(self) -> bool:
        """Whether its records have a creation time."""
        return CREATED_AT in inspect_mapper(self.model).column_attrs

    def ruled_fields(self) -> list[str]:
        """Return the fields that a role may hide or make read-only: those of the form and the lists, without the key."""
        names = dict.fromkeys([*self.form_columns, *self.column_list, *self.column_further_list])
        return [name for name in names if "." not in name and name not in {"id", *self.key_fields}]

    def _sorts(self) -> dict[str, SortKey]:
        """Read `column_sortable_list`: names, or (name, "relation.column") for a column that sorts by another."""
        plain = stored_columns(self.model)
        declared = self.column_sortable_list or [
            name for name in self.column_list if name in plain and kind_of(plain[name]).is_ordered
        ]
        pairs = [
            ("id", "id"),
            *((name, name) for name in (CREATED_AT if self.has_times else "", self.model.__position__) if name),
            *(one if isinstance(one, tuple) else (one, one) for one in declared),
        ]
        return {name: self._sort_key(path) for name, path in pairs}

    def _search_column(self, path: str) -> SearchColumn:
        return SearchColumn(*self.known_to_sql(path, "column_searchable_list"))

    def _sort_key(self, path: str) -> SortKey:
        found = SortKey(*self.known_to_sql(path, SORTS))
        require_order(found, path, place=f"{type(self).__name__}.{SORTS}")
        return found

    # ---- hooks for a resource that behaves differently

    def as_called(self, name: str, value: object) -> object:
        """Return the label of a column's value if the table holds a key or a code for it; otherwise the value."""
        return value

    def record_links(self, record: Record) -> Sequence[Link]:
        """Return links to further pages about the record, for the head of its page."""
        return ()

    def record_sections(self, record: Record) -> Sequence[Section]:
        """Return the sections of a record's page below its facts."""
        return ()

    def fill_copy(self, form: Form, title: str) -> None:
        """Set the values in which a copy of the record with this title differs, and remove those that may not be copied."""

    def withheld(self, records: Sequence[Record], action: Action) -> Collection[int]:
        """Return the keys of the records that the current person may not do this with, whatever their row rules say."""
        return ()

    def shape_form(self, form: Form, *, is_new: bool) -> None:
        """Change the form before it is filled."""

    def before_save(self, form: Form, record: Record, *, is_created: bool) -> None:
        """Check and complete a record that is about to be saved; raise an `AdminError` if it may not be saved."""

    def before_delete(self, record: Record) -> None:
        """Raise an `AdminError` if a record may not be deleted."""

    def after_save(self) -> str:
        """Run after a save; return a sentence for the message, "" for none."""
        return ""

    def next_step(self, record: Record) -> tuple[str, str] | None:
        """Return a sentence about the next step after saving the record, and its address; None if there is no such step."""
        return None

    def saving_note(self, record: Record) -> str:
        """Return a note for the form about a side effect of saving; "" for none."""
        return ""


def _as_bulk_action(one: RowAction) -> BulkAction:
    """Return a resource's own action as a bulk action. Its view is "act_view/NAME": the part after the slash ends the URL."""
    verb = f"{one.label}…" if one.asks else one.label
    return BulkAction(f"{ROW_ACTION_VIEW}/{one.name}", verb, one.needs, is_plan=True, writes=one.writes)


def by_key(filters_by_name: Mapping[str, Sequence[Filter]]) -> dict[str, Filter]:
    """Return filters under their keys in addresses, "name__contains"."""
    return {f"{name}__{one.slug}": one for name, filters in filters_by_name.items() for one in filters}
