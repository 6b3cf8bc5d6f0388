"""The pages of users and posts that `lists.py` leaves out, among ten million posts beside ten thousand.

    PYTHONPATH=. python benchmarks/pages.py [--sizes 10000,10000000] [--stores sqlite,postgresql] [--folder DIR] [--only WORDS]

The sizes answer in turn, in one process, without a server before it. `lists.py` shares the data where `--folder` is the same.
"""

from __future__ import annotations

import argparse
import tempfile
from contextlib import ExitStack, nullcontext
from pathlib import Path

import sqlalchemy as sa

from admin_app import create_app
from admin_app.extensions import db
from admin_app.models.post import Post
from admin_app.models.user import User
from benchmarks.common.data import COMMON, RARE, Database, build, database, sign_in
from benchmarks.common.in_turn import Asked, measure
from benchmarks.common.postgres import postgres

# The addresses below /admin/. {post} is a post half-way, {moment} when it was written, {user} who wrote it, {email} and {name} how to call that user.
PAGES = {
    "home, at first look": "",
    "posts": "post/",
    "posts, deep": "post/?after={post}~{moment}",
    "posts, last page": "post/?before=end",
    "posts by date, oldest first": "post/?sort=created_at",
    "posts by date, deep": "post/?sort=created_at&after={post}~{moment}",
    "posts by ID": "post/?sort=id",
    "posts by the user's name": "post/?sort=user",
    "posts by the user's name, last page": "post/?sort=user&before=end",
    "posts by the user's name, then by date": "post/?sort=user&then=-created_at",
    "posts by date, then by the user's name": "post/?sort=-created_at&then=user",
    "posts with a rare word": f"post/?q={RARE}",
    "posts with a common word": f"post/?q={COMMON}",
    "posts with a word in one of 24": "post/?q=paint",
    "posts with a common word, oldest first": f"post/?q={COMMON}&sort=created_at",
    "posts with a common word, by the user's name": f"post/?q={COMMON}&sort=user",
    "posts by users of a name": "post/?q=Björn",
    "posts by users of a name, by the user's name": "post/?q=Björn&sort=user",
    "posts with two common words": f"post/?q={COMMON}+paint",
    "posts with two letters": "post/?q=te",
    "posts with a number": "post/?q=3890",
    "posts with an email": "post/?q={email}",
    "posts of nobody": "post/?user__empty=yes",
    "posts of a user": "post/?user__is={user}",
    "posts of users of a name": "post/?user.name__equals={name}",
    "posts of users with a domain": "post/?user.email__ends=example.com",
    "posts of a day": "post/?created_at__on=2026-03-01",
    "posts of a month, oldest first": "post/?created_at__between=2026-03-01+to+2026-03-31&sort=created_at",
    "posts of this year, by the user's name": "post/?created_at__within=this-year&sort=user",
    "posts of nobody since a day": "post/?user__empty=yes&created_at__from=2025-07-01",
    "posts that begin with a word": "post/?content__starts=Three+ways",
    "posts with one word or another": f"post/?where=content+contains+{RARE}+or+content+contains+quantum",
    "users": "user/",
    "users by name": "user/?sort=name",
    "users by name, last page": "user/?sort=name&before=end",
    "users by name, then by date": "user/?sort=name&then=-created_at",
    "users by number of posts": "user/?sort=-posts",
    "users with the fewest posts": "user/?sort=posts",
    "users of a name": "user/?q=Björn",
    "a user's page": "user/details/?id={user}",
    "a user's form": "user/edit/?id={user}",
    "a user's deletion": "user/delete/?id={user}",
    "a post's page": "post/details/?id={post}",
    "a post's form": "post/edit/?id={post}",
    "a post's deletion": "post/delete/?id={post}",
    "a post's history": "post/history/?id={post}",
    "peek": "post/?peek={post}",
    "peek in a search": f"post/?q={COMMON}&peek={{post}}",
    "a picker of users": "post/lookup/?name=user",
    "a picker of users, a name typed": "post/lookup/?name=user&query=Bj",
    "a picker of users, an email typed": "post/lookup/?name=user&query={email}",
    "duplicates of users": "user/duplicates/",
    "summary: posts by week": "post/summary/?by=created_at__week",
    "summary: posts by user": "post/summary/?by=user",
    "summary: posts of nobody by month": "post/summary/?by=created_at__month&user__empty=yes",
    "export page": "post/export/",
    "edit many": "post/edit-many/",
    "search everything, nothing typed": "search/?part=1",
    "search everything, one letter": "search/?part=1&q=t",
    "search everything, two letters": "search/?part=1&q=te",
    "search everything, three letters": "search/?part=1&q=tel",
    "search everything, a common word": f"search/?part=1&q={COMMON}",
    "search everything, a rare word": f"search/?part=1&q={RARE}",
    "search everything, a word that is nowhere": "search/?part=1&q=qqqqq",
    "search everything, a user's name": "search/?part=1&q={name}",
    "search everything, an ID": "search/?part=1&q=3890",
    "search everything, typed filters": f"search/?part=1&q=no:user+created:this-year+{COMMON}",
    "activity": "activity/",
    "jobs": "jobs/",
    "inbox": "inbox/",
}


def opened(target: Database) -> Asked:
    """Make the application over a database, which is made too."""
    if said := build(target):
        print(said)
    settings = {key: target.environment[key] for key in ("DATABASE_URL", "ADMIN_SECRET_KEY")}
    app, cookie = create_app(settings, instance_path=str(target.folder)), sign_in(target)
    half = target.posts // 2
    with app.app_context():
        ordered = sa.select(Post).where(Post.user_id.is_not(None)).order_by(Post.created_at.desc(), Post.id.desc())
        post = db.session.scalars(ordered.offset(half).limit(1)).one()
        user = db.session.get_one(User, post.user_id)
        filled = {"post": post.id, "moment": post.created_at.isoformat().replace("+", "%2B")}
        filled |= {"user": user.id, "email": user.email, "name": user.name.replace(" ", "+")}
        db.session.rollback()
    return Asked(target.posts, app, cookie, filled)


def main() -> None:
    """Measure each store with all sizes in turn."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", default="10000,10000000")
    parser.add_argument("--stores", default="sqlite,postgresql")
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--only", default="", help="a pattern of the pages' names")
    parser.add_argument("--folder", type=Path)
    wanted = parser.parse_args()
    with nullcontext(wanted.folder) if wanted.folder else tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        folder = Path(name)
        for store in wanted.stores.split(","):
            socket = None if store == "sqlite" else stack.enter_context(postgres(folder / "postgres"))
            sizes = [int(size) for size in wanted.sizes.split(",")]
            found = [opened(database(store, size, folder, socket=socket, peers=False)) for size in sizes]
            measure(found, PAGES, store=store, only=wanted.only, rounds=wanted.rounds)


if __name__ == "__main__":
    main()
