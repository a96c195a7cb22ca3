"""Plivo's asynchronous form: the operations of the other handles, carried out later, their results sent to a URL."""

from collections.abc import Awaitable, Sequence
from dataclasses import dataclass
from typing import Unpack
from uuid import UUID

from .._public import public
from .._unset import UNSET, Unset
from ..models import Accepted
from ..wire import (
    Callback,
    Conference,
    Destination,
    DialOptions,
    FileFormat,
    HttpMethod,
    Members,
    Request,
    Role,
    TrackType,
    activate,
    add_participant,
    deferred,
    end,
    kick,
    list_conferences,
    list_participants,
    member,
    members,
    pause_recording,
    play,
    resume_recording,
    retrieve,
    retrieve_participant,
    speak,
    start_recording,
    stop_playing,
    stop_recording,
    stop_speaking,
    update,
)
from ._operation import Operations
from ._request_options import ConferenceFilters, spelt_out, which

_HOW = "the callback tells whether it was carried out"


@dataclass(frozen=True, slots=True)
class Sender:
    """Sends requests in their asynchronous form.

    Attributes:
        operations: Carries them out.
        callback: Where the results go.
    """

    operations: Operations
    callback: Callback

    def send(self, request: Request, deadline: float | None) -> Awaitable[Accepted]:
        """Send one; no answer but that it was accepted."""
        return self.operations.run(deferred(request, self.callback), Accepted, deadline, how=_HOW)


@public
class DeferredMultiPartyCalls:
    """The multiparty calls of the account, in Plivo's asynchronous form: `client.mpc.deferred(callback_url)`.

        later = client.mpc.deferred("https://example.com/done")
        accepted = await later("support-4812").stop()

    Plivo answers at once that it has taken the request, and sends the result to the URL when it is carried out. So
    every method returns `Accepted`, and no look settles anything: an `OutcomeUnknownError` says that it may have been
    accepted, and changes by name are not repeated then. Arguments, and what else is raised, are those of the methods
    of the same name. Source: Plivo docs, "Asynchronous requests"; in which form the result is sent is unverified.
    """

    __slots__ = ("_sender",)

    def __init__(self, sender: Sender) -> None:
        """Made by `client.mpc.deferred(…)`."""
        self._sender = sender

    def __call__(
        self, name: str | UUID | Unset = UNSET, *, uuid: str | UUID | Unset = UNSET
    ) -> "DeferredMultiPartyCallHandle":
        """A handle on one conference; no request is made. As `client.mpc(…)`."""
        return DeferredMultiPartyCallHandle(self._sender, which("deferred(…)", name, uuid))

    @spelt_out(ConferenceFilters)
    async def list(self, *, deadline: float | None = None, **filters: Unpack[ConferenceFilters]) -> Accepted:
        """As `client.mpc.list`; the result is one page."""
        return await self._sender.send(list_conferences(filters), deadline)


@public
class DeferredMultiPartyCallHandle:
    """One conference, in Plivo's asynchronous form: see `DeferredMultiPartyCalls`, and `MultiPartyCallHandle`."""

    __slots__ = ("_conference", "_sender")

    def __init__(self, sender: Sender, conference: Conference) -> None:
        """Made by `DeferredMultiPartyCalls`."""
        self._sender = sender
        self._conference = conference

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {self._conference.label!r}>"

    async def get(self, *, deadline: float | None = None) -> Accepted:
        """As `MultiPartyCallHandle.get`."""
        return await self._sender.send(retrieve(self._conference), deadline)

    async def start(self, *, deadline: float | None = None) -> Accepted:
        """As `MultiPartyCallHandle.start`; what became of it is told at the URL alone."""
        return await self._sender.send(activate(self._conference), deadline)

    async def stop(self, *, deadline: float | None = None) -> Accepted:
        """As `MultiPartyCallHandle.stop`."""
        return await self._sender.send(end(self._conference), deadline)

    @spelt_out(DialOptions)
    async def add_participant(
        self,
        *,
        role: Role,
        from_: str | None = None,
        to: str | Destination | Sequence[str | Destination] | None = None,
        call_uuid: str | UUID | None = None,
        deadline: float | None = None,
        **options: Unpack[DialOptions],
    ) -> Accepted:
        """As `MultiPartyCallHandle.add_participant`."""
        arguments = {"role": role, "from_": from_, "to": to, "call_uuid": call_uuid, **options}
        return await self._sender.send(add_participant(self._conference, arguments), deadline)

    async def participants(
        self,
        *,
        call_uuid: str | UUID | None = None,
        limit: int | None = None,
        offset: int | None = None,
        deadline: float | None = None,
    ) -> Accepted:
        """As `MultiPartyCallHandle.participants`; the result is one page."""
        request = list_participants(self._conference, call_uuid=call_uuid, limit=limit, offset=offset)
        return await self._sender.send(request, deadline)

    def participant(self, member_id: int | str) -> "DeferredParticipantHandle":
        """One participant; no request is made. As `MultiPartyCallHandle.participant`."""
        return DeferredParticipantHandle(self._sender, self._conference, member(member_id))

    def members(self, *member_ids: int | str) -> "DeferredMembersHandle":
        """Several participants, or all; no request is made. As `MultiPartyCallHandle.members`."""
        return DeferredMembersHandle(self._sender, self._conference, members(*member_ids))

    async def start_recording(
        self,
        *,
        file_format: FileFormat | None = None,
        recording_callback_url: str | None = None,
        recording_callback_method: HttpMethod | None = None,
        transcript: bool | None = None,
        transcription_url: str | None = None,
        deadline: float | None = None,
    ) -> Accepted:
        """As `MultiPartyCallHandle.start_recording`."""
        request = start_recording(
            self._conference,
            file_format=file_format,
            recording_callback_url=recording_callback_url,
            recording_callback_method=recording_callback_method,
            transcript=transcript,
            transcription_url=transcription_url,
        )
        return await self._sender.send(request, deadline)

    async def stop_recording(self, *, deadline: float | None = None) -> Accepted:
        """As `MultiPartyCallHandle.stop_recording`."""
        return await self._sender.send(stop_recording(self._conference), deadline)

    async def pause_recording(self, *, deadline: float | None = None) -> Accepted:
        """As `MultiPartyCallHandle.pause_recording`."""
        return await self._sender.send(pause_recording(self._conference), deadline)

    async def resume_recording(self, *, deadline: float | None = None) -> Accepted:
        """As `MultiPartyCallHandle.resume_recording`."""
        return await self._sender.send(resume_recording(self._conference), deadline)


@public
class DeferredMembersHandle:
    """Several participants, or all, in Plivo's asynchronous form: see `DeferredMultiPartyCalls` and `MembersHandle`."""

    __slots__ = ("_conference", "_members", "_sender")

    def __init__(self, sender: Sender, conference: Conference, members: Members) -> None:
        """Made by `DeferredMultiPartyCallHandle`."""
        self._sender = sender
        self._conference = conference
        self._members = members

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {self._conference.label!r}, {self._members.label}>"

    async def update(
        self, *, mute: bool | None = None, hold: bool | None = None, deadline: float | None = None
    ) -> Accepted:
        """As `MembersHandle.update`."""
        return await self._sender.send(update(self._conference, self._members, mute=mute, hold=hold), deadline)

    async def mute(self, *, deadline: float | None = None) -> Accepted:
        """As `MembersHandle.mute`."""
        return await self._sender.send(update(self._conference, self._members, mute=True), deadline)

    async def unmute(self, *, deadline: float | None = None) -> Accepted:
        """As `MembersHandle.unmute`."""
        return await self._sender.send(update(self._conference, self._members, mute=False), deadline)

    async def hold(self, *, deadline: float | None = None) -> Accepted:
        """As `MembersHandle.hold`."""
        return await self._sender.send(update(self._conference, self._members, hold=True), deadline)

    async def unhold(self, *, deadline: float | None = None) -> Accepted:
        """As `MembersHandle.unhold`."""
        return await self._sender.send(update(self._conference, self._members, hold=False), deadline)

    async def kick(self, *, deadline: float | None = None) -> Accepted:
        """As `MembersHandle.kick`."""
        return await self._sender.send(kick(self._conference, self._members), deadline)

    async def play(self, url: str, *, deadline: float | None = None) -> Accepted:
        """As `MembersHandle.play`."""
        return await self._sender.send(play(self._conference, self._members, url), deadline)

    async def stop_playing(self, *, deadline: float | None = None) -> Accepted:
        """As `MembersHandle.stop_playing`."""
        return await self._sender.send(stop_playing(self._conference, self._members), deadline)

    async def speak(
        self,
        text: str,
        *,
        voice: str | None = None,
        language: str | None = None,
        mix: bool | None = None,
        type: str | None = None,  # noqa: A002  (Plivo's name)
        deadline: float | None = None,
    ) -> Accepted:
        """As `MembersHandle.speak`."""
        request = speak(self._conference, self._members, text, voice=voice, language=language, mix=mix, type=type)
        return await self._sender.send(request, deadline)

    async def stop_speaking(self, *, deadline: float | None = None) -> Accepted:
        """As `MembersHandle.stop_speaking`."""
        return await self._sender.send(stop_speaking(self._conference, self._members), deadline)


@public
class DeferredParticipantHandle(DeferredMembersHandle):
    """One participant, in Plivo's asynchronous form: see `DeferredMultiPartyCalls` and `ParticipantHandle`."""

    __slots__ = ()

    async def get(self, *, deadline: float | None = None) -> Accepted:
        """As `ParticipantHandle.get`."""
        return await self._sender.send(retrieve_participant(self._conference, self._members), deadline)

    async def update(
        self,
        *,
        mute: bool | None = None,
        hold: bool | None = None,
        coach_mode: bool | None = None,
        disable_state_change_sound: bool | None = None,
        deadline: float | None = None,
    ) -> Accepted:
        """As `ParticipantHandle.update`."""
        request = update(
            self._conference,
            self._members,
            mute=mute,
            hold=hold,
            coach_mode=coach_mode,
            disable_state_change_sound=disable_state_change_sound,
        )
        return await self._sender.send(request, deadline)

    async def start_coach_mode(self, *, deadline: float | None = None) -> Accepted:
        """As `ParticipantHandle.start_coach_mode`."""
        return await self._sender.send(update(self._conference, self._members, coach_mode=True), deadline)

    async def stop_coach_mode(self, *, deadline: float | None = None) -> Accepted:
        """As `ParticipantHandle.stop_coach_mode`."""
        return await self._sender.send(update(self._conference, self._members, coach_mode=False), deadline)

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
    ) -> Accepted:
        """As `ParticipantHandle.start_recording`."""
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
        return await self._sender.send(request, deadline)

    async def stop_recording(
        self, *, record_track_type: TrackType | None = None, deadline: float | None = None
    ) -> Accepted:
        """As `ParticipantHandle.stop_recording`."""
        request = stop_recording(self._conference, self._members, record_track_type=record_track_type)
        return await self._sender.send(request, deadline)

    async def pause_recording(
        self, *, record_track_type: TrackType | None = None, deadline: float | None = None
    ) -> Accepted:
        """As `ParticipantHandle.pause_recording`."""
        request = pause_recording(self._conference, self._members, record_track_type=record_track_type)
        return await self._sender.send(request, deadline)

    async def resume_recording(
        self, *, record_track_type: TrackType | None = None, deadline: float | None = None
    ) -> Accepted:
        """As `ParticipantHandle.resume_recording`."""
        request = resume_recording(self._conference, self._members, record_track_type=record_track_type)
        return await self._sender.send(request, deadline)
