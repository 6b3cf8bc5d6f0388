"""Composite keys: the values separated by commas."""

from __future__ import annotations

from admin_app.kinds.key_parts import KeyPartsKind
from admin_app.panel.kinds.base import PanelKind
from admin_app.panel.operators.equality import InList


class KeyPartsPanel(PanelKind):
    """Text; a form has a field for each column of the key."""

    kind = KeyPartsKind
    operators = (InList,)
