"""Lists: a text area with one item per line, or tags separated by commas; filters for single items."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from sqlalchemy import ColumnElement, literal, or_
from wtforms.widgets import TextArea, TextInput

from admin_app.db.list_of import HasItem
from admin_app.extensions import AnyColumn, Expression, TableColumn
from admin_app.kinds.array import ArrayKind, TagsKind, item_type
from admin_app.kinds.choice import ChoiceKind
from admin_app.panel.kinds.base import Arguments, PanelKind, text_cell
from admin_app.panel.operators.base import Operator
from admin_app.panel.operators.equality import Empty
from admin_app.panel.typed_fields import TypedField
from admin_app.panel.view_models import Cell, Hidden, OperatorChoice


class HasThis(Operator):
    """The list includes the item."""

    slug, words = "has", "includes"

    def clean(self, value: str) -> object:
        """Read one item."""
        try:
            return ArrayKind(self.column).items_of([value.strip()])[0]
        except ValueError as error:
            message = f"Each {error}"
            raise ValueError(message) from error

    def choices(self) -> tuple[Hidden, ...]:
        """Return the choices of the items, if they have a fixed set."""
        item = ArrayKind(self.column).item
        words = item.members if isinstance(item, ChoiceKind) else ()
        return tuple((word, word.replace("_", " ").capitalize()) for word in words)

    def operators(self) -> tuple[OperatorChoice, ...]:
        """Offer a select if the items have a fixed set."""
        return (OperatorChoice(self.slug, self.words, "select" if self.choices() else self.input_type, self.hint),)

    def condition(self, column: Expression, value: object) -> ColumnElement[bool]:
        """Search the items."""
        return HasItem(column, literal(value, item_type(self.column.type)))


class HasNotThis(HasThis):
    """The list doesn't include the item; a missing list counts too."""

    slug, words = "has_not", "does not include"
    holds_for_nothing = True

    def condition(self, column: Expression, value: object) -> ColumnElement[bool]:
        """Include NULL."""
        return or_(~super().condition(column, value), column.is_(None))


class ArrayField(TypedField):
    """One item per line."""

    kind: ClassVar[str] = ArrayKind.name
    widget: Any = TextArea()
    between: ClassVar[str] = "\n"
    advice = "Enter one per line."

    def __init__(self, *args: Any, of: ArrayKind, **kwargs: Any) -> None:
        """Keep the kind of the list."""
        super().__init__(*args, **kwargs)
        self._of = of

    def read(self, text: str) -> list[Any]:
        """Split the text into items."""
        return self._of.items_of([item for one in text.split(self.between) if (item := one.strip())])

    def write(self, value: Any) -> str:
        """Join the items."""
        joined = self.between if self.between == "\n" else f"{self.between} "
        return joined.join(self._of.words(value))

    def process_formdata(self, valuelist: list[str]) -> None:
        """Keep the stored list if the text didn't change: an item may itself contain a line break."""
        typed = str(valuelist[0]).replace("\r\n", "\n") if valuelist else ""
        if self.object_data is not None and typed == self.write(self.object_data):
            self.data = self.object_data
            return
        try:
            super().process_formdata([typed] if valuelist else [])
        except ValueError as error:
            message = f"{self.advice} Each {error.__cause__}" if error.__cause__ else str(error)
            raise ValueError(message) from error


class TagsField(ArrayField):
    """Words separated by commas."""

    kind = TagsKind.name
    widget = TextInput()
    between = ","
    advice = "Enter words with commas between them."


def _empty_for_nothing(column: TableColumn) -> Callable[[object], object]:
    return lambda value: value if value is not None or column.nullable else []


class ArrayPanel(PanelKind):
    """A text area with one item per line."""

    kind: ClassVar[type[ArrayKind]] = ArrayKind
    field_class: ClassVar[type[ArrayField]] = ArrayField
    operators = (HasThis, HasNotThis, Empty)
    # Lists are short.
    area: ClassVar[Mapping[str, object]] = {"rows": 4}

    def field(self, column: TableColumn, arguments: Arguments) -> ArrayField:
        """Create the field, with a hint how to type a list."""
        said = arguments.get("description") or self.field_class.advice.replace("Enter", "").strip().capitalize()
        filters = [*arguments.get("filters", ()), _empty_for_nothing(column)]
        return self.field_class(
            **{**arguments, "description": said, "filters": filters}, of=self.kind(column), render_kw=self.area
        )

    def cell_in(self, column: AnyColumn, value: Any) -> Cell:
        """Join the items with commas."""
        return text_cell(", ".join(self.kind(column).words(value)), is_whole=True)


class TagsPanel(ArrayPanel):
    """A line of words."""

    kind = TagsKind
    field_class = TagsField
    area: ClassVar[Mapping[str, object]] = {}
