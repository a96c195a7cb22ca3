"""`plivo-async mpc stop`: end conferences."""

import typer

from ..._base_url import BASE_URL
from ..input._options import parse_rate, parse_timeout
from ..screen._console import given
from ._arguments import BaseUrl, Column, File, Header, Limit, MaxAttempts, Quiet, Shared, Timeout, Uuids


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
    from .._account import entries_of, open_client
    from ..actions._stop import end_all

    rate = given("--limit", parse_rate, limit)
    client = open_client(base_url, given("--timeout", parse_timeout, timeout), max_attempts, rate, shared)
    raise typer.Exit(int(end_all(client, entries_of(file, column, header, uuid), quiet=quiet)))
