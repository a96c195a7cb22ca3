"""Conferences ended, each of them once, and what is said of those that aren't known to be over."""

import time
from collections import Counter
from collections.abc import Iterator
from contextlib import nullcontext

import anyio

from ... import AsyncClient, AuthenticationError, NotFoundError, OutcomeUnknownError, PlivoError, SharedBudgetError
from ...batch import ConferenceId, duration
from ...shown._privacy import masked
from .._account import REFUSED
from .._codes import ExitCode
from .._signals import until_signal
from ..input._entries import Entry
from ..screen._console import err, fail, say, tell_how_it_went, warn
from ..screen._summary import SHOWN
from ..screen._words import in_terms_of_the_command

_WIDTH = 32
_ENDED, _NOT_FOUND, _FAILED, _UNKNOWN, _NOT_ATTEMPTED = "ended", "not found", "failed", "unknown", "not attempted"


def end_all(client: AsyncClient, entries: list[Entry], *, quiet: bool) -> ExitCode:
    """End them, and print how it went; returns the exit code."""
    run = _Stopping(client, entries)
    began = time.monotonic()
    status = nullcontext() if quiet else err().status(f"ending {run.total:,} conferences")
    with status:
        try:
            interrupted = anyio.run(until_signal, run.main) is not None
        except KeyboardInterrupt:
            interrupted = True
        except SharedBudgetError as error:
            fail(error.message)
    code = run.code(interrupted=interrupted)
    if code or not quiet:
        tell_how_it_went(run.lines(time.monotonic() - began), code)
    if interrupted:
        say(err(), "interrupted; what was not sent by then is not attempted")
    elif run.unauthorized:
        warn(REFUSED)
    return code


class _Stopping:
    """Ends conferences, each of them once, a few at a time."""

    def __init__(self, client: AsyncClient, entries: list[Entry]) -> None:
        self.unauthorized = False
        self._client = client
        first: dict[ConferenceId, int] = {}
        for line, conference, _ in entries:
            first.setdefault(conference, line)
        self.total = len(first)
        self._ends: dict[ConferenceId, tuple[str, str]] = dict.fromkeys(first, (_NOT_ATTEMPTED, ""))
        self._lines = first

    async def main(self) -> None:
        """Do it all."""
        left = iter(self._lines)
        async with self._client, anyio.create_task_group() as group:
            for _ in range(min(_WIDTH, self.total)):
                group.start_soon(self._work, left)

    async def _work(self, left: Iterator[ConferenceId]) -> None:
        for one in left:
            if self.unauthorized:
                break
            handle = self._client.mpc(one) if isinstance(one, str) else self._client.mpc(uuid=one)
            self._ends[one] = (_UNKNOWN, "it was interrupted while its answer was awaited")
            try:
                await handle.stop()
            except AuthenticationError as error:
                self.unauthorized = True
                self._ends[one] = (_FAILED, error.message)
            except PlivoError as error:
                self._ends[one] = (_end_of(error), error.message)
            else:
                self._ends[one] = (_ENDED, "")

    def code(self, *, interrupted: bool) -> ExitCode:
        """What the worst end comes to."""
        ends = Counter(end for end, _ in self._ends.values())
        if interrupted:
            return ExitCode.INTERRUPTED
        if self.unauthorized:
            return ExitCode.CREDENTIALS_REFUSED
        if ends[_UNKNOWN]:
            return ExitCode.SOME_UNKNOWN
        return ExitCode.ALL_LIVE if ends[_ENDED] == self.total else ExitCode.SOME_FAILED

    def lines(self, elapsed: float) -> list[str]:
        """The counts, and the first that are not known to be over, with their lines."""
        ends = Counter(end for end, _ in self._ends.values())
        order = (_ENDED, _NOT_FOUND, _FAILED, _UNKNOWN, _NOT_ATTEMPTED)
        counts = " · ".join(f"{ends[end]:,} {end}" for end in order if ends[end])
        told = [(self._lines[one], why) for one, (_, why) in self._ends.items() if why]
        lines = [f"{counts}  ({duration(elapsed)})"]
        lines += [f"  line {line}: {masked(in_terms_of_the_command(why))[:240]}" for line, why in told[:SHOWN]]
        return [*lines, *([f"  … and {len(told) - SHOWN:,} more"] if len(told) > SHOWN else [])]


def _end_of(error: PlivoError) -> str:
    if isinstance(error, OutcomeUnknownError):
        return _UNKNOWN
    return _NOT_FOUND if isinstance(error, NotFoundError) else _FAILED
