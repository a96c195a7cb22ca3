"""Randomised dials that wait for their outcomes: callbacks are lost, doubled, late, out of order; the phones judge."""

import random
from collections import Counter
from dataclasses import dataclass
from urllib.parse import parse_qsl

import anyio

from plivo_async import AsyncClient, CallEnd, DialOptions, PlivoError
from plivo_async.emulator import CallbackRequest, Emulator, Fault, Faults
from plivo_async.webhooks import parse_trusted

from ..support import in_memory
from .dials import CALLER, SHARE, dear, told, world, wrong
from .findings import Findings

UNDER_WAY = 100


@dataclass
class Told:
    """Takes callbacks and hands them to a client."""

    client: AsyncClient | None = None

    async def __call__(self, request: CallbackRequest) -> None:
        """Take one."""
        if self.client is not None:
            self.client.events.feed(parse_trusted(parse_qsl(request.body.decode(), keep_blank_values=True)))


def options(chance: random.Random) -> DialOptions:
    """How a phone is dialled: with callbacks of the conference, of the call, of both, or none."""
    found: DialOptions = {"ring_timeout": chance.choice([10, 30, 45]), "stay_alone": True}
    if chance.random() < 0.7:
        found["status_callback_url"] = "https://example.com/events"
        if chance.random() < 0.5:
            found["status_callback_events"] = [
                "mpc-state-changes", "participant-state-changes", "add-participant-api-events",
            ]  # fmt: skip
    if chance.random() < 0.6:
        found["call_status_callback_url"] = "https://example.com/calls"
    if chance.random() < 0.2:
        found["confirm_key"] = "1"
    return found


async def wait_for_many(seed: int, operations: int) -> Findings:
    """Dial so many, a hundred at a time, and ask the phones how each call ended that said so."""
    chance = random.Random(seed)
    findings, takes = Findings(), Told()
    faults = Faults(
        {str(fault): SHARE for fault in Fault}, late_by=15, drip_interval=0.05,
        callbacks_lost=0.1, callbacks_twice=0.1, callbacks_late=0.1, callbacks_shuffled=0.1,
    )  # fmt: skip
    async with Emulator(
        port=None, limit=None, calls_per_second=chance.choice([2.0, 10.0, None]), faults=faults, latency=(0.0, 0.2),
        seed=seed, settings=world(chance), deliver=takes,
    ) as plivo, in_memory(plivo, seed=seed, rate_limit=None, timeout=10.0) as client:  # fmt: skip
        takes.client = client
        for first in range(0, operations, UNDER_WAY):
            ends: list[CallEnd] = []
            began = len(plivo.requests)
            async with anyio.create_task_group() as group:
                for number in range(first, min(first + UNDER_WAY, operations)):
                    phone, room = f"+1416{number:07}", f"room {first} {number % 7}"
                    told(plivo.phone(phone), chance)
                    group.start_soon(_one, client, room, phone, options(chance), chance.uniform(0, 5), ends)
            looks = [one.at for one in plivo.requests[began:] if one.method == "GET"]
            findings.add(_judged(plivo, ends, looks))
            findings.operations += min(UNDER_WAY, operations - first) - len(ends)  # those that nobody knows of
            plivo.advance(200)
    return findings


async def _one(client: AsyncClient, room: str, phone: str, how: DialOptions, after: float, ends: list[CallEnd]) -> None:
    await anyio.sleep(after)
    try:
        dial = await client.mpc(room).add_participant(role="agent", from_=CALLER, to=phone, **how)
        ends.append(await dial.outcome(timeout=300))
    except PlivoError:
        return  # not even dialled, for all that is known; or two looks in a row were refused the credentials


def _judged(plivo: Emulator, ends: list[CallEnd], looks: list[float]) -> Findings:
    found = [f"{end.call_uuid}: {reason}" for end in ends if (reason := wrong(plivo, end))]
    if (cost := dear(looks)) is not None:
        found.append(cost)
    return Findings(len(ends), found, Counter(f"{end.outcome} by {end.told_by}" for end in ends))
