"""Events as Plivo would send them, and an emulator whose callbacks reach a client."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import parse_qsl

from plivo_async import AsyncClient
from plivo_async.emulator import CallbackRequest, Emulator
from plivo_async.webhooks import Event, parse_trusted

from ...support import in_memory

MPC = "9e3f7a58-5b0c-4f1c-9a58-0f2d2a6b7c11"
OTHER = "0b6a1d4e-7a0e-4c52-8d2c-6b3f1f7f2a22"
CALL = "c7b0f1de-32ad-4c1a-9d6f-6f8a3d0e5b33"
URL = "https://example.com/events"


def event(name: str, number: int | None = None, at: int = 0, mpc: str = MPC, room: str = "room", **more: str) -> Event:
    """An event of a conference, so many seconds after noon."""
    told = {
        "EventName": name,
        "EventTimestamp": f"2026-11-26 12:{at // 60:02}:{at % 60:02}+00:00",
        "MPCUUID": mpc,
        "MPCName": room,
        "SequenceNumber": "" if number is None else str(number),
    }
    return parse_trusted(told | more)


def of_member(name: str, member: str = "7", call: str = CALL, **more: Any) -> Event:
    """An event of a participant."""
    number, at = more.pop("number", None), more.pop("at", 0)
    who = {"MemberID": member, "ParticipantCallUUID": call, "ParticipantRole": "agent", "MemberAddress": "14157654321"}
    return event(name, number, at, **more, **who)


def of_call(status: str, call: str = CALL, **more: str) -> Event:
    """A status of a phone call."""
    return parse_trusted({"CallUUID": call, "CallStatus": status, "From": "1415", "To": "1416", **more})


@asynccontextmanager
async def hearing(**options: Any) -> AsyncIterator[tuple[Emulator, AsyncClient]]:
    """An emulator, and a client that is handed its callbacks."""
    clients: list[AsyncClient] = []

    async def take(request: CallbackRequest) -> None:
        clients[0].events.feed(parse_trusted(parse_qsl(request.body.decode(), keep_blank_values=True)))

    async with Emulator(port=None, deliver=take, **options) as plivo, in_memory(plivo) as client:
        clients.append(client)
        yield plivo, client


def looks(plivo: Emulator) -> int:
    """How many requests were made that only look."""
    return sum(one.method == "GET" for one in plivo.requests)
