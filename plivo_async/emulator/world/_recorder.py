"""Starting, pausing, resuming and completing recordings, and telling of it. Whether it may be is asked elsewhere."""

from collections.abc import Callable
from datetime import datetime
from typing import Literal

from ._agenda import Agenda
from ._callbacks import Callbacks
from ._conferences import Conference, everybody, headcount
from ._legs import Leg
from ._participants import Participant
from ._recordings import Phase, Recording
from ._values import Hook, NewCallRecording, NewRecording

_TOLD: dict[Phase, str] = {"recording": "Resumed", "paused": "Paused", "completed": "Completed"}


class Recorder:
    """What records.

    Args:
        told: Where the events of recordings are told.
        new_uuid: Makes the UUIDs of recordings.
        wall: Makes an instant a wall-clock time.
        auth_id: The account in the URLs.
        agenda: Where it puts what is to come.
    """

    def __init__(
        self,
        told: Callbacks,
        new_uuid: Callable[[], str],
        wall: Callable[[float], datetime],
        auth_id: str,
        agenda: Agenda,
    ) -> None:
        self.by_id: dict[str, Recording] = {}
        """All there ever were, in order of their beginning."""
        self.media = "https://media.plivo.com"
        """Scheme and host of the media files."""
        self._agenda = agenda
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
        who = None if member_id is None else _leg_of(conference, member_id)
        recording = self._new(new.file_format, at, new.callback)
        recording.mpc_uuid, recording.friendly_name = conference.mpc_uuid, conference.friendly_name
        recording.member_id, recording.track = member_id, track
        recording.sub_account = conference.sub_account
        if who is not None:
            recording.call_uuid, recording.from_, recording.to = who.known_as, who.from_, who.to
        conference.made = (*conference.made, recording)
        self._told.recording(conference, recording, "Initiated", at)
        return recording

    def start_call(self, leg: Leg, new: NewCallRecording, at: float) -> Recording:
        """Begin a recording of a call by itself; it is over with the call, or when its time limit has passed."""
        recording = self._new(new.file_format, at, new.callback)
        recording.call_uuid, recording.from_, recording.to = leg.known_as, leg.from_, leg.to
        recording.sub_account, recording.by_xml = leg.sub_account, new.by_xml
        leg.made = (*leg.made, recording)
        if self._told.watcher is not None:
            self._told.watcher("recording", "Initiated", recording, at)
        self._agenda.put(at + new.time_limit, self._long_enough, (leg, recording))
        return recording

    def stop_call(self, leg: Leg, at: float, *, url: str | None = None) -> list[Recording]:
        """Complete what is recorded of a call by itself: all of it, or that with a URL. Which these were."""
        found = [one for one in leg.made if one.open and url in (None, one.recording_url)]
        for recording in found:
            self._completed(recording, at)
            self._told.call_recording(leg, recording, at)
        return found

    def _long_enough(self, what: tuple[Leg, Recording], at: float) -> None:
        leg, recording = what
        if recording.open:
            self._completed(recording, at)
            self._told.call_recording(leg, recording, at)

    def _new(self, file_format: Literal["mp3", "wav"], at: float, callback: Hook | None) -> Recording:
        uuid = self._new_uuid()
        recording = Recording(
            recording_id=uuid,
            recording_url=f"{self.media}/v1/Account/{self._auth_id}/Recording/{uuid}.{file_format}",
            file_format=file_format,
            mpc_uuid="",
            start_time=self._wall(at),
            started_at=at,
            callback=callback,
        )
        self.by_id[uuid] = recording
        return recording

    def _completed(self, recording: Recording, at: float) -> None:
        recording.phase, recording.end_time, recording.ended_at = "completed", self._wall(at), at

    def move(self, conference: Conference, recording: Recording, phase: Phase, at: float) -> None:
        """Bring an open recording into a phase."""
        recording.phase = phase
        if phase == "completed":
            self._completed(recording, at)
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


def _leg_of(conference: Conference, member_id: str) -> Leg | None:
    return next((one.leg for one in everybody(conference) if one.member_id == member_id), None)


def _recorded(conference: Conference, who: Participant) -> bool:
    return any(one.member_id == who.member_id and one.track == "participant" for one in conference.made)
