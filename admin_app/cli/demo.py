"""`manage.py demo`: made-up data to look at."""

from __future__ import annotations

import click
from flask.cli import with_appcontext
from tqdm import tqdm

from admin_app import formatting
from admin_app.context import writing
from admin_app.db.connection import refresh_statistics
from admin_app.domain.demo import make_demo
from admin_app.extensions import db


@click.command()
@click.option("--users", default=200, show_default=True, type=click.IntRange(1), help="How many users to add.")
@click.option("--posts", default=2000, show_default=True, type=click.IntRange(0), help="How many posts to add.")
@with_appcontext
def demo(users: int, posts: int) -> None:
    """Add made-up users and posts, to try the dashboard on."""
    with writing(), tqdm(total=users + posts, unit=" rows", disable=None) as bar:
        make_demo(db.session, users=users, posts=posts, on_rows=bar.update)
        db.session.commit()
        refresh_statistics(db.session)
    click.echo(
        f"{formatting.counted(users, 'user', 'users')} and {formatting.counted(posts, 'post', 'posts')} were added."
    )
