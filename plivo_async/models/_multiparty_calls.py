"""Conferences."""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from .._public import public
from ._model import Model


@public
@dataclass(frozen=True, slots=True, kw_only=True)
class MultiPartyCall(Model):
    """A conference (an MPC), as it was when Plivo answered.

    Source: Plivo docs, Multiparty Call, "The MPC object", and answers captured in its SDKs' tests, which decide where
    they differ.
    """

    mpc_uuid: str
    """Its UUID, unique for ever."""
    friendly_name: str
    """Its name, unique among the live conferences of an account; free again after its end."""
    status: str
    """`Initialized` (its participants wait), `Active` or `Ended`, in this spelling whatever the case in which it came;
    a status that nobody knows yet stays as it came."""
    creation_time: datetime | None = None
    """When its first participant came, in UTC. None in some old records; one captured record of 2020 claims 1975."""
    start_time: datetime | None = None
    """When it became Active; None if it hasn't, also if it ended without."""
    end_time: datetime | None = None
    """When it ended; None before."""
    duration: int | None = None
    """Seconds from start to end, from creation if it never started (inferred from captures); None before."""
    billed_duration: int | None = None
    """Seconds that are charged: for each participant whole minutes (inferred), so that the sum may exceed `duration`;
    None before the end."""
    billed_amount: Decimal | None = None
    """What it cost in US dollars; None before the end."""
    recording: str | None = None
    """`not-recording`, `recording` or `paused`; None after the end, and for the text "null" that one sample has."""
    stay_alone: bool | None = None
    """Whether it goes on when one participant is left."""
    sub_account: str | None = None
    """The URI of the subaccount that owns it; None if the main account does."""
    termination_cause: str | None = None
    """Why it ended, in words; None before."""
    termination_cause_code: int | None = None
    """Why it ended: 1000 the last participant left, 1010 one was left alone, 2000 maximum duration, 3000 ended by the
    API, 0 unknown (seen in old records); None before. Not a hangup cause."""
    participants: str | None = None
    """The URI of its participants. Names in it are not percent-encoded."""
    resource_uri: str | None = None
    """Its own URI; the same applies."""
    max_participants: int | None = None
    """How many it takes. Documented, but seen in no answer: None."""
    max_duration: int | None = None
    """Seconds that it may last. As before."""
    api_id: str | None = field(default=None, compare=False)
    """Plivo's identifier of the request; None for those in a list. It doesn't count when two are compared."""
    extra: dict[str, Any] = field(default_factory=dict, hash=False)
    """Whatever else Plivo sent, and what could not be read, by its name on the wire."""
