"""Phone calls of an account, fetched and shown."""

import json
from collections.abc import Sequence

from ... import AsyncClient, Call, CallFilters
from ...shown._printable import printable, printable_json
from ...shown._privacy import last_four, masked
from .._codes import ExitCode
from .._running import run
from ..screen._console import fail
from ..screen._words import in_terms_of_the_command


def row(call: Call) -> str:
    """The columns, as text without control characters; numbers masked."""
    ended = "-" if call.end_time is None else f"{call.end_time:%Y-%m-%d %H:%M:%S}"
    cause = call.hangup_cause_name or str(call.hangup_cause_code or "-")
    who = (masked(last_four(number or "-")) for number in (call.from_number, call.to_number))
    parts = (call.call_uuid, call.call_direction or "-", *who, ended, str(call.duration or 0), cause)
    return "\t".join(printable(part) for part in parts)


def json_line(call: Call) -> str:
    """All fields, times in ISO 8601, amounts as text."""
    return printable_json(json.dumps(call.to_dict(), ensure_ascii=False))


def records(client: AsyncClient, filters: CallFilters, limit: int) -> Sequence[Call]:
    found: list[Call] = []
    try:
        pages = client.calls.list(**filters)
    except ValueError as error:
        fail(in_terms_of_the_command(str(error)))

    async def main() -> None:
        async with client:
            async for call in pages:
                found.append(call)
                if len(found) >= limit:
                    return

    if run(main):
        fail("interrupted; nothing is listed", ExitCode.INTERRUPTED)
    return found


def ids(client: AsyncClient, filters: CallFilters, as_json: bool, *, live: bool) -> list[str]:
    found: list[str] = []

    async def main() -> None:
        ask = client.calls.live if live else client.calls.queued
        async with client:
            listed = await ask(
                call_direction=filters.get("call_direction"),
                from_number=filters.get("from_number"),
                to_number=filters.get("to_number"),
            )
            found.extend(listed.call_uuids)

    if run(main):
        fail("interrupted; nothing is listed", ExitCode.INTERRUPTED)
    return [printable_json(json.dumps({"call_uuid": one})) if as_json else printable(one) for one in found]
