"""Several participants of a conference, or all, and what can be done to them; one is in `_participant_handle`."""

from collections.abc import Awaitable
from functools import partial
from types import NoneType
from typing import TypeVar

from .._public import public
from ..models import ParticipantUpdate, Playback
from ..wire import (
    Conference,
    Members,
    Request,
    kick,
    play,
    speak,
    stop_playing,
    stop_speaking,
    update,
)
from ._changing import Build, change
from ._operation import Operations
from ._settle import Settle, kicking

T = TypeVar("T")

_WHO = "participants() of the conference shows who is in it, and who is muted, on hold or coaching"
_PLAYS = "only those in the conference can tell; stop_playing() stops what plays"
_SPEAKS = "only those in the conference can tell; stop_speaking() stops what is spoken"
_STILL = "only those in the conference can tell, but stopping again does no harm"


@public
class MembersHandle:
    """Several participants of a conference, or all of them; made without a request.

        await mpc.members(355, 356).mute()
        await mpc.members("all").play("https://example.com/closing.mp3")

    Whether a list with an unknown id is carried out for the others is unverified.

    Every method raises `InvalidArgumentError` (a `ValueError`) or `TypeError` for a wrong argument, before anything is
    sent, and otherwise a `PlivoError`:
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

    def _change(
        self, build: Build, model: type[T], deadline: float | None, how: str, settle: Settle | None = None
    ) -> Awaitable[T]:
        return change(self._operations, self._conference, build, model, deadline, how=how, settle=settle)

    def _update(self, deadline: float | None, **state: bool | None) -> Awaitable[ParticipantUpdate]:
        def build(conference: Conference) -> Request:
            return update(conference, self._members, **state)

        return self._change(build, ParticipantUpdate, deadline, _WHO)

    async def update(
        self, *, mute: bool | None = None, hold: bool | None = None, deadline: float | None = None
    ) -> ParticipantUpdate:
        """Mute or unmute them, put them on hold or take them off it, or both at once. Idempotent.

        Source: Plivo docs, Multiparty Call, "Update a participant".

        Args:
            mute: Whether they are muted; None leaves that as it is.
            hold: Whether they are on hold: muted, and hearing the hold music of their role; None leaves it.
            deadline: Seconds for all of it, attempts and waits included; None takes the client's.

        Raises:
            InvalidArgumentError: Neither is given.
            PlivoError: As for the class.
        """
        return await self._update(deadline, mute=mute, hold=hold)

    async def mute(self, *, deadline: float | None = None) -> ParticipantUpdate:
        """Mute them: nobody hears them. Idempotent. As `update(mute=True)`, with the same errors."""
        return await self._update(deadline, mute=True)

    async def unmute(self, *, deadline: float | None = None) -> ParticipantUpdate:
        """Let them be heard again. Idempotent. As `update(mute=False)`, with the same errors."""
        return await self._update(deadline, mute=False)

    async def hold(self, *, deadline: float | None = None) -> ParticipantUpdate:
        """Put them on hold: muted, and hearing hold music. Idempotent. As `update(hold=True)`, with the same errors."""
        return await self._update(deadline, hold=True)

    async def unhold(self, *, deadline: float | None = None) -> ParticipantUpdate:
        """Take them off hold. Idempotent. As `update(hold=False)`, with the same errors."""
        return await self._update(deadline, hold=False)

    async def kick(self, *, deadline: float | None = None) -> None:
        """Put them out of the conference. Idempotent.

        Legs that were dialled are hung up, or go on at their `on_exit_action_url`; legs that came by XML go on with it.
        Kicking the last participant ends the conference. When an answer was lost and the repetition is refused, one
        look decides: at the participant, at the list of them, or for "all" at the conference. Source: Plivo docs,
        Multiparty Call, "Kick a participant".

        Args:
            deadline: Seconds for all of it, attempts and waits included; None takes the client's.

        Raises:
            NotFoundError: No such conference or participant, and no attempt before may have been carried out.
            OutcomeUnknownError: They may have been kicked, and no look has settled it.
            PlivoError: As for the class.
        """
        build, settle = partial(kick, members=self._members), partial(kicking, self._members)
        await self._change(build, NoneType, deadline, _WHO, settle)

    async def play(self, url: str, deadline: float | None = None) -> Playback:
        """Play an audio file to them.

        Neither safe nor idempotent: an unclear attempt is not repeated, so that nobody hears it twice. Source: Plivo
        docs, Multiparty Call, "Start playing audio".

        Args:
            url: An http:// or https:// URL of an mp3 or wav file.
            deadline: Seconds for all of it, attempts and waits included; None takes the client's.

        Raises:
            PlivoError: As for the class.
        """
        request = play(self._conference, self._members, url)
        return await self._operations.run(request, Playback, deadline, how=_PLAYS)

    async def stop_playing(self, *, deadline: float | None = None) -> None:
        """Stop what is played to them. Idempotent.

        They must be given as they were to `play`: what was started for one is not stopped for all. Source: Plivo docs,
        Multiparty Call, "Stop playing audio".

        Args:
            deadline: Seconds for all of it, attempts and waits included; None takes the client's.

        Raises:
            PlivoError: As for the class.
        """
        await self._change(partial(stop_playing, members=self._members), NoneType, deadline, _STILL)

    async def speak(
        self,
        text: str,
        *,
        voice: str | None = None,
        language: str | None = None,
        mix: bool | None = None,
        type: str | None = None,  # noqa: A002  (Plivo's name)
        deadline: float | None = None,
    ) -> Playback:
        """Speak a text to them.

        Neither safe nor idempotent: an unclear attempt is not repeated, so that nobody hears it twice. Not in Plivo's
        documents: the endpoint and its arguments are those of its Go SDK; defaults are those of its Call API.

        Args:
            text: What to say.
            voice: `WOMAN`, `MAN`, or one of `Polly.…`; None leaves it to Plivo (`WOMAN`).
            language: A language tag; None leaves it to Plivo (`en-US`).
            mix: Whether the conversation is heard beneath it; None leaves it to Plivo.
            type: Unverified: presumably whether the text is plain or SSML.
            deadline: Seconds for all of it, attempts and waits included; None takes the client's.

        Raises:
            PlivoError: As for the class.
        """
        request = speak(self._conference, self._members, text, voice=voice, language=language, mix=mix, type=type)
        return await self._operations.run(request, Playback, deadline, how=_SPEAKS)

    async def stop_speaking(self, *, deadline: float | None = None) -> None:
        """Stop what is spoken to them. Idempotent.

        They must presumably be given as they were to `speak`. Source: Plivo's Go SDK; not in its documents.

        Args:
            deadline: Seconds for all of it, attempts and waits included; None takes the client's.

        Raises:
            PlivoError: As for the class.
        """
        await self._change(partial(stop_speaking, members=self._members), NoneType, deadline, _STILL)
