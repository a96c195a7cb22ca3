"""`plivo-async mpc stop`: end conferences."""

import time
from collections import Counter
from collections.abc import Iterator
from contextlib import nullcontext

import anyio
import typer

from ... import (
    BASE_URL,
    AsyncClient,
    AuthenticationError,
    NotFoundError,
    OutcomeUnknownError,
    PlivoError,
    SharedBudgetError,
)
from ...batch import ConferenceId, duration
from ...shown._privacy import masked
from .._account import (
    REFUSED,
    BaseUrl,
    Column,
    File,
    Header,
    Limit,
    MaxAttempts,
    Quiet,
    Shared,
    Timeout,
    Uuids,
    entries_of,
    open_client,
)
from .._codes import ExitCode
from .._signals import until_signal
from ..input._entries import Entry
from ..input._options import parse_rate, parse_timeout
from ..screen._console import err, fail, given, say, tell_how_it_went, warn
from ..screen._summary import SHOWN
from ..screen._words import in_terms_of_the_command

_WIDTH = 32
_ENDED, _NOT_FOUND, _FAILED, _UNKNOWN, _NOT_ATTEMPTED = "ended", "not found", "failed", "unknown", "not attempted"


def stop(
    file: File,
    column: Column = None,
    header: Header = None,
    uuid: Uuids = False,
    quiet: Quiet = False,
    timeout: Timeout = "10s",
    max_attempts: MaxAttempts = 5,
    limit: Limit = "300/5",
    shared: Shared = None,
    base_url: BaseUrl = BASE_URL,
) -> None:
    """End the conferences that a file names, and say of each that isn't known to be over why.

    Everybody in them is disconnected. By name it is the conference that has the name now: if it may have ended and been
    followed by another one of its name, go by UUID. A doubtful answer is settled by looking, never by ending the next
    conference of that name.

    The credentials are read from the environment variables PLIVO_AUTH_ID and PLIVO_AUTH_TOKEN only.

    Examples:
      plivo-async mpc stop names.txt
      plivo-async mpc list --status active --json | plivo-async mpc stop - --uuid

    Exit codes:
      0    all have been ended
      1    some weren't there, or are known to have failed
      2    usage, input or credentials missing; nothing was sent
      3    some are unknown: they may be over or not
      4    the credentials were refused (401)
      6    all have been ended, but the summary could not be written
      130  interrupted
    """
    rate = given("--limit", parse_rate, limit)
    client = open_client(base_url, given("--timeout", parse_timeout, timeout), max_attempts, rate, shared)
    entries = entries_of(file, column, header, uuid)
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
    raise typer.Exit(int(code))


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
