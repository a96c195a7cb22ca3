"""One conference: what can be asked of it and done to it."""

from collections.abc import Sequence
from datetime import datetime
from types import NoneType
from typing import Literal, Unpack, overload
from uuid import UUID

from .._public import public
from ..batch import Activation
from ..models import AddedParticipant, MultiPartyCall, Participant
from ..policy import Confirm
from ..wire import (
    Conference,
    Destination,
    DialOptions,
    ParticipantOptions,
    Role,
    Status,
    add_participant,
    end,
    list_participants,
    member,
    members,
    retrieve,
)
from ._activating import Activator
from ._changing import change
from ._conference_recording import ConferenceRecording
from ._finding import checked_sought, find
from ._members_handle import MembersHandle
from ._operation import Operations
from ._pages import Pages
from ._participant_handle import ParticipantHandle
from ._request_options import spelt_out
from ._settle import stopping
from ._waiting import checked_interval, checked_wait, given_seconds, wait_until
from .following import Dial, Reached, Timeline, dialled, following, status_reached, told_of

_ENDED = "get() by its UUID, or client.mpc.list(status='ended'), shows whether it is over"
_DIALLED = (
    "find_participant(member_address=…, joined_since=error.started_at, wait_for=60) with the number that was dialled "
    "tells whether it is in the conference; None doesn't tell whether it rang"
)
_MOVED = "find_participant(call_uuid=…) with the same call_uuid tells whether it is in the conference"


@public
class MultiPartyCallHandle(ConferenceRecording):
    """One conference, by friendly name or by MPC UUID; made without a request.

        mpc = client.mpc("support-4812")
        await mpc.add_participant(role="agent", from_="+14151234567", to="+14157654321")

    A friendly name means the live conference of that name (Initialized or Active); the same name may be used again once
    it has ended. A UUID means one conference for ever. Source: Plivo docs, Multiparty Call.

    Every method raises `InvalidArgumentError` (a `ValueError`) or `TypeError` for a wrong argument, before anything is
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

    async def get(self, *, deadline: float | None = None) -> MultiPartyCall:
        """Look at the conference. Safe.

        By name only while it is live. Source: Plivo docs, Multiparty Call, "Retrieve an MPC".

        Args:
            deadline: Seconds for all of it, attempts and waits included; None takes the client's.

        Raises:
            NotFoundError: There is no such conference, or no live one of that name.
            PlivoError: As for the class.
        """
        return await self._operations.run(retrieve(self._conference), MultiPartyCall, deadline)

    async def start(
        self, *, confirm: Confirm = "always", wait_for: float = 0.0, deadline: float | None = None
    ) -> Activation:
        """Activate the conference: move it from Initialized to Active. Idempotent.

        As `client.mpc.start` for one: the arguments, what it returns and what it raises are the same.

        Args:
            confirm: Which 404s are settled by one GET: "always", "ambiguous" or "never".
            wait_for: Seconds for which it is tried again while it isn't waiting yet.
            deadline: Seconds for all of it, attempts and waits included; None takes the client's.

        Raises:
            NotFoundError: It isn't waiting.
            PlivoError: As for the class.
        """
        rules = self._activator.rules(confirm, wait_for)
        return await self._activator.one(self._conference, rules, self._operations.options.within(deadline))

    async def stop(self, *, deadline: float | None = None) -> None:
        """End the conference. Idempotent by UUID; by name neither, for the name may be the next conference's by then.

        Legs that were dialled are hung up, or go on at their `on_exit_action_url`; legs that came by XML go on with it.
        When an answer was lost, a look decides: by UUID after a repetition that finds nothing to end; by name before
        it, and what is repeated then is the end of the very conference that was meant, by its UUID. Source: Plivo docs,
        Multiparty Call, "End an MPC".

        Args:
            deadline: Seconds for all of it, attempts and waits included; None takes the client's.

        Raises:
            NotFoundError: There is no such live conference, and this hasn't ended it.
            OutcomeUnknownError: It may have ended, and no look has settled it.
            PlivoError: As for the class.
        """
        await stop(self._operations, self._conference, deadline)

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
            InvalidArgumentError, TypeError: An argument is wrong; nothing was sent.
            PlivoError: A look was refused.
        """
        return await wait_until(self._operations, checked_wait(self._conference, status, deadline, interval))

    async def until(self, status: Status, *, timeout: float | None = 60.0) -> Reached:  # noqa: ASYNC109  (it is an operation's)
        """Wait until the conference has a status: by a callback if one comes, by a look if none does. Safe.

        As `wait_until`, for those who get callbacks and hand them to `client.events`: then it costs no request. Where
        none come, looks are shared by all who wait in this client, at most three requests a second, lists where they
        are many. What it tells is when the status was reached, not what else the conference is by now.

        Args:
            status: `initialized`, `active` or `ended`.
            timeout: Seconds for all of it; None for no bound.

        Raises:
            StatusNotReachedError: The time is up, or the status can't come any more.
            NotFoundError: No conference has that UUID; or its end is waited for, by name, and none of that name is
                live.
            InvalidArgumentError, TypeError: An argument is wrong; nothing was sent.
            PlivoError: A look was refused for good, or none was answered for too long.
        """
        return await status_reached(self._operations, self._conference, status, timeout)

    async def timeline(self, *, deadline: float | None = None) -> Timeline:
        """What happened in the conference, in order. Safe; see `client.events.timeline`.

        Args:
            deadline: Seconds for all of it; None takes the client's.

        Raises:
            NotFoundError: There is no such conference, and no callback has told of it.
            PlivoError: As for the class.
        """
        return await told_of(self._operations, self._conference, deadline)

    # ---- Participants -------------------------------------------------------------------------------------------

    @overload
    async def add_participant(
        self,
        *,
        role: Role,
        from_: str,
        to: str | Destination,
        deadline: float | None = ...,
        **options: Unpack[DialOptions],
    ) -> Dial: ...
    @overload
    async def add_participant(
        self,
        *,
        role: Literal["agent"],
        from_: str,
        to: Sequence[str | Destination],
        deadline: float | None = ...,
        **options: Unpack[DialOptions],
    ) -> Dial: ...
    @overload
    async def add_participant(
        self,
        *,
        role: Role,
        call_uuid: str | UUID,
        deadline: float | None = ...,
        **options: Unpack[ParticipantOptions],
    ) -> AddedParticipant: ...
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
    ) -> AddedParticipant:
        """Add a participant: dial one (`from_`, `to`), dial several agents of whom one joins, or move a live call.

        Neither safe nor idempotent, for a phone must not ring twice: it is repeated only where the attempt before can't
        have done anything (429, connection never made). By name it creates the conference if none of that name is
        live. That it returns means that dialling was accepted, not that anybody has answered: `outcome()` of what it
        returns waits for that. Source: Plivo docs, Multiparty Call, "Add a participant".

        Args:
            role: `agent`, `supervisor` or `customer`; `ai-agent` is taken by Plivo's Python SDK, and not documented.
            from_: The caller ID: a number, or a SIP endpoint. Given with `to`.
            to: Whom to dial: a number, a `sip:` URI, or a `Destination` with times of its own; several for an agent
                only: whoever answers first joins, the others are let go. At most 19.
            call_uuid: The live call to move, instead of `from_` and `to`.
            deadline: Seconds for all of it, attempts and waits included; None takes the client's.
            options: Any of `DialOptions`, with `call_uuid` of `ParticipantOptions`.

        Returns:
            The calls that are being made, a `Dial`. There is no member id yet: it comes with the answer. Of a live call
            that is moved, an `AddedParticipant`.

        Raises:
            OutcomeUnknownError: The phone may ring; look (`find_participant`) before dialling again.
            InvalidArgumentError, TypeError: An argument is wrong, or they don't go together; nothing was sent.
            PlivoError: As for the class.
        """
        arguments = {"role": role, "from_": from_, "to": to, "call_uuid": call_uuid, **options}
        request = add_participant(self._conference, arguments)
        how = _DIALLED if call_uuid is None else _MOVED
        added = await self._operations.run(request, AddedParticipant, deadline, how=how)
        if call_uuid is not None:
            return added
        return dialled(added, following(self._operations, self._conference, to, options))

    def participants(
        self,
        *,
        call_uuid: str | UUID | None = None,
        limit: int | None = None,
        offset: int | None = None,
        deadline: float | None = None,
    ) -> Pages[Participant]:
        """List the participants: iterate (`async for`) over them, or `await` the first page. Safe.

        Pages are fetched as they are needed. By UUID it works after the end as well, and those who have left are
        listed; whether they are while the conference is live is unverified. Source: Plivo docs, Multiparty Call, "List
        all participants"; `call_uuid`: Plivo's SDKs.

        Args:
            call_uuid: Only those of this phone call; one call that left and came back is there twice.
            limit: How many on a page, 1 to 20; None leaves it to Plivo (20).
            offset: How many to leave out at the beginning.
            deadline: Seconds for each page, attempts and waits included; None takes the client's.

        Raises:
            NotFoundError: There is no such conference, or no live one of that name.
            PlivoError: As for the class.
        """
        request = list_participants(self._conference, call_uuid=call_uuid, limit=limit, offset=offset)
        return self._operations.pages(Participant, request, deadline)

    async def find_participant(
        self,
        *,
        call_uuid: str | UUID | None = None,
        member_address: str | None = None,
        joined_since: datetime | None = None,
        wait_for: float = 0.0,
        interval: float = 1.0,
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
            wait_for: Seconds for which is looked again while nobody is found. A look that fails for the moment (no
                connection, 429, 5xx) doesn't end that, unless it is the last one.
            interval: Seconds from one look to the next, more than 0; each look costs a request.
            deadline: Seconds for all of it; None takes the client's.

        Returns:
            The participant; None if there is none, also when no conference of that name is live: before its first
            participant has answered there is none. None doesn't tell that nobody was dialled: a phone may still ring,
            or they have left, and with them a conference that by name can't be seen any more.

        Raises:
            NotFoundError: No conference has the handle's UUID.
            InvalidArgumentError, TypeError: An argument is wrong; nothing was sent.
            PlivoError: A look was refused, or the last one failed.
        """
        sought = checked_sought(call_uuid, member_address, joined_since)
        return await find(
            self._operations,
            self._conference,
            sought,
            wait_for=given_seconds("wait_for", wait_for),
            interval=checked_interval(interval),
            deadline=self._operations.options.within(deadline),
        )

    def participant(self, member_id: int | str) -> ParticipantHandle:
        """One participant; no request is made.

        Args:
            member_id: As Plivo gave it (`Participant.member_id`).

        Raises:
            InvalidArgumentError, TypeError: It can't be a member id.
        """
        return ParticipantHandle(self._operations, self._conference, member(member_id))

    def members(self, *member_ids: int | str) -> MembersHandle:
        """Several participants, or all: `members(355, 356)`, `members("all")`; no request is made.

        Args:
            member_ids: As Plivo gave them, each once; or nothing but "all".

        Raises:
            InvalidArgumentError, TypeError: One can't be a member id, one is given twice, or there is none.
        """
        return MembersHandle(self._operations, self._conference, members(*member_ids))


async def stop(operations: Operations, conference: Conference, deadline: float | None) -> None:
    """End a conference."""
    await change(operations, conference, end, NoneType, deadline, how=_ENDED, settle=stopping)
