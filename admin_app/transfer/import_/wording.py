"""Word a problem for a list of problems: first the value, then what is wrong with it."""

from __future__ import annotations

from admin_app.formatting import in_sentence, sentence_case

# Enough characters of a value to recognise it.
LONGEST_QUOTED = 40


def quoted(value: object) -> str:
    """Return the beginning of a value in quotation marks."""
    text = str(value)
    return f"“{text}”" if len(text) <= LONGEST_QUOTED else f"“{text[: LONGEST_QUOTED - 1]}…”"


def about(name: str, value: object, problem: str) -> str:
    """Return "Email “no-at-sign”: use the form name@example.com." for a rule's "Email must look like name@example.com."."""
    said = problem.removeprefix(f"{name} ").replace("must look like ", "use the form ", 1)
    what = f"{name} (empty)" if value is None or value == "" else f"{name} {quoted(value)}"
    return f"{what}: {in_sentence(said)}"


def sentence(name: str, said: str, cell: str) -> str:
    """Say what is wrong with a cell, or, without a name, with a whole row."""
    return about(name, cell, said) if name else f"{quoted(cell)}: {said}" if cell else sentence_case(said)
