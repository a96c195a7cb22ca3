"""The JSON objects of the answers. Source: Plivo docs and captured answers, which hold every key, null or not."""

from datetime import datetime, timedelta, timezone
from typing import Any

from ._rooms import CAUSES, Conference
from ._settings import Settings


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
    ended = not conference.live
    offset = settings.ended_utc_offset if ended else 0
    reference = f"name_{conference.friendly_name}" if by_name else f"uuid_{conference.mpc_uuid}"
    uri = f"/v1/Account/{auth_id}/MultiPartyCall/{reference}/"
    owner = conference.sub_account
    code = conference.termination_cause_code
    amount = conference.billed_amount
    return {
        "billed_amount": amount if amount is None else (str if settings.billed_amount == "text" else float)(amount),
        "billed_duration": conference.billed_duration,
        "creation_time": timestamp(conference.creation_time, offset),
        "duration": conference.duration,
        "end_time": timestamp(conference.end_time, offset),
        "friendly_name": conference.friendly_name,
        "mpc_uuid": conference.mpc_uuid,
        "participants": f"{uri}Participant/",
        "recording": _recording(ended, settings),
        "resource_uri": uri,
        "start_time": timestamp(conference.start_time, offset),
        "status": conference.status if settings.status_case == "capital" else conference.status.lower(),
        "stay_alone": conference.stay_alone,
        "sub_account": None if owner is None else f"/v1/Account/{auth_id}/Subaccount/{owner}/",
        "termination_cause": None if code is None else CAUSES[code],
        "termination_cause_code": code,
    }


def _recording(ended: bool, settings: Settings) -> str | None:
    if not ended:
        return "not-recording"
    return None if settings.ended_recording == "null" else "null"
