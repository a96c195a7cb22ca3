"""What agents and supervisors do: see who waits, take a caller, coach, hold, mute, record, end."""

import time
from typing import Annotated, Any, Literal

import anyio
from fastapi import APIRouter, Depends, HTTPException, Request
from pydantic import BaseModel, Field

from plivo_async import AsyncClient, MultiPartyCall, MultiPartyCallHandle, Participant

from .bus import Claims
from .callers import EVENTS
from .errors import TakenError
from .settings import Settings

RING_FOR = 20  # seconds that an agent's phone rings
FRESH = 1.0  # seconds: however many pages are open, Plivo is asked once

router = APIRouter(prefix="/desk")


class Board:
    """The conferences that there are, asked for at most once a second by each worker."""

    def __init__(self, client: AsyncClient) -> None:
        self._client = client
        self._lock = anyio.Lock()
        self._asked_at = -FRESH
        self._found: list[MultiPartyCall] = []

    async def conferences(self) -> list[MultiPartyCall]:
        """Those where somebody waits, who has waited longest first, and then those that go on."""
        async with self._lock:
            if time.monotonic() - self._asked_at >= FRESH:
                waiting = [one async for one in self._client.mpc.list(status="initialized")]
                going_on = [one async for one in self._client.mpc.list(status="active")]
                self._found, self._asked_at = [*reversed(waiting), *reversed(going_on)], time.monotonic()
            return self._found


class Agents(BaseModel):
    """Whom to dial, one after another, until somebody answers."""

    agents: list[str] = Field(min_length=1, max_length=10)


class Supervisor(BaseModel):
    """Whom to dial so that they are heard by the agents alone."""

    supervisor: str


def same_origin(request: Request) -> None:
    """Refuse what another site lets a browser send."""
    origin = request.headers.get("origin")
    if origin is not None and origin != request.app.state.settings.public_url:
        raise HTTPException(403, "from another site")


def the_client(request: Request) -> AsyncClient:
    """The one client of this worker."""
    client: AsyncClient = request.app.state.client
    return client


def the_settings(request: Request) -> Settings:
    """What the service was told."""
    settings: Settings = request.app.state.settings
    return settings


Client = Annotated[AsyncClient, Depends(the_client)]
Told = Annotated[Settings, Depends(the_settings)]
CHANGES: Any = {"dependencies": [Depends(same_origin)]}


@router.get("/conferences")
async def conferences(request: Request) -> list[MultiPartyCall]:
    """All of them."""
    board: Board = request.app.state.board
    return await board.conferences()


@router.get("/conferences/{name}")
async def conference(name: str, client: Client) -> dict[str, Any]:
    """One of them, and who is in it."""
    mpc = client.mpc(name)
    found = await mpc.get()
    people: list[Participant] = [one async for one in mpc.participants()]
    return {**found.to_dict(), "participants": [one.to_dict() for one in people]}


@router.post("/conferences/{name}/agents", **CHANGES)
async def take(name: str, wanted: Agents, request: Request, client: Client, settings: Told) -> dict[str, Any]:
    """Dial agents until one answers, and only then let the caller hear them."""
    found = await client.mpc(name).get()
    mpc = client.mpc(uuid=found.mpc_uuid)  # by name, a phone would ring for a new one if the caller has hung up by now
    claims: Claims = request.app.state.claims
    async with claims.claimed(found.mpc_uuid) as ours:
        if not ours or (await mpc.get()).status != "Initialized":
            raise TakenError("somebody else is at it")
        return await _dial(mpc, wanted.agents, settings)


async def _dial(mpc: MultiPartyCallHandle, agents: list[str], settings: Settings) -> dict[str, Any]:
    tried: list[str] = []
    for number in agents:
        dial = await mpc.add_participant(
            role="agent",
            from_=settings.caller_id,
            to=number,
            ring_timeout=RING_FOR,
            start_mpc_on_enter=False,
            status_callback_url=f"{settings.public_url}{EVENTS}",
            call_status_callback_url=f"{settings.public_url}{EVENTS}",
        )
        end = await dial.outcome(timeout=RING_FOR + 25)
        tried.append(end.outcome)
        if end.outcome == "answered":
            activation = await mpc.start()
            return {"tried": tried, "live": activation.live}
    return {"tried": tried, "live": False}


@router.post("/conferences/{name}/supervisors", **CHANGES)
async def coach(name: str, wanted: Supervisor, client: Client, settings: Told) -> dict[str, Any]:
    """Bring in a supervisor whom the caller doesn't hear."""
    mpc = client.mpc(uuid=(await client.mpc(name).get()).mpc_uuid)
    dial = await mpc.add_participant(
        role="supervisor",
        from_=settings.caller_id,
        to=wanted.supervisor,
        ring_timeout=RING_FOR,
        coach_mode=True,
        call_status_callback_url=f"{settings.public_url}{EVENTS}",
    )
    end = await dial.outcome(timeout=RING_FOR + 25)
    return {"outcome": end.outcome}


@router.post("/conferences/{name}/members/{member_id}/{what}", **CHANGES, status_code=204)
async def change(
    name: str, member_id: str, what: Literal["hold", "unhold", "mute", "unmute", "kick"], client: Client
) -> None:
    """Hold, mute, and so on. All of these may be repeated."""
    who = client.mpc(name).participant(member_id)
    await getattr(who, what)()


@router.post("/conferences/{name}/recording", **CHANGES)
async def record(name: str, client: Client) -> dict[str, Any]:
    """Record all of it from now on."""
    recording = await client.mpc(name).start_recording(file_format="wav")
    return {"recording_id": recording.recording_id}


@router.delete("/conferences/{name}/recording", **CHANGES, status_code=204)
async def stop_recording(name: str, client: Client) -> None:
    """And no longer."""
    await client.mpc(name).stop_recording()


@router.delete("/conferences/{name}", **CHANGES, status_code=204)
async def end(name: str, client: Client) -> None:
    """It is over for everybody."""
    await client.mpc(name).stop()
