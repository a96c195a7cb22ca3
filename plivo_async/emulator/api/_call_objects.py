"""The JSON objects of calls and recordings. Source: captures; all keys are there, null where they are empty."""

from datetime import UTC, datetime, timedelta
from typing import Any

from ..world._bills import rate
from ..world._call_params import NO_STIR, session_start
from ..world._callbacks import EPOCH, milliseconds
from ..world._calls import begun, billed_seconds, cost, talked
from ..world._causes import HANGUP_CAUSES
from ..world._legs import Leg
from ..world._machine import Machine
from ..world._recordings import Recording
from ..world._voice_settings import zone

_RECORDING_RATE = 0.0004  # USD a minute and month; source: Plivo's price list


def local(moment: datetime, timezone: str, precision: str = "seconds") -> str:
    """In the account's time zone, with its offset: `2026-11-26 10:00:00+01:00`."""
    return moment.astimezone(zone(timezone) or UTC).isoformat(sep=" ", timespec=precision)


def record_object(leg: Leg, machine: Machine, auth_id: str) -> dict[str, Any]:
    """The record of a call that is over. `bill_duration` is in seconds here, unlike in callbacks."""
    settings = machine.settings

    def when(second: float | None) -> str | None:
        return None if second is None else local(machine.time.instant(second), settings.timezone)

    answered = leg.answered_at is not None
    return {
        "answer_time": when(leg.answered_at),
        "bill_duration": talked(leg),
        "billed_duration": billed_seconds(leg),
        "call_direction": leg.direction,
        "call_duration": talked(leg),
        "call_state": "ANSWER" if answered else None,
        "call_uuid": leg.known_as,
        "cnam_lookup": "",
        "conference_uuid": leg.last_mpc_uuid if settings.record_conference == "mpc" else None,
        "end_time": when(leg.ended_at),
        "from_number": leg.from_,
        "hangup_cause_code": leg.hangup_cause_code,
        "hangup_cause_name": HANGUP_CAUSES[leg.hangup_cause_code or 0],
        "hangup_source": leg.hangup_source,
        "initiation_time": when(begun(leg, settings)),
        "parent_call_uuid": leg.parent_call_uuid,
        "resource_uri": f"/v1/Account/{auth_id}/Call/{leg.known_as}/",
        "source_ip": None,
        "stir_attestation": "",
        "stir_verification": NO_STIR,
        "to_number": leg.to,
        "total_amount": str(cost(leg)),
        "total_rate": str(rate()),
        "voice_network_group": "",
    }


def live_object(leg: Leg, machine: Machine) -> dict[str, Any]:
    """A call that is live; without a `request_uuid` if it came in (a capture)."""
    found = {
        **_of_both(leg, "in-progress" if leg.live else "ringing"),
        "session_start": session_start(leg, machine.time.instant, machine.settings),
        "stir_attestation": "",
        "stir_verification": NO_STIR,
    }
    if not leg.request_uuid:
        del found["request_uuid"]
    return found


def queued_object(leg: Leg) -> dict[str, Any]:
    """A call that is queued."""
    return _of_both(leg, "queued")


def _of_both(leg: Leg, status: str) -> dict[str, Any]:
    return {
        "call_status": status,
        "call_uuid": leg.known_as,
        "caller_name": leg.caller_name,
        "direction": leg.direction,
        "from": leg.from_,
        "request_uuid": leg.request_uuid,
        "to": leg.to,
    }


def recording_object(one: Recording, machine: Machine, auth_id: str, now: float) -> dict[str, Any]:
    """A recording that is over. How one of a conference looks is unverified: no example exists."""
    settings = machine.settings
    began, ended = (machine.time.instant(second or 0.0) for second in (one.started_at, one.ended_at))
    stored = timedelta(seconds=now) - timedelta(seconds=one.ended_at or 0.0)
    minutes = -(-(ended - began) // timedelta(minutes=1))
    named = one.friendly_name if settings.mpc_recording_name == "name" else ""
    return {
        "add_time": local(ended + timedelta(seconds=settings.recording_after), settings.timezone, "microseconds"),
        "call_uuid": one.call_uuid,
        "conference_name": named if one.mpc_uuid else "",
        "from_number": one.from_,
        "monthly_recording_storage_amount": round(_RECORDING_RATE * minutes, 5),
        "recording_duration_ms": milliseconds(ended - began),
        "recording_end_ms": milliseconds(ended - EPOCH),
        "recording_format": one.file_format,
        "recording_id": one.recording_id,
        "recording_start_ms": milliseconds(began - EPOCH),
        "recording_storage_duration": stored.days,
        "recording_storage_rate": _RECORDING_RATE,
        "recording_type": "conference" if one.mpc_uuid else "call",
        "recording_url": one.recording_url,
        "resource_uri": f"/v1/Account/{auth_id}/Recording/{one.recording_id}/",
        "rounded_recording_duration": minutes * 60,
        "to_number": one.to,
    }
