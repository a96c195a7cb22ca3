"""`plivo-async mpc list`: the conferences of an account."""

import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Annotated

import typer
from rich.table import Table

from ... import BASE_URL, AsyncClient
from ...models import MultiPartyCall
from ...resources import ConferenceFilters, Pages
from ...shown._printable import printable, printable_json
from ...wire import Status
from .._account import BaseUrl, MaxAttempts, Timeout, open_client
from .._codes import ExitCode
from .._running import run
from ..input._options import parse_duration, parse_rate, parse_timeout
from ..screen._columns import fitting
from ..screen._console import err, fail, given, out, say
from ..screen._words import in_terms_of_the_command

Note = Callable[[int | None], None]

_PAGE = 20
_COLUMNS = ("name", "status", "since (UTC)", "recording", "uuid")
_LEAST_COLUMNS = 3  # those from the left that a terminal shows however narrow it is


def list_(
    status: Annotated[Status | None, typer.Option(help="Only those that wait, go on, or are over.")] = None,
    name: Annotated[str | None, typer.Option(metavar="NAME", help="Only those of this name.")] = None,
    sub_account: Annotated[str | None, typer.Option(metavar="SA…", help="Only those of this subaccount.")] = None,
    created_after: Annotated[
        str | None, typer.Option(metavar="TIME", help="Only those made then or later: 2h (ago), 2026-11-24 18:00.")
    ] = None,
    created_before: Annotated[str | None, typer.Option(metavar="TIME", help="Only those made earlier.")] = None,
    ended_after: Annotated[
        str | None, typer.Option(metavar="TIME", help="Only those that ended then or later.")
    ] = None,
    ended_before: Annotated[str | None, typer.Option(metavar="TIME", help="Only those that ended earlier.")] = None,
    limit: Annotated[int | None, typer.Option(min=1, metavar="N", help="At most so many, the newest first.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="A JSON object per line, with all that is known.")] = False,
    timeout: Timeout = "10s",
    max_attempts: MaxAttempts = 5,
    base_url: BaseUrl = BASE_URL,
) -> None:
    r"""List conferences: those that wait (initialized), go on (active), and are over (ended).

    Without --ended-after and --ended-before, Plivo lists those of the last seven days; with one of them, thirty days
    from there. A TIME is a date, a date and time (UTC unless it has an offset), or how long ago it is.

    A terminal gets a table, with the columns for which it has room. A pipe gets a line per conference, without a
    header, its columns separated by tabs: name, status, since when it has it (UTC), recording, UUID. Characters that
    would break a line are written as \x1b.
    Nothing is printed before the list is complete, so that what is done with it can't disturb it. How many
    participants a conference has is in no list of Plivo's.

    The credentials are read from the environment variables PLIVO_AUTH_ID and PLIVO_AUTH_TOKEN only.

    Examples:
      plivo-async mpc list --status initialized
      plivo-async mpc list --status initialized | cut -f1 | plivo-async mpc start -
      plivo-async mpc list --status initialized | cut -f5 | plivo-async mpc start - --uuid
      plivo-async mpc list --ended-after 24h --json | jq .billed_amount

    Exit codes:
      0    the list is complete, or has the N that were asked for
      1    it could not be fetched; nothing is printed
      2    usage, or credentials missing; nothing was sent
      4    the credentials were refused (401)
      6    it could not be written to its end
      130  interrupted
    """
    instant = partial(given_instant, now=datetime.now(UTC))
    filters = ConferenceFilters(
        status=status,
        friendly_name=name,
        sub_account=sub_account,
        creation_time__gte=instant("--created-after", created_after),
        creation_time__lt=instant("--created-before", created_before),
        end_time__gte=instant("--ended-after", ended_after),
        end_time__lt=instant("--ended-before", ended_before),
        limit=None if limit is None else min(limit, _PAGE),
    )
    client = open_client(base_url, given("--timeout", parse_timeout, timeout), max_attempts, parse_rate("300/5"))
    calls, more = _fetched(client, filters, limit)
    _print(calls, as_json)
    if more:
        say(err(), f"there are more; --limit {limit} cut them off")
    elif not calls:
        say(err(), "no conference fits")


def parse_instant(text: str, now: datetime) -> datetime:
    """An instant: `2026-11-24`, `2026-11-24 18:00`, `2026-11-24T18:00+01:00`, or so long ago: `2h`, `90m`.

    Raises:
        ValueError: It is none of these, or too long ago.
    """
    try:
        instant = datetime.fromisoformat(text.strip())
    except ValueError:
        pass
    else:
        return instant.replace(tzinfo=UTC) if instant.tzinfo is None else instant
    try:
        return now - timedelta(seconds=parse_duration(text))
    except (ValueError, OverflowError):
        raise ValueError(
            f"{text!r} is no time: write a date and time, as in 2026-11-24 18:00, or how long ago, as in 2h"
        ) from None


def since(call: MultiPartyCall) -> datetime | None:
    """When a conference got its status."""
    if call.status == "Ended":
        return call.end_time
    return (call.start_time if call.status == "Active" else None) or call.creation_time


def row(call: MultiPartyCall) -> tuple[str, ...]:
    """The columns, as text without control characters."""
    instant = since(call)
    when = "-" if instant is None else f"{instant:%Y-%m-%d %H:%M:%S}"
    return tuple(
        printable(text) for text in (call.friendly_name, call.status, when, call.recording or "-", call.mpc_uuid)
    )


def table(calls: Sequence[MultiPartyCall], width: int) -> Table:
    """The conferences as a table. Where there is no room, the UUID is left out, then the recording; never the name."""
    return fitting(_COLUMNS, [row(call) for call in calls], width, _LEAST_COLUMNS)


def json_line(call: MultiPartyCall) -> str:
    """All fields, times in ISO 8601, amounts as text."""
    return printable_json(json.dumps(asdict(call), ensure_ascii=False, default=_as_text))


def _as_text(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def given_instant(option: str, text: str | None, now: datetime) -> datetime | None:
    """The instant that an option says; None without it."""
    return None if text is None else given(option, partial(parse_instant, now=now), text)


def _fetched(client: AsyncClient, filters: ConferenceFilters, limit: int | None) -> tuple[list[MultiPartyCall], bool]:
    """The conferences, and whether there are more than were asked for; ends the program if there is no list."""
    try:
        pages = client.mpc.list(**filters)
    except ValueError as error:
        fail(in_terms_of_the_command(str(error)))
    found: list[MultiPartyCall] = []
    more = False

    async def main() -> None:
        nonlocal more
        async with client:
            more = await collect(pages, limit, found, note)

    with err().status("listing") as status:

        def note(total: int | None) -> None:
            status.update(f"listing: {len(found):,}" + (f" of {total:,}" if total is not None else ""))

        interrupted = run(main)
    if interrupted:
        fail("interrupted; nothing is listed", ExitCode.INTERRUPTED)
    return found, more


async def collect(pages: Pages[MultiPartyCall], limit: int | None, found: list[MultiPartyCall], note: Note) -> bool:
    """Put all conferences into a list, or the first ones.

    Returns:
        Whether there are more.
    """
    async for page in pages.pages():
        found += page.objects
        note(page.meta.count)
        if limit is not None and len(found) >= limit:
            more = len(found) > limit or page.has_next
            del found[limit:]
            return more
    return False


def _print(calls: Sequence[MultiPartyCall], as_json: bool) -> None:
    console = out()
    if console.file.isatty() and not as_json:
        if calls:
            console.print(table(calls, console.width))
        return
    for call in calls:
        sys.stdout.write((json_line(call) if as_json else "\t".join(row(call))) + "\n")
