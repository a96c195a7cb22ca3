"""The JSON objects of the answers. Source: Plivo docs and captured answers, which hold every key, null or not."""

from datetime import datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

from ..world._conferences import CAUSES, Conference
from ..world._legs import Leg
from ..world._participants import Participant
from ..world._settings import Settings
from ._job import conference_uri


def timestamp(moment: datetime | None, offset_minutes: int = 0) -> str | None:
    """`2020-12-24 09:20:03+00:00`: a space, a numeric offset, whole seconds. None stays None."""
    if moment is None:
        return None
    return moment.astimezone(timezone(timedelta(minutes=offset_minutes))).isoformat(sep=" ", timespec="seconds")


def conference_object(conference: Conference, auth_id: str, settings: Settings, *, by_name: bool) -> dict[str, Any]:
    """The MPC object.

    Args:
        conference: What it describes.
        auth_id: The account in its URIs.
        settings: How the unverified parts look.
        by_name: Whether it was fetched by name: then its URIs hold the name, not percent-encoded, and else the UUID.
    """
    offset = 0 if conference.live else settings.ended_utc_offset
    uri = conference_uri(conference, auth_id, by_name=by_name)
    owner = conference.sub_account
    code = conference.termination_cause_code
    return {
        "billed_amount": _amount(conference.billed_amount, settings),
        "billed_duration": conference.billed_duration,
        "creation_time": timestamp(conference.creation_time, offset),
        "duration": conference.duration,
        "end_time": timestamp(conference.end_time, offset),
        "friendly_name": conference.friendly_name,
        "mpc_uuid": conference.mpc_uuid,
        "participants": f"{uri}Participant/",
        "recording": _recording(conference, settings),
        "resource_uri": uri,
        "start_time": timestamp(conference.start_time, offset),
        "status": conference.status if settings.status_case == "capital" else conference.status.lower(),
        "stay_alone": conference.stay_alone,
        "sub_account": None if owner is None else f"/v1/Account/{auth_id}/Subaccount/{owner}/",
        "termination_cause": None if code is None else CAUSES[code],
        "termination_cause_code": code,
    }


def participant_object(
    one: Participant, conference: Conference, uri: str, settings: Settings, *, listed: bool
) -> dict[str, Any]:
    """The participant object. `coach_mode`, `hold` and `mute` are null once it has left.

    Args:
        one: What it describes.
        conference: Where it is, or was.
        uri: Of the conference.
        settings: How the unverified parts look.
        listed: Whether it is one of a list.
    """
    offset = 0 if conference.live else settings.ended_utc_offset
    found = {
        "billed_amount": _amount(one.billed_amount, settings),
        "billed_duration": one.billed_duration,
        "call_uuid": one.call_uuid,
        "coach_mode": one.coach_mode if one.present else None,
        "duration": one.duration,
        "end_mpc_on_exit": one.end_mpc_on_exit,
        "exit_cause": one.exit_cause,
        "exit_time": timestamp(one.exit_time, offset),
        "hold": one.hold if one.present else None,
        "join_time": timestamp(one.join_time, offset),
        "member_address": one.member_address,
        "member_id": one.member_id,
        "mpc_uuid": one.mpc_uuid,
        "mute": one.mute if one.present else None,
        "resource_uri": f"{uri}Participant/{one.member_id}/",
        "role": one.role,
        "start_mpc_on_enter": one.start_mpc_on_enter,
    }
    if settings.member_address == "never" or (settings.member_address == "listed" and not listed):
        del found["member_address"]
    return found


def call_object(leg: Leg) -> dict[str, str]:
    """One of the `calls` of a request to add a participant, its numbers without "+"."""
    return {"to": leg.to, "from": leg.from_, "call_uuid": leg.call_uuid}


def _amount(amount: Decimal | None, settings: Settings) -> str | float | None:
    if amount is None:
        return None
    return str(amount) if settings.billed_amount == "text" else float(amount)


def _recording(conference: Conference, settings: Settings) -> str | None:
    if not conference.live:
        return None if settings.ended_recording == "null" else "null"
    recording = conference.recording
    return "not-recording" if recording is None else recording.phase
