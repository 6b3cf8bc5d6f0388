"""Albums: a picture and a paper, kept as files. Copied by test_shapes.py."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from admin_app.db.record import Record


class Album(Record):
    """Pictures of a day."""

    title = "label"

    label: Mapped[str] = mapped_column(sa.String(40))
    cover: Mapped[str | None] = mapped_column(sa.String(200), info={"kind": "image", "megabytes": 1, "pixels": 10_000})
    raw: Mapped[bytes | None] = mapped_column(sa.LargeBinary)
    paper: Mapped[str | None] = mapped_column(sa.Text, info={"kind": "file", "types": ["application/pdf"]})
