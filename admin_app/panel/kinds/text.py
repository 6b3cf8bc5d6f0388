"""Text: a line or a text area, filters, and a cut text in lists."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import ClassVar

from flask_admin.contrib.sqla import filters as engine
from sqlalchemy import ColumnElement, or_
from wtforms import Field, StringField, TextAreaField

from admin_app.domain.plan import replacing
from admin_app.domain.plan.changes import ReplaceText
from admin_app.extensions import AnyColumn, Expression, TableColumn
from admin_app.formatting import plain_lines
from admin_app.kinds.text import LongTextKind, TextKind
from admin_app.panel.kinds.base import Arguments, BulkChange, PanelKind, none_for_nothing
from admin_app.panel.operators.base import Operator, ReadValue, yes_or_no
from admin_app.panel.operators.equality import (
    Empty,
    Equals,
    InList,
    NotEquals,
    NotInList,
    NullableEmpty,
    searched_in,
)
from admin_app.panel.typed_fields import as_sent
from admin_app.panel.view_models import OperatorChoice
from admin_app.selection.list_schema import ANYWHERE, AT_END, AT_START, SearchColumn
from admin_app.selection.search.match_sql import contains
from admin_app.unicode_text import composed, line


class Contains(Operator, engine.FilterLike):
    """The text contains this text, in any case; % and _ are plain characters."""

    slug, words = "contains", "contains"
    # The position in the text.
    frame: ClassVar[str] = ANYWHERE

    def condition(self, column: Expression, value: ReadValue) -> ColumnElement[bool]:
        """Search like the search box."""
        return contains(column, value, frame=self.frame)

    @cached_property
    def searched(self) -> SearchColumn | None:
        """The search index's column, if the index covers it."""
        return searched_in(self, self.frame)


class StartsWith(Contains):
    """The text starts with this text."""

    slug, words, frame = "starts", "starts with", AT_START


class EndsWith(Contains):
    """The text ends with this text."""

    slug, words, frame = "ends", "ends with", AT_END


class NotContains(Contains):
    """The text doesn't contain this text; a missing text counts too."""

    slug, words = "not_contains", "does not contain"
    holds_for_nothing = True

    def condition(self, column: Expression, value: object) -> ColumnElement[bool]:
        """Include NULL."""
        return or_(~super().condition(column, value), column.is_(None))


class Null(NullableEmpty):
    """There is no value, for columns that can also hold an empty text."""

    slug, words = "null", "has no value"

    def condition(self, column: Expression, value: object) -> ColumnElement[bool]:
        """Test for NULL."""
        condition: ColumnElement[bool] = column.is_(None) if value else column.is_not(None)
        return condition

    def sentence(self, text: str) -> str:
        """Return the sentence for yes or no."""
        return f"{self.name} {'has no value' if yes_or_no(text) else 'has a value, or is blank'}"

    def operators(self) -> tuple[OperatorChoice, ...]:
        """Offer yes and no as two operators without a value."""
        no = OperatorChoice("null=no", "has a value, or is blank", "none")
        return (OperatorChoice("null=yes", self.words, "none"), no)


class Blank(NullableEmpty):
    """The text is empty, which differs from no value."""

    slug, words = "blank", "is blank"

    def condition(self, column: Expression, value: object) -> ColumnElement[bool]:
        """Test for an empty text, or for anything else."""
        condition: ColumnElement[bool] = column == "" if value else or_(column != "", column.is_(None))
        return condition

    def includes_nothing(self, value: object) -> bool:
        """Count a missing related record as not blank."""
        return not value

    def sentence(self, text: str) -> str:
        """Return the sentence for yes or no."""
        return f"{self.name} {'is blank' if yes_or_no(text) else 'is not blank'}"

    def operators(self) -> tuple[OperatorChoice, ...]:
        """Offer yes and no as two operators without a value."""
        return (OperatorChoice("blank=yes", self.words, "none"), OperatorChoice("blank=no", "is not blank", "none"))


class LongTextField(TextAreaField):
    """Multi-line text. Browsers send line ends as CRLF; a text stored with LF must not change just because a form showed it."""

    kind: ClassVar[str] = LongTextKind.name

    def process_formdata(self, valuelist: list[str]) -> None:
        """Keep the stored text if only line ends differ; a new text gets LF."""
        if not valuelist:
            return
        typed = plain_lines(str(valuelist[0]))
        stored = self.object_data
        self.data = stored if isinstance(stored, str) and as_sent(stored) == as_sent(typed) else composed(typed)


class LineField(StringField):
    """A line of text. Spaces and invisible characters at its ends are accidents of pasting."""

    kind: ClassVar[str] = TextKind.name

    def process_formdata(self, valuelist: list[str]) -> None:
        """Strip the ends, but keep a stored text with such ends until somebody changes it."""
        if valuelist:
            typed, stored = str(valuelist[0]), self.object_data
            self.data = stored if isinstance(stored, str) and self._sent(stored) == self._sent(typed) else line(typed)

    def _sent(self, text: str) -> str:
        """Return a text as the browser sends it from an input of one line, which drops line ends, and for addresses blanks too."""
        sent = as_sent(text).replace("\n", "")
        is_text = getattr(self.widget, "input_type", "text") == "text"
        return sent if is_text else sent.strip()


def _replace(_column: TableColumn, typed: Sequence[str]) -> ReplaceText:
    find, by = typed
    return ReplaceText(replacing.Replacement(find, by, matches_case=True))


REPLACE = BulkChange(
    key="replace",
    words="Replace text",
    inputs=((replacing.FIND, "Find"), (replacing.WITH, "Replace with")),
    read=_replace,
    said="“{}” becomes “{}”",
    optional=(replacing.WITH,),
    hint="It is replaced wherever it occurs. Capitals must match.",
)


class TextPanel(PanelKind):
    """A line of text."""

    kind = TextKind
    operators = (
        Contains,
        NotContains,
        StartsWith,
        EndsWith,
        Equals,
        NotEquals,
        InList,
        NotInList,
        Empty,
        Null,
        Blank,
    )  # fmt: skip -- one list
    bulk_changes = (REPLACE,)

    def field(self, column: TableColumn, arguments: Arguments) -> Field:
        """Create a line of text."""
        none_for_nothing(column, arguments)
        return LineField(**arguments, render_kw={"autocomplete": "off"})


class LongTextPanel(TextPanel):
    """A text area."""

    kind = LongTextKind
    field_class: ClassVar[type[LongTextField]] = LongTextField

    def width(self, _column: AnyColumn) -> str:
        """Return the width for the beginning of a text."""
        return "long"

    def field(self, column: TableColumn, arguments: Arguments) -> LongTextField:
        """Create a text area."""
        none_for_nothing(column, arguments)
        arguments["description"] = arguments.get("description") or f"Up to {LongTextKind(column).longest:,} characters."
        return self.field_class(**arguments, render_kw={"rows": 14})
