"""Recordings that are there: to list, get and delete them, and where their files are."""

import re
from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import TypedDict
from urllib.parse import urlsplit

from .._errors import invalid
from .._public import public
from ..policy import Effect
from ._checks import call_uuid, integer, text, url
from ._destinations import address
from ._filters import PAGE, Check, bounded, filtered, friendly_name, sub_account, time
from ._ids import identifier
from ._messages import Request

MEDIA_HOST = "media.plivo.com"
"""Where Plivo serves recordings. Source: captured answers since 2020."""


@public
class RecordingFilters(TypedDict, total=False):
    """What `client.recordings.list` can be limited to; what is left out or None limits nothing.

    Source: Plivo docs, "List all recordings": without a filter on `add_time`, the last seven days, and never more than
    30 days at a time.
    """

    mpc_name: str | None
    """Of conferences (MPCs) of this name."""
    mpc_uuid: str | None
    """Of this conference (MPC)."""
    call_uuid: str | None
    """Of this phone call."""
    from_number: str | None
    """Of calls by this caller."""
    to_number: str | None
    """Of calls to this number."""
    subaccount: str | None
    """Auth ID of the subaccount whose they are: `SA` and 18 letters or digits."""
    conference_name: str | None
    """Of conferences of this name in Plivo's older Conference API."""
    conference_uuid: str | None
    """Of this conference of the older API."""
    add_time: datetime | None
    """Made at this instant; all instants are aware."""
    add_time__gt: datetime | None
    """Made after this instant."""
    add_time__gte: datetime | None
    """Made at this instant or later."""
    add_time__lt: datetime | None
    """Made before this instant."""
    add_time__lte: datetime | None
    """Made at this instant or earlier."""
    recording_storage_duration: int | None
    """Days kept: so many. Not together with `add_time`."""
    recording_storage_duration__gt: int | None
    """Days kept: more than so many."""
    recording_storage_duration__gte: int | None
    """Days kept: so many or more."""
    recording_storage_duration__lt: int | None
    """Days kept: fewer than so many."""
    recording_storage_duration__lte: int | None
    """Days kept: so many or fewer."""
    limit: int | None
    """How many on a page, 1 to 20. Plivo: 20."""
    offset: int | None
    """How many to leave out at the beginning; at least 0."""


def _uuid(name: str, value: object) -> str:
    return call_uuid(value, name)


_FILTERS: dict[str, Check] = {
    "mpc_name": friendly_name,
    "mpc_uuid": _uuid,
    "call_uuid": _uuid,
    "from_number": address,
    "to_number": address,
    "subaccount": sub_account,
    "conference_name": text,
    "conference_uuid": _uuid,
    "add_time": time,
    **bounded("add_time", time),
    "recording_storage_duration": partial(integer, least=0, unit=" days"),
    **bounded("recording_storage_duration", partial(integer, least=0, unit=" days")),
    **PAGE,
}


def list_recordings(filters: Mapping[str, object]) -> Request:
    """List recordings. Safe. Source: Plivo docs, "List all recordings"; `mpc_name`, `mpc_uuid`: also its SDKs.

    Raises:
        TypeError: A filter is unknown or of a wrong type.
        InvalidArgumentError: A value isn't allowed, filters don't go together, or two bounds leave nothing between.
    """
    given = [name for name, value in filters.items() if value is not None]
    stored = [name for name in given if name.startswith("recording_storage_duration")]
    if stored and any(name.startswith("add_time") for name in given):
        raise invalid(stored[0], "can't be given together with add_time")
    return filtered("List recordings", "Recording/", filters, _FILTERS, ("add_time", "recording_storage_duration"))


_WHEN = "A recording is there some seconds after it has ended, until it is deleted, and for its own account only"


def get_recording(recording_id: object) -> Request:
    """Look at a recording. Safe. Source: Plivo docs, "Retrieve a recording"."""
    uuid = identifier("recording_id", recording_id)
    return Request("Get recording", uuid, Effect.SAFE, "GET", f"Recording/{uuid}/", on_404=_WHEN)


def delete_recording(recording_id: object) -> Request:
    """Delete a recording with its file, for ever. Idempotent. Source: Plivo docs, "Delete a recording"."""
    uuid = identifier("recording_id", recording_id)
    path = f"Recording/{uuid}/"
    return Request("Delete recording", uuid, Effect.IDEMPOTENT, "DELETE", path, order_key=path)


def media_url(value: object) -> str:
    """The URL of a recording's file: no user, no password, no fragment."""
    address = url("recording_url", value)
    if "@" in urlsplit(address).netloc or "#" in address or "\\" in address:
        raise invalid("recording_url", "must have no user, password, fragment or backslash")
    return address


def is_plivos_own(address: str, base_url: str) -> bool:
    """Whether credentials may go there: to Plivo's media host over TLS, or to the very server that the client uses.

    Inferred: documents say that recordings may ask for the account's Auth ID and Auth Token, and name no host.
    """
    try:
        origin = _origin(address)
        return origin in {("https", MEDIA_HOST, 443), _origin(base_url)}
    except ValueError:
        return False


def _origin(address: str) -> tuple[str, str | None, int]:
    parts = urlsplit(address)
    port = {"http": 80}.get(parts.scheme, 443) if parts.port is None else parts.port
    return parts.scheme, parts.hostname, port


_SAFE_NAME = re.compile(r"[^A-Za-z0-9._-]", re.ASCII)


def file_name(address: str, fallback: str) -> str:
    """What a file is called that is downloaded: the last segment of its URL, as a name that leads nowhere else."""
    name = _SAFE_NAME.sub("_", urlsplit(address).path.rpartition("/")[2]).lstrip(".")
    return name or fallback
