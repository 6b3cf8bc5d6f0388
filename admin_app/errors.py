"""Every error the project raises on purpose; the domain raises, the edge (web, cli) translates.

AdminError
├── ConfigurationError   a setting is wrong: the start stops with one line
├── ClashError           existing records violate what a migration would enforce
├── RecordError          a record cannot be written as asked
│   ├── InvalidRecord    fields are wrong, each with its message
│   └── RecordGone       somebody deleted it meanwhile, or changed it at the same moment
├── NotFoundError        what was typed names no record, or several
├── PrivilegeError       the act gives or touches rights that the acting person lacks
│   ├── LastOwnerError   the act would leave nobody who may manage staff
│   └── BeyondDirectory  the company's directory touches somebody with more rights than it may give
├── FactorError          a second factor is refused, or has to stay
├── CompanySignInError   the person whom the company's provider signed in may not come in
├── DirectoryError       what the company's directory sends cannot be done
│   └── AlreadyThere     it creates something that exists
├── SelectionError       a list was asked for something it does not offer
├── DeletionError        a deletion cannot be carried out as chosen
├── ForgettingError      a person's data cannot be removed now, or not completely
├── MergeError           two records cannot become one
├── UndoError            an act cannot be undone
├── BackupError          a backup cannot be made, read or restored
├── PlanError            an act on many records cannot be planned, or agreed to, as asked
└── TransferError        a file cannot be read; carries row numbers
    └── EncodingError    its text is in another encoding; carries the possible ones
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence


class AdminError(Exception):
    """The root; `str(error)` is a sentence for a person."""


class ConfigurationError(AdminError):
    """A setting is missing or wrong."""


class ClashError(AdminError):
    """Existing records violate what a migration would enforce."""


class RecordError(AdminError):
    """A record cannot be written as asked."""


class InvalidRecord(RecordError):
    """Fields are wrong: `problems` maps the field's name to its message."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        """Keep the messages by field."""
        super().__init__(" ".join(problems.values()))
        self.problems = dict(problems)


class RecordGone(RecordError):
    """The record was deleted, or written by another transaction at the same moment."""


class NotFoundError(AdminError):
    """What was typed names no record, or several."""


class PrivilegeError(AdminError):
    """The act gives, or touches somebody with, rights that the acting person lacks."""


class LastOwnerError(PrivilegeError):
    """Nobody could manage staff any more."""


class BeyondDirectory(PrivilegeError):
    """The company's directory touches an account, with this key, that has more rights than the directory may give."""

    def __init__(self, message: str, staff_id: int, attempt: str) -> None:
        """Keep whom it is about, and what was tried, in words for the history."""
        super().__init__(message)
        self.staff_id, self.attempt = staff_id, attempt


class FactorError(AdminError):
    """A passkey is refused, or the last second factor has to stay."""


class CompanySignInError(AdminError):
    """Whom the company's provider has signed in may not come in."""


class DirectoryError(AdminError):
    """What the company's directory sends has a meaning that cannot be, or none."""


class AlreadyThere(DirectoryError):
    """The directory makes an account or a group that there is."""


class SelectionError(AdminError):
    """An undeclared filter, sort or search key; `offered` lists the declared ones."""

    def __init__(self, message: str, offered: Sequence[str] = ()) -> None:
        """Keep what the reader may ask for instead."""
        super().__init__(message)
        self.offered = tuple(offered)


class DeletionError(AdminError):
    """A deletion cannot be carried out as chosen."""


class ForgettingError(AdminError):
    """A person's data cannot be removed now, or something of it would be left."""


class MergeError(AdminError):
    """Two records cannot become one."""


class UndoError(AdminError):
    """An act cannot be undone; `other` is the record in the way, where it is one, and `tells` the tables and fields that the message is about."""

    def __init__(self, message: str, other: object = None, *, tells: Sequence[tuple[str, str]] = ()) -> None:
        """Keep what is in the way, for people who may see it."""
        super().__init__(message)
        self.other = other
        self.tells = tells


class BackupError(AdminError):
    """A backup cannot be made, is not whole, or does not belong here."""


class PlanError(AdminError):
    """An act on many records cannot be planned, agreed to or carried out as asked."""


class TransferError(AdminError):
    """A file cannot be read; `problems` are (row number, message), row 1 being the header."""

    def __init__(self, message: str, problems: Sequence[tuple[int, str]] = ()) -> None:
        """Keep the rows in question."""
        super().__init__(message)
        self.problems = tuple(problems)


class EncodingError(TransferError):
    """A file's text is not in the encoding that it was read in; `encodings` are the possible ones."""

    def __init__(self, fact: str, encodings: Sequence[str] = (), otherwise: str = "") -> None:
        """Keep the fact and what to do otherwise apart: between them, each edge says how an encoding is chosen there."""
        super().__init__(f"{fact}. {otherwise}".rstrip())
        self.fact, self.encodings, self.otherwise = fact, tuple(encodings), otherwise
