"""One conference: what can be asked of it and done to it."""

from collections.abc import Awaitable, Sequence
from datetime import datetime
from typing import Any, Literal, Unpack, overload
from uuid import UUID

from .._public import public
from ..batch import Activation
from ..models import Accepted, AddedParticipant, MultiPartyCall, Participant, Recording
from ..policy import Confirm
from ..wire import (
    Conference,
    Destination,
    FileFormat,
    HttpMethod,
    Role,
    Status,
    activate,
    add_participant,
    list_participants,
    member,
    members,
    pause_recording,
    resume_recording,
    retrieve,
    start_recording,
    stop_recording,
)
from ._activating import Activator
from ._finding import checked_sought, find
from ._members import MembersHandle, ParticipantHandle
from ._operation import OPTIONS, Given, Operations, read_options
from ._pages import Pages
from ._privacy import addresses, hiding
from ._request_options import (
    CallbackOptions,
    DialCallback,
    DialRequest,
    RequestOptions,
    TransferCallback,
    TransferRequest,
)
from ._settle import controlling_recording
from ._stopping import stop
from ._waiting import checked_wait, given_seconds, wait_until

_ACTIVE = "get() shows whether it is Active"
_RECORDED = "get() shows it in `recording`"
_DIALLED = (
    "find_participant(member_address=…, joined_since=error.started_at, wait_for=60) with the number that was dialled "
    "tells whether it is in the conference; None doesn't tell whether it rang"
)
_MOVED = "find_participant(call_uuid=…) with the same call_uuid tells whether it is in the conference"


@public
class MultiPartyCallHandle:
    """One conference, by friendly name or by MPC UUID; made without a request.

        mpc = client.mpc("support-4812")
        await mpc.add_participant(role="agent", from_="+14151234567", to="+14157654321")

    A friendly name means the live conference of that name (Initialized or Active); the same name may be used again once
    it has ended. A UUID means one conference for ever. Source: Plivo docs, Multiparty Call.

    Every method but `find_participant` and `wait_until` takes a `deadline`, in seconds for all of it, and a
    `callback_url` with a `callback_method`: then Plivo carries the operation out later, sends the result there, and the
    method returns `Accepted`. Every method raises `ValueError` or `TypeError` for a wrong argument, before anything is
    sent, and otherwise a `PlivoError`: `NotFoundError` if there is no such conference, `OutcomeUnknownError` if it may
    have been carried out, `NotSentError` if it was not, `DecodeError` if the answer can't be read, another
    `ResponseError` if Plivo refused it. Handles compare by what they mean.
    """

    __slots__ = ("_activator", "_conference", "_operations")

    def __init__(self, operations: Operations, activator: Activator, conference: Conference) -> None:
        """Made by `client.mpc(…)`."""
        self._operations = operations
        self._activator = activator
        self._conference = conference

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, MultiPartyCallHandle):
            return NotImplemented
        return (self._operations, self._conference) == (other._operations, other._conference)

    def __hash__(self) -> int:
        return hash((self._operations, self._conference))

    def __repr__(self) -> str:
        which = f"uuid {self._conference.uuid}" if self._conference.name is None else repr(self._conference.name)
        return f"<MultiPartyCallHandle {which}>"

    # ---- The conference -----------------------------------------------------------------------------------------

    @overload
    async def get(self, **options: Unpack[RequestOptions]) -> MultiPartyCall: ...
    @overload
    async def get(self, **options: Unpack[CallbackOptions]) -> Accepted: ...
    async def get(self, **options: Any) -> MultiPartyCall | Accepted:
        """Look at the conference. Safe.

        By name only while it is live. Source: Plivo docs, Multiparty Call, "Retrieve an MPC".

        Args:
            options: `deadline`, `callback_url`, `callback_method`.

        Raises:
            NotFoundError: There is no such conference, or no live one of that name.
            PlivoError: As for the class.
        """
        return await look_at(self._operations, self._conference, read_options(self.get, options))

    @overload
    async def start(
        self, *, confirm: Confirm = ..., wait_for: float = ..., **options: Unpack[RequestOptions]
    ) -> Activation: ...
    @overload
    async def start(self, **options: Unpack[CallbackOptions]) -> Accepted: ...
    async def start(
        self, *, confirm: Confirm = "always", wait_for: float = 0.0, **options: Any
    ) -> Activation | Accepted:
        """Activate the conference: move it from Initialized to Active. Idempotent.

        As `client.mpc.start` for one: the arguments, what it returns and what it raises are the same. With a
        `callback_url` Plivo accepts it and tells there what became of it; then no look settles anything here.

        Args:
            confirm: Which 404s are settled by one GET: "always", "ambiguous" or "never".
            wait_for: Seconds for which it is tried again while it isn't waiting yet.
            options: `deadline`, `callback_url`, `callback_method`.

        Raises:
            NotFoundError: It isn't waiting.
            TypeError: `confirm` or `wait_for` is given with `callback_url`.
            PlivoError: As for the class.
        """
        given = read_options(self.start, options)
        rules = self._activator.rules(confirm, wait_for)
        if given.callback is None:
            return await self._activator.one(self._conference, rules, given.deadline)
        if confirm != "always" or wait_for:
            raise TypeError("confirm and wait_for can't be given with callback_url: it is told what became of it")
        request = activate(self._conference, callback=given.callback)
        return await self._operations.value(Accepted, request, given.deadline, how=_ACTIVE)

    @overload
    async def stop(self, **options: Unpack[RequestOptions]) -> None: ...
    @overload
    async def stop(self, **options: Unpack[CallbackOptions]) -> Accepted: ...
    async def stop(self, **options: Any) -> Accepted | None:
        """End the conference. Idempotent by UUID; by name neither, for the name may be the next conference's by then.

        Legs that were dialled are hung up, or go on at their `on_exit_action_url`; legs that came by XML go on with it.
        When an answer was lost, a look decides: by UUID after a repetition that finds nothing to end; by name before
        it, and what is repeated then is the end of the very conference that was meant, by its UUID. Source: Plivo docs,
        Multiparty Call, "End an MPC".

        Args:
            options: `deadline`, `callback_url`, `callback_method`.

        Raises:
            NotFoundError: There is no such live conference, and this hasn't ended it.
            OutcomeUnknownError: It may have ended, and no look has settled it.
            PlivoError: As for the class.
        """
        return await stop(self._operations, self._conference, read_options(self.stop, options))

    async def wait_until(
        self, status: Status, *, deadline: float | None = 60.0, interval: float = 1.0
    ) -> MultiPartyCall:
        """Look at the conference until it has a status, and return what was seen then. Safe.

        By name, a conference that isn't there yet is waited for, unless it is its end that is waited for. Once it was
        seen it is followed by its UUID: another one of the same name isn't taken for it. A look that fails for the
        moment (no connection, 429, 5xx) doesn't end the wait. To be told rather than to ask, see
        `status_callback_url` of `add_participant`.

        Args:
            status: `initialized`, `active` or `ended`.
            deadline: Seconds for all of it; None for no bound.
            interval: Seconds from one look to the next, more than 0. Each look costs a request.

        Raises:
            StatusNotReachedError: The time is up, or the status can't come any more, as `active` once it has ended.
                Its `status` is the last one that was seen.
            NotFoundError: No conference has that UUID; or its end is waited for, by name, and none of that name is
                live: it never was there, or is over already, which only its UUID could tell.
            ValueError, TypeError: An argument is wrong; nothing was sent.
            PlivoError: A look was refused.
        """
        return await wait_until(self._operations, checked_wait(self._conference, status, deadline, interval))

    # ---- Participants -------------------------------------------------------------------------------------------

    @overload
    async def add_participant(
        self, *, role: Role, from_: str, to: str | Destination, **options: Unpack[DialRequest]
    ) -> AddedParticipant: ...
    @overload
    async def add_participant(
        self, *, role: Role, from_: str, to: str | Destination, **options: Unpack[DialCallback]
    ) -> Accepted: ...
    @overload
    async def add_participant(
        self,
        *,
        role: Literal["agent"],
        from_: str,
        to: Sequence[str | Destination],
        **options: Unpack[DialRequest],
    ) -> AddedParticipant: ...
    @overload
    async def add_participant(
        self,
        *,
        role: Literal["agent"],
        from_: str,
        to: Sequence[str | Destination],
        **options: Unpack[DialCallback],
    ) -> Accepted: ...
    @overload
    async def add_participant(
        self, *, role: Role, call_uuid: str | UUID, **options: Unpack[TransferRequest]
    ) -> AddedParticipant: ...
    @overload
    async def add_participant(
        self, *, role: Role, call_uuid: str | UUID, **options: Unpack[TransferCallback]
    ) -> Accepted: ...
    async def add_participant(self, **options: Any) -> AddedParticipant | Accepted:
        """Add a participant: dial one (`from_`, `to`), dial several agents of whom one joins, or move a live call.

        Neither safe nor idempotent, for a phone must not ring twice: it is repeated only where the attempt before can't
        have done anything (429, connection never made). By name it creates the conference if none of that name is
        live. That it returns means that dialling was accepted, not that anybody has answered: `find_participant` looks
        whether they have joined. Source: Plivo docs, Multiparty Call, "Add a participant".

        Args:
            role: `agent`, `supervisor` or `customer`; `ai-agent` is taken by Plivo's Python SDK, and not documented.
            from_: The caller ID: a number, or a SIP endpoint. Given with `to`.
            to: Whom to dial: a number, a `sip:` URI, or a `Destination` with times of its own; several for an agent
                only: whoever answers first joins, the others are let go. At most 19.
            call_uuid: The live call to move, instead of `from_` and `to`.
            options: Any of `DialOptions`, with `call_uuid` of `ParticipantOptions`; and `deadline`, `callback_url`,
                `callback_method`.

        Returns:
            The calls that are being made. There is no member id yet: it comes with the answer.

        Raises:
            OutcomeUnknownError: The phone may ring; look (`find_participant`) before dialling again.
            ValueError, TypeError: An argument is wrong, or they don't go together; nothing was sent.
            PlivoError: As for the class.
        """
        common = {name: options.pop(name) for name in OPTIONS if name in options}
        given = read_options(self.add_participant, common)
        request = add_participant(self._conference, options, callback=given.callback)
        how = _DIALLED if options.get("call_uuid") is None else _MOVED
        with hiding(addresses(options)):
            return await self._operations.model(AddedParticipant, request, given, how=how)

    @overload
    def participants(
        self,
        *,
        call_uuid: str | UUID | None = ...,
        limit: int | None = ...,
        offset: int | None = ...,
        **options: Unpack[RequestOptions],
    ) -> Pages[Participant]: ...
    @overload
    def participants(
        self,
        *,
        call_uuid: str | UUID | None = ...,
        limit: int | None = ...,
        offset: int | None = ...,
        **options: Unpack[CallbackOptions],
    ) -> Awaitable[Accepted]: ...
    def participants(
        self,
        *,
        call_uuid: str | UUID | None = None,
        limit: int | None = None,
        offset: int | None = None,
        **options: Any,
    ) -> Pages[Participant] | Awaitable[Accepted]:
        """List the participants: iterate (`async for`) over them, or `await` the first page. Safe.

        Pages are fetched as they are needed. By UUID it works after the end as well, and those who have left are
        listed; whether they are while the conference is live is unverified. Source: Plivo docs, Multiparty Call, "List
        all participants"; `call_uuid`: Plivo's SDKs.

        Args:
            call_uuid: Only those of this phone call; one call that left and came back is there twice.
            limit: How many on a page, 1 to 20; None leaves it to Plivo (20).
            offset: How many to leave out at the beginning.
            options: `deadline` (seconds for each page), `callback_url`, `callback_method`.

        Raises:
            NotFoundError: There is no such conference, or no live one of that name.
            PlivoError: As for the class.
        """
        given = read_options(self.participants, options)
        request = list_participants(
            self._conference, call_uuid=call_uuid, limit=limit, offset=offset, callback=given.callback
        )
        return self._operations.pages(Participant, request, given)

    async def find_participant(
        self,
        *,
        call_uuid: str | UUID | None = None,
        member_address: str | None = None,
        joined_since: datetime | None = None,
        wait_for: float = 0.0,
        deadline: float | None = None,
    ) -> Participant | None:
        """Find the participant of a phone call, or of a number. Safe.

        What `add_participant` has dialled becomes a participant, with a member id, when it answers:

            added = await mpc.add_participant(role="agent", from_="+14151234567", to="+14157654321")
            agent = await mpc.find_participant(call_uuid=added.calls[0].call_uuid, wait_for=45)

        Those who are in the conference come before those who have left, and of several the one who joined last. A list
        that is longer than a page is read to its end. Numbers are compared by their digits, with or without "+"; SIP
        URIs as they are. `member_address` is seen in lists since 2022; a participant without one isn't found by it.
        Source: as for `participants`.

        Args:
            call_uuid: Of their phone call; this or `member_address`, exactly one of the two.
            member_address: Their number or SIP URI.
            joined_since: Only who joined at this instant or later (aware), to a second. If this machine's clock is
                ahead of Plivo's, by the `Date` of its answer, it counts as that much earlier, so that `started_at` of
                an error can be given.
            wait_for: Seconds for which is looked again, once a second, while nobody is found. A look that fails for
                the moment (no connection, 429, 5xx) doesn't end that, unless it is the last one.
            deadline: Seconds for all of it; None for no bound.

        Returns:
            The participant; None if there is none, also when no conference of that name is live: before its first
            participant has answered there is none. None doesn't tell that nobody was dialled: a phone may still ring,
            or they have left, and with them a conference that by name can't be seen any more.

        Raises:
            NotFoundError: No conference has the handle's UUID.
            ValueError, TypeError: An argument is wrong; nothing was sent.
            PlivoError: A look was refused, or the last one failed.
        """
        sought = checked_sought(call_uuid, member_address, joined_since)
        waits, ends = given_seconds("wait_for", wait_for), self._operations.options.within(deadline)
        return await find(self._operations, self._conference, sought, waits, ends)

    def participant(self, member_id: int | str) -> ParticipantHandle:
        """One participant; no request is made.

        Args:
            member_id: As Plivo gave it (`Participant.member_id`).

        Raises:
            ValueError, TypeError: It can't be a member id.
        """
        return ParticipantHandle(self._operations, self._conference, member(member_id))

    def members(self, *member_ids: int | str) -> MembersHandle:
        """Several participants, or all: `members(355, 356)`, `members("all")`; no request is made.

        Args:
            member_ids: As Plivo gave them, each once; or nothing but "all".

        Raises:
            ValueError, TypeError: One can't be a member id, one is given twice, or there is none.
        """
        return MembersHandle(self._operations, self._conference, members(*member_ids))

    # ---- Recording ----------------------------------------------------------------------------------------------

    @overload
    async def start_recording(
        self,
        *,
        file_format: FileFormat | None = ...,
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
        recording_callback_url: str | None = None,
        recording_callback_method: HttpMethod | None = None,
        transcript: bool | None = None,
        transcription_url: str | None = None,
        **options: Any,
    ) -> Recording | Accepted:
        """Record the conference.

        Neither safe nor idempotent: an unclear attempt is not repeated. A supervisor is recorded whether coaching or
        not. Source: Plivo docs, Multiparty Call, "Start recording an MPC"; the transcription arguments: its Python and
        Go SDKs.

        Args:
            file_format: `mp3` or `wav`; None leaves it to Plivo (`mp3`).
            recording_callback_url: Where Plivo tells what becomes of the recording.
            recording_callback_method: How: `GET` or `POST`; sent as `POST` unless given.
            transcript: Whether it is transcribed; None leaves it to Plivo (no).
            transcription_url: Where the transcription goes.
            options: `deadline`, `callback_url`, `callback_method`.

        Raises:
            PlivoError: As for the class. How Plivo refuses what is recorded already, or isn't Active, is unverified.
        """
        given = read_options(self.start_recording, options)
        request = start_recording(
            self._conference,
            file_format=file_format,
            recording_callback_url=recording_callback_url,
            recording_callback_method=recording_callback_method,
            transcript=transcript,
            transcription_url=transcription_url,
            callback=given.callback,
        )
        return await self._operations.model(Recording, request, given, how=_RECORDED)

    @overload
    async def stop_recording(self, **options: Unpack[RequestOptions]) -> None: ...
    @overload
    async def stop_recording(self, **options: Unpack[CallbackOptions]) -> Accepted: ...
    async def stop_recording(self, **options: Any) -> Accepted | None:
        """Stop recording the conference. Idempotent.

        When an answer was lost and the repetition is refused, one look at the conference decides. Source: Plivo docs,
        Multiparty Call, "Stop recording an MPC".

        Args:
            options: `deadline`, `callback_url`, `callback_method`.

        Raises:
            NotFoundError, BadRequestError: It isn't recorded, or not in a state to be stopped; which of the two Plivo
                answers is unverified.
            PlivoError: As for the class.
        """
        given = read_options(self.stop_recording, options)
        request = stop_recording(self._conference, callback=given.callback)
        settling = controlling_recording(self._conference, "not-recording")
        return await self._operations.nothing(request, given, settling=settling, how=_RECORDED)

    @overload
    async def pause_recording(self, **options: Unpack[RequestOptions]) -> None: ...
    @overload
    async def pause_recording(self, **options: Unpack[CallbackOptions]) -> Accepted: ...
    async def pause_recording(self, **options: Any) -> Accepted | None:
        """Pause recording the conference. Idempotent.

        When an answer was lost and the repetition is refused, one look at the conference decides. Source: Plivo docs,
        Multiparty Call, "Pause recording an MPC".

        Args:
            options: `deadline`, `callback_url`, `callback_method`.

        Raises:
            NotFoundError, BadRequestError: It isn't recorded, or paused already; which Plivo answers is unverified.
            PlivoError: As for the class.
        """
        given = read_options(self.pause_recording, options)
        request = pause_recording(self._conference, callback=given.callback)
        settling = controlling_recording(self._conference, "paused")
        return await self._operations.nothing(request, given, settling=settling, how=_RECORDED)

    @overload
    async def resume_recording(self, **options: Unpack[RequestOptions]) -> None: ...
    @overload
    async def resume_recording(self, **options: Unpack[CallbackOptions]) -> Accepted: ...
    async def resume_recording(self, **options: Any) -> Accepted | None:
        """Go on recording the conference after a pause. Idempotent.

        When an answer was lost and the repetition is refused, one look at the conference decides. Source: Plivo docs,
        Multiparty Call, "Resume recording an MPC".

        Args:
            options: `deadline`, `callback_url`, `callback_method`.

        Raises:
            NotFoundError, BadRequestError: Its recording isn't paused; which of the two Plivo answers is unverified.
            PlivoError: As for the class.
        """
        given = read_options(self.resume_recording, options)
        request = resume_recording(self._conference, callback=given.callback)
        settling = controlling_recording(self._conference, "recording")
        return await self._operations.nothing(request, given, settling=settling, how=_RECORDED)


async def look_at(operations: Operations, conference: Conference, given: Given) -> MultiPartyCall | Accepted:
    """Look at a conference."""
    return await operations.model(MultiPartyCall, retrieve(conference, callback=given.callback), given)
