"""Import every module of a package: how a new file in `models/` or `resources/` is found without being listed."""

from __future__ import annotations

import pkgutil
from collections.abc import Collection, Iterable, Iterator
from importlib import import_module
from pathlib import Path
from types import ModuleType, TracebackType

from admin_app.errors import ConfigurationError


def import_modules(package: str, path: Iterable[str], only: Collection[str] | None = None) -> list[ModuleType]:
    """Import the package's modules in the order of their names, all or `only` these, and return them.

    Raises `ConfigurationError`, with the file and the line, for a declaration that a module's classes refuse.
    """
    folders = [*path]
    names = sorted(module.name for module in pkgutil.iter_modules(folders) if only is None or module.name in only)
    try:
        return [import_module(f"{package}.{name}") for name in names]
    except ConfigurationError as error:
        place = next(_places(error.__traceback__, folders), "")
        message = f"{place}{error}"
        raise ConfigurationError(message) from error


def _places(traceback: TracebackType | None, folders: Iterable[str]) -> Iterator[str]:
    """Yield the lines in these folders that led to an error, the last one first."""
    if traceback is None:
        return
    yield from _places(traceback.tb_next, folders)
    file = Path(traceback.tb_frame.f_code.co_filename)
    if any(file.is_relative_to(one) for one in folders) and file.name != "__init__.py":
        yield f"{'/'.join(file.parts[-3:])}, line {traceback.tb_lineno}: "
