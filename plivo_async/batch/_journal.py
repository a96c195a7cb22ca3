"""What a batch writes down, off the event loop, many writers in one commit.

Whoever has something to write adds it to the changes that are being collected. The first of them waits until the commit
before theirs is done, and then commits for all; the others wait for that. So a commit takes with it whatever came up
during the one before: alone each takes a few milliseconds, sixty at once hardly longer.
"""

import os
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from itertools import islice
from typing import TypeVar

import anyio
import anyio.to_thread

from .._errors import JournalError
from ..exchange._server_clock import ServerClock
from ..policy import ActivationOutcome
from ..wire import Conference
from ._activation import Activation
from ._journal_file import Change, Identity, JournalFile, intents, moved, outcomes, places
from ._journal_reader import Row
from ._journal_rows import outcome_row
from ._journal_run import JournalRun

_T = TypeVar("_T")
_CHUNK = 500  # rows that are read from an earlier run at a time
_MOST_AHEAD = 300.0  # seconds; further ahead of ours a clock is taken for wrong
_BULK = 10_000  # places that are written in one commit


class _Commit:
    """Changes that go to disk together."""

    __slots__ = ("changes", "done", "error", "led")

    def __init__(self) -> None:
        self.changes: list[Change] = []
        self.led = False  # somebody will put it on disk
        self.done = anyio.Event()
        self.error: Exception | None = None


class Journal:
    """The journal of one run. Belongs to one event loop.

    Attributes:
        known: How many places an earlier run has read.
        failed: Why nothing can be written any more; None while all is well.
    """

    def __init__(
        self,
        file: JournalFile,
        *,
        server: ServerClock | None = None,
        wall: Callable[[], float] = time.time,
        inline: bool = False,
    ) -> None:
        """Use an open file.

        Args:
            file: The file; `aclose` closes it.
            server: Plivo's clock beside that of `wall`: intents are written down by it. None: by ours.
            wall: Seconds since 1970.
            inline: Write in the event loop itself; a test in virtual time has no threads.
        """
        self._file = file
        self._server = server
        self._wall = wall
        self._inline = inline
        self._limiter = anyio.CapacityLimiter(1)
        self._order = anyio.Lock()
        self._collecting = _Commit()
        self._recalled: dict[int, Row] = {}
        self._ahead: float | None = None  # of our clock; None until a date has been heard
        self._by_our_clock: dict[int, float] = {}  # intents that were written until then, of what isn't settled
        self.known = 0
        self.failed: Exception | None = None

    @classmethod
    async def open(
        cls,
        path: str | os.PathLike[str],
        identity: Identity,
        *,
        server: ServerClock | None = None,
        wall: Callable[[], float] = time.time,
        inline: bool = False,
    ) -> "Journal":
        """Open a journal, or begin one; the arguments are those of the constructor.

        Raises:
            JournalError: It can't be used; the message says why.
        """
        file = JournalFile(path, identity, time.time()) if inline else await _opened(path, identity)
        journal = cls(file, server=server, wall=wall, inline=inline)
        journal.known = await journal._away(file.count)
        return journal

    async def _away(self, work: Callable[[], _T]) -> _T:
        """Do something with the file, elsewhere, to its end."""
        if self._inline:
            return work()
        with anyio.CancelScope(shield=True):
            done = await anyio.to_thread.run_sync(work, limiter=self._limiter)
        return done  # noqa: RET504  (a scope may swallow what it is left by, mypy says)

    # ---- Input ------------------------------------------------------------------------------------------------------

    async def enter(self, conferences: Sequence[Conference], *, whole: bool = True) -> None:
        """Write down an input, or see that it is the one that is written down.

        Args:
            conferences: What stands at each place.
            whole: Whether it was read to its end; where it wasn't, the next run may read more of it.

        Raises:
            JournalError: It is another one; the message says where they part.
        """
        await self._away(lambda: self._enter(conferences, whole))

    def _enter(self, conferences: Sequence[Conference], whole: bool) -> None:
        file = self._file
        given = enumerate(conferences)
        for row in file.rows():
            if row.position >= len(conferences) and not whole:
                return
            self._compare(row, next(given, (row.position, None))[1])
        size = self.known
        while rows := [(at, one.name, one.uuid) for at, one in islice(given, _BULK)]:
            if file.size is not None:
                raise self._differs(f"{rows[0][0] + 1:,} places or more, and {file.size:,} in the journal")
            file.write([places(rows)])
            size += len(rows)
        if whole and file.size is None:
            file.set_size(size)

    async def place(self, position: int, conference: Conference | None) -> Row | None:
        """Write down the next place of an input that is read bit by bit; what an earlier run knew of it.

        It is on disk with the next commit, so before anything of it is sent.

        Raises:
            JournalError: An earlier run had something else there.
        """
        if position < self.known:
            row = await self.recall(position)
            self._compare(row, conference)
            return row
        if self._file.size is not None:
            raise self._differs(f"more than the {self._file.size:,} places of the journal")
        name, uuid = (None, None) if conference is None else (conference.name, conference.uuid)
        self._collecting.changes.append(places([(position, name, uuid)]))
        if len(self._collecting.changes) >= _CHUNK:
            await self._commit([])  # nothing is sent for a while: they would pile up
        return None

    async def doubt(self, positions: Sequence[int], since: float) -> None:
        """An activation of these may have been sent since then, the caller knows: the next run must know it as well.

        It is on disk with the next commit, so before anything of it is sent.
        """
        self._collecting.changes.append(intents(since, positions))
        if len(self._collecting.changes) >= _CHUNK:
            await self._commit([])

    async def end(self, size: int) -> None:
        """An input that is read bit by bit has come to its end.

        Raises:
            JournalError: It is shorter than what an earlier run has read of it.
        """
        if size < self.known:
            raise self._differs(f"{size:,} places, and {self.known:,} in the journal")
        if self._file.size is None:
            await self._commit([])
            await self._away(lambda: self._file.set_size(size))

    async def recall(self, position: int) -> Row:
        """What an earlier run knew of a place; quick if asked in order."""
        if position not in self._recalled:
            first = position
            self._recalled = await self._away(lambda: {row.position: row for row in self._file.some(first, _CHUNK)})
        return self._recalled[position]

    def _compare(self, row: Row, conference: Conference | None) -> None:
        given = (None, None) if conference is None else (conference.name, conference.uuid)
        if given != (row.name, row.uuid):
            theirs, ours = _label(row.name, row.uuid), _label(*given)
            raise self._differs(f"{ours} at position {row.position:,}, and {theirs} in the journal")

    def _differs(self, how: str) -> JournalError:
        return JournalError(
            f"the journal {str(self._file.path)!r} is of another input: it has {how}. "
            "Give the input that it was begun with, or a new journal"
        )

    def _put_right(self) -> None:
        """Write down by Plivo's clock what was written down by ours, once there was an answer that tells it.

        Where its clock and ours contradict each other, the earlier one counts: an intent that seems older than it is
        makes for doubt, one that seems younger for lies.
        """
        told = None if self._server is None else self._server.ahead
        if told is None:
            return
        self._ahead = told if told <= _MOST_AHEAD else 0.0
        self._collecting.changes += [moved(at, self._ahead, [where]) for where, at in self._by_our_clock.items()]
        self._by_our_clock.clear()

    # ---- Intents and outcomes ---------------------------------------------------------------------------------------

    async def intend(self, positions: Sequence[int]) -> None:
        """On return it is on disk that an activation of these is about to leave.

        Raises:
            JournalError: It isn't on disk: send nothing.
        """
        self._put_right()
        at = self._wall()
        if self._ahead is None:
            self._by_our_clock.update(dict.fromkeys(positions, at))
        await self._commit([intents(at + (self._ahead or 0.0), positions)])

    async def withdraw(self, positions: Sequence[int]) -> None:
        """On return it is on disk that nothing of these was carried out, for certain.

        Raises:
            JournalError: It isn't.
        """
        self._forget(positions)
        await self._commit([intents(None, positions)])

    async def settle(self, activations: Sequence[Activation]) -> None:
        """On return these outcomes are on disk; of those for which nothing was sent, that there is no intent.

        Raises:
            JournalError: They aren't.
        """
        at = self._wall()
        rows = [outcome_row(one, at) for one in activations if one.outcome is not ActivationOutcome.NOT_ATTEMPTED]
        unsent = [one.position for one in activations if one.outcome is ActivationOutcome.NOT_ATTEMPTED]
        self._forget([one.position for one in activations if one.outcome is not ActivationOutcome.UNKNOWN])
        self._put_right()
        await self._commit([outcomes(rows), intents(None, unsent)])

    def _forget(self, positions: Sequence[int]) -> None:
        """Their intents go: there is nothing to be put right; else they would pile up where no answer has a date."""
        for position in positions if self._by_our_clock else ():
            self._by_our_clock.pop(position, None)

    async def runs(self) -> tuple[JournalRun, ...]:
        """Who worked on it, this run included, which ends now."""
        *before, ours = await self._away(self._file.runs)
        return (*before, replace(ours, ended_at=datetime.fromtimestamp(self._wall(), UTC)))

    async def _commit(self, changes: Sequence[Change]) -> None:
        if self.failed is not None:
            raise self.failed
        commit = self._collecting
        commit.changes.extend(changes)
        with anyio.CancelScope(shield=True):  # a few milliseconds; half of it would be worth nothing
            if commit.led:
                await commit.done.wait()
            else:
                await self._lead(commit)
        if commit.error is not None:
            raise commit.error

    async def _lead(self, commit: _Commit) -> None:
        """Wait for the commit before, then put on disk what has come together by then."""
        commit.led = True
        async with self._order:
            self._collecting = _Commit()
            try:
                await self._away(lambda: self._file.write(commit.changes))
            except Exception as error:  # noqa: BLE001  (whatever it is, nothing may be sent from now on)
                commit.error = self.failed = error
            finally:
                commit.done.set()

    async def aclose(self) -> None:
        """Write what is left and close the file."""
        try:
            if self._collecting.changes and self.failed is None:
                await self._commit([])
        finally:
            now = self._wall()
            await self._away(lambda: self._file.close(now))


async def _opened(path: str | os.PathLike[str], identity: Identity) -> JournalFile:
    now = time.time()
    with anyio.CancelScope(shield=True):
        file = await anyio.to_thread.run_sync(lambda: JournalFile(path, identity, now))
    return file  # noqa: RET504


def _label(name: str | None, uuid: str | None) -> str:
    if name is None and uuid is None:
        return "nothing that is a name"
    return repr(name) if uuid is None else f"uuid {uuid}"
