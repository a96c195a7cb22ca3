"""What the tests of the emulator's state machine share: conferences whose clock is what the test says."""

from collections.abc import Iterator
from dataclasses import fields
from itertools import count
from typing import Any

from plivo_async.emulator import Settings
from plivo_async.emulator._conferences import Conference
from plivo_async.emulator._participants import Participant
from plivo_async.emulator._rooms import Added, Rooms
from plivo_async.emulator._values import Destination, Hook, Joining, RoomOptions

from .test_emulator_support import EPOCH

HOOK = Hook(url="https://example.com/status", method="POST")
RECORDINGS = Hook(url="https://example.com/recordings", method="GET")
CALLS = Hook(url="https://example.com/calls", method="POST")
SETTINGS = {one.name for one in fields(Settings)}
EXIT = Hook(url="https://example.com/exit", method="POST")


def new_rooms(**options: Any) -> Rooms:
    """Rooms whose UUIDs are numbers; phones are dialled all at once unless told otherwise."""
    numbers: Iterator[int] = count()
    settings = Settings(**{name: options.pop(name) for name in list(options) if name in SETTINGS})
    return Rooms(EPOCH, lambda: f"uuid-{next(numbers)}", settings=settings, **{"calls_per_second": None, **options})


def dialling(*to: str, room: RoomOptions | None = None, **options: Any) -> Joining:
    """A request to dial these phones, with 10 seconds of ringing; the role is agent unless told otherwise."""
    ring_timeout = options.pop("ring_timeout", 10)
    return Joining(
        **{
            "role": "agent",
            "from_": "+14150000000",
            "destinations": tuple(Destination(to=one, ring_timeout=ring_timeout) for one in to),
            "room": room or RoomOptions(),
            **options,
        }
    )


def transferring(call_uuid: str, **options: Any) -> Joining:
    """A request to transfer a call, of a customer unless told otherwise."""
    return Joining(**{"role": "customer", "call_uuid": call_uuid, **options})


def add(rooms: Rooms, joining: Joining, now: float = 0.0, *, name: str = "a", by: int = 1) -> Added:
    """Ask for a participant by name."""
    return rooms.add_participant(name, None, joining, now, by=by)


def filled_room(rooms: Rooms, *joinings: Joining, name: str = "a") -> tuple[Conference, list[Participant]]:
    """A conference into which these were added at second 0 and have joined by second 1, and who they are, in order."""
    for joining in joinings:
        add(rooms, joining, name=name)
    rooms.advance(1.0)
    conference = rooms.newest[name]
    return conference, conference.participants


def events(rooms: Rooms, hook: Hook = HOOK) -> list[str]:
    """The names of the events that were told there, in order."""
    return [one.params["EventName"] for one in rooms.callbacks if one.url == hook.url]
