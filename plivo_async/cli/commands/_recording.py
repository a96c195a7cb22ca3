"""`plivo-async recording download`: the file of a recording."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from ..._base_url import BASE_URL
from ...shown._printable import printable
from .._codes import ExitCode
from ..input._options import Rate, parse_duration, parse_timeout
from ..screen._console import fail, given
from ..screen._words import in_terms_of_the_command
from ._arguments import BaseUrl, MaxAttempts, Timeout


def download(
    recording: Annotated[str, typer.Argument(metavar="ID|URL", help="Its identifier, or the URL of its file.")],
    to: Annotated[
        Path, typer.Option("--to", metavar="PATH", help="A file, or a folder, where it is called as in its URL.")
    ] = Path(),
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace a file that is there.")] = False,
    wait: Annotated[
        str, typer.Option("--wait", metavar="TIME", help="How long to ask again while it isn't there yet.")
    ] = "0s",
    timeout: Timeout = "10s",
    max_attempts: MaxAttempts = 5,
    base_url: BaseUrl = BASE_URL,
) -> None:
    """Fetch the file of a recording, and print its path.

    It has its name once it is whole. A file is there some seconds after its recording has ended. The Auth ID and Auth
    Token are shown to Plivo's own hosts only, wherever the URL leads.

    The credentials are read from the environment variables PLIVO_AUTH_ID and PLIVO_AUTH_TOKEN only.

    Examples:
      plivo-async recording download e06ac332-45dc-11eb-94fe-06dd7f581a50 --wait 30s
      plivo-async recording download e06ac332-45dc-11eb-94fe-06dd7f581a50 --to tonight.mp3

    Exit codes:
      0    it is there, whole
      1    it could not be fetched; no file is left
      2    usage, or credentials missing; nothing was sent
      4    the credentials were refused (401)
      6    it, or its path, could not be written
      130  interrupted; no file is left
    """
    from .._account import open_client
    from .._running import run

    client = open_client(base_url, given("--timeout", parse_timeout, timeout), max_attempts, Rate(300, 5.0))
    seconds = given("--wait", parse_duration, wait)
    try:
        client.recordings.stream(recording)
    except ValueError as error:
        fail(in_terms_of_the_command(str(error)))
    paths: list[Path] = []

    async def main() -> None:
        async with client:
            paths.append(await client.recordings.download(recording, to, overwrite=overwrite, wait_for=seconds))

    try:
        interrupted = run(main)
    except FileExistsError as error:
        fail(str(error).replace("overwrite=True", "--overwrite"))
    except OSError as error:
        fail(f"{to} can't be written: {error.strerror or error}", ExitCode.OUTPUT_NOT_WRITTEN)
    if interrupted:
        fail("interrupted; no file is left", ExitCode.INTERRUPTED)
    sys.stdout.write(printable(str(paths[0])) + "\n")
