"""The names that people build on are where docs/extending.md says, as tests/public_names.txt records them: no upgrade changes one in silence."""

from __future__ import annotations

import dataclasses
import inspect
import re
from collections.abc import Iterator
from enum import Enum
from importlib import import_module
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
RECORDED = ROOT / "tests" / "public_names.txt"
NAMES = re.findall(r"^\| `(admin_app[\w.]*)` \|", (ROOT / "docs" / "extending.md").read_text("utf-8"), re.MULTILINE)


def found(name: str) -> Any:
    """Return what a dotted name leads to."""
    path, _, last = name.rpartition(".")
    if path[path.rfind(".") + 1].isupper():
        return getattr(found(path), last)
    return getattr(import_module(path), last)


def described(name: str) -> Iterator[str]:
    """Yield what may be relied on, a line each: of a class what it declares, of what is called its arguments, “!” before one that is needed."""
    one = found(name)
    if inspect.isclass(one) and issubclass(one, Enum):
        yield from (f"{name}.{member.name}" for member in one)
    elif inspect.isclass(one) and not dataclasses.is_dataclass(one):
        yield f"{name}({', '.join(base.__name__ for base in one.__bases__)})"
        declared = inspect.get_annotations(one).items()
        yield from sorted(f"{name}.{key}: {of}" for key, of in declared if not re.match("_[^_]", key))
    elif callable(one):
        yield from (f"{name}({_argument(each)})" for each in inspect.signature(one).parameters.values())
    else:
        yield f"{name}: {type(one).__name__}"


def _argument(one: inspect.Parameter) -> str:
    is_needed = one.default is inspect.Parameter.empty
    default = "" if is_needed else f" = {one.default if not callable(one.default) else '…'}"
    return f"{'! ' if is_needed else ''}{one.kind.name.lower()} {one.name}: {one.annotation}{default}"


def now() -> list[str]:
    return [line for name in NAMES for line in described(name)]


def test_names_that_people_build_on_are_as_they_were() -> None:
    recorded = RECORDED.read_text("utf-8").splitlines()

    there = now()

    # What is new breaks nobody, unless it has to be given. What the changelog says is written down by running this file.
    assert [line for line in recorded if line not in there] == []
    assert [line for line in there if "(! " in line and line not in recorded] == []


def test_every_name_leads_somewhere_and_stands_once() -> None:
    assert len(NAMES) == len(set(NAMES))
    assert [name for name in NAMES if found(name) is None] == []


if __name__ == "__main__":
    RECORDED.write_text("\n".join(now()) + "\n", "utf-8")
