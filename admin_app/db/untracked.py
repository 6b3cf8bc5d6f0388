"""Values that SQLAlchemy's `Mutable` accepts: a column that tracks changes within a dict may also hold a value that is no dict."""

from __future__ import annotations

from sqlalchemy.ext.mutable import Mutable


class Untracked:
    """The base of such values."""

    __slots__ = ()

    @property
    def _parents(self) -> dict[object, object]:
        """Accept and forget the records that `Mutable` registers here: nothing inside these values changes."""
        return {}


def install() -> None:
    """Let `MutableDict`, `MutableList` and the like accept them, which otherwise refuse them where they are read."""
    Mutable.coerce = classmethod(_accepted)  # type: ignore[method-assign,assignment] # there is no hook


_refused = Mutable.coerce


def _accepted(_cls: type[Mutable], key: str, value: object) -> object:
    return value if isinstance(value, Untracked) else _refused(key, value)
