"""`plivo-async call list`: the calls that are over, go on, or are queued."""

import sys
from datetime import UTC, datetime
from typing import Annotated, Literal

import typer

from ..._base_url import BASE_URL
from ..input._options import Rate, parse_timeout
from ..screen._console import err, fail, given, say
from ._arguments import BaseUrl, MaxAttempts, Timeout
from ._list import given_instant

Direction = Literal["inbound", "outbound"]

_USUAL = 100
_PAGE = 20


def call_list(
    live: Annotated[bool, typer.Option("--live", help="Those that ring or go on, instead: a UUID a line.")] = False,
    queued: Annotated[
        bool, typer.Option("--queued", help="Those that are not dialled yet, instead: a UUID a line.")
    ] = False,
    direction: Annotated[Direction | None, typer.Option(help="Only those that came in, or went out.")] = None,
    caller: Annotated[str | None, typer.Option("--from", metavar="NUMBER", help="Only those of this caller.")] = None,
    callee: Annotated[str | None, typer.Option("--to", metavar="NUMBER", help="Only those to this number.")] = None,
    ended_after: Annotated[
        str | None,
        typer.Option(metavar="TIME", help="Only those that ended then or later: 2h (ago), 2026-11-24 18:00."),
    ] = None,
    ended_before: Annotated[str | None, typer.Option(metavar="TIME", help="Only those that ended earlier.")] = None,
    limit: Annotated[int, typer.Option(min=1, metavar="N", help="At most so many.")] = _USUAL,
    as_json: Annotated[bool, typer.Option("--json", help="A JSON object per line, with all that is known.")] = False,
    timeout: Timeout = "10s",
    max_attempts: MaxAttempts = 5,
    base_url: BaseUrl = BASE_URL,
) -> None:
    """List phone calls: those that are over, with how they ended, or those that are up.

    A line for each, its columns separated by tabs: UUID, direction, caller, callee, end (UTC), seconds talked, cause.
    Of numbers the last four digits are shown; --json has all of them. With --live or --queued there are UUIDs only, as
    Plivo lists no more of those. A call's record is there some seconds after its end.

    The credentials are read from the environment variables PLIVO_AUTH_ID and PLIVO_AUTH_TOKEN only.

    Examples:
      plivo-async call list --live
      plivo-async call list --ended-after 1h --json | jq .hangup_cause_name

    Exit codes:
      0    the list is complete, or has the N that were asked for
      1    it could not be fetched; nothing is printed
      2    usage, or credentials missing; nothing was sent
      4    the credentials were refused (401)
      6    it could not be written to its end
      130  interrupted
    """
    from ... import CallFilters
    from .._account import open_client
    from ..actions._call_list import ids, json_line, records, row

    if live and queued:
        fail("--live and --queued are two lists; take one of them")
    if (live or queued) and (ended_after or ended_before):
        fail("--ended-after and --ended-before are for calls that are over, and these aren't")
    now = datetime.now(UTC)
    filters = CallFilters(
        call_direction=direction,
        from_number=caller,
        to_number=callee,
        end_time__gte=given_instant("--ended-after", ended_after, now),
        end_time__lt=given_instant("--ended-before", ended_before, now),
        limit=min(limit, _PAGE),
    )
    client = open_client(base_url, given("--timeout", parse_timeout, timeout), max_attempts, Rate(300, 5.0))
    if live or queued:
        lines = ids(client, filters, as_json, live=live)[:limit]
    else:
        lines = [json_line(call) if as_json else row(call) for call in records(client, filters, limit)]
    for line in lines:
        sys.stdout.write(f"{line}\n")
    if not lines:
        say(err(), "no call fits")
