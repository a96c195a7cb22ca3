"""Knowing without asking: what callbacks and looks tell of conferences, participants and calls; who waits for it."""

from ._bus import EventBus
from ._dial import Dial, dialled, following
from ._events import Events, member_left, status_reached, told_of
from ._hub import Hub
from ._timeline import Timeline, TimelineEntry
from ._waits import Reached

__all__ = [
    "Dial",
    "EventBus",
    "Events",
    "Hub",
    "Reached",
    "Timeline",
    "TimelineEntry",
    "dialled",
    "following",
    "member_left",
    "status_reached",
    "told_of",
]
