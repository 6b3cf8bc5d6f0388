"""Import every module of a package: how a new file in `models/` or `resources/` is found without being listed."""

from __future__ import annotations

import pkgutil
from collections.abc import Collection, Iterable
from importlib import import_module
from types import ModuleType


def import_modules(package: str, path: Iterable[str], only: Collection[str] | None = None) -> list[ModuleType]:
    """Import the package's modules in the order of their names, all or `only` these, and return them."""
    names = sorted(module.name for module in pkgutil.iter_modules(path) if only is None or module.name in only)
    return [import_module(f"{package}.{name}") for name in names]
