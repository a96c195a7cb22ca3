"""Randomised additions, judged by the phones: does one ring twice, or ring although the client says that none does?"""

import random
from collections import Counter
from dataclasses import dataclass, field

import anyio

from plivo_async import (
    AddedParticipant,
    AsyncClient,
    Destination,
    NotSentError,
    OutcomeUnknownError,
    PlivoError,
    ResponseError,
)
from plivo_async.emulator import Emulator, Fault, Faults

from ..support import in_memory, network_of
from .findings import Findings, word

WORKERS = 20
SHARE = 0.01  # of each kind of fault: half of all requests go wrong
CALLER = "+14150000000"


@dataclass
class Addition:
    """One call of `add_participant` and what came of it."""

    number: int
    phones: list[str] = field(default_factory=list)
    result: AddedParticipant | None = None
    error: Exception | None = None

    @property
    def name(self) -> str:
        """A conference of its own, so that nothing but a fault can hinder it."""
        return f"room {self.number}"

    @classmethod
    def drawn(cls, number: int, chance: random.Random) -> "Addition":
        """With one phone or, now and then, several, none of which any other addition dials."""
        count = chance.choice([1, 1, 1, 2, 5])
        return cls(number, [f"+1415{number:05}{index:02}" for index in range(count)])


async def add(client: AsyncClient, addition: Addition, chance: random.Random) -> None:
    """Ask once, as a user would, and note the answer."""
    deadline = chance.choice([None, None, None, 0.5, 3.0, 12.0])
    mpc = client.mpc(addition.name)
    try:
        if len(addition.phones) == 1:
            addition.result = await mpc.add_participant(
                role=chance.choice(["customer", "supervisor", "agent"]),
                from_=CALLER,
                to=addition.phones[0],
                deadline=deadline,
            )
        else:
            several = [
                Destination(phone, ring_timeout=30, delay_dial=index) for index, phone in enumerate(addition.phones)
            ]
            addition.result = await mpc.add_participant(role="agent", from_=CALLER, to=several, deadline=deadline)
    except PlivoError as error:
        addition.error = error


def wrong(addition: Addition, rings: dict[str, int]) -> str | None:
    """Why what the client says can't be true; None if it can."""
    rung = [rings.get(phone, 0) for phone in addition.phones]
    if max(rung) > 1:
        return f"phones rang {rung} times"
    if isinstance(addition.error, OutcomeUnknownError):
        return None
    if addition.result is not None:
        return None if min(rung) == 1 else f"added, but phones rang {rung} times"
    if isinstance(addition.error, NotSentError | ResponseError):
        return f"{addition.error!r}, but phones rang {rung} times" if max(rung) else None
    return f"neither a result nor a known error: {addition.error!r}"


async def add_many(seed: int, operations: int) -> Findings:
    """Add so many, each to a conference of its own, and ask the phones when whatever comes late has come."""
    chance = random.Random(seed)
    additions = [Addition.drawn(number, chance) for number in range(operations)]
    queue = iter(additions)
    faults = Faults({str(fault): SHARE for fault in Fault}, late_by=15, drip_interval=0.05)
    async with Emulator(
        port=None, limit=None, calls_per_second=None, faults=faults, latency=(0.0, 0.2), seed=seed
    ) as plivo, in_memory(plivo, seed=seed, rate_limit=None, timeout=10.0) as client:  # fmt: skip
        for phone in (phone for addition in additions if len(addition.phones) > 1 for phone in addition.phones):
            plivo.phone(phone).never_answers()  # or those that are still to be rung would be spared

        async def work() -> None:
            for addition in queue:
                if chance.random() < 0.03:
                    network_of(plivo).refuse += 1
                await add(client, addition, chance)

        async with anyio.create_task_group() as group:
            for _ in range(WORKERS):
                group.start_soon(work)
        plivo.advance(300)
        rings = dict(plivo.rings)
    found = [f"{one.name}: {reason}" for one in additions if (reason := wrong(one, rings))]
    return Findings(len(additions), found, Counter(word(one.error) for one in additions))
