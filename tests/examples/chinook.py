"""A database that was there before its application: Chinook's tables, written anew and smaller, and models read from them by reflection."""

from __future__ import annotations

import sqlite3
import sys
from pathlib import Path

from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy.ext.automap import automap_base

from admin_app import Resource, init_admin

SCHEMA = """
CREATE TABLE Artist (ArtistId INTEGER NOT NULL PRIMARY KEY, Name NVARCHAR(120));
CREATE TABLE Album (
    AlbumId INTEGER NOT NULL PRIMARY KEY, Title NVARCHAR(160) NOT NULL,
    ArtistId INTEGER NOT NULL REFERENCES Artist (ArtistId));
CREATE TABLE Genre (GenreId INTEGER NOT NULL PRIMARY KEY, Name NVARCHAR(120));
CREATE TABLE MediaType (MediaTypeId INTEGER NOT NULL PRIMARY KEY, Name NVARCHAR(120));
CREATE TABLE Track (
    TrackId INTEGER NOT NULL PRIMARY KEY, Name NVARCHAR(200) NOT NULL, AlbumId INTEGER REFERENCES Album (AlbumId),
    MediaTypeId INTEGER NOT NULL REFERENCES MediaType (MediaTypeId), GenreId INTEGER REFERENCES Genre (GenreId),
    Composer NVARCHAR(220), Milliseconds INTEGER NOT NULL, Bytes INTEGER, UnitPrice NUMERIC(10,2) NOT NULL);
CREATE TABLE Playlist (PlaylistId INTEGER NOT NULL PRIMARY KEY, Name NVARCHAR(120));
CREATE TABLE PlaylistTrack (
    PlaylistId INTEGER NOT NULL REFERENCES Playlist (PlaylistId), TrackId INTEGER NOT NULL REFERENCES Track (TrackId),
    PRIMARY KEY (PlaylistId, TrackId));
CREATE TABLE Employee (
    EmployeeId INTEGER NOT NULL PRIMARY KEY, LastName NVARCHAR(20) NOT NULL, FirstName NVARCHAR(20) NOT NULL,
    ReportsTo INTEGER REFERENCES Employee (EmployeeId), HireDate DATETIME, Email NVARCHAR(60));
CREATE TABLE Customer (
    CustomerId INTEGER NOT NULL PRIMARY KEY, FirstName NVARCHAR(40) NOT NULL, LastName NVARCHAR(20) NOT NULL,
    Company NVARCHAR(80), Country NVARCHAR(40), Email NVARCHAR(60) NOT NULL,
    SupportRepId INTEGER REFERENCES Employee (EmployeeId));
CREATE TABLE Invoice (
    InvoiceId INTEGER NOT NULL PRIMARY KEY, CustomerId INTEGER NOT NULL REFERENCES Customer (CustomerId),
    InvoiceDate DATETIME NOT NULL, BillingCity NVARCHAR(40), Total NUMERIC(10,2) NOT NULL);
CREATE TABLE InvoiceLine (
    InvoiceLineId INTEGER NOT NULL PRIMARY KEY, InvoiceId INTEGER NOT NULL REFERENCES Invoice (InvoiceId),
    TrackId INTEGER NOT NULL REFERENCES Track (TrackId), UnitPrice NUMERIC(10,2) NOT NULL, Quantity INTEGER NOT NULL);
INSERT INTO Artist VALUES (1, 'The Saws'), (2, 'Sanders & Files');
INSERT INTO Album VALUES (1, 'Cut to Length', 1), (2, 'Grain', 2);
INSERT INTO Genre VALUES (1, 'Rock'), (2, 'Folk');
INSERT INTO MediaType VALUES (1, 'MPEG audio file');
INSERT INTO Track VALUES
    (1, 'Crosscut', 1, 1, 1, 'K. Frame', 201000, 6543210, 0.99), (2, 'Rip', 1, 1, 1, NULL, 185000, NULL, 0.99),
    (3, 'Two Hundred Grit', 2, 1, 2, NULL, 243000, 7654321, 1.29);
INSERT INTO Playlist VALUES (1, 'Workshop');
INSERT INTO PlaylistTrack VALUES (1, 1), (1, 3);
INSERT INTO Employee VALUES (1, 'Adams', 'Andrea', NULL, '2002-08-14 00:00:00.000000', 'andrea@example.com'),
    (2, 'Peacock', 'Jay', 1, '2002-04-01 00:00:00.000000', 'jay@example.com');
INSERT INTO Customer VALUES (1, 'Luis', 'Gomez', NULL, 'Brazil', 'luis@example.com', 2);
INSERT INTO Invoice VALUES (1, 1, '2026-01-03 00:00:00.000000', 'Stuttgart', 1.98);
INSERT INTO InvoiceLine VALUES (1, 1, 1, 0.99, 1), (2, 1, 2, 0.99, 1);
"""
TABLES = (
    "Artist",
    "Album",
    "Genre",
    "MediaType",
    "Track",
    "Playlist",
    "Employee",
    "Customer",
    "Invoice",
    "InvoiceLine",
)

db = SQLAlchemy()


def make_database(path: Path) -> None:
    connection = sqlite3.connect(path)
    connection.executescript(SCHEMA)
    connection.close()


def create_app(path: Path) -> Flask:
    """Reflect the tables, let the dashboard print a resource for each, and put it over those."""
    app = Flask(__name__, instance_path=str(path.parent / "chinook"))
    app.config.update(SECRET_KEY="chinook's", SQLALCHEMY_DATABASE_URI=f"sqlite:///{path}")
    db.init_app(app)
    base = automap_base(db.Model)
    with app.app_context():
        base.prepare(autoload_with=db.engine)
    for name in TABLES:
        base.classes[name].__module__ = __name__
        setattr(sys.modules[__name__], name, base.classes[name])
    init_admin(app, db, [], path="/empty")
    found = [printed(app, name) for name in TABLES]
    init_admin(app, db, found)
    return app


def printed(app: Flask, name: str) -> type[Resource]:
    """Return the resource that the command prints."""
    file = app.test_cli_runner().invoke(args=["empty", "resource", "new", name]).stdout
    names: dict[str, type[Resource]] = {}
    exec(file, names)  # noqa: S102 -- as its reader would save it
    return names[f"{name}Resource"]
