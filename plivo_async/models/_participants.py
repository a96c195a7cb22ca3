"""Participants, and what adding and updating them answers."""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Participant:
    """Somebody who is or was in a conference, as it was when Plivo answered.

    Source: Plivo docs, Multiparty Call, "The Participant object", and answers captured in its SDKs' tests, which
    decide where they differ.

    Attributes:
        member_id: Plivo's number for them, as text: opaque, and not the call's UUID.
        mpc_uuid: The conference. (`multiparty_call_uuid` in one table of the documents is read as well.)
        call_uuid: Their phone call. A call that leaves and comes back is several participants.
        role: `agent`, `supervisor`, `customer`, in lower case.
        member_address: Their number or SIP URI; numbers without "+". Seen in lists since 2022; None where it is absent.
        coach_mode: Whether only agents hear them (supervisors); None once they have left.
        mute: Whether they are muted; None once they have left.
        hold: Whether they are on hold; None once they have left.
        start_mpc_on_enter: Whether their coming makes the conference Active.
        end_mpc_on_exit: Whether their leaving ends it.
        join_time: When they came, in UTC.
        exit_time: When they left; None before.
        exit_cause: Why they left, as `Participant Call Hangup`; None before, and absent from one capture.
            (`participant_exit_cause` in one table of the documents is read as well.)
        duration: Seconds; None before they have left.
        billed_duration: Seconds that are charged, in whole minutes; None before.
        billed_amount: What it cost in US dollars; None before.
        resource_uri: Their URI.
        api_id: Plivo's identifier of the request; None for those in a list. It doesn't count when two are compared.
        extra: Whatever else Plivo sent, and what could not be read, by its name on the wire.
    """

    member_id: str
    mpc_uuid: str
    call_uuid: str
    role: str
    member_address: str | None = None
    coach_mode: bool | None = None
    mute: bool | None = None
    hold: bool | None = None
    start_mpc_on_enter: bool | None = None
    end_mpc_on_exit: bool | None = None
    join_time: datetime | None = None
    exit_time: datetime | None = None
    exit_cause: str | None = None
    duration: int | None = None
    billed_duration: int | None = None
    billed_amount: Decimal | None = None
    resource_uri: str | None = None
    api_id: str | None = field(default=None, compare=False)
    extra: dict[str, Any] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class DialledCall:
    """One phone call that adding a participant makes.

    Source: Plivo docs, Multiparty Call, "Add a participant", and captured answers.

    Attributes:
        call_uuid: Its UUID, by which the participant is found once they have answered.
        to: Whom it calls; in captures without "+".
        from_: The caller ID (`from` on the wire); in captures without "+".
        extra: Whatever else Plivo sent, and what could not be read, by its name on the wire.
    """

    call_uuid: str | None = None
    to: str | None = None
    from_: str | None = None
    extra: dict[str, Any] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class AddedParticipant:
    """The calls that are being made: accepted, and neither answered nor even dialled yet.

    There is no member id in it: that comes with the answer. Source: Plivo docs, Multiparty Call, "Add a participant",
    and captured answers; what moving an existing call answers is unverified.

    Attributes:
        message: Plivo's words; don't rely on them.
        request_uuid: The request. With one destination it is the call's UUID, with several it isn't.
        calls: One for each destination; empty if Plivo names none.
        api_id: Plivo's identifier of the request.
        extra: Whatever else Plivo sent, and what could not be read, by its name on the wire.
    """

    message: str | None = None
    request_uuid: str | None = None
    calls: tuple[DialledCall, ...] = ()
    api_id: str | None = None
    extra: dict[str, Any] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ParticipantUpdate:
    """What changing participants answers: a message for each thing that was asked for.

    The messages are opaque: captures spell them differently from the documents. One sample nests them under `message`;
    they are found there as well. Source: Plivo docs, Multiparty Call, "Update a participant", and captured answers.

    Attributes:
        mute: Plivo's words on muting; None if it wasn't asked for.
        hold: Plivo's words on holding; None if it wasn't asked for.
        coach_mode: Plivo's words on coaching; None if it wasn't asked for.
        message: Plivo's words on all of it; None if it has none.
        request_uuid: The request; in one sample only.
        api_id: Plivo's identifier of the request.
        extra: Whatever else Plivo sent, and what could not be read, by its name on the wire.
    """

    mute: str | None = None
    hold: str | None = None
    coach_mode: str | None = None
    message: str | None = None
    request_uuid: str | None = None
    api_id: str | None = None
    extra: dict[str, Any] = field(default_factory=dict, hash=False)
