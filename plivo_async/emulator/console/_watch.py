"""What has happened, in order and in numbers. Pure but for those who wait for it."""

from collections import Counter, deque
from collections.abc import Callable, Iterable, Mapping
from itertools import takewhile
from typing import Any

import anyio

from .._log import Request
from ..calling_back._deliveries import Delivery
from ..world._conferences import Conference
from ..world._legs import Leg
from ..world._participants import Participant
from ..world._recordings import Recording

Json = dict[str, Any]

KEPT = 10_000
"""So many events are kept, the latest ones."""

SECONDS = 60
"""So many of the latest seconds with requests are counted one by one."""

KINDS = ("conference", "call", "recording", "request", "callback", "clock", "faults", "reset")


class Watch:
    """Is told of everything.

    Events have ids, 1 for the first; these go on when the emulator begins anew.
    """

    def __init__(self) -> None:
        self.last = 0
        """The id of the latest event; 0 for none."""
        self._events: deque[Json] = deque(maxlen=KEPT)
        self._news = anyio.Event()
        self._told: Mapping[str, Callable[[str, Any], Json]] = {
            "conference": self._conference,
            "call": _call,
            "recording": _recording,
            "request": self._request,
            "callback": self._callback,
        }
        self.begin(())

    def begin(self, states: Iterable[str]) -> None:
        """It is another world, with conferences in these states."""
        self.conferences = dict.fromkeys(("Initialized", "Active", "Ended"), 0) | Counter(states)
        """How many there are in each state."""
        self.callbacks: Counter[str] = Counter()
        """How many are over, by state."""
        self.seconds: deque[list[int]] = deque(maxlen=SECONDS)
        """Second, requests that were decided in it, and how many of these were answered 429."""

    # ---- What it is told ----------------------------------------------------------------------------------------

    def note(self, kind: str, event: str, subject: Any, at: float) -> None:
        """Something has happened at that instant."""
        told = self._told.get(kind)
        more = subject if told is None else told(event, subject)
        self.last += 1
        if kind == "request":
            self._count(int(at), more["status"] == 429)
        self._events.append({"id": self.last, "at": round(at, 3), "type": kind, "event": event, **more})
        self._news.set()

    def _count(self, second: int, refused: bool) -> None:
        if not self.seconds or self.seconds[-1][0] != second:
            self.seconds.append([second, 0, 0])
        self.seconds[-1][1] += 1
        self.seconds[-1][2] += refused

    def _conference(self, event: str, subject: tuple[Conference, Participant | None, Mapping[str, str] | None]) -> Json:
        conference, who, more = subject
        match event:
            case "MPCInitialized":
                self.conferences["Initialized"] += 1
            case "MPCStart":
                self.conferences["Initialized"] -= 1
                self.conferences["Active"] += 1
            case "MPCEnd":
                self.conferences["Initialized" if conference.start_time is None else "Active"] -= 1
                self.conferences["Ended"] += 1
        told: Json = {"name": conference.friendly_name, "uuid": conference.mpc_uuid, "status": conference.state}
        if who is not None:
            told |= {"member_id": who.member_id, "number": who.member_address, "role": who.role}
        return told | {"keys": more["DigitInput"]} if more is not None and "DigitInput" in more else told

    def _request(self, _event: str, one: Request) -> Json:
        fault = None if one.fault is None else str(one.fault)
        return {
            "name": one.name if one.name is not None else one.item,
            "number": one.number,
            "nth": one.nth,
            "status": one.status,
            "applied": one.applied,
            "fault": fault,
        }

    def _callback(self, _event: str, one: Delivery) -> Json:
        self.callbacks[one.state] += 1
        return {"name": one.subject, "number": one.number, "state": one.state, "status": one.status}

    # ---- What it tells ------------------------------------------------------------------------------------------

    def after(self, last: int, wanted: Mapping[str, str], most: int = 1000) -> list[Json]:
        """Those events behind one that fit, in order, at most so many."""
        recent = list(takewhile(lambda event: event["id"] > last, reversed(self._events)))
        fitting = (event for event in reversed(recent) if _fits(event, wanted))
        return [event for event, _ in zip(fitting, range(most), strict=False)]

    async def news(self) -> None:
        """Wait until something more has happened."""
        if self._news.is_set():
            self._news = anyio.Event()
        await self._news.wait()

    def minute(self, now: float) -> list[list[int]]:
        """Of the last minute, each second with requests: how long ago, how many, and how many were answered 429."""
        recent = takewhile(lambda one: one[0] > now - SECONDS, reversed(self.seconds))
        return [[second, count, refused] for second, count, refused in recent][::-1]


def _fits(event: Json, wanted: Mapping[str, str]) -> bool:
    return all(str(event.get(key)).removeprefix("+") == value for key, value in wanted.items())


def _call(_event: str, leg: Leg) -> Json:
    told: Json = {"number": leg.far_end, "call_uuid": leg.call_uuid, "direction": leg.direction, "status": leg.status}
    return told | ({"outcome": leg.outcome, "cause": leg.hangup_cause_code} if leg.over else {})


def _recording(_event: str, one: Recording) -> Json:
    return {"name": one.friendly_name, "recording_id": one.recording_id, "member_id": one.member_id}
