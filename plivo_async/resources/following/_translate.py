"""What a callback tells, in the terms of those who wait. Pure."""

from ...policy import Ending
from ...webhooks import CallEnded, CallEvent, Event, MpcEnded, MpcEvent, ParticipantEvent, RecordingEvent
from ._news import News


def news_of(event: Event) -> News | None:
    """What an event tells; None if it is about no conference and no call."""
    match event:
        case ParticipantEvent():
            return _of_conference(event, _participant(event))
        case MpcEnded():
            return _of_conference(event, {"more": event.termination_cause or ""})
        case RecordingEvent():
            return _of_conference(event, {"sequence": None, "member_id": event.member_id})
        case MpcEvent():
            return _of_conference(event, {})
        case CallEvent():
            return _of_call(event)
        case _:
            return None


def _of_conference(event: MpcEvent, more: dict[str, object]) -> News | None:
    if event.event_name is None:
        return None
    told: dict[str, object] = {
        "what": event.event_name,
        "at": event.at,
        "told_by": "callback",
        "mpc_uuid": _lower(event.mpc_uuid),
        "mpc_name": event.mpc_name,
        "sequence": event.sequence_number,
    }
    return News(**(told | more))  # type: ignore[arg-type]


def _participant(event: ParticipantEvent) -> dict[str, object]:
    return {
        "member_id": event.member_id,
        "call_uuid": _lower(event.call_uuid),
        "role": event.role,
        "address": event.member_address,
    }


def _of_call(event: CallEvent) -> News:
    return News(
        what=event.event_name or "Call",
        at=event.at,
        told_by="callback",
        call_uuid=_lower(event.call_uuid),
        request_uuid=_lower(event.request_uuid),
        call_status=event.call_status or "",
        ending=_ending(event),
    )


def _ending(event: CallEvent) -> Ending | None:
    if not isinstance(event, CallEnded):
        return None
    return Ending(event.answered, event.hangup_cause_code, event.call_status or "", event.hangup_cause or "")


def _lower(uuid: str | None) -> str | None:
    return None if uuid is None else uuid.lower()
