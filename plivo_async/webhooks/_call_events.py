"""What Plivo tells and asks about phone calls: `call_status_callback_url`, `ring_url`, `hangup_url`, `answer_url` …"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from ._event import Event, digest, public

_QUARTER = timedelta(minutes=15)  # offsets of time zones are multiples of it


@public
@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class CallEvent(Event):
    """Of one phone call.

    What `call_status_callback_url` of `add_participant` sends is documented nowhere: the standard parameters of voice
    are expected (unverified). Source: Plivo docs, "Call", and captured bodies.
    """

    call_uuid: str
    """The phone call."""
    from_: str | None = None
    """Who calls (`From`), with or without "+"."""
    to: str | None = None
    """Who is called (`To`), with or without "+"."""
    direction: str | None = None
    """`inbound` or `outbound`."""
    call_status: str | None = None
    """`ringing`, `in-progress`, `completed`, `busy`, `failed`, `timeout`, `no-answer`, `cancel`; whatever else Plivo
    says stays as it came."""
    request_uuid: str | None = None
    """The request that made it; None for inbound ones."""
    a_leg_uuid: str | None = None
    """The call that it belongs to (`ALegUUID`)."""
    a_leg_request_uuid: str | None = None
    """The request that made that one (`ALegRequestUUID`)."""
    session_start: datetime | None = None
    """When its media began, in UTC (Plivo writes it without an offset)."""
    caller_name: str | None = None
    """The caller's name."""
    forwarded_from: str | None = None
    """Who forwarded it."""
    machine: str | None = None
    """Whether a machine has answered, as Plivo says it: `true`; on one page of its documents another word."""
    bill_rate: Decimal | None = None
    """US dollars a minute."""
    parent_auth_id: str | None = None
    """The account (`ParentAuthID`)."""
    stir_attestation: str | None = None
    """As `A`."""
    stir_verification: str | None = None
    """`Verified`, `Not Verified` or `Not Applicable`."""

    @property
    def _identity(self) -> tuple[str, ...] | None:
        whom = "" if self.to is None else digest((("To", self.to),))  # a key is no place for somebody's number
        return ("call", self.call_uuid, self.event_name or "", self.call_status or "", whom)

    @property
    def sip_headers(self) -> dict[str, str]:
        """The SIP headers that came with it: `X-PH-…` and `SIP-H-…`, by their names on the wire."""
        return {key: value for key, value in self.extra.items() if key.startswith(("X-PH-", "SIP-H-"))}


@public
@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class AnswerRequested(CallEvent):
    """Plivo asks for XML: a call has been answered, or one has come in (`answer_url`; `StartApp` on the wire).

    `call_status_callback_url` may say the same of a phone that was dialled and is answered (unverified); what is
    answered there is ignored. `direction` tells, or a URL of its own.
    """

    @property
    def wants_xml(self) -> bool:
        """Whether what is answered is XML that goes on with the call."""
        return True

    @property
    def _identity(self) -> tuple[str, ...] | None:
        return None  # it may be asked again and again, and each time wants an answer


@public
@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ActionRequested(CallEvent):
    """Plivo tells what `GetInput`, `Record` or `Dial` has come to, and asks for more XML (their `action`).

    It is known by its parameters: which `Event` it has, if any, is unverified. Source: Plivo docs, XML.
    """

    digits: str | None = None
    """The keys that were pressed. A repr doesn't show them: they may be a PIN."""
    input_type: str | None = None
    """What was given, `dtmf` or `speech`."""
    speech: str | None = None
    """What was said. A repr doesn't show it."""
    dial_status: str | None = None
    """How a `Dial` has ended: `completed`, `busy`, `failed`, `cancel`, `timeout`, `no-answer`."""
    record_url: str | None = None
    """The file of a `Record`."""
    recording_id: str | None = None
    """The recording."""
    recording_duration: Decimal | None = None
    """Seconds; -1 while it runs."""

    @property
    def wants_xml(self) -> bool:
        """Whether what is answered is XML that goes on with the call."""
        return True

    @property
    def _identity(self) -> tuple[str, ...] | None:
        return None  # one call asks for several


@public
@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class CallRinging(CallEvent):
    """The phone rings (`Ring`, or `ringing` without an event). Comes more than once with several destinations."""


@public
@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class CallStatusChanged(CallEvent):
    """A status came without an event, and is neither `ringing` nor one of the last. It may ask for XML."""

    @property
    def wants_xml(self) -> bool:
        """Whether what is answered is XML that goes on with the call."""
        return True

    @property
    def _identity(self) -> tuple[str, ...] | None:
        return None  # one call asks for several actions


@public
@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class MachineDetected(CallEvent):
    """Machine detection has found a machine (`MachineDetection`)."""

    if_machine: str | None = None
    """What is done then: `continue` or `hangup`."""


@public
@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class CallEnded(CallEvent):
    """The call is over (`Hangup`, or one of the last statuses)."""

    hangup_cause: str | None = None
    """A switch's word, as `NORMAL_CLEARING` or `USER_BUSY`."""
    hangup_cause_code: int | None = None
    """Why, as 3010. 4000 stands on answered and unanswered calls alike."""
    hangup_cause_name: str | None = None
    """The same in words; the spelling varies."""
    hangup_source: str | None = None
    """Who ended it, as `Callee`, `Carrier`, `Plivo`."""
    duration: int | None = None
    """Seconds talked."""
    billed_duration: int | None = None
    """Seconds that are charged (`BillDuration`): `duration` in whole minutes."""
    total_cost: Decimal | None = None
    """What it cost in US dollars."""
    start_time_local: datetime | None = None
    """When it was dialled. This and the next two are without a zone: Plivo writes them in the account's, and doesn't
    say which that is."""
    answer_time_local: datetime | None = None
    """When it was answered, in the account's time zone; None if it never was."""
    end_time_local: datetime | None = None
    """When it ended, in the account's time zone."""

    @property
    def answered(self) -> bool:
        """Whether anybody, or a machine, has answered it: the cause doesn't tell, the time of the answer does."""
        talked = (self.duration or 0) > 0 or (self.billed_duration or 0) > 0
        return self.answer_time_local is not None or talked

    @property
    def start_time(self) -> datetime | None:
        """When it was dialled, in UTC; inferred, see `answer_time`."""
        return self._in_utc(self.start_time_local)

    @property
    def answer_time(self) -> datetime | None:
        """When it was answered, in UTC. Inferred: the zone's offset is what `start_time_local` differs by from
        `session_start`, to the quarter of an hour; None if one of these is absent.
        """
        return self._in_utc(self.answer_time_local)

    @property
    def end_time(self) -> datetime | None:
        """When it ended, in UTC; inferred, see `answer_time`."""
        return self._in_utc(self.end_time_local)

    @property
    def at(self) -> datetime | None:
        """When it ended, by Plivo's own clock, in UTC; None if it can't be inferred."""
        return self.end_time

    def _in_utc(self, local: datetime | None) -> datetime | None:
        if local is None or self.start_time_local is None or self.session_start is None:
            return None
        offset = round((self.start_time_local.replace(tzinfo=UTC) - self.session_start) / _QUARTER) * _QUARTER
        if abs(offset) > timedelta(hours=15):
            return None
        try:
            return local.replace(tzinfo=UTC) - offset
        except OverflowError:
            return None
