"""`plivo-async doctor`: what stands between a program and its calls, and what to do about it."""

from typing import Annotated

import typer

from ..._base_url import BASE_URL
from .._codes import ExitCode
from ..input._options import Rate, parse_timeout
from ..screen._console import fail, given, tell
from ._arguments import BaseUrl, Timeout

_STYLES = {"warning": "magenta", "wrong": "bold red"}


def doctor(
    timeout: Timeout = "10s",
    max_attempts: Annotated[int, typer.Option(min=1, max=100, metavar="N", help="Attempts, the first one too.")] = 2,
    base_url: BaseUrl = BASE_URL,
) -> None:
    """Check what a program needs before it calls anybody: credentials, clock, credit, numbers; and say what to do.

    Nothing is changed, nobody is called: two requests that read.

    The credentials are read from the environment variables PLIVO_AUTH_ID and PLIVO_AUTH_TOKEN only.

    Examples:
      plivo-async doctor

    Exit codes:
      0    nothing is wrong; there may be warnings
      1    something is wrong, or Plivo could not be reached
      2    usage, or credentials missing; nothing was sent
      4    the credentials were refused (401)
      6    it could not be written
      130  interrupted
    """
    from ...shown._printable import printable
    from .._account import open_client
    from .._running import run
    from ..actions._doctor import findings, look

    client = open_client(base_url, given("--timeout", parse_timeout, timeout), max_attempts, Rate(300, 5.0))
    found = []

    async def main() -> None:
        async with client:
            found.extend(findings(await look(client)))

    if run(main):
        fail("interrupted", ExitCode.INTERRUPTED)
    tell([printable(line) for finding in found for line in finding.lines()], _style)
    if any(finding.level == "wrong" for finding in found):
        raise typer.Exit(int(ExitCode.SOME_FAILED))


def _style(line: str) -> str:
    return _STYLES.get(line.partition(" ")[0], "")
