"""`plivo-async mpc start`: the main job, on an account."""

import signal
import sys
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Annotated, Literal

import anyio
import typer

from ... import (
    BASE_URL,
    ActivationOutcome,
    ActivationReport,
    AsyncClient,
    AuthenticationError,
    JournalError,
    PlivoError,
    SharedBudgetError,
    plan,
)
from ...batch import AGAIN, duration
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
    WaitFor,
    entries_of,
    facts_of,
    is_same_file,
    open_client,
    rate_limit,
)
from .._codes import ExitCode, exit_code
from .._completion import failure
from .._output import Facts, check_report_path, keep_report
from .._running import run as run_to_end
from .._signals import until_signal
from ..input._at import parse_at, sleep_until_then
from ..input._entries import Entry
from ..input._options import parse_duration, parse_rate, parse_timeout
from ..screen._console import err, fail, given, say, tell, tell_how_it_went, unseen, warn
from ..screen._json_log import JsonLog
from ..screen._progress import hearing, progress, watch
from ..screen._summary import plan_lines, summary_lines
from ..screen._tally import Tally
from ..screen._words import in_terms_of_the_command

Confirm = Literal["always", "ambiguous", "never"]


def start(
    file: File,
    column: Column = None,
    header: Header = None,
    uuid: Uuids = False,
    report: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE.json|.csv|.html",
            help="Write the outcome of every conference there, also when interrupted; .html is a page for people. "
            "Overwrites.",
        ),
    ] = None,
    journal: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE.db",
            help="Write down there what is sent before it is, and go on from there if it was killed or interrupted.",
        ),
    ] = None,
    retry: Annotated[
        list[str] | None,
        typer.Option(
            metavar="OUTCOME",
            autocompletion=failure,
            help="With --journal: try this outcome of an earlier run again as well: not_found, rejected. "
            "failed, unknown and not_attempted always are.",
        ),
    ] = None,
    wait_for: WaitFor = "0",
    deadline: Annotated[
        str | None, typer.Option(metavar="TIME", help="Stop after this long; what is left is not attempted.")
    ] = None,
    at: Annotated[
        str | None,
        typer.Option(metavar="TIME", help="Begin then: 09:00 (the next one here), 2026-11-27 09:00. Until then, wait."),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what it would take, and which names are there twice; send nothing.")
    ] = False,
    quiet: Quiet = False,
    log_json: Annotated[
        bool, typer.Option("--log-json", help="Progress for programs, on stderr: a JSON object a line.")
    ] = False,
    confirm: Annotated[
        Confirm,
        typer.Option(help="Which 404s are settled by a look: all, those after a lost answer, none (they end unknown)."),
    ] = "always",
    timeout: Timeout = "10s",
    max_attempts: MaxAttempts = 5,
    limit: Limit = "300/5",
    shared: Shared = None,
    base_url: BaseUrl = BASE_URL,
) -> None:
    """Activate the conferences that a file names, and say of each whether it is live.

    The credentials are read from the environment variables PLIVO_AUTH_ID and PLIVO_AUTH_TOKEN only: an argument would
    show in the list of processes. HTTPS_PROXY, NO_PROXY and SSL_CERT_FILE are honoured.

    Progress goes to stderr, the summary to stdout. Nothing is sent if any line of FILE is wrong. Repeating a run is
    safe: what is live already is reported as already active. Ctrl-C, SIGTERM or a closed terminal stop in order and
    report what is known; a second Ctrl-C ends at once.

    Examples:
      plivo-async mpc start names.txt
      plivo-async mpc start tonight.csv --column room --report report.json
      plivo-async mpc start tonight.csv --dry-run
      plivo-async mpc start tonight.csv --journal tonight.db --report tonight.html
      grep -v test names.txt | plivo-async mpc start - --wait-for 30s --at 09:00

    Exit codes:
      0    all are live
      1    some are known to have failed
      2    usage, input or credentials missing; nothing was sent
      3    some are unknown: they may be live or not
      4    the credentials were refused (401)
      5    all are live, but the report could not be written where it should be
      6    all are live, but the summary could not be written
      130  interrupted
    """
    rate = given("--limit", parse_rate, limit)
    waits = given("--wait-for", parse_duration, wait_for)
    ends = None if deadline is None else given("--deadline", parse_timeout, deadline)
    seconds = given("--timeout", parse_timeout, timeout)
    begins = None if at is None else given("--at", partial(parse_at, now=datetime.now(UTC)), at)
    if report is not None:
        given("--report", lambda text: check_report_path(Path(text)), str(report))
        if is_same_file(file, report):
            raise typer.BadParameter("it is the input, and would be overwritten", param_hint="--report")
        if journal is not None and journal.resolve() == report.resolve():
            raise typer.BadParameter("it is the journal, and would be overwritten", param_hint="--report")
    again = given("--retry", partial(_again, journal=journal), ",".join(retry or ()))
    tally = Tally(0, rate)
    log = JsonLog(tally)
    observer = log if log_json else hearing(tally)
    client = None if dry_run else open_client(base_url, seconds, max_attempts, rate, shared, observer)
    entries = entries_of(file, column, header, uuid)
    if client is None:
        ahead = plan((entry.conference for entry in entries), rate_limit(rate))
        tell(plan_lines(ahead, _where(entries), rate, begins or datetime.now().astimezone()))
        return
    if begins is not None:
        checking = open_client(base_url, seconds, max_attempts, rate, shared)
        # All of it in one run: a signal that came between two would be nobody's.
        if run_to_end(partial(_wait, checking, begins, quiet or log_json)):
            fail("interrupted; nothing was sent", ExitCode.INTERRUPTED)
    tally.total = len(entries)
    run = _Run(client, entries, tally)
    names = [entry.conference for entry in entries]
    activate = partial(
        client.mpc.start,
        names,
        confirm=confirm,
        wait_for=waits,
        deadline=ends,
        on_outcome=tally.note,
        on_report=run.keep,
        journal=journal,
        resume=again,
    )
    facts = Facts(file, rate, facts_of(base_url, rate, journal, file), entries)
    with log.written(sys.stderr) if log_json else nullcontext() if quiet else progress(tally, err()):
        run.make(activate)
        kept = (None, "") if report is None else keep_report(report, run.report, facts)
    _conclude(run, report, kept, quiet)


class _Run:
    """One run, and what is known of it whatever ends it."""

    def __init__(self, client: AsyncClient, entries: Sequence[Entry], tally: Tally) -> None:
        self.entries = entries
        self.tally = tally
        self.ended_by: signal.Signals | None = None
        self.crash: Exception | None = None
        self._client = client
        self.report = ActivationReport((), 0.0)

    def keep(self, report: ActivationReport) -> None:
        """Take in what became of all; it comes however the run ends."""
        self.report = report

    def make(self, activate: Callable[[], object]) -> None:
        """Do it, until it is done or a signal comes."""
        try:
            self.ended_by = anyio.run(until_signal, partial(self._main, activate))
        except KeyboardInterrupt:
            self.ended_by = signal.SIGINT
        except SharedBudgetError as error:
            fail(error.message)
        except Exception as error:  # noqa: BLE001  (a bug; raised again when what is known has been said)
            self.crash = error

    async def _main(self, activate: Callable[..., object]) -> None:
        async with self._client, anyio.create_task_group() as group:
            group.start_soon(watch, self.tally, self._client)
            try:
                await activate()  # type: ignore[misc]
            except JournalError as error:  # out of the group it would come wrapped
                self.crash = error
            group.cancel_scope.cancel()


def _again(text: str, journal: Path | None) -> frozenset[ActivationOutcome] | None:
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


def _where(entries: Sequence[Entry]) -> Callable[[int], str]:
    return lambda position: f"line {entries[position].line}"


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


def _conclude(run: _Run, asked: Path | None, kept: tuple[Path | None, str], quiet: bool) -> None:
    """Print the summary and end with the code that says how it went."""
    place, trouble = kept
    report = run.report
    if isinstance(run.crash, JournalError):
        if not len(report):
            fail(f"{run.crash}; nothing was sent")
        warn(f"{run.crash}. Nothing further was sent")
    if trouble:
        warn(f"{asked} was not written: {trouble}" + (f"; the report is at {place}" if place is not None else ""))
    interrupted = run.ended_by is not None
    code = exit_code(
        report.counts, interrupted=interrupted, unauthorized=run.tally.unauthorized, report_lost=bool(trouble)
    )
    lines = summary_lines(report, run.tally, _where(run.entries), place)
    if code or not quiet:
        tell_how_it_went([*lines, *([] if place is None else [f"report: {place}"])], code)
    if interrupted:
        say(err(), "interrupted; what was not sent by then is not attempted")
    elif run.tally.unauthorized:
        warn(REFUSED)
    if place is None and run.ended_by is getattr(signal, "SIGHUP", "") and unseen():
        keep_report(Path(f"plivo-async-{datetime.now():%Y%m%d-%H%M%S}.json"), report)  # nobody saw the summary
    if run.crash is not None and not isinstance(run.crash, JournalError):
        raise run.crash
    raise typer.Exit(int(code))
