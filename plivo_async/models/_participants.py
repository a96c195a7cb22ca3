"""Participants, and what adding and updating them answers."""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from .._public import public
from ._model import Model


@public
@dataclass(frozen=True, slots=True, kw_only=True)
class Participant(Model):
    """Somebody who is or was in a conference, as it was when Plivo answered.

    Source: Plivo docs, Multiparty Call, "The Participant object", and answers captured in its SDKs' tests, which
    decide where they differ.
    """

    member_id: str
    """Plivo's number for them, as text: opaque, and not the call's UUID."""
    mpc_uuid: str
    """The conference. (`multiparty_call_uuid` in one table of the documents is read as well.)"""
    call_uuid: str
    """Their phone call. A call that leaves and comes back is several participants."""
    role: str
    """`agent`, `supervisor`, `customer`, in lower case."""
    member_address: str | None = None
    """Their number or SIP URI; numbers without "+". Seen in lists since 2022; None where it is absent."""
    coach_mode: bool | None = None
    """Whether only agents hear them (supervisors); None once they have left."""
    mute: bool | None = None
    """Whether they are muted; None once they have left."""
    hold: bool | None = None
    """Whether they are on hold; None once they have left."""
    start_mpc_on_enter: bool | None = None
    """Whether their coming makes the conference Active."""
    end_mpc_on_exit: bool | None = None
    """Whether their leaving ends it."""
    join_time: datetime | None = None
    """When they came, in UTC."""
    exit_time: datetime | None = None
    """When they left; None before."""
    exit_cause: str | None = None
    """Why they left, as `Participant Call Hangup`; None before, and absent from one capture. (`participant_exit_cause`
    in one table of the documents is read as well.)"""
    duration: int | None = None
    """Seconds; None before they have left."""
    billed_duration: int | None = None
    """Seconds that are charged, in whole minutes; None before."""
    billed_amount: Decimal | None = None
    """What it cost in US dollars; None before."""
    resource_uri: str | None = None
    """Their URI."""
    api_id: str | None = field(default=None, compare=False)
    """Plivo's identifier of the request; None for those in a list. It doesn't count when two are compared."""
    extra: dict[str, Any] = field(default_factory=dict, hash=False)
    """Whatever else Plivo sent, and what could not be read, by its name on the wire."""


@public
@dataclass(frozen=True, slots=True, kw_only=True)
class DialledCall(Model):
    """One phone call that adding a participant makes.

    Source: Plivo docs, Multiparty Call, "Add a participant", and captured answers.
    """

    call_uuid: str | None = None
    """Its UUID, by which the participant is found once they have answered."""
    to: str | None = None
    """Whom it calls; in captures without "+"."""
    from_: str | None = None
    """The caller ID (`from` on the wire); in captures without "+"."""
    extra: dict[str, Any] = field(default_factory=dict, hash=False)
    """Whatever else Plivo sent, and what could not be read, by its name on the wire."""


@public
@dataclass(frozen=True, slots=True, kw_only=True)
class AddedParticipant(Model):
    """The calls that are being made: accepted, and neither answered nor even dialled yet.

    There is no member id in it: that comes with the answer. Source: Plivo docs, Multiparty Call, "Add a participant",
    and captured answers; what moving an existing call answers is unverified.
    """

    message: str | None = None
    """Plivo's words; don't rely on them."""
    request_uuid: str | None = None
    """The request. With one destination it is the call's UUID, with several it isn't."""
    calls: tuple[DialledCall, ...] = ()
    """One for each destination; empty if Plivo names none."""
    api_id: str | None = None
    """Plivo's identifier of the request."""
    extra: dict[str, Any] = field(default_factory=dict, hash=False)
    """Whatever else Plivo sent, and what could not be read, by its name on the wire."""


@public
@dataclass(frozen=True, slots=True, kw_only=True)
class ParticipantUpdate(Model):
    """What changing participants answers: a message for each thing that was asked for.

    The messages are opaque: captures spell them differently from the documents. One sample nests them under `message`;
    they are found there as well. Source: Plivo docs, Multiparty Call, "Update a participant", and captured answers.
    """

    mute: str | None = None
    """Plivo's words on muting; None if it wasn't asked for."""
    hold: str | None = None
    """Plivo's words on holding; None if it wasn't asked for."""
    coach_mode: str | None = None
    """Plivo's words on coaching; None if it wasn't asked for."""
    message: str | None = None
    """Plivo's words on all of it; None if it has none."""
    request_uuid: str | None = None
    """The request; in one sample only."""
    api_id: str | None = None
    """Plivo's identifier of the request."""
    extra: dict[str, Any] = field(default_factory=dict, hash=False)
    """Whatever else Plivo sent, and what could not be read, by its name on the wire."""
