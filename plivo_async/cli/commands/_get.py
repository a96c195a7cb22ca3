"""`plivo-async mpc get`: one conference."""

import sys
from typing import Annotated

import typer

from ..._base_url import BASE_URL
from ..input._options import Rate, parse_timeout
from ..screen._console import given, tell
from ._arguments import BaseUrl, MaxAttempts, Timeout


def get(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Its friendly name; with --uuid its MPC UUID.")],
    uuid: Annotated[bool, typer.Option("--uuid", help="NAME is an MPC UUID.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="A JSON object in one line, with all that is known.")] = False,
    timeout: Timeout = "10s",
    max_attempts: MaxAttempts = 5,
    base_url: BaseUrl = BASE_URL,
) -> None:
    """Show one conference: its status, since when, what it cost.

    By name, it is the one that is live or waits; of those that are over, Plivo knows the UUID only.

    The credentials are read from the environment variables PLIVO_AUTH_ID and PLIVO_AUTH_TOKEN only.

    Examples:
      plivo-async mpc get support-4812
      plivo-async mpc get --uuid 8742d531-7a2e-4c0f-9c1d-0f3a1c5b2d4e --json

    Exit codes:
      0    it is there, whatever its status
      1    there is none, or it could not be fetched
      2    usage, or credentials missing; nothing was sent
      4    the credentials were refused (401)
      6    it could not be written
      130  interrupted
    """
    from .._account import open_client
    from ..actions._get import fetched, field_lines
    from ..actions._list import json_line

    client = open_client(base_url, given("--timeout", parse_timeout, timeout), max_attempts, Rate(300, 5.0))
    found = fetched(client, name, uuid)
    if as_json:
        sys.stdout.write(json_line(found) + "\n")
    else:
        tell(field_lines(found))
