"""`plivo-async mpc get`: one conference."""

import sys
from dataclasses import fields
from typing import Annotated

import typer

from ... import BASE_URL, AsyncClient
from ...models import MultiPartyCall
from ...shown._printable import printable
from .._account import BaseUrl, MaxAttempts, Timeout, open_client
from .._codes import ExitCode
from .._running import run
from ..input._options import Rate, parse_timeout
from ..screen._console import fail, given, tell
from ._list import json_line

_LEFT_OUT = frozenset({"api_id", "extra", "participants", "resource_uri"})


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
    client = open_client(base_url, given("--timeout", parse_timeout, timeout), max_attempts, Rate(300, 5.0))
    found = _fetched(client, name, uuid)
    if as_json:
        sys.stdout.write(json_line(found) + "\n")
    else:
        tell(field_lines(found))


def field_lines(conference: MultiPartyCall) -> list[str]:
    """A line for each field that is known."""
    known = ((field.name, getattr(conference, field.name)) for field in fields(conference))
    shown = [(name, value) for name, value in known if value is not None and name not in _LEFT_OUT]
    return [f"{name:22} {printable(str(value))}" for name, value in shown]


def _fetched(client: AsyncClient, name: str, uuid: bool) -> MultiPartyCall:
    """The conference; ends the program if there is none."""
    found: list[MultiPartyCall] = []
    try:
        handle = client.mpc(uuid=name) if uuid else client.mpc(name)
    except ValueError as error:
        fail(str(error))

    async def main() -> None:
        async with client:
            found.append(await handle.get())

    if run(main):
        fail("interrupted", ExitCode.INTERRUPTED)
    return found[0]
