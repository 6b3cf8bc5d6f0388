"""The headers of an export: the labels of its columns, made unique for an import."""

from __future__ import annotations

from collections import Counter

from sqlalchemy import inspect as inspect_mapper

from admin_app.panel.resource import Resource
from admin_app.transfer.columns import plain


class Headers:
    """The headers of a resource's columns, the same for everybody: a person may export what another imports."""

    def __init__(self, resource: Resource) -> None:
        """Count the columns that each name or label may mean."""
        self._resource = resource
        lists = (
            *resource.column_list,
            *resource.column_further_list,
            *resource.column_searchable_list,
            *resource.form_columns,
        )
        links = (f"{name}.id" for name in resource.relations if resource.is_links(name))
        names = {*inspect_mapper(resource.model).attrs.keys(), *lists, *links}
        self._times = Counter(word for name in names for word in {plain(name), plain(resource.label(name))})

    def of(self, name: str) -> str:
        """Return a column's label, followed by its name if another column has the same name or label, whatever the capitals: “Name (name)”."""
        return self.labelled(name, self._resource.label(name))

    def labelled(self, name: str, label: str) -> str:
        """Return this label, followed by the name if the label alone may mean another column."""
        others = self._times[plain(label)] - (plain(label) in {plain(name), plain(self._resource.label(name))})
        return f"{label} ({name})" if others > 0 else label
