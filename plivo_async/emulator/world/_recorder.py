"""Starting, pausing, resuming and completing recordings, and telling of it. Whether it may be is asked elsewhere."""

from collections.abc import Callable
from datetime import datetime
from typing import Literal

from ._callbacks import Callbacks
from ._conferences import Conference, headcount
from ._participants import Participant
from ._recordings import Phase, Recording
from ._values import NewRecording

_TOLD: dict[Phase, str] = {"recording": "Resumed", "paused": "Paused", "completed": "Completed"}


class Recorder:
    """What records.

    Args:
        told: Where the events of recordings are told.
        new_uuid: Makes the UUIDs of recordings.
        wall: Makes an instant a wall-clock time.
        auth_id: The account in the URLs.
    """

    def __init__(
        self, told: Callbacks, new_uuid: Callable[[], str], wall: Callable[[float], datetime], auth_id: str
    ) -> None:
        self._told = told
        self._new_uuid = new_uuid
        self._wall = wall
        self._auth_id = auth_id

    def start(
        self,
        conference: Conference,
        new: NewRecording,
        at: float,
        *,
        member_id: str | None = None,
        track: Literal["participant", "all"] = "all",
    ) -> Recording:
        """Begin a recording of the conference or, with a member id, of that participant."""
        uuid = self._new_uuid()
        recording = Recording(
            recording_id=uuid,
            recording_url=f"https://media.plivo.com/v1/Account/{self._auth_id}/Recording/{uuid}.{new.file_format}",
            file_format=new.file_format,
            mpc_uuid=conference.mpc_uuid,
            start_time=self._wall(at),
            member_id=member_id,
            track=track,
            callback=new.callback,
        )
        conference.made = (*conference.made, recording)
        self._told.recording(conference, recording, "Initiated", at)
        return recording

    def move(self, conference: Conference, recording: Recording, phase: Phase, at: float) -> None:
        """Bring an open recording into a phase."""
        recording.phase = phase
        if phase == "completed":
            recording.end_time = self._wall(at)
        self._told.recording(conference, recording, _TOLD[phase], at)

    def complete(self, conference: Conference, at: float, *, member_id: str | None = None) -> None:
        """Complete what is open of the conference itself or, with a member id, of that participant."""
        for recording in conference.made:
            if recording.open and recording.member_id == member_id:
                self.move(conference, recording, "completed", at)

    # ---- By themselves ------------------------------------------------------------------------------------------

    def begin_due(self, conference: Conference, at: float) -> None:
        """Begin the recordings that were asked for in advance, as far as their time has come."""
        options = conference.options
        if conference.state != "Active":
            return
        enough = options.record_min_member_count or 1
        new = NewRecording(file_format=options.record_file_format or "mp3", callback=options.recording_callback)
        if options.record and not conference.recorded and headcount(conference) >= enough:
            conference.recorded = True
            self.start(conference, new, at)
        for one in conference.roll:
            if one.present and one.record_participant_track and not _recorded(conference, one):
                self.start(conference, new, at, member_id=one.member_id, track="participant")


def open_recordings(conference: Conference, member_id: str | None, track: str | None) -> list[Recording]:
    """Those that may go on, of the conference or of a participant and that track (None: "all", as at Plivo)."""
    wanted = ("participant", "all") if track == "both" else (track or "all",)
    return [
        one
        for one in conference.made
        if one.open and one.member_id == member_id and (member_id is None or one.track in wanted)
    ]


def _recorded(conference: Conference, who: Participant) -> bool:
    return any(one.member_id == who.member_id and one.track == "participant" for one in conference.made)
