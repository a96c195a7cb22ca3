"""`plivo-async mpc list`: the conferences of an account."""

from datetime import UTC, datetime
from functools import partial
from typing import Annotated, Literal

import typer

from ..._base_url import BASE_URL
from ..input._instant import parse_instant
from ..input._options import parse_rate, parse_timeout
from ..screen._console import err, given, say
from ._arguments import BaseUrl, MaxAttempts, Timeout

Status = Literal["initialized", "active", "ended"]

_PAGE = 20


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
    from ...resources import ConferenceFilters
    from .._account import open_client
    from ..actions._list import fetched, show

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
    calls, more = fetched(client, filters, limit)
    show(calls, as_json)
    if more:
        say(err(), f"there are more; --limit {limit} cut them off")
    elif not calls:
        say(err(), "no conference fits")


def given_instant(option: str, text: str | None, now: datetime) -> datetime | None:
    """The instant that an option says; None without it."""
    return None if text is None else given(option, partial(parse_instant, now=now), text)
