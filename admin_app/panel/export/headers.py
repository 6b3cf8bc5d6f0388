"""What an export calls its columns: by their labels, so that no two are the same to an import."""

from __future__ import annotations

from collections import Counter

from sqlalchemy import inspect as inspect_mapper

from admin_app.panel.resource import Resource
from admin_app.transfer.columns import plain


class Headers:
    """The headers of a resource's columns, the same for everybody: a person may export what another imports."""

    def __init__(self, resource: Resource) -> None:
        """Count how many columns each word may mean."""
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
        """Return a column's label; with its name if another column is called the same in some capitals: “Name (name)”."""
        return self.labelled(name, self._resource.label(name))

    def labelled(self, name: str, label: str) -> str:
        """Return this label, with the name if need be."""
        others = self._times[plain(label)] - (plain(label) in {plain(name), plain(self._resource.label(name))})
        return f"{label} ({name})" if others > 0 else label
