"""What an earlier run of the same batch may have done, as callers say it."""

import os
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from .._errors import invalid
from ..batch import AGAIN, ConferenceId, tried_again
from ..policy import ActivationOutcome
from ..wire import Conference, conference
from ..wire._checks import aware

JournalPath = str | os.PathLike[str]
"""Where a journal is: a file, on a disk of this machine."""
MaybeSent = datetime | Mapping[ConferenceId, datetime]
"""Since when activations may have been sent: all of them, or each; aware."""


@dataclass(frozen=True, slots=True)
class Earlier:
    """What an earlier run may have done.

    Attributes:
        journal: Where it wrote that down, and this run does; None for nowhere.
        again: Outcomes in it that are tried again.
        all_since: Since when any of them may have been sent, in seconds since 1970; None if not all may.
        since: The same for single ones.
    """

    journal: Path | None = None
    again: frozenset[ActivationOutcome] = AGAIN
    all_since: float | None = None
    since: Mapping[Conference, float] = field(default_factory=dict)

    def sent_at(self, one: Conference) -> float | None:
        """Since when an activation of it may have been sent; None if none was."""
        return self.since.get(one, self.all_since)


def earlier(
    journal: JournalPath | None, resume: Collection[ActivationOutcome | str] | None, maybe_sent: MaybeSent | None
) -> Earlier:
    """Check what a caller says of earlier runs.

    Raises:
        InvalidArgumentError, TypeError: An argument is wrong.
    """
    if journal is not None and not isinstance(journal, str | os.PathLike):
        raise TypeError(f"journal must be a path, not {type(journal).__name__}")
    if resume is not None and journal is None:
        raise invalid("resume", "says what of a journal is tried again: it goes with journal=")
    path = None if journal is None else _path(journal)
    again = AGAIN if resume is None else tried_again("resume", resume)
    if isinstance(maybe_sent, datetime):
        return Earlier(path, again, aware("maybe_sent", maybe_sent).timestamp())
    if maybe_sent is None:
        return Earlier(path, again)
    if not isinstance(maybe_sent, Mapping):
        what = type(maybe_sent).__name__
        raise TypeError(f"maybe_sent must be an aware datetime, or a mapping from conferences to such, not {what}")
    instants = {conference(one, argument="maybe_sent"): aware("maybe_sent", at) for one, at in maybe_sent.items()}
    since = {one: at.timestamp() for one, at in instants.items()}
    return Earlier(path, again, None, since)


def _path(journal: JournalPath) -> Path:
    path = os.fspath(journal)
    if not isinstance(path, str):
        raise TypeError("journal must be a path of text, not of bytes")
    if not path or "\0" in path:
        raise invalid("journal", f"must be the path of a file, not {path!r}")
    return Path(path)
