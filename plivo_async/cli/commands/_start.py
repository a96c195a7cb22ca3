"""`plivo-async mpc start`: the main job, on an account."""

from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Annotated, Literal

import typer

from ..._base_url import BASE_URL
from .._completion import failure
from ..input._at import parse_at
from ..input._options import parse_duration, parse_rate, parse_timeout
from ..screen._console import given
from ._arguments import BaseUrl, Column, File, Header, Limit, MaxAttempts, Quiet, Shared, Timeout, Uuids, WaitFor

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
    from .._account import entries_of, facts_of, open_client
    from .._output import Facts
    from ..actions._start import Run, Telling, again, check_report, show_plan, wait_until

    rate = given("--limit", parse_rate, limit)
    waits = given("--wait-for", parse_duration, wait_for)
    ends = None if deadline is None else given("--deadline", parse_timeout, deadline)
    seconds = given("--timeout", parse_timeout, timeout)
    begins = None if at is None else given("--at", partial(parse_at, now=datetime.now(UTC)), at)
    if report is not None:
        given("--report", lambda text: check_report(Path(text), file, journal), str(report))
    tried_again = given("--retry", partial(again, journal=journal), ",".join(retry or ()))
    if dry_run:
        show_plan(entries_of(file, column, header, uuid), rate, begins)
        return
    connect = partial(open_client, base_url, seconds, max_attempts, rate, shared)
    telling = Telling(rate, quiet=quiet, as_json=log_json)
    client = connect(telling.observer)
    entries = entries_of(file, column, header, uuid)
    if begins is not None:
        wait_until(begins, connect(), quiet=quiet or log_json)
    activate = partial(
        client.mpc.start,
        [entry.conference for entry in entries],
        confirm=confirm,
        wait_for=waits,
        deadline=ends,
        journal=journal,
        resume=tried_again,
    )
    run = Run(client, entries, telling)
    run.make(activate, report, Facts(file, rate, facts_of(base_url, rate, journal, file), entries))
    raise typer.Exit(int(run.conclude(quiet=quiet)))
