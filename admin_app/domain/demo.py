"""A credible data set to try the dashboard with: of any size, the same every time, with dates up to today."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import islice

from sqlalchemy import func, insert, select

from admin_app import formatting
from admin_app.db.record import Record
from admin_app.db.types import utc_now
from admin_app.domain.audit.recorder import RECORDED, record_event
from admin_app.extensions import AnySession
from admin_app.models.change_set import Kind
from admin_app.models.post import Post
from admin_app.models.user import User
from admin_app.selection.search.indexes import loading

BATCH = 5000
# One post in this many has no owner, as if a user had been deleted.
OWNERLESS = 40
DAYS = 700

# fmt: off
GIVEN = (
    "Ada", "Amina", "Anders", "Beatriz", "Björn", "Chiara", "Chinedu", "Dana", "Dmitri", "Elif", "Emeka", "Fatima",
    "Gustavo", "Hanna", "Hiroshi", "Ingrid", "Ivana", "Jamal", "Kateřina", "Kofi", "Lars", "Leïla", "Linh", "Marta",
    "Mateo", "Mei", "Nadia", "Nikhil", "Olga", "Omar", "Paweł", "Priya", "Rosa", "Samira", "Sofía", "Søren", "Tariq",
    "Yuki", "Zoë", "Анна", "Олексій", "美咲", "浩", "مريم", "יעל",
)
FAMILY = (
    "Abadi", "Andersson", "Bianchi", "Costa", "Dąbrowski", "Diallo", "Eriksen", "Fernández", "Fischer", "García",
    "Haddad", "Ibrahim", "Ito", "Jensen", "Kaya", "Kim", "Kovács", "Larsen", "Lindqvist", "Mbeki", "Moreau",
    "Nakamura", "Nguyen", "Novák", "O'Brien", "Okafor", "Park", "Petrov", "Popescu", "Rossi", "Sato", "Silva",
    "Singh", "Tanaka", "Vargas", "Weber", "Zhang", "Иванова", "Шевченко", "佐藤", "حداد", "לוי",
)
OPENINGS = (
    "How do I {verb} {thing}?",
    "I tried to {verb} {thing} and it took all weekend.",
    "Three ways to {verb} {thing}.",
    "Does anybody {verb} {thing} with {other}?",
    "A note on {thing}, and why {other} matters more.",
    "Please help: {thing} stopped working after I began to {verb} {other}.",
    "What nobody tells you about {thing}.",
)
VERBS = (
    "adjust", "balance", "calibrate", "clean", "compare", "fit", "grow", "measure", "mend", "paint", "plan", "replace",
    "restore", "sharpen", "store", "tune",
)
THINGS = (
    "a bicycle wheel", "a sourdough starter", "an old camera", "café tables", "a film scanner", "my first telescope",
    "a rain barrel", "tomato plants", "a wooden boat", "the brakes", "a chess opening", "a small server",
    "quantum entanglement", "a mechanical watch", "the garden wall", "a choir", "night trains", "a bookshelf",
    "winter tyres", "hand-drawn maps",
)
# fmt: on
DETAILS = (
    "The parts cost less than I thought.",
    "It rained the whole time, which did not help.",
    "I would do it again, but slower.",
    "The manual says otherwise; the manual is wrong.",
    "Measure twice, then ask somebody who has done it.",
    "Photos follow when the light is better 📷.",
    "My neighbour has done this for forty years and disagrees.",
    "In the end a bit of patience was all it needed.",
)


def make_demo(
    session: AnySession, *, users: int, posts: int, on_rows: Callable[[int], object] = lambda _count: None
) -> None:
    """Add made-up users and posts (not committed). Existing records stay; memory use does not grow with the numbers."""
    dice = random.Random(f"{users} users, {posts} posts")  # noqa: S311 -- made to be the same every time, not to be secret
    before = int(session.scalar(select(func.max(User.id))) or 0)
    with loading(session.connection(), User.__tablename__, users):
        _insert(session, User, (_user(dice, before + index) for index in range(1, users + 1)), on_rows)
    owners = session.scalars(select(User.id).where(User.id > before)).all()
    with loading(session.connection(), Post.__tablename__, posts):
        _insert(session, Post, (_post(dice, owners, index) for index in range(posts)), on_rows)
    # The history gets one entry for all of them, not one for each: nobody looks up the past of made-up records.
    made = f"{formatting.counted(users, 'user', 'users')} and {formatting.counted(posts, 'post', 'posts')}"
    record_event(session, kind=Kind.DEMO, summary=f"Added {made} of demo data", count=users + posts)


def _insert(
    session: AnySession, model: type[Record], rows: Iterator[dict[str, object]], on_rows: Callable[[int], object]
) -> None:
    while batch := list(islice(rows, BATCH)):
        session.execute(insert(model), batch, execution_options=RECORDED)
        on_rows(len(batch))


def _user(dice: random.Random, number: int) -> dict[str, object]:
    name = f"{dice.choice(GIVEN)} {dice.choice(FAMILY)}"
    moment = _moment(dice)
    return {"name": name, "email": f"person{number}@example.com", "created_at": moment, "updated_at": moment}


def _post(dice: random.Random, owners: Sequence[int], index: int) -> dict[str, object]:
    opening = dice.choice(OPENINGS).format(
        verb=dice.choice(VERBS), thing=dice.choice(THINGS), other=dice.choice(THINGS)
    )
    details = dice.sample(DETAILS, dice.randint(0, 4))
    owner = dice.choice(owners) if owners and index % OWNERLESS else None
    moment = _moment(dice)
    content = " ".join([opening, *details])
    return {"content": content, "user_id": owner, "created_at": moment, "updated_at": moment}


def _moment(dice: random.Random) -> datetime:
    today = utc_now().replace(hour=0, minute=0, second=0, microsecond=0)
    return today - timedelta(seconds=dice.randrange(DAYS * 24 * 60 * 60))
