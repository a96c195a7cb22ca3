"""`plivo-async doctor`: what stands between a program and its calls, and what to do about it."""

import os
from typing import Annotated

import typer

from ..._base_url import BASE_URL
from .._codes import ExitCode
from ..input._options import parse_rate, parse_timeout
from ..screen._console import fail, given, tell
from ._arguments import BaseUrl, Limit, Shared, Timeout

_STYLES = {"warning": "magenta", "wrong": "bold red"}


def doctor(
    timeout: Timeout = "10s",
    max_attempts: Annotated[int, typer.Option(min=1, max=100, metavar="N", help="Attempts, the first one too.")] = 2,
    limit: Limit = "300/5",
    shared: Shared = None,
    base_url: BaseUrl = BASE_URL,
) -> None:
    """Check what a program needs before it calls anybody, and say what to do.

    In this order: versions, network, proxy, TLS, credentials, clock, credit, numbers, limit, the shared budget. Nothing
    is changed, nobody is called: a request without credentials shows the way, and two that read ask the account.

    The credentials are read from the environment variables PLIVO_AUTH_ID and PLIVO_AUTH_TOKEN only. HTTPS_PROXY,
    NO_PROXY and SSL_CERT_FILE are honoured.

    Examples:
      plivo-async doctor
      plivo-async doctor --shared redis://redis.internal:6379/0

    Exit codes:
      0    nothing is wrong; there may be warnings
      1    something is wrong, or Plivo could not be reached
      2    usage, or credentials missing; nothing was sent
      4    the credentials were refused (401)
      6    it could not be written
      130  interrupted
    """
    from ...shown._printable import printable
    from ...shown._privacy import masked_account
    from .._account import open_client, proxy_for
    from .._running import run
    from ..actions._doctor import Asked, asked, of_the_limit, stored
    from ..actions._installed import versions
    from ..actions._way import of_the_way, walk

    seconds, rate = given("--timeout", parse_timeout, timeout), given("--limit", parse_rate, limit)
    client = open_client(base_url, seconds, max_attempts, rate, shared)
    trusted = os.environ.get("SSL_CERT_FILE") or os.environ.get("SSL_CERT_DIR")
    found = versions()
    answers = Asked([])

    async def main() -> None:
        nonlocal answers
        way = await walk(base_url.rstrip("/"), proxy_for(base_url), trusted, seconds)
        found.extend(of_the_way(way))
        if way.error is None:
            answers = await asked(client)
            found.extend(answers.findings)

    interrupted = run(main)
    if not interrupted:
        found.extend(of_the_limit(rate))
        if not answers.store_told:
            found.extend(stored(shared, masked_account(os.environ["PLIVO_AUTH_ID"])))
    tell([printable(line) for finding in found for line in finding.lines()], _style)
    if interrupted:
        fail("interrupted", ExitCode.INTERRUPTED)
    if answers.refused:
        raise typer.Exit(int(ExitCode.CREDENTIALS_REFUSED))
    if any(finding.level == "wrong" for finding in found):
        raise typer.Exit(int(ExitCode.SOME_FAILED))


def _style(line: str) -> str:
    return _STYLES.get(line.partition(" ")[0], "")
