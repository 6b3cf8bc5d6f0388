"""Declarations of Flask-Admin that a resource does not support: each stops the start with a line that says what to write instead.

docs/flask-admin.md has the whole table, with those that mean the same here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches

from sqlalchemy import CHAR

from admin_app.db.attributes import hybrids, stored_columns
from admin_app.db.versions import LEGACY
from admin_app.errors import ConfigurationError
from admin_app.panel.resource import Resource


def _all(names: str, advice: str) -> dict[str, str]:
    return dict.fromkeys(names.split(), advice)


REFUSED: Mapping[str, str] = {
    **_all("column_exclude_list", "Name the columns that a list has in column_list."),
    **_all("column_details_exclude_list", "Name the facts that a page has in column_details_list."),
    **_all("form_excluded_columns", "Name the fields that a form has in form_columns."),
    **_all(
        "column_export_list column_export_exclude_list", "People choose what a file has, of what lists and forms have."
    ),
    **_all(
        "column_formatters_export column_formatters_detail",
        "Files and pages show a value as it is. Use column_formatters for lists.",
    ),
    **_all(
        "column_type_formatters column_type_formatters_export column_type_formatters_detail",
        "Add a kind: see docs/kinds.md.",
    ),
    **_all("column_extra_row_actions column_display_actions action_disallowed_list", "Use row_actions and actions."),
    **_all("column_select_related_list column_auto_select_related", "Lists load what they show by themselves."),
    **_all("column_display_pk column_display_all_relations ignore_hidden", "Name what a list has in column_list."),
    **_all("can_view_details", "Take Action.VIEW out of roles."),
    **_all(
        "can_set_page_size page_size page_size_options simple_list_pager", "People choose how many rows a page has."
    ),
    **_all("export_max_rows export_types", "A file is complete, and people choose its format."),
    **_all("form_rules form_create_rules form_edit_rules", "A form has the order of form_columns."),
    **_all("form_ajax_refs", "Every relation is looked up already."),
    **_all(
        "form form_optional_types inline_models",
        "A form has form_columns and form_extra_fields; shape_form changes it.",
    ),
    **_all("filter_converter named_filter_urls", "A column's kind has its filters, under names."),
    **_all("fast_mass_delete", "Every deletion is recorded."),
    **_all("create_modal edit_modal details_modal", "Every page has an address of its own."),
    **_all(
        "list_template create_template edit_template details_template create_modal_template edit_modal_template details_modal_template extra_css extra_js",
        "The pages have templates of ours; add a page in further_pages.",
    ),
    **_all("on_model_change", "Use before_save."),
    **_all("after_model_change", "Use after_save."),
    **_all("on_model_delete after_model_delete", "Use before_delete."),
    **_all("on_form_prefill create_form edit_form get_form scaffold_form", "Use shape_form."),
    **_all("get_query get_count_query", "Use row_rules: roles can be limited to them."),
    **_all("is_accessible is_visible inaccessible_callback is_action_allowed", "Roles say who may do what."),
    **_all(
        "get_actions_list get_list_row_actions action_view action_delete handle_action",
        "Use row_actions and bulk_actions.",
    ),
}


# Prefixes of declarations, and how similar a name must be to one to count as a misspelling: with such a prefix, and without.
BEGINNINGS = ("column_", "form_", "can_")
NEAR, ALIKE = 0.6, 0.9
# Fields that a form sends besides its columns.
OWN_FIELDS = frozenset(
    {
        *("csrf_token", "proof_password", "proof_typed", "passkey", "passkey_question", "passkey_name"),
        *("_version", "_seen", "_once", "_draft", "_discard", "_leaving", "_left", "_next", "_doubts"),
        *("_save", "_continue_editing", "_add_another", "_columns"),
    }
)


def require_declarations(resource: Resource) -> None:
    """Raise `ConfigurationError` for the first declaration that has no effect here, or another one than in Flask-Admin."""
    problem = next(_problems(resource), None)
    if problem is not None:
        name, advice = problem
        message = f"{type(resource).__name__}.{name} is not supported as it stands. {advice}"
        raise ConfigurationError(message)


def _problems(resource: Resource) -> Iterator[tuple[str, str]]:
    own = [
        name
        for cls in type(resource).__mro__
        if issubclass(cls, Resource) and cls is not Resource
        for name in vars(cls)
    ]
    yield from ((name, REFUSED[name]) for name in own if name in REFUSED)
    yield from _unknown(own)
    if any(not isinstance(one, str) for one in resource.column_filters):
        yield "column_filters", "Name columns: each has the filters of its kind."
    if isinstance(resource.column_default_sort, list) and len(resource.column_default_sort) not in (1, 2):
        yield (
            "column_default_sort",
            "Name one column, or two: then rows that are equal follow each other by their number.",
        )
    if strange := [name for name in resource.form_columns if name in OWN_FIELDS]:
        advice = f'Every form sends a {strange[0]} of its own: write own_{strange[0].lstrip("_")} = mapped_column("{strange[0]}").'
        yield "form_columns", advice
    known = {*resource.columns_and_relations(), *hybrids(resource.model)}
    for declared, names in _lists(resource):
        if strange := [name for name in names if name not in known]:
            yield declared, f"{resource.model.__name__} has no {strange[0]}."
    if strange := [name for name in resource.column_editable_list or () if name not in resource.form_columns]:
        yield "column_editable_list", f"Name {strange[0]} in form_columns too."
    if strange := [name for name in resource.column_searchable_list if _has_no_index(resource, name)]:
        yield "column_searchable_list", f"PostgreSQL has no search index for CHAR: make {strange[0]} a String."
    for name, arguments in resource.form_widget_args.items():
        if inline := [key for key in arguments if key == "style" or key.startswith("on")]:
            yield "form_widget_args", f"Nothing is inline here: take {inline[0]} of {name} out."


def _has_no_index(resource: Resource, name: str) -> bool:
    """Whether a searched column of the model's own would need an index that PostgreSQL does not have."""
    column = stored_columns(resource.model).get(name)
    return column is not None and isinstance(column.type, CHAR) and not column.table.info.get(LEGACY)


def _unknown(own: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yield names that begin like a declaration, or are spelled nearly like one, and are none."""
    known = [name for name in dir(Resource) if not name.startswith("_")]
    for name in own:
        nearest = get_close_matches(name, known, 1, NEAR if name.startswith(BEGINNINGS) else ALIKE)
        if not name.startswith("_") and name not in {*known, *REFUSED} and (nearest or name.startswith(BEGINNINGS)):
            yield name, f"Write {nearest[0]}." if nearest else "Nothing reads it."


def _lists(resource: Resource) -> Iterator[tuple[str, Iterable[str]]]:
    """Yield the declarations that name columns of the model."""
    for declared in ("column_details_list", "column_editable_list", "column_choices", "form_choices"):
        yield declared, getattr(resource, declared) or ()
