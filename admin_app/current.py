"""What the act under way is: for now, whether it means to write.

SQLite lets one connection write at a time; a transaction that only finds out half-way that it writes can be
refused at once, whatever the busy timeout. So whoever means to write says so before the first statement.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_writing: ContextVar[bool] = ContextVar("writing", default=False)


def is_writing() -> bool:
    """Whether transactions that begin now take the write lock first."""
    return _writing.get()


@contextmanager
def writing() -> Iterator[None]:
    """Begin every transaction inside as a writer's."""
    token = _writing.set(True)
    try:
        yield
    finally:
        _writing.reset(token)
