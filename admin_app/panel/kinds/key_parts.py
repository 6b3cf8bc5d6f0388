"""A key of several columns: its values with commas between them."""

from __future__ import annotations

from admin_app.kinds.key_parts import KeyPartsKind
from admin_app.panel.kinds.base import PanelKind
from admin_app.panel.operators.equality import InList


class KeyPartsPanel(PanelKind):
    """Text; a form has a field for each of the columns."""

    kind = KeyPartsKind
    operators = (InList,)
