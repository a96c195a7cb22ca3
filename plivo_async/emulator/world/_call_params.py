"""What is told of a call, by `ring_url`, `answer_url`, `hangup_url` and the status callback of a participant's call.

Source: captured bodies and Plivo's docs; that a participant's call is told the same is unverified.
"""

from collections.abc import Callable
from datetime import datetime

from ._bills import rate
from ._calls import begun, billed_seconds, cost, talked
from ._causes import CAUSES
from ._legs import Leg
from ._voice_settings import VoiceSettings, zone

NO_STIR = "Not Verified"


def call_params(leg: Leg, at: float, instant: Callable[[float], datetime], settings: VoiceSettings) -> dict[str, str]:
    """The parameters of a callback about what a call does now.

    Args:
        leg: The call.
        at: Seconds since the emulator started.
        instant: Makes such seconds a wall-clock time in UTC.
        settings: How it is told.
    """
    params = {
        "Event": _event(leg),
        "CallStatus": leg.status if leg.direction == "outbound" or leg.over else "ringing",
        "CallUUID": leg.call_uuid,
        "From": leg.from_,
        "To": leg.to,
        "Direction": leg.direction,
        "CallerName": leg.caller_name,
        "SessionStart": session_start(leg, instant, settings),
        "BillRate": str(rate()),
        "STIRVerification": NO_STIR,
        "STIRAttestation": "",
    }
    if leg.request_uuid:
        params["RequestUUID"] = leg.request_uuid
    if leg.answered_at is not None or (leg.direction == "inbound" and not leg.over):
        params |= {"ALegUUID": leg.call_uuid, "ALegRequestUUID": leg.request_uuid}
    if leg.over:
        params |= _at_the_end(leg, instant, settings)
    if leg.machine:
        params["Machine"] = "true"
    if leg.asked is not None:
        params |= {f"X-PH-{name}": value for name, value in leg.asked.sip_headers}
    return params


def session_start(leg: Leg, instant: Callable[[float], datetime], settings: VoiceSettings) -> str:
    """In UTC, with microseconds, without an offset. Source: captures."""
    began = instant(begun(leg, settings) if leg.rang_at is None else leg.rang_at)
    return began.replace(tzinfo=None).isoformat(sep=" ", timespec="microseconds")


def _event(leg: Leg) -> str:
    if leg.over:
        return "Hangup"
    return "Ring" if leg.status == "ringing" and leg.direction == "outbound" else "StartApp"


def _at_the_end(leg: Leg, instant: Callable[[float], datetime], settings: VoiceSettings) -> dict[str, str]:
    def local(second: float | None) -> str:
        if second is None:
            return ""
        moment = instant(second)
        where = zone(settings.timezone)
        moment = moment if where is None else moment.astimezone(where)
        return moment.replace(tzinfo=None).isoformat(sep=" ", timespec="seconds")

    cause = CAUSES[leg.hangup_cause_code or 0]
    return {
        "StartTime": local(begun(leg, settings)),
        "AnswerTime": local(leg.answered_at),
        "EndTime": local(leg.ended_at),
        "Duration": str(talked(leg)),
        "BillDuration": str(billed_seconds(leg)),
        "TotalCost": str(cost(leg)),
        "HangupCause": cause.word if settings.hangup_word == "switch" else cause.name,
        "HangupCauseName": cause.name,
        "HangupCauseCode": str(leg.hangup_cause_code),
        "HangupSource": leg.hangup_source or "",
    }


def detected(params: dict[str, str]) -> dict[str, str]:
    """The same for `machine_detection_url`."""
    return {**params, "Event": "MachineDetection", "Machine": "true"}
