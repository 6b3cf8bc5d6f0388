"""Serve the shop twice in one process, with its own sign-in and with the dashboard's, and Chinook. Prints the three addresses."""

from __future__ import annotations

import os
import signal
import sys
import threading
from datetime import date
from decimal import Decimal
from pathlib import Path

from flask import Flask
from werkzeug.serving import make_server

from tests.examples import chinook, shop


def fill(app: Flask) -> None:
    with app.app_context():
        tools, garden = shop.Category(name="Tools"), shop.Category(name="Garden")
        saws = shop.Category(name="Saws", parent=tools)
        new, heavy = shop.Tag(name="new"), shop.Tag(name="heavy")
        saw = shop.Product(title="Bow saw", price=Decimal("19.90"), category=saws, tags=[new])
        spade = shop.Product(title="Spade", price=Decimal("24.50"), category=garden, tags=[heavy])
        order = shop.Order(customer="Kim", ordered_on=date(2026, 11, 1), lines=[shop.Line(product=saw, number=2)])
        acme = shop.Supplier(number=7, name="Acme", since=date(2001, 2, 3))
        shop.db.session.add_all([tools, garden, saws, new, heavy, saw, spade, order, acme])
        shop.db.session.commit()


def run(app: Flask, *command: str) -> str:
    done = app.test_cli_runner().invoke(args=["admin", *command])
    if done.exit_code:
        sys.exit(done.output)
    return done.output


def main() -> None:
    for number, has_own_people in enumerate((True, False)):
        os.environ["SHOP_FOLDER"] = f"{sys.argv[1]}/{number}"
        os.environ["SHOP_DATABASE"] = f"sqlite:///{sys.argv[1]}/{number}.db"
        app = shop.create_app(has_own_people=has_own_people)
        run(app, "upgrade")
        fill(app)
        if not has_own_people:
            run(app, "staff", "create", "olga@example.com", "--name", "Olga", "--role", "owner", "--password", PASSWORD)
        serve(app)
    database = Path(sys.argv[1], "chinook.db")
    chinook.make_database(database)
    app = chinook.create_app(database)
    run(app, "upgrade")
    run(app, "staff", "create", "olga@example.com", "--name", "Olga", "--role", "owner", "--password", PASSWORD)
    serve(app)


def serve(app: Flask) -> None:
    server = make_server("127.0.0.1", 0, app, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(f"http://127.0.0.1:{server.server_port}", flush=True)  # noqa: T201 -- it is asked for


PASSWORD = "three unrelated words"

if __name__ == "__main__":
    main()
    signal.pause()
