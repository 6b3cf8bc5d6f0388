"""Column kinds on pages: one file per kind, and the lookup of a column's kind."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import inspect as inspect_mapper

from admin_app.db.attributes import stored_columns
from admin_app.db.record import Record
from admin_app.db.unreadable import Unreadable
from admin_app.errors import ConfigurationError
from admin_app.extensions import AnyColumn, Attribute, TableColumn
from admin_app.kinds import kind_of, kind_of_value, name_of_kind, require_kind
from admin_app.kinds.base import AnyKind
from admin_app.panel.kinds.array import ArrayPanel, TagsPanel
from admin_app.panel.kinds.base import PanelKind, text_cell
from admin_app.panel.kinds.binary import BinaryPanel
from admin_app.panel.kinds.boolean import BooleanPanel
from admin_app.panel.kinds.choice import ChoicePanel
from admin_app.panel.kinds.country import CountryPanel
from admin_app.panel.kinds.date import DatePanel
from admin_app.panel.kinds.datetime import DateTimePanel, LocalDateTimePanel
from admin_app.panel.kinds.file import FilePanel, ImagePanel
from admin_app.panel.kinds.formatted import (
    ColourPanel,
    CurrencyPanel,
    EmailPanel,
    IpPanel,
    NetworkPanel,
    PhonePanel,
    UrlPanel,
)
from admin_app.panel.kinds.interval import IntervalPanel
from admin_app.panel.kinds.json import JsonPanel
from admin_app.panel.kinds.key_parts import KeyPartsPanel
from admin_app.panel.kinds.markdown import MarkdownPanel
from admin_app.panel.kinds.money import MoneyPanel
from admin_app.panel.kinds.network import CidrPanel, InetPanel, MacPanel
from admin_app.panel.kinds.number import DecimalPanel, FloatPanel, WholeNumberPanel
from admin_app.panel.kinds.other import OtherPanel
from admin_app.panel.kinds.string_set import StringSetPanel
from admin_app.panel.kinds.text import LongTextPanel, TextPanel
from admin_app.panel.kinds.time import TimePanel
from admin_app.panel.kinds.unreadable import UnreadablePanel
from admin_app.panel.kinds.uuid import UuidPanel
from admin_app.panel.operators.base import Operator
from admin_app.panel.view_models import Cell, CellKind
from admin_app.relations import relation_of, relations_of

# Searched in this order: a special case comes before the general kind.
PANEL_KINDS: tuple[PanelKind, ...] = (
    EmailPanel(),
    UrlPanel(),
    PhonePanel(),
    ColourPanel(),
    CountryPanel(),
    IpPanel(),
    NetworkPanel(),
    CurrencyPanel(),
    MarkdownPanel(),
    ImagePanel(),
    FilePanel(),
    MoneyPanel(),
    TagsPanel(),
    ArrayPanel(),
    StringSetPanel(),
    ChoicePanel(),
    BooleanPanel(),
    DateTimePanel(),
    LocalDateTimePanel(),
    DatePanel(),
    TimePanel(),
    IntervalPanel(),
    UuidPanel(),
    WholeNumberPanel(),
    FloatPanel(),
    DecimalPanel(),
    JsonPanel(),
    LongTextPanel(),
    TextPanel(),
    BinaryPanel(),
    InetPanel(),
    CidrPanel(),
    MacPanel(),
    KeyPartsPanel(),
    UnreadablePanel(),
    OtherPanel(),
)


def panel_kind_of(column: AnyColumn) -> PanelKind:
    """Return the panel kind of a column of a model that passed `require_known`."""
    kind = type(kind_of(column))
    found = _panel_kind(kind)
    assert found is not None, kind  # noqa: S101 -- for mypy
    return found


def require_known(model: type[Record]) -> None:
    """Raise `ConfigurationError` for a column whose kind has no panel kind, or for an unknown relation."""
    for name, attribute in inspect_mapper(model).column_attrs.items():
        column: TableColumn = attribute.columns[0]
        require_kind(column, f"{model.__name__}.{name}")
        kind = type(kind_of(column))
        if _panel_kind(kind) is None:
            message = (
                f"{model.__name__}.{name} is of the kind {kind.name}: add a panel kind for it in admin_app/panel/kinds."
            )
            raise ConfigurationError(message)
        if (beside := beside_of(column)) and beside not in stored_columns(model):
            message = (
                f"{model.__name__}.{name} names {beside}, which is neither a currency nor a column of {model.__name__}."
            )
            raise ConfigurationError(message)
    relations_of(model)


def operators_of(attribute: Attribute, label: str, relation: Attribute | None = None) -> list[Operator]:
    """Return the filter operators of a column, with its label; `relation` leads to the column's model if that is another one."""
    if relation is not None and relation_of(relation).is_many:
        message = f"{relation} leads to many records: lists cannot be filtered by a column of theirs."
        raise ConfigurationError(message)
    made = [operator(attribute, label) for operator in panel_kind_of(attribute).operators]
    for one in made:
        one.relation = relation
    return [one for one in made if one.fits()]


def cell_kind_of(attribute: AnyColumn) -> CellKind:
    """Return how a list draws a column; a computed attribute is text."""
    return panel_kind_of(attribute).drawn_as(attribute) if hasattr(attribute, "type") else CellKind.TEXT


def cell_width_of(attribute: AnyColumn) -> str:
    """Return the width of a column in a list; a computed attribute is as wide as text."""
    return panel_kind_of(attribute).width(attribute) if hasattr(attribute, "type") else CellKind.TEXT.value


def value_cell(value: object, *, is_whole: bool) -> Cell:
    """Draw a plain value by its kind; a long text is cut unless `is_whole`."""
    if value is None:
        return Cell(CellKind.NULL, "—", "No value")
    kind = kind_of_value(type(value))
    found = None if kind is None else _panel_kind(kind)
    if found is None:
        return text_cell(str(value), is_whole=is_whole)
    return found.cell(value) if is_whole else found.glimpse(value)


def column_cell(attribute: AnyColumn | None, value: object, *, is_whole: bool) -> Cell:
    """Draw a value as its column's kind does if the column names one, else by the value's type."""
    return column_drawing(attribute, is_whole=is_whole)(value)


def column_drawing(attribute: AnyColumn | None, *, is_whole: bool) -> Callable[[object], Cell]:
    """Return the function that draws values of a column."""
    is_named = attribute is not None and (bool(name_of_kind(attribute)) or _is_json(attribute))

    def draw(value: object) -> Cell:
        is_special = is_named and not isinstance(value, Unreadable)
        if value is None or attribute is None or not (is_special or isinstance(value, list)):
            return value_cell(value, is_whole=is_whole)
        cell = panel_kind_of(attribute).cell_in(attribute, value)
        return text_cell(cell.text, is_whole=is_whole)._replace(url=cell.url) if cell.kind is CellKind.TEXT else cell

    return draw


def _is_json(attribute: AnyColumn) -> bool:
    """Whether the spelling of a value says more than the value: "5" is a text, 5 a number."""
    return hasattr(attribute, "type") and isinstance(panel_kind_of(attribute), JsonPanel)


def beside_of(attribute: AnyColumn | None) -> str:
    """Return the name of the column that this one's cells also need, such as a currency; "" for none."""
    is_named = attribute is not None and bool(name_of_kind(attribute))
    return panel_kind_of(attribute).beside(attribute) if attribute is not None and is_named else ""


def _panel_kind(kind: AnyKind) -> PanelKind | None:
    if kind not in _BY_KIND:
        _BY_KIND[kind] = next((one for one in PANEL_KINDS if issubclass(kind, one.kind)), None)
    return _BY_KIND[kind]


_BY_KIND: dict[AnyKind, PanelKind | None] = {}
