"""Participants of a conference: one, several or all, and what can be done to them."""

from typing import Any, Unpack, overload

from .._public import public
from ..models import Accepted, Participant, ParticipantUpdate, Playback, Recording
from ..wire import (
    Conference,
    FileFormat,
    HttpMethod,
    Members,
    TrackType,
    kick,
    pause_recording,
    play,
    resume_recording,
    retrieve_participant,
    speak,
    start_recording,
    stop_playing,
    stop_recording,
    stop_speaking,
    update,
)
from ._operation import Given, Operations, read_options
from ._request_options import CallbackOptions, RequestOptions
from ._settle import kicking

_WHO = "participants() of the conference shows who is in it, and who is muted, on hold or coaching"
_PLAYS = "only those in the conference can tell; stop_playing() stops what plays"
_SPEAKS = "only those in the conference can tell; stop_speaking() stops what is spoken"
_STILL = "only those in the conference can tell, but stopping again does no harm"
_RECORDED = "nothing that can be looked at shows a participant's recording; its recording callback tells"


@public
class MembersHandle:
    """Several participants of a conference, or all of them; made without a request.

        await mpc.members(355, 356).mute()
        await mpc.members("all").play("https://example.com/closing.mp3")

    Whether a list with an unknown id is carried out for the others is unverified.

    Every method takes a `deadline`, in seconds for all of it, and a `callback_url` with a `callback_method`: then Plivo
    carries the operation out later, sends the result there, and the method returns `Accepted`. Every method raises
    `ValueError` or `TypeError` for a wrong argument, before anything is sent, and otherwise a `PlivoError`:
    `NotFoundError` if there is no such conference or participant, `OutcomeUnknownError` if it may have been carried
    out, `NotSentError` if it was not, another `ResponseError` if Plivo refused it. Handles compare by what they mean.
    """

    __slots__ = ("_conference", "_members", "_operations")

    def __init__(self, operations: Operations, conference: Conference, members: Members) -> None:
        """Made by `MultiPartyCallHandle.members`."""
        self._operations = operations
        self._conference = conference
        self._members = members

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return self._identity() == other._identity()

    def __hash__(self) -> int:
        return hash(self._identity())

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {self._conference.label!r}, {self._members.label}>"

    def _identity(self) -> tuple[Operations, Conference, Members]:
        return self._operations, self._conference, self._members

    async def _update(self, given: Given, **state: bool | None) -> ParticipantUpdate | Accepted:
        request = update(self._conference, self._members, **state, callback=given.callback)
        return await self._operations.model(ParticipantUpdate, request, given, how=_WHO)

    @overload
    async def update(
        self, *, mute: bool | None = ..., hold: bool | None = ..., **options: Unpack[RequestOptions]
    ) -> ParticipantUpdate: ...
    @overload
    async def update(
        self, *, mute: bool | None = ..., hold: bool | None = ..., **options: Unpack[CallbackOptions]
    ) -> Accepted: ...
    async def update(
        self, *, mute: bool | None = None, hold: bool | None = None, **options: Any
    ) -> ParticipantUpdate | Accepted:
        """Mute or unmute them, put them on hold or take them off it, or both at once. Idempotent.

        Source: Plivo docs, Multiparty Call, "Update a participant".

        Args:
            mute: Whether they are muted; None leaves that as it is.
            hold: Whether they are on hold: muted, and hearing the hold music of their role; None leaves it.
            options: `deadline`, `callback_url`, `callback_method`.

        Raises:
            ValueError: Neither is given.
            PlivoError: As for the class.
        """
        return await self._update(read_options(self.update, options), mute=mute, hold=hold)

    @overload
    async def mute(self, **options: Unpack[RequestOptions]) -> ParticipantUpdate: ...
    @overload
    async def mute(self, **options: Unpack[CallbackOptions]) -> Accepted: ...
    async def mute(self, **options: Any) -> ParticipantUpdate | Accepted:
        """Mute them: nobody hears them. Idempotent. As `update(mute=True)`, with the same errors."""
        return await self._update(read_options(self.mute, options), mute=True)

    @overload
    async def unmute(self, **options: Unpack[RequestOptions]) -> ParticipantUpdate: ...
    @overload
    async def unmute(self, **options: Unpack[CallbackOptions]) -> Accepted: ...
    async def unmute(self, **options: Any) -> ParticipantUpdate | Accepted:
        """Let them be heard again. Idempotent. As `update(mute=False)`, with the same errors."""
        return await self._update(read_options(self.unmute, options), mute=False)

    @overload
    async def hold(self, **options: Unpack[RequestOptions]) -> ParticipantUpdate: ...
    @overload
    async def hold(self, **options: Unpack[CallbackOptions]) -> Accepted: ...
    async def hold(self, **options: Any) -> ParticipantUpdate | Accepted:
        """Put them on hold: muted, and hearing hold music. Idempotent. As `update(hold=True)`, with the same errors."""
        return await self._update(read_options(self.hold, options), hold=True)

    @overload
    async def unhold(self, **options: Unpack[RequestOptions]) -> ParticipantUpdate: ...
    @overload
    async def unhold(self, **options: Unpack[CallbackOptions]) -> Accepted: ...
    async def unhold(self, **options: Any) -> ParticipantUpdate | Accepted:
        """Take them off hold. Idempotent. As `update(hold=False)`, with the same errors."""
        return await self._update(read_options(self.unhold, options), hold=False)

    @overload
    async def kick(self, **options: Unpack[RequestOptions]) -> None: ...
    @overload
    async def kick(self, **options: Unpack[CallbackOptions]) -> Accepted: ...
    async def kick(self, **options: Any) -> Accepted | None:
        """Put them out of the conference. Idempotent, but for all of a conference given by name.

        Legs that were dialled are hung up, or go on at their `on_exit_action_url`; legs that came by XML go on with it.
        Kicking the last participant ends the conference: so "all" by name is not repeated after an unclear attempt,
        lest it reach the next conference of that name. When an answer was lost and the repetition is refused, one look
        at the participant decides, if it is one. Source: Plivo docs, Multiparty Call, "Kick a participant".

        Args:
            options: `deadline`, `callback_url`, `callback_method`.

        Raises:
            NotFoundError: No such conference or participant, and no attempt before may have been carried out.
            OutcomeUnknownError: They may have been kicked, and no look has settled it.
            PlivoError: As for the class.
        """
        given = read_options(self.kick, options)
        request = kick(self._conference, self._members, callback=given.callback)
        settling = kicking(self._conference, self._members) if self._members.single else None
        return await self._operations.nothing(request, given, settling=settling, how=_WHO)

    @overload
    async def play(self, url: str, **options: Unpack[RequestOptions]) -> Playback: ...
    @overload
    async def play(self, url: str, **options: Unpack[CallbackOptions]) -> Accepted: ...
    async def play(self, url: str, **options: Any) -> Playback | Accepted:
        """Play an audio file to them.

        Neither safe nor idempotent: an unclear attempt is not repeated, so that nobody hears it twice. Source: Plivo
        docs, Multiparty Call, "Start playing audio".

        Args:
            url: An http:// or https:// URL of an mp3 or wav file.
            options: `deadline`, `callback_url`, `callback_method`.

        Raises:
            PlivoError: As for the class.
        """
        given = read_options(self.play, options)
        request = play(self._conference, self._members, url, callback=given.callback)
        return await self._operations.model(Playback, request, given, how=_PLAYS)

    @overload
    async def stop_playing(self, **options: Unpack[RequestOptions]) -> None: ...
    @overload
    async def stop_playing(self, **options: Unpack[CallbackOptions]) -> Accepted: ...
    async def stop_playing(self, **options: Any) -> Accepted | None:
        """Stop what is played to them. Idempotent.

        They must be given as they were to `play`: what was started for one is not stopped for all. Source: Plivo docs,
        Multiparty Call, "Stop playing audio".

        Args:
            options: `deadline`, `callback_url`, `callback_method`.

        Raises:
            PlivoError: As for the class.
        """
        given = read_options(self.stop_playing, options)
        request = stop_playing(self._conference, self._members, callback=given.callback)
        return await self._operations.nothing(request, given, how=_STILL)

    @overload
    async def speak(
        self,
        text: str,
        *,
        voice: str | None = ...,
        language: str | None = ...,
        mix: bool | None = ...,
        type: str | None = ...,
        **options: Unpack[RequestOptions],
    ) -> Playback: ...
    @overload
    async def speak(
        self,
        text: str,
        *,
        voice: str | None = ...,
        language: str | None = ...,
        mix: bool | None = ...,
        type: str | None = ...,
        **options: Unpack[CallbackOptions],
    ) -> Accepted: ...
    async def speak(
        self,
        text: str,
        *,
        voice: str | None = None,
        language: str | None = None,
        mix: bool | None = None,
        type: str | None = None,  # noqa: A002  (Plivo's name)
        **options: Any,
    ) -> Playback | Accepted:
        """Speak a text to them.

        Neither safe nor idempotent: an unclear attempt is not repeated, so that nobody hears it twice. Not in Plivo's
        documents: the endpoint and its arguments are those of its Go SDK; defaults are those of its Call API.

        Args:
            text: What to say.
            voice: `WOMAN`, `MAN`, or one of `Polly.…`; None leaves it to Plivo (`WOMAN`).
            language: A language tag; None leaves it to Plivo (`en-US`).
            mix: Whether the conversation is heard beneath it; None leaves it to Plivo.
            type: Unverified: presumably whether the text is plain or SSML.
            options: `deadline`, `callback_url`, `callback_method`.

        Raises:
            PlivoError: As for the class.
        """
        given = read_options(self.speak, options)
        request = speak(
            self._conference,
            self._members,
            text,
            voice=voice,
            language=language,
            mix=mix,
            type=type,
            callback=given.callback,
        )
        return await self._operations.model(Playback, request, given, how=_SPEAKS)

    @overload
    async def stop_speaking(self, **options: Unpack[RequestOptions]) -> None: ...
    @overload
    async def stop_speaking(self, **options: Unpack[CallbackOptions]) -> Accepted: ...
    async def stop_speaking(self, **options: Any) -> Accepted | None:
        """Stop what is spoken to them. Idempotent.

        They must presumably be given as they were to `speak`. Source: Plivo's Go SDK; not in its documents.

        Args:
            options: `deadline`, `callback_url`, `callback_method`.

        Raises:
            PlivoError: As for the class.
        """
        given = read_options(self.stop_speaking, options)
        request = stop_speaking(self._conference, self._members, callback=given.callback)
        return await self._operations.nothing(request, given, how=_STILL)


@public
class ParticipantHandle(MembersHandle):
    """One participant of a conference, by member id; made without a request.

        await mpc.participant(355).mute()

    All that is said of `MembersHandle` holds; what follows exists for one participant only.
    """

    __slots__ = ()

    @overload
    async def get(self, **options: Unpack[RequestOptions]) -> Participant: ...
    @overload
    async def get(self, **options: Unpack[CallbackOptions]) -> Accepted: ...
    async def get(self, **options: Any) -> Participant | Accepted:
        """Look at the participant. Safe.

        By the conference's UUID it works after the end as well. Source: Plivo docs, Multiparty Call, "Retrieve a
        participant".

        Args:
            options: `deadline`, `callback_url`, `callback_method`.

        Raises:
            PlivoError: As for the class.
        """
        given = read_options(self.get, options)
        request = retrieve_participant(self._conference, self._members, callback=given.callback)
        return await self._operations.model(Participant, request, given)

    @overload
    async def update(
        self,
        *,
        mute: bool | None = ...,
        hold: bool | None = ...,
        coach_mode: bool | None = ...,
        disable_state_change_sound: bool | None = ...,
        **options: Unpack[RequestOptions],
    ) -> ParticipantUpdate: ...
    @overload
    async def update(
        self,
        *,
        mute: bool | None = ...,
        hold: bool | None = ...,
        coach_mode: bool | None = ...,
        disable_state_change_sound: bool | None = ...,
        **options: Unpack[CallbackOptions],
    ) -> Accepted: ...
    async def update(
        self,
        *,
        mute: bool | None = None,
        hold: bool | None = None,
        coach_mode: bool | None = None,
        disable_state_change_sound: bool | None = None,
        **options: Any,
    ) -> ParticipantUpdate | Accepted:
        """Mute or unmute, put on hold or take off it, coach or speak to all, or several of it at once. Idempotent.

        Source: Plivo docs, Multiparty Call, "Update a participant".

        Args:
            mute: Whether it is muted; None leaves that as it is.
            hold: Whether it is on hold: muted, and hearing the hold music of its role; None leaves it.
            coach_mode: Whether this supervisor is heard by agents only. A change is announced by a beep to all.
            disable_state_change_sound: By its name, leaves that beep out. Unverified: only Plivo's Node SDK has it.
            options: `deadline`, `callback_url`, `callback_method`.

        Raises:
            ValueError: None of `mute`, `hold` and `coach_mode` is given.
            PlivoError: As for the class.
        """
        return await self._update(
            read_options(self.update, options),
            mute=mute,
            hold=hold,
            coach_mode=coach_mode,
            disable_state_change_sound=disable_state_change_sound,
        )

    @overload
    async def start_coach_mode(self, **options: Unpack[RequestOptions]) -> ParticipantUpdate: ...
    @overload
    async def start_coach_mode(self, **options: Unpack[CallbackOptions]) -> Accepted: ...
    async def start_coach_mode(self, **options: Any) -> ParticipantUpdate | Accepted:
        """Let this supervisor be heard by agents only. Idempotent. As `update(coach_mode=True)`, errors included."""
        return await self._update(read_options(self.start_coach_mode, options), coach_mode=True)

    @overload
    async def stop_coach_mode(self, **options: Unpack[RequestOptions]) -> ParticipantUpdate: ...
    @overload
    async def stop_coach_mode(self, **options: Unpack[CallbackOptions]) -> Accepted: ...
    async def stop_coach_mode(self, **options: Any) -> ParticipantUpdate | Accepted:
        """Let this supervisor be heard by all. Idempotent. As `update(coach_mode=False)`, with the same errors."""
        return await self._update(read_options(self.stop_coach_mode, options), coach_mode=False)

    @overload
    async def start_recording(
        self,
        *,
        file_format: FileFormat | None = ...,
        record_track_type: TrackType | None = ...,
        recording_callback_url: str | None = ...,
        recording_callback_method: HttpMethod | None = ...,
        transcript: bool | None = ...,
        transcription_url: str | None = ...,
        **options: Unpack[RequestOptions],
    ) -> Recording: ...
    @overload
    async def start_recording(
        self,
        *,
        file_format: FileFormat | None = ...,
        record_track_type: TrackType | None = ...,
        recording_callback_url: str | None = ...,
        recording_callback_method: HttpMethod | None = ...,
        transcript: bool | None = ...,
        transcription_url: str | None = ...,
        **options: Unpack[CallbackOptions],
    ) -> Accepted: ...
    async def start_recording(
        self,
        *,
        file_format: FileFormat | None = None,
        record_track_type: TrackType | None = None,
        recording_callback_url: str | None = None,
        recording_callback_method: HttpMethod | None = None,
        transcript: bool | None = None,
        transcription_url: str | None = None,
        **options: Any,
    ) -> Recording | Accepted:
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
            options: `deadline`, `callback_url`, `callback_method`.

        Raises:
            PlivoError: As for the class.
        """
        given = read_options(self.start_recording, options)
        request = start_recording(
            self._conference,
            self._members,
            file_format=file_format,
            record_track_type=record_track_type,
            recording_callback_url=recording_callback_url,
            recording_callback_method=recording_callback_method,
            transcript=transcript,
            transcription_url=transcription_url,
            callback=given.callback,
        )
        return await self._operations.model(Recording, request, given, how=_RECORDED)

    @overload
    async def stop_recording(
        self, *, record_track_type: TrackType | None = ..., **options: Unpack[RequestOptions]
    ) -> None: ...
    @overload
    async def stop_recording(
        self, *, record_track_type: TrackType | None = ..., **options: Unpack[CallbackOptions]
    ) -> Accepted: ...
    async def stop_recording(self, *, record_track_type: TrackType | None = None, **options: Any) -> Accepted | None:
        """Stop recording this participant. Idempotent.

        Source: Plivo docs, Multiparty Call, "Stop recording a participant".

        Args:
            record_track_type: Which recording: `participant`, `all` or `both`; None leaves it to Plivo (`all`).
            options: `deadline`, `callback_url`, `callback_method`.

        Raises:
            PlivoError: As for the class.
        """
        given = read_options(self.stop_recording, options)
        request = stop_recording(
            self._conference, self._members, record_track_type=record_track_type, callback=given.callback
        )
        return await self._operations.nothing(request, given, how=_RECORDED)

    @overload
    async def pause_recording(
        self, *, record_track_type: TrackType | None = ..., **options: Unpack[RequestOptions]
    ) -> None: ...
    @overload
    async def pause_recording(
        self, *, record_track_type: TrackType | None = ..., **options: Unpack[CallbackOptions]
    ) -> Accepted: ...
    async def pause_recording(self, *, record_track_type: TrackType | None = None, **options: Any) -> Accepted | None:
        """Pause recording this participant. Idempotent.

        Source: Plivo docs, Multiparty Call, "Pause recording a participant".

        Args:
            record_track_type: Which recording: `participant`, `all` or `both`; None leaves it to Plivo (`all`).
            options: `deadline`, `callback_url`, `callback_method`.

        Raises:
            PlivoError: As for the class.
        """
        given = read_options(self.pause_recording, options)
        request = pause_recording(
            self._conference, self._members, record_track_type=record_track_type, callback=given.callback
        )
        return await self._operations.nothing(request, given, how=_RECORDED)

    @overload
    async def resume_recording(
        self, *, record_track_type: TrackType | None = ..., **options: Unpack[RequestOptions]
    ) -> None: ...
    @overload
    async def resume_recording(
        self, *, record_track_type: TrackType | None = ..., **options: Unpack[CallbackOptions]
    ) -> Accepted: ...
    async def resume_recording(self, *, record_track_type: TrackType | None = None, **options: Any) -> Accepted | None:
        """Go on recording this participant after a pause. Idempotent.

        Source: Plivo docs, Multiparty Call, "Resume recording a participant".

        Args:
            record_track_type: Which recording: `participant`, `all` or `both`; None leaves it to Plivo (`all`).
            options: `deadline`, `callback_url`, `callback_method`.

        Raises:
            PlivoError: As for the class.
        """
        given = read_options(self.resume_recording, options)
        request = resume_recording(
            self._conference, self._members, record_track_type=record_track_type, callback=given.callback
        )
        return await self._operations.nothing(request, given, how=_RECORDED)
