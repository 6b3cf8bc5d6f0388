"""Which columns a list can show, and which of them it shows: by the address, by the person's choice, by the resource."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import inspect as inspect_mapper

from admin_app.domain.preferences import Settings
from admin_app.errors import ConfigurationError
from admin_app.panel.reach import Reach
from admin_app.selection.selection import Selection
from admin_app.web.auth.login import current_principal


class Columns(Reach):
    """A resource's columns. The first one of `column_list` names the record: it leads to it, and always stays."""

    # Columns that a person may add to the list: the model's own, or a to-one relation's ("user.email").
    column_further_list: Collection[str] = ()

    def choosable_columns(self) -> tuple[str, ...]:
        """Name every column that a list of this resource can show to the person at hand."""
        names = dict.fromkeys([*self.column_list, *self.column_further_list])
        # The number is no secret, and without a column there would be no way to a record.
        return tuple(self.shown(names)) or ("id",)

    def usual_columns(self) -> tuple[str, ...]:
        """Name the columns that a list shows if nobody chooses."""
        return tuple(self.shown(self.column_list)) or self.choosable_columns()[:1]

    def visible_columns(self, selection: Selection) -> tuple[str, ...]:
        """Name the columns that the person at the screen sees of this selection: the one answer for lists and files."""
        chosen = selection.columns or (() if selection.parent is not None else self.settings.columns)
        return self.ordered_columns(chosen) if chosen else self.usual_columns()

    def ordered_columns(self, chosen: Collection[str]) -> tuple[str, ...]:
        """Return the chosen columns that there are, the one that names the record first; the usual ones for none."""
        offered = self.choosable_columns()
        names = [name for name in chosen if name in offered]
        return tuple(dict.fromkeys([offered[0], *names])) if names else self.usual_columns()

    def gone_columns(self, selection: Selection) -> list[str]:
        """Name what the address asks for and the list does not have."""
        offered = self.choosable_columns()
        return [name for name in selection.columns if name not in offered]

    @property
    def settings(self) -> Settings:
        """What the person at the screen set for this resource's lists."""
        person = current_principal()
        return Settings() if person is None else person.settings_of(self.endpoint)

    def require_columns(self) -> None:
        """Raise `ConfigurationError` for a declared column that a list cannot show, or must not: a secret."""
        for name in [*self.column_list, *self.column_further_list]:
            if not self._can_show(name):
                message = f"{self.record.__name__}.{name} cannot be a column of a list."
                raise ConfigurationError(message)

    def _can_show(self, name: str) -> bool:
        first, _, rest = name.partition(".")
        relation = self.relation(first)
        if relation is None:
            return not rest and _is_shown(self.model, first)
        return not rest or (not relation.uselist and _is_shown(relation.mapper.class_, rest))


def _is_shown(model: type[Any], name: str) -> bool:
    """Whether the name is no secret; what is no column of the database, a property of the class, is left to who declares it."""
    attribute = inspect_mapper(model).column_attrs.get(name)
    return hasattr(model, name) if attribute is None else not attribute.columns[0].info.get("secret")
