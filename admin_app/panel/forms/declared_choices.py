"""A select of the values in a resource's `form_choices`, in place of the column's own field."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from wtforms import SelectField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # new in 3.3; the stubs are of 3.2

from admin_app.kinds.choice import ChoiceKind
from admin_app.panel.fields import OF_LIST

# Pairs of a value and its label.
Choices = Sequence[tuple[object, str]]


class DeclaredChoiceField(SelectField):
    """A select of declared values. A stored value that is not declared stays until somebody chooses another."""

    kind: ClassVar[str] = ChoiceKind.name

    def __init__(self, *args: Any, declared: Choices, **kwargs: Any) -> None:
        """Keep the values by their texts."""
        self._values = {str(value): value for value, _ in declared}
        choices = [SelectChoice("", "—"), *(SelectChoice(str(value), words) for value, words in declared)]
        super().__init__(*args, **{**kwargs, "choices": choices, "coerce": self._read, "validate_choice": False})

    def process_data(self, value: object) -> None:
        """Offer the stored value too."""
        if value is not None and str(value) not in self._values:
            self._values[str(value)] = value
            self.choices = [*(self.choices or ()), SelectChoice(str(value), str(value))]
        super().process_data(value)

    def process_formdata(self, valuelist: list[str]) -> None:
        """Accept a declared value, or the stored one."""
        if not valuelist:
            return
        if valuelist[0] not in {"", *self._values}:
            raise ValueError(OF_LIST.format(label=self.label.text))
        self.data = self._read(valuelist[0])

    def _read(self, text: object) -> object:
        return self._values.get(str(text)) if text is not None else None
