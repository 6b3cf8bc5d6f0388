"""Whether the time of a refused sign-in tells that an account exists: accounts of every kind and none, tried in turn.

    PYTHONPATH=. python benchmarks/sign_in.py [--tries 200] [--database URL]

For each kind the quantiles in milliseconds, and how often one of its tries took longer than one at an unknown account, with
what chance alone would make of 50 %. SQLite in a folder that is removed afterwards, unless an empty database is named.
"""

from __future__ import annotations

import argparse
import math
import random
import statistics
import tempfile
import time
from collections.abc import Sequence
from itertools import count
from pathlib import Path
from typing import Any

import flask_migrate
from argon2 import PasswordHasher
from flask import Flask

from admin_app import create_app
from admin_app.context import writing
from admin_app.extensions import db
from admin_app.models.staff import Staff
from benchmarks.common.forms import Form

ROOT = Path(__file__).resolve().parents[1]
# Fewer than an account and an address may miss without a delay: a delayed try is not judged, and takes no time.
TRIES_PER_ACCOUNT, TRIES_PER_ADDRESS = 4, 20
QUANTILES = (5, 25, 50, 75, 95)
UNKNOWN = "unknown account"
KINDS: dict[str, dict[str, Any] | None] = {
    UNKNOWN: None,
    "another unknown account": None,
    "known, wrong password": {},
    "known, switched off": {"is_active": False},
    "known, without a password": {"password_hash": ""},
}
# A difference that so many tries would show by chance once in twenty times.
LIKELY = 1.96


def make_accounts(number: int) -> dict[str, list[str]]:
    """Return addresses of each kind, and make the accounts that there are to be."""
    kept = PasswordHasher().hash("correct horse battery staple")
    made: dict[str, list[str]] = {}
    with writing():
        for place, (kind, values) in enumerate(KINDS.items()):
            made[kind] = [f"person{one}@kind{place}.example" for one in range(number)]
            for email in made[kind] if values is not None else ():
                db.session.add(Staff(**{"name": "Ann", "email": email, "password_hash": kept, **(values or {})}))
        db.session.commit()
    return made


def measure(app: Flask, accounts: dict[str, list[str]]) -> dict[str, list[float]]:
    """Try each account some times, all kinds mixed, so that a busy machine slows them alike; return the seconds by kind."""
    turns = [(kind, email) for kind, emails in accounts.items() for email in emails for _ in range(TRIES_PER_ACCOUNT)]
    random.Random(1).shuffle(turns)
    took: dict[str, list[float]] = {kind: [] for kind in accounts}
    client, numbers = app.test_client(), count()
    token = Form(client.get("/sign-in").text, "password").fields["csrf_token"]
    for kind, email in turns:
        host = next(numbers) // TRIES_PER_ADDRESS
        data = {"csrf_token": token, "email": email, "password": "not the password of anybody"}
        began = time.perf_counter()
        answer = client.post(
            "/sign-in", data=data, environ_base={"REMOTE_ADDR": f"10.0.{host // 250}.{host % 250 + 1}"}
        )
        took[kind].append(time.perf_counter() - began)
        if answer.status_code != 422:
            message = f"a try at {email} answered {answer.status_code}"
            raise SystemExit(message)
    return took


def slower(times: Sequence[float], than: Sequence[float]) -> float:
    """Return how often one of the first took longer than one of the others: 0.5 where nothing can be told (Mann-Whitney)."""
    ranked = sorted([(one, 1) for one in times] + [(one, 0) for one in than])
    ranks = sum(place for place, (_, is_first) in enumerate(ranked, start=1) if is_first)
    return (ranks - len(times) * (len(times) + 1) / 2) / (len(times) * len(than))


def by_chance(first: int, other: int) -> float:
    """Return how far from 0.5 that number lies by chance, 19 times of 20."""
    return LIKELY * math.sqrt((first + other + 1) / (12 * first * other))


def main() -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--tries", type=int, default=200, help="of each kind")
    parser.add_argument("--database", default="")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        app = create_app({"DATABASE_URL": options.database or f"sqlite:///{folder}/admin.db"}, instance_path=folder)
        with app.app_context():
            flask_migrate.upgrade(directory=str(ROOT / "migrations"))
            accounts = make_accounts(max(options.tries // TRIES_PER_ACCOUNT, 1))
            db.session.remove()
        took = measure(app, accounts)
        with app.app_context():
            db.engine.dispose()
    print(f"{'':28}" + "".join(f"{f'{one} %':>8}" for one in QUANTILES) + "   slower than an unknown account")
    for kind, times in took.items():
        cuts = statistics.quantiles(times, n=100)
        share, chance = slower(times, took[UNKNOWN]), by_chance(len(times), len(took[UNKNOWN]))
        words = "" if kind == UNKNOWN else f"{share:9.1%} (by chance {0.5 - chance:.1%} to {0.5 + chance:.1%})"
        print(f"{kind:28}" + "".join(f"{cuts[one - 1] * 1000:8.1f}" for one in QUANTILES) + words)


if __name__ == "__main__":
    main()
