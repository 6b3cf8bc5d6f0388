"""JSON and JSON Lines: UTF-8, one object a row under the columns' keys; numbers, yes-or-no and no value as JSON has them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from admin_app.transfer.formats.base import BATCH, Conversions, FileOptions, Format, Problem


@dataclass(frozen=True)
class JsonWriter:
    """Writes rows as objects, between a beginning and an end."""

    begin: str
    between: str
    end: str

    def __call__(
        self, names: Sequence[str], rows: Iterable[Sequence[object]], _options: FileOptions, _on_problem: Problem
    ) -> Iterator[bytes]:
        """Yield the file; there is nothing to choose, and every value can be written."""
        yield self.begin.encode()
        encode: Callable[[object], str] = json.JSONEncoder(ensure_ascii=False, check_circular=False).encode
        remaining, joint = iter(rows), ""
        while batch := list(islice(remaining, BATCH)):
            typed = zip(*_CONVERSIONS.columns(batch), strict=True)
            text = self.between.join([encode(dict(zip(names, row, strict=True))) for row in typed])
            # Half a surrogate pair cannot be stored; where a database has one all the same, JSON says it in ASCII.
            yield f"{joint}{text}".encode("utf-8", "backslashreplace")
            joint = self.between
        yield (f"\n{self.end}" if joint or self.end else "").encode()


_CONVERSIONS = Conversions(None, lambda kind: kind.to_json)

JSON = Format("json", "JSON", "application/json", JsonWriter("[\n", ",\n", "]\n"), has_keys=True)
JSON_LINES = Format("jsonl", "JSON Lines", "application/jsonl", JsonWriter("", "\n", ""), has_keys=True)
