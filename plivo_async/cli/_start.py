"""`plivo-async mpc start`: the main job, on an account."""

import os
import sys
import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Annotated, Literal

import anyio
import typer

from .. import BASE_URL, Activation, ActivationReport, AsyncClient, RateLimit, RetryPolicy
from ._codes import exit_code
from ._console import err, fail, given, say, tell, warn
from ._input import STDIN, Entry, InputError, read_entries, read_source
from ._options import Rate, parse_duration, parse_rate, parse_timeout
from ._output import check_report_path, keep_report
from ._progress import progress, watch_pauses
from ._signals import until_signal
from ._summary import summary_lines
from ._tally import Tally

Confirm = Literal["always", "ambiguous", "never"]

_VARIABLES = ("PLIVO_AUTH_ID", "PLIVO_AUTH_TOKEN")


def start(
    file: Annotated[str, typer.Argument(metavar="FILE|-", help="Text, one name per line; CSV; - for stdin.")],
    column: Annotated[
        str | None,
        typer.Option(
            metavar="NAME|NUMBER",
            help="The CSV column, by name or by number from 1. Makes FILE a CSV whatever its suffix. "
            "If left out: friendly_name, name or conference (with --uuid: mpc_uuid or uuid).",
        ),
    ] = None,
    header: Annotated[
        bool | None,
        typer.Option(
            "--header/--no-header",
            help="Whether the first CSV row holds column names.",
            show_default="unless --column is a number",
        ),
    ] = None,
    uuid: Annotated[bool, typer.Option("--uuid", help="FILE holds MPC UUIDs, not friendly names.")] = False,
    report: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE.json|.csv",
            help="Write the outcome of every conference there, also when interrupted. Overwrites.",
        ),
    ] = None,
    wait_for: Annotated[
        str, typer.Option(metavar="TIME", help="How long to keep trying a conference that isn't waiting yet: 30, 5m.")
    ] = "0",
    deadline: Annotated[
        str | None, typer.Option(metavar="TIME", help="Stop after this long; what is left is not attempted.")
    ] = None,
    confirm: Annotated[
        Confirm,
        typer.Option(help="Which 404s are settled by a look: all, those after a lost answer, none (they end unknown)."),
    ] = "always",
    timeout: Annotated[str, typer.Option(metavar="TIME", help="Bounds one attempt.")] = "10s",
    max_attempts: Annotated[int, typer.Option(min=1, max=100, help="Attempts per conference, the first one too.")] = 5,
    limit: Annotated[
        str, typer.Option(metavar="N/SECONDS|none", help="The account's limit; Plivo's default is 300/5.")
    ] = "300/5",
    base_url: Annotated[str, typer.Option(metavar="URL", help="Where Plivo is, or an emulator.")] = BASE_URL,
) -> None:
    """Activate the conferences that a file names, and say of each whether it is live.

    The credentials are read from the environment variables PLIVO_AUTH_ID and PLIVO_AUTH_TOKEN only: an argument would
    show in the list of processes.

    Progress goes to stderr, the summary to stdout. Nothing is sent if any line of FILE is wrong. Repeating a run is
    safe: what is live already is reported as already active. Ctrl-C stops in order and reports what is known; a second
    one ends at once.

    Examples:
      plivo-async mpc start names.txt
      plivo-async mpc start tonight.csv --column room --report report.json
      grep -v test names.txt | plivo-async mpc start - --wait-for 30s

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
    if report is not None:
        given("--report", lambda text: check_report_path(Path(text)), str(report))
    client = _client(base_url, seconds, max_attempts, rate)
    entries = _entries(file, column, header, uuid)

    tally = Tally(len(entries), rate)
    activations: list[Activation] = []

    def note(activation: Activation) -> None:
        activations.append(activation)
        tally.note(activation)

    names = [entry.conference for entry in entries]
    activate = partial(client.mpc.start, names, confirm=confirm, wait_for=waits, deadline=ends, on_outcome=note)

    async def main() -> None:
        async with client, anyio.create_task_group() as group:
            group.start_soon(watch_pauses, tally, client)
            await activate()
            group.cancel_scope.cancel()

    began = time.monotonic()
    interrupted = False
    with progress(tally, err()):
        try:
            interrupted = anyio.run(until_signal, main) is not None
        except KeyboardInterrupt:
            interrupted = True
    _conclude(ActivationReport(activations, time.monotonic() - began), tally, entries, report, interrupted)


def _client(base_url: str, timeout: float, max_attempts: int, rate: Rate | None) -> AsyncClient:
    for variable in _VARIABLES:
        if not os.environ.get(variable):
            fail(f"{variable} is not set. Export PLIVO_AUTH_ID and PLIVO_AUTH_TOKEN; the Plivo console shows both")
    try:
        return AsyncClient(
            base_url=base_url,
            timeout=timeout,
            retry=RetryPolicy(max_attempts=max_attempts),
            rate_limit=None if rate is None else RateLimit(*rate),
        )
    except ValueError as error:
        fail(_in_terms_of_the_command(str(error)))


def _in_terms_of_the_command(message: str) -> str:
    """Replace the names of the library's arguments."""
    names = {
        "auth_id ": "PLIVO_AUTH_ID ",
        "auth_token ": "PLIVO_AUTH_TOKEN ",
        "base_url ": "--base-url ",
        ", or pass allow_http=True if you know that nobody listens": "",
    }
    for name, ours in names.items():
        message = message.replace(name, ours)
    return message


def _entries(file: str, column: str | None, header: bool | None, uuid: bool) -> list[Entry]:
    if file == STDIN and sys.stdin is not None and sys.stdin.isatty():
        say(err(), "Type names, one per line; Ctrl-D (on Windows Ctrl-Z and Enter) ends the list.")
    try:
        data, label = read_source(file)
        return read_entries(data, label, column=column, header=header, uuid=uuid)
    except InputError as error:
        fail(str(error))


def _conclude(
    report: ActivationReport, tally: Tally, entries: Sequence[Entry], path: Path | None, interrupted: bool
) -> None:
    """Print the summary, write the report, and end with the code that says how it went."""
    kept, trouble = (None, "") if path is None else keep_report(path, report)
    if trouble:
        warn(f"{path} was not written: {trouble}" + (f"; the report is at {kept}" if kept is not None else ""))
    lines = summary_lines(report, tally, lambda position: f"line {entries[position].line}", kept)
    tell([*lines, *([] if kept is None else [f"report: {kept}"])])
    if interrupted:
        say(err(), "interrupted; what was not sent by then is not attempted")
    elif tally.unauthorized:
        warn(f"Plivo refused the credentials (401); check {' and '.join(_VARIABLES)}")
    code = exit_code(report.counts, interrupted=interrupted, unauthorized=tally.unauthorized, report_lost=bool(trouble))
    raise typer.Exit(int(code))
