"""Randomised dials, judged by the phones: does a look ever say of a call what isn't so, and what do looks cost?"""

import random
from collections import Counter
from collections.abc import Sequence
from typing import Any

from plivo_async import AsyncClient, CallEnd, CallOutcome, DialOptions, PlivoError
from plivo_async.emulator import Emulator, Fault, Faults, Settings

from ..support import in_memory
from .findings import Findings

UNDER_WAY = 200
SHARE = 0.001  # of each kind of fault: one request in twenty goes wrong
CALLER = "+14150000000"
MOST_PER_SECOND = 3.0
WINDOW = 20.0  # seconds over which requests are counted
SLACK = 12  # requests: of two rounds, that may fall into a window at its edges
LIVES = {CallOutcome.BUSY: {"busy", "rejected"}}
"""What a call that ended so may really have been; of all others nothing else."""


def told(phone: Any, chance: random.Random) -> None:
    """Tell a phone what to do when it is rung, and perhaps when its record comes."""
    after = chance.uniform(0, 30)
    kind = chance.randrange(10)
    match kind:
        case 0 | 1 | 2:
            phone.answers(after, talks=chance.choice([1.0, 5.0, 20.0, 60.0]))
        case 3:
            phone.answers(after)
        case 4:
            phone.busy()
        case 5:
            phone.rejects(after, arrives_as=chance.choice(["rejected", "busy"]))
        case 6:
            phone.no_answer(after)
        case 7:
            phone.never_answers()
        case 8:
            phone.invalid()
        case _:
            phone.fails(chance.choice([2030, 3050, 3080, 3120, 4000, 5020, 5030]), after, rings=chance.random() < 0.5)
    if chance.random() < 0.1:
        phone.record_comes(chance.choice([0.0, 10.0, 25.0, 60.0, None]))


def world(chance: random.Random) -> Settings:
    """How Plivo behaves where nobody knows."""
    return Settings(
        record_after=chance.choice([0.0, 3.0, 8.0]),
        record_late_share=0.05,
        record_missing_share=0.02,
        refused_records=chance.random() < 0.7,
        ringing_live=chance.random() < 0.8,
        queued_until=chance.choice(["ringing", "ringing", "answer"]),
        dial_seconds=chance.choice([0.0, 2.0]),
        dialling_shown=chance.choice(["queued", "live", "nowhere"]),
        id_lists=chance.choice(["paged", "whole"]),
        request_ids="own" if chance.random() < 0.05 else "same",
        mpc_call_ids="other" if chance.random() < 0.1 else "same",
        unanswered_end_cause=chance.choice([1000, 4000, 4020]),
        decline=chance.choice(["rejected", "busy"]),
        record_order=chance.choice(["end", "initiation"]),
    )


def wrong(plivo: Emulator, end: CallEnd) -> str | None:
    """Why what the client says can't be true; None if it can."""
    if end.outcome is CallOutcome.UNKNOWN:
        return None
    call = plivo.calls.get(end.call_uuid)
    if call is None:
        return f"{end.outcome} of a call that never was"
    if end.outcome is CallOutcome.ANSWERED and call.answered_at is not None and call.outcome in {None, "answered"}:
        return None
    if call.outcome in LIVES.get(end.outcome, {str(end.outcome)}):
        return None
    return f"{end.outcome} ({end.seen}), but it is {call.outcome}, cause {call.hangup_cause_code}"


def dear(instants: Sequence[float]) -> str | None:
    """Where looks have cost more than they may; None if nowhere."""
    first = 0
    for last, at in enumerate(instants):
        while at - instants[first] > WINDOW:
            first += 1
        if last - first + 1 > MOST_PER_SECOND * WINDOW + SLACK:
            return f"{last - first + 1} requests within {WINDOW:g} s"
    return None


async def _dial(client: AsyncClient, phone: str, chance: random.Random, *, confirmed: bool) -> list[str | None]:
    """Make a call, or add a participant to a conference of their own; the UUIDs that are answered."""
    ring_timeout = chance.choice([10, 30, 45])
    if chance.random() < 0.6:
        made = await client.calls.make(
            from_=CALLER, to=phone, answer_url="https://example.com/a", ring_timeout=ring_timeout
        )
        return [*made.request_uuids]
    options: DialOptions = {"ring_timeout": ring_timeout}
    if confirmed:
        options["confirm_key"] = "1"
    added = await client.mpc(f"room {phone}").add_participant(role="agent", from_=CALLER, to=phone, **options)
    return [call.call_uuid for call in added.calls]


async def _dialled(
    client: AsyncClient, plivo: Emulator, numbers: range, chance: random.Random, *, confirmed: bool
) -> list[str]:
    """Dial phones that nobody else dials; those calls of which the client knows."""
    uuids: list[str] = []
    for number in numbers:
        phone = f"+1416{number:07}"
        told(plivo.phone(phone), chance)
        if confirmed and chance.random() < 0.3:
            plivo.phone(phone).confirm_key = chance.choice([None, "9"])
        try:
            uuids += filter(None, await _dial(client, phone, chance, confirmed=confirmed))
        except PlivoError:
            continue
    return uuids


async def dial_many(seed: int, operations: int) -> Findings:
    """Dial so many, as many at a time as are looked at together, and ask the phones how each call ended."""
    chance = random.Random(seed)
    findings = Findings()
    faults = Faults({str(fault): SHARE for fault in Fault}, late_by=15, drip_interval=0.05)
    async with Emulator(
        port=None, limit=None, calls_per_second=chance.choice([2.0, 10.0, None]), faults=faults, latency=(0.0, 0.2),
        seed=seed, settings=world(chance),
    ) as plivo, in_memory(plivo, seed=seed, rate_limit=None, timeout=10.0) as client:  # fmt: skip
        for first in range(0, operations, UNDER_WAY):
            until_ended = chance.random() < 0.4
            numbers = range(first, min(first + UNDER_WAY, operations))
            uuids = await _dialled(client, plivo, numbers, chance, confirmed=until_ended)
            before = len(plivo.requests)
            ends = [end async for end in client.calls.outcomes(uuids, until_ended=until_ended, deadline=900)]
            looks = [request.at for request in plivo.requests[before:]]
            findings.add(_judged(plivo, uuids, ends, looks))
            findings.operations += len(numbers) - len(uuids)  # those that nobody knows of
            plivo.advance(200)
    return findings


def _judged(plivo: Emulator, uuids: Sequence[str], ends: Sequence[CallEnd], looks: Sequence[float]) -> Findings:
    found = [f"{end.call_uuid}: {reason}" for end in ends if (reason := wrong(plivo, end))]
    if sorted(end.call_uuid for end in ends) != sorted(uuids):
        found.append(f"{len(uuids)} calls, but {len(ends)} outcomes")
    if (cost := dear(looks)) is not None:
        found.append(cost)
    return Findings(len(uuids), found, Counter(str(end.outcome) for end in ends))
