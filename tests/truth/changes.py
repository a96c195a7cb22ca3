"""Randomised changes while conferences end and names are taken over, judged by what the emulator knows."""

import random
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import anyio

from plivo_async import AsyncClient, OutcomeUnknownError, PlivoError, RetryPolicy
from plivo_async.emulator import Conference, Emulator, Fault, Faults, Request
from plivo_async.resources import MultiPartyCallHandle

from ..support import in_memory
from .findings import Findings, word

WORKERS = 20
SHARE = 0.007  # of each kind of fault: a third of all requests go wrong

Change = Callable[[MultiPartyCallHandle, list[str]], Awaitable[Any]]

CHANGES: dict[str, Change] = {
    "stop": lambda mpc, who: mpc.stop(),
    "kick all": lambda mpc, who: mpc.members("all").kick(),
    "kick two": lambda mpc, who: mpc.members(*who[:2]).kick(),
    "kick one": lambda mpc, who: mpc.participant(who[0]).kick(),
    "mute all": lambda mpc, who: mpc.members("all").mute(),
    "hold one": lambda mpc, who: mpc.participant(who[0]).hold(),
    "stop recording": lambda mpc, who: mpc.stop_recording(),
    "pause recording": lambda mpc, who: mpc.pause_recording(),
    "stop playing": lambda mpc, who: mpc.members("all").stop_playing(),
}


@dataclass
class Asked:
    """One change, what it was asked of, and what came of it."""

    kind: str
    by_uuid: bool
    first: Conference
    next: Conference | None = None
    before: int = 0
    was_over: bool = False
    error: Exception | None = None


async def prepare(client: AsyncClient, conference: Conference, kind: str) -> None:
    """Let it be recorded, if that is what is to be stopped or paused."""
    while "recording" in kind and conference.recording is None and conference.live:
        try:
            await client.mpc(uuid=conference.mpc_uuid).start_recording()
        except PlivoError:
            await anyio.sleep(0.1)


async def ask(client: AsyncClient, plivo: Emulator, number: int, chance: random.Random) -> Asked:
    """Ask once, as a user would, while somebody else may end the conference, and give its name to the next one."""
    name, age = f"room {number}", chance.choice([0.0, 30.0, 3600.0])
    first = plivo.add_conference(name, status="active", waiting=4, started_ago=age, stay_alone=True)
    asked = Asked(chance.choice(list(CHANGES)), chance.random() < 0.5, first)
    await prepare(client, first, asked.kind)
    if chance.random() < 0.15:
        if first.status != "Ended":
            plivo.end_conference(name)
        asked.was_over = True
        await anyio.sleep(100)  # longer than the margin within which it may count as ended since
    asked.before = first.applied

    async def meddle() -> None:
        await anyio.sleep(chance.uniform(0, 6))
        if first.status != "Ended" and chance.random() < 0.5:
            plivo.end_conference(name)
        if first.status == "Ended" and name not in {one.friendly_name for one in [asked.next] if one}:
            asked.next = plivo.add_conference(name, status="active", waiting=4, stay_alone=True)

    async with anyio.create_task_group() as group:
        if chance.random() < 0.5:
            group.start_soon(meddle)
        mpc = client.mpc(uuid=first.mpc_uuid) if asked.by_uuid else client.mpc(name)
        try:
            who = [one.member_id for one in first.participants]
            await CHANGES[asked.kind](mpc, who)
        except PlivoError as error:
            asked.error = error
    return asked


def refused(asked: Asked) -> bool:
    """Whether the client says that it wasn't carried out."""
    return asked.error is not None and not isinstance(asked.error, OutcomeUnknownError)


def wrong(asked: Asked, requests: list[Request]) -> str | None:
    """Why what the client says can't be true; None if it can."""
    changes = [one for one in requests if one.method != "GET" and one.status != 429 and one.told != 429]
    ours = [one for one in changes if one.operation != "start-recording"]
    by_name = [one for one in ours if one.uuid is None]
    applied = asked.first.applied - asked.before
    if len(by_name) > 1:
        return f"sent {len(by_name)} times by name"
    if asked.next is not None:
        if any(one.uuid == asked.next.mpc_uuid for one in ours):
            return "sent to the next conference"
        if asked.next.applied and by_name[0].at >= asked.next.created_at:
            return (
                None if asked.error is None or isinstance(asked.error, OutcomeUnknownError) else "it was the next one"
            )
        applied += asked.next.applied
    if asked.error is not None:
        return f"{asked.error!r}, but it was applied" if applied and refused(asked) else None
    if asked.kind == "stop playing":  # nothing plays
        return None if any(one.status == 204 for one in ours) else "done, but nothing was said to be"
    ended_since = asked.first.status == "Ended" and not asked.was_over
    over = ended_since and asked.kind in {"stop", "kick all", "kick two", "kick one"}
    return None if applied or over else "done, but nothing was applied"


async def change(seed: int, operations: int) -> Findings:
    """Make so many changes, each of a conference of its own, and compare when whatever comes late has come."""
    chance = random.Random(seed)
    faults = Faults({str(kind): SHARE for kind in Fault}, late_by=15, drip_interval=0.05)
    retry = RetryPolicy(max_attempts=4, base_delay=0.5, budget_reserve=1e9)
    numbers = iter(range(operations))
    asked: dict[str, Asked] = {}
    async with Emulator(
        port=None, limit=None, faults=faults, latency=(0.0, 0.2), seed=seed
    ) as plivo, in_memory(plivo, seed=seed, rate_limit=None, timeout=5.0, retry=retry) as client:  # fmt: skip

        async def work() -> None:
            for number in numbers:
                asked[f"room {number}"] = await ask(client, plivo, number, chance)

        async with anyio.create_task_group() as group:
            for _ in range(WORKERS):
                group.start_soon(work)
        await anyio.sleep(120)  # whatever is applied later is applied
        requests: dict[str | None, list[Request]] = {}
        for request in plivo.requests:
            requests.setdefault(request.name, []).append(request)
    found = [
        f"{name}: {one.kind}, by {'UUID' if one.by_uuid else 'name'}: {why}"
        for name, one in asked.items()
        if (why := wrong(one, requests[name]))
    ]
    return Findings(len(asked), found, Counter(word(one.error) for one in asked.values()))
