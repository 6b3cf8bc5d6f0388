"""Texts as Python spells them: a name in a database may have quotation marks, backslashes and line breaks."""

from __future__ import annotations

import json
import re

# A colon that SQLAlchemy would take for a parameter in an SQL text.
_PARAMETER = re.compile(r"(?<![:\w\\]):(?=\w)")


def literal(text: str) -> str:
    """Write a text between double quotation marks."""
    return json.dumps(text, ensure_ascii=False)


def sql_literal(sql: str) -> str:
    """Write SQL for `sa.text`."""
    return literal(_PARAMETER.sub(r"\:", sql))


def docstring(text: str) -> str:
    """Write a sentence of one line."""
    line = " ".join(text.split())
    return literal(line) if {'"', "\\"} & {*line} else f'"""{line}"""'
