"""One participant of a conference, and what can be done to it alone."""

from functools import partial
from types import NoneType
from typing import Literal

from .._errors import invalid
from .._public import public
from ..models import Participant, ParticipantUpdate, Recording
from ..wire import (
    FileFormat,
    HttpMethod,
    TrackType,
    pause_recording,
    resume_recording,
    retrieve_participant,
    start_recording,
    stop_recording,
)
from ._members_handle import MembersHandle
from .following import Reached, member_left

_RECORDED = "nothing that can be looked at shows a participant's recording; its recording callback tells"


@public
class ParticipantHandle(MembersHandle):
    """One participant of a conference, by member id; made without a request.

        await mpc.participant(355).mute()

    All that is said of `MembersHandle` holds; what follows exists for one participant only.
    """

    __slots__ = ()

    async def get(self, *, deadline: float | None = None) -> Participant:
        """Look at the participant. Safe.

        By the conference's UUID it works after the end as well. Source: Plivo docs, Multiparty Call, "Retrieve a
        participant".

        Args:
            deadline: Seconds for all of it, attempts and waits included; None takes the client's.

        Raises:
            PlivoError: As for the class.
        """
        return await self._operations.run(retrieve_participant(self._conference, self._members), Participant, deadline)

    async def until(self, goal: Literal["left"], *, timeout: float | None = 60.0) -> Reached:  # noqa: ASYNC109  (it is an operation's)
        """Wait until they have left: by a callback if one comes, by a look if none does. Safe.

        The end of the conference says so as well. Looks are shared by all who wait in this client, one list of
        participants for each conference, at most three requests a second. See `client.events`.

        Args:
            goal: "left".
            timeout: Seconds for all of it; None for no bound.

        Raises:
            StatusNotReachedError: The time is up.
            NotFoundError: There is no such conference, or no live one of that name: then it is over.
            InvalidArgumentError, TypeError: An argument is wrong; nothing was sent.
            PlivoError: A look was refused for good, or none was answered for too long.
        """
        if goal != "left":
            raise invalid("goal", f"must be 'left', not {goal!r}")
        return await member_left(self._operations, self._conference, self._members.segment, timeout)

    async def update(
        self,
        *,
        mute: bool | None = None,
        hold: bool | None = None,
        coach_mode: bool | None = None,
        disable_state_change_sound: bool | None = None,
        deadline: float | None = None,
    ) -> ParticipantUpdate:
        """Mute or unmute, put on hold or take off it, coach or speak to all, or several of it at once. Idempotent.

        Source: Plivo docs, Multiparty Call, "Update a participant".

        Args:
            mute: Whether it is muted; None leaves that as it is.
            hold: Whether it is on hold: muted, and hearing the hold music of its role; None leaves it.
            coach_mode: Whether this supervisor is heard by agents only. A change is announced by a beep to all.
            disable_state_change_sound: By its name, leaves that beep out. Unverified: only Plivo's Node SDK has it.
            deadline: Seconds for all of it, attempts and waits included; None takes the client's.

        Raises:
            InvalidArgumentError: None of `mute`, `hold` and `coach_mode` is given.
            PlivoError: As for the class.
        """
        return await self._update(
            deadline,
            mute=mute,
            hold=hold,
            coach_mode=coach_mode,
            disable_state_change_sound=disable_state_change_sound,
        )

    async def start_coach_mode(self, *, deadline: float | None = None) -> ParticipantUpdate:
        """Let this supervisor be heard by agents only. Idempotent. As `update(coach_mode=True)`, errors included."""
        return await self._update(deadline, coach_mode=True)

    async def stop_coach_mode(self, *, deadline: float | None = None) -> ParticipantUpdate:
        """Let this supervisor be heard by all. Idempotent. As `update(coach_mode=False)`, with the same errors."""
        return await self._update(deadline, coach_mode=False)

    async def start_recording(
        self,
        *,
        file_format: FileFormat | None = None,
        record_track_type: TrackType | None = None,
        recording_callback_url: str | None = None,
        recording_callback_method: HttpMethod | None = None,
        transcript: bool | None = None,
        transcription_url: str | None = None,
        deadline: float | None = None,
    ) -> Recording:
        """Record this participant.

        Neither safe nor idempotent: an unclear attempt is not repeated. Source: Plivo docs, Multiparty Call, "Start
        recording a participant"; the transcription arguments: its Python and Go SDKs.

        Args:
            file_format: `mp3` or `wav`; None leaves it to Plivo (`mp3`).
            record_track_type: `participant` for a track of its own, `all` for several channels, `both`; None leaves it
                to Plivo (`all`).
            recording_callback_url: Where Plivo tells what becomes of the recording.
            recording_callback_method: How: `GET` or `POST`; sent as `POST` unless given.
            transcript: Whether it is transcribed; None leaves it to Plivo (no).
            transcription_url: Where the transcription goes.
            deadline: Seconds for all of it, attempts and waits included; None takes the client's.

        Raises:
            PlivoError: As for the class.
        """
        request = start_recording(
            self._conference,
            self._members,
            file_format=file_format,
            record_track_type=record_track_type,
            recording_callback_url=recording_callback_url,
            recording_callback_method=recording_callback_method,
            transcript=transcript,
            transcription_url=transcription_url,
        )
        return await self._operations.run(request, Recording, deadline, how=_RECORDED)

    async def stop_recording(
        self, *, record_track_type: TrackType | None = None, deadline: float | None = None
    ) -> None:
        """Stop recording this participant. Idempotent.

        Source: Plivo docs, Multiparty Call, "Stop recording a participant".

        Args:
            record_track_type: Which recording: `participant`, `all` or `both`; None leaves it to Plivo (`all`).
            deadline: Seconds for all of it, attempts and waits included; None takes the client's.

        Raises:
            PlivoError: As for the class.
        """
        build = partial(stop_recording, member=self._members, record_track_type=record_track_type)
        await self._change(build, NoneType, deadline, _RECORDED)

    async def pause_recording(
        self, *, record_track_type: TrackType | None = None, deadline: float | None = None
    ) -> None:
        """Pause recording this participant. Idempotent.

        Source: Plivo docs, Multiparty Call, "Pause recording a participant".

        Args:
            record_track_type: Which recording: `participant`, `all` or `both`; None leaves it to Plivo (`all`).
            deadline: Seconds for all of it, attempts and waits included; None takes the client's.

        Raises:
            PlivoError: As for the class.
        """
        build = partial(pause_recording, member=self._members, record_track_type=record_track_type)
        await self._change(build, NoneType, deadline, _RECORDED)

    async def resume_recording(
        self, *, record_track_type: TrackType | None = None, deadline: float | None = None
    ) -> None:
        """Go on recording this participant after a pause. Idempotent.

        Source: Plivo docs, Multiparty Call, "Resume recording a participant".

        Args:
            record_track_type: Which recording: `participant`, `all` or `both`; None leaves it to Plivo (`all`).
            deadline: Seconds for all of it, attempts and waits included; None takes the client's.

        Raises:
            PlivoError: As for the class.
        """
        build = partial(resume_recording, member=self._members, record_track_type=record_track_type)
        await self._change(build, NoneType, deadline, _RECORDED)
