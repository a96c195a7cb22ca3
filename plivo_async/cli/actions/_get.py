"""One conference, fetched and shown."""

from dataclasses import fields

from ... import AsyncClient
from ...models import MultiPartyCall
from ...shown._printable import printable
from .._codes import ExitCode
from .._running import run
from ..screen._console import fail

_LEFT_OUT = frozenset({"api_id", "extra", "participants", "resource_uri"})


def field_lines(conference: MultiPartyCall) -> list[str]:
    """A line for each field that is known."""
    known = ((field.name, getattr(conference, field.name)) for field in fields(conference))
    shown = [(name, value) for name, value in known if value is not None and name not in _LEFT_OUT]
    return [f"{name:22} {printable(str(value))}" for name, value in shown]


def fetched(client: AsyncClient, name: str, uuid: bool) -> MultiPartyCall:
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
