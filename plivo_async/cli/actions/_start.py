"""Many conferences activated on an account, and what is said of them before, meanwhile and afterwards."""

import signal
import sys
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import anyio

from ... import (
    ActivationOutcome,
    ActivationReport,
    AsyncClient,
    AuthenticationError,
    JournalError,
    Observer,
    PlivoError,
    SharedBudgetError,
    plan,
)
from ...batch import AGAIN, duration
from .._account import REFUSED, is_same_file, rate_limit
from .._codes import ExitCode, exit_code
from .._output import Facts, check_report_path, keep_report
from .._running import run as run_to_end
from .._signals import until_signal
from ..input._at import sleep_until_then
from ..input._entries import Entry
from ..input._options import Rate
from ..screen._console import err, fail, say, tell, tell_how_it_went, unseen, warn
from ..screen._json_log import JsonLog
from ..screen._progress import hearing, progress, watch
from ..screen._summary import plan_lines, summary_lines
from ..screen._tally import Tally
from ..screen._words import in_terms_of_the_command


def check_report(report: Path, file: str, journal: Path | None) -> None:
    """See that a report can be written there, and costs nothing else that is there.

    Raises:
        ValueError: It can't, or it would.
    """
    check_report_path(report)
    if is_same_file(file, report):
        raise ValueError("it is the input, and would be overwritten")
    if journal is not None and journal.resolve() == report.resolve():
        raise ValueError("it is the journal, and would be overwritten")


def again(text: str, journal: Path | None) -> frozenset[ActivationOutcome] | None:
    """The outcomes of a journal that are tried again, by commas; None for what the library tries again.

    Raises:
        ValueError: One is none, or can't be tried again; or there is no journal.
    """
    if not text:
        return None
    if journal is None:
        raise ValueError("goes with --journal FILE.db: it says which outcomes in it are tried again")
    allowed = [outcome.value for outcome in ActivationOutcome if not outcome.succeeded]
    asked = [word.strip().replace("-", "_") for word in text.split(",")]
    for word in asked:
        if word not in allowed:
            raise ValueError(f"{word!r} is not one of {', '.join(allowed)}")
    return AGAIN | {ActivationOutcome(word) for word in asked}


def show_plan(entries: Sequence[Entry], rate: Rate | None, begins: datetime | None) -> None:
    """Print what a run would take."""
    ahead = plan((entry.conference for entry in entries), rate_limit(rate))
    tell(plan_lines(ahead, _where(entries), rate, begins or datetime.now().astimezone()))


def wait_until(begins: datetime, client: AsyncClient, *, quiet: bool) -> None:
    """Wait for the instant; ends the program if it is interrupted, or the credentials are refused."""
    # All of it in one run: a signal that came between two would be nobody's.
    if run_to_end(partial(_wait, client, begins, quiet)):
        fail("interrupted; nothing was sent", ExitCode.INTERRUPTED)


async def _wait(client: AsyncClient, begins: datetime, quiet: bool) -> None:
    """Wait for the instant. See before that whether the credentials are right; what else is wrong may be over then.

    Raises:
        AuthenticationError: They aren't.
    """
    async with client:
        try:
            await client.account.get()
        except AuthenticationError:
            raise
        except PlivoError as error:
            warn(f"the credentials could not be checked: {in_terms_of_the_command(error.message)}")
    left = duration((begins - datetime.now(UTC)) / timedelta(seconds=1))
    if not quiet:
        say(err(), f"starts at {begins:%H:%M:%S} on {begins:%Y-%m-%d}, in {left}; nothing is sent before")
    await sleep_until_then(begins, partial(datetime.now, UTC))


class Telling:
    """How far a run has got, told by lines of JSON, by a display, or not at all.

    Attributes:
        tally: The numbers of the run.
        observer: Is to be told of the client's events.
    """

    def __init__(self, rate: Rate | None, *, quiet: bool, as_json: bool) -> None:
        self.tally = Tally(0, rate)
        self._log = JsonLog(self.tally) if as_json else None
        self._quiet = quiet
        self.observer: Observer = self._log or hearing(self.tally)

    def shown(self) -> AbstractContextManager[None]:
        """Tell it until the block ends."""
        if self._log is not None:
            return self._log.written(sys.stderr)
        return nullcontext() if self._quiet else progress(self.tally, err())


class Run:
    """One run, and what is known of it whatever ends it."""

    def __init__(self, client: AsyncClient, entries: Sequence[Entry], telling: Telling) -> None:
        self._client = client
        self._entries = entries
        self._telling = telling
        self._tally = telling.tally
        self._tally.total = len(entries)
        self._ended_by: signal.Signals | None = None
        self._crash: Exception | None = None
        self._report = ActivationReport((), 0.0)
        self._asked: Path | None = None
        self._kept: tuple[Path | None, str] = (None, "")

    def make(self, activate: Callable[..., Awaitable[object]], report: Path | None, facts: Facts) -> None:
        """Do it, until it is done or a signal comes; then write the report."""
        with self._telling.shown():
            self._make(partial(activate, on_outcome=self._tally.note, on_report=self._keep))
            if report is not None:
                self._asked, self._kept = report, keep_report(report, self._report, facts)

    def _keep(self, report: ActivationReport) -> None:
        """Take in what became of all; it comes however the run ends."""
        self._report = report

    def _make(self, activate: Callable[[], Awaitable[object]]) -> None:
        try:
            self._ended_by = anyio.run(until_signal, partial(self._main, activate))
        except KeyboardInterrupt:
            self._ended_by = signal.SIGINT
        except SharedBudgetError as error:
            fail(error.message)
        except Exception as error:  # noqa: BLE001  (a bug; raised again when what is known has been said)
            self._crash = error

    async def _main(self, activate: Callable[[], Awaitable[object]]) -> None:
        async with self._client, anyio.create_task_group() as group:
            group.start_soon(watch, self._tally, self._client)
            try:
                await activate()
            except JournalError as error:  # out of the group it would come wrapped
                self._crash = error
            group.cancel_scope.cancel()

    def conclude(self, *, quiet: bool) -> ExitCode:
        """Print the summary; returns the code that says how it went."""
        place, trouble = self._kept
        report = self._report
        if isinstance(self._crash, JournalError):
            if not len(report):
                fail(f"{self._crash}; nothing was sent")
            warn(f"{self._crash}. Nothing further was sent")
        if trouble:
            beside = f"; the report is at {place}" if place is not None else ""
            warn(f"{self._asked} was not written: {trouble}{beside}")
        interrupted = self._ended_by is not None
        code = exit_code(
            report.counts, interrupted=interrupted, unauthorized=self._tally.unauthorized, report_lost=bool(trouble)
        )
        if code or not quiet:
            lines = summary_lines(report, self._tally, _where(self._entries), place)
            tell_how_it_went([*lines, *([] if place is None else [f"report: {place}"])], code)
        if interrupted:
            say(err(), "interrupted; what was not sent by then is not attempted")
        elif self._tally.unauthorized:
            warn(REFUSED)
        if place is None and self._ended_by is getattr(signal, "SIGHUP", "") and unseen():
            keep_report(Path(f"plivo-async-{datetime.now():%Y%m%d-%H%M%S}.json"), report)  # nobody saw the summary
        if self._crash is not None and not isinstance(self._crash, JournalError):
            raise self._crash
        return code


def _where(entries: Sequence[Entry]) -> Callable[[int], str]:
    return lambda position: f"line {entries[position].line}"
