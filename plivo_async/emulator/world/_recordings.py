"""Recordings: of a conference, or of one of its participants.

start               pause
-----> recording <--------> paused
           |        resume     |
           +------- stop ------+----> completed
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from ._bills import seconds
from ._values import Hook

Phase = Literal["recording", "paused", "completed"]
"""What a recording does; the first two spelt as in `recording` of a conference on the wire."""


@dataclass(slots=True, eq=False, kw_only=True)
class Recording:
    """One recording, without sound."""

    recording_id: str
    recording_url: str
    """Of the media file: of silence, and where this emulator can be reached."""
    file_format: Literal["mp3", "wav"]
    mpc_uuid: str
    """Empty for that of a call by itself."""
    start_time: datetime
    """Aware, in UTC, whole seconds, like `end_time`."""
    started_at: float = 0.0
    """Seconds since the emulator started."""
    ended_at: float | None = None
    """Likewise; None until it is completed."""
    friendly_name: str = ""
    """Of its conference; empty for that of a call by itself."""
    call_uuid: str = ""
    """Of the call that it is of, below `/Call/`; empty for one of a whole conference."""
    from_: str = ""
    to: str = ""
    sub_account: str | None = None
    deleted: bool = False
    """By a request; its file is gone as well."""
    member_id: str | None = None
    """The participant that it is of; None for one of the whole conference."""
    track: Literal["participant", "all"] = "all"
    """What a participant's recording holds: its own voice, or all in channels."""
    callback: Hook | None = None
    by_xml: bool = False
    """Begun by `<Record>`."""
    phase: Phase = "recording"
    end_time: datetime | None = None
    """None until it is completed."""
    events: int = 0
    """How many of its events were told: the last `SequenceNumber`."""

    @property
    def open(self) -> bool:
        """It may go on."""
        return self.phase != "completed"

    @property
    def duration(self) -> int | None:
        """Seconds from start to end, pauses included (unverified); None until it is completed."""
        return None if self.end_time is None else seconds(self.start_time, self.end_time)
