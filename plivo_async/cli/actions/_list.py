"""The conferences of an account, fetched and shown."""

import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import datetime

from rich.table import Table

from ... import AsyncClient
from ...models import MultiPartyCall
from ...resources import ConferenceFilters, Pages
from ...shown._printable import printable, printable_json
from .._codes import ExitCode
from .._running import run
from ..screen._columns import fitting
from ..screen._console import err, fail, out
from ..screen._words import in_terms_of_the_command

Note = Callable[[int | None], None]

_COLUMNS = ("name", "status", "since (UTC)", "recording", "uuid")
_LEAST_COLUMNS = 3  # those from the left that a terminal shows however narrow it is


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


def fetched(client: AsyncClient, filters: ConferenceFilters, limit: int | None) -> tuple[list[MultiPartyCall], bool]:
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


def show(calls: Sequence[MultiPartyCall], as_json: bool) -> None:
    console = out()
    if console.file.isatty() and not as_json:
        if calls:
            console.print(table(calls, console.width))
        return
    for call in calls:
        sys.stdout.write((json_line(call) if as_json else "\t".join(row(call))) + "\n")
