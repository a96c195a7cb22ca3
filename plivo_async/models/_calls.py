"""Phone calls: what making them answers, those that are under way, and the records of those that are over."""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from .._public import public
from ._model import Model


@public
@dataclass(frozen=True, slots=True, kw_only=True)
class MadeCall(Model):
    """Phone calls that are being made: accepted, and not even dialled yet.

    Source: Plivo docs, Call, "Make a call", and captured answers.
    """

    request_uuids: tuple[str, ...] = ()
    """One for each destination, in their order (`request_uuid` on the wire, text or an array); that it is the call's
    UUID as well is seen in captures since 2017, and not documented."""
    message: str | None = None
    """Plivo's words; don't rely on them."""
    api_id: str | None = None
    """Plivo's identifier of the request."""
    extra: dict[str, Any] = field(default_factory=dict, hash=False)
    """Whatever else Plivo sent, and what could not be read, by its name on the wire."""

    @property
    def request_uuid(self) -> str | None:
        """That of the one destination; None if there are several, or Plivo names none."""
        return self.request_uuids[0] if len(self.request_uuids) == 1 else None


@public
@dataclass(frozen=True, slots=True, kw_only=True)
class Call(Model):
    """The record of a phone call that is over.

    Source: Plivo docs, Call, and answers captured in its SDKs' tests, in which each field but the first is missing
    now and then.
    """

    call_uuid: str
    """Its UUID."""
    call_direction: str | None = None
    """`inbound` or `outbound`."""
    from_number: str | None = None
    """Who called: a number with or without "+", or a SIP URI."""
    to_number: str | None = None
    """Who was called."""
    initiation_time: datetime | None = None
    """When it began, in UTC."""
    answer_time: datetime | None = None
    """When it was answered; None if it never was, and only this tells (`answered`)."""
    end_time: datetime | None = None
    """When it ended."""
    call_duration: int | None = None
    """Seconds, as Plivo counts them."""
    duration: int | None = None
    """Seconds talked (`bill_duration` on the wire; the `BillDuration` of a callback is another thing)."""
    billed_duration: int | None = None
    """Seconds that are charged: `duration` in whole intervals, a minute for most destinations."""
    total_amount: Decimal | None = None
    """What it cost in US dollars."""
    total_rate: Decimal | None = None
    """US dollars a minute."""
    hangup_cause_code: int | None = None
    """Why it ended, as 3010; 4000 stands on answered and unanswered calls alike."""
    hangup_cause_name: str | None = None
    """The same in words, as `Busy Line`; the spelling varies."""
    hangup_source: str | None = None
    """Who ended it, as `Callee`, `Caller`, `Carrier`, `API Request`."""
    call_state: str | None = None
    """`ANSWER`, or None; a leftover in Plivo's own words."""
    parent_call_uuid: str | None = None
    """Of a leg that XML has dialled: the call whose XML."""
    conference_uuid: str | None = None
    """None in every capture; whether a conference (MPC) shows here is unverified."""
    stir_verification: str | None = None
    """`Verified`, `Not Verified` or `Not Applicable`."""
    stir_attestation: str | None = None
    """As `A`."""
    voice_network_group: str | None = None
    """Plivo's word for how it was carried."""
    source_ip: str | None = None
    """Whence it was asked for."""
    cnam_lookup: str | None = None
    """`enabled` or `disabled`."""
    resource_uri: str | None = None
    """Its URI."""
    api_id: str | None = field(default=None, compare=False)
    """Plivo's identifier of the request; None for those in a list. It doesn't count when two are compared."""
    extra: dict[str, Any] = field(default_factory=dict, hash=False)
    """Whatever else Plivo sent, and what could not be read, by its name on the wire."""

    @property
    def answered(self) -> bool:
        """Whether anybody, or a machine, has answered it."""
        return self.answer_time is not None or (self.duration or 0) > 0


@public
@dataclass(frozen=True, slots=True, kw_only=True)
class LiveCall(Model):
    """A phone call that is queued, rings or goes on, as it was when Plivo answered.

    Source: Plivo docs, Call, "Retrieve a live call", and answers captured in its SDKs' tests.
    """

    call_uuid: str
    """Its UUID."""
    call_status: str | None = None
    """`queued`, `ringing` or `in-progress`; whatever else Plivo says stays as it came."""
    request_uuid: str | None = None
    """The request that made it; None for inbound ones."""
    direction: str | None = None
    """`inbound` or `outbound`."""
    from_: str | None = None
    """Who calls (`from` on the wire)."""
    to: str | None = None
    """Who is called."""
    caller_name: str | None = None
    """The caller's name."""
    session_start: datetime | None = None
    """When it began, in UTC; None while it is queued."""
    parent_call_uuid: str | None = None
    """Of a leg that XML has dialled: the call whose XML."""
    stir_verification: str | None = None
    """`Verified`, `Not Verified` or `Not Applicable`."""
    stir_attestation: str | None = None
    """As `A`."""
    api_id: str | None = field(default=None, compare=False)
    """Plivo's identifier of the request; None for those in a list. It doesn't count when two are compared."""
    extra: dict[str, Any] = field(default_factory=dict, hash=False)
    """Whatever else Plivo sent, and what could not be read, by its name on the wire."""


@public
@dataclass(frozen=True, slots=True, kw_only=True)
class CallIds(Model):
    """Which calls are live, or queued: bare UUIDs.

    Source: Plivo docs, Call, "Retrieve all live calls".
    """

    call_uuids: tuple[str, ...]
    """Their UUIDs (`calls` on the wire)."""
    api_id: str | None = field(default=None, compare=False)
    """Plivo's identifier of the request. It doesn't count when two are compared."""
    extra: dict[str, Any] = field(default_factory=dict, hash=False)
    """Whatever else Plivo sent, and what could not be read, by its name on the wire."""
