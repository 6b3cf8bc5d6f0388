"""Values that SQLAlchemy's `Mutable` lets through: a column that tracks changes within a dict may hold what is none."""

from __future__ import annotations

from sqlalchemy.ext.mutable import Mutable


class Untracked:
    """The base of such values."""

    __slots__ = ()

    @property
    def _parents(self) -> dict[object, object]:
        """Take note of a record that holds the value, and forget it: nothing changes within."""
        return {}


def install() -> None:
    """Let `MutableDict`, `MutableList` and the like accept them, which otherwise refuse them where they are read."""
    Mutable.coerce = classmethod(_accepted)  # type: ignore[method-assign,assignment] # there is no hook


_refused = Mutable.coerce


def _accepted(_cls: type[Mutable], key: str, value: object) -> object:
    return value if isinstance(value, Untracked) else _refused(key, value)
